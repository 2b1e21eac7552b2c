//! `codexctl diff`.

use anyhow::Result;

use super::args::{FilterArgs, TargetArgs};
use crate::app::App;
use crate::error::Fault;
use crate::manifests::Format;
use crate::output;

/// Show what apply would change
///
/// Compares the rendered documents with the cluster by `kubectl diff`; nothing is changed. Values of Secrets are masked
/// by kubectl. Exit code 0 whether or not there are differences, unless --exit-code says otherwise.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  codexctl diff --env staging\n  codexctl diff --env dev --only-services api --exit-code"
)]
pub(super) struct Args {
    #[command(flatten)]
    target: TargetArgs,
    /// End with exit code 1 when there are differences
    #[arg(long)]
    exit_code: bool,
    #[command(flatten)]
    filters: FilterArgs,
}

impl Args {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let session = app.session(&self.target.into_request(), &self.filters.into_filters()?)?;
        match session.kubectl.diff(&session.set.stream(Format::Compact))? {
            None => tracing::info!("no differences"),
            Some(text) => {
                output::print(&text)?;
                if self.exit_code {
                    return Err(Fault::reported().into());
                }
            }
        }
        Ok(())
    }
}
