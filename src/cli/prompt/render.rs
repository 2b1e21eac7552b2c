//! `codexctl prompt render`.

use std::path::PathBuf;

use anyhow::Result;

use super::{PromptArgs, TaskArgs, deliver};
use crate::app::App;
use crate::error::Fault;
use crate::prompt::Material;

/// Render a prompt: a builtin one, or a template of your own
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  codexctl prompt render --kind dev_issue --slot 3 --issue 42\n  codexctl prompt render --template prompts/fix.md --lang ru --out prompt.md"
)]
pub(super) struct Args {
    #[command(flatten)]
    task: TaskArgs,
    #[command(flatten)]
    prompt: PromptArgs,
    /// File to write to, instead of stdout
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Args {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let wanted = self.prompt.wanted().ok_or_else(|| {
            Fault::invalid("which prompt?")
                .hint("name one with --kind dev_issue or review_fix, or a file with --template")
        })?;
        let material = Material::load(app, &self.task.into_request())?;
        deliver(self.out, &material.prompt(&wanted)?)
    }
}
