//! The slot protocol's operations, by kubectl.

use std::time::Duration;

use serde_json::Value;

use super::pool::Pool;
use super::store::{Outcome, Store, Trouble};
use super::view::Snapshot;
use crate::process::{Failure, FailureKind};
use crate::tools::kubectl::{Kubectl, explained};
use crate::tools::kubectl_cas::{Deleted, Precondition};
use crate::tools::transient::is_transient;

/// How long one kubectl may take before the server counts as not answering.
const LIMIT: Duration = Duration::from_secs(45);

/// A cluster behind kubectl.
#[derive(Debug)]
pub struct KubeStore<'a> {
    kubectl: &'a Kubectl,
    state_namespace: String,
}

impl<'a> KubeStore<'a> {
    /// The records of a pool, by this kubectl.
    pub fn new(kubectl: &'a Kubectl, pool: &Pool) -> Self {
        Self { kubectl, state_namespace: pool.state_namespace.clone() }
    }
}

/// Passing or lasting; a server that does not answer may do so next time.
pub(super) fn trouble(failure: Failure) -> Trouble {
    let passing = is_transient(&failure) || matches!(failure.kind, FailureKind::Timeout(_));
    let error = explained(failure);
    if passing { Trouble::Passing(error) } else { Trouble::Lasting(error) }
}

impl Store for KubeStore<'_> {
    fn read(&self) -> Outcome<Snapshot> {
        // ConfigMaps first: a namespace that is missing from the second list was missing after the first.
        let list = self.kubectl.list(&["configmaps", "namespaces"], &self.state_namespace, Some(LIMIT));
        Ok(Snapshot::of(list.map_err(trouble)?))
    }

    fn create(&self, objects: &[Value]) -> Outcome<Vec<Option<Value>>> {
        self.kubectl.create_each(objects, Some(LIMIT)).map_err(trouble)
    }

    fn replace(&self, object: &Value) -> Outcome<bool> {
        self.kubectl.replace(object, Some(LIMIT)).map_err(trouble)
    }

    fn delete(&self, path: &str, only: &Precondition) -> Outcome<Deleted> {
        self.kubectl.delete_exactly(path, only, Some(LIMIT)).map_err(trouble)
    }

    fn wait_gone(&self, namespace: &str, limit: Duration) -> Outcome<bool> {
        match self.kubectl.wait("delete", &[format!("namespace/{namespace}")], None, limit) {
            Ok(_) => Ok(true),
            Err(failure) if failure.message().contains("timed out waiting") => Ok(false),
            Err(failure) if failure.message().contains("(NotFound)") => Ok(true),
            Err(failure) => Err(trouble(failure)),
        }
    }

    fn pause(&self, duration: Duration) -> bool {
        crate::process::pause(duration)
    }
}
