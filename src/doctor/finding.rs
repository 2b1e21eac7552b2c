//! What a check found.

use serde::Serialize;

use crate::error::report;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// As it should be.
    Ok,
    /// Work goes on, but somebody should know.
    Warning,
    /// Work will fail.
    Failed,
}

impl Status {
    /// The mark in front of its line.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Ok => "✓",
            Self::Warning => "!",
            Self::Failed => "✗",
        }
    }
}

/// The result of one check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was checked.
    pub check: String,
    /// How it is.
    pub status: Status,
    /// What was found.
    pub detail: String,
    /// What to do about it.
    pub fix: Option<String>,
}

impl Finding {
    /// All is well.
    pub fn ok(check: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { check: check.into(), status: Status::Ok, detail: detail.into(), fix: None }
    }

    /// Not good, not fatal.
    pub fn warning(check: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { status: Status::Warning, ..Self::ok(check, detail) }
    }

    /// Work will fail.
    pub fn failed(check: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { status: Status::Failed, ..Self::ok(check, detail) }
    }

    /// Adds what to do.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    /// A failure; its hint becomes the fix, else `fix` is.
    pub fn of_error(check: impl Into<String>, error: &anyhow::Error, fix: &str) -> Self {
        let text = report(error).unwrap_or_default();
        let (detail, hint) = match text.rsplit_once("\nhint: ") {
            Some((detail, hint)) => (detail, hint),
            None => (text.as_str(), fix),
        };
        Self::failed(check, detail).fix(hint)
    }
}
