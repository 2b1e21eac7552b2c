//! `codexctl validate`.

use anyhow::{Context as _, Result};

use super::args::VariableArgs;
use crate::app::App;
use crate::config::{EnvName, Slot};
use crate::error::Fault;
use crate::validate::{self, Finding, Report, Request, Severity};
use crate::{logging, output};

/// Check services.yaml and all manifests, without a cluster
///
/// Everything that can be known from the files: keys and values, templates in every environment, Kubernetes' rules for
/// names, labels, ports and the rest, duplicates, references between services, images and hooks. All problems come in
/// one run. Exit code 1 when there are errors.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  codexctl validate\n  codexctl validate --env dev -o sarif > codexctl.sarif"
)]
pub(super) struct Args {
    /// Environment of services.yaml [default: all of them]
    #[arg(short, long, value_name = "ENV", env = "CODEXCTL_ENV")]
    env: Option<String>,
    /// All environments (the default)
    #[arg(long)]
    all: bool,
    /// Slot number, for environments that exist as slots [default: as slot 1]
    #[arg(long, value_name = "N", env = "CODEXCTL_SLOT", allow_hyphen_values = true)]
    slot: Option<Slot>,
    /// How to print the findings
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    output: OutputArg,
    /// Exit code 1 for warnings, too
    #[arg(long)]
    deny_warnings: bool,
    #[command(flatten)]
    variables: VariableArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum OutputArg {
    Text,
    Json,
    Sarif,
}

impl Args {
    pub(super) fn run(self, app: &App) -> Result<()> {
        // The twin stands for a whole job; a flag is meant for this run.
        let twin = std::env::var("CODEXCTL_ENV").ok();
        let env = match self.env {
            Some(env) if self.all && twin.as_ref() != Some(&env) => {
                let fault = Fault::invalid(format!("--all and --env {env} cannot be used together"));
                return Err(fault.hint("leave one of them out").into());
            }
            env => env.filter(|_| !self.all),
        };
        let request =
            Request { env: env.map(EnvName::new), slot: self.slot, variables: self.variables.into_input() };
        let report = validate::examine(app, &request)?;
        if crate::process::interrupted().is_some() {
            return Err(Fault::failed("interrupted").into());
        }
        output::print(&self.output.render(&report)?)?;
        report.findings.iter().for_each(annotate);
        let bad =
            report.count(Severity::Error) > 0 || self.deny_warnings && report.count(Severity::Warning) > 0;
        if bad { Err(Fault::reported().into()) } else { Ok(()) }
    }
}

impl OutputArg {
    fn render(self, report: &Report) -> Result<String> {
        let value = match self {
            Self::Text => return Ok(validate::text(report, output::fancy_stdout())),
            Self::Json => validate::json(report),
            Self::Sarif => {
                let here = std::env::current_dir().context("cannot tell the current folder")?;
                validate::sarif(report, &here)
            }
        };
        Ok(format!("{}\n", serde_json::to_string_pretty(&value)?))
    }
}

/// Shows a finding beside its line, in GitHub Actions.
fn annotate(finding: &Finding) {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let hint = finding.hint.as_ref().map_or_else(String::new, |hint| format!("\n{hint}"));
    let place = (finding.file.as_str(), finding.line, finding.line.and(finding.column));
    logging::annotate(level, place, finding.rule.id, &format!("{}{hint}", finding.message));
}
