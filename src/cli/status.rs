//! `codexctl status`.

use std::time::Duration;

use anyhow::Result;

use super::age::age;
use super::args::{TargetArgs, duration};
use crate::app::App;
use crate::deploy::{self, Report, Row};
use crate::error::Fault;
use crate::manifests::Filters;
use crate::output::{self, Table};
use crate::process::pause;
use crate::yaml::{Node, write_document};

/// Show the state of an environment's workloads
///
/// One row per Deployment, StatefulSet, DaemonSet, Job and CronJob of the stack: the image it should run and the one it
/// runs, replicas, restarts, age, and what is wrong.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  codexctl status --env dev\n  codexctl status --env ai --slot 3 -o json")]
pub(super) struct Args {
    #[command(flatten)]
    target: TargetArgs,
    /// How to print it; wide adds pods and services
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    output: OutputArg,
    /// Look again and again, until Ctrl-C
    #[arg(short, long)]
    watch: bool,
    /// Pause between two looks
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "2s", requires = "watch")]
    interval: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum OutputArg {
    Table,
    Wide,
    Json,
    Yaml,
}

impl Args {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let session = app.session(&self.target.into_request(), &Filters::default())?;
        let look = || deploy::collect(&session);
        if !self.watch {
            return output::print(&show(&look()?, self.output)?);
        }
        let redraws = output::fancy_stdout();
        for at in 0.. {
            let text = match look() {
                Ok(report) => show(&report, self.output)?,
                // What has never been seen is not waited for: it may be a wrong name or address.
                Err(error) if at == 0 || crate::process::interrupted().is_some() => return Err(error),
                Err(error) => {
                    let why = crate::error::report(&error).unwrap_or_default();
                    if !redraws {
                        tracing::warn!("cannot look, trying again: {why}");
                    }
                    if redraws { format!("{why}\n") } else { String::new() }
                }
            };
            // Home and clear, so that a redraw leaves nothing of the last one.
            let clear = if redraws { "\x1b[H\x1b[2J" } else { "" };
            if !output::print_on(&format!("{clear}{text}"))? {
                return Ok(());
            }
            if pause(self.interval) {
                return Err(Fault::failed("interrupted").into());
            }
        }
        Ok(())
    }
}

fn show(report: &Report, format: OutputArg) -> Result<String> {
    match format {
        OutputArg::Json => Ok(format!("{}\n", serde_json::to_string_pretty(report)?)),
        OutputArg::Yaml => {
            let mut text = String::new();
            write_document(&mut text, &Node::from_json(serde_json::to_value(report)?));
            Ok(text)
        }
        OutputArg::Table | OutputArg::Wide => Ok(table(report, format == OutputArg::Wide)),
    }
}

fn table(report: &Report, wide: bool) -> String {
    let mut text = format!("environment {}, namespace {}\n", report.env, report.namespace);
    if report.workloads.is_empty() {
        text.push_str("the stack declares no workloads\n");
        return text;
    }
    let mut table = Table::new(&["WORKLOAD", "READY", "RESTARTS", "AGE", "IMAGE", "STATE"]);
    for row in &report.workloads {
        table.row([
            format!("{}/{}", row.kind.to_lowercase(), row.name),
            format!("{}/{}", row.ready, row.wanted),
            row.restarts.to_string(),
            age(row.created.as_deref()),
            image(row),
            state(row),
        ]);
        if wide {
            for pod in &row.pods {
                let status = if pod.ready { "ready".into() } else { pod.status.clone() };
                table.row([
                    format!("  pod/{}", pod.name),
                    format!("{}/{}", pod.containers_ready, pod.containers),
                    pod.restarts.to_string(),
                    age(pod.created.as_deref()),
                    pod.node.clone().unwrap_or_default(),
                    status,
                ]);
            }
            for service in &row.services {
                let empty = String::new;
                table.row([format!("  service/{service}"), empty(), empty(), empty(), empty(), empty()]);
            }
        }
    }
    text.push_str(&table.render());
    text
}

/// The image that runs; where that is not the one services.yaml asks for, both.
fn image(row: &Row) -> String {
    match (row.running_images.first(), row.desired_images.first()) {
        (Some(running), Some(desired)) if running != desired => format!("{running} → {desired}"),
        (Some(image), _) | (None, Some(image)) => image.clone(),
        (None, None) => String::new(),
    }
}

fn state(row: &Row) -> String {
    match &row.problem {
        Some(problem) => format!("{}: {}", row.state, problem.lines().next().unwrap_or_default()),
        None => row.state.to_string(),
    }
}
