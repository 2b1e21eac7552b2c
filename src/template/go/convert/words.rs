//! Pieces of Jinja text: string literals, comments, and text that only looks like Jinja.

use super::super::expression::Scope;

/// A string literal. `single` asks for single quotes, where they need no escapes.
pub(super) fn literal(text: &str, single: bool) -> String {
    let plain = !text.contains(['\'', '\\']) && text.chars().all(|c| !c.is_control());
    if single && plain {
        return format!("'{text}'");
    }
    Scope::string(text)
}

/// Text between tags: what would begin a tag of Jinja's is written as a string.
pub(super) fn text(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut copied = 0;
    for (at, _) in source.match_indices('{') {
        let escaped = match source.as_bytes().get(at + 1) {
            Some(b'%') => "{{ \"{%\" }}",
            Some(b'#') => "{{ \"{#\" }}",
            _ => continue,
        };
        out.push_str(&source[copied..at]);
        out.push_str(escaped);
        copied = at + 2;
    }
    out.push_str(&source[copied..]);
    out
}

/// `{{- /* note */ -}}` as `{#- note -#}`; `source` is the whole tag.
pub(super) fn comment(source: &str, trim_left: bool, trim_right: bool) -> String {
    let start = source.find("/*").map_or(0, |at| at + 2);
    let end = source[start..].find("*/").map_or(source.len(), |at| start + at);
    let note = source[start..end].replace("#}", "# }");
    let space = |edge: Option<char>| if edge.is_some_and(char::is_whitespace) { "" } else { " " };
    let (before, after) = (space(note.chars().next()), space(note.chars().next_back()));
    let (left, right) = (if trim_left { "-" } else { "" }, if trim_right { "-" } else { "" });
    format!("{{#{left}{before}{note}{after}{right}#}}")
}

/// Code that stands on `lines` lines more than one, as its source did: broken before its last operators and arguments,
/// with what is left over at the end. `indent` goes before each of them.
pub(super) fn spread(code: &str, lines: usize, end: &str, indent: &str) -> String {
    let mut breaks = Vec::new();
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in code.char_indices() {
        match (quote, c) {
            _ if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), c) if open == c => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, ' ') => {
                let rest = &code[at..];
                let operator = [" ~ ", " or ", " and ", " | "].iter().any(|word| rest.starts_with(word));
                if operator || code[..at].ends_with(',') {
                    breaks.push(at);
                }
            }
            _ => {}
        }
    }
    let broken = &breaks[breaks.len().saturating_sub(lines)..];
    let mut out = String::with_capacity(code.len() + lines * (indent.len() + 2));
    let mut copied = 0;
    for &at in broken {
        out.push_str(&code[copied..at]);
        out.push_str(end);
        out.push_str(indent);
        copied = at + 1;
    }
    out.push_str(&code[copied..]);
    out.push_str(if broken.len() == lines { " " } else { "" });
    out.push_str(&end.repeat(lines - broken.len()));
    out
}

/// Whether Jinja takes it as a name.
pub(super) fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !super::names::KEYWORDS.contains(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_spread_over_its_lines() {
        assert_eq!(spread("f(a, \" ~ \") ~ b", 1, "\n", "  "), "f(a, \" ~ \")\n  ~ b ");
        assert_eq!(spread("f(a, b) ~ c", 2, "\r\n", ""), "f(a,\r\nb)\r\n~ c ");
        assert_eq!(spread("a", 2, "\n", " "), "a\n\n");
    }

    #[test]
    fn literals_and_look_alikes() {
        assert_eq!(literal("a\"b\\\n\u{7}", false), r#""a\"b\\\n\u0007""#);
        assert_eq!((literal("a", true), literal("a'b", true)), ("'a'".into(), "\"a'b\"".into()));
        assert_eq!(text("{% x %} ${#V} {{}"), "{{ \"{%\" }} x %} ${{ \"{#\" }}V} {{}");
        assert_eq!(comment("{{- /* a #} b*/}}", true, false), "{#- a # } b #}");
        assert!(is_name("a_1") && !is_name("1a") && !is_name("not") && !is_name("é"));
    }
}
