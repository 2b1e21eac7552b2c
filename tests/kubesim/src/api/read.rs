//! get and list: selection, paging, and the form the client wants.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Target;
use crate::http::{Call, Reply};
use crate::resources::Resource;
use crate::selectors::Selection;
use crate::state::State;
use crate::status::{ApiError, ApiResult};
use crate::store::GroupResource;
use crate::tables;

/// One object.
pub fn get(state: &State, call: &Call, target: &Target) -> ApiResult<Reply> {
    let found = state.get(&target.key());
    let object = found.ok_or_else(|| ApiError::not_found(&target.resource, &target.name))?;
    Ok(super::reply(call, target, 200, &object, &[]))
}

/// The selected objects of a kind.
pub fn list(state: &State, call: &Call, target: &Target) -> ApiResult<Reply> {
    let selection = Selection::of(call, &target.resource)?;
    let all = selected(state, target, &selection);
    let limit = call.param("limit").parse::<usize>().unwrap_or(0);
    let (from, version) = match call.param("continue") {
        "" => (0, state.store.version()),
        token => parse_token(token)
            .ok_or_else(|| ApiError::bad_request("continue key is not valid: the token was not made here"))?,
    };
    let mut page: Vec<Arc<Value>> = all.into_iter().skip(from).collect();
    let mut metadata = json!({"resourceVersion": version.to_string()});
    if limit > 0 && page.len() > limit {
        metadata["continue"] = format!("{}.{version}", from + limit).into();
        metadata["remainingItemCount"] = (page.len() - limit).into();
        page.truncate(limit);
    }
    let resource = &target.resource;
    if wants_table(call) {
        return Ok(Reply::json(200, &tables::table(resource, &page, &metadata, full_objects(call))));
    }
    let items: Vec<Value> = page.iter().map(|o| bare(o)).collect();
    Ok(Reply::json(
        200,
        &json!({
            "kind": format!("{}List", resource.kind), "apiVersion": resource.group_version(),
            "metadata": metadata, "items": items,
        }),
    ))
}

/// The stored objects that a request is about.
pub fn selected(state: &State, target: &Target, selection: &Selection) -> Vec<Arc<Value>> {
    let gr = GroupResource::new(&target.resource.group, &target.resource.plural);
    let mut found = state.store.list(&gr, &target.namespace);
    found.retain(|object| selection.matches(object));
    found
}

fn parse_token(token: &str) -> Option<(usize, u64)> {
    let (from, version) = token.split_once('.')?;
    Some((from.parse().ok()?, version.parse().ok()?))
}

/// True if the client prefers a table.
pub fn wants_table(call: &Call) -> bool {
    call.accept.contains("as=Table")
}

/// True if table rows carry whole objects.
pub fn full_objects(call: &Call) -> bool {
    call.param("includeObject") == "Object"
}

/// The object with kind and apiVersion of the version asked for, in front.
pub fn versioned(resource: &Resource, object: &Value) -> Value {
    let mut out = serde_json::Map::new();
    out.insert("kind".into(), resource.kind.as_str().into());
    out.insert("apiVersion".into(), resource.group_version().into());
    if let Value::Object(map) = object {
        for (key, value) in map {
            if key != "kind" && key != "apiVersion" {
                out.insert(key.clone(), value.clone());
            }
        }
    }
    Value::Object(out)
}

/// The object as lists carry it: without kind and apiVersion.
fn bare(object: &Value) -> Value {
    match object {
        Value::Object(map) => map
            .iter()
            .filter(|(key, _)| *key != "kind" && *key != "apiVersion")
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}

/// The object, as a table if that was asked for.
pub fn negotiated(call: &Call, resource: &Arc<Resource>, object: Value) -> Value {
    if !wants_table(call) {
        return object;
    }
    let metadata = json!({"resourceVersion": object["metadata"]["resourceVersion"]});
    tables::table(resource, &[Arc::new(object)], &metadata, full_objects(call))
}
