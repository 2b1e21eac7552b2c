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

pub mod app;
mod cli;
pub mod config;
pub mod convert;
pub mod deploy;
pub mod doctor;
pub mod error;
pub mod graph;
pub mod hooks;
pub mod images;
pub mod init;
pub mod keys;
mod logging;
pub mod manifests;
pub mod output;
pub mod process;
pub mod prompt;
pub mod slots;
pub mod suggest;
pub mod template;
pub mod tools;
pub mod validate;
pub mod workspace;
pub mod yaml;

pub use cli::main;
