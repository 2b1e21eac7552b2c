//! `codexctl destroy`.

use std::io::{BufRead as _, IsTerminal as _};
use std::time::Duration;

use anyhow::{Context as _, Result};

use super::args::{FilterArgs, TargetArgs, duration};
use crate::app::App;
use crate::deploy::{self, DestroyOptions, Plan};
use crate::error::Fault;

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
        tracing::info!(
            "environment {}, namespace {namespace}{place}: these objects will be deleted:\n{}",
            session.stack.environment.name,
            plan.describe().trim_end()
        );
        if !self.yes {
            confirm()?;
        }
        deploy::destroy(&session, &plan, options)
    }
}

/// Asks on the terminal; without one, `--yes` is needed.
fn confirm() -> Result<()> {
    if !std::io::stdin().is_terminal() {
        return Err(Fault::invalid("destroy asks before it deletes, and there is no terminal to ask on")
            .hint("add --yes")
            .into());
    }
    eprint_question("Delete them? [y/N] ");
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer).context("cannot read the answer")?;
    match answer.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Fault::failed("nothing was deleted").into()),
    }
}

fn eprint_question(text: &str) {
    // A question that cannot be shown is answered by the default, no.
    drop(std::io::Write::write_all(&mut std::io::stderr(), text.as_bytes()));
}
