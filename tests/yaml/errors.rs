//! What a wrong text is answered with: place, words, the line, and help.

use codexctl::yaml::{Mark, YamlError, parse_documents, parse_one};

fn error(text: &str) -> YamlError {
    match parse_documents("m.yaml", text) {
        Err(error) => error,
        Ok(documents) => panic!("{text:?} was read as {documents:?}"),
    }
}

/// The place and the message start as given, and the hint holds the given words.
#[track_caller]
fn says(text: &str, start: &str, hint: &str) {
    let error = error(text);
    let shown = error.to_string();
    assert!(shown.starts_with(start), "{text:?}:\n{shown}");
    assert!(error.hint().unwrap_or("").contains(hint), "{text:?}:\n{shown}");
}

#[test]
fn the_whole_message_shows_the_line_and_a_caret() {
    let error = error("a: 1\nb: 2\na: 3\n");
    let expected = "m.yaml:3:1: duplicate key `a`, first in line 1\n  |\n3 | a: 3\n  | ^\n\
                    help: keep one of them; YAML readers disagree on which would win";
    assert_eq!(error.to_string(), expected);
    assert_eq!((error.mark(), error.name()), (Mark::new(3, 1), "m.yaml"));
    assert_eq!(error.source_line(), Some("a: 3"));
}

#[test]
fn duplicates_are_found_by_their_json_key_and_in_large_maps() {
    says("0755: a\n'493': b\n", "m.yaml:2:1: duplicate key `493`", "");
    says("v: {a: 1, b: 2, a: 3}", "m.yaml:1:17: duplicate key `a`", "");
    let large: String = (0..100).map(|n| format!("k{n}: 1\n")).collect();
    says(&format!("{large}k50: 2\n"), "m.yaml:101:1: duplicate key `k50`, first in line 51", "");
    says("b: &b {x: 1}\nv:\n  <<: *b\n  <<: *b\n", "m.yaml:4:3: duplicate key `<<`, first in line 3", "");
}

#[test]
fn tabs_templates_and_colons_come_with_help() {
    says("a:\n\tb: 1\n", "m.yaml:2:1: a tab where spaces are expected", "spaces");
    says("image: {{ x }}:1\n", "m.yaml:1:", "put quotes around the whole of a value that starts with `{{`");
    says(
        "image: {{ x }}\n",
        "m.yaml:1:9: a template action that is not quoted",
        "put quotes around the whole",
    );
    says(
        "{{ if x }}\na: 1\n",
        "m.yaml:1:2: a template action that is not quoted",
        "`{{ if x }}` is a template action",
    );
    says("{% if x %}\na: 1\n", "m.yaml:1:", "`{% if x %}` is a template action");
    says("a: {% if x %}\n", "m.yaml:1:5: ", "put quotes around the whole");
    says("a: b: c\n", "m.yaml:1:5: `: ` where no `key: value` can start", "'b: c'");
    says("a: @x\n", "m.yaml:1:4: ", "cannot start with `@`");
    says("a: %x\n", "m.yaml:1:4: ", "cannot start with `%`");
    says("a: `x`\n", "m.yaml:1:4: ", "cannot start with ``");
}

#[test]
fn anchors_must_be_known_in_their_document_and_not_inside_themselves() {
    says("a: *nope\n", "m.yaml:1:4: `*nope` names no anchor", "&name");
    says("a: &x 1\n---\nb: *x\n", "m.yaml:3:4: `*x` names no anchor", "");
    says("a: &x [1, *x]\n", "m.yaml:1:11: an alias inside the value it stands for", "");
    says("a: &x\n  b: *x\n", "m.yaml:2:6: an alias inside the value it stands for", "");
}

#[test]
fn merge_keys_take_maps() {
    says("a:\n  <<: 1\n", "m.yaml:2:3: `<<` merges maps only", "takes a map");
    says("a:\n  <<: [{b: 1}, 2]\n", "m.yaml:2:3: `<<` merges maps only", "");
    says("<<: null\n", "m.yaml:1:1: `<<` merges maps only", "");
}

#[test]
fn keys_must_be_what_json_can_have() {
    says("~: 1\n", "m.yaml:1:1: null cannot be a key", "quote");
    says(": 1\n", "m.yaml:1:1: null cannot be a key", "");
    says("? [a]\n: 1\n", "m.yaml:1:3: a list or a map cannot be a key", "");
    says("{[a]: 1}\n", "m.yaml:1:2: a list or a map cannot be a key", "");
}

#[test]
fn numbers_that_json_cannot_hold_are_refused() {
    for text in [".inf", "-.Inf", "+.INF", ".nan", ".NaN"] {
        says(&format!("v: {text}\n"), &format!("m.yaml:1:4: `{text}` is a number that JSON"), "quote it");
    }
}

#[test]
fn control_characters_are_named() {
    says("é: \u{1}\n", "m.yaml:1:4: the control character U+0001", "\"\\u0001\"");
    says("a: 1\nb: x\u{7f}\n", "m.yaml:2:5: the control character U+007F", "");
    says("a: \u{9b}\n", "m.yaml:1:4: the control character U+009B", "");
    says("a: 1\u{0}", "m.yaml:1:5: the control character U+0000", "");
}

#[test]
fn tags_that_do_not_fit_are_refused() {
    says("a: !!int x\n", "m.yaml:1:4: `x` is no !!int", "");
    says("a: !!binary /w==\n", "m.yaml:1:4: !!binary holds bytes that are not UTF-8", "");
    says("a: !!binary ab\n", "m.yaml:1:4: !!binary is not valid base64", "");
}

#[test]
fn nesting_has_an_end() {
    for (open, place) in [("[", "1:"), ("{a: ", "1:"), ("- ", "1:"), ("? ", "1:")] {
        let error = error(&open.repeat(100_000));
        assert!(error.to_string().starts_with(&format!("m.yaml:{place}")), "{error}");
    }
    let deep: String = (0..3000).map(|n| format!("{}a:\n", " ".repeat(n))).collect();
    says(&deep, "m.yaml:129:", "");
    let allowed = format!("{}{}", "[".repeat(120), "]".repeat(120));
    assert!(parse_one("t", &allowed).is_ok());
}

#[test]
fn aliases_of_aliases_have_an_end() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for n in 1..12 {
        let aliases = vec![format!("*a{}", n - 1); 9].join(", ");
        text.push_str(&format!("a{n}: &a{n} [{aliases}]\n"));
    }
    says(&text, "m.yaml:6:", "");
    let long = format!("a: &a {}\nv: [{}]\n", "x".repeat(1_000_000), vec!["*a"; 10_000].join(", "));
    says(&long, "m.yaml:2:", "");
}

#[test]
fn a_long_line_is_cut_around_the_place() {
    let error = error(&format!("a: {}\nb: {{{}: 1, x: 1, x: 2}}\n", "x".repeat(500), "y".repeat(500)));
    let shown = error.to_string();
    let lines: Vec<&str> = shown.lines().collect();
    let caret = lines[3].chars().count() - 1;
    assert_eq!(lines[2].chars().nth(caret), Some('x'), "{shown}");
    assert!(lines.iter().all(|line| line.chars().count() < 130), "{shown}");
}

#[test]
fn unclosed_things_point_at_their_start() {
    says("a: 1\nb: \"x\nc: 1\n", "m.yaml:2:4: the quote opened here is never closed", "");
    says("b: 'x\n---\nc: 1\n", "m.yaml:1:4: the document ends inside a quoted string", "");
    says("a: [1, 2\nb: 1\n", "m.yaml:", "");
    says("a: 1]\n]\n", "m.yaml:2:1: ", "");
}

#[test]
fn one_document_means_one() {
    assert!(parse_one("t", "# nothing\n---\n...\n").unwrap().is_none());
    let error = parse_one("t", "a: 1\n---\n---\nb: 1\n").unwrap_err();
    assert!(error.to_string().starts_with("t:4:1: a second document"), "{error}");
}

#[test]
fn the_line_above_is_named_when_it_is_the_cause() {
    let misplaced = "`: ` where no `key: value` can start";
    says("a:1\nb: 2\n", &format!("m.yaml:2:2: {misplaced}"), "needs a space after its colon: `a: 1`");
    says("key value\nb: 2\n", &format!("m.yaml:2:2: {misplaced}"), "has no `key:`: `key value`");
    says("a: b\n\n  c: d\n", &format!("m.yaml:3:4: {misplaced}"), "indented too far");
    says("a: [1, 2\nb: 3\n", "m.yaml:2:2: ", "is not closed");
    says("a: 1\n---x\n", "m.yaml:2:1: expected `key: value`", "");
    says("a: 1\n<<<<<<< HEAD\nb: 1\n", "m.yaml:2:1: expected `key: value`", "merge conflict");
    says("a: 1\n\tb: 2\n", "m.yaml:2:1: a tab where spaces are expected", "spaces");
    says("a: 'it's'\n", "m.yaml:1:8: text after the closing quote", "write `''`");
    says("a: \"C:\\dir\"\n", "m.yaml:1:4: an unknown escape", "single quotes");
    says("a: \"\\ud83d\\ude00\"\n", "m.yaml:1:4: an escape after `\\` that", "a file that begins with `{`");
}
