//! Questions about oneself: may I, what may I, who am I. Nothing is stored.

use serde_json::{Value, json};

use super::{Target, parse_body};
use crate::http::{Call, Reply};
use crate::json;
use crate::state::State;
use crate::status::{ApiError, ApiResult};
use crate::users::Ask;

/// Answers a review.
pub fn create(state: &State, call: &Call, target: &Target) -> ApiResult<Reply> {
    let mut review = parse_body(call)?;
    if !review.is_object() {
        return Err(ApiError::bad_request("the object provided is unrecognized"));
    }
    let status = match target.resource.kind.as_str() {
        "SelfSubjectAccessReview" => access(state, &call.user, &review),
        "SubjectAccessReview" => access(state, json::text(&review, &["spec", "user"]), &review),
        "SelfSubjectReview" => {
            json!({"userInfo": {"username": call.user, "groups": ["system:authenticated"]}})
        }
        _ => json!({
            "resourceRules": [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}],
            "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}],
            "incomplete": false,
        }),
    };
    json::set(&mut review, &["kind"], target.resource.kind.as_str());
    json::set(&mut review, &["apiVersion"], target.resource.group_version());
    json::entry(&mut review, &["metadata"]);
    json::default(&mut review, &["metadata"], json!({}));
    json::set(&mut review, &["status"], status);
    Ok(Reply::json(201, &review))
}

fn access(state: &State, user: &str, review: &Value) -> Value {
    let attributes = &review["spec"]["resourceAttributes"];
    let part = |key: &str| json::text(attributes, &[key]);
    let ask = Ask {
        user,
        verb: part("verb"),
        group: part("group"),
        plural: part("resource"),
        subresource: part("subresource"),
        namespace: part("namespace"),
        name: part("name"),
    };
    // A URL instead of a resource: those are free for all here.
    if attributes.is_object() && !state.users.allows(&ask) {
        // RBAC gives no reason for a no.
        return json!({"allowed": false});
    }
    json!({"allowed": true})
}
