//! Failures as Kubernetes words them: code, reason, message and details of a `Status` object.
//!
//! kubectl decides on `reason` and prints `message` (or builds its own text from `details`), so both must be
//! the real ones. No HTTP here.

use serde_json::{Value, json};

use crate::resources::Resource;

/// One field's problem in an `Invalid` answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Machine-readable kind, such as `FieldValueRequired`.
    pub reason: &'static str,
    /// What is wrong, without the field.
    pub message: String,
    /// Where, such as `spec.selector`.
    pub field: String,
}

impl Cause {
    /// A field that has to be there and is not.
    pub fn required(field: impl Into<String>, detail: &str) -> Self {
        let message =
            if detail.is_empty() { "Required value".into() } else { format!("Required value: {detail}") };
        Self { reason: "FieldValueRequired", message, field: field.into() }
    }

    /// A field with a value it may not have.
    pub fn invalid(field: impl Into<String>, value: &Value, detail: &str) -> Self {
        let message = format!("Invalid value: {value}: {detail}");
        Self { reason: "FieldValueInvalid", message, field: field.into() }
    }

    /// A field with a value that is not one of the known ones.
    pub fn unsupported(field: impl Into<String>, value: &Value, known: &[&str]) -> Self {
        let known: Vec<String> = known.iter().map(|k| format!("\"{k}\"")).collect();
        let message = format!("Unsupported value: {value}: supported values: {}", known.join(", "));
        Self { reason: "FieldValueNotSupported", message, field: field.into() }
    }

    /// A name used twice in a list that is keyed by it.
    pub fn duplicate(field: impl Into<String>, value: &Value) -> Self {
        Self {
            reason: "FieldValueDuplicate",
            message: format!("Duplicate value: {value}"),
            field: field.into(),
        }
    }

    /// A value larger than the server takes.
    pub fn too_long(field: impl Into<String>, limit: usize) -> Self {
        let message = format!("Too long: may not be more than {limit} bytes");
        Self { reason: "FieldValueTooLong", message, field: field.into() }
    }

    /// A change that is not allowed.
    pub fn forbidden(field: impl Into<String>, detail: &str) -> Self {
        Self { reason: "FieldValueForbidden", message: format!("Forbidden: {detail}"), field: field.into() }
    }
}

/// A failed request, ready to become a `Status` object.
#[derive(Debug, Clone)]
pub struct ApiError {
    /// HTTP status.
    pub code: u16,
    /// `reason` of the Status; empty for none.
    pub reason: String,
    /// `message` of the Status.
    pub message: String,
    /// `details` of the Status.
    pub details: Option<Box<Value>>,
    /// Seconds for a `Retry-After` header.
    pub retry_after: Option<u64>,
}

/// What every handler returns.
pub type ApiResult<T> = Result<T, ApiError>;

fn details(resource: &Resource, name: &str) -> Value {
    let mut d = json!({});
    if !name.is_empty() {
        d["name"] = name.into();
    }
    if !resource.group.is_empty() {
        d["group"] = resource.group.as_str().into();
    }
    d["kind"] = resource.plural.as_str().into();
    d
}

impl ApiError {
    /// An error without details.
    pub fn new(code: u16, reason: &str, message: impl Into<String>) -> Self {
        Self { code, reason: reason.into(), message: message.into(), details: None, retry_after: None }
    }

    /// 400: the request makes no sense.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "BadRequest", message)
    }

    /// 500, worded as the API server words its own failures.
    pub fn internal(message: &str) -> Self {
        let text = format!("Internal error occurred: {message}");
        let details = json!({"causes": [{"message": message}]});
        Self { details: Some(Box::new(details)), ..Self::new(500, "InternalError", text) }
    }

    /// 404 for an object.
    pub fn not_found(resource: &Resource, name: &str) -> Self {
        let message = format!("{} \"{name}\" not found", resource.qualified());
        Self { details: Some(Box::new(details(resource, name))), ..Self::new(404, "NotFound", message) }
    }

    /// 404 for a path that means nothing here.
    pub fn no_such_path() -> Self {
        let message = "the server could not find the requested resource";
        Self { details: Some(Box::new(json!({}))), ..Self::new(404, "NotFound", message) }
    }

    /// 405: the resource has no such verb.
    pub fn method_not_allowed() -> Self {
        let message = "the server does not allow this method on the requested resource";
        Self { details: Some(Box::new(json!({}))), ..Self::new(405, "MethodNotAllowed", message) }
    }

    /// 409: create of something that is there, and perhaps on its way out.
    pub fn already_exists(resource: &Resource, name: &str, is_deleting: bool) -> Self {
        let leaving = if is_deleting { "object is being deleted: " } else { "" };
        let message = format!("{leaving}{} \"{name}\" already exists", resource.qualified());
        Self { details: Some(Box::new(details(resource, name))), ..Self::new(409, "AlreadyExists", message) }
    }

    /// 409: the write was based on something else than what is stored.
    pub fn conflict(resource: &Resource, name: &str, why: &str) -> Self {
        let message = format!("Operation cannot be fulfilled on {} \"{name}\": {why}", resource.qualified());
        Self { details: Some(Box::new(details(resource, name))), ..Self::new(409, "Conflict", message) }
    }

    /// 409 for a stale resourceVersion.
    pub fn modified(resource: &Resource, name: &str) -> Self {
        let why =
            "the object has been modified; please apply your changes to the latest version and try again";
        Self::conflict(resource, name, why)
    }

    /// 403, for the reason given.
    pub fn forbidden(resource: &Resource, name: &str, why: &str) -> Self {
        let subject = if name.is_empty() {
            resource.qualified()
        } else {
            format!("{} \"{name}\"", resource.qualified())
        };
        let message = format!("{subject} is forbidden: {why}");
        Self { details: Some(Box::new(details(resource, name))), ..Self::new(403, "Forbidden", message) }
    }

    /// 422: what was sent is well-formed and not allowed.
    pub fn invalid(resource: &Resource, name: &str, causes: &[Cause]) -> Self {
        let qualified = if resource.group.is_empty() {
            resource.kind.clone()
        } else {
            format!("{}.{}", resource.kind, resource.group)
        };
        let lines: Vec<String> = causes.iter().map(|c| format!("{}: {}", c.field, c.message)).collect();
        let what = match lines.as_slice() {
            [one] => one.clone(),
            many => format!("[{}]", many.join(", ")),
        };
        let mut d = details(resource, name);
        d["kind"] = resource.kind.as_str().into();
        let listed: Vec<Value> = causes
            .iter()
            .map(|c| json!({"reason": c.reason, "message": c.message, "field": c.field}))
            .collect();
        d["causes"] = listed.into();
        let message = format!("{qualified} \"{name}\" is invalid: {what}");
        Self { details: Some(Box::new(d)), ..Self::new(422, "Invalid", message) }
    }

    /// The `Status` object of this failure.
    pub fn to_value(&self) -> Value {
        let mut v = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": self.message,
        });
        if !self.reason.is_empty() {
            v["reason"] = self.reason.as_str().into();
        }
        let mut d = self.details.clone();
        if let Some(seconds) = self.retry_after {
            d.get_or_insert_with(Box::default)["retryAfterSeconds"] = seconds.into();
        }
        if let Some(d) = d {
            v["details"] = *d;
        }
        v["code"] = self.code.into();
        v
    }
}

/// The `Status` a delete is answered with when the object is gone at once.
pub fn deleted(resource: &Resource, name: &str, uid: &str) -> Value {
    let mut d = details(resource, name);
    d["uid"] = uid.into();
    json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": d})
}
