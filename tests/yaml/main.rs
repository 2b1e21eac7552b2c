//! Tests of the YAML door: what it reads, what it writes, and whether real kubectl reads the same from it.
#![allow(clippy::disallowed_types, reason = "kubectl is the judge of what is written")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "helpers of tests are tests")]

mod decode;
mod errors;
mod kubectl;
mod plain;
mod properties;
mod reading;
mod vectors;
mod writing;
