//! The stack's namespace, made where it is missing; and the time that may pass.

use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::json;

use crate::config::Namespace;
use crate::error::Fault;
use crate::process::{Failure, FailureKind, rounded};
use crate::tools::kubectl::{Kubectl, already_exists, being_deleted, explained, forbidden, not_kubectl};
use crate::tools::transient::retried;

/// `--timeout`, from a moment on.
#[derive(Clone, Copy)]
pub(super) struct Limit {
    whole: Duration,
    pub(super) deadline: Instant,
}

impl Limit {
    /// From now on.
    pub(super) fn of(whole: Duration) -> Self {
        Self { whole, deadline: Instant::now() + whole }
    }

    pub(super) fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// A failure with kubectl's words, and the limit where that was the reason to stop.
    pub(super) fn explain(&self, failure: Failure) -> anyhow::Error {
        let timed_out = matches!(failure.kind, FailureKind::Timeout(_)) || self.left().is_zero();
        let error = explained(failure);
        if timed_out {
            error.context(format!("not done within {} (--timeout)", rounded(self.whole)))
        } else {
            error
        }
    }
}

/// Makes the namespace, unless it is there; safe in a race.
///
/// # Errors
/// It can neither be made nor is it there.
pub(super) fn ensure(kubectl: &Kubectl, namespace: &Namespace, limit: Limit) -> Result<()> {
    let object = json!({
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": { "name": namespace.as_str() },
    });
    let text = format!("{object}\n");
    let create = || match kubectl.create(&text, Some(limit.left())) {
        Ok(finished) => Ok(Some(finished.text())),
        // One that is on its way out is waited for.
        Err(failure) if already_exists(&failure) && !being_deleted(&failure) => Ok(None),
        Err(failure) => Err(failure),
    };
    match retried("make the namespace", limit.deadline, create) {
        Ok(Some(text)) if !text.contains(namespace.as_str()) => Err(not_kubectl(namespace).into()),
        Ok(Some(_)) => {
            tracing::info!("namespace {namespace} created");
            Ok(())
        }
        Ok(None) => Ok(()),
        Err(failure) if forbidden(&failure) => not_ours(kubectl, namespace, limit, failure),
        Err(failure) => Err(limit.explain(failure).context(format!("cannot make namespace {namespace}"))),
    }
}

/// Who may not make namespaces may still work in one that is there.
fn not_ours(kubectl: &Kubectl, namespace: &Namespace, limit: Limit, failure: Failure) -> Result<()> {
    match kubectl.get(&["namespace", namespace.as_str()], None, Some(limit.left())) {
        Ok(found) if found.is_null() => {
            Err(explained(failure).context(format!("namespace {namespace} is missing and cannot be made")))
        }
        Ok(found) if found["metadata"]["deletionTimestamp"].is_string() => {
            let fault = Fault::failed(format!("namespace {namespace} is being deleted"));
            Err(fault.hint("wait until it is gone and run again").into())
        }
        Ok(_) => Ok(()),
        Err(_) => {
            tracing::debug!("namespace {namespace} can be neither made nor read; taken to be there");
            Ok(())
        }
    }
}
