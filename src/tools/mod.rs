//! Typed verbs over [`crate::process`]: how each program is called, and how its answers are read. No policy: what to do
//! and when is decided by the callers.

pub mod docker;
pub mod docker_words;
pub mod gh;
pub mod kubectl;
pub mod kubectl_cas;
mod kubectl_failure;
mod kubectl_hints;
pub mod rsync;
pub mod shell;
pub mod transient;
