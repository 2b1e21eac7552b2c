//! `apply --preflight` and the `preflight` hook: doctor's checks for a stack that is loaded and rendered already.

use std::time::Duration;

use anyhow::Result;

use super::facts::Facts;
use super::finding::{Finding, Status};
use super::{of_cluster, of_machine, programs, run, validity};
use crate::config::{Stack, StackContext};
use crate::error::Fault;
use crate::manifests::ManifestSet;
use crate::process::{Runner, interrupted};

/// Time limit of each check.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Runs the checks and logs every finding.
///
/// # Errors
/// When one of them failed.
pub fn preflight(runner: &Runner, stack: &Stack, context: &StackContext, set: &ManifestSet) -> Result<()> {
    let facts = Facts::of(stack, context, Some(set));
    let mut checks = programs::kubectl(runner);
    checks.extend(of_cluster(runner, &facts));
    checks.extend(of_machine(runner, &facts));
    let env = &stack.environment.name;
    let place = stack.namespace().map_or_else(|| "no namespace".into(), |name| format!("namespace {name}"));
    let mut findings = vec![
        Finding::ok("services.yaml", format!("valid for {env}, {place}")),
        validity::of_set("manifests", &place, set),
    ];
    findings.extend(run::all(checks, TIMEOUT));
    for finding in &findings {
        let fix = finding.fix.as_ref().map(|fix| format!("\n  fix: {fix}")).unwrap_or_default();
        let line = format!("{} {}: {}{fix}", finding.status.mark(), finding.check, finding.detail);
        match finding.status {
            Status::Ok => tracing::info!("{line}"),
            Status::Warning => tracing::warn!("{line}"),
            Status::Failed => tracing::error!("{line}"),
        }
    }
    if interrupted().is_some() {
        return Err(Fault::failed("interrupted").into());
    }
    match findings.iter().filter(|finding| finding.status == Status::Failed).count() {
        0 => Ok(()),
        1 => Err(Fault::failed("1 preflight check failed").into()),
        n => Err(Fault::failed(format!("{n} preflight checks failed")).into()),
    }
}
