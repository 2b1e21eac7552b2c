//! `apply`: namespace, hooks, CRDs, documents, hooks, readiness — in the order of spec section 4.

use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::json;

use super::Session;
use super::outcome::Outcome;
use super::wait::{self, Workload};
use crate::config::steps::Step;
use crate::config::{Namespace, Stack, UnitSteps};
use crate::error::Fault;
use crate::hooks::{Hooks, Phase, unit_steps};
use crate::manifests::{Document, ManifestSet};
use crate::output;
use crate::process::{Failure, FailureKind, Output, pause};
use crate::tools::kubectl::{DryRun, Kubectl, already_exists, explained, forbidden, program, words};
use crate::tools::transient::{backoff, is_transient};

/// How a stack is applied.
#[derive(Clone, Debug)]
pub struct ApplyOptions {
    /// Wait this long for the workloads to become ready.
    pub wait: Option<Duration>,
    /// Limit for making the namespace and applying the documents, retries included.
    pub timeout: Duration,
    /// Run doctor's checks first.
    pub preflight: bool,
    /// Whether anything is changed.
    pub dry_run: DryRun,
    /// Use server-side apply.
    pub server_side: bool,
}

/// Applies rendered manifests.
///
/// # Errors
/// The first thing that fails; what was applied and what was not is part of the message. Running it again after any
/// failure converges.
pub fn apply(session: &Session, options: &ApplyOptions) -> Result<()> {
    let Session { stack, context, set, kubectl } = session;
    let namespace = stack.require_namespace()?;
    if options.preflight {
        super::preflight(stack, kubectl)?;
    }
    let hooks = Hooks::new(stack, context, kubectl)?;
    let run = Run { stack, set, kubectl, options, deadline: Instant::now() + options.timeout };
    let real = options.dry_run == DryRun::Off;
    if real {
        run.ensure_namespace(namespace)?;
        hooks.run(Phase::Before, &stack.hooks.before_all)?;
        hooks.run(Phase::Before, run.steps(|steps| &steps.before_apply))?;
    }
    // Hooks have time limits of their own.
    let run = Run { deadline: Instant::now() + options.timeout, ..run };
    run.documents()?;
    if !real {
        return Ok(());
    }
    hooks.run(Phase::After, run.steps(|steps| &steps.after_apply))?;
    hooks.run(Phase::After, &stack.hooks.after_all)?;
    match options.wait {
        Some(limit) => wait::until_ready(kubectl, &Workload::of(set), limit),
        None => Ok(()),
    }
}

struct Run<'a> {
    stack: &'a Stack,
    set: &'a ManifestSet,
    kubectl: &'a Kubectl,
    options: &'a ApplyOptions,
    deadline: Instant,
}

impl Run<'_> {
    fn steps(&self, pick: fn(&UnitSteps) -> &Vec<Step>) -> Vec<&Step> {
        unit_steps(self.stack, self.set.units.iter(), pick)
    }

    fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// Whether a document is the stack's own Namespace object.
    fn declares(&self, namespace: &Namespace) -> Option<&Document> {
        self.set
            .documents()
            .find(|document| document.id.kind == "Namespace" && document.id.name == namespace.as_str())
    }

    /// Makes the namespace, if it is missing. Where the stack declares it itself, that document is applied: it goes
    /// with the others when no hook needs it before.
    fn ensure_namespace(&self, namespace: &Namespace) -> Result<()> {
        if let Some(document) = self.declares(namespace) {
            let hooks_first = !self.stack.hooks.before_all.is_empty()
                || !self.steps(|steps| &steps.before_apply).is_empty();
            return if hooks_first { self.send(vec![document]) } else { Ok(()) };
        }
        let object = json!({
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": { "name": namespace.as_str() },
        });
        let text = format!("{object}\n");
        let create = || match self.kubectl.create(&text, Some(self.left())) {
            Ok(_) => Ok(true),
            Err(failure) if already_exists(&failure) => Ok(false),
            Err(failure) => Err(failure),
        };
        match self.retried("make the namespace", create) {
            Ok(true) => tracing::info!("namespace {namespace} created"),
            Ok(false) => {}
            Err(failure) if forbidden(&failure) => self.forbidden_namespace(namespace, failure)?,
            Err(failure) => {
                return Err(self.in_time(failure).context(format!("cannot make namespace {namespace}")));
            }
        }
        Ok(())
    }

    /// A failure with kubectl's words, and the limit where that was the reason to stop.
    fn in_time(&self, failure: Failure) -> anyhow::Error {
        let timed_out = matches!(failure.kind, FailureKind::Timeout(_)) || self.left().is_zero();
        let error = explained(failure);
        if timed_out {
            error.context(format!("not done within {:?} (--timeout)", self.options.timeout))
        } else {
            error
        }
    }

    /// Who may not make namespaces may still work in one that is there.
    fn forbidden_namespace(&self, namespace: &Namespace, failure: Failure) -> Result<()> {
        match self.kubectl.get(&["namespace", namespace.as_str()], None, Some(self.left())) {
            Ok(found) if found.is_null() => {
                Err(explained(failure)
                    .context(format!("namespace {namespace} is missing and cannot be made")))
            }
            Ok(_) => Ok(()),
            Err(_) => {
                tracing::debug!("namespace {namespace} can be neither made nor read; taken to be there");
                Ok(())
            }
        }
    }

    /// CRDs first, until they are established; Namespaces next, for what lives in them; then the rest, in one call.
    fn documents(&self) -> Result<()> {
        let is_crd = |document: &&Document| document.id.kind == "CustomResourceDefinition";
        let (crds, mut rest): (Vec<&Document>, Vec<&Document>) = self.set.documents().partition(is_crd);
        if !crds.is_empty() {
            let targets: Vec<String> = crds
                .iter()
                .map(|document| format!("customresourcedefinition.apiextensions.k8s.io/{}", document.id.name))
                .collect();
            self.send(crds)?;
            if self.options.dry_run == DryRun::Off {
                self.retried("wait for the CRDs", || {
                    self.kubectl.wait("Established", &targets, None, self.left())
                })
                .map_err(explained)?;
            }
        }
        rest.sort_by_key(|document| document.id.kind != "Namespace");
        if rest.is_empty() {
            tracing::warn!("nothing to apply: no document is selected");
            return Ok(());
        }
        self.send(rest)
    }

    /// One `kubectl apply`, repeated while its failures are passing ones.
    fn send(&self, documents: Vec<&Document>) -> Result<()> {
        let text: String = documents.iter().map(|document| document.text.as_str()).collect();
        let mut outcome = Outcome::new(documents);
        let options = self.options;
        let result = self.retried("apply", || {
            let result = self.kubectl.apply(
                &text,
                options.dry_run,
                options.server_side,
                Output::Capture,
                Some(self.left()),
            );
            let stdout = match &result {
                Ok(finished) => finished.text(),
                Err(failure) => failure.written.stdout.clone(),
            };
            // A closed stdout must not stop the work.
            drop(output::print(&outcome.take(&stdout)));
            result
        });
        match result {
            Ok(finished) => {
                for line in finished.stderr.lines().filter(|line| !line.trim().is_empty()) {
                    tracing::warn!("kubectl: {}", line.strip_prefix("Warning: ").unwrap_or(line));
                }
                self.check_complete(&outcome)
            }
            Err(failure) => {
                let account = outcome.account();
                let error = self.in_time(failure);
                tracing::info!("{account}");
                Err(error)
            }
        }
    }

    /// A program that says it succeeded must have spoken of every object: anything else is not kubectl.
    fn check_complete(&self, outcome: &Outcome) -> Result<()> {
        let missing = outcome.missing();
        let Some(first) = missing.first() else { return Ok(()) };
        Err(Fault::failed(format!(
            "{} said nothing about {} objects, {} among them",
            program(),
            missing.len(),
            first.id
        ))
        .hint("is it really kubectl? `kubectl version --client` shows")
        .into())
    }

    /// Repeats a call while it fails in a way that passes, with growing pauses, until the deadline.
    fn retried<T>(&self, what: &str, mut call: impl FnMut() -> Result<T, Failure>) -> Result<T, Failure> {
        let mut attempt = 0;
        let mut reason = None;
        loop {
            let failure = match call() {
                Ok(value) => return Ok(value),
                Err(failure) => failure,
            };
            let pause_for = backoff(attempt).min(self.left());
            if !is_transient(&failure) || pause_for.is_zero() {
                let out_of_time = matches!(failure.kind, FailureKind::Timeout(_));
                // What was tried for so long says more than that the last try was cut short.
                return Err(reason.filter(|_| out_of_time).unwrap_or(failure));
            }
            attempt += 1;
            let why = words(&failure);
            tracing::warn!("cannot {what} yet, trying again in {}s: {why}", pause_for.as_secs().max(1));
            if pause(pause_for) {
                return Err(Failure { kind: FailureKind::Interrupted, ..failure });
            }
            reason = Some(failure);
        }
    }
}
