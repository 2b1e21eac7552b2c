//! `codexctl manage-env set`.

use anyhow::Result;

use super::args::{EnvArgs, OutputArgs, PurposeArgs};
use super::report::SlotReport;
use crate::app::App;
use crate::config::Slot;
use crate::error::Fault;
use crate::slots::{KubeStore, Pool, Purpose, assign};

/// Give a slot an issue or pull request
///
/// An issue or PR that another slot has is refused.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  codexctl manage-env set --env ai --slot 3 --pr 7\n  codexctl manage-env set --slot 3 --issue 12 -o json\n\nJSON: slot, env, namespace, state, issue, pr, owner, createdAt"
)]
pub(super) struct Args {
    #[command(flatten)]
    env: EnvArgs,
    /// The slot's number
    #[arg(long, value_name = "N", env = "CODEXCTL_SLOT")]
    slot: Slot,
    #[command(flatten)]
    purpose: PurposeArgs,
    #[command(flatten)]
    output: OutputArgs,
}

impl Args {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let purpose = self.purpose.purpose();
        if purpose == Purpose::default() {
            return Err(Fault::invalid("nothing to set").hint("name --issue, --pr or both").into());
        }
        let (stack, context) = app.load(&self.env.into_request())?;
        let pool = Pool::of(&stack)?;
        let kubectl = app.kubectl(&stack, &context)?;
        let record = assign(&pool, &KubeStore::new(&kubectl, &pool), self.slot, purpose)?;
        SlotReport::of(&record).finish(self.output)
    }
}
