//! Which kubectl failures pass by themselves, and trying again until they have. kubectl has one exit code for all, so
//! its words decide; they are kept in this one place.

use std::time::{Duration, Instant};

use super::kubectl::words;
use super::kubectl_failure::messages;
use super::kubectl_hints::hint;
use crate::process::{Failure, FailureKind, pause, rounded};

/// Parts of kubectl's messages for failures that pass (spec section 4).
const PASSING: [&str; 21] = [
    "failed calling webhook",
    "failed to call webhook",
    "no endpoints available for service",
    "connection refused",
    "was refused - did you specify the right host or port",
    "connection reset by peer",
    "broken pipe",
    "TLS handshake timeout",
    "leader changed",
    "(TooManyRequests)",
    "too many requests",
    "Too Many Requests",
    "(ServiceUnavailable)",
    "the server is currently unable to handle the request",
    "server is currently unable",
    "unexpected EOF",
    ": EOF",
    "http2: client connection lost",
    "etcdserver: request timed out",
    // Another run was faster between kubectl's look and its write; the next look sees that.
    "(AlreadyExists)",
    "(Conflict)",
];

/// Whether every error kubectl printed is one that passes. A webhook that answers with a refusal ("denied the
/// request") is none of them.
pub fn is_transient(failure: &Failure) -> bool {
    if failure.code().is_none() {
        return false;
    }
    let errors = messages(failure);
    !errors.is_empty()
        && errors.iter().all(|error| {
            PASSING.iter().any(|part| error.contains(part)) && !error.contains("denied the request")
        })
}

/// How long to wait before the next try: 1 s, doubled each time, at most 15 s.
pub fn backoff(attempt: u32) -> Duration {
    Duration::from_secs(1 << attempt.min(4)).min(Duration::from_secs(15))
}

/// Repeats a call while it fails in a way that passes, with growing pauses, until the deadline. Each failure is told
/// once, as a warning: `cannot WHAT yet, …`.
///
/// # Errors
/// The first failure that lasts; at the deadline the last one that says why.
pub fn retried<T>(
    what: &str,
    deadline: Instant,
    mut call: impl FnMut() -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut attempt = 0;
    let mut reason = None;
    loop {
        let failure = match call() {
            Ok(value) => return Ok(value),
            Err(failure) => failure,
        };
        let pause_for = backoff(attempt).min(deadline.saturating_duration_since(Instant::now()));
        if !is_transient(&failure) || pause_for.is_zero() {
            let out_of_time = matches!(failure.kind, FailureKind::Timeout(_));
            // What was tried for so long says more than that the last try was cut short.
            return Err(reason.filter(|_| out_of_time).unwrap_or(failure));
        }
        attempt += 1;
        let why = words(&failure);
        let told = reason.as_ref().is_some_and(|last: &Failure| words(last) == why);
        let wait = rounded(pause_for);
        match hint(&why) {
            _ if told => tracing::warn!("cannot {what} yet for the same reason, trying again in {wait}"),
            Some(hint) => tracing::warn!("cannot {what} yet, trying again in {wait}: {why}\nhint: {hint}"),
            None => tracing::warn!("cannot {what} yet, trying again in {wait}: {why}"),
        }
        if pause(pause_for) {
            return Err(Failure { kind: FailureKind::Interrupted, ..failure });
        }
        reason = Some(failure);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::{FailureKind, Written};

    fn failure(stderr: &str) -> Failure {
        let written = Box::new(Written { stderr: stderr.into(), ..Written::default() });
        Failure { kind: FailureKind::Exit(1), program: "kubectl".into(), line: "kubectl".into(), written }
    }

    #[test]
    fn one_lasting_error_among_passing_ones_is_lasting() {
        let webhook = "Error from server (InternalError): error when creating \"STDIN\": Internal error occurred: \
                       failed calling webhook \"x\": no endpoints available for service \"y\"";
        assert!(is_transient(&failure(webhook)));
        let both = format!("{webhook}\nError from server (Forbidden): deployments.apps is forbidden");
        assert!(!is_transient(&failure(&both)));
        let of = |name: &str, why: &str| {
            format!(
                "Error from server (InternalError): error when applying patch:\n{{}}\nto:\nResource: \"/v1\"\nfor: \"STDIN\": error when patching \"STDIN\": Internal error: {name}: {why}\n"
            )
        };
        let passing = of("a", "failed calling webhook \"x\": no endpoints available for service \"y\"");
        let alike = failure(&(passing.clone() + &of("b", "encryption provider key is gone")));
        assert!(is_transient(&failure(&passing)) && !is_transient(&alike));
        assert_eq!(words(&alike).matches("to:").count(), 2, "{}", words(&alike));
        assert!(!is_transient(&failure("")));
        assert!(!is_transient(&failure("error: no objects passed to apply")));
    }

    #[test]
    fn a_refusing_webhook_is_no_passing_failure() {
        let text =
            "Error from server (BadRequest): admission webhook \"x\" denied the request: connection refused";
        assert!(!is_transient(&failure(text)));
    }
}
