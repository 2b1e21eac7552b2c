//! Tests of the template door: both dialects, detection, errors, line maps, limits.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests fail as tests do"
)]

mod conformance;
mod converting;
mod converting_any;
mod detection;
mod errors;
mod go_calls;
mod go_fmt;
mod go_language;
mod jinja_dialect;
mod limits;
mod line_maps;
mod support;
