//! What changes or observes a cluster: apply, destroy, waiting for readiness, status. kubectl itself is in
//! `crate::tools`, hooks in `crate::hooks`.

mod apply;
mod delete;
mod diagnose;
mod home;
mod outcome;
mod pods;
mod readiness;
mod status;
mod wait;

use crate::config::{Stack, StackContext};
use crate::manifests::ManifestSet;
use crate::tools::kubectl::Kubectl;

/// A rendered stack and the cluster it belongs to: what every command here works on.
#[derive(Debug)]
pub struct Session {
    /// The checked services.yaml.
    pub stack: Stack,
    /// What its templates saw.
    pub context: StackContext,
    /// Its documents.
    pub set: ManifestSet,
    /// kubectl, pointed at the environment's cluster.
    pub kubectl: Kubectl,
}

pub use apply::{ApplyOptions, apply};
pub use delete::{DestroyOptions, Plan, destroy};
pub use status::{Report, Row, collect};
pub use wait::{Workload, deployment_ready};
