//! Namespaces: what each one has, and how they empty themselves and go.

use std::time::Duration;

use serde_json::{Value, json};

use super::workload::{make, remove};
use super::{elapsed, left};
use crate::clock;
use crate::json;
use crate::state::State;
use crate::store::Key;
use crate::write;

/// Looks after a namespace.
pub fn reconcile(state: &mut State, key: &Key, namespace: &Value) -> Option<Duration> {
    if !json::deleting(namespace) {
        furnish(state, &key.name);
        return None;
    }
    let waited = elapsed(state, &format!("delete:{}", json::uid(namespace)));
    // A cluster takes a moment to begin, and clients meet namespaces that still have everything.
    if let Some(delay) = left(state.options.namespace_delete / 2, waited) {
        return Some(delay);
    }
    for inside in state.store.in_namespace(&key.name) {
        if state.get(&inside).is_some_and(|o| !json::deleting(&o)) {
            remove(state, &inside);
        }
    }
    let rest = state.store.in_namespace(&key.name);
    note(state, key, &rest);
    if let Some(delay) = left(state.options.namespace_delete, waited) {
        return Some(delay);
    }
    if state.held.contains(&key.name) {
        // Looked at again when it is released.
        return Some(Duration::from_secs(3600));
    }
    if rest.is_empty() {
        let mut free = Value::clone(&*state.get(key)?);
        json::remove(&mut free, &["spec", "finalizers"]);
        let held = !json::list(&free, &["metadata", "finalizers"]).is_empty();
        state.put(key, free);
        if !held {
            write::finish(state, key);
        }
    }
    None
}

/// The service account and the certificate that every namespace gets.
fn furnish(state: &mut State, namespace: &str) {
    let missing =
        |state: &State, plural: &str, name: &str| state.get(&Key::new("", plural, namespace, name)).is_none();
    if missing(state, "serviceaccounts", "default") {
        let account = json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}});
        make(state, "", "serviceaccounts", namespace, account);
    }
    if missing(state, "configmaps", "kube-root-ca.crt") {
        let description = "Contains a CA bundle that can be used to verify the kube-apiserver when using internal \
                           endpoints such as the internal service IP or kubernetes.default.svc. No other usage is \
                           guaranteed across distributions of Kubernetes clusters.";
        let certificate = json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "kube-root-ca.crt", "annotations": {"kubernetes.io/description": description}},
            "data": {"ca.crt": "none: kubesim speaks plain HTTP\n"},
        });
        make(state, "", "configmaps", namespace, certificate);
    }
}

/// Says in the status what keeps the namespace.
fn note(state: &mut State, key: &Key, rest: &[Key]) {
    let Some(namespace) = state.get(key) else { return };
    let finalizers: Vec<String> = rest
        .iter()
        .filter_map(|key| state.get(key))
        .flat_map(|o| json::list(&o, &["metadata", "finalizers"]).to_vec())
        .filter_map(|f| f.as_str().map(str::to_owned))
        .collect();
    let contents: Vec<String> = rest.iter().map(|key| key.gr.plural.clone()).collect();
    let says = |kind: &str, found: &[String], yes: (&str, &str), no: (&str, &str)| {
        let mut distinct: Vec<&String> = found.iter().collect();
        distinct.sort();
        distinct.dedup();
        let counted: Vec<String> = distinct
            .iter()
            .map(|what| {
                let count = found.iter().filter(|f| f == what).count();
                if kind == "NamespaceFinalizersRemaining" {
                    format!("{what} in {count} resource instances")
                } else {
                    format!("{what}. has {count} resource instances")
                }
            })
            .collect();
        let status = if found.is_empty() { "False" } else { "True" };
        let (reason, text) = if found.is_empty() { no } else { yes };
        let message =
            if found.is_empty() { text.to_owned() } else { format!("{text}{}", counted.join(", ")) };
        (kind.to_owned(), status, reason.to_owned(), message)
    };
    let wanted = [
        says(
            "NamespaceContentRemaining",
            &contents,
            ("SomeResourcesRemain", "Some resources are remaining: "),
            ("ContentRemoved", "All content successfully removed"),
        ),
        says(
            "NamespaceFinalizersRemaining",
            &finalizers,
            ("SomeFinalizersRemain", "Some content in the namespace has finalizers remaining: "),
            ("ContentHasNoFinalizers", "All content-preserving finalizers finished"),
        ),
    ];
    let same = json::list(&namespace, &["status", "conditions"])
        .iter()
        .map(|c| c["message"].as_str())
        .eq(wanted.iter().map(|(_, _, _, message)| Some(message.as_str())));
    if same {
        return;
    }
    let now = clock::now();
    let conditions: Vec<Value> = wanted
        .iter()
        .map(|(kind, status, reason, message)| {
            json!({"type": kind, "status": status, "lastTransitionTime": now, "reason": reason, "message": message})
        })
        .collect();
    let mut new = Value::clone(&namespace);
    json::set(&mut new, &["status", "conditions"], conditions);
    state.put(key, new);
}
