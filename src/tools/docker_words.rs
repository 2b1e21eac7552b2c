//! What docker's messages mean. It has one exit code for everything, so its words decide; all of them are here, as
//! clients from 20.10 to 28 say them.

use crate::error::Fault;
use crate::process::{Failure, FailureKind};

/// What `docker --debug manifest inspect` failed to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The image is there, in a form that the client cannot show.
    Unreadable,
    /// The registry answered that it has no such image.
    Missing,
    /// The registry wants a login, or another one.
    Login(String),
    /// The registry is down, broken or not to be trusted.
    Failed(String),
}

/// Reads the client's last words and its debug lines.
///
/// The last words are "no such manifest" too where the registry broke, or speaks plain HTTP and may not: the debug line
/// of each attempt says what it really answered.
pub fn answer(failure: &Failure) -> Answer {
    if failure.code().is_none() {
        return Answer::Failed(failure.to_string());
    }
    let (debug, last): (Vec<&str>, Vec<&str>) = failure
        .message()
        .lines()
        .partition(|line| line.starts_with("time=\"") && line.contains("level=debug"));
    let last = last.join("\n").trim().to_string();
    let answers: Vec<String> = debug.iter().filter_map(|line| attempt(line)).collect();
    let lower = last.to_lowercase();
    if lower.contains("unsupported manifest format") {
        return Answer::Unreadable;
    }
    if let Some(text) = answers.iter().chain([&last]).find(|text| wants_login(text)) {
        return Answer::Login(text.clone());
    }
    if !["no such manifest", "manifest unknown", "name unknown"].iter().any(|words| lower.contains(words)) {
        return Answer::Failed(last);
    }
    if let Some(text) = answers.iter().find(|text| !is_unknown(&text.to_lowercase())) {
        return Answer::Failed(text.clone());
    }
    if answers.is_empty() && debug.iter().any(|line| line.contains("skipping non-tls registry endpoint")) {
        return Answer::Failed(PLAIN_HTTP.into());
    }
    Answer::Missing
}

const PLAIN_HTTP: &str = "server gave HTTP response to HTTPS client";

/// `… msg="continuing on error (errcode.Errors) manifest unknown: manifest unknown"`: what the registry answered.
fn attempt(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("continuing on error (")?;
    let (_, words) = rest.split_once(") ")?;
    Some(words.trim_end_matches('"').replace("\\\"", "\""))
}

/// Codes of the registry API for what it does not have, and what a plain 404 becomes.
fn is_unknown(text: &str) -> bool {
    ["manifest unknown", "name unknown", "not found", "404"].iter().any(|words| text.contains(words))
}

fn wants_login(text: &str) -> bool {
    let text = text.to_lowercase();
    [
        "no basic auth credentials",
        "unauthorized",
        "authentication required",
        "access to the resource is denied",
        "denied:",
    ]
    .iter()
    .any(|words| text.contains(words))
}

/// (part of the message, what to do), the first that fits counts.
const HINTS: [(&str, &str); 13] = [
    ("cannot connect to the docker daemon", ENGINE),
    ("failed to connect to the docker api", ENGINE),
    (
        "permission denied while trying to connect",
        "let your user talk to the engine: group `docker`, or DOCKER_HOST",
    ),
    ("no basic auth credentials", LOGIN),
    ("unauthorized", LOGIN),
    ("denied", LOGIN),
    (
        "http response to https client",
        "the registry speaks plain HTTP: list it in the engine's `insecure-registries`",
    ),
    (
        "x509:",
        "the registry's certificate is not trusted: put its CA below /etc/docker/certs.d, or list it in `insecure-registries`",
    ),
    ("connection refused", "the registry is not there: start it, or correct its address in services.yaml"),
    ("no such host", "the registry's name is unknown here: check its address in services.yaml, and VPN"),
    ("i/o timeout", "the registry does not answer: check its address in services.yaml, VPN and firewalls"),
    (
        "toomanyrequests",
        "the registry's limit for this account or address is reached: log in with `docker login`, or wait",
    ),
    ("manifest unknown", "no such image or tag: check the name in services.yaml"),
];

const ENGINE: &str = "start the docker engine, or point DOCKER_HOST or the docker context at one";
const LOGIN: &str = "log in with `docker login REGISTRY`; the account needs the right to pull and push there";

/// An error with docker's words and the way out where it is known.
pub fn fault(message: &str) -> Fault {
    let lower = message.to_lowercase();
    let fault = Fault::failed(message);
    match HINTS.iter().find(|(words, _)| lower.contains(words)) {
        Some((_, hint)) => fault.hint(*hint),
        None => fault,
    }
}

/// A failure in docker's own words, once.
pub fn explained(failure: Failure) -> anyhow::Error {
    let message = key_line(failure.message());
    match (&failure.kind, message) {
        (FailureKind::Exit(_), Some(message)) => fault(message).into(),
        _ => failure.into(),
    }
}

/// The line that says what went wrong; progress and help stand around it.
fn key_line(text: &str) -> Option<&str> {
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let is_error = |line: &&str| line.to_lowercase().starts_with("error");
    lines().rfind(is_error).or_else(|| lines().next_back())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::Written;

    fn asked(stderr: &str) -> Answer {
        let written = Box::new(Written { stderr: stderr.into(), ..Written::default() });
        answer(&Failure {
            kind: FailureKind::Exit(1),
            program: "docker".into(),
            line: "docker".into(),
            written,
        })
    }

    const ENDPOINTS: &str = "time=\"2026-01-02T03:04:05Z\" level=debug msg=\"endpoints for r/a:9: []\"\n";

    fn attempt(words: &str) -> String {
        format!(
            "{ENDPOINTS}time=\"2026-01-02T03:04:05Z\" level=debug msg=\"continuing on error (errcode.Errors) {words}\"\nno such manifest: r/a:9\n"
        )
    }

    #[test]
    fn only_the_registrys_own_no_means_missing() {
        assert_eq!(asked(&attempt("manifest unknown: manifest unknown")), Answer::Missing);
        assert_eq!(asked(&attempt("name unknown: repository name not known to registry")), Answer::Missing);
        assert_eq!(asked("no such manifest: r/a:9"), Answer::Missing);
        let busy = "received unexpected HTTP status: 503 Service Unavailable";
        assert_eq!(asked(&attempt(busy)), Answer::Failed(busy.into()));
    }

    #[test]
    fn a_login_is_asked_for_in_several_ways() {
        for words in
            ["unauthorized: authentication required", "denied: requested access to the resource is denied"]
        {
            assert_eq!(asked(&attempt(words)), Answer::Login(words.into()));
        }
        let words = "Get \"http://r/v2/a/manifests/1\": no basic auth credentials";
        assert_eq!(asked(&format!("{ENDPOINTS}{words}")), Answer::Login(words.into()));
    }

    #[test]
    fn down_and_plain_http_are_failures() {
        let down = "failed to configure transport: error pinging v2 registry: Get \"https://r/v2/\": dial tcp 127.0.0.1:1: connect: connection refused";
        assert_eq!(asked(&format!("{ENDPOINTS}{down}\n")), Answer::Failed(down.into()));
        let skipped = "time=\"2026-01-02T03:04:05Z\" level=debug msg=\"skipping non-tls registry endpoint: http://r\"\nno such manifest: r/a:1";
        assert_eq!(asked(skipped), Answer::Failed(PLAIN_HTTP.into()));
    }
}
