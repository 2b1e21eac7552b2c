//! Real kubectl against kubesim.
//!
//! `CODEXCTL_TEST_KUBECTL` names the kubectl to use, else the one on PATH. Without any, tests are skipped
//! loudly, or fail where `CI` is set.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod harness;

mod access;
mod apply;
mod concurrency;
mod crds;
mod deletion;
mod faults;
mod program;
mod reading;
mod rules;
mod serverside;
mod states;
mod workloads;
