//! What is wrong in a YAML text, and where. Says it the way compilers do: place, message, the line, a caret, help.

use std::fmt;

use super::Mark;

/// The most characters of a source line that an error shows; longer lines are cut around the place.
const SHOWN: usize = 110;

/// A problem at one place of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YamlError {
    name: String,
    mark: Mark,
    message: String,
    also: Option<Mark>,
    hint: Option<String>,
    source_line: Option<String>,
}

impl YamlError {
    /// A problem at `mark` of `text`, which was read from `name`; the line there is kept for showing.
    #[must_use]
    pub fn at(name: &str, text: &str, mark: Mark, message: impl Into<String>, hint: Option<String>) -> Self {
        let index = (mark.line as usize).checked_sub(1);
        let source_line = index.and_then(|index| text.lines().nth(index)).map(str::to_owned);
        YamlError { name: name.to_owned(), mark, message: message.into(), also: None, hint, source_line }
    }

    /// The name of the text, as given to the reader: a path, or `-`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it is.
    #[must_use]
    pub fn mark(&self) -> Mark {
        self.mark
    }

    /// The same error, which is about an earlier place too: the first of two equal keys.
    #[must_use]
    pub fn with_also(mut self, mark: Mark) -> Self {
        self.also = Some(mark);
        self
    }

    /// The earlier place it is about too; not part of [`YamlError::message`], because lines may have to be mapped.
    #[must_use]
    pub fn also(&self) -> Option<Mark> {
        self.also
    }

    /// What is wrong, without places and hint.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// The line of the text it is on, without its line break.
    #[must_use]
    pub fn source_line(&self) -> Option<&str> {
        self.source_line.as_deref()
    }
}

impl std::error::Error for YamlError {}

impl fmt::Display for YamlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.mark.is_known() {
            write!(f, "{}:{}: {}", self.name, self.mark, self.message)?;
        } else {
            write!(f, "{}: {}", self.name, self.message)?;
        }
        if let Some(first) = self.also {
            write!(f, ", first in line {}", first.line)?;
        }
        if let Some(line) = self.source_line.as_deref().filter(|line| !line.trim().is_empty()) {
            let (shown, caret) = excerpt(line, self.mark.column.max(1) as usize - 1);
            let number = self.mark.line.to_string();
            let gutter = " ".repeat(number.len());
            let pad = " ".repeat(caret);
            write!(f, "\n{gutter} |\n{number} | {shown}\n{gutter} | {pad}^")?;
        }
        if let Some(hint) = &self.hint {
            write!(f, "\nhelp: {hint}")?;
        }
        Ok(())
    }
}

/// The part of a line around `column` (0-based), and the caret's offset in it.
///
/// Tabs and control characters are shown as one space each, so that the caret stays under its character.
fn excerpt(line: &str, column: usize) -> (String, usize) {
    let start = if column < SHOWN { 0 } else { column - SHOWN / 2 };
    let mut shown = String::new();
    let mut caret = column - start;
    if start > 0 {
        shown.push('…');
        caret += 1;
    }
    let mut rest = line.chars().skip(start);
    shown.extend(rest.by_ref().take(SHOWN).map(|c| if c.is_control() { ' ' } else { c }));
    if rest.next().is_some() {
        shown.push('…');
    } else {
        shown.truncate(shown.trim_end().len());
    }
    (shown, caret)
}
