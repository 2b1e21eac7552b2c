//! The callers of `examples/github`: which events start something, and with what.

use std::path::Path;

use serde_json::{Value, json};

use super::expressions::Scope;
use super::runner::{ROOT, yaml};

/// The inputs with which an event calls the workflow; `None` where it does not.
fn starts(caller: &str, event_name: &str, event: &Value) -> Option<Value> {
    let file = yaml(&Path::new(ROOT).join("examples/github").join(caller));
    assert!(file["on"].get(event_name).is_some(), "{caller} does not listen to {event_name}");
    let inputs = event.get("inputs").cloned().unwrap_or(json!({ "ttl": "", "environment": "" }));
    let contexts = json!({
        "github": { "event_name": event_name, "event": event, "repository": "shop-team/shop" },
        "inputs": inputs,
    });
    let scope = Scope { contexts, failed: false, cancelled: false };
    let job = file["jobs"].as_object().unwrap().values().next().unwrap();
    scope.holds(job.get("if").and_then(Value::as_str)).then(|| {
        let given = job["with"].as_object().unwrap().iter();
        let value = |value: &Value| value.as_str().map_or(value.clone(), |text| scope.text(text).into());
        given.map(|(name, one)| (name.clone(), value(one))).collect()
    })
}

#[test]
fn only_the_label_starts_an_agent() {
    let event = |label: &str| json!({ "label": { "name": label }, "issue": { "number": 12 } });
    assert_eq!(starts("ai-issue.yml", "issues", &event("codex")).unwrap()["issue"], "12");
    for other in ["bug", "codex:running", "codex:failed"] {
        assert_eq!(starts("ai-issue.yml", "issues", &event(other)), None, "{other}");
    }
}

#[test]
fn a_review_that_asks_for_changes_and_a_comment_to_the_agent_wake_it() {
    let review = |state: &str, from: &str| {
        let head = json!({ "repo": { "full_name": from } });
        json!({ "review": { "state": state }, "pull_request": { "number": 34, "head": head } })
    };
    let by = |event: &Value| starts("ai-review.yml", "pull_request_review", event);
    assert_eq!(by(&review("changes_requested", "shop-team/shop")).unwrap()["pr"], "34");
    assert_eq!(by(&review("commented", "shop-team/shop")), None, "the agent's own answers are such");
    assert_eq!(by(&review("approved", "shop-team/shop")), None);
    assert_eq!(by(&review("changes_requested", "eve/shop")), None);
    let comment = |body: &str, pull_request: Value| {
        let issue = json!({ "number": 34, "pull_request": pull_request });
        starts("ai-review.yml", "issue_comment", &json!({ "comment": { "body": body }, "issue": issue }))
    };
    assert_eq!(comment("/codex please", json!({ "url": "x" })).unwrap()["pr"], "34");
    assert_eq!(comment("please", json!({ "url": "x" })), None);
    assert_eq!(comment("/codex please", Value::Null), None, "an issue is no pull request");
}

#[test]
fn what_is_closed_and_what_is_old_goes() {
    let given = |name: &str, event: Value| {
        starts("ai-cleanup.yml", name, &event).map(|with| {
            (
                with["issue"].as_str().unwrap().to_string(),
                with["pr"].as_str().unwrap().to_string(),
                with["ttl"].clone(),
            )
        })
    };
    let wanted =
        |issue: &str, pr: &str, ttl: &str| Some((issue.to_string(), pr.to_string(), Value::from(ttl)));
    assert_eq!(given("issues", json!({ "issue": { "number": 12 } })), wanted("12", "0", "72h"));
    let closed =
        |from: &str| json!({ "pull_request": { "number": 34, "head": { "repo": { "full_name": from } } } });
    assert_eq!(given("pull_request", closed("shop-team/shop")), wanted("0", "34", "72h"));
    assert_eq!(given("pull_request", closed("eve/shop")), None);
    assert_eq!(given("schedule", json!({})), wanted("0", "0", "72h"));
    assert_eq!(given("workflow_dispatch", json!({ "inputs": { "ttl": "1h" } })), wanted("0", "0", "1h"));
}

#[test]
fn a_push_deploys_staging_and_by_hand_it_is_any() {
    let environment =
        |name: &str, event: Value| starts("deploy.yml", name, &event).unwrap()["environment"].clone();
    assert_eq!(environment("push", json!({})), "staging");
    assert_eq!(environment("workflow_dispatch", json!({ "inputs": { "environment": "dev" } })), "dev");
}
