//! `apply`: namespace, hooks, CRDs, documents, hooks, readiness — in the order of spec section 4.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::json;

use super::Session;
use super::outcome::Outcome;
use super::wait::{self, Workload};
use crate::config::steps::Step;
use crate::config::{Namespace, Stack, UnitSteps};
use crate::doctor::preflight;
use crate::error::Fault;
use crate::hooks::{Hooks, Phase, unit_steps};
use crate::manifests::{Document, ManifestSet};
use crate::output;
use crate::process::{Failure, FailureKind, Output, Stream, rounded};
use crate::tools::kubectl::{DryRun, Kubectl, already_exists, explained, forbidden, not_kubectl};
use crate::tools::transient::retried;

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
    refuse_generated(set)?;
    if options.preflight {
        preflight(kubectl.runner(), stack, context, set)?;
    }
    let hooks = Hooks::new(session)?;
    let outcome = RefCell::new(Outcome::new(set.documents().collect()));
    let run =
        Run { stack, set, kubectl, options, outcome: &outcome, deadline: Instant::now() + options.timeout };
    if let Err(error) = run.all(&hooks, namespace) {
        tracing::info!("{}", outcome.borrow().account());
        return Err(error);
    }
    match options.wait {
        Some(limit) if options.dry_run == DryRun::Off => {
            wait::until_ready(kubectl, &Workload::of(set), limit)
        }
        _ => Ok(()),
    }
}

/// `kubectl apply` needs a name to find an object again.
fn refuse_generated(set: &ManifestSet) -> Result<(), Fault> {
    let Some(document) = set.documents().find(|document| document.id.is_generated()) else { return Ok(()) };
    let name = document.id.name.trim_end_matches('*');
    let message = format!(
        "{}: {} `{name}…` has `generateName`, which cannot be applied",
        document.origin, document.id.kind
    );
    Err(Fault::invalid(message).hint("give it a `metadata.name`"))
}

struct Run<'a> {
    stack: &'a Stack,
    set: &'a ManifestSet,
    kubectl: &'a Kubectl,
    options: &'a ApplyOptions,
    /// What kubectl has said so far of every document of the stack.
    outcome: &'a RefCell<Outcome<'a>>,
    deadline: Instant,
}

impl<'a> Run<'a> {
    fn all(self, hooks: &Hooks, namespace: &Namespace) -> Result<()> {
        if self.options.dry_run != DryRun::Off {
            return self.documents();
        }
        self.ensure_namespace(namespace)?;
        hooks.run(Phase::Before, &self.stack.hooks.before_all)?;
        hooks.run(Phase::Before, self.steps(|steps| &steps.before_apply))?;
        // Hooks have time limits of their own.
        let run = Run { deadline: Instant::now() + self.options.timeout, ..self };
        run.documents()?;
        hooks.run(Phase::After, run.steps(|steps| &steps.after_apply))?;
        hooks.run(Phase::After, &run.stack.hooks.after_all)
    }

    fn steps(&self, pick: fn(&UnitSteps) -> &Vec<Step>) -> Vec<&Step> {
        unit_steps(self.stack, self.set.units.iter(), pick)
    }

    fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// Whether a document is the stack's own Namespace object.
    fn declares(&self, namespace: &Namespace) -> Option<&'a Document> {
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
            return if hooks_first { self.send(&[document]) } else { Ok(()) };
        }
        let object = json!({
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": { "name": namespace.as_str() },
        });
        let text = format!("{object}\n");
        let create = || match self.kubectl.create(&text, Some(self.left())) {
            Ok(finished) => Ok(Some(finished.text())),
            Err(failure) if already_exists(&failure) => Ok(None),
            Err(failure) => Err(failure),
        };
        match retried("make the namespace", self.deadline, create) {
            Ok(Some(text)) if !text.contains(namespace.as_str()) => return Err(not_kubectl(namespace).into()),
            Ok(Some(_)) => tracing::info!("namespace {namespace} created"),
            Ok(None) => {}
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
            error.context(format!("not done within {} (--timeout)", rounded(self.options.timeout)))
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
        let is_crd = |document: &&'a Document| document.id.kind == "CustomResourceDefinition";
        let (crds, mut rest): (Vec<&Document>, Vec<&Document>) = self.set.documents().partition(is_crd);
        if !crds.is_empty() {
            let targets: Vec<String> = crds
                .iter()
                .map(|document| format!("customresourcedefinition.apiextensions.k8s.io/{}", document.id.name))
                .collect();
            self.send(&crds)?;
            if self.options.dry_run == DryRun::Off {
                retried("wait for the CRDs", self.deadline, || {
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
        self.send(&rest)
    }

    /// One `kubectl apply`, repeated while its failures are passing ones.
    fn send(&self, documents: &[&'a Document]) -> Result<()> {
        let text: String = documents.iter().map(|document| document.text.as_str()).collect();
        let options = self.options;
        self.outcome.borrow_mut().begin();
        // The first try is shown as it goes; a further one reports everything again, so only what is new of it.
        let mut shown = Output::Tee(Stream::Stdout);
        let result = retried("apply", self.deadline, || {
            let show = std::mem::replace(&mut shown, Output::Capture);
            let left = Some(self.left());
            let result = self.kubectl.apply(&text, options.dry_run, options.server_side, show, left);
            let stdout = match &result {
                Ok(finished) => finished.text(),
                Err(failure) => failure.written.stdout.clone(),
            };
            let fresh = self.outcome.borrow_mut().take(&stdout);
            if show == Output::Capture {
                // A closed stdout must not stop the work.
                drop(output::print(&fresh));
            }
            result
        });
        let finished = result.map_err(|failure| self.in_time(failure))?;
        for line in finished.stderr.lines().filter(|line| !line.trim().is_empty()) {
            tracing::warn!("kubectl: {}", line.strip_prefix("Warning: ").unwrap_or(line));
        }
        self.check_complete(documents)
    }

    /// A program that says it succeeded must have spoken of every object: anything else is not kubectl.
    fn check_complete(&self, sent: &[&Document]) -> Result<()> {
        let missing = self.outcome.borrow().missing();
        let silent = |document: &&&Document| missing.iter().any(|other| std::ptr::eq(*other, **document));
        let Some(first) = sent.iter().find(silent) else { return Ok(()) };
        Err(not_kubectl(&first.id).into())
    }
}
