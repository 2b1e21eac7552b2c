//! Whether a workload is ready, by the rules of `kubectl rollout status` and `kubectl wait --for=condition=Complete`.

use serde_json::Value;

/// How far a workload is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// All that is wanted runs in its newest form.
    Ready(String),
    /// Under way: what is still missing.
    Pending(String),
    /// It will not become ready by waiting.
    Failed(String),
}

impl State {
    /// Reads the state of a Deployment, StatefulSet, DaemonSet or Job.
    pub fn of(object: &Value) -> Self {
        let status = &object["status"];
        let observed = int(&status["observedGeneration"]);
        match object["kind"].as_str() {
            _ if object["metadata"]["deletionTimestamp"].is_string() => Self::Pending("being deleted".into()),
            Some("Job") => job(object),
            // It has no state of its own to become ready.
            Some("CronJob") if object["spec"]["suspend"] == true => Self::Ready("suspended".into()),
            Some("CronJob") => Self::Ready("scheduled".into()),
            _ if observed < int(&object["metadata"]["generation"]) => {
                Self::Pending("not observed yet".into())
            }
            Some("Deployment") => deployment(object),
            Some("StatefulSet") => stateful_set(object),
            Some("DaemonSet") => daemon_set(object),
            _ => Self::Ready("nothing to wait for".into()),
        }
    }
}

fn int(value: &Value) -> i64 {
    value.as_i64().unwrap_or(0)
}

/// The status and reason of a condition, when it is there.
fn condition<'a>(object: &'a Value, name: &str) -> Option<(&'a str, &'a str, &'a str)> {
    let list = object["status"]["conditions"].as_array()?;
    let found = list.iter().find(|condition| condition["type"] == name)?;
    let text = |key: &str| found[key].as_str().unwrap_or_default();
    Some((text("status"), text("reason"), text("message")))
}

fn deployment(object: &Value) -> State {
    if let Some((_, "ProgressDeadlineExceeded", message)) = condition(object, "Progressing") {
        return State::Failed(format!("its progress deadline is exceeded: {message}"));
    }
    let wanted = object["spec"]["replicas"].as_i64().unwrap_or(1);
    let status = &object["status"];
    let updated = int(&status["updatedReplicas"]);
    let old = int(&status["replicas"]) - updated;
    let available = int(&status["availableReplicas"]);
    if updated < wanted {
        let paused = if object["spec"]["paused"] == true { ": it is paused (`spec.paused`)" } else { "" };
        State::Pending(format!("{updated} of {wanted} updated{paused}"))
    } else if old > 0 {
        State::Pending(format!("{old} old replicas still there"))
    } else if available < updated {
        State::Pending(format!("{available} of {updated} available"))
    } else {
        State::Ready(format!("{available} of {wanted} available"))
    }
}

fn stateful_set(object: &Value) -> State {
    let wanted = object["spec"]["replicas"].as_i64().unwrap_or(1);
    let status = &object["status"];
    let ready = int(&status["readyReplicas"]);
    if ready < wanted {
        return State::Pending(format!("{ready} of {wanted} ready"));
    }
    let strategy = &object["spec"]["updateStrategy"];
    if strategy["type"] == "OnDelete" {
        return State::Ready(format!("{ready} of {wanted} ready (updated when deleted)"));
    }
    let partition = int(&strategy["rollingUpdate"]["partition"]);
    let updated = int(&status["updatedReplicas"]);
    if partition > 0 {
        let due = (wanted - partition).max(0);
        return if updated < due {
            State::Pending(format!("{updated} of {due} updated"))
        } else {
            State::Ready(format!("{ready} of {wanted} ready, {updated} updated (partition {partition})"))
        };
    }
    if status["updateRevision"] != status["currentRevision"] {
        return State::Pending(format!("{updated} of {wanted} updated"));
    }
    State::Ready(format!("{ready} of {wanted} ready"))
}

fn daemon_set(object: &Value) -> State {
    let status = &object["status"];
    let wanted = int(&status["desiredNumberScheduled"]);
    let available = int(&status["numberAvailable"]);
    if object["spec"]["updateStrategy"]["type"] != "OnDelete" {
        let updated = int(&status["updatedNumberScheduled"]);
        if updated < wanted {
            return State::Pending(format!("{updated} of {wanted} updated"));
        }
    }
    if available < wanted {
        State::Pending(format!("{available} of {wanted} available"))
    } else {
        State::Ready(format!("{available} of {wanted} available"))
    }
}

fn job(object: &Value) -> State {
    if let Some(("True", reason, message)) = condition(object, "Failed") {
        return State::Failed(format!("the job failed ({reason}): {message}"));
    }
    let wanted = object["spec"]["completions"].as_i64().unwrap_or(1);
    let done = int(&object["status"]["succeeded"]);
    if let Some(("True", ..)) = condition(object, "Complete") {
        return State::Ready(format!("complete ({done} of {wanted})"));
    }
    if object["spec"]["suspend"] == true {
        return State::Ready("suspended".into());
    }
    State::Pending(format!("{done} of {wanted} complete"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_deployment_is_ready_when_only_new_replicas_are_available() {
        let mut object = json!({
            "kind": "Deployment", "metadata": { "generation": 2 }, "spec": { "replicas": 2 },
            "status": { "observedGeneration": 1, "replicas": 3, "updatedReplicas": 2, "availableReplicas": 2 },
        });
        assert_eq!(State::of(&object), State::Pending("not observed yet".into()));
        object["status"]["observedGeneration"] = json!(2);
        assert_eq!(State::of(&object), State::Pending("1 old replicas still there".into()));
        object["status"]["replicas"] = json!(2);
        assert_eq!(State::of(&object), State::Ready("2 of 2 available".into()));
        object["metadata"]["deletionTimestamp"] = json!("2026-01-01T00:00:00Z");
        assert_eq!(State::of(&object), State::Pending("being deleted".into()));
        object["metadata"]["deletionTimestamp"] = json!(null);
        object["spec"] = json!({ "replicas": 3, "paused": true });
        assert_eq!(State::of(&object), State::Pending("2 of 3 updated: it is paused (`spec.paused`)".into()));
        object["spec"] = json!({ "replicas": 2 });
        object["status"]["conditions"] = json!([{ "type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "m" }]);
        assert!(matches!(State::of(&object), State::Failed(_)));
    }

    #[test]
    fn a_job_is_ready_when_complete_and_failed_when_it_failed() {
        let mut object = json!({ "kind": "Job", "metadata": { "generation": 1 }, "spec": {}, "status": {} });
        assert_eq!(State::of(&object), State::Pending("0 of 1 complete".into()));
        object["status"]["conditions"] =
            json!([{ "type": "Failed", "status": "True", "reason": "BackoffLimitExceeded" }]);
        assert!(matches!(State::of(&object), State::Failed(_)));
    }

    #[test]
    fn a_cron_job_is_never_waited_for() {
        let object = json!({ "kind": "CronJob", "metadata": { "generation": 1 }, "spec": {}, "status": {} });
        assert_eq!(State::of(&object), State::Ready("scheduled".into()));
    }

    #[test]
    fn nothing_wanted_is_ready() {
        let object = json!({ "kind": "DaemonSet", "metadata": { "generation": 1 },
            "status": { "observedGeneration": 1, "desiredNumberScheduled": 0 } });
        assert_eq!(State::of(&object), State::Ready("0 of 0 available".into()));
        let object = json!({ "kind": "Deployment", "metadata": { "generation": 1 }, "spec": { "replicas": 0 },
            "status": { "observedGeneration": 1 } });
        assert_eq!(State::of(&object), State::Ready("0 of 0 available".into()));
    }
}
