//! codexctl: declarative Kubernetes stacks, numbered slots and AI agents, from one `services.yaml`.
//!
//! Data walks one corridor, and each stage is a type that only the stage before it can make:
//!
//! ```text
//! services.yaml ─► Source ─► Header ─► LoadContext ─► Rendered ─► (Stack, StackContext)
//!                                                                       │
//!                               kubectl ◄─ hooks/deploy ◄─ ManifestSet ◄┘
//! ```
//!
//! Three doors keep the rest pure: [`process`] starts children, [`yaml`] reads and writes YAML, and
//! [`template`] renders. clippy's disallowed lists keep them shut for everyone else.

pub mod process;
pub mod template;
pub mod yaml;

use std::process::ExitCode;

/// Runs one invocation and gives its exit code.
pub fn main() -> ExitCode {
    ExitCode::SUCCESS
}
