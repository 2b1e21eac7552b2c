//! `codexctl prompt run`.

use std::time::Duration;

use anyhow::Result;

use super::{PromptArgs, TaskArgs, limit};
use crate::app::App;
use crate::config::parse_duration;
use crate::config::schema::Text;
use crate::error::Fault;
use crate::prompt::{Agent, Kind, Material, RunOptions, Wanted};

/// How long an agent may run where neither a flag nor services.yaml says so.
const EXEC: Duration = Duration::from_secs(3600);
/// The same for its pod to become ready.
const ROLLOUT: Duration = Duration::from_secs(300);

/// Run the agent in a slot's pod, and follow it to its end
///
/// Writes the config, logs git, gh and Codex in, and starts `codex exec` in deployment/codex. The agent's events come
/// out as JSON lines on stdout, its exit code is codexctl's. A broken connection does not end it; Ctrl-C and the time
/// limit do.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  codexctl prompt run --slot 3 --issue 42\n  codexctl prompt run --slot 3 --pr 57 --kind review_fix --resume --timeout 90m"
)]
pub(super) struct Args {
    #[command(flatten)]
    task: TaskArgs,
    #[command(flatten)]
    prompt: PromptArgs,
    /// Go on with the last session of the slot
    #[arg(long)]
    resume: bool,
    /// End an agent that still runs in the slot
    #[arg(long)]
    replace: bool,
    /// How long the agent may run [default: codex.timeouts.exec, else 60m]
    #[arg(long, value_name = "DURATION", value_parser = limit)]
    timeout: Option<Duration>,
    /// How long to wait for its pod [default: codex.timeouts.rollout, else 300s]
    #[arg(long, value_name = "DURATION", value_parser = limit)]
    rollout_timeout: Option<Duration>,
    /// How long to try to reach the pod again after the connection broke
    #[arg(long, value_name = "DURATION", value_parser = limit, default_value = "5m")]
    reconnect_timeout: Duration,
    /// Do not show the agent's events to people on stderr
    #[arg(short, long)]
    quiet: bool,
}

impl Args {
    pub(super) fn run(self: Box<Self>, app: &App) -> Result<()> {
        let wanted = self.prompt.wanted().unwrap_or(match (self.task.issue, self.task.pr) {
            (None, Some(_)) => Wanted::Builtin(Kind::ReviewFix),
            _ => Wanted::Builtin(Kind::DevIssue),
        });
        let task = match (&wanted, self.task.issue, self.task.pr) {
            (Wanted::Builtin(Kind::DevIssue), None, _) => {
                return Err(Fault::invalid("which issue is the agent to work on?")
                    .hint("add --issue N")
                    .into());
            }
            (Wanted::Builtin(Kind::ReviewFix), _, None) => {
                return Err(Fault::invalid("which pull request is the agent to work on?")
                    .hint("add --pr N")
                    .into());
            }
            (Wanted::Builtin(kind), ..) => kind.to_string(),
            (Wanted::File(path), ..) => path.display().to_string(),
        };
        let named =
            |what: &str, number: Option<u64>| number.map_or_else(String::new, |n| format!(", {what} #{n}"));
        let about = format!(
            "{task}{}{}, started {}",
            named("issue", self.task.issue),
            named("pull request", self.task.pr),
            jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ")
        );
        let material = Material::load(app, &self.task.into_request())?;
        let timeouts = &material.stack.file.codex.timeouts;
        let options = RunOptions {
            about,
            resume: self.resume,
            replace: self.replace,
            timeout: self.timeout.or(configured(&material, timeouts.exec.as_ref())?).unwrap_or(EXEC),
            rollout: self
                .rollout_timeout
                .or(configured(&material, timeouts.rollout.as_ref())?)
                .unwrap_or(ROLLOUT),
        };
        let agent = Agent::new(app, &material, self.reconnect_timeout, self.quiet)?;
        let (prompt, config) = (material.prompt(&wanted)?, material.config()?);
        agent.run(&prompt, &config, &options)
    }
}

/// A duration of services.yaml; empty is not set, as in Go.
fn configured(material: &Material, text: Option<&Text>) -> Result<Option<Duration>> {
    let Some(text) = text.filter(|text| !text.value.trim().is_empty()) else { return Ok(None) };
    let place = format!("{}: {}", material.stack.place(text), text.path);
    match parse_duration(&text.value) {
        Ok(Duration::ZERO) => {
            Err(Fault::invalid(format!("{place}: a time limit must be longer than 0")).into())
        }
        Ok(limit) => Ok(Some(limit)),
        Err(message) => Err(Fault::invalid(format!("{place}: {message}")).into()),
    }
}
