//! Layout that kubectl accepts and the parser does not: continuation lines of a quoted scalar, and lines inside
//! `[…]` or `{…}`, that stand no further right than the key they belong to; and a tab between `key:` and its value.
//!
//! go-yaml reads all of that. Spaces at the start of such lines mean nothing, so the remedy is to add some (and a space
//! for the tab) and to read again. Line numbers stay; columns of the lines that were indented grow.

use std::collections::HashSet;

use super::Mark;

/// How many places of a text are remedied before its author is asked to. Each costs one more reading.
const MAX_REMEDIES: usize = 200;

/// Complaints about the indentation of one line, the line that is named.
const LINES: [&str; 3] =
    ["invalid indentation", "invalid indentation in flow construct", "tab cannot be used as indentation"];

/// Remedies tried on one text.
#[derive(Default)]
pub(super) struct Remedies {
    /// Complaints and where: one that comes again was not helped.
    tried: HashSet<(String, Mark)>,
}

impl Remedies {
    /// The text without what the parser complained about; none when that is not a matter of layout.
    pub(super) fn apply(&mut self, info: &str, text: &str, mark: Mark) -> Option<String> {
        let remedied = if info.contains("invalid indentation in quoted scalar") {
            indent(text, mark.line + 1, quoted_lines(text, mark))
        } else if LINES.contains(&info) {
            indent(text, mark.line, 1)
        } else if info.contains("':' must be followed by a valid YAML whitespace") {
            replace_tab_before(text, mark)?
        } else {
            return None;
        };
        let is_new = self.tried.insert((info.to_owned(), mark));
        (is_new && self.tried.len() <= MAX_REMEDIES).then_some(remedied)
    }
}

/// The text with `count` lines from `first` (from 1) on indented further than anything in it.
fn indent(text: &str, first: u32, count: usize) -> String {
    let spaces = " ".repeat(deepest(text));
    let first = first.saturating_sub(1) as usize;
    let mut out = String::with_capacity(text.len() + count * spaces.len());
    for (index, line) in text.split_inclusive('\n').enumerate() {
        if (first..first + count).contains(&index) && !line.trim().is_empty() {
            out.push_str(&spaces);
        }
        out.push_str(line);
    }
    out
}

/// The text with a space for the tab that stands right before `mark`.
fn replace_tab_before(text: &str, mark: Mark) -> Option<String> {
    let start =
        text.split_inclusive('\n').take(mark.line.checked_sub(1)? as usize).map(str::len).sum::<usize>();
    let (offset, c) = text.get(start..)?.char_indices().nth(mark.column.checked_sub(2)? as usize)?;
    let at = start + offset;
    (c == '\t').then(|| format!("{} {}", &text[..at], &text[at + 1..]))
}

/// More than the indentation of any line could ask for, within reason.
fn deepest(text: &str) -> usize {
    let column = |line: &str| line.len() - line.trim_start_matches([' ', '-', '?']).len();
    text.lines().map(column).max().unwrap_or(0).min(1000) + 1
}

/// Over how many line breaks the quoted scalar at `mark` goes; a document marker ends it, as it does for readers.
fn quoted_lines(text: &str, mark: Mark) -> usize {
    let mut lines = text.split_inclusive('\n').skip(mark.line.saturating_sub(1) as usize);
    let mut chars = lines.next().unwrap_or("").chars();
    let Some(quote) = chars.by_ref().nth(mark.column.saturating_sub(1) as usize) else { return 0 };
    if closes(quote, chars.as_str()) {
        return 0;
    }
    let mut breaks = 0;
    for line in lines {
        if line.starts_with("---") || line.starts_with("...") {
            break;
        }
        breaks += 1;
        if closes(quote, line) {
            break;
        }
    }
    breaks
}

/// Whether a line inside quotes has the closing one.
fn closes(quote: char, line: &str) -> bool {
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        let escaped = if quote == '"' { c == '\\' } else { c == quote && chars.peek() == Some(&quote) };
        if escaped {
            chars.next();
        } else if c == quote {
            return true;
        }
    }
    false
}
