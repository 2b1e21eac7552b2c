//! The way of every write: decode, defaults, rules, bookkeeping of metadata, store.
//!
//! Used by the API, by the in-process handle and by controllers that create objects; what a kind's defaults
//! and rules are is in `admission`.

mod delete;
mod metadata;

use std::sync::Arc;

use serde_json::{Value, json};

use crate::admission;
use crate::http::Call;
use crate::json;
use crate::resources::Resource;
use crate::ssa;
use crate::state::State;
use crate::status::{ApiError, ApiResult};
use crate::store::Key;

pub use delete::{Deletion, Gone, delete, finish};

/// How a write is to be done.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Do everything but store.
    pub dry_run: bool,
    /// Who becomes the manager of the changed fields.
    pub manager: String,
    /// The write is a server-side apply, which keeps its own books.
    pub apply: bool,
    /// `Strict`, `Warn` or `Ignore`.
    pub field_validation: String,
    /// `status`, or empty.
    pub subresource: String,
}

impl Options {
    /// What a request asks for.
    pub fn of(call: &Call, subresource: &str) -> Self {
        Self {
            dry_run: call.dry_run(),
            manager: call.manager(),
            apply: false,
            field_validation: call.param("fieldValidation").to_owned(),
            subresource: subresource.to_owned(),
        }
    }

    /// A write by a controller.
    pub fn controller() -> Self {
        Self { manager: "kube-controller-manager".into(), ..Self::default() }
    }
}

/// Checks that the body is of the kind, and decodes it; the object and warnings.
///
/// # Errors
/// 400 for the wrong kind, wrong types, and (`Strict`) unknown fields.
pub fn read(resource: &Resource, mut body: Value, options: &Options) -> ApiResult<(Value, Vec<String>)> {
    if !body.is_object() {
        return Err(ApiError::bad_request("the object provided is unrecognized (must be of type Object)"));
    }
    let (kind, version) = (json::text(&body, &["kind"]), json::text(&body, &["apiVersion"]));
    if !kind.is_empty() && kind != resource.kind {
        let message = format!("{} in version \"{}\" cannot be handled as a {}", kind, version, resource.kind);
        return Err(ApiError::bad_request(message));
    }
    if !version.is_empty() && version != resource.group_version() {
        let message = format!(
            "the API version in the data ({version}) does not match the expected API version ({})",
            resource.group_version()
        );
        return Err(ApiError::bad_request(message));
    }
    json::set(&mut body, &["kind"], resource.kind.as_str());
    json::set(&mut body, &["apiVersion"], resource.group_version());
    let cannot = |why: &str| {
        let kind = &resource.kind;
        let message =
            format!("{kind} in version \"{}\" cannot be handled as a {kind}: {why}", resource.version);
        ApiError::bad_request(message)
    };
    let (value, mut unknown) = match resource.schema() {
        Some(kind) => {
            let decoded = crate::schema::decode(kind, body).map_err(|e| cannot(&e))?;
            (decoded.value, decoded.unknown)
        }
        None => admission::decode_custom(resource, body),
    };
    unknown.sort();
    match options.field_validation.as_str() {
        "Strict" if !unknown.is_empty() => {
            Err(cannot(&format!("strict decoding error: {}", unknown.join(", "))))
        }
        "Ignore" => Ok((value, Vec::new())),
        _ => Ok((value, unknown)),
    }
}

/// Creates an object; it must not exist.
///
/// # Errors
/// 400, 403, 404, 409 and 422 as the real server has them.
pub fn create(
    state: &mut State,
    resource: &Arc<Resource>,
    namespace: &str,
    mut object: Value,
    options: &Options,
) -> ApiResult<Arc<Value>> {
    metadata::check_namespace(&object, namespace)?;
    if !json::text(&object, &["metadata", "resourceVersion"]).is_empty() {
        return Err(ApiError::bad_request("resourceVersion should not be set on objects to be created"));
    }
    if resource.namespaced {
        json::set(&mut object, &["metadata", "namespace"], namespace);
        let name = json::name(&object).to_owned();
        metadata::check_place(state, resource, namespace, &name)?;
    } else {
        json::remove(&mut object, &["metadata", "namespace"]);
    }
    metadata::generate_name(state, resource, &mut object);
    metadata::start(resource, &mut object);
    if resource.has("status") {
        json::remove(&mut object, &["status"]);
    }
    admission::defaults(state, resource, &mut object);
    let name = json::name(&object).to_owned();
    let causes = admission::problems(resource, &object, None);
    if !causes.is_empty() {
        return Err(ApiError::invalid(resource, &name, &causes));
    }
    let key = Key::new(&resource.group, &resource.plural, json::namespace(&object), &name);
    if let Some(there) = state.store.get(&key) {
        return Err(ApiError::already_exists(resource, &name, json::deleting(there)));
    }
    if !options.apply && !options.manager.is_empty() {
        ssa::track(resource, &json!({}), &mut object, options);
    }
    if options.dry_run {
        return Ok(Arc::new(object));
    }
    Ok(state.put(&key, object))
}

/// Replaces the object at `key`, which must exist.
///
/// # Errors
/// 409 for a stale resourceVersion, 422 for what is not allowed.
pub fn update(
    state: &mut State,
    resource: &Arc<Resource>,
    key: &Key,
    mut object: Value,
    options: &Options,
) -> ApiResult<Arc<Value>> {
    let old = state.get(key).ok_or_else(|| ApiError::not_found(resource, &key.name))?;
    metadata::check_namespace(&object, &key.namespace)?;
    metadata::check_same(resource, key, &old, &object)?;
    metadata::carry_over(resource, &old, &mut object, &options.subresource);
    if options.subresource.is_empty() {
        admission::carry_over(resource, &old, &mut object);
        admission::defaults(state, resource, &mut object);
    }
    let causes = admission::problems(resource, &object, Some(&old));
    if !causes.is_empty() {
        return Err(ApiError::invalid(resource, &key.name, &causes));
    }
    metadata::count_generation(resource, &old, &mut object);
    if metadata::same_content(&old, &object) {
        return Ok(old);
    }
    if !options.apply {
        ssa::track(resource, &old, &mut object, options);
    }
    if options.dry_run {
        return Ok(Arc::new(object));
    }
    if metadata::may_go(resource, &object) {
        let gone = finish(state, key);
        return Ok(gone.unwrap_or(old));
    }
    Ok(state.put(key, object))
}
