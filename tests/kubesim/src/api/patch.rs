//! PATCH in its four forms.

use serde_json::{Value, json};

use super::{Target, parse_body, reply};
use crate::http::{Call, Reply};
use crate::json;
use crate::patch;
use crate::ssa;
use crate::state::State;
use crate::status::{ApiError, ApiResult, Cause};
use crate::write::{self, Options};

/// Patches an object; server-side apply also creates it.
pub fn patch(state: &mut State, call: &Call, target: &Target) -> ApiResult<Reply> {
    let options = Options::of(call, &target.subresource);
    let body = parse_body(call)?;
    if call.content_type == "application/apply-patch+yaml" {
        let (status, stored, warnings) = apply(state, call, target, body, &options)?;
        return Ok(reply(call, target, status, &stored, &warnings));
    }
    let key = target.key();
    let found = state.get(&key);
    let current = found.ok_or_else(|| ApiError::not_found(&target.resource, &target.name))?;
    let current = crate::api::read::versioned(&target.resource, &current);
    let patched = match (call.content_type.as_str(), target.resource.schema()) {
        ("application/strategic-merge-patch+json", Some(kind)) => patch::strategic(kind, &current, &body),
        ("application/strategic-merge-patch+json", None) => {
            let message = "the body of the request was in an unknown format - accepted media types include: \
                           application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml";
            return Err(ApiError::new(415, "UnsupportedMediaType", message));
        }
        (content_type, _) => patch::untyped(content_type, &current, &body)?,
    };
    let (patched, warnings) =
        write::read(&target.resource, patched, &options).map_err(|e| in_patch(e, call, &body))?;
    let stored = write::update(state, &target.resource, &key, patched, &options)?;
    Ok(reply(call, target, 200, &stored, &warnings))
}

/// What cannot be read after a patch is a problem of the patch.
fn in_patch(error: ApiError, call: &Call, body: &Value) -> ApiError {
    let Some((_, detail)) =
        error.message.split_once(" cannot be handled as a ").and_then(|(_, t)| t.split_once(": "))
    else {
        return error;
    };
    let strategic = call.content_type == "application/strategic-merge-patch+json";
    let shown = if strategic { go_text(body) } else { body.to_string() };
    let cause = Cause::invalid("patch", &Value::String(shown), detail);
    let message = format!(" \"\" is invalid: patch: {}", cause.message);
    let causes =
        json!({"causes": [{"reason": cause.reason, "message": cause.message, "field": cause.field}]});
    ApiError { details: Some(Box::new(causes)), ..ApiError::new(422, "Invalid", message) }
}

/// A value as Go prints it: `map[a:1 b:[x y]]`.
fn go_text(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let mut pairs: Vec<String> = map.iter().map(|(k, v)| format!("{k}:{}", go_text(v))).collect();
            pairs.sort();
            format!("map[{}]", pairs.join(" "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(go_text).collect::<Vec<_>>().join(" ")),
        Value::String(text) => text.clone(),
        Value::Null => "<nil>".into(),
        other => other.to_string(),
    }
}

type Applied = (u16, std::sync::Arc<Value>, Vec<String>);

fn apply(
    state: &mut State,
    call: &Call,
    target: &Target,
    body: Value,
    options: &Options,
) -> ApiResult<Applied> {
    if call.param("fieldManager").is_empty() {
        let cause = Cause::required("fieldManager", "is required for apply patch");
        let mut error = ApiError::invalid(&target.resource, "", &[cause]);
        error.message =
            "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for \
                         apply patch"
                .into();
        return Err(error);
    }
    let (mut applied, warnings) = write::read(&target.resource, body, options)?;
    json::default(&mut applied, &["metadata", "name"], target.name.as_str());
    if target.resource.namespaced {
        json::default(&mut applied, &["metadata", "namespace"], target.namespace.as_str());
    }
    let key = target.key();
    let options = Options { apply: true, ..options.clone() };
    match state.get(&key) {
        None => {
            let object = ssa::created(&target.resource, applied, &options);
            let stored = write::create(state, &target.resource, &target.namespace, object, &options)?;
            Ok((201, stored, warnings))
        }
        Some(live) => {
            let merged = ssa::apply(&target.resource, &live, &applied, &options, call.flag("force"))?;
            let stored = write::update(state, &target.resource, &key, merged, &options)?;
            Ok((200, stored, warnings))
        }
    }
}
