//! What the controllers of workloads share: owned pods, new pods, conditions.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::clock;
use crate::json;
use crate::state::State;
use crate::store::Key;
use crate::write::{self, Options};

/// The objects of one kind that `owner` controls, oldest first.
pub fn owned(state: &State, owner: &Value, plural: &str) -> Vec<(Key, Arc<Value>)> {
    let mut found: Vec<(Key, Arc<Value>)> = state
        .store
        .dependents(json::uid(owner))
        .into_iter()
        .filter(|key| key.gr.plural == plural)
        .filter_map(|key| state.get(&key).map(|object| (key, object)))
        .collect();
    found.sort_by_key(|(_, o)| json::text(o, &["metadata", "creationTimestamp"]).to_owned());
    found
}

/// True if the pod is ready.
pub fn ready(pod: &Value) -> bool {
    json::list(pod, &["status", "conditions"]).iter().any(|c| c["type"] == "Ready" && c["status"] == "True")
}

/// True if the pod counts: not on its way out, not finished.
pub fn active(pod: &Value) -> bool {
    !json::deleting(pod) && !matches!(json::text(pod, &["status", "phase"]), "Succeeded" | "Failed")
}

/// An ownerReference to the controller.
pub fn reference(api_version: &str, kind: &str, owner: &Value) -> Value {
    json!({
        "apiVersion": api_version, "kind": kind, "name": json::name(owner), "uid": json::uid(owner),
        "controller": true, "blockOwnerDeletion": true,
    })
}

/// Makes a pod from a template; nothing if the namespace takes no more.
pub fn make_pod(state: &mut State, owner: &Value, namespace: &str, name: Name<'_>, template: &Value) {
    let mut pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {}, "spec": template["spec"]});
    let metadata = &template["metadata"];
    for key in ["labels", "annotations"] {
        if let Some(value) = metadata.get(key) {
            json::set(&mut pod, &["metadata", key], value.clone());
        }
    }
    match name {
        Name::Exact(name) => json::set(&mut pod, &["metadata", "name"], name),
        Name::Prefix(prefix) => json::set(&mut pod, &["metadata", "generateName"], format!("{prefix}-")),
    }
    json::set(&mut pod, &["metadata", "ownerReferences"], json!([owner]));
    make(state, "", "pods", namespace, pod);
}

/// How a new pod is named.
#[derive(Debug, Clone, Copy)]
pub enum Name<'a> {
    /// Exactly so.
    Exact(&'a str),
    /// This, a dash, and random letters.
    Prefix(&'a str),
}

/// Creates an object in a controller's name.
pub fn make(state: &mut State, group: &str, plural: &str, namespace: &str, object: Value) {
    if let Some(resource) = state.resource(group, "v1", plural) {
        // A namespace that ends, or a name that is taken: the next look will tell.
        let _ = write::create(state, &resource, namespace, object, &Options::controller());
    }
}

/// Deletes an object in a controller's name, dependents following.
pub fn remove(state: &mut State, key: &Key) {
    if let Some(resource) = state.resource_of(key) {
        let _ = write::delete(state, &resource, key, &write::Deletion::default());
    }
}

/// A condition; its transition time is kept while its status stays the same.
pub fn condition(old: &Value, kind: &str, status: bool, reason: &str, message: &str) -> Value {
    let word = if status { "True" } else { "False" };
    let before = json::list(old, &["status", "conditions"]).iter().find(|c| c["type"] == kind);
    let now = clock::now();
    let since = before.filter(|c| c["status"] == word).and_then(|c| c["lastTransitionTime"].as_str());
    let same = before.filter(|c| c["status"] == word && c["reason"] == reason && c["message"] == message);
    let updated = same.and_then(|c| c["lastUpdateTime"].as_str()).unwrap_or(&now).to_owned();
    json!({
        "type": kind, "status": word, "lastUpdateTime": updated, "lastTransitionTime": since.unwrap_or(&now),
        "reason": reason, "message": message,
    })
}

/// A hash of a pod template, in letters fit for names.
pub fn template_hash(template: &Value) -> String {
    clock::safe_letters(clock::fnv(template.to_string().as_bytes()), 10)
}

/// A number or a percentage of `total`.
pub fn scaled(value: &Value, total: i64, round_up: bool) -> i64 {
    match value {
        Value::Number(n) => n.as_i64().unwrap_or(0),
        Value::String(text) => {
            let percent: i64 = text.trim_end_matches('%').parse().unwrap_or(0);
            if round_up { (percent * total + 99) / 100 } else { percent * total / 100 }
        }
        _ => 0,
    }
}
