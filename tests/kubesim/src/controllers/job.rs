//! Jobs: pods until enough of them succeeded or too many failed.

use std::time::Duration;

use serde_json::{Value, json};

use super::events::{self, Source};
use super::set_status;
use super::workload::{Name, active, make_pod, owned, reference, remove};
use crate::clock;
use crate::json;
use crate::state::State;
use crate::store::Key;

/// Starts pods and counts their ends.
pub fn reconcile(state: &mut State, key: &Key, job: &Value) -> Option<Duration> {
    let finished = json::list(job, &["status", "conditions"]).iter().any(|c| c["status"] == "True");
    if finished || job["spec"]["suspend"] == true {
        return None;
    }
    let number = |path: &[&str], default: i64| json::int(job, path).unwrap_or(default);
    let pods = owned(state, job, "pods");
    let phase = |wanted: &str| -> i64 {
        let hits = pods.iter().filter(|(_, pod)| json::text(pod, &["status", "phase"]) == wanted).count();
        i64::try_from(hits).unwrap_or(i64::MAX)
    };
    let (succeeded, failed) = (phase("Succeeded"), phase("Failed"));
    let running: Vec<Key> = pods.iter().filter(|(_, pod)| active(pod)).map(|(key, _)| key.clone()).collect();
    let completions = number(&["spec", "completions"], 1);
    let source = Source::Controller("job-controller");
    let mut status = json!({"startTime": started(job)});
    let mut left = i64::try_from(running.len()).unwrap_or(0);
    if succeeded >= completions {
        events::emit(state, "Job", job, source, ("Normal", "Completed"), "Job completed");
        status["completionTime"] = clock::now().into();
        let reason = ("CompletionsReached", "Reached expected number of succeeded pods");
        status["conditions"] = json!([end("SuccessCriteriaMet", reason), end("Complete", reason)]);
    } else if failed > number(&["spec", "backoffLimit"], 6) {
        running.iter().for_each(|key| remove(state, key));
        left = 0;
        let reason = ("BackoffLimitExceeded", "Job has reached the specified backoff limit");
        events::emit(state, "Job", job, source, ("Warning", reason.0), reason.1);
        status["conditions"] = json!([end("FailureTarget", reason), end("Failed", reason)]);
    } else {
        let wanted = number(&["spec", "parallelism"], 1).min(completions - succeeded);
        for _ in left..wanted {
            let owner = reference("batch/v1", "Job", job);
            make_pod(state, &owner, &key.namespace, Name::Prefix(&key.name), &job["spec"]["template"]);
        }
        left = left.max(wanted);
    }
    for (field, number) in [("active", left), ("succeeded", succeeded), ("failed", failed)] {
        if number > 0 {
            status[field] = number.into();
        }
    }
    status["ready"] = 0.into();
    set_status(state, key, status);
    None
}

fn started(job: &Value) -> String {
    match json::text(job, &["status", "startTime"]) {
        "" => clock::now(),
        known => known.to_owned(),
    }
}

fn end(kind: &str, (reason, message): (&str, &str)) -> Value {
    let now = clock::now();
    json!({
        "type": kind, "status": "True", "lastProbeTime": now, "lastTransitionTime": now, "reason": reason,
        "message": message,
    })
}
