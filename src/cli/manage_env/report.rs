//! One slot as `-o json` and `GITHUB_OUTPUT` show it.

use anyhow::Result;
use serde::Serialize;

use super::args::OutputArgs;
use crate::config::Slot;
use crate::output;
use crate::slots::{Entry, Number, Record, State};

/// The JSON of one slot. Keys are only ever added.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SlotReport {
    slot: u32,
    env: String,
    namespace: String,
    state: &'static str,
    issue: Option<Number>,
    pr: Option<Number>,
    owner: String,
    created_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

impl SlotReport {
    /// A record.
    pub(super) fn of(record: &Record) -> Self {
        Self {
            slot: record.slot.number(),
            env: record.env.clone(),
            namespace: record.namespace.clone(),
            state: match record.state() {
                State::Reserved => "reserved",
                State::Ready => "ready",
                State::Terminating => "terminating",
            },
            issue: record.purpose.issue,
            pr: record.purpose.pr,
            owner: record.owner.clone(),
            created_at: Some(record.created_at.to_string()),
            created: None,
            problem: None,
        }
    }

    /// The same, with whether this run made it.
    pub(super) fn created(self, created: bool) -> Self {
        Self { created: Some(created), ..self }
    }

    /// Whatever takes a number.
    pub(super) fn of_entry(slot: Slot, entry: &Entry) -> Self {
        match entry {
            Entry::Own(record) => Self::of(record),
            Entry::Foreign(record) => Self { state: "foreign", ..Self::of(record) },
            Entry::Unclear(record) => {
                let problem = Some("its namespace is not the one that the pattern gives".into());
                Self { state: "unclear", problem, ..Self::of(record) }
            }
            Entry::Broken(wrong) => Self::bare(slot, "broken", String::new(), wrong.join(", ")),
        }
    }

    /// A number without a readable record.
    pub(super) fn bare(slot: Slot, state: &'static str, namespace: String, problem: String) -> Self {
        Self {
            slot: slot.number(),
            env: String::new(),
            namespace,
            state,
            issue: None,
            pr: None,
            owner: String::new(),
            created_at: None,
            created: None,
            problem: Some(problem),
        }
    }

    /// A row of `list`.
    pub(super) fn row(&self) -> [String; 7] {
        let number = |number: Option<Number>| number.map_or_else(|| "-".into(), |n| n.to_string());
        let state = match &self.problem {
            Some(problem) => format!("{}: {problem}", self.state),
            None => self.state.into(),
        };
        [
            self.slot.to_string(),
            self.namespace.clone(),
            number(self.issue),
            number(self.pr),
            self.owner.clone(),
            crate::cli::age::age(self.created_at.as_deref()),
            state,
        ]
    }

    /// Prints one slot, and appends it to GITHUB_OUTPUT.
    pub(super) fn finish(&self, args: OutputArgs) -> Result<()> {
        output::github_output(&[
            ("slot", self.slot.to_string()),
            ("namespace", self.namespace.clone()),
            ("env", self.env.clone()),
            ("created", self.created.unwrap_or(false).to_string()),
        ])?;
        if args.json() {
            return output::print(&format!("{}\n", serde_json::to_string_pretty(self)?));
        }
        let mut text =
            format!("slot {}\nnamespace {}\nenvironment {}\n", self.slot, self.namespace, self.env);
        for (what, number) in [("issue", self.issue), ("PR", self.pr)] {
            if let Some(number) = number {
                text.push_str(&format!("{what} {number}\n"));
            }
        }
        if let Some(created) = self.created {
            text.push_str(if created { "created now\n" } else { "there already\n" });
        }
        output::print(&text)
    }
}
