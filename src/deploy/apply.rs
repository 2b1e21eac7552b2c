//! `apply`: namespace, hooks, CRDs, documents, hooks, readiness — in the order of spec section 4.

use std::cell::RefCell;
use std::time::Duration;

use anyhow::Result;

use super::Session;
use super::home::{self, Limit};
use super::outcome::Outcome;
use super::wait::{self, Workload};
use crate::config::steps::Step;
use crate::config::{Namespace, Stack, UnitSteps};
use crate::doctor::preflight;
use crate::error::Fault;
use crate::hooks::{Hooks, Phase, unit_steps};
use crate::manifests::{Document, ManifestSet};
use crate::output;
use crate::process::{Gate, Output, Stream};
use crate::tools::kubectl::{DryRun, Kubectl, not_kubectl};
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
    let run = Run { stack, set, kubectl, options, outcome: &outcome, limit: Limit::of(options.timeout) };
    if let Err(error) = run.all(&hooks, namespace) {
        tracing::info!("{}", outcome.borrow().account(options.dry_run != DryRun::Off));
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

#[derive(Clone, Copy)]
struct Run<'a> {
    stack: &'a Stack,
    set: &'a ManifestSet,
    kubectl: &'a Kubectl,
    options: &'a ApplyOptions,
    /// What kubectl has said so far of every document of the stack.
    outcome: &'a RefCell<Outcome<'a>>,
    limit: Limit,
}

impl<'a> Run<'a> {
    fn all(&self, hooks: &Hooks, namespace: &Namespace) -> Result<()> {
        if self.options.dry_run != DryRun::Off {
            return self.documents(None);
        }
        let before = self.steps(|steps| &steps.before_apply);
        let hooks_first = !self.stack.hooks.before_all.is_empty() || !before.is_empty();
        match self.declares(namespace) {
            // It goes with the others when no hook needs it before.
            Some(_) if !hooks_first => self.documents(None)?,
            None if !hooks_first && self.set.documents().next().is_some() => self.at_once(namespace)?,
            declared => {
                match declared {
                    Some(document) => self.send(&[document], None)?,
                    None => home::ensure(self.kubectl, namespace, self.limit)?,
                }
                hooks.run(Phase::Before, &self.stack.hooks.before_all)?;
                hooks.run(Phase::Before, before)?;
                // Hooks have time limits of their own.
                Run { limit: Limit::of(self.options.timeout), ..*self }.documents(None)?;
            }
        }
        hooks.run(Phase::After, self.steps(|steps| &steps.after_apply))?;
        hooks.run(Phase::After, &self.stack.hooks.after_all)
    }

    fn steps(&self, pick: fn(&UnitSteps) -> &Vec<Step>) -> Vec<&Step> {
        unit_steps(self.stack, self.set.units.iter(), pick)
    }

    /// Whether a document is the stack's own Namespace object.
    fn declares(&self, namespace: &Namespace) -> Option<&'a Document> {
        self.set
            .documents()
            .find(|document| document.id.kind == "Namespace" && document.id.name == namespace.as_str())
    }

    /// The documents, sent by a kubectl that is started while another one makes the namespace: starting takes most of
    /// the time of both.
    fn at_once(&self, namespace: &Namespace) -> Result<()> {
        let (kubectl, limit, gate) = (self.kubectl, self.limit, Gate::default());
        std::thread::scope(|scope| {
            let home = scope.spawn(|| gate.after(|| home::ensure(kubectl, namespace, limit)));
            let sent = self.documents(Some(&gate));
            // Without a namespace nothing was sent, and what kubectl says about that is not the reason.
            home.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)).and(sent)
        })
    }

    /// CRDs first, until they are established; Namespaces next, for what lives in them; then the rest, in one call.
    fn documents(&self, gate: Option<&Gate>) -> Result<()> {
        let is_crd = |document: &&'a Document| document.id.kind == "CustomResourceDefinition";
        let (crds, mut rest): (Vec<&Document>, Vec<&Document>) = self.set.documents().partition(is_crd);
        if !crds.is_empty() {
            let targets: Vec<String> = crds
                .iter()
                .map(|document| format!("customresourcedefinition.apiextensions.k8s.io/{}", document.id.name))
                .collect();
            self.send(&crds, gate)?;
            if self.options.dry_run == DryRun::Off {
                retried("wait for the CRDs", self.limit.deadline, || {
                    self.kubectl.wait("Established", &targets, None, self.limit.left())
                })
                .map_err(|failure| self.limit.explain(failure).context("the CRDs are not established"))?;
            }
        }
        rest.sort_by_key(|document| document.id.kind != "Namespace");
        if rest.is_empty() {
            tracing::warn!("nothing to apply: no document is selected");
            return Ok(());
        }
        self.send(&rest, gate)
    }

    /// One `kubectl apply`, repeated while its failures are passing ones.
    fn send(&self, documents: &[&'a Document], gate: Option<&Gate>) -> Result<()> {
        let text: String = documents.iter().map(|document| document.text.as_str()).collect();
        let options = self.options;
        self.outcome.borrow_mut().begin();
        // The first try is shown as it goes; a further one reports everything again, so only what is new of it.
        let mut shown = Output::Tee(Stream::Stdout);
        let result = retried("apply", self.limit.deadline, || {
            let show = std::mem::replace(&mut shown, Output::Capture);
            let left = Some(self.limit.left());
            let result = self.kubectl.apply(&text, options.dry_run, options.server_side, show, gate, left);
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
        let finished = result.map_err(|failure| self.limit.explain(failure))?;
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
