//! `codexctl graph`.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::args::{FilterArgs, TargetArgs};
use crate::app::App;
use crate::error::Fault;
use crate::graph::{Format, Graph, Input};
use crate::manifests::{self, Filters, ManifestSet, Selected};
use crate::output;

/// Draw an environment: its resources, images, hosts and hooks, and what refers to what
///
/// References that lead nowhere are marked: a ConfigMap, Secret, claim, account, Service or workload that nothing in the
/// stack declares. What the filters leave out is marked as outside, not as missing. Nothing is asked of a cluster.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  codexctl graph --env dev -o stack.svg\n  codexctl graph --env ai --slot 3 --only-services api --format mermaid"
)]
pub(super) struct Args {
    #[command(flatten)]
    target: TargetArgs,
    /// Format of the picture [default: by the extension of --output, else mermaid]
    #[arg(long, value_name = "FORMAT")]
    format: Option<FormatArg>,
    /// Write to FILE (.svg, .mmd, .mermaid, .dot, .gv, .json) instead of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    filters: FilterArgs,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum FormatArg {
    /// Flowchart for Markdown
    Mermaid,
    /// Graphviz
    Dot,
    /// Finished picture, light and dark
    Svg,
    /// The model: nodes and edges
    Json,
}

impl Args {
    pub(super) fn run(self, app: &App) -> Result<()> {
        if let Some(path) = self.output.as_deref().filter(|path| path.is_dir()) {
            return Err(Fault::invalid(format!("--output {} is a folder", path.display()))
                .hint("name a file, such as stack.svg")
                .into());
        }
        let format = self.format()?;
        let (stack, context) = app.load(&self.target.into_request())?;
        let namespace = stack.require_namespace()?.as_str();
        let selected = Selected::new(&stack, &self.filters.into_filters()?)?;
        let compact = manifests::Format::Compact;
        let set = ManifestSet::render(&stack, &context, &selected, compact)?;
        let mut others = ManifestSet { units: Vec::new() };
        for unit in Selected::new(&stack, &Filters::default())?.without(&selected) {
            let name = unit.name.clone();
            match ManifestSet::render(&stack, &context, &Selected { units: vec![unit] }, compact) {
                Ok(left_out) => others.units.extend(left_out.units),
                Err(error) => {
                    let why = crate::error::report(&error).unwrap_or_default();
                    tracing::warn!(
                        "`{name}` is left out and cannot be rendered; references to it look dangling: {why}"
                    );
                }
            }
        }
        let secrets = app.secrets();
        let graph =
            Graph::build(&Input { stack: &stack, namespace, selected: &set, others: &others, secrets })?;
        graph.warn_of_size(format);
        let text = graph.write(format)?;
        let Some(path) = self.output else { return output::print(&text) };
        output::write_file(&path, &text)?;
        tracing::info!("wrote {}", path.display());
        Ok(())
    }

    /// `--format`, else what the extension of `--output` says, else mermaid.
    fn format(&self) -> Result<Format> {
        let Some(format) = self.format else {
            return self.output.as_deref().map_or(Ok(Format::Mermaid), by_extension);
        };
        Ok(match format {
            FormatArg::Mermaid => Format::Mermaid,
            FormatArg::Dot => Format::Dot,
            FormatArg::Svg => Format::Svg,
            FormatArg::Json => Format::Json,
        })
    }
}

fn by_extension(path: &Path) -> Result<Format> {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    Format::of_extension(extension).ok_or_else(|| {
        Fault::invalid(format!("--output {}: the extension names no format", path.display()))
            .hint("use .svg, .mmd, .mermaid, .dot, .gv or .json, or say --format")
            .into()
    })
}
