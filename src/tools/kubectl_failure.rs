//! What a failure of kubectl's means. It has one exit code for all, so its words decide.

use super::kubectl_hints::hint;
use crate::error::Fault;
use crate::process::{Failure, FailureKind};

/// Whether kubectl failed only because the object is there already.
pub fn already_exists(failure: &Failure) -> bool {
    failure.code().is_some() && failure.message().contains("(AlreadyExists)")
}

/// Whether the object that is there already is on its way out.
pub fn being_deleted(failure: &Failure) -> bool {
    failure.message().contains("object is being deleted")
}

/// A CRD that is gone took its objects along; kubectl calls their kind unknown.
pub fn only_unknown_kinds(failure: &Failure) -> bool {
    let errors: Vec<&str> = failure
        .message()
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.contains("ensure CRDs are installed first"))
        .filter(|line| !line.starts_with("Warning:"))
        .collect();
    failure.code().is_some()
        && !errors.is_empty()
        && errors.iter().all(|line| line.contains("no matches for kind"))
}

/// Tells the log what kubectl or the server warns of in `stderr`.
pub fn warn(stderr: &str) {
    for line in stderr.lines().filter_map(|line| line.strip_prefix("Warning: ")) {
        tracing::warn!("kubectl: {line}");
    }
}

/// kubectl's messages without the warnings between them.
pub(super) fn without_warnings(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("Warning: ")).collect();
    lines.join("\n").trim().to_string()
}

/// Whether kubectl failed for lack of rights.
pub fn forbidden(failure: &Failure) -> bool {
    failure.code().is_some() && failure.message().contains("(Forbidden)")
}

/// What kubectl said, without its warnings and the log lines of its client library (`E1123 10:00:00 memcache.go…`),
/// which repeat it.
pub fn words(failure: &Failure) -> String {
    let said = messages(failure);
    // An older kubectl may say nothing else.
    if said.is_empty() { failure.message().into() } else { said.join("\n").trim().into() }
}

/// The same, message by message; one may go on over several lines. Each is there once: kubectl says of every resource it
/// asked for that the server is not there.
pub(super) fn messages(failure: &Failure) -> Vec<String> {
    let is_log = |line: &str| {
        let mut chars = line.chars();
        matches!(chars.next(), Some('E' | 'W' | 'I'))
            && chars.take(4).filter(char::is_ascii_digit).count() == 4
    };
    let said = |line: &&str| !line.trim().is_empty() && !is_log(line) && !line.starts_with("Warning: ");
    let mut found: Vec<String> = Vec::new();
    for line in failure.message().lines().filter(said) {
        match found.last_mut().filter(|_| !BEGINNINGS.iter().any(|start| line.starts_with(start))) {
            Some(last) => {
                last.push('\n');
                last.push_str(line);
            }
            // codexctl says itself that it is an error.
            None => found.push(line.strip_prefix("error: ").unwrap_or(line).into()),
        }
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|message| seen.insert(message.clone()));
    found
}

/// How kubectl's messages begin.
const BEGINNINGS: [&str; 6] = [
    "Error from server",
    "error:",
    "error when",
    "The connection to the server",
    "Unable to connect",
    "The ",
];

/// A failure in kubectl's own words, once, with the way out where there is one.
pub fn explained(failure: Failure) -> anyhow::Error {
    warn(failure.message());
    let message = words(&failure);
    if failure.code().is_none() || message.is_empty() {
        return failure.into();
    }
    let hint = hint(&message);
    let fault = Fault::failed(message);
    match hint {
        Some(hint) => fault.hint(hint).into(),
        None if matches!(failure.kind, FailureKind::Exit(_)) => fault.into(),
        None => anyhow::Error::from(fault).context(failure.to_string()),
    }
}
