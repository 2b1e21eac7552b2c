//! JSON patch, merge patch and strategic merge patch, as pure functions from object and patch to object.
//!
//! Server-side apply is `ssa`.

mod jsonpatch;
mod merge;
mod strategic;

use serde_json::Value;

use crate::status::{ApiError, ApiResult};

pub use merge::merge;
pub use strategic::strategic;

/// Applies a JSON patch or a merge patch, by content type.
///
/// # Errors
/// 415 for other types, 422 for a JSON patch that does not apply.
pub fn untyped(content_type: &str, current: &Value, patch: &Value) -> ApiResult<Value> {
    match content_type {
        "application/json-patch+json" => jsonpatch::apply(current, patch).map_err(|e| {
            ApiError::new(
                422,
                "Invalid",
                format!("the server rejected our request due to an error in our request: {e}"),
            )
        }),
        "application/merge-patch+json" | "application/strategic-merge-patch+json" => {
            Ok(merge(current, patch))
        }
        other => {
            let message =
                format!("the body of the request was in an unknown format - {other} is not accepted");
            Err(ApiError::new(415, "UnsupportedMediaType", message))
        }
    }
}
