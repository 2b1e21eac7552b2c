//! `codexctl prompt config`.

use std::path::PathBuf;

use anyhow::Result;

use super::{TaskArgs, deliver};
use crate::app::App;
use crate::prompt::Material;

/// Render the agent's config.toml
///
/// From codex.configTemplate, else the builtin one, with codex.mcp.servers and codex.configBlocks. It holds no secrets.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  codexctl prompt config --slot 3\n  codexctl prompt config --slot 3 --model gpt-5-codex --out config.toml"
)]
pub(super) struct Args {
    #[command(flatten)]
    task: TaskArgs,
    /// File to write to, instead of stdout
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Args {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let material = Material::load(app, &self.task.into_request())?;
        deliver(self.out, &material.config()?)
    }
}
