//! A position in a source text. Only the place; what is said about it lives in [`super::YamlError`].

use std::fmt;

/// Where something starts in the text it was read from: 1-based, the column in characters.
///
/// The default (0:0) means "made by the program, not read from a file".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Mark {
    /// The line, counted from 1.
    pub line: u32,
    /// The column in characters, counted from 1.
    pub column: u32,
}

impl Mark {
    /// A position from its 1-based line and column.
    #[must_use]
    pub fn new(line: u32, column: u32) -> Self {
        Mark { line, column }
    }

    /// Whether it names a place in a text (the default does not).
    #[must_use]
    pub fn is_known(self) -> bool {
        self.line > 0
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}
