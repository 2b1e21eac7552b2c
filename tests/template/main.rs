//! Tests of the template door: both dialects, detection, errors, line maps, limits.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod conformance;
mod go_language;
mod support;
