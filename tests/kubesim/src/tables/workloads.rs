//! Tables of workloads.

use serde_json::{Value, json};

use super::{Column, Form, created, since};
use crate::json;

const S: &str = "string";
const DEPLOYMENT: &[Column] = &[
    ("Ready", S, false),
    ("Up-to-date", S, false),
    ("Available", S, false),
    ("Age", S, false),
    ("Containers", S, true),
    ("Images", S, true),
    ("Selector", S, true),
];
const REPLICA_SET: &[Column] = &[
    ("Desired", "integer", false),
    ("Current", "integer", false),
    ("Ready", "integer", false),
    ("Age", S, false),
    ("Containers", S, true),
    ("Images", S, true),
    ("Selector", S, true),
];
const STATEFUL_SET: &[Column] =
    &[("Ready", S, false), ("Age", S, false), ("Containers", S, true), ("Images", S, true)];
const DAEMON_SET: &[Column] = &[
    ("Desired", "integer", false),
    ("Current", "integer", false),
    ("Ready", "integer", false),
    ("Up-to-date", "integer", false),
    ("Available", "integer", false),
    ("Node Selector", S, false),
    ("Age", S, false),
    ("Containers", S, true),
    ("Images", S, true),
    ("Selector", S, true),
];
const JOB: &[Column] = &[
    ("Status", S, false),
    ("Completions", S, false),
    ("Duration", S, false),
    ("Age", S, false),
    ("Containers", S, true),
    ("Images", S, true),
    ("Selector", S, true),
];
const CRON_JOB: &[Column] = &[
    ("Schedule", S, false),
    ("Timezone", S, false),
    ("Suspend", "boolean", false),
    ("Active", "integer", false),
    ("Last Schedule", S, false),
    ("Age", S, false),
    ("Containers", S, true),
    ("Images", S, true),
];

/// Columns and cells of workloads.
pub(super) fn form(kind: &str) -> Option<Form> {
    Some(match kind {
        "Deployment" => Form::new(DEPLOYMENT, deployment),
        "ReplicaSet" | "ReplicationController" => Form::new(REPLICA_SET, replica_set),
        "StatefulSet" => Form::new(STATEFUL_SET, stateful_set),
        "DaemonSet" => Form::new(DAEMON_SET, daemon_set),
        "Job" => Form::new(JOB, job),
        "CronJob" => Form::new(CRON_JOB, cron_job),
        _ => return None,
    })
}

fn count(object: &Value, part: &str, key: &str) -> i64 {
    json::int(object, &[part, key]).unwrap_or(0)
}

fn containers(template: &Value) -> [Value; 2] {
    let join = |key: &str| {
        let all: Vec<&str> =
            json::list(template, &["spec", "containers"]).iter().map(|c| json::text(c, &[key])).collect();
        json!(all.join(","))
    };
    [join("name"), join("image")]
}

fn selector(object: &Value) -> Value {
    let labels = json::at(object, &["spec", "selector", "matchLabels"]).and_then(Value::as_object);
    let pairs: Vec<String> = labels
        .into_iter()
        .flatten()
        .map(|(k, v)| format!("{k}={}", v.as_str().unwrap_or_default()))
        .collect();
    if pairs.is_empty() { json!("<none>") } else { json!(pairs.join(",")) }
}

fn deployment(o: &Value) -> Vec<Value> {
    let [names, images] = containers(&o["spec"]["template"]);
    let ready = format!("{}/{}", count(o, "status", "readyReplicas"), count(o, "spec", "replicas"));
    let updated = count(o, "status", "updatedReplicas").to_string();
    let available = count(o, "status", "availableReplicas").to_string();
    vec![json!(ready), json!(updated), json!(available), created(o), names, images, selector(o)]
}

fn replica_set(o: &Value) -> Vec<Value> {
    let [names, images] = containers(&o["spec"]["template"]);
    let number = |part: &str, key: &str| json!(count(o, part, key));
    vec![
        number("spec", "replicas"),
        number("status", "replicas"),
        number("status", "readyReplicas"),
        created(o),
        names,
        images,
        selector(o),
    ]
}

fn stateful_set(o: &Value) -> Vec<Value> {
    let [names, images] = containers(&o["spec"]["template"]);
    let ready = format!("{}/{}", count(o, "status", "readyReplicas"), count(o, "spec", "replicas"));
    vec![json!(ready), created(o), names, images]
}

fn daemon_set(o: &Value) -> Vec<Value> {
    let [names, images] = containers(&o["spec"]["template"]);
    let number = |key: &str| json!(count(o, "status", key));
    vec![
        number("desiredNumberScheduled"),
        number("currentNumberScheduled"),
        number("numberReady"),
        number("updatedNumberScheduled"),
        number("numberAvailable"),
        json!("<none>"),
        created(o),
        names,
        images,
        selector(o),
    ]
}

fn job(o: &Value) -> Vec<Value> {
    let [names, images] = containers(&o["spec"]["template"]);
    let is = |kind: &str| {
        json::list(o, &["status", "conditions"]).iter().any(|c| c["type"] == kind && c["status"] == "True")
    };
    let status = if is("Complete") {
        "Complete"
    } else if is("Failed") {
        "Failed"
    } else if o["spec"]["suspend"] == true {
        "Suspended"
    } else {
        "Running"
    };
    let done = format!("{}/{}", count(o, "status", "succeeded"), count(o, "spec", "completions"));
    let duration = match json::text(o, &["status", "startTime"]) {
        "" => String::new(),
        start => since(start),
    };
    vec![json!(status), json!(done), json!(duration), created(o), names, images, selector(o)]
}

fn cron_job(o: &Value) -> Vec<Value> {
    let [names, images] = containers(&o["spec"]["jobTemplate"]["spec"]["template"]);
    let last = match json::text(o, &["status", "lastScheduleTime"]) {
        "" => "<none>".to_owned(),
        time => since(time),
    };
    let zone = match json::text(o, &["spec", "timeZone"]) {
        "" => "<none>",
        zone => zone,
    };
    let suspend = if o["spec"]["suspend"] == true { "True" } else { "False" };
    let active = json::list(o, &["status", "active"]).len();
    vec![
        o["spec"]["schedule"].clone(),
        json!(zone),
        json!(suspend),
        json!(active),
        json!(last),
        created(o),
        names,
        images,
    ]
}
