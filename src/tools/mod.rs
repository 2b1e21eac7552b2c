//! Typed verbs over [`crate::process`]: how each program is called, and how its answers are read. No policy: what to do
//! and when is decided by the callers.

pub mod docker;
pub mod docker_words;
pub mod gh;
pub mod kubectl;
mod kubectl_hints;
pub mod shell;
pub mod transient;
