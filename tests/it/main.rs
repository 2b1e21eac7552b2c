//! Integration tests: each drives the built binary as a user does and looks at stdout, stderr, exit code, and what
//! changed. One file per command or theme; `harness` starts things.
#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test may start processes, and fails by panicking"
)]

mod apply;
mod apply_namespace;
mod cli;
mod cluster;
mod cluster_harness;
mod completions;
mod config;
mod convert;
mod destroy;
mod diff;
mod docker_harness;
mod docs;
mod doctor;
mod doctor_machine;
mod examples;
mod graph;
mod graph_formats;
mod graph_stack;
mod graph_svg;
mod harness;
mod hooks;
mod images_build;
mod images_mirror;
mod init;
mod init_workflow;
mod man;
mod needs;
mod prompt;
mod readme;
mod render;
mod scalars;
mod schema;
mod slots;
mod slots_crashes;
mod slots_harness;
mod slots_model;
mod slots_races;
mod sync_code;
mod terminal;
mod validate;
mod workflows;
