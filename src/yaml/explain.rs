//! The parser's complaints in a user's words, with what to do about them.

use super::{Mark, YamlError};

/// The parser's complaint `info` as an error for people.
pub(super) fn explain(name: &str, text: &str, info: &str, mark: Mark) -> YamlError {
    let line = text.lines().nth(mark.line.saturating_sub(1) as usize).unwrap_or("");
    YamlError::at(name, text, place(info, line, mark), message(info), hint(info, line, mark))
}

/// A tab that was to indent is complained about where it ends; this is where it starts.
fn place(info: &str, line: &str, mark: Mark) -> Mark {
    let indentation = line.len() - line.trim_start().len();
    match line[..indentation].find('\t') {
        Some(tab) if info.contains("tab") => Mark::new(mark.line, u32::try_from(tab + 1).unwrap_or(u32::MAX)),
        _ => mark,
    }
}

fn message(info: &str) -> String {
    let known = [
        ("tab", "a tab where spaces are expected"),
        ("unprintable", "a control character, which YAML does not allow"),
        ("byte order mark", "a byte order mark inside the text"),
        ("mapping values are not allowed", "`: ` where no `key: value` can start"),
        ("illegal placement of ':'", "`: ` where no `key: value` can start"),
        ("simple key expect", "expected `key: value`, but there is no `:` after the key"),
        ("simple key", "expected `key: value`, but there is no `:` after the key"),
        ("did not find expected key", "this does not belong to the mapping around it (indentation?)"),
        ("did not find expected '-' indicator", "this does not belong to the list around it (indentation?)"),
        ("block sequence entries are not allowed", "a list item (`- `) cannot start here"),
        ("is only valid inside a block", "a list item (`- `) cannot start inside `[…]` or `{…}`"),
        ("unexpected end of stream", "the quote opened here is never closed"),
        ("unexpected document indicator", "the document ends inside a quoted string"),
        ("trailing content after double-quoted", "text after the closing quote"),
        ("unknown escape", "an unknown escape after `\\`"),
        ("recursion limit", "brackets nested too deep"),
        ("misplaced bracket", "a closing bracket that nothing opens"),
        ("expected ',' or ']'", "expected `,` or `]`"),
        ("expected ',' or '}'", "expected `,` or `}`"),
        (
            "wrongly indented line in block scalar",
            "a line of the text block is indented less than its first line",
        ),
        ("handle wasn't declared", "a tag whose handle no %TAG line declares"),
        ("expected <document start>", "text that belongs to no document"),
        ("invalid indentation", "this line's indentation matches nothing above it"),
        ("did not find expected node content", "a value is missing here"),
    ];
    let found = known.iter().find(|(part, _)| info.contains(part));
    let cleaned = || info.rsplit_once(", ").map_or(info, |(_, end)| end).replace('\'', "`");
    found.map_or_else(cleaned, |(_, message)| (*message).to_owned())
}

fn hint(info: &str, line: &str, mark: Mark) -> Option<String> {
    let column = mark.column.max(1) as usize - 1;
    let from_mark: String = line.chars().skip(column).collect();
    let value = line.split_once(": ").map_or(line, |(_, value)| value).trim();
    let hint = if info.contains("tab") || line.starts_with('\t') {
        "YAML is indented with spaces; replace the tab".to_owned()
    } else if let Some(template) = template(line) {
        format!("quote a value that starts with a template: '{template}'")
    } else if from_mark.starts_with(['%', '@', '`']) {
        format!("a value cannot start with `{}`; quote it", from_mark.chars().next().unwrap_or('%'))
    } else if info.contains("mapping values") && value.contains(": ") && !value.starts_with(['"', '\'']) {
        format!("quote a value that holds `: `: {}", quoted(value))
    } else if info.contains("unknown escape") {
        r"write `\\` for a backslash, or use single quotes".to_owned()
    } else {
        return None;
    };
    Some(hint)
}

/// The template action that a line's value or key starts with, as in `image: {{ x }}`.
pub(super) fn template(line: &str) -> Option<&str> {
    let start = line.find("{{").or_else(|| line.find("{%"))?;
    let before = line[..start].trim_end();
    let starts_value = before.is_empty() || before.ends_with([':', '-', '?', ',', '[']);
    starts_value.then(|| line[start..].trim_end())
}

fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}
