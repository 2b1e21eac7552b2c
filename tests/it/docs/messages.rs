//! docs/troubleshooting.md has every message: whatever the source says in words is there, or is listed in
//! not-errors.txt as something that is no error. So a new message or hint that nobody explains fails here.

use std::collections::BTreeSet;
use std::path::Path;

use super::literals::literals;
use super::{ROOT, collect, read, relative};

/// Source whose texts are no messages, and what they are.
const OTHER_TEXTS: [(&str, &str); 10] = [
    ("src/keys/", "the reference of keys"),
    ("src/config/schema/", "examples in the schema"),
    ("src/config/builtins.rs", "purposes in the schema"),
    ("src/graph/svg/", "the picture"),
    ("src/graph/dot.rs", "the picture"),
    ("src/graph/mermaid.rs", "the picture"),
    ("src/graph/model.rs", "the picture"),
    ("src/init/services.rs", "the files init writes"),
    ("src/init/manifest.rs", "the files init writes"),
    ("src/init/workflow.rs", "the files init writes"),
];

/// Findings of validate name their rule; docs/validate.md has the rules.
const FINDINGS: &str = "src/validate/";

#[test]
fn every_message_has_its_way_out() {
    let page = plain(&read("docs/troubleshooting.md"));
    let known = read("tests/it/docs/not-errors.txt");
    let known: BTreeSet<&str> = known.lines().filter(|line| !line.starts_with("## ")).collect();
    let mut sources = Vec::new();
    collect(&Path::new(ROOT).join("src"), "rs", &mut sources);
    let mut missing = Vec::new();
    let mut used = BTreeSet::new();
    let mut all = 0;
    for path in sources {
        let name = relative(&path);
        if name.starts_with(FINDINGS) || OTHER_TEXTS.iter().any(|(start, _)| name.starts_with(start)) {
            continue;
        }
        for (line, text) in literals(&std::fs::read_to_string(&path).unwrap()) {
            let Some(stem) = stem(&text) else { continue };
            all += 1;
            if let Some(known) = known.get(stem.as_str()) {
                used.insert(*known);
            } else if !page.contains(&stem) {
                missing.push(format!("{name}:{line}: {stem}"));
            }
        }
    }
    assert!(all > 500, "only {all} texts were found");
    assert!(
        missing.is_empty(),
        "explain these in docs/troubleshooting.md, or list them in tests/it/docs/not-errors.txt if they are no errors:\n{}",
        missing.join("\n")
    );
    let old: Vec<&&str> = known.iter().filter(|line| !line.is_empty() && !used.contains(**line)).collect();
    assert!(old.is_empty(), "tests/it/docs/not-errors.txt: nothing says this any more: {old:#?}");
}

/// Rules of validate, as `codexctl::validate` knows them, stand in its page with what must hold.
#[test]
fn every_rule_is_in_the_page() {
    let page = plain(&read("docs/validate.md"));
    let mut rules = 0;
    for (line, text) in literals(&read("src/validate/rules.rs")) {
        let is_id =
            text.contains('/') && text.chars().all(|c| c.is_ascii_lowercase() || c == '/' || c == '-');
        rules += usize::from(is_id);
        if is_id || stem(&text).is_some() {
            assert!(
                page.contains(&plain(&text)),
                "src/validate/rules.rs:{line}: docs/validate.md has no {text:?}"
            );
        }
    }
    assert!(rules > 40, "{rules} rules");
}

/// The longest piece of a message between what is put into it, if it is words.
fn stem(text: &str) -> Option<String> {
    let mut pieces = vec![String::new()];
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '{' if rest.starts_with('{') => {
                rest = &rest[1..];
                pieces.last_mut()?.push('{');
            }
            '{' if rest.contains('}') && !rest[..rest.find('}')?].contains([' ', '{']) => {
                rest = &rest[rest.find('}')? + 1..];
                pieces.push(String::new());
            }
            '\n' => pieces.push(String::new()),
            _ => pieces.last_mut()?.push(c),
        }
    }
    let edge = |c: char| " :;,.()".contains(c);
    let pieces = pieces.iter().map(|piece| plain(piece).trim_matches(edge).to_string());
    let longest = pieces.max_by_key(|piece| piece.chars().count())?;
    let words = longest.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() > 1).count();
    (words > 1 && longest.contains(' ')).then_some(longest)
}

/// Text without code marks and escapes, and with single spaces and braces: as it is compared.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for c in text.replace("<br>", " ").chars().filter(|c| !['`', '\\'].contains(c)) {
        let c = if c.is_whitespace() { ' ' } else { c };
        if !([' ', '{', '}'].contains(&c) && out.ends_with(c)) {
            out.push(c);
        }
    }
    out
}

#[test]
fn the_longest_piece_of_a_message_is_its_stem() {
    assert_eq!(stem("{name}: `{tag}` is no image tag").as_deref(), Some("is no image tag"));
    assert_eq!(stem("{{{{{what}}}}} of line {line} has no {{{{end}}}}").as_deref(), Some("has no {end}"));
    assert_eq!(stem("cannot write {}").as_deref(), Some("cannot write"));
    assert_eq!((stem("json"), stem("a/b c")), (None, None));
}
