//! `codexctl prompt attach`.

use std::time::Duration;

use anyhow::Result;

use super::{SlotArgs, limit};
use crate::app::App;
use crate::prompt::{Agent, Material, Request};

/// Follow the agent that runs in a slot
///
/// Shows its events from the first one, and ends with its exit code. Ctrl-C stops following; the agent goes on.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  codexctl prompt attach --slot 3\n  codexctl prompt attach --slot 3 | jq -r 'select(.type == \"item.completed\").item.text'"
)]
pub(super) struct Args {
    #[command(flatten)]
    slot: SlotArgs,
    /// How long to try to reach the pod again after the connection broke
    #[arg(long, value_name = "DURATION", value_parser = limit, default_value = "5m")]
    reconnect_timeout: Duration,
    /// Do not show the agent's events to people on stderr
    #[arg(short, long)]
    quiet: bool,
}

impl Args {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let stack = self.slot.into_request();
        let request = Request { stack, issue: None, pr: None, lang: None, model: None, effort: None };
        let material = Material::load(app, &request)?;
        Agent::new(app, &material, self.reconnect_timeout, self.quiet)?.attach()
    }
}
