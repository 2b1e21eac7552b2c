//! `apply --preflight` and the `preflight` hook: what would make an apply fail half-way, asked before anything is
//! touched.

use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};

use crate::config::steps::{Action, Step};
use crate::config::{Namespace, Stack};
use crate::error::Fault;
use crate::tools::kubectl::Kubectl;

const TIMEOUT: Duration = Duration::from_secs(10);

/// What apply needs: verb, group, resource.
const RIGHTS: [(&str, &str, &str); 6] = [
    ("create", "apps", "deployments"),
    ("patch", "apps", "deployments"),
    ("create", "", "services"),
    ("create", "", "configmaps"),
    ("create", "", "secrets"),
    ("list", "", "pods"),
];

/// Checks programs, the cluster, and the account's rights in the stack's namespace. Every finding is logged; all run.
///
/// # Errors
/// When one of them failed.
pub fn preflight(stack: &Stack, kubectl: &Kubectl) -> Result<()> {
    let mut failed = 0;
    let mut check = |name: &str, result: Result<String>| match result {
        Ok(detail) => tracing::info!("✓ {name}: {detail}"),
        Err(error) => {
            failed += 1;
            tracing::error!("✗ {name}: {}", crate::error::report(&error).unwrap_or_default());
        }
    };
    for (program, why) in programs(stack) {
        let found = which::which(program).map(|path| path.display().to_string());
        let fault = || Fault::failed(format!("{program} is not on PATH; {why} need it"));
        check(program, found.map_err(|_| fault().into()));
    }
    let cluster = kubectl.version(Some(TIMEOUT)).map(|version| {
        let server = version["serverVersion"]["gitVersion"].as_str().unwrap_or("unknown version").to_string();
        format!("reachable, Kubernetes {server}")
    });
    let reachable = cluster.is_ok();
    check("cluster", cluster);
    if reachable {
        check("rights", rights(stack, kubectl));
    }
    match failed {
        0 => Ok(()),
        1 => Err(Fault::failed("1 preflight check failed; nothing was touched").into()),
        n => Err(Fault::failed(format!("{n} preflight checks failed; nothing was touched")).into()),
    }
}

/// Programs the stack's hooks need.
fn programs(stack: &Stack) -> Vec<(&'static str, &'static str)> {
    let units = stack.infra_hooks.iter().chain(&stack.service_hooks);
    let lists = units
        .flat_map(|unit| [&unit.before_apply, &unit.after_apply, &unit.before_destroy, &unit.after_destroy]);
    let steps: Vec<&Step> =
        lists.chain([&stack.hooks.before_all, &stack.hooks.after_all]).flatten().collect();
    let mut programs = vec![("kubectl", "all commands")];
    if steps.iter().any(|step| matches!(step.action, Action::Run(_))) {
        programs.push(("bash", "`run` hooks"));
    }
    if steps.iter().any(|step| matches!(step.action, Action::Comment { .. })) {
        programs.push(("gh", "`github.comment` hooks"));
    }
    programs
}

/// Asks for all rights in one kubectl process.
fn rights(stack: &Stack, kubectl: &Kubectl) -> Result<String> {
    let namespace = stack.namespace().map(Namespace::as_str);
    let mut documents = String::new();
    for (verb, group, resource) in RIGHTS {
        let review = json!({
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": { "resourceAttributes": {
                "verb": verb, "group": group, "resource": resource, "namespace": namespace,
            } },
        });
        documents.push_str(&format!("{review}\n"));
    }
    let items = kubectl.review(&documents, Some(TIMEOUT))?;
    let denied: Vec<String> = items
        .iter()
        .filter(|item| item["status"]["allowed"] != true)
        .map(|item| {
            let asked = &item["spec"]["resourceAttributes"];
            let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
            format!("{} {}", text(&asked["verb"]), text(&asked["resource"]))
        })
        .collect();
    if denied.is_empty() {
        return Ok(format!("{} asked for, all granted", items.len()));
    }
    Err(Fault::failed(format!("this account may not {}", denied.join(", ")))
        .hint("ask for a Role with these verbs, or use another kubeconfig")
        .into())
}
