//! `codexctl apply`.

use std::time::Duration;

use anyhow::Result;

use super::args::{FilterArgs, TargetArgs, duration};
use crate::app::App;
use crate::config::parse_duration;
use crate::deploy::{self, ApplyOptions};
use crate::error::Fault;
use crate::tools::kubectl::DryRun;

/// How long `--wait` waits where neither a flag nor services.yaml says so.
const DEPLOY_WAIT: Duration = Duration::from_secs(300);

/// Apply an environment's manifests to its cluster
///
/// Renders and checks everything first, makes the namespace if it is missing, runs hooks, and hands the documents to
/// `kubectl apply`. Running it again after any failure converges.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  codexctl apply --env dev --wait\n  codexctl apply --env ai --slot 3 --vars TAG=1.2.3 --only-services api"
)]
pub(super) struct Args {
    #[command(flatten)]
    target: TargetArgs,
    /// Wait until the stack's workloads are ready
    #[arg(long)]
    wait: bool,
    /// How long to wait [default: codex.timeouts.deployWait, else 300s]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    wait_timeout: Option<Duration>,
    /// Limit for applying, retries included
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "10m")]
    timeout: Duration,
    /// Check programs, cluster and rights first
    #[arg(long)]
    preflight: bool,
    /// Change nothing: let the server check the documents, or only kubectl
    #[arg(long, value_name = "WHERE", num_args = 0..=1, require_equals = true, default_missing_value = "client")]
    dry_run: Option<DryRunArg>,
    /// Use server-side apply, as field manager `codexctl`; fields of other managers are taken over
    #[arg(long)]
    server_side: bool,
    #[command(flatten)]
    filters: FilterArgs,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum DryRunArg {
    Server,
    Client,
    None,
}

impl Args {
    pub(super) fn run(self, app: &App) -> Result<()> {
        if self.server_side && matches!(self.dry_run, Some(DryRunArg::Client)) {
            return Err(Fault::invalid(
                "--server-side is the server's work; a dry run of it is --dry-run=server",
            )
            .into());
        }
        let session = app.session(&self.target.into_request(), &self.filters.into_filters()?)?;
        let configured = session.stack.file.codex.timeouts.deploy_wait.as_ref();
        let configured = configured.and_then(|text| parse_duration(&text.value).ok());
        let wait = self.wait_timeout.or(configured).unwrap_or(DEPLOY_WAIT);
        let options = ApplyOptions {
            wait: (self.wait || self.wait_timeout.is_some()).then_some(wait),
            timeout: self.timeout,
            preflight: self.preflight,
            dry_run: match self.dry_run {
                Some(DryRunArg::Server) => DryRun::Server,
                Some(DryRunArg::Client) => DryRun::Client,
                Some(DryRunArg::None) | None => DryRun::Off,
            },
            server_side: self.server_side,
        };
        deploy::apply(&session, &options)
    }
}
