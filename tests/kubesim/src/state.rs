//! The whole cluster behind one lock, and the signal that something in it changed.
//!
//! Handlers and controllers are plain functions on `State`; nothing awaits while the lock is held, so each
//! request is atomic.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde_json::Value;
use tokio::sync::watch;

use crate::faults::Faults;
use crate::options::Options;
use crate::requests::RequestLog;
use crate::resources::{self, Resource};
use crate::store::{Change, Key, Store};
use crate::users::Users;

/// Everything the cluster knows.
#[derive(Debug)]
pub struct State {
    /// The objects.
    pub store: Store,
    /// Kinds of established CRDs.
    pub custom: Vec<Arc<Resource>>,
    /// Who may do what.
    pub users: Users,
    /// Delays and names.
    pub options: Options,
    /// Namespaces that stay Terminating until released.
    pub held: BTreeSet<String>,
    /// When the controllers first saw an object, by uid: timestamps in objects only have seconds.
    pub seen: HashMap<String, Instant>,
    /// The stage each pod was last brought to, by uid.
    pub stages: HashMap<String, String>,
    /// OpenAPI documents that have been asked for, by the hash of what they are made from.
    pub documents: HashMap<u64, Vec<u8>>,
    /// The next Service address.
    pub next_ip: u32,
    signal: watch::Sender<u64>,
}

impl State {
    /// The served kinds, built-in and custom.
    pub fn resources(&self) -> Vec<Arc<Resource>> {
        resources::builtin().iter().chain(&self.custom).cloned().collect()
    }

    /// The kind that a path names.
    pub fn resource(&self, group: &str, version: &str, plural: &str) -> Option<Arc<Resource>> {
        resources::find(resources::builtin(), group, version, plural)
            .or_else(|| resources::find(&self.custom, group, version, plural))
            .cloned()
    }

    /// The served kind of a stored object, in any version.
    pub fn resource_of(&self, key: &Key) -> Option<Arc<Resource>> {
        let wanted = |r: &&Arc<Resource>| r.is(&key.gr.group, &key.gr.plural);
        resources::builtin().iter().find(wanted).or_else(|| self.custom.iter().find(wanted)).cloned()
    }

    /// The object at `key`.
    pub fn get(&self, key: &Key) -> Option<Arc<Value>> {
        self.store.get(key).cloned()
    }

    /// Stores an object and wakes watches and controllers.
    pub fn put(&mut self, key: &Key, object: Value) -> Arc<Value> {
        let stored = self.store.put(key, object);
        self.wake();
        stored
    }

    /// Removes an object and wakes watches and controllers.
    pub fn delete(&mut self, key: &Key) -> Option<Arc<Value>> {
        let last = self.store.delete(key);
        self.wake();
        last
    }

    /// Wakes watches and controllers.
    pub fn wake(&self) {
        self.signal.send_replace(self.store.version());
    }

    /// The changes after `version`; `None` when they are forgotten.
    pub fn changes(&self, version: u64) -> Option<Vec<Change>> {
        self.store.since(version).map(|changes| changes.cloned().collect())
    }
}

/// What connections, controllers and the in-process handle share.
#[derive(Debug)]
pub struct Shared {
    state: Mutex<State>,
    /// Faults to inject.
    pub faults: Mutex<Faults>,
    /// What has been asked.
    pub requests: Mutex<RequestLog>,
    signal: watch::Sender<u64>,
}

/// Locks, whatever became of the thread that last held it.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// A cluster with nothing in it.
    pub fn new(options: Options) -> Self {
        let signal = watch::Sender::new(0);
        let state = State {
            store: Store::default(),
            custom: Vec::new(),
            users: Users::default(),
            options,
            held: BTreeSet::new(),
            seen: HashMap::new(),
            stages: HashMap::new(),
            documents: HashMap::new(),
            next_ip: 1,
            signal: signal.clone(),
        };
        Self { state: Mutex::new(state), faults: Mutex::default(), requests: Mutex::default(), signal }
    }

    /// The cluster, locked.
    pub fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// A receiver that wakes on every change.
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.signal.subscribe()
    }
}
