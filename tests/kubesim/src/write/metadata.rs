//! What the server keeps in `metadata`, and who may change it.

use serde_json::{Value, json};

use crate::clock;
use crate::json;
use crate::resources::Resource;
use crate::state::State;
use crate::status::{ApiError, ApiResult};
use crate::store::Key;

/// Namespaces that a test or a controller never has to make.
fn namespace_key(namespace: &str) -> Key {
    Key::new("", "namespaces", "", namespace)
}

/// The namespace in the object, if any, is that of the request.
pub fn check_namespace(object: &Value, namespace: &str) -> ApiResult<()> {
    let given = json::namespace(object);
    if given.is_empty() || given == namespace || namespace.is_empty() {
        return Ok(());
    }
    let message = "the namespace of the provided object does not match the namespace sent on the request";
    Err(ApiError::bad_request(message))
}

/// The namespace is there and takes new objects.
pub fn check_place(state: &State, resource: &Resource, namespace: &str, name: &str) -> ApiResult<()> {
    let Some(found) = state.get(&namespace_key(namespace)) else {
        let namespaces = state.resource("", "v1", "namespaces");
        return Err(namespaces.map_or_else(ApiError::no_such_path, |r| ApiError::not_found(&r, namespace)));
    };
    if !json::deleting(&found) {
        return Ok(());
    }
    let why = format!("unable to create new content in namespace {namespace} because it is being terminated");
    let mut error = ApiError::forbidden(resource, name, &why);
    if let Some(details) = &mut error.details {
        let message = format!("namespace {namespace} is being terminated");
        details["causes"] =
            json!([{"reason": "NamespaceTerminating", "message": message, "field": "metadata.namespace"}]);
    }
    Err(error)
}

/// Gives an object without a name one from `generateName`.
pub fn generate_name(state: &State, resource: &Resource, object: &mut Value) {
    let prefix = json::text(object, &["metadata", "generateName"]).to_owned();
    if !json::name(object).is_empty() || prefix.is_empty() {
        return;
    }
    let namespace = json::namespace(object).to_owned();
    let free = |name: &String| {
        state.store.get(&Key::new(&resource.group, &resource.plural, &namespace, name)).is_none()
    };
    let mut names = std::iter::repeat_with(|| format!("{prefix}{}", clock::suffix()));
    if let Some(name) = names.find(free) {
        json::set(object, &["metadata", "name"], name);
    }
}

/// Metadata of a new object, in the usual order.
pub fn start(resource: &Resource, object: &mut Value) {
    let mut metadata = json!({});
    let given = json::at(object, &["metadata"]).cloned().unwrap_or_else(|| json!({}));
    for key in ["name", "generateName", "namespace"] {
        if let Some(value) = given.get(key) {
            metadata[key] = value.clone();
        }
    }
    metadata["uid"] = clock::uid().into();
    metadata["resourceVersion"] = Value::Null;
    if counts_generations(resource) {
        metadata["generation"] = 1.into();
    }
    metadata["creationTimestamp"] = clock::now().into();
    for key in ["labels", "annotations", "ownerReferences", "finalizers", "managedFields"] {
        if let Some(value) = given.get(key).filter(|v| !is_empty(v)) {
            metadata[key] = value.clone();
        }
    }
    // Null until stored: dry runs answer without a resourceVersion.
    json::remove(&mut metadata, &["resourceVersion"]);
    json::set(object, &["metadata"], metadata);
}

fn is_empty(value: &Value) -> bool {
    value.as_object().is_some_and(serde_json::Map::is_empty) || value.as_array().is_some_and(Vec::is_empty)
}

fn counts_generations(resource: &Resource) -> bool {
    let groups = [
        "apps",
        "batch",
        "networking.k8s.io",
        "policy",
        "apiextensions.k8s.io",
        "admissionregistration.k8s.io",
    ];
    resource.custom
        || groups.contains(&resource.group.as_str())
        || resource.is("", "pods")
        || resource.is("", "replicationcontrollers")
}

/// Name, uid and resourceVersion, where given, are those of what is stored.
pub fn check_same(resource: &Resource, key: &Key, old: &Value, new: &Value) -> ApiResult<()> {
    let name = json::name(new);
    if !name.is_empty() && name != key.name {
        let message =
            format!("the name of the object ({name}) does not match the name on the URL ({})", key.name);
        return Err(ApiError::bad_request(message));
    }
    let uid = json::uid(new);
    if !uid.is_empty() && uid != json::uid(old) {
        let why = format!(
            "Precondition failed: UID in precondition: {uid}, UID in object meta: {}",
            json::uid(old)
        );
        return Err(ApiError::conflict(resource, &key.name, &why));
    }
    let version = json::text(new, &["metadata", "resourceVersion"]);
    if !version.is_empty() && version != json::text(old, &["metadata", "resourceVersion"]) {
        return Err(ApiError::modified(resource, &key.name));
    }
    Ok(())
}

/// Keeps what an update cannot change.
pub fn carry_over(resource: &Resource, old: &Value, new: &mut Value, subresource: &str) {
    if subresource == "status" {
        let status = json::at(new, &["status"]).cloned();
        let managed = json::at(new, &["metadata", "managedFields"]).cloned();
        *new = old.clone();
        if let Some(status) = status {
            json::set(new, &["status"], status);
        }
        if let Some(managed) = managed {
            json::set(new, &["metadata", "managedFields"], managed);
        }
        return;
    }
    if resource.has("status") {
        match json::at(old, &["status"]) {
            Some(status) => json::set(new, &["status"], status.clone()),
            None => {
                json::remove(new, &["status"]);
            }
        }
    }
    for key in [
        "name",
        "generateName",
        "namespace",
        "uid",
        "resourceVersion",
        "generation",
        "creationTimestamp",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
    ] {
        match json::at(old, &["metadata", key]) {
            Some(value) => json::set(new, &["metadata", key], value.clone()),
            None => {
                json::remove(new, &["metadata", key]);
            }
        }
    }
    for key in ["labels", "annotations", "ownerReferences", "finalizers", "managedFields"] {
        if json::at(new, &["metadata", key]).is_some_and(is_empty) {
            json::remove(new, &["metadata", key]);
        }
    }
    if json::at(new, &["metadata", "managedFields"]).is_none()
        && let Some(managed) = json::at(old, &["metadata", "managedFields"])
    {
        json::set(new, &["metadata", "managedFields"], managed.clone());
    }
}

/// Counts a change of what is wanted (anything but metadata and status).
pub fn count_generation(resource: &Resource, old: &Value, new: &mut Value) {
    let wanted = |object: &Value| {
        let mut object = object.clone();
        json::remove(&mut object, &["metadata"]);
        json::remove(&mut object, &["status"]);
        object
    };
    if counts_generations(resource) && wanted(old) != wanted(new) {
        let generation = json::int(old, &["metadata", "generation"]).unwrap_or(0);
        json::set(new, &["metadata", "generation"], generation + 1);
    }
}

/// True if nothing but the times in managedFields differs: such a write is none.
pub fn same_content(old: &Value, new: &Value) -> bool {
    let content = |object: &Value| {
        let mut object = object.clone();
        json::remove(&mut object, &["metadata", "resourceVersion"]);
        for entry in json::each_mut(&mut object, &["metadata", "managedFields"]) {
            json::remove(entry, &["time"]);
        }
        object
    };
    content(old) == content(new)
}

/// True once an object that is to be deleted has nothing left that holds it.
pub fn may_go(resource: &Resource, object: &Value) -> bool {
    let held = resource.is("", "namespaces") && !json::list(object, &["spec", "finalizers"]).is_empty();
    // A pod goes when its containers have stopped, which the controllers see to.
    let running =
        resource.is("", "pods") && json::int(object, &["metadata", "deletionGracePeriodSeconds"]) != Some(0);
    json::deleting(object) && json::list(object, &["metadata", "finalizers"]).is_empty() && !held && !running
}
