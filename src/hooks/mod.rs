//! Runs hook steps: `when`, time limits, `continueOnError`, and what each action does (spec section 5).
//!
//! Reading and checking steps is `crate::config::steps`' work.

mod kubeconfig;
mod secrets;
mod tls;

use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::config::steps::{Action, CommentTarget, Step};
use crate::config::{Namespace, Stack, StackContext, UnitSteps, holds};
use crate::deploy::Session;
use crate::error::Fault;
use crate::logging::Group;
use crate::manifests::{ManifestSet, Unit, UnitKind};
use crate::process::{Failure, pause, rounded};
use crate::tools::kubectl::{Kubectl, explained};
use crate::tools::{gh, shell};
use kubeconfig::HookKubeconfig;

pub(crate) use secrets::names as codex_secrets;
pub(crate) use tls::secret_name as tls_secret;

/// Whether a step stands before or after the work it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// `beforeAll`, `beforeApply`, `beforeDestroy`.
    Before,
    /// `afterApply`, `afterDestroy`, `afterAll`.
    After,
}

/// One list of steps of each unit, in the units' order.
pub fn unit_steps<'a>(
    stack: &'a Stack,
    units: impl Iterator<Item = &'a Unit>,
    pick: fn(&UnitSteps) -> &Vec<Step>,
) -> Vec<&'a Step> {
    units
        .flat_map(|unit| {
            let all = match unit.kind {
                UnitKind::Infrastructure => &stack.infra_hooks,
                UnitKind::Service => &stack.service_hooks,
            };
            all.get(unit.index).into_iter().flat_map(pick)
        })
        .collect()
}

/// Runs steps for one stack.
#[derive(Debug)]
pub struct Hooks<'a> {
    stack: &'a Stack,
    context: &'a StackContext,
    set: &'a ManifestSet,
    kubectl: &'a Kubectl,
    kubeconfig: HookKubeconfig,
}

impl<'a> Hooks<'a> {
    /// Prepares the environment of scripts.
    ///
    /// # Errors
    /// No temporary file can be written.
    pub fn new(session: &'a Session) -> Result<Self> {
        let Session { stack, context, set, kubectl } = session;
        let kubeconfig = HookKubeconfig::new(kubectl.cluster())?;
        Ok(Self { stack, context, set, kubectl, kubeconfig })
    }

    /// Runs the steps in order.
    ///
    /// # Errors
    /// The first step that fails, unless it says `continueOnError`; with its place.
    pub fn run<'s>(&self, phase: Phase, steps: impl IntoIterator<Item = &'s Step>) -> Result<()> {
        for step in steps {
            if !holds(step.when.as_deref(), false) {
                tracing::debug!("hook {}: skipped by its `when`", step.path);
                continue;
            }
            let _group = Group::begin(&format!("hook: {}", step.label));
            tracing::info!("hook: {}", step.label);
            let Err(error) = self.step(phase, step) else { continue };
            if crate::process::interrupted().is_some() {
                return Err(error);
            }
            let place =
                format!("{}:{}: {} ({})", self.stack.source_name(), step.mark.line, step.path, step.label);
            if step.continue_on_error {
                let why = crate::error::report(&error).unwrap_or_default();
                tracing::warn!("{place} failed, going on (continueOnError): {why}");
            } else {
                return Err(error.context(format!("hook failed: {place}")));
            }
        }
        Ok(())
    }

    fn step(&self, phase: Phase, step: &Step) -> Result<()> {
        match &step.action {
            Action::Run(script) => shell::bash(
                self.kubectl.runner(),
                self.stack.root(),
                script,
                self.environment(),
                step.timeout,
            )
            .map_err(|failure| script_failed(&failure)),
            Action::Wait { kind, name, namespace, condition, timeout } => {
                let namespace = namespace.as_deref().or(self.stack.namespace().map(Namespace::as_str));
                let limit = step.timeout.map_or(*timeout, |limit| limit.min(*timeout));
                self.kubectl
                    .wait(condition, &[format!("{kind}/{name}")], namespace, limit)
                    .map(drop)
                    .map_err(explained)
            }
            Action::Comment { body, kind, number } => self.comment((*kind, number), body, step.timeout),
            Action::Sleep(duration) => sleep(*duration, step.timeout),
            Action::Preflight => {
                crate::doctor::preflight(self.kubectl.runner(), self.stack, self.context, self.set)
            }
            Action::EnsureCodexSecrets => {
                secrets::ensure(self.stack, self.context, self.kubectl, step.timeout)
            }
            Action::ReuseDevTlsSecret { secret, staging_namespace, timeout } => {
                let limit = step.timeout.map_or(*timeout, |limit| limit.min(*timeout));
                let names = (secret.as_deref(), staging_namespace.as_deref());
                tls::reuse(self.stack, self.kubectl, names, phase, limit)
            }
        }
    }

    /// What scripts find in their environment: the stack's facts, the cluster, and variables of envFiles, var-file and
    /// `--vars`.
    fn environment(&self) -> Vec<(String, String)> {
        let context = &self.context.context;
        let own = |name: &String, value: &String| std::env::var(name).is_ok_and(|current| current == *value);
        let mut env: Vec<(String, String)> = context
            .env_map
            .iter()
            .filter(|(name, value)| !own(name, value) && !name.contains('=') && !value.contains('\0'))
            // A KUBECONFIG of an envFile is not what codexctl's own kubectl reads.
            .filter(|(name, _)| *name != "KUBECONFIG")
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        // Scripts run in the project's folder, whatever the caller's was: codexctl there finds the same files.
        for name in ["CODEXCTL_CONFIG", "CODEXCTL_VAR_FILE"] {
            let given = std::env::var(name).ok().filter(|path| !path.is_empty());
            if let Some(full) =
                given.and_then(|path| std::path::absolute(path).ok()?.into_os_string().into_string().ok())
            {
                env.retain(|(other, _)| other != name);
                env.push((name.into(), full));
            }
        }
        env.push(("CODEXCTL_ENV".into(), context.env.clone()));
        env.push(("CODEXCTL_NAMESPACE".into(), context.namespace.clone()));
        env.push(("CODEXCTL_PROJECT".into(), context.project.clone()));
        let slot = self.stack.target().slot.map(|slot| slot.to_string()).unwrap_or_default();
        env.push(("CODEXCTL_SLOT".into(), slot));
        env.extend(self.kubeconfig.value().map(|value| ("KUBECONFIG".into(), value.to_string())));
        env
    }

    fn comment(&self, to: (CommentTarget, &str), body: &str, timeout: Option<Duration>) -> Result<()> {
        let token = gh::token(&self.context.context.env_map);
        gh::comment(self.kubectl.runner(), self.stack.root(), token, to, body, timeout)
            .context("cannot comment on GitHub")
    }
}

fn sleep(duration: Duration, limit: Option<Duration>) -> Result<()> {
    let interrupted = pause(limit.map_or(duration, |limit| limit.min(duration)));
    if interrupted {
        return Err(Fault::failed("interrupted").into());
    }
    match limit {
        Some(limit) if limit < duration => {
            Err(Fault::failed(format!("timed out after {}", rounded(limit))).into())
        }
        _ => Ok(()),
    }
}

/// The launcher's own command line says nothing to a user; the script is named by its step.
fn script_failed(failure: &Failure) -> anyhow::Error {
    use crate::process::FailureKind;
    match &failure.kind {
        FailureKind::Exit(code) => Fault::failed(format!("the script ended with exit code {code}")).into(),
        FailureKind::Signal(number) => {
            Fault::failed(format!("the script was killed by signal {number}")).into()
        }
        FailureKind::Timeout(limit) => {
            Fault::failed(format!("the script was ended after {}, its `timeout`", rounded(*limit))).into()
        }
        FailureKind::Interrupted => Fault::failed("interrupted").into(),
        FailureKind::Start(why) if why.contains("Argument list too long") => {
            Fault::failed("the script is larger than the system allows in one piece (128 KiB)")
                .hint("put it into a file of the project and run that")
                .into()
        }
        FailureKind::Start(why) => Fault::failed(format!("bash could not be started: {why}")).into(),
        FailureKind::NotFound => failure.clone().into(),
    }
}
