//! Indentation that kubectl accepts and the parser does not: continuation lines of a quoted scalar, and lines inside
//! `[…]` or `{…}`, that stand no further right than the key they belong to.
//!
//! YAML's grammar wants them indented, go-yaml never looks. Spaces at the start of such lines mean nothing, so the
//! remedy is to add some and read again; line numbers stay.

use std::collections::BTreeSet;

use super::Mark;

/// How many places of a text are remedied before its author is asked to. Each costs one more reading.
const MAX_REMEDIES: usize = 200;

/// The lines (from 1) that need to be indented further.
#[derive(Default)]
pub(super) struct Remedy {
    lines: BTreeSet<usize>,
    count: usize,
}

impl Remedy {
    /// Takes note of a complaint of the parser's; false when it is about something else or indenting did not help.
    pub(super) fn learn(&mut self, info: &str, text: &str, mark: Mark) -> bool {
        let line = mark.line as usize;
        let before = self.lines.len();
        if info.contains("invalid indentation in quoted scalar") {
            let end = line + quoted_lines(text, mark);
            self.lines.extend(line + 1..=end);
        } else if info.contains("invalid indentation in flow construct") {
            self.lines.insert(line);
        }
        self.count += 1;
        self.lines.len() > before && self.count <= MAX_REMEDIES
    }

    /// The text with those lines indented.
    pub(super) fn apply(&self, text: &str) -> String {
        let indent = " ".repeat(deepest(text));
        let mut out = String::with_capacity(text.len() + self.lines.len() * indent.len());
        for (index, line) in text.split_inclusive('\n').enumerate() {
            if self.lines.contains(&(index + 1)) && !line.trim().is_empty() {
                out.push_str(&indent);
            }
            out.push_str(line);
        }
        out
    }
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
