//! `codexctl destroy`.

use std::time::Duration;

use anyhow::Result;

use super::args::{FilterArgs, TargetArgs, duration};
use super::confirm::confirm;
use crate::app::App;
use crate::deploy::{self, DestroyOptions, Plan};

/// Delete an environment's objects from its cluster
///
/// Shows what will be deleted and asks. The documents are the ones `render` prints, deleted in reverse order; objects
/// that are gone already are no error. The namespace stays unless --delete-namespace says otherwise.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  codexctl destroy --env dev\n  codexctl destroy --env ai --slot 3 --yes --delete-namespace"
)]
pub(super) struct Args {
    #[command(flatten)]
    target: TargetArgs,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
    /// Delete the namespace too, with everything in it
    #[arg(long)]
    delete_namespace: bool,
    /// Limit for the deletion
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "10m")]
    timeout: Duration,
    #[command(flatten)]
    filters: FilterArgs,
}

impl Args {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let session = app.session(&self.target.into_request(), &self.filters.into_filters()?)?;
        let options = DestroyOptions { delete_namespace: self.delete_namespace, timeout: self.timeout };
        let plan = Plan::new(&session, options);
        let namespace = session.stack.require_namespace()?;
        let context = session.kubectl.cluster().context.as_ref();
        let place = context.map_or_else(String::new, |context| format!(", context {context}"));
        let what = if plan.is_empty() { "no object to delete" } else { "these objects will be deleted:" };
        let list = format!("{what}\n{}", plan.describe());
        let env = &session.stack.environment.name;
        tracing::info!("environment {env}, namespace {namespace}{place}: {}", list.trim_end());
        // Hooks run all the same, and they were asked for.
        if !self.yes && !plan.is_empty() {
            confirm("destroy")?;
        }
        deploy::destroy(&session, &plan, options)
    }
}
