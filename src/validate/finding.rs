//! What validate found: a rule, a place, a message, the way out. How findings are written is `text`, `json`, `sarif`.

use serde::Serialize;

use super::rules::Rule;
use crate::error::{Fault, Place, report};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// `apply` will fail, or do something nobody wants.
    Error,
    /// Most likely a mistake.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// One problem, at one place.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule it breaks.
    pub rule: &'static Rule,
    /// How bad it is; usually the rule's own severity.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// The file, as messages show it.
    pub file: String,
    /// The line, from 1.
    pub line: Option<u32>,
    /// The column, from 1; none where templating changed the line.
    pub column: Option<u32>,
    /// The place in services.yaml as a path: `services[2].overlays.ai`.
    pub path: Option<String>,
    /// The environments it was seen in.
    pub environments: Vec<String>,
    /// What to do.
    pub hint: Option<String>,
}

impl Finding {
    pub(super) fn new(rule: &'static Rule, file: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            rule,
            severity: rule.severity,
            message: message.into(),
            file: file.into(),
            line: None,
            column: None,
            path: None,
            environments: Vec::new(),
            hint: None,
        }
    }

    /// A failure: its place where it has one as data, else `file`.
    pub(super) fn of_error(rule: &'static Rule, file: &str, error: &anyhow::Error) -> Self {
        let fault = error.chain().find_map(|cause| cause.downcast_ref::<Fault>());
        let text = report(error).unwrap_or_default();
        let (text, hint) = match text.rsplit_once("\nhint: ") {
            Some((text, hint)) => (text.to_string(), Some(hint.to_string())),
            None => (text, fault.and_then(|fault| fault.way_out().map(String::from))),
        };
        let place = fault.and_then(Fault::place);
        let message = place.map_or(text.as_str(), |place| without_place(&text, place));
        let finding = Self::new(rule, place.map_or(file, |place| &place.file), message).hint(hint);
        match place {
            Some(place) => finding.at((place.line, place.column)),
            None => finding,
        }
    }

    pub(super) fn at(mut self, (line, column): (Option<u32>, Option<u32>)) -> Self {
        (self.line, self.column) = (line, column);
        self
    }

    pub(super) fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into()).filter(|path| !path.is_empty());
        self
    }

    pub(super) fn hint(mut self, hint: impl Into<Option<String>>) -> Self {
        self.hint = hint.into();
        self
    }

    /// `file:line:column`, as far as it is known.
    pub fn place(&self) -> String {
        let mut place = self.file.clone();
        for number in [self.line, self.line.and(self.column)].into_iter().flatten() {
            place.push_str(&format!(":{number}"));
        }
        place
    }
}

/// The message without the place in front of it, which the finding has as data.
fn without_place<'t>(text: &'t str, place: &Place) -> &'t str {
    let mut prefix = place.file.clone();
    for number in [place.line, place.column].into_iter().flatten() {
        prefix.push_str(&format!(":{number}"));
    }
    prefix.push_str(": ");
    text.strip_prefix(&prefix).unwrap_or(text)
}
