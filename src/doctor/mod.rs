//! doctor: what a stack needs from this machine and its cluster, checked before work begins (spec section 9). `apply
//! --preflight` and the `preflight` hook run the same checks.
//!
//! `facts` reads from the stack what is needed; each family of checks is a file; `run` starts them side by side, each
//! with its own time limit; `report` writes the findings. Nothing is changed anywhere.

mod cluster;
mod credentials;
mod docker;
mod facts;
mod finding;
mod preflight;
mod programs;
mod report;
mod rights;
mod run;
mod validity;

use std::time::Duration;

use crate::app::{App, StackRequest};
use crate::config::{EnvName, Slot, Target, VariableInput};
use crate::process::Runner;
use facts::Facts;
use run::Check;

pub use finding::{Finding, Status};
pub use preflight::preflight;
pub use report::{summary, table};

/// What doctor was asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// `--env`; all environments without.
    pub env: Option<EnvName>,
    /// `--slot`.
    pub slot: Option<Slot>,
    /// `--namespace`.
    pub namespace: Option<String>,
    /// Variables of the command line.
    pub variables: VariableInput,
    /// Time limit of each check.
    pub timeout: Duration,
}

impl Request {
    fn of(&self, env: &EnvName) -> StackRequest {
        let target = Target { env: env.clone(), slot: self.slot, namespace: self.namespace.clone() };
        StackRequest { target, variables: self.variables.clone() }
    }
}

/// Runs all checks: those of one environment, or of what all share and each one's file.
pub fn examine(app: &App, request: &Request) -> Vec<Finding> {
    let (files, facts) = validity::in_time(app, request);
    let mut checks = programs::kubectl(&app.runner);
    let mut findings = Vec::new();
    if request.env.is_some() {
        match facts.first() {
            Some(facts) => checks.extend(of_cluster(&app.runner, facts)),
            None => findings
                .push(Finding::warning("cluster", "not checked: services.yaml is not valid").fix(FILE_FIRST)),
        }
    }
    checks.extend(of_machine(&app.runner, &Facts::merged(facts)));
    findings.extend(run::all(checks, request.timeout));
    // What all share first, where there is no one environment.
    let (mut first, second) = if request.env.is_some() { (files, findings) } else { (findings, files) };
    first.extend(second);
    first
}

const FILE_FIRST: &str = "mend services.yaml first, then run doctor again";

/// What depends on the environment's cluster.
fn of_cluster(runner: &Runner, facts: &Facts) -> Vec<Check> {
    let mut checks = cluster::checks(runner, facts);
    checks.extend(rights::checks(runner, facts));
    checks
}

/// What depends on this machine and its variables.
fn of_machine(runner: &Runner, facts: &Facts) -> Vec<Check> {
    let mut checks = programs::scripts(runner, facts);
    checks.extend(docker::checks(runner, facts));
    checks.extend(credentials::checks(runner, facts));
    checks
}
