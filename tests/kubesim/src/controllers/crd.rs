//! CRDs: Established after a while, then their kinds are served; on deletion their objects go first.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::workload::remove;
use super::{elapsed, left, set_status};
use crate::clock;
use crate::json;
use crate::resources;
use crate::state::State;
use crate::store::{GroupResource, Key};
use crate::write;

const FINALIZER: &str = "customresourcecleanup.apiextensions.k8s.io";

fn established(crd: &Value) -> bool {
    json::list(crd, &["status", "conditions"])
        .iter()
        .any(|c| c["type"] == "Established" && c["status"] == "True")
}

/// Serves exactly the kinds of the established CRDs.
fn serve_established(state: &mut State) {
    let crds = state.store.list(&GroupResource::new("apiextensions.k8s.io", "customresourcedefinitions"), "");
    let ready = crds.iter().filter(|crd| established(crd));
    state.custom = ready.flat_map(|crd| resources::from_crd(crd)).map(Arc::new).collect();
}

/// Establishes a CRD, or empties and removes it.
pub fn reconcile(state: &mut State, key: &Key, crd: &Value) -> Option<Duration> {
    if json::deleting(crd) {
        return clean_up(state, key, crd);
    }
    if established(crd) {
        serve_established(state);
        return None;
    }
    let waited = elapsed(state, json::uid(crd));
    if let Some(rest) = left(state.options.crd_establish, waited) {
        return Some(rest);
    }
    let now = clock::now();
    let condition = |kind: &str, reason: &str, message: &str| json!({"type": kind, "status": "True", "lastTransitionTime": now, "reason": reason, "message": message});
    let versions = json::list(crd, &["spec", "versions"]);
    let stored: Vec<&Value> = versions.iter().filter(|v| v["storage"] == true).map(|v| &v["name"]).collect();
    let status = json!({
        "conditions": [
            condition("NamesAccepted", "NoConflicts", "no conflicts found"),
            condition("Established", "InitialNamesAccepted", "the initial names have been accepted"),
        ],
        "acceptedNames": crd["spec"]["names"], "storedVersions": stored,
    });
    set_status(state, key, status);
    serve_established(state);
    None
}

fn clean_up(state: &mut State, key: &Key, crd: &Value) -> Option<Duration> {
    let gr = GroupResource::new(
        json::text(crd, &["spec", "group"]),
        json::text(crd, &["spec", "names", "plural"]),
    );
    for object in state.store.list(&gr, "").iter().filter(|o| !json::deleting(o)) {
        let key = Key {
            gr: gr.clone(),
            namespace: json::namespace(object).into(),
            name: json::name(object).into(),
        };
        remove(state, &key);
    }
    if !state.store.list(&gr, "").is_empty() {
        return None;
    }
    let mut free = crd.clone();
    let finalizers = json::list_mut(&mut free, &["metadata", "finalizers"]);
    finalizers.retain(|f| f != FINALIZER);
    if finalizers.is_empty() {
        write::finish(state, key);
    } else if free != *crd {
        state.put(key, free);
    }
    serve_established(state);
    None
}
