//! A Kubernetes API server in memory, on loopback, for tests and the demo.
//!
//! Real kubectl, from 1.27 on, talks plain HTTP to it; there are no credentials, no etcd and no containers.
//! A request goes `http` (connection, faults) → `api` (path, verb) → `write`, `patch`, `ssa` (the change)
//! → `admission` (defaults, rules) → `store`; `controllers` follow the store's history and do what a
//! cluster does by itself. It is a stand-in: what it accepts, a real server might not.
//!
//! # Telling pods what to become
//! Annotations (or labels) of a pod or pod template:
//! * `kubesim/state`: `ImagePullBackOff`, `CrashLoopBackOff`, `OOMKilled`, `CreateContainerConfigError`,
//!   `Unschedulable`, `Pending`, `NotReady`; for a Job's pods, and others that are not always restarted,
//!   `Failed`. An image whose tag begins with `missing` is an `ImagePullBackOff` too.
//! * `kubesim/container`: the container it is about, init containers included; else the first one.
//! * `kubesim/logs`: what `kubectl logs` prints.
//!
//! # Control API
//! What [`Sim`] does in process, under `/_kubesim/`: `faults` (POST one or a list, GET, DELETE), `requests`
//! (GET, DELETE), `rbac` (POST rules `{"user", "verb", "resource", "namespace"}`, GET, DELETE), `delays` (POST
//! `{"podReadyMs", "podStopMs", "jobRunMs", "namespaceDeleteMs", "crdEstablishMs"}`), `hold` (POST
//! `{"namespaces": […]}`, DELETE).
//! A fault: `method`, `path` (a part of it, or with `"regex": true` an expression), `user`, `nth`, `count`,
//! `probability`, `latencyMs`, and one of `status` (with `message`, `body`, `retryAfter`), `reset`, `close`,
//! `hang` (each `"before"` or `"after"` the request is carried out), `webhook` (a name, with `webhookError`:
//! `"refused"`), `dropWatch` (after so many events).

mod admission;
mod api;
mod clock;
mod controllers;
mod faults;
mod http;
mod json;
mod kubeconfig;
mod options;
mod patch;
mod proto;
mod requests;
mod resources;
mod schema;
mod seed;
mod selectors;
mod sim;
mod ssa;
mod state;
mod status;
mod store;
mod tables;
mod users;
mod write;

pub use faults::{Action, Fault, Moment, Webhook};
pub use options::Options;
pub use requests::Request;
pub use sim::Sim;
pub use status::ApiError;
pub use users::Deny;
