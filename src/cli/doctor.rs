//! `codexctl doctor`.

use std::time::Duration;

use anyhow::Result;

use super::args::{VariableArgs, duration};
use crate::app::App;
use crate::config::{EnvName, Slot};
use crate::doctor::{self, Request, Status};
use crate::error::Fault;
use crate::output;

/// Where nothing says how wide the reader's screen is.
const WIDTH: usize = 80;

/// Check what a stack needs from this machine and its cluster
///
/// All checks run side by side, each with its own time limit. With --env those of one environment; without, what all
/// share, and every environment's file. Exit code 1 when one fails.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  codexctl doctor --env dev\n  codexctl doctor -o json")]
pub(super) struct Args {
    /// Environment of services.yaml [default: all of them, without their clusters]
    #[arg(short, long, value_name = "ENV", env = "CODEXCTL_ENV")]
    env: Option<String>,
    /// Slot number, for environments that exist as slots [default: as slot 1]
    #[arg(long, value_name = "N", env = "CODEXCTL_SLOT", allow_hyphen_values = true)]
    slot: Option<Slot>,
    /// Namespace, instead of the one services.yaml gives
    #[arg(short, long, value_name = "NS", env = "CODEXCTL_NAMESPACE")]
    namespace: Option<String>,
    /// Time limit of each check
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "5s")]
    timeout: Duration,
    /// How to print the findings
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    output: OutputArg,
    #[command(flatten)]
    variables: VariableArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum OutputArg {
    Table,
    Json,
}

impl Args {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let request = Request {
            env: self.env.map(EnvName::new),
            slot: self.slot,
            namespace: self.namespace,
            variables: self.variables.into_input(),
            timeout: self.timeout,
        };
        let findings = doctor::examine(app, &request);
        if crate::process::interrupted().is_some() {
            return Err(Fault::failed("interrupted").into());
        }
        let text = match self.output {
            OutputArg::Json => format!("{}\n", serde_json::to_string_pretty(&findings)?),
            OutputArg::Table => {
                let width = output::stdout_width().unwrap_or(WIDTH);
                let table = doctor::table(&findings, width, output::fancy_stdout());
                format!("{table}\n{}\n", doctor::summary(&findings))
            }
        };
        output::print(&app.secrets().mask(&text))?;
        if findings.iter().any(|finding| finding.status == Status::Failed) {
            return Err(Fault::reported().into());
        }
        Ok(())
    }
}
