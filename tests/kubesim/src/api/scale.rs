//! The `scale` subresource of workloads: `spec.replicas` in a form of its own.

use serde_json::{Value, json};

use super::Target;
use crate::http::{Call, Reply};
use crate::json;
use crate::patch;
use crate::state::State;
use crate::status::{ApiError, ApiResult};
use crate::write::{self, Options};

/// get, update and patch of a scale.
pub fn answer(state: &mut State, call: &Call, target: &Target, verb: &str) -> ApiResult<Reply> {
    let key = target.key();
    let found = state.get(&key);
    let object = found.ok_or_else(|| ApiError::not_found(&target.resource, &target.name))?;
    let current = scale_of(&object);
    let wanted = match verb {
        "get" => return Ok(Reply::json(200, &current)),
        "update" => super::parse_body(call)?,
        "patch" => {
            let patch = super::parse_body(call)?;
            patch::untyped(&call.content_type, &current, &patch)?
        }
        _ => return Err(ApiError::method_not_allowed()),
    };
    let version = json::text(&wanted, &["metadata", "resourceVersion"]);
    if !version.is_empty() && version != json::text(&object, &["metadata", "resourceVersion"]) {
        return Err(ApiError::modified(&target.resource, &target.name));
    }
    let mut new = Value::clone(&object);
    json::set(&mut new, &["spec", "replicas"], json::int(&wanted, &["spec", "replicas"]).unwrap_or(0));
    let stored = write::update(state, &target.resource, &key, new, &Options::of(call, ""))?;
    Ok(Reply::json(200, &scale_of(&stored)))
}

fn scale_of(object: &Value) -> Value {
    let metadata = &object["metadata"];
    let labels = json::at(object, &["spec", "selector", "matchLabels"]).and_then(Value::as_object);
    let selector: Vec<String> = labels
        .into_iter()
        .flatten()
        .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
        .collect();
    json!({
        "kind": "Scale", "apiVersion": "autoscaling/v1",
        "metadata": {
            "name": metadata["name"], "namespace": metadata["namespace"], "uid": metadata["uid"],
            "resourceVersion": metadata["resourceVersion"], "creationTimestamp": metadata["creationTimestamp"],
        },
        "spec": {"replicas": json::int(object, &["spec", "replicas"]).unwrap_or(0)},
        "status": {
            "replicas": json::int(object, &["status", "replicas"]).unwrap_or(0), "selector": selector.join(","),
        },
    })
}
