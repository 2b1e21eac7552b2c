//! The check of rights: what apply and manage-env do to the cluster, asked as `kubectl auth can-i` does, all in one call.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::facts::{Facts, namespace_of};
use super::finding::Finding;
use super::run::Check;
use crate::config::Stack;
use crate::manifests::{ManifestSet, is_cluster_scoped};
use crate::process::Runner;
use crate::slots::{Pool, STATE_NAMESPACE};
use crate::tools::kubectl::Kubectl;

/// How many missing rights one line names.
const SHOWN: usize = 8;

/// One right.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Right {
    /// Work can go on without.
    optional: bool,
    namespace: Option<String>,
    group: String,
    resource: String,
    verb: &'static str,
}

/// The rights a stack needs; `agent`: slots of it are managed.
pub(super) fn needed(stack: &Stack, set: Option<&ManifestSet>, agent: bool) -> Vec<Right> {
    let own = namespace_of(stack);
    let mut rights = BTreeSet::new();
    let mut add =
        |optional, namespace: Option<&String>, (group, resource): (&str, &str), verbs: &[&'static str]| {
            for verb in verbs {
                rights.insert(Right {
                    optional,
                    namespace: namespace.cloned(),
                    group: group.into(),
                    resource: resource.into(),
                    verb,
                });
            }
        };
    for document in set.into_iter().flat_map(ManifestSet::documents) {
        let id = &document.id;
        let namespace = match is_cluster_scoped(&id.kind) {
            true => None,
            false => id.namespace.as_ref().or(own.as_ref()),
        };
        add(false, namespace, (id.group(), &plural(&id.kind)), &["get", "create", "patch"]);
    }
    // Readiness, and what blocks it.
    add(false, own.as_ref(), ("", "pods"), &["list"]);
    add(true, own.as_ref(), ("", "events"), &["list"]);
    add(true, own.as_ref(), ("", "pods/log"), &["get"]);
    // The namespace may be there already.
    add(!agent, None, ("", "namespaces"), &["create"]);
    if agent {
        add(false, None, ("", "namespaces"), &["get", "list", "delete"]);
        let state = Pool::of(stack).map_or(STATE_NAMESPACE.into(), |pool| pool.state_namespace);
        add(false, Some(&state), ("", "configmaps"), &["get", "list", "create", "update", "delete"]);
    }
    rights.into_iter().collect()
}

/// The resource of a kind, by the rule kubectl itself guesses with.
fn plural(kind: &str) -> String {
    let kind = kind.to_lowercase();
    match kind.as_str() {
        _ if kind.ends_with("endpoints") => kind,
        _ if kind.ends_with('s') => format!("{kind}es"),
        _ => kind.strip_suffix('y').map_or_else(|| format!("{kind}s"), |stem| format!("{stem}ies")),
    }
}

/// One check for all rights.
pub(super) fn checks(runner: &Runner, facts: &Facts) -> Vec<Check> {
    let Some(Ok(cluster)) = &facts.cluster else { return Vec::new() };
    let kubectl = Kubectl::new(runner.clone(), cluster.clone());
    let rights = facts.rights.clone();
    vec![Check::new("rights", move |limit| {
        let documents: String = rights.iter().map(review).collect();
        vec![match kubectl.review(&documents, Some(limit)) {
            Ok(answers) => finding(&rights, &answers),
            // Why the cluster does not answer is the cluster check's to say.
            Err(error) => {
                let told = Finding::of_error("rights", &error, "mend the connection to the cluster first");
                let first = told.detail.lines().next().unwrap_or_default();
                Finding {
                    fix: told.fix.clone(),
                    ..Finding::warning("rights", format!("not checked: {first}"))
                }
            }
        }]
    })]
}

fn review(right: &Right) -> String {
    let (resource, subresource) = right.resource.split_once('/').unwrap_or((&right.resource, ""));
    let review = json!({
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": { "resourceAttributes": {
            "verb": right.verb,
            "group": right.group,
            "resource": resource,
            "subresource": subresource,
            "namespace": right.namespace,
        } },
    });
    format!("{review}\n")
}

fn finding(rights: &[Right], answers: &[Value]) -> Finding {
    if answers.len() != rights.len() {
        let detail = format!("asked for {} rights, {} answers came", rights.len(), answers.len());
        return Finding::warning("rights", detail).fix("ask yourself: `kubectl auth can-i --list`");
    }
    let denied: Vec<&Right> = rights
        .iter()
        .zip(answers)
        .filter(|(_, answer)| answer["status"]["allowed"] != true)
        .map(|(right, _)| right)
        .collect();
    let names = |denied: &[&Right]| {
        let mut names: Vec<String> = denied.iter().take(SHOWN).map(|right| name(right)).collect();
        if denied.len() > SHOWN {
            names.push(format!("… and {} more", denied.len() - SHOWN));
        }
        names.join(", ")
    };
    let (optional, required): (Vec<&Right>, Vec<&Right>) = denied.iter().partition(|right| right.optional);
    if !required.is_empty() {
        return Finding::failed("rights", format!("this account may not {}", names(&required)))
            .fix("ask for a Role with these verbs, or use another kubeconfig");
    }
    if !optional.is_empty() {
        return Finding::warning("rights", format!("this account may not {}", names(&optional))).fix(
            "fine while the namespace is there; logs and events of failed workloads cannot be shown without",
        );
    }
    Finding::ok("rights", format!("{} asked for, all granted", rights.len()))
}

fn name(right: &Right) -> String {
    let group = if right.group.is_empty() { String::new() } else { format!(".{}", right.group) };
    let place = right.namespace.as_ref().map(|name| format!(" in {name}")).unwrap_or_default();
    format!("{} {}{group}{place}", right.verb, right.resource)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_of_kinds() {
        for (kind, resource) in [
            ("Deployment", "deployments"),
            ("Ingress", "ingresses"),
            ("NetworkPolicy", "networkpolicies"),
            ("Endpoints", "endpoints"),
        ] {
            assert_eq!(plural(kind), resource);
        }
    }
}
