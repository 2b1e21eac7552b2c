//! Checks of credentials: GitHub's where hooks comment there or an agent works, the agent's own keys.

use std::time::Duration;

use super::facts::Facts;
use super::finding::Finding;
use super::run::Check;
use crate::process::{FailureKind, Runner};
use crate::tools::gh;

/// The variables a GitHub token may be in, the first that is set counts (spec section 5).
const TOKENS: [&str; 2] = ["CODEXCTL_GH_PAT", "CODEX_GH_PAT"];

/// gh and the keys, where they are needed.
pub(super) fn checks(runner: &Runner, facts: &Facts) -> Vec<Check> {
    let mut checks = Vec::new();
    if facts.comments || facts.agent {
        let (runner, facts) = (runner.clone(), facts.clone());
        checks.push(Check::new("gh", move |limit| github(&runner, &facts, limit)));
    }
    if facts.agent {
        let missing = Finding::failed("OPENAI_API_KEY", "not set");
        checks.push(key(facts, missing.fix("set it: the agent of a slot logs in with it")));
        let missing = Finding::warning("CONTEXT7_API_KEY", "not set");
        checks.push(key(facts, missing.fix("set it to let the agent look libraries up")));
    }
    checks
}

/// Whether the variable that `missing` is about is set.
fn key(facts: &Facts, missing: Finding) -> Check {
    let name = missing.check.clone();
    let finding = if facts.credentials.contains_key(&name) { Finding::ok(&name, "set") } else { missing };
    Check::new(&name, move |_| vec![finding])
}

fn github(runner: &Runner, facts: &Facts, limit: Duration) -> Vec<Finding> {
    let token = TOKENS.iter().find_map(|name| Some((*name, facts.credentials.get(*name)?)));
    let status = gh::auth_status(runner, token.map(|(_, value)| value.as_str()), Some(limit));
    let program = match &status {
        // The agent's pod has a gh of its own.
        Err(failure) if failure.kind == FailureKind::NotFound && !facts.comments => {
            Finding::warning("gh", "not found on PATH; manage-env comments on issues with it").fix(INSTALL)
        }
        Err(failure) if failure.kind == FailureKind::NotFound => {
            Finding::failed("gh", "not found on PATH; `github.comment` hooks need it").fix(INSTALL)
        }
        Err(failure) => {
            let words = failure.message().lines().map(str::trim).find(|line| !line.is_empty());
            let words = words.map_or_else(|| failure.to_string(), String::from);
            match token {
                Some((name, _)) => Finding::failed("gh", format!("{name} is not accepted: {words}"))
                    .fix(format!("put a token that is valid for this repository into {name}")),
                None => Finding::failed("gh", format!("not logged in: {words}"))
                    .fix("set CODEXCTL_GH_PAT, or run `gh auth login`"),
            }
        }
        Ok(_) => {
            Finding::ok("gh", token.map_or("logged in".into(), |(name, _)| format!("logged in by {name}")))
        }
    };
    let mut findings = vec![program];
    if facts.agent {
        findings.push(match token {
            Some((name, _)) => Finding::ok("GitHub token", format!("{name} is set")),
            None => {
                Finding::warning("GitHub token", "CODEXCTL_GH_PAT is not set; an agent's pod logs in with it")
                    .fix("set CODEXCTL_GH_PAT before the slot is made")
            }
        });
    }
    findings
}

const INSTALL: &str = "install gh, the GitHub command line";
