//! Template errors: what went wrong, where in the author's text, and what may help.
//!
//! Not here: anything about the engine. Positions are always those of the text the author wrote, never of its
//! translation, and messages never hold values, so that a secret cannot slip into one.

use std::fmt;

use crate::suggest;

/// A template that could not be read or rendered.
///
/// Displays like a compiler's message: `name:line:column: message`, the line with a caret, and `help: …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateError {
    name: String,
    line: u32,
    column: Option<u32>,
    message: String,
    hint: Option<String>,
    source_line: Option<String>,
    kind: TemplateErrorKind,
}

/// What kind of mistake it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TemplateErrorKind {
    /// The text cannot be read as a template.
    Syntax,
    /// A variable, key, field, function or filter that is not there.
    Undefined,
    /// Anything else that came up while rendering.
    #[default]
    Failed,
}

impl TemplateError {
    /// An error at a line (1-based) without a column; `text` is the template, from which the line is shown.
    pub(crate) fn at_line(name: &str, text: &str, line: u32, message: impl Into<String>) -> Self {
        let source_line = nth_line(text, line).map(str::to_owned);
        Self {
            name: name.to_owned(),
            line,
            column: None,
            message: message.into(),
            hint: None,
            source_line,
            kind: TemplateErrorKind::Failed,
        }
    }

    /// An error at a byte offset of `text`.
    pub(crate) fn at_offset(name: &str, text: &str, offset: usize, message: impl Into<String>) -> Self {
        let (line, column) = position(text, offset);
        Self { column: Some(column), ..Self::at_line(name, text, line, message) }
    }

    /// Adds (or leaves out) the `help:` line.
    pub(crate) fn with_hint(mut self, hint: Option<String>) -> Self {
        self.hint = hint;
        self
    }

    /// Says what kind of mistake it is.
    pub(crate) fn of_kind(mut self, kind: TemplateErrorKind) -> Self {
        self.kind = kind;
        self
    }

    /// What kind of mistake it is.
    pub fn kind(&self) -> TemplateErrorKind {
        self.kind
    }

    /// The name that was given to the render call, usually a path.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same error under another name; for callers that only later know which file the text was from.
    #[must_use]
    pub fn renamed(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// The line of the template, from 1.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// The column in that line, from 1 and in characters, where it is known.
    pub fn column(&self) -> Option<u32> {
        self.column
    }

    /// The message alone, without position.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What may help, such as `did you mean "default"?`.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// The text of the line.
    pub fn source_line(&self) -> Option<&str> {
        self.source_line.as_deref()
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.name, self.line)?;
        if let Some(column) = self.column {
            write!(f, ":{column}")?;
        }
        write!(f, ": {}", self.message)?;
        if let Some(source) = &self.source_line {
            write_snippet(f, self.line, self.column, source)?;
        }
        match &self.hint {
            Some(hint) => write!(f, "\nhelp: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for TemplateError {}

/// How many characters of a line are shown; a minified JSON manifest must not fill the terminal.
const SHOWN: usize = 160;

fn write_snippet(f: &mut fmt::Formatter<'_>, line: u32, column: Option<u32>, source: &str) -> fmt::Result {
    let column = column.map(|c| c.saturating_sub(1) as usize);
    let skip = column.filter(|&c| c >= SHOWN).map_or(0, |c| c - SHOWN / 2);
    let shown: String =
        source.chars().skip(skip).take(SHOWN).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let gutter = line.to_string().len();
    write!(f, "\n{:gutter$} |\n{line} | {}", "", shown.trim_end())?;
    match column {
        Some(c) => write!(f, "\n{:gutter$} | {:indent$}^", "", "", indent = c - skip),
        None => Ok(()),
    }
}

/// Line and column (both from 1, the column in characters) of a byte offset; past the end means the end.
pub(crate) fn position(text: &str, offset: usize) -> (u32, u32) {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = &text[..offset];
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.bytes().filter(|&b| b == b'\n').count() + 1;
    let column = before[start..].chars().count() + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

fn nth_line(text: &str, line: u32) -> Option<&str> {
    text.split('\n').nth((line as usize).checked_sub(1)?).map(|l| l.strip_suffix('\r').unwrap_or(l))
}

/// `did you mean "x"?` for the known name nearest to `wanted`, or the list of names when none is near.
pub(crate) fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let known: Vec<&str> = known.into_iter().collect();
    match suggest::nearest(wanted, known.iter().copied()) {
        Some(name) => Some(format!("did you mean \"{name}\"?")),
        None if known.is_empty() => None,
        None => Some(format!("known: {}", known.iter().take(20).copied().collect::<Vec<_>>().join(", "))),
    }
}

/// Only a near name: where there are many, a list of all would be no help.
pub(crate) fn near<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(wanted, known).filter(|hint| hint.starts_with("did you mean"))
}
