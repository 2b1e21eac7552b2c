//! `codexctl convert`.

use std::path::PathBuf;

use anyhow::Result;

use super::args::VariableArgs;
use crate::app::App;
use crate::convert::{self, Outcome, Plan, Reason, Report, Request};
use crate::error::Fault;
use crate::output;

/// Rewrite Go templates as Jinja, proved to render the same
///
/// Takes services.yaml, manifests, and templates of prompts and configs. Each file is rendered in both versions for every
/// environment, with the variables at hand and with others, and written only when not a byte differs. What cannot be
/// converted is named with its line, and its file is left alone. Exit code 1 when there is such a file.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  codexctl convert --all --check\n  codexctl convert deploy/configmap.yaml services/api/deploy.yaml --diff"
)]
pub(super) struct Args {
    /// Files to convert
    #[arg(value_name = "FILE", required_unless_present = "all")]
    files: Vec<PathBuf>,
    /// services.yaml and every file it names in any environment
    #[arg(long)]
    all: bool,
    /// Only say what would be done
    #[arg(long, conflicts_with_all = ["diff", "stdout"])]
    check: bool,
    /// Print a diff and write nothing
    #[arg(long, conflicts_with = "stdout")]
    diff: bool,
    /// Print the converted file and write nothing
    #[arg(long, conflicts_with = "all")]
    stdout: bool,
    /// Keep the old file as FILE.bak
    #[arg(long, conflicts_with_all = ["check", "diff", "stdout"])]
    backup: bool,
    #[command(flatten)]
    variables: VariableArgs,
}

impl Args {
    pub(super) fn run(self, app: &App) -> Result<()> {
        if self.stdout && self.files.len() > 1 {
            return Err(Fault::invalid("--stdout prints one file").hint("name one, or use --diff").into());
        }
        let writes = !(self.check || self.diff || self.stdout);
        let request =
            Request { files: self.files, all: self.all, writes, variables: self.variables.into_input() };
        let plan = convert::plan(app, &request)?;
        let written = writes && plan.may_write();
        if written {
            plan.write(self.backup)?;
        }
        if self.check {
            output::print(&plan.reports.iter().map(line).collect::<String>())?;
        } else {
            log(&plan, writes, written);
        }
        if self.diff {
            output::print(&plan.reports.iter().map(Report::diff).collect::<String>())?;
        }
        if self.stdout {
            output::print(&plan.reports.iter().map(text).collect::<String>())?;
        }
        if plan.refused() > 0 { Err(Fault::reported().into()) } else { Ok(()) }
    }
}

/// What happens to each file, on stderr.
fn log(plan: &Plan, writes: bool, written: bool) {
    for report in &plan.reports {
        match &report.outcome {
            Outcome::Converted { proof, .. } if written => {
                tracing::info!("{}: converted, {proof}", report.shown);
            }
            Outcome::Converted { proof, .. } => {
                tracing::info!("{}: would be converted, {proof}", report.shown);
            }
            Outcome::Untouched(why) => tracing::info!("{}: left alone, {why}", report.shown),
            Outcome::Refused(reasons) => {
                for reason in reasons {
                    tracing::error!("{}", refusal(&report.shown, reason));
                }
            }
        }
    }
    if plan.refused() > 0 && plan.together && writes {
        tracing::error!(
            "nothing was written: services.yaml says `templateSyntax: go`, so its files can only change together\nhint: convert the lines above by hand, or write `templateSyntax: auto`: then each file is told by itself"
        );
    }
}

/// The same for `--check`, on stdout.
fn line(report: &Report) -> String {
    match &report.outcome {
        Outcome::Converted { proof, .. } => format!("{}: would be converted, {proof}\n", report.shown),
        Outcome::Untouched(why) => format!("{}: would be left alone, {why}\n", report.shown),
        Outcome::Refused(reasons) => {
            reasons.iter().map(|reason| format!("{}\n", refusal(&report.shown, reason))).collect()
        }
    }
}

fn refusal(file: &str, reason: &Reason) -> String {
    let line = reason.line.map_or_else(String::new, |line| format!(":{line}"));
    format!("{file}{line}: cannot be converted: {}\nhint: {}", reason.what, reason.advice)
}

/// The converted text; the file's own where there is nothing to convert.
fn text(report: &Report) -> String {
    match (&report.outcome, &report.file) {
        (Outcome::Converted { text, .. }, _) => text.clone(),
        (Outcome::Untouched(_), Some(file)) => file.text.clone(),
        _ => String::new(),
    }
}
