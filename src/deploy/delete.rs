//! `destroy`: hooks, documents in reverse order, hooks.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::Session;
use crate::config::Namespace;
use crate::error::Fault;
use crate::hooks::{Hooks, Phase, unit_steps};
use crate::manifests::Document;
use crate::process::{Failure, FailureKind, Output, Stream, rounded};
use crate::tools::kubectl::{explained, not_kubectl, only_unknown_kinds};
use crate::tools::transient::retried;

/// How a stack is destroyed.
#[derive(Clone, Copy, Debug)]
pub struct DestroyOptions {
    /// Also delete the stack's namespace, with everything in it.
    pub delete_namespace: bool,
    /// Limit for deleting the documents, and again for the namespace.
    pub timeout: Duration,
}

/// What a destroy will delete, in order.
#[derive(Debug)]
pub struct Plan<'a> {
    documents: Vec<&'a Document>,
    kept: Option<&'a Document>,
    namespace: Option<String>,
}

impl<'a> Plan<'a> {
    /// Documents in reverse order. The stack's own Namespace object goes only with `delete_namespace`: with it goes
    /// everything else that lives there.
    pub fn new(session: &'a Session, options: DestroyOptions) -> Self {
        let Session { stack, set, .. } = session;
        let own = stack.namespace().map(Namespace::as_str);
        let is_own =
            |document: &&Document| document.id.kind == "Namespace" && Some(document.id.name.as_str()) == own;
        let (kept, documents): (Vec<&Document>, Vec<&Document>) = set.documents().rev().partition(is_own);
        Self {
            documents,
            kept: kept.first().copied().filter(|_| !options.delete_namespace),
            namespace: own.filter(|_| options.delete_namespace).map(String::from),
        }
    }

    /// Whether there is nothing to delete.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty() && self.namespace.is_none()
    }

    /// What will go, for the question before it.
    pub fn describe(&self) -> String {
        let mut text = String::new();
        for document in &self.documents {
            let _ = writeln!(text, "  {}", document.id);
        }
        if let Some(namespace) = &self.namespace {
            let _ = writeln!(text, "  Namespace {namespace}, with everything in it");
        }
        if let Some(kept) = self.kept {
            let _ =
                writeln!(text, "kept: {} (--delete-namespace deletes it, with everything in it)", kept.id);
        }
        text
    }
}

/// Deletes what the plan says, and waits until it is gone. What is gone already is no error.
///
/// # Errors
/// A hook that fails, or kubectl's refusal.
pub fn destroy(session: &Session, plan: &Plan, options: DestroyOptions) -> Result<()> {
    let Session { stack, set, kubectl, .. } = session;
    let hooks = Hooks::new(session)?;
    // Units go in reverse order, as their documents do.
    let steps = |pick| unit_steps(stack, set.units.iter().rev(), pick);
    hooks.run(Phase::Before, &stack.hooks.before_all)?;
    hooks.run(Phase::Before, steps(|steps| &steps.before_destroy))?;
    if !plan.documents.is_empty() {
        let deadline = Instant::now() + options.timeout;
        let text: String = plan.documents.iter().map(|document| document.text.as_str()).collect();
        let left = || Some(deadline.saturating_duration_since(Instant::now()));
        match retried("delete", deadline, || kubectl.delete(&text, Output::Tee(Stream::Stdout), left())) {
            Ok(finished) => {
                // Nothing to delete is a silent success; any other line is no answer of kubectl's.
                if finished.text().lines().any(|line| !line.contains("deleted")) {
                    return Err(not_kubectl(&"deletions").into());
                }
            }
            Err(failure) if only_unknown_kinds(&failure) => {
                tracing::info!("kinds the cluster does not know have no objects to delete");
            }
            Err(failure) => return Err(in_time(failure, deadline, options)),
        }
    }
    if let Some(namespace) = &plan.namespace {
        let deadline = Instant::now() + options.timeout;
        let left = || Some(deadline.saturating_duration_since(Instant::now()));
        retried("delete the namespace", deadline, || {
            kubectl.delete_namespace(namespace, Output::Tee(Stream::Stdout), left())
        })
        .map_err(|failure| in_time(failure, deadline, options))?;
    }
    hooks.run(Phase::After, steps(|steps| &steps.after_destroy))?;
    hooks.run(Phase::After, &stack.hooks.after_all)
}

/// A failure in kubectl's words, or what it means that the time is over: kubectl waits until what it deletes is gone.
fn in_time(failure: Failure, deadline: Instant, options: DestroyOptions) -> anyhow::Error {
    let limit = rounded(options.timeout);
    match failure.kind {
        FailureKind::Timeout(_) => {
            Fault::failed(format!("deleted, but not gone within {limit} (--timeout): finalizers may hold it"))
                .hint("look at `metadata.finalizers` and `status` of what is left, and run destroy again")
                .into()
        }
        _ if deadline <= Instant::now() => {
            explained(failure).context(format!("not done within {limit} (--timeout)"))
        }
        _ => explained(failure),
    }
}
