//! `codexctl render`.

use std::path::PathBuf;

use anyhow::Result;

use super::args::{FilterArgs, TargetArgs};
use crate::app::App;
use crate::error::Fault;
use crate::manifests::{Format, ManifestSet, Selected, split_files};
use crate::output;

/// Render the manifests of an environment
///
/// Prints the documents of the selected infrastructure groups and services, in the order of services.yaml, as
/// one stream that kubectl reads. Nothing is asked of a cluster.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  codexctl render --env dev | kubectl diff -f -\n  codexctl render --env ai --slot 3 --only-services api -o out --split"
)]
pub(super) struct Args {
    #[command(flatten)]
    target: TargetArgs,
    /// Write to DIR/rendered.yaml instead of stdout
    #[arg(short, long, value_name = "DIR", conflicts_with = "stdout", value_hint = clap::ValueHint::DirPath)]
    output: Option<PathBuf>,
    /// Print to stdout (the default)
    #[arg(long)]
    stdout: bool,
    /// With --output: one file per group or service and resource
    #[arg(long, requires = "output")]
    split: bool,
    /// Format of the documents
    #[arg(long, value_name = "FORMAT", default_value = "yaml")]
    format: FormatArg,
    #[command(flatten)]
    filters: FilterArgs,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum FormatArg {
    Yaml,
    Json,
}

impl Args {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let (stack, context) = app.load(&self.target.into_request())?;
        if stack.namespace().is_none() {
            tracing::warn!(
                "environment `{}` has a namespace per slot; without --slot none is set",
                stack.environment.name
            );
        }
        let format = match self.format {
            FormatArg::Yaml => Format::Yaml,
            FormatArg::Json => Format::Json,
        };
        let selected = Selected::new(&stack, &self.filters.into_filters()?)?;
        let set = ManifestSet::render(&stack, &context, &selected, format)?;
        let Some(dir) = self.output else { return output::print(&set.stream(format)) };
        if dir.exists() && !dir.is_dir() {
            return Err(Fault::invalid(format!("--output {} is not a folder", dir.display())).into());
        }
        if self.split {
            let files = split_files(&set, format);
            for (path, document) in &files {
                output::write_file(&dir.join(path), &document.text)?;
            }
            let plural = if files.len() == 1 { "file" } else { "files" };
            tracing::info!("wrote {} {plural} below {}", files.len(), dir.display());
        } else {
            let path = dir.join(if format == Format::Yaml { "rendered.yaml" } else { "rendered.json" });
            output::write_file(&path, &set.stream(format))?;
            tracing::info!("wrote {}", path.display());
        }
        Ok(())
    }
}
