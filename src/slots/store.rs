//! The few operations on a cluster that the slot protocol is made of, so that it can be run against kubectl and, in
//! property tests, against a model.
//!
//! Every change is conditional: it happens to exactly what the caller saw, or not at all.

use std::time::Duration;

use serde_json::Value;

use super::view::Snapshot;
use crate::error::Fault;
use crate::tools::kubectl_cas::{Deleted, Precondition};
use crate::tools::transient::backoff;

/// Why an operation did not happen, or is not known to have happened.
#[derive(Debug)]
pub enum Trouble {
    /// It passes by itself (429, 503, a broken connection): look again and go on. The change may have happened.
    Passing(anyhow::Error),
    /// Trying again does not help.
    Lasting(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self::Lasting(error.into())
    }
}

/// A result of an operation.
pub type Outcome<T> = Result<T, Trouble>;

/// A cluster, as far as slots need one.
pub trait Store: Sync {
    /// All ConfigMaps of the state namespace, at one moment, and all namespaces, at another.
    ///
    /// # Errors
    /// The cluster cannot be read.
    fn read(&self) -> Outcome<Snapshot>;

    /// Creates objects in order, each only if its name is free; those that were made, as they are
    /// now.
    ///
    /// # Errors
    /// Any other reason not to make one; those before it may have been made.
    fn create(&self, objects: &[Value]) -> Outcome<Vec<Option<Value>>>;

    /// Replaces a ConfigMap if it is still as it was read; false when it is not.
    ///
    /// # Errors
    /// Any other reason.
    fn replace(&self, object: &Value) -> Outcome<bool>;

    /// Deletes the object at an API path if it is still the one that is meant.
    ///
    /// # Errors
    /// Any other reason.
    fn delete(&self, path: &str, only: &Precondition) -> Outcome<Deleted>;

    /// Waits until a namespace is gone; false when it is still there after `limit`.
    ///
    /// # Errors
    /// Any other reason.
    fn wait_gone(&self, namespace: &str, limit: Duration) -> Outcome<bool>;

    /// Sleeps; true when the run was interrupted.
    fn pause(&self, duration: Duration) -> bool;
}

/// Goes on through passing trouble: `attempt` is repeated, with growing pauses, until it says something lasting or
/// the pauses add up to `limit`. It has to look again each time: what it did before may have happened.
///
/// # Errors
/// The lasting trouble, or the passing one that did not pass.
pub fn persist<T>(
    store: &dyn Store,
    what: &str,
    limit: Duration,
    mut attempt: impl FnMut() -> Outcome<T>,
) -> anyhow::Result<T> {
    let mut spent = Duration::ZERO;
    let mut tries = 0;
    loop {
        let error = match attempt() {
            Ok(value) => return Ok(value),
            Err(Trouble::Lasting(error)) => return Err(error),
            Err(Trouble::Passing(error)) => error,
        };
        let rest = backoff(tries);
        if spent + rest > limit {
            return Err(error.context(format!("cannot {what}, tried for {}s", spent.as_secs())));
        }
        spent += rest;
        tries += 1;
        tracing::warn!("cannot {what} yet, trying again in {}s: {error:#}", rest.as_secs());
        if store.pause(rest) {
            return Err(Fault::failed("interrupted").into());
        }
    }
}
