//! The go dialect: Go `text/template`, translated line for line into the engine's own syntax and run by it.
//!
//! `lex` → `parse`/`pipeline` → `emit` makes the source; `runtime` is the object its expressions call, with
//! `field`, `methods`, `functions` and the rest behind it. Every call carries the byte offset of the Go code it came
//! from, so that a failure shows the author's text and never the translation's.

mod ast;
mod compare;
pub(crate) mod convert;
mod emit;
mod escape;
mod expression;
mod field;
mod functions;
mod index;
mod lex;
mod literal;
mod methods;
pub(crate) mod object;
mod parse;
mod pipeline;
mod run;
mod runtime;
mod view;

use std::fmt;

use super::TemplateErrorKind;
use super::error::position;

pub(crate) use run::Go;

/// A mistake in a Go template at a byte offset of its source.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub offset: usize,
    pub message: String,
    pub hint: Option<String>,
    pub kind: TemplateErrorKind,
}

impl Failure {
    fn at(offset: usize, message: impl Into<String>) -> Self {
        Self { offset, message: message.into(), hint: None, kind: TemplateErrorKind::Failed }
    }

    /// Something that is not there.
    fn undefined(offset: usize, message: impl Into<String>) -> Self {
        Self { kind: TemplateErrorKind::Undefined, ..Self::at(offset, message) }
    }

    /// The same, found while reading the template: a mistake in its text, unless it names something unknown.
    fn while_reading(self) -> Self {
        match self.kind {
            TemplateErrorKind::Failed => Self { kind: TemplateErrorKind::Syntax, ..self },
            _ => self,
        }
    }

    /// The same; when it stands on another line than the braces that it is in, a `}}` may be missing above.
    fn in_open_action(self, text: &str) -> Self {
        let before = text.get(..self.offset).unwrap_or_default();
        let Some(open) = before.rfind("{{").filter(|open| {
            let inside = &before[*open..];
            inside.contains('\n') && !inside.contains("}}")
        }) else {
            return self;
        };
        let (line, _) = position(text, open);
        let mut hint = format!("the action that was opened in line {line} is still open here");
        if let Some(more) = &self.hint {
            hint = format!("{hint}; {more}");
        }
        self.hint(hint)
    }

    fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}
