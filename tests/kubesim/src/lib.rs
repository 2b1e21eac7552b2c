//! A Kubernetes API server in memory, on loopback, for tests and the demo.
//!
//! Real kubectl, from 1.27 on, talks plain HTTP to it; there are no credentials, no etcd and no containers.
//! A request goes `http` (connection, faults) → `api` (path, verb) → `write`, `patch`, `ssa` (the change)
//! → `admission` (defaults, rules) → `store`; `controllers` follow the store's history and do what a
//! cluster does by itself. It is a stand-in: what it accepts, a real server might not.

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
