//! The parser's complaints in a user's words, with what to do about them.

use super::hint::{self, Place};
use super::{Mark, YamlError};

/// The parser's complaint `info` as an error for people.
pub(super) fn explain(name: &str, text: &str, info: &str, mark: Mark) -> YamlError {
    let mark = place(info, text, mark);
    YamlError::at(name, text, mark, message(info), hint::hint(info, &Place::new(text, mark)))
}

/// Where the cause is: the parser complains of some things only when it is past them.
fn place(info: &str, text: &str, mark: Mark) -> Mark {
    let at = |index: usize, column: usize| {
        let number = |n: usize| u32::try_from(n + 1).unwrap_or(u32::MAX);
        Mark::new(number(index), number(column))
    };
    let start = (mark.line as usize).saturating_sub(1);
    let indentation = |line: &str| line.len() - line.trim_start().len();
    let tab = |line: &str| line[..indentation(line)].find('\t');
    if info.contains("tab") {
        let mut lines = text.lines().enumerate().skip(start);
        return lines.find_map(|(index, line)| Some(at(index, tab(line)?))).unwrap_or(mark);
    }
    if info.contains("simple key") && mark.column == 1 {
        let above = text.lines().enumerate().take(start).filter(|(_, line)| !line.trim().is_empty()).last();
        return above.map_or(mark, |(index, line)| at(index, indentation(line)));
    }
    mark
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
        ("invalid Unicode", "an escape after `\\` that stands for no character"),
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
        ("comment intercepting", "a comment inside a text that goes over several lines"),
        ("invalid indentation", "this line's indentation matches nothing above it"),
        ("did not find expected node content", "a value is missing here"),
    ];
    let found = known.iter().find(|(part, _)| info.contains(part));
    let cleaned =
        || info.rsplit_once(", ").map_or(info, |(_, end)| end).replace("did not find expected", "expected");
    found.map_or_else(cleaned, |(_, message)| (*message).to_owned())
}
