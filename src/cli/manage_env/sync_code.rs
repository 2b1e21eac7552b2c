//! `codexctl manage-env sync-code`.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use serde_json::json;

use super::args::{EnvArgs, OutputArgs};
use crate::app::App;
use crate::config::{Namespace, Slot};
use crate::error::Fault;
use crate::output;
use crate::slots::Pool;
use crate::tools::kubectl::explained;
use crate::workspace::{Method, Place, sync};

/// Where the code is in the agent's pod (spec section 8), and how its own user gets to own it.
const OWN: [&str; 3] = ["sh", "-c", "chown -R \"$(id -u):$(id -g)\" /workspace"];
/// The agent's Deployment.
const AGENT: &str = "deploy/codex";

/// Copy source code to the folder a slot's pod works in
///
/// SOURCE becomes DIR/N/src, by rsync where it is installed. The new files are copied beside the old ones and take
/// their place when they are complete: a run that is interrupted leaves the old files, or is completed by the next one.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  codexctl manage-env sync-code --env ai --slot 3 --code-root-base /srv/code\n  codexctl manage-env sync-code --slot 3 --code-root-base /srv/code --source . --namespace demo-dev-3\n\nJSON: slot, env, namespace, source, target, files, folders, method (rsync or copy)"
)]
pub(super) struct Args {
    #[command(flatten)]
    env: EnvArgs,
    /// The slot's number
    #[arg(long, value_name = "N", env = "CODEXCTL_SLOT")]
    slot: Slot,
    /// Folder below which each slot has its own [default: $CODE_ROOT_BASE]
    #[arg(long, value_name = "DIR", env = "CODEXCTL_CODE_ROOT_BASE")]
    code_root_base: Option<PathBuf>,
    /// Folder to copy
    #[arg(long, value_name = "DIR", default_value = ".")]
    source: PathBuf,
    /// Hand the files to the user of the agent's pod in this namespace
    #[arg(short, long, value_name = "NS", env = "CODEXCTL_NAMESPACE")]
    namespace: Option<String>,
    #[command(flatten)]
    output: OutputArgs,
}

impl Args {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let base = self.code_root_base.or_else(|| {
            std::env::var_os("CODE_ROOT_BASE").filter(|value| !value.is_empty()).map(PathBuf::from)
        });
        let base = base.ok_or_else(|| Fault::invalid("where to? --code-root-base is missing"))?;
        let (stack, context) = app.load(&self.env.into_request())?;
        let pool = Pool::of(&stack)?;
        let namespace = match &self.namespace {
            Some(name) => Namespace::new(name, "--namespace")?.as_str().to_string(),
            None => pool.namespace(self.slot)?,
        };
        let place = Place::new(&self.source, &base, self.slot)?;
        let method = Method::best();
        let report = sync(&app.runner, &place, method)?;
        if self.namespace.is_some() {
            let kubectl = app.kubectl(&stack, &context)?;
            if let Err(failure) = kubectl.exec(AGENT, &namespace, &OWN, Some(Duration::from_secs(120))) {
                let why = crate::error::report(&explained(failure)).unwrap_or_default();
                tracing::warn!(
                    "the files are there, but not handed to the user of {AGENT} in {namespace}: {why}"
                );
            }
        }
        let env = pool.env.as_str();
        let slot = self.slot;
        output::github_output(&[
            ("slot", slot.to_string()),
            ("namespace", namespace.clone()),
            ("env", env.into()),
        ])?;
        let target = place.target.display().to_string();
        if !self.output.json() {
            return output::print(&format!("{} files to {target} by {}\n", report.files, method.as_str()));
        }
        let json = json!({
            "slot": slot.number(), "env": env, "namespace": namespace,
            "source": place.source.display().to_string(), "target": target,
            "files": report.files, "folders": report.folders, "method": method.as_str(),
        });
        output::print(&format!("{}\n", serde_json::to_string_pretty(&json)?))
    }
}
