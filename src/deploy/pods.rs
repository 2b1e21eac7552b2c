//! Pods of a workload, and what keeps a pod from being ready.

use serde_json::Value;

/// Why a pod is not ready: the container (if it is one's fault), a short reason as kubectl's STATUS column has it, and
/// the longer message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Trouble {
    pub(super) container: Option<String>,
    pub(super) reason: String,
    pub(super) message: String,
    /// The container has run before, so its previous log tells more than its current one.
    pub(super) restarted: bool,
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// Pods that belong to the workload: directly, or through the ReplicaSets in `objects`. Where those cannot be read, the
/// name tells: a Deployment's ReplicaSet is called by it and the pods' template hash.
pub(super) fn owned<'a>(objects: &'a [Value], kind: &str, name: &str) -> Vec<&'a Value> {
    let owner = |object: &Value, kind: &str, name: &str| {
        let owners = object["metadata"]["ownerReferences"].as_array();
        owners.into_iter().flatten().any(|owner| owner["kind"] == kind && owner["name"] == name)
    };
    let of_kind = |wanted: &'static str| objects.iter().filter(move |object| object["kind"] == wanted);
    let sets: Vec<&str> = of_kind("ReplicaSet")
        .filter(|set| owner(set, kind, name))
        .map(|set| text(&set["metadata"], "name"))
        .collect();
    let unseen = kind == "Deployment" && of_kind("ReplicaSet").next().is_none();
    let by_name = |pod: &Value| {
        let hash = text(&pod["metadata"]["labels"], "pod-template-hash");
        unseen && !hash.is_empty() && owner(pod, "ReplicaSet", &format!("{name}-{hash}"))
    };
    of_kind("Pod")
        .filter(|pod| {
            owner(pod, kind, name) || sets.iter().any(|set| owner(pod, "ReplicaSet", set)) || by_name(pod)
        })
        .collect()
}

/// What keeps a pod from being ready; `None` for one that is ready or has succeeded.
pub(super) fn trouble(pod: &Value) -> Option<Trouble> {
    let status = &pod["status"];
    if text(status, "phase") == "Succeeded" || is_ready(pod) {
        return None;
    }
    let plain = |reason: &str, message: &str| Trouble {
        reason: reason.into(),
        message: message.into(),
        ..Trouble::default()
    };
    if pod["metadata"]["deletionTimestamp"].is_string() {
        return Some(plain("Terminating", ""));
    }
    if let Some(condition) = condition(pod, "PodScheduled").filter(|condition| condition["status"] == "False")
    {
        return Some(plain(text(condition, "reason"), text(condition, "message")));
    }
    let containers = ["initContainerStatuses", "containerStatuses"]
        .iter()
        .flat_map(|key| status[*key].as_array())
        .flatten();
    let mut found: Option<Trouble> = None;
    for container in containers {
        if let Some(trouble) = container_trouble(container) {
            let better = found.as_ref().is_none_or(|known| rank(known) < rank(&trouble));
            found = if better { Some(trouble) } else { found };
        }
    }
    Some(found.unwrap_or_else(|| match text(status, "reason") {
        "" => plain(text(status, "phase"), text(status, "message")),
        reason => plain(reason, text(status, "message")),
    }))
}

/// Waiting for others to start says less than a reason of one's own.
fn rank(trouble: &Trouble) -> u8 {
    match trouble.reason.as_str() {
        "PodInitializing" | "ContainerCreating" => 0,
        "NotReady" => 1,
        _ => 2,
    }
}

fn container_trouble(status: &Value) -> Option<Trouble> {
    let restarts = status["restartCount"].as_i64().unwrap_or(0);
    let state = &status["state"];
    let last = &status["lastState"]["terminated"];
    let (reason, message) = if state["waiting"].is_object() {
        let mut message = text(&state["waiting"], "message").to_string();
        if last.is_object() {
            message = join(&message, &ended(last));
        }
        (text(&state["waiting"], "reason").to_string(), message)
    } else if state["terminated"].is_object() {
        if state["terminated"]["exitCode"] == 0 {
            return None;
        }
        (text(&state["terminated"], "reason").to_string(), ended(&state["terminated"]))
    } else if status["ready"] == false {
        ("NotReady".into(), "running, but its readiness probe does not pass".into())
    } else {
        return None;
    };
    Some(Trouble { container: Some(text(status, "name").into()), reason, message, restarted: restarts > 0 })
}

fn ended(terminated: &Value) -> String {
    let reason = text(terminated, "reason");
    format!("last run: {reason}, exit code {}", terminated["exitCode"].as_i64().unwrap_or(0))
}

fn join(a: &str, b: &str) -> String {
    if a.is_empty() { b.into() } else { format!("{a}; {b}") }
}

fn condition<'a>(pod: &'a Value, name: &str) -> Option<&'a Value> {
    pod["status"]["conditions"].as_array()?.iter().find(|condition| condition["type"] == name)
}

/// Whether the pod's Ready condition is true.
pub(super) fn is_ready(pod: &Value) -> bool {
    condition(pod, "Ready").is_some_and(|condition| condition["status"] == "True")
}

/// What a list of the pod's spec or status says of its containers and of its sidecars: init containers that are
/// restarted always, and run beside the others.
fn running<'a>(pod: &'a Value, part: &str, containers: &str, init: &str) -> impl Iterator<Item = &'a Value> {
    let spec = pod["spec"]["initContainers"].as_array();
    let sidecars = spec.into_iter().flatten().filter(|container| container["restartPolicy"] == "Always");
    let sidecars: Vec<&Value> = sidecars.map(|container| &container["name"]).collect();
    let list = |key: &str| pod[part][key].as_array().into_iter().flatten();
    list(containers).chain(list(init).filter(move |container| sidecars.contains(&&container["name"])))
}

/// How many containers of a pod are ready, of how many: kubectl's READY column.
pub(super) fn containers(pod: &Value) -> (usize, usize) {
    let ready = statuses(pod).filter(|status| status["ready"] == true).count();
    (ready, running(pod, "spec", "containers", "initContainers").count())
}

/// Restarts of all containers of a pod.
pub(super) fn restarts(pod: &Value) -> i64 {
    statuses(pod).filter_map(|status| status["restartCount"].as_i64()).sum()
}

fn statuses(pod: &Value) -> impl Iterator<Item = &Value> {
    running(pod, "status", "containerStatuses", "initContainerStatuses")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sidecars_count_and_init_containers_that_end_do_not() {
        let pod = json!({
            "spec": {
                "initContainers": [{"name": "once"}, {"name": "side", "restartPolicy": "Always"}],
                "containers": [{"name": "a"}, {"name": "b"}],
            },
            "status": {
                "initContainerStatuses": [
                    {"name": "once", "ready": true, "restartCount": 4},
                    {"name": "side", "ready": true, "restartCount": 2},
                ],
                "containerStatuses": [{"name": "a", "ready": true}, {"name": "b", "ready": false, "restartCount": 1}],
            },
        });
        assert_eq!((containers(&pod), restarts(&pod)), ((2, 3), 3));
        // Nothing has started yet.
        assert_eq!(containers(&json!({"spec": pod["spec"]})), (0, 3));
    }
}
