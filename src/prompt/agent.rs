//! Runs of the agent: starts one in the slot's pod or joins one that runs, and passes on how it ended.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use super::WORKSPACE;
use super::frames::Ending;
use super::material::Material;
use super::pod::{DEPLOYMENT, Pod};
use super::watch::{LAST_WORDS, Stop, Watch};
use crate::app::App;
use crate::deploy;
use crate::error::Fault;
use crate::process::{Secrets, interrupted, rounded};
use crate::slots::unique;
use crate::tools::kubectl::{Cluster, Kubectl};

/// How an agent is started.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// What the run is about, one line, for people who find it running.
    pub about: String,
    /// Go on with the pod's last session.
    pub resume: bool,
    /// End the agent that runs there already, if any.
    pub replace: bool,
    /// How long the agent may run.
    pub timeout: Duration,
    /// How long to wait for its pod.
    pub rollout: Duration,
}

/// The agent of one slot.
#[derive(Debug)]
pub struct Agent<'a> {
    material: &'a Material,
    secrets: &'a Secrets,
    kubectl: Kubectl,
    namespace: String,
    /// How long to try to reach the pod.
    reconnect: Duration,
    quiet: bool,
}

impl<'a> Agent<'a> {
    /// The agent in the stack's namespace. `reconnect`: how long to try to reach its pod without success; `quiet`:
    /// events are not shown to people.
    ///
    /// # Errors
    /// The environment needs a slot; its kubeconfig is not there.
    pub fn new(app: &'a App, material: &'a Material, reconnect: Duration, quiet: bool) -> Result<Self> {
        let stack = &material.stack;
        let namespace = stack.require_namespace()?.as_str().to_string();
        let cluster = Cluster::of(
            &stack.environment,
            stack.source_name(),
            stack.root(),
            &material.context.context.env_map,
        )?;
        let kubectl = Kubectl::new(app.runner.clone(), cluster);
        Ok(Self { material, secrets: app.secrets(), kubectl, namespace, reconnect, quiet })
    }

    /// Starts the agent with this prompt and config and follows it to its end.
    ///
    /// # Errors
    /// No pod; an agent runs there already; the agent failed (its exit code is passed on) or took too long.
    pub fn run(&self, prompt: &str, config: &str, options: &RunOptions) -> Result<()> {
        deploy::deployment_ready(&self.kubectl, &self.namespace, DEPLOYMENT, options.rollout)
            .context("the agent has no pod to run in")?;
        let pod = self.pod();
        pod.install()?;
        let size = config.len().to_string();
        let said = pod.call("prepare", [&size], &[], Some(config.as_bytes()))?;
        for warning in said.iter().filter_map(|line| line.strip_prefix("warning: ")) {
            tracing::warn!("{warning}");
        }
        // Process ids of containers are alike, and several may start in one second.
        let run = format!("{}-{:.8}", jiff::Timestamp::now().strftime("%Y%m%dT%H%M%S"), unique());
        let deadline = Instant::now() + options.timeout;
        if let Err(error) = self.start(&pod, &run, prompt, options) {
            if interrupted().is_some() {
                self.end(&pod, &run, "interrupted");
            }
            return Err(error);
        }
        let mut watch = Watch::new(&pod, self.secrets, &run, self.talk());
        match watch.follow(Some(deadline))? {
            Stop::Ended(ending) => self.verdict(&watch, &ending, Some(options.timeout)),
            Stop::Interrupted => {
                self.end(&pod, &run, "interrupted");
                Err(Fault::failed("interrupted").into())
            }
            Stop::Deadline => {
                self.end(&pod, &run, "timeout");
                match watch.follow(Some(Instant::now() + LAST_WORDS))? {
                    Stop::Ended(ending) => self.verdict(&watch, &ending, Some(options.timeout)),
                    Stop::Deadline | Stop::Interrupted => Err(took_too_long(Some(options.timeout)).into()),
                }
            }
        }
    }

    /// Follows the run that goes on in the pod, or shows the last one, from its first event. Ctrl-C leaves it running.
    ///
    /// # Errors
    /// No run, no connection, or what the agent ended with.
    pub fn attach(&self) -> Result<()> {
        let pod = self.pod();
        pod.install()?;
        let mut watch = Watch::new(&pod, self.secrets, "current", self.talk());
        match watch.follow(None)? {
            Stop::Ended(ending) => self.verdict(&watch, &ending, None),
            Stop::Deadline | Stop::Interrupted => {
                tracing::info!("no longer following; run {} goes on", watch.run());
                Err(Fault::failed("interrupted").into())
            }
        }
    }

    fn pod(&self) -> Pod<'_> {
        Pod::new(&self.kubectl, &self.namespace, self.reconnect)
    }

    /// Events are for people only where one looks.
    fn talk(&self) -> bool {
        !self.quiet && std::io::IsTerminal::is_terminal(&std::io::stderr())
    }

    fn start(&self, pod: &Pod<'_>, run: &str, prompt: &str, options: &RunOptions) -> Result<()> {
        // The pod's own clock ends the agent too, when nobody is there to do it. It counts whole seconds.
        let seconds = options.timeout.as_millis().div_ceil(1000).to_string();
        let replace = if options.replace { "yes" } else { "no" };
        let size = prompt.len().to_string();
        let about = options.about.replace(['\n', '\r'], " ");
        let args = [run, &seconds, WORKSPACE, replace, &size, &about];
        let said = pod.call("start", args, &self.command(options.resume), Some(prompt.as_bytes()))?;
        match said.last().and_then(|line| line.strip_prefix("busy ")) {
            Some(other) => {
                let (name, about) = other.split_once(' ').unwrap_or((other, ""));
                Err(Fault::failed(format!("an agent runs in {} already: {name}, {about}", self.namespace))
                    .hint("follow it with `codexctl prompt attach`, or end it with --replace")
                    .into())
            }
            None => Ok(()),
        }
    }

    /// The agent's command line. Its prompt comes by stdin: `-`.
    fn command(&self, resume: bool) -> Vec<String> {
        let codex = &self.material.context.context.codex;
        let mut command: Vec<String> = vec!["codex".into(), "exec".into()];
        if resume {
            command.extend(["resume", "--last", "--json"].map(String::from));
        } else {
            command.extend(["--json", "--cd", WORKSPACE].map(String::from));
        }
        // Sources may lie below the working folder, which is no repository then.
        command.push("--skip-git-repo-check".into());
        // `default` leaves the choice to Codex, as an empty setting does.
        let set =
            |text: &str| Some(text.trim().to_string()).filter(|text| !text.is_empty() && text != "default");
        if let Some(model) = set(&codex.model) {
            command.extend(["-m".into(), model]);
        }
        if let Some(effort) = set(&codex.model_reasoning_effort) {
            command.extend(["-c".into(), format!("model_reasoning_effort={effort}")]);
        }
        command.push("-".into());
        command
    }

    fn end(&self, pod: &Pod<'_>, run: &str, reason: &str) {
        match pod.stop(run, reason) {
            Ok(()) => tracing::info!("the agent in {} was ended", self.namespace),
            Err(error) => tracing::error!(
                "the agent in {} could not be ended, it may go on: {}",
                self.namespace,
                crate::error::report(&error).unwrap_or_default()
            ),
        }
    }

    fn verdict(&self, watch: &Watch<'_>, ending: &Ending, limit: Option<Duration>) -> Result<()> {
        let namespace = &self.namespace;
        match ending {
            Ending::Gone => Err(Fault::failed(format!("no agent runs in {namespace}, and none has"))
                .hint("if one did, its pod was replaced since; start one with `codexctl prompt run`")
                .into()),
            Ending::Lost => {
                let fault = Fault::failed(with_log(
                    "the agent was killed with its supervisor (out of memory, or the container restarted)",
                    &watch.log(),
                ));
                Err(fault.hint("`kubectl describe pod` tells why; `prompt run --resume` goes on").into())
            }
            Ending::Exit { code, seconds, reason } => {
                let duration = readable(*seconds);
                tracing::info!("agent: exit {code} after {duration}, {}", watch.tally().summary());
                match (reason.as_deref(), code) {
                    (Some("timeout"), _) => Err(took_too_long(limit).into()),
                    (Some(reason), _) => Err(Fault::failed(format!("the agent was ended: {reason}")).into()),
                    (None, 0) => Ok(()),
                    (None, code) => {
                        let message = format!("the agent ended with exit code {code}");
                        Err(Fault::passed(*code, with_log(&message, &watch.log())).into())
                    }
                }
            }
        }
    }
}

/// `1h2m3s`, as Go prints durations.
fn readable(seconds: u64) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{rest}s"),
        (0, _) => format!("{minutes}m{rest}s"),
        _ => format!("{hours}h{minutes}m{rest}s"),
    }
}

fn took_too_long(limit: Option<Duration>) -> Fault {
    let after = limit.map_or_else(String::new, |limit| format!(" after {}", rounded(limit)));
    Fault::failed(format!("the agent was ended{after}, its time limit")).hint(
        "give it more with --timeout or codex.timeouts.exec; `prompt run --resume` goes on where it was",
    )
}

fn with_log(message: &str, log: &str) -> String {
    if log.is_empty() { message.into() } else { format!("{message}; the end of its log:\n{log}") }
}
