//! `codexctl manage-env create`.

use std::time::Duration;

use anyhow::Result;

use super::args::{EnvArgs, OutputArgs, PurposeArgs};
use super::report::SlotReport;
use crate::app::App;
use crate::cli::args::duration;
use crate::config::Slot;
use crate::slots::{KubeStore, Order, Pool, Request, allocate, unique};

/// Get a slot: the one of this issue or pull request, or the lowest free one
///
/// The same issue or PR always gets the same slot, however many runs ask at once: exactly one of them says
/// `"created": true`. When all slots are taken it waits, and says so every 30 seconds.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  codexctl manage-env create --env ai --issue 12 --max 10\n  codexctl manage-env create --env ai --pr 7 --no-wait -o json\n\nJSON: slot, env, namespace, state, issue, pr, owner, createdAt, created"
)]
pub(super) struct Args {
    #[command(flatten)]
    env: EnvArgs,
    #[command(flatten)]
    purpose: PurposeArgs,
    /// Highest slot number; 0 is no limit [default: maxSlots of services.yaml]
    #[arg(long, value_name = "N", env = "CODEXCTL_DEV_SLOTS_MAX", value_parser = highest)]
    max: Option<u32>,
    /// Take this slot if it is free
    #[arg(long, value_name = "N")]
    prefer: Option<Slot>,
    /// How long to wait for a free slot
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "6h", conflicts_with = "no_wait")]
    wait_timeout: Duration,
    /// Fail at once when no slot is free
    #[arg(long)]
    no_wait: bool,
    #[command(flatten)]
    output: OutputArgs,
}

impl Args {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let (stack, context) = app.load(&self.env.into_request())?;
        let pool = Pool::of(&stack)?;
        let kubectl = app.kubectl(&stack, &context)?;
        let configured = u32::try_from(stack.file.max_slots.value).ok();
        let run_id = std::env::var("GITHUB_RUN_ID").ok().filter(|id| !id.is_empty());
        let request = Request {
            order: Order {
                purpose: self.purpose.purpose(),
                owner: run_id.unwrap_or_else(|| "manual".into()),
                run: unique(),
            },
            max: self.max.or(configured).filter(|max| *max > 0),
            prefer: self.prefer,
            wait: (!self.no_wait).then_some(self.wait_timeout),
        };
        let allocation = allocate(&pool, &KubeStore::new(&kubectl, &pool), &request)?;
        SlotReport::of(&allocation.record).created(allocation.created).finish(self.output)
    }
}

/// The highest slot number.
fn highest(text: &str) -> Result<u32, String> {
    text.trim().parse().map_err(|_| "a whole number from 1 is needed, or 0 for no limit".into())
}
