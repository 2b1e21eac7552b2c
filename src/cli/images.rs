//! `codexctl images mirror` and `codexctl images build`.

use std::num::NonZeroUsize;

use anyhow::Result;

use super::args::{TargetArgs, at_a_time, names};
use crate::app::App;
use crate::error::Fault;
use crate::images::{self, Action, BuildOptions, MirrorOptions, Outcome};
use crate::output::{self, Table};

/// Copy external images into the stack's registry, and build its own
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  codexctl images mirror --env dev\n  codexctl images build --env dev --only api --no-push"
)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Mirror(MirrorArgs),
    Build(BuildArgs),
}

/// Copy external images that the stack's registry does not have
///
/// An image that is there is left alone; a registry that does not answer is an error for its images, and the others go
/// on.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  codexctl images mirror --env dev\n  codexctl images mirror --env dev --only postgres --refresh"
)]
struct MirrorArgs {
    #[command(flatten)]
    common: CommonArgs,
    /// Copy again what has changed at its origin
    #[arg(long)]
    refresh: bool,
}

/// Build the stack's own images and push them
///
/// Paths and names are checked for all images before the first is built. Values of build arguments that are secrets
/// reach docker by its environment and appear in no log.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  codexctl images build --env dev\n  codexctl images build --env ai --slot 3 --only api,web --jobs 2 --skip-existing"
)]
struct BuildArgs {
    #[command(flatten)]
    common: CommonArgs,
    /// Leave the images in the docker engine
    #[arg(long)]
    no_push: bool,
    /// Leave alone images that the registry has (with --no-push: that the engine has)
    #[arg(long)]
    skip_existing: bool,
}

#[derive(Debug, clap::Args)]
struct CommonArgs {
    #[command(flatten)]
    target: TargetArgs,
    /// Only these images (comma-separated, or repeated)
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    only: Vec<String>,
    /// How many images at a time [default: the number of cores, at most 4]
    #[arg(short, long, value_name = "N", value_parser = at_a_time)]
    jobs: Option<NonZeroUsize>,
    /// How to print the summary
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    output: OutputArg,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum OutputArg {
    Table,
    Json,
}

impl Args {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let (format, outcomes) = match self.command {
            Command::Mirror(MirrorArgs { common, refresh }) => {
                let options =
                    MirrorOptions { only: names("--only", &common.only)?, jobs: jobs(common.jobs), refresh };
                let (stack, _) = app.load(&common.target.into_request())?;
                (common.output, images::mirror(&stack, &app.runner, &options)?)
            }
            Command::Build(BuildArgs { common, no_push, skip_existing }) => {
                let jobs = jobs(common.jobs);
                let options = BuildOptions {
                    only: names("--only", &common.only)?,
                    jobs,
                    push: !no_push,
                    skip_existing,
                };
                let (stack, _) = app.load(&common.target.into_request())?;
                (common.output, images::build(&stack, &app.runner, &options)?)
            }
        };
        output::print(&show(&outcomes, format)?)?;
        let failed: Vec<&str> =
            outcomes.iter().filter(|one| one.action == Action::Failed).map(|one| one.name.as_str()).collect();
        if failed.is_empty() {
            return Ok(());
        }
        let count = format!("{} of {} images failed", failed.len(), outcomes.len());
        Err(Fault::failed(format!("{count}: {}", failed.join(", "))).into())
    }
}

fn jobs(flag: Option<NonZeroUsize>) -> NonZeroUsize {
    flag.unwrap_or_else(images::default_jobs)
}

fn show(outcomes: &[Outcome], format: OutputArg) -> Result<String> {
    if format == OutputArg::Json {
        return Ok(format!("{}\n", serde_json::to_string_pretty(outcomes)?));
    }
    if outcomes.is_empty() {
        return Ok(String::new());
    }
    let mut table = Table::new(&["NAME", "ACTION", "SECONDS", "DIGEST", "REFERENCE"]);
    for one in outcomes {
        table.row([
            one.name.clone(),
            one.action.as_str().into(),
            format!("{:.1}", one.seconds),
            // As docker shortens them.
            one.digest.as_deref().map_or("-", |digest| digest.get(..19).unwrap_or(digest)).into(),
            one.reference.clone(),
        ]);
    }
    Ok(table.render())
}
