//! The pod table: readiness, the reason kubectl shows as STATUS, restarts.

use serde_json::{Value, json};

use super::{Column, Form, created};
use crate::json;

const COLUMNS: &[Column] = &[
    ("Ready", "string", false),
    ("Status", "string", false),
    ("Restarts", "string", false),
    ("Age", "string", false),
    ("IP", "string", true),
    ("Node", "string", true),
    ("Nominated Node", "string", true),
    ("Readiness Gates", "string", true),
];

/// Columns and cells of pods.
pub(super) fn form(kind: &str) -> Option<Form> {
    (kind == "Pod").then(|| Form::new(COLUMNS, cells))
}

fn cells(pod: &Value) -> Vec<Value> {
    let statuses = json::list(pod, &["status", "containerStatuses"]);
    let total = json::list(pod, &["spec", "containers"]).len();
    let ready = statuses.iter().filter(|s| s["ready"] == true).count();
    let restarts: i64 = statuses.iter().filter_map(|s| json::int(s, &["restartCount"])).sum();
    let or_none = |path: &[&str]| match json::text(pod, path) {
        "" => "<none>".to_owned(),
        text => text.to_owned(),
    };
    vec![
        json!(format!("{ready}/{total}")),
        json!(reason(pod)),
        json!(restarts.to_string()),
        created(pod),
        json!(or_none(&["status", "podIP"])),
        json!(or_none(&["spec", "nodeName"])),
        json!("<none>"),
        json!("<none>"),
    ]
}

/// What kubectl shows as STATUS.
pub fn reason(pod: &Value) -> String {
    if json::deleting(pod) {
        return "Terminating".into();
    }
    let init = json::list(pod, &["status", "initContainerStatuses"]);
    for (i, status) in init.iter().enumerate() {
        let terminated = &status["state"]["terminated"];
        if terminated["exitCode"] == 0 {
            continue;
        }
        let waiting = json::text(status, &["state", "waiting", "reason"]);
        let why = match (terminated.is_object(), waiting) {
            (true, _) => json::text(terminated, &["reason"]).to_owned(),
            (false, "" | "PodInitializing") => format!("{i}/{}", init.len()),
            (false, waiting) => waiting.to_owned(),
        };
        return format!("Init:{why}");
    }
    let mut reason = match json::text(pod, &["status", "reason"]) {
        "" => json::text(pod, &["status", "phase"]),
        given => given,
    };
    for status in json::list(pod, &["status", "containerStatuses"]) {
        for state in ["waiting", "terminated"] {
            let why = json::text(status, &["state", state, "reason"]);
            if !why.is_empty() {
                reason = why;
            }
        }
    }
    reason.to_owned()
}
