//! `codexctl manage-env list`.

use anyhow::Result;
use serde_json::json;

use super::args::{EnvArgs, OutputArgs};
use super::report::SlotReport;
use crate::app::App;
use crate::output::{self, Table};
use crate::slots::{KubeStore, Pool, look};

/// Show all slots
///
/// Also numbers that somebody else has taken: `foreign` (another project or environment), `unclear` (a namespace that
/// is not the slot's), `broken` (a record that cannot be read) and `unrecorded` (a namespace without a record).
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  codexctl manage-env list --env ai\n  codexctl manage-env list -o json | jq '.slots[].slot'\n\nJSON: slots[] with slot, env, namespace, state, issue, pr, owner, createdAt, problem"
)]
pub(super) struct Args {
    #[command(flatten)]
    env: EnvArgs,
    #[command(flatten)]
    output: OutputArgs,
}

impl Args {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let (stack, context) = app.load(&self.env.into_request())?;
        let pool = Pool::of(&stack)?;
        let kubectl = app.kubectl(&stack, &context)?;
        let view = look(&pool, &KubeStore::new(&kubectl, &pool))?;
        let mut slots: Vec<_> =
            view.entries.iter().map(|(slot, entry)| (*slot, SlotReport::of_entry(*slot, entry))).collect();
        let highest = view.entries.keys().next_back().map_or(0, |slot| slot.number());
        let configured = u32::try_from(stack.file.max_slots.value).unwrap_or(0);
        for (slot, namespace) in view.without_record(highest.max(configured))? {
            slots.push((slot, SlotReport::bare(slot, "unrecorded", namespace, "no record".into())));
        }
        slots.sort_by_key(|(slot, _)| *slot);
        let slots: Vec<SlotReport> = slots.into_iter().map(|(_, report)| report).collect();
        if self.output.json() {
            return output::print(&format!(
                "{}\n",
                serde_json::to_string_pretty(&json!({ "slots": slots }))?
            ));
        }
        if slots.is_empty() {
            return output::print(&format!("no slots in environment {}\n", pool.env));
        }
        let mut table = Table::new(&["SLOT", "NAMESPACE", "ISSUE", "PR", "OWNER", "AGE", "STATE"]);
        slots.iter().for_each(|slot| table.row(slot.row()));
        output::print(&table.render())
    }
}
