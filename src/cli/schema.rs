//! `codexctl schema`.

use std::path::PathBuf;

use anyhow::Result;

use crate::app::App;
use crate::error::Fault;
use crate::{keys, output};

/// Print the JSON Schema of services.yaml, for editors
///
/// Editors that read it know every key: they complete it, explain it, and mark what `--strict` would refuse. The first
/// line of services.yaml tells them where it is: `# yaml-language-server: $schema=services.schema.json`. No services.yaml is
/// needed here.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  codexctl schema -o services.schema.json\n  codexctl schema --format markdown -o keys.md"
)]
pub(super) struct Args {
    /// Write to FILE instead of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// JSON Schema for editors, or a reference of all keys for people
    #[arg(long, value_name = "FORMAT", default_value = "json")]
    format: FormatArg,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum FormatArg {
    Json,
    Markdown,
}

impl Args {
    pub(super) fn run(self, _: &App) -> Result<()> {
        let text = match self.format {
            FormatArg::Json => format!("{:#}\n", keys::json_schema()),
            FormatArg::Markdown => keys::markdown(),
        };
        let Some(path) = self.output else { return output::print(&text) };
        if path.is_dir() {
            let fault = Fault::invalid(format!("--output {} is a folder, not a file", path.display()));
            return Err(fault.hint("name the file to write").into());
        }
        output::write_file(&path, &text)?;
        tracing::info!("wrote {}", path.display());
        Ok(())
    }
}
