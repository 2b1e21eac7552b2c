//! `codexctl manage-env gc`.

use std::num::NonZeroUsize;
use std::time::Duration;

use anyhow::Result;
use jiff::Timestamp;

use super::args::{EnvArgs, OutputArgs};
use super::cleanup::{Down, summary};
use crate::app::App;
use crate::cli::args::{at_a_time, duration};
use crate::slots::{Due, Entry, Tenancy, View};

/// Take down slots that are older than a time limit
///
/// Per slot: the stack's cluster-scoped objects, the namespace, a comment on its issue or PR, and last its record. A
/// run that was killed anywhere is finished by the next one. Records that cannot be read are reported and left alone.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  codexctl manage-env gc --env ai --ttl 24h --dry-run\n  codexctl manage-env gc --env ai --ttl 24h --jobs 8\n\nJSON: slots[] with slot, namespace, result (freed, not-due, failed, would-free), message"
)]
pub(super) struct Args {
    #[command(flatten)]
    env: EnvArgs,
    /// Age from which a slot goes
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    ttl: Duration,
    /// Only say what would go
    #[arg(long)]
    dry_run: bool,
    /// How many slots to take down at once
    #[arg(long, value_name = "N", default_value = "4", value_parser = at_a_time)]
    jobs: NonZeroUsize,
    /// How long one namespace may take to go
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "10m")]
    timeout: Duration,
    #[command(flatten)]
    output: OutputArgs,
}

/// How far ahead another machine's clock may be.
const SKEW: Duration = Duration::from_secs(3600);

impl Args {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let down = Down::new(app, self.env.into_request(), self.timeout)?;
        let limit = Timestamp::now().checked_sub(self.ttl).unwrap_or(Timestamp::MIN);
        let due = Due::Before(limit);
        // Clocks of runners differ by minutes, not by hours.
        let soon = Timestamp::now().checked_add(SKEW).unwrap_or(Timestamp::MAX);
        let find = |view: &View<'_>| {
            for (slot, entry) in &view.entries {
                if matches!(entry, Entry::Broken(_)) {
                    tracing::warn!("slot {slot} is left alone: {entry}");
                }
                if let Entry::Own(record) = entry
                    && record.created_at > soon
                {
                    let hint = "it will not expire before; `manage-env cleanup` takes it down";
                    tracing::warn!(
                        "slot {slot}: `createdAt` is in the future: {}\nhint: {hint}",
                        record.created_at
                    );
                }
            }
            // Records of this environment whose namespace is not the slot's come along, to be refused in so many words.
            let records = view.entries.keys().filter_map(|slot| view.suspect(*slot));
            Ok(records.filter(|record| due.takes(record)).map(Tenancy::of).collect())
        };
        let results = down.run(find, due, self.jobs.get(), self.dry_run)?;
        summary(&results, self.output, "nothing to take down")
    }
}
