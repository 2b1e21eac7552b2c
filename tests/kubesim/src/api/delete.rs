//! delete and deletecollection.

use serde_json::{Value, json};

use super::{Target, read, reply};
use crate::http::{Call, Reply};
use crate::json;
use crate::selectors::Selection;
use crate::state::State;
use crate::status::{self, ApiError, ApiResult};
use crate::store::Key;
use crate::write::{self, Deletion, Gone};

/// What the body and the query of a DELETE ask for.
fn options(call: &Call) -> ApiResult<Deletion> {
    let body: Value = if call.body.is_empty() { json!({}) } else { super::parse_body(call)? };
    let part = |key: &str| match body[key].as_str() {
        Some(text) => text.to_owned(),
        None => call.param(key).to_owned(),
    };
    let in_body = || body["dryRun"].as_array().is_some_and(|d| d.iter().any(|v| v == "All"));
    Ok(Deletion {
        propagation: part("propagationPolicy"),
        grace: body["gracePeriodSeconds"].as_i64().or_else(|| call.param("gracePeriodSeconds").parse().ok()),
        uid: json::at(&body, &["preconditions", "uid"]).and_then(Value::as_str).map(str::to_owned),
        version: json::at(&body, &["preconditions", "resourceVersion"])
            .and_then(Value::as_str)
            .map(str::to_owned),
        dry_run: call.dry_run() || in_body(),
    })
}

/// Deletes one object.
pub fn delete(state: &mut State, call: &Call, target: &Target) -> ApiResult<Reply> {
    if !target.subresource.is_empty() {
        return Err(ApiError::method_not_allowed());
    }
    match write::delete(state, &target.resource, &target.key(), &options(call)?)? {
        Gone::Now(object) => {
            Ok(Reply::json(200, &status::deleted(&target.resource, &target.name, json::uid(&object))))
        }
        Gone::Later(object) => Ok(reply(call, target, 200, &object, &[])),
    }
}

/// Deletes what a selection matches.
pub fn collection(state: &mut State, call: &Call, target: &Target) -> ApiResult<Reply> {
    let selection = Selection::of(call, &target.resource)?;
    let asked = options(call)?;
    let resource = &target.resource;
    let mut items = Vec::new();
    for object in read::selected(state, target, &selection) {
        let key = Key::new(&resource.group, &resource.plural, json::namespace(&object), json::name(&object));
        match write::delete(state, resource, &key, &asked) {
            Ok(Gone::Now(object) | Gone::Later(object)) => items.push(Value::clone(&object)),
            Err(error) if error.code == 404 => {}
            Err(error) => return Err(error),
        }
    }
    let metadata = json!({"resourceVersion": state.store.version().to_string()});
    let kind = format!("{}List", resource.kind);
    Ok(Reply::json(
        200,
        &json!({"kind": kind, "apiVersion": resource.group_version(), "metadata": metadata, "items": items}),
    ))
}
