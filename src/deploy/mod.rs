//! What changes or observes a cluster: apply, destroy, waiting for readiness, status. kubectl itself is in
//! `crate::tools`, hooks in `crate::hooks`.

mod apply;
mod delete;
mod diagnose;
mod outcome;
mod pods;
mod preflight;
mod readiness;
mod status;
mod transient;
mod wait;

pub use apply::{ApplyOptions, apply};
pub use delete::{DestroyOptions, Plan, destroy};
pub use preflight::preflight;
pub use status::{Report, Row, collect};
pub use wait::Workload;
