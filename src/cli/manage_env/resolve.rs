//! `codexctl manage-env resolve`.

use anyhow::Result;

use super::args::{EnvArgs, OutputArgs, PickArgs, spoken};
use super::report::SlotReport;
use crate::app::App;
use crate::error::Fault;
use crate::slots::{KubeStore, Pool, look};

/// Find a slot by its number, issue or pull request
///
/// Ends with exit code 1 when there is none. Several flags must name the same slot.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  codexctl manage-env resolve --env ai --issue 12\n  codexctl manage-env resolve --pr 7 -o json | jq .slot\n\nJSON: slot, env, namespace, state, issue, pr, owner, createdAt"
)]
pub(super) struct Args {
    #[command(flatten)]
    env: EnvArgs,
    #[command(flatten)]
    pick: PickArgs,
    #[command(flatten)]
    output: OutputArgs,
}

impl Args {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let (slot, purpose) = self.pick.pick()?;
        let (stack, context) = app.load(&self.env.into_request())?;
        let pool = Pool::of(&stack)?;
        let kubectl = app.kubectl(&stack, &context)?;
        let view = look(&pool, &KubeStore::new(&kubectl, &pool))?;
        match view.find(slot, &purpose.keys())? {
            Some(record) => SlotReport::of(record).finish(self.output),
            None => Err(Fault::failed(format!("no slot for {}", spoken(slot, purpose)))
                .hint("`manage-env create` makes one")
                .into()),
        }
    }
}
