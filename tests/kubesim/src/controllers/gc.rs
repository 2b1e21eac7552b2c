//! Garbage collection: what lost its owners goes, and owners that wait for their dependents.

use serde_json::Value;

use super::workload::remove;
use crate::json;
use crate::state::State;
use crate::store::Key;
use crate::write;

/// False if the object is gone, or has just been sent away.
pub fn keep(state: &mut State, key: &Key) -> bool {
    let Some(object) = state.get(key) else { return false };
    let owners = json::list(&object, &["metadata", "ownerReferences"]);
    let orphaned = !owners.is_empty()
        && owners.iter().all(|owner| state.store.by_uid(json::text(owner, &["uid"])).is_none());
    if orphaned && !json::deleting(&object) {
        remove(state, key);
        return false;
    }
    let waits = json::list(&object, &["metadata", "finalizers"]).iter().any(|f| f == "foregroundDeletion");
    if json::deleting(&object) && waits {
        foreground(state, key, &object);
        return state.get(key).is_some();
    }
    true
}

/// Deletes an object that waits for its own dependents in turn.
fn remove_foreground(state: &mut State, key: &Key) {
    if let Some(resource) = state.resource_of(key) {
        let how = write::Deletion { propagation: "Foreground".into(), ..write::Deletion::default() };
        // Gone already: just as well.
        let _ = write::delete(state, &resource, key, &how);
    }
}

/// Deletes the dependents of an object first, then lets it go.
fn foreground(state: &mut State, key: &Key, object: &Value) {
    let dependents = state.store.dependents(json::uid(object));
    for dependent in &dependents {
        let fresh = state.get(dependent).is_some_and(|d| !json::deleting(&d));
        if fresh {
            remove_foreground(state, dependent);
        }
    }
    if !state.store.dependents(json::uid(object)).is_empty() {
        return;
    }
    let mut free = object.clone();
    let finalizers = json::list_mut(&mut free, &["metadata", "finalizers"]);
    finalizers.retain(|f| f != "foregroundDeletion");
    if finalizers.is_empty() {
        write::finish(state, key);
    } else {
        state.put(key, free);
    }
}
