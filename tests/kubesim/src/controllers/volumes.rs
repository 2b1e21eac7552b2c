//! Claims: bound as soon as they are seen, unless told to stay pending.

use std::time::Duration;

use serde_json::{Value, json};

use super::{podstate, set_status};
use crate::json;
use crate::state::State;
use crate::store::Key;

/// Binds a claim.
pub fn reconcile(state: &mut State, key: &Key, claim: &Value) -> Option<Duration> {
    let bound = json::text(claim, &["status", "phase"]) == "Bound";
    if bound || json::deleting(claim) || json::marked(claim, podstate::STATE).is_some() {
        return None;
    }
    let mut new = claim.clone();
    json::default(&mut new, &["spec", "volumeName"], format!("pvc-{}", json::uid(claim)));
    json::default(&mut new, &["spec", "storageClassName"], "standard");
    state.put(key, new);
    let spec = &claim["spec"];
    let capacity = json!({"storage": spec["resources"]["requests"]["storage"]});
    set_status(
        state,
        key,
        json!({"phase": "Bound", "accessModes": spec["accessModes"], "capacity": capacity}),
    );
    None
}
