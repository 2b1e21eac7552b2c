//! From a failure to an exit code and a hint: decided here, once, for every command.
//!
//! Errors travel as `anyhow::Error`; a [`Fault`] in the chain carries what code must decide on.

use std::fmt;

use crate::process::{Failure, FailureKind, Interrupt, interrupted};
use crate::template::TemplateError;
use crate::yaml::YamlError;

/// What kind of failure it is, as far as the exit code is concerned (spec section 10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The work failed: exit code 1.
    Failed,
    /// Wrong usage or invalid configuration: exit code 2.
    Invalid,
    /// Another program's exit code is passed on (`prompt run`).
    Passed(u8),
    /// Already said in full on stderr; only the exit code (1) is left to give.
    Reported,
}

/// A user-facing error: message, class, and the way out.
#[derive(Clone, Debug)]
pub struct Fault {
    message: String,
    class: Class,
    hint: Option<String>,
    place: Option<Place>,
}

/// A place in a file, as data: for those who list errors rather than print them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file's path as messages show it.
    pub file: String,
    /// The line, from 1.
    pub line: Option<u32>,
    /// The column, from 1.
    pub column: Option<u32>,
}

impl Fault {
    fn new(message: String, class: Class) -> Self {
        Self { message, class, hint: None, place: None }
    }

    /// Work that failed (exit code 1).
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(message.into(), Class::Failed)
    }

    /// Wrong usage or invalid configuration (exit code 2).
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(message.into(), Class::Invalid)
    }

    /// A failure whose report is on stderr already (exit code 1).
    pub fn reported() -> Self {
        Self::new(String::new(), Class::Reported)
    }

    /// A program that worked for codexctl has ended with this code, not 0, and it becomes codexctl's own.
    pub fn passed(code: u8, message: impl Into<String>) -> Self {
        Self::new(message.into(), Class::Passed(code))
    }

    /// Adds the way out, shown as `hint: …` below the message.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the place as data; the message says it already.
    #[must_use]
    pub fn at(mut self, file: impl Into<String>, line: Option<u32>, column: Option<u32>) -> Self {
        self.place = Some(Place { file: file.into(), line, column });
        self
    }

    /// The place, where it is known as data.
    pub fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }

    /// The way out, where one is known.
    pub fn way_out(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}

/// The exit code of a failed run.
pub fn exit_code(error: &anyhow::Error) -> u8 {
    if let Some(interrupt) = interrupted() {
        return interrupt_code(interrupt);
    }
    let class = |cause: &(dyn std::error::Error + 'static)| match cause.downcast_ref::<Fault>() {
        Some(fault) => Some(fault.class),
        None => (cause.is::<YamlError>() || cause.is::<TemplateError>()).then_some(Class::Invalid),
    };
    match error.chain().find_map(class) {
        Some(Class::Invalid) => 2,
        Some(Class::Passed(code)) => code,
        _ => 1,
    }
}

/// The exit code of an interrupted run: 128 and the signal's number, as shells have it.
pub fn interrupt_code(interrupt: Interrupt) -> u8 {
    match interrupt {
        Interrupt::Int => 130,
        Interrupt::Term => 143,
    }
}

/// The error as it is shown: the message, its causes, a hint. `None` when all has been said already.
pub fn report(error: &anyhow::Error) -> Option<String> {
    if interrupted().is_some() {
        return Some("interrupted".into());
    }
    let mut text = String::new();
    let mut hint = None;
    for cause in error.chain() {
        if let Some(fault) = cause.downcast_ref::<Fault>() {
            if fault.class == Class::Reported {
                return None;
            }
            hint = hint.or_else(|| fault.hint.clone());
        }
        if let Some(failure) = cause.downcast_ref::<Failure>() {
            hint = hint.or_else(|| install_hint(failure));
        }
        let message = cause.to_string();
        // A wrapper that repeats its cause adds nothing.
        if !message.is_empty() && !text.ends_with(&message) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&message);
        }
    }
    if let Some(hint) = hint {
        text.push_str("\nhint: ");
        text.push_str(&hint);
    }
    Some(text)
}

fn install_hint(failure: &Failure) -> Option<String> {
    (failure.kind == FailureKind::NotFound)
        .then(|| format!("install {} and make sure that it is on PATH", failure.program))
}
