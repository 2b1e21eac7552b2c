//! What happens by itself in a cluster: workloads make pods, pods become ready, owners take their
//! dependents along, namespaces empty themselves.
//!
//! One task follows the store's history. Each reconciler looks at one object and says when to look again;
//! it must come to rest: without changes it writes nothing.

mod crd;
mod daemonset;
mod deployment;
mod events;
mod gc;
mod job;
mod namespace;
mod pod;
mod podstate;
mod podstatus;
mod replicaset;
mod statefulset;
mod volumes;
mod workload;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::json;
use crate::state::{Shared, State};
use crate::store::{Change, Key};

/// How many objects are looked at before requests get the lock again.
const BATCH: usize = 20;

/// Objects to look at, now or later.
#[derive(Debug, Default)]
struct Work {
    due: BTreeSet<Key>,
    later: BTreeMap<Key, Instant>,
    version: u64,
}

/// Runs the controllers until dropped.
pub async fn run(shared: Arc<Shared>) {
    let mut changed = shared.changed();
    let mut work = Work::default();
    loop {
        let next = {
            let mut state = shared.state();
            work.collect(&state);
            for _ in 0..BATCH {
                let Some(key) = work.due.pop_first() else { break };
                match reconcile(&mut state, &key) {
                    Some(delay) => {
                        work.later.insert(key, Instant::now() + delay);
                    }
                    None => {
                        work.later.remove(&key);
                    }
                }
            }
            work.next(&state)
        };
        match next {
            Some(Duration::ZERO) => tokio::task::yield_now().await,
            Some(delay) => {
                tokio::select! {
                    _ = changed.changed() => work.nudge(&shared.state()),
                    () = tokio::time::sleep(delay) => {}
                }
            }
            None => {
                let _ = changed.changed().await;
                work.nudge(&shared.state());
            }
        }
    }
}

impl Work {
    /// Takes in what changed, and what has become due.
    fn collect(&mut self, state: &State) {
        for change in state.changes(self.version).unwrap_or_default() {
            self.version = change.version;
            self.enqueue(state, &change);
        }
        let now = Instant::now();
        let ripe: Vec<Key> =
            self.later.iter().filter(|(_, at)| **at <= now).map(|(key, _)| key.clone()).collect();
        for key in ripe {
            self.later.remove(&key);
            self.due.insert(key);
        }
    }

    fn enqueue(&mut self, state: &State, change: &Change) {
        let key = &change.key;
        if key.gr.plural == "events" {
            self.due.extend(namespace_of(state, key));
            return;
        }
        self.due.insert(key.clone());
        let object = &change.object;
        for owner in json::list(object, &["metadata", "ownerReferences"]) {
            self.due.extend(state.store.by_uid(json::text(owner, &["uid"])).cloned());
        }
        if change.new.is_none() {
            self.due.extend(state.store.dependents(json::uid(object)));
            self.due.extend(namespace_of(state, key));
            let crd = format!("{}.{}", key.gr.plural, key.gr.group);
            let crd = Key::new("apiextensions.k8s.io", "customresourcedefinitions", "", &crd);
            if state.store.get(&crd).is_some() {
                self.due.insert(crd);
            }
        }
    }

    /// Something other than an object changed (delays, holds): everything that waits is looked at again.
    fn nudge(&mut self, state: &State) {
        if state.store.version() == self.version {
            self.due.extend(std::mem::take(&mut self.later).into_keys());
        }
    }

    /// How long nothing is to be done; `None` for until something changes.
    fn next(&self, state: &State) -> Option<Duration> {
        if !self.due.is_empty() || state.store.version() != self.version {
            return Some(Duration::ZERO);
        }
        self.later
            .values()
            .min()
            .map(|at| at.saturating_duration_since(Instant::now()).max(Duration::from_millis(1)))
    }
}

/// The namespace an object is in, if that namespace is being deleted.
fn namespace_of(state: &State, key: &Key) -> Option<Key> {
    let namespace = Key::new("", "namespaces", "", &key.namespace);
    state.store.get(&namespace).filter(|ns| json::deleting(ns)).map(|_| namespace)
}

/// Looks at one object; when to look again.
fn reconcile(state: &mut State, key: &Key) -> Option<Duration> {
    if !gc::keep(state, key) {
        return None;
    }
    let object = state.get(key)?;
    match (key.gr.group.as_str(), key.gr.plural.as_str()) {
        ("", "pods") => pod::reconcile(state, key, &object),
        ("", "namespaces") => namespace::reconcile(state, key, &object),
        ("", "persistentvolumeclaims") => volumes::reconcile(state, key, &object),
        ("apiextensions.k8s.io", "customresourcedefinitions") => crd::reconcile(state, key, &object),
        _ if json::deleting(&object) => None,
        ("apps", "deployments") => deployment::reconcile(state, key, &object),
        ("apps", "replicasets") => replicaset::reconcile(state, key, &object),
        ("apps", "statefulsets") => statefulset::reconcile(state, key, &object),
        ("apps", "daemonsets") => daemonset::reconcile(state, key, &object),
        ("batch", "jobs") => job::reconcile(state, key, &object),
        _ => None,
    }
}

/// Stores a changed status; nothing if it is the same.
fn set_status(state: &mut State, key: &Key, status: Value) {
    let Some(object) = state.get(key) else { return };
    if object.get("status") != Some(&status) {
        let mut new = Value::clone(&object);
        json::set(&mut new, &["status"], status);
        state.put(key, new);
    }
}

/// How long ago something was first asked about.
fn elapsed(state: &mut State, what: &str) -> Duration {
    state.seen.entry(what.to_owned()).or_insert_with(Instant::now).elapsed()
}

/// What is left of a delay; `None` when it is over.
fn left(delay: Duration, elapsed: Duration) -> Option<Duration> {
    delay.checked_sub(elapsed).filter(|d| !d.is_zero())
}
