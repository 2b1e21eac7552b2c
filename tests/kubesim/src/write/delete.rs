//! Deletion: at once, or marked and left to finalizers and controllers.

use std::sync::Arc;

use serde_json::Value;

use crate::clock;
use crate::json;
use crate::resources::Resource;
use crate::state::State;
use crate::status::{ApiError, ApiResult};
use crate::store::Key;

/// How an object is to be deleted.
#[derive(Debug, Clone, Default)]
pub struct Deletion {
    /// `Background`, `Foreground`, `Orphan`, or empty for the default.
    pub propagation: String,
    /// Seconds a pod gets to stop.
    pub grace: Option<i64>,
    /// Only if this is its uid.
    pub uid: Option<String>,
    /// Only if this is its resourceVersion.
    pub version: Option<String>,
    /// Do everything but delete.
    pub dry_run: bool,
}

/// What a deletion did.
#[derive(Debug)]
pub enum Gone {
    /// The object is gone.
    Now(Arc<Value>),
    /// The object is marked and will go.
    Later(Arc<Value>),
}

/// Deletes the object at `key`, or marks it.
///
/// # Errors
/// 404, 409 for preconditions that do not hold, 403 for namespaces that must stay.
pub fn delete(state: &mut State, resource: &Arc<Resource>, key: &Key, how: &Deletion) -> ApiResult<Gone> {
    let object = state.get(key).ok_or_else(|| ApiError::not_found(resource, &key.name))?;
    check_preconditions(resource, key, &object, how)?;
    if resource.is("", "namespaces") && matches!(key.name.as_str(), "default" | "kube-system" | "kube-public")
    {
        return Err(ApiError::forbidden(resource, &key.name, "this namespace may not be deleted"));
    }
    if how.dry_run {
        return Ok(Gone::Now(object));
    }
    if how.propagation == "Orphan" {
        orphan(state, json::uid(&object));
    }
    let mut marked = Value::clone(&object);
    let mut finalizers: Vec<Value> = json::list(&object, &["metadata", "finalizers"]).to_vec();
    let has_dependents = !state.store.dependents(json::uid(&object)).is_empty();
    if how.propagation == "Foreground"
        && has_dependents
        && !finalizers.iter().any(|f| f == "foregroundDeletion")
    {
        finalizers.push("foregroundDeletion".into());
    }
    if resource.is("apiextensions.k8s.io", "customresourcedefinitions") {
        finalizers.push("customresourcecleanup.apiextensions.k8s.io".into());
        finalizers.dedup();
    }
    if !finalizers.is_empty() {
        json::set(&mut marked, &["metadata", "finalizers"], finalizers.clone());
    }
    let grace = if resource.is("", "pods") { pod_grace(&object, how.grace) } else { 0 };
    let namespace = resource.is("", "namespaces");
    if finalizers.is_empty() && grace == 0 && !namespace {
        return Ok(Gone::Now(finish(state, key).unwrap_or(object)));
    }
    if !json::deleting(&object) {
        json::set(&mut marked, &["metadata", "deletionTimestamp"], clock::now());
    }
    if resource.is("", "pods") || !namespace {
        json::set(&mut marked, &["metadata", "deletionGracePeriodSeconds"], grace);
    }
    if namespace {
        json::set(&mut marked, &["status", "phase"], "Terminating");
    }
    if marked == *object {
        return Ok(Gone::Later(object));
    }
    Ok(Gone::Later(state.put(key, marked)))
}

fn check_preconditions(resource: &Resource, key: &Key, object: &Value, how: &Deletion) -> ApiResult<()> {
    let version = json::text(object, &["metadata", "resourceVersion"]);
    if let Some(uid) = how.uid.as_deref().filter(|uid| *uid != json::uid(object)) {
        let why = format!(
            "Precondition failed: UID in precondition: {uid}, UID in object meta: {}",
            json::uid(object)
        );
        return Err(ApiError::conflict(resource, &key.name, &why));
    }
    if let Some(wanted) = how.version.as_deref().filter(|wanted| *wanted != version) {
        let why = format!(
            "Precondition failed: ResourceVersion in precondition: {wanted}, ResourceVersion in object meta: {version}"
        );
        return Err(ApiError::conflict(resource, &key.name, &why));
    }
    Ok(())
}

fn pod_grace(pod: &Value, asked: Option<i64>) -> i64 {
    let scheduled = !json::text(pod, &["spec", "nodeName"]).is_empty();
    let finished = matches!(json::text(pod, &["status", "phase"]), "Succeeded" | "Failed");
    if !scheduled || finished {
        return 0;
    }
    asked.or_else(|| json::int(pod, &["spec", "terminationGracePeriodSeconds"])).unwrap_or(30)
}

/// Removes the object at `key` for good.
pub fn finish(state: &mut State, key: &Key) -> Option<Arc<Value>> {
    let gone = state.delete(key)?;
    state.seen.remove(json::uid(&gone));
    state.seen.remove(&format!("delete:{}", json::uid(&gone)));
    state.stages.remove(json::uid(&gone));
    Some(gone)
}

/// Takes the owner's name off its dependents, so that they survive it.
fn orphan(state: &mut State, uid: &str) {
    for key in state.store.dependents(uid) {
        if let Some(dependent) = state.get(&key) {
            let mut freed = Value::clone(&dependent);
            json::list_mut(&mut freed, &["metadata", "ownerReferences"]).retain(|o| o["uid"] != uid);
            if json::list(&freed, &["metadata", "ownerReferences"]).is_empty() {
                json::remove(&mut freed, &["metadata", "ownerReferences"]);
            }
            state.put(&key, freed);
        }
    }
}
