//! `gh`: comments on issues and pull requests, and its login.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use crate::config::steps::CommentTarget;
use crate::process::{Failure, Invocation, Runner};

/// The token that comments are written with (spec section 5); gh's own login without.
pub fn token(variables: &BTreeMap<String, String>) -> Option<&str> {
    let set = |name: &str| variables.get(name).filter(|value| !value.is_empty());
    set("CODEXCTL_GH_PAT").or_else(|| set("CODEX_GH_PAT")).map(String::as_str)
}

/// Writes a comment; the text goes by stdin, the token by environment.
///
/// # Errors
/// `gh` is missing, not logged in, or refused.
pub fn comment(
    runner: &Runner,
    dir: &Path,
    token: Option<&str>,
    (kind, number): (CommentTarget, &str),
    body: &str,
    timeout: Option<Duration>,
) -> Result<(), Failure> {
    let noun = match kind {
        CommentTarget::Issue => "issue",
        CommentTarget::Pr => "pr",
    };
    let number = number.trim_start_matches('#');
    let mut invocation = Invocation::new("gh")
        .args([noun, "comment", number, "--body-file", "-"])
        .cwd(dir)
        .stdin(body)
        .env("GH_PROMPT_DISABLED", "1")
        .timeout(timeout);
    if let Some(token) = token {
        invocation = invocation.env("GH_TOKEN", token);
    }
    runner.run(&invocation).map(drop)
}

/// Whether gh is logged in, with this token or its own login.
///
/// # Errors
/// `gh` is missing, or GitHub does not accept what it has.
pub fn auth_status(runner: &Runner, token: Option<&str>, timeout: Option<Duration>) -> Result<(), Failure> {
    let mut invocation =
        Invocation::new("gh").args(["auth", "status"]).env("GH_PROMPT_DISABLED", "1").timeout(timeout);
    if let Some(token) = token {
        invocation = invocation.env("GH_TOKEN", token);
    }
    runner.run(&invocation).map(drop)
}
