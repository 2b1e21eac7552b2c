//! One finding about a decoded tree, and the error that travels through serde until it is one.

use std::fmt;

use crate::yaml::{Mark, Node, YamlError};

/// What kind of problem it is: unknown keys may be tolerated, the rest may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// A key the schema does not have; it was skipped.
    UnknownKey,
    /// A value that does not fit; a fallback took its place.
    Invalid,
}

/// Something that does not fit the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where: the key for unknown keys, else the value.
    pub mark: Mark,
    /// The same place as a path: `services[2].overlays.ai`; empty for the document itself.
    pub path: String,
    /// What is wrong: `expected a list, found a string`.
    pub message: String,
    /// An earlier place it is about too: the first of two equal names.
    pub also: Option<Mark>,
    /// What to do, where that is known.
    pub hint: Option<String>,
    /// Its kind.
    pub kind: ProblemKind,
}

impl Problem {
    /// The problem as an error that shows its line of `text`, which was read from `name`.
    #[must_use]
    pub fn shown_in(&self, name: &str, text: &str) -> YamlError {
        YamlError::at(name, text, self.mark, self.to_string(), self.hint.clone())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => f.write_str(&self.message),
            path => write!(f, "{path}: {}", self.message),
        }
    }
}

/// An error of a type's own `Deserialize`, on its way up.
#[derive(Debug)]
pub(super) struct Failure<'n> {
    message: String,
    /// The innermost value it passed: the one that was refused, with its path.
    at: Option<(&'n Node, String)>,
}

impl<'n> Failure<'n> {
    /// Notes the place, unless a value further in has done so.
    pub(super) fn or_at(mut self, node: &'n Node, path: impl fmt::Display) -> Self {
        self.at.get_or_insert_with(|| (node, path.to_string()));
        self
    }

    /// The refused value, or the root, and what to report about it.
    pub(super) fn into_parts(self, root: &'n Node) -> (&'n Node, Problem) {
        let (node, path) = self.at.unwrap_or_else(|| (root, String::new()));
        let kind = ProblemKind::Invalid;
        (node, Problem { mark: node.mark, path, message: self.message, also: None, hint: None, kind })
    }
}

impl fmt::Display for Failure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure<'_> {}

impl serde::de::Error for Failure<'_> {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Failure { message: message.to_string(), at: None }
    }

    fn missing_field(field: &'static str) -> Self {
        Self::custom(format_args!("the key `{field}` is missing"))
    }
}
