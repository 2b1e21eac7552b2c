//! Checks of programs: kubectl, bash, git.

use super::facts::Facts;
use super::finding::Finding;
use super::run::Check;
use crate::process::{FailureKind, Runner};
use crate::tools::kubectl::{Cluster, Kubectl, program};
use crate::tools::shell;

/// kubectl itself; what it is pointed at is another check.
pub(super) fn kubectl(runner: &Runner) -> Vec<Check> {
    let runner = runner.clone();
    vec![Check::new("kubectl", move |limit| {
        let found = Kubectl::new(runner, Cluster::default()).client_version(Some(limit));
        vec![match found {
            Ok(version) => match version["clientVersion"]["gitVersion"].as_str() {
                Some(version) => Finding::ok("kubectl", format!("{version}, {}", program())),
                None => Finding::warning("kubectl", format!("{} does not tell its version", program()))
                    .fix("make sure that it is kubectl, from 1.27 on"),
            },
            Err(error) => Finding::of_error("kubectl", &error, "install kubectl, from 1.27 on"),
        }]
    })]
}

/// bash and git: needed where hooks say so.
pub(super) fn scripts(runner: &Runner, facts: &Facts) -> Vec<Check> {
    let bash = ("bash", facts.scripts, "`run` hooks need it");
    let git = ("git", facts.git_scripts, "`run` hooks call it");
    [bash, git]
        .into_iter()
        .map(|(name, needed, why)| {
            let runner = runner.clone();
            Check::new(name, move |limit| vec![script_program(&runner, name, needed.then_some(why), limit)])
        })
        .collect()
}

fn script_program(runner: &Runner, name: &str, needed: Option<&str>, limit: std::time::Duration) -> Finding {
    match (shell::version(runner, name, Some(limit)), needed) {
        (Ok(version), _) => Finding::ok(name, version),
        (Err(failure), why) => {
            let what = match failure.kind {
                FailureKind::NotFound => "not found on PATH".to_string(),
                _ => failure.to_string(),
            };
            let fix = format!("install {name}");
            match why {
                Some(why) => Finding::failed(name, format!("{what}; {why}")).fix(fix),
                None => Finding::warning(name, format!("{what}; no hook of this stack needs it")).fix(fix),
            }
        }
    }
}
