//! The in-process handle: starts a cluster on a thread of its own, looks into it, and stops it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use serde_json::Value;
use tokio::sync::oneshot;

use crate::faults::Fault;
use crate::json;
use crate::options::Options;
use crate::requests::Request;
use crate::resources::Resource;
use crate::state::{Shared, State, lock};
use crate::status::ApiError;
use crate::store::{GroupResource, Key};
use crate::users::Deny;
use crate::{controllers, http, kubeconfig, seed, write};

/// A running cluster; dropping it stops it.
#[derive(Debug)]
pub struct Sim {
    shared: Arc<Shared>,
    address: SocketAddr,
    context: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Sim {
    /// Starts a cluster; it answers when this returns.
    ///
    /// # Errors
    /// The port is taken, or there are no threads left.
    pub fn start(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let context = options.context.clone();
        let shared = Arc::new(Shared::new(options));
        seed::seed(&mut shared.state());
        let (stop, stopped) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let served = shared.clone();
        let thread = std::thread::Builder::new().name("kubesim".into()).spawn(move || {
            let tasks = tokio::task::LocalSet::new();
            tasks.block_on(&runtime, async move {
                let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
                tokio::select! {
                    () = http::serve(listener, served.clone()) => {}
                    () = controllers::run(served) => {}
                    _ = stopped => {}
                }
            });
        })?;
        Ok(Self { shared, address, context, stop: Some(stop), thread: Some(thread) })
    }

    /// Where the API is.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where the API is for the named user.
    pub fn url_as(&self, user: &str) -> String {
        format!("{}/as/{user}", self.url())
    }

    /// A kubeconfig for it.
    pub fn kubeconfig(&self) -> String {
        kubeconfig::kubeconfig(&self.context, &self.url())
    }

    /// A kubeconfig for the named user.
    pub fn kubeconfig_as(&self, user: &str) -> String {
        kubeconfig::kubeconfig(&self.context, &self.url_as(user))
    }

    /// Writes the kubeconfig to a file.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_kubeconfig(&self, path: &Path) -> io::Result<()> {
        std::fs::write(path, self.kubeconfig())
    }

    fn resource(state: &State, group_version: &str, kind: &str) -> Option<Arc<Resource>> {
        let named =
            |r: &&Arc<Resource>| r.group_version() == group_version && (r.kind == kind || r.plural == kind);
        state.resources().iter().find(named).cloned()
    }

    /// An object, by kind or plural; `namespace` is ignored for cluster-scoped kinds.
    pub fn get(&self, group_version: &str, kind: &str, namespace: &str, name: &str) -> Option<Value> {
        let state = self.shared.state();
        let resource = Self::resource(&state, group_version, kind)?;
        let namespace = if resource.namespaced { namespace } else { "" };
        let key = Key::new(&resource.group, &resource.plural, namespace, name);
        state.get(&key).map(|object| Value::clone(&object))
    }

    /// The objects of a kind, in one namespace or (with an empty one) in all.
    pub fn list(&self, group_version: &str, kind: &str, namespace: &str) -> Vec<Value> {
        let state = self.shared.state();
        let Some(resource) = Self::resource(&state, group_version, kind) else { return Vec::new() };
        let gr = GroupResource::new(&resource.group, &resource.plural);
        state.store.list(&gr, namespace).iter().map(|object| Value::clone(object)).collect()
    }

    /// Creates an object, or replaces it whatever its resourceVersion is.
    ///
    /// # Errors
    /// What the API would answer.
    pub fn put(&self, object: Value) -> Result<Value, ApiError> {
        let mut state = self.shared.state();
        let (version, kind) = (json::text(&object, &["apiVersion"]), json::text(&object, &["kind"]));
        let resource = Self::resource(&state, version, kind).ok_or_else(|| {
            ApiError::bad_request(format!("no matches for kind \"{kind}\" in version \"{version}\""))
        })?;
        let options = write::Options { manager: "kubesim".into(), ..write::Options::default() };
        let (mut object, _) = write::read(&resource, object, &options)?;
        let namespace = match json::namespace(&object) {
            _ if !resource.namespaced => "",
            "" => "default",
            given => given,
        }
        .to_owned();
        let key = Key::new(&resource.group, &resource.plural, &namespace, json::name(&object));
        json::remove(&mut object, &["metadata", "resourceVersion"]);
        let stored = if state.get(&key).is_some() {
            write::update(&mut state, &resource, &key, object, &options)?
        } else {
            write::create(&mut state, &resource, &namespace, object, &options)?
        };
        Ok(Value::clone(&stored))
    }

    /// Replaces the status of an object; false if there is no such object.
    pub fn set_status(
        &self,
        group_version: &str,
        kind: &str,
        namespace: &str,
        name: &str,
        status: Value,
    ) -> bool {
        let mut state = self.shared.state();
        let Some(resource) = Self::resource(&state, group_version, kind) else { return false };
        let namespace = if resource.namespaced { namespace } else { "" };
        let key = Key::new(&resource.group, &resource.plural, namespace, name);
        let Some(object) = state.get(&key) else { return false };
        let mut new = Value::clone(&object);
        json::set(&mut new, &["status"], status);
        state.put(&key, new);
        true
    }

    /// Removes an object at once, without grace or finalizers; false if there was none.
    pub fn remove(&self, group_version: &str, kind: &str, namespace: &str, name: &str) -> bool {
        let mut state = self.shared.state();
        let Some(resource) = Self::resource(&state, group_version, kind) else { return false };
        let namespace = if resource.namespaced { namespace } else { "" };
        let key = Key::new(&resource.group, &resource.plural, namespace, name);
        write::finish(&mut state, &key).is_some()
    }

    /// What has been asked since the last reset, oldest first.
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.shared.requests).entries().to_vec()
    }

    /// Forgets what has been asked.
    pub fn clear_requests(&self) {
        lock(&self.shared.requests).clear();
    }

    /// Injects a fault.
    pub fn fault(&self, fault: Fault) {
        lock(&self.shared.faults).add(fault);
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        lock(&self.shared.faults).clear();
    }

    /// How many faults can still strike.
    pub fn faults_left(&self) -> usize {
        lock(&self.shared.faults).remaining()
    }

    /// Takes a right away from a user.
    pub fn deny(&self, rule: Deny) {
        self.shared.state().users.deny(rule);
    }

    /// Gives all rights back.
    pub fn clear_denials(&self) {
        self.shared.state().users.clear();
    }

    /// Keeps a namespace Terminating once it is deleted, until it is released.
    pub fn hold_namespace(&self, name: &str) {
        self.shared.state().held.insert(name.to_owned());
    }

    /// Lets a held namespace go.
    pub fn release_namespace(&self, name: &str) {
        let mut state = self.shared.state();
        state.held.remove(name);
        state.wake();
    }

    /// Changes delays while the cluster runs; port, context and version stay.
    pub fn set_options(&self, change: impl FnOnce(&mut Options)) {
        let mut state = self.shared.state();
        change(&mut state.options);
        state.wake();
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
