//! A new project: a small services.yaml with manifests that render at once, and a workflow that applies them.
//!
//! [`Answers`] say what is wanted and are checked here, whether they came from flags or from questions; [`files`] turns
//! them into texts, and [`Site`] puts these in a folder, all of them or none. Nobody is asked anything here.

mod answers;
mod files;
mod manifest;
pub mod rules;
mod services;
mod site;
mod workflow;

pub use answers::{Answers, Dialect, default_project};
pub use files::{Planned, files};
pub use site::Site;

/// The file that makes a folder a project.
pub const MAIN: &str = "services.yaml";
/// The workflow.
pub const WORKFLOW: &str = ".github/workflows/deploy.yml";

/// The environment that exists as numbered slots (spec section 1, stage 3).
pub const SLOTS: &str = "ai";
