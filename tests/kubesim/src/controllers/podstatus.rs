//! Statuses and events of pods, as a kubelet would report them.

use serde_json::{Value, json};

use super::podstate::{Fate, Plan};
use crate::clock;
use crate::json;

/// How far a pod has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Scheduled; containers are being created.
    Creating,
    /// As ready as it will be.
    Settled,
    /// Over: succeeded or failed.
    Ended,
}

/// The status of a pod at a stage.
pub fn status(pod: &Value, plan: &Plan, stage: Stage) -> Value {
    let now = clock::now();
    let of_plan = |c: &Value| json::text(c, &["name"]) == plan.container;
    let init = json::list(pod, &["spec", "initContainers"]);
    let containers = json::list(pod, &["spec", "containers"]);
    let blocked =
        init.iter().position(of_plan).filter(|_| stage != Stage::Creating && plan.fate != Fate::Ready);
    let one = |c: &Value, state: Value, ready: bool| container(c, &state, ready);
    let init_statuses: Vec<Value> = init
        .iter()
        .enumerate()
        .map(|(i, c)| match blocked {
            _ if stage == Stage::Creating || plan.fate == Fate::Pending => {
                one(c, waiting("PodInitializing"), false)
            }
            Some(at) if i == at => troubled(pod, c, plan, stage),
            Some(at) if i > at => one(c, waiting("PodInitializing"), false),
            _ => one(c, json!({"terminated": terminated(0, "Completed")}), true),
        })
        .collect();
    let creating = stage == Stage::Creating || plan.fate == Fate::Pending;
    let reason = if init.is_empty() { "ContainerCreating" } else { "PodInitializing" };
    let statuses: Vec<Value> = containers
        .iter()
        .map(|c| {
            if creating || blocked.is_some() {
                one(c, waiting(reason), false)
            } else if plan.fate != Fate::Ready && of_plan(c) {
                troubled(pod, c, plan, stage)
            } else if stage == Stage::Ended {
                one(c, json!({"terminated": terminated(0, "Completed")}), false)
            } else {
                one(c, json!({"running": {"startedAt": now}}), true)
            }
        })
        .collect();
    let ready = stage == Stage::Settled && statuses.iter().all(|s| s["ready"] == true);
    let failed = !matches!(plan.fate, Fate::Ready);
    let phase = match stage {
        Stage::Ended if failed => "Failed",
        Stage::Ended => "Succeeded",
        _ if creating || blocked.is_some() => "Pending",
        Stage::Settled if matches!(plan.fate, Fate::ImagePullBackOff | Fate::ConfigError) => "Pending",
        _ => "Running",
    };
    let initialized = blocked.is_none() && (init.is_empty() || !creating);
    let why = if phase == "Succeeded" { "PodCompleted" } else { "ContainersNotReady" };
    let unready: Vec<&str> =
        statuses.iter().filter(|s| s["ready"] != true).map(|s| json::text(s, &["name"])).collect();
    let detail = format!("containers with unready status: [{}]", unready.join(" "));
    let condition = |kind: &str, yes: bool| {
        let mut c = json!({
            "type": kind, "status": if yes { "True" } else { "False" }, "lastProbeTime": null,
            "lastTransitionTime": now,
        });
        if !yes {
            c["reason"] = why.into();
            c["message"] = detail.as_str().into();
        }
        c
    };
    let mut out = json!({
        "phase": phase,
        "conditions": [
            condition("PodReadyToStartContainers", !creating), condition("Initialized", initialized),
            condition("Ready", ready), condition("ContainersReady", ready), condition("PodScheduled", true),
        ],
        "hostIP": "10.0.0.1", "hostIPs": [{"ip": "10.0.0.1"}], "startTime": now, "containerStatuses": statuses,
        "qosClass": "BestEffort",
    });
    if !init.is_empty() {
        out["initContainerStatuses"] = init_statuses.into();
    }
    if !creating {
        let number = clock::fnv(json::uid(pod).as_bytes());
        let ip = format!("10.244.{}.{}", (number >> 8) % 250, number % 250 + 2);
        out["podIP"] = ip.as_str().into();
        out["podIPs"] = json!([{"ip": ip}]);
    }
    out
}

fn waiting(reason: &str) -> Value {
    json!({"waiting": {"reason": reason}})
}

fn terminated(code: i64, reason: &str) -> Value {
    let now = clock::now();
    json!({
        "exitCode": code, "reason": reason, "startedAt": now, "finishedAt": now,
        "containerID": format!("containerd://{:016x}", clock::random()),
    })
}

fn container(c: &Value, state: &Value, ready: bool) -> Value {
    let started = state.get("running").is_some();
    let image = json::text(c, &["image"]);
    let id = clock::fnv(image.as_bytes());
    json!({
        "name": c["name"], "state": state, "lastState": {}, "ready": ready, "restartCount": 0, "image": image,
        "imageID": if started { format!("{image}@sha256:{id:064x}") } else { String::new() },
        "started": started,
    })
}

/// The status of the container that is to blame.
fn troubled(pod: &Value, c: &Value, plan: &Plan, stage: Stage) -> Value {
    let held = |reason: &str, message: &str| json!({"waiting": {"reason": reason, "message": message}});
    let (code, why) = if plan.fate == Fate::OomKilled { (137, "OOMKilled") } else { (1, "Error") };
    if stage == Stage::Ended {
        return container(c, &json!({"terminated": terminated(code, why)}), false);
    }
    let image = json::text(c, &["image"]);
    match plan.fate {
        Fate::ImagePullBackOff => {
            let message = format!("Back-off pulling image \"{image}\": ErrImagePull: {}", pull_error(image));
            container(c, &held("ImagePullBackOff", &message), false)
        }
        Fate::ConfigError => container(c, &held("CreateContainerConfigError", &missing(c)), false),
        Fate::CrashLoopBackOff | Fate::OomKilled => {
            let message =
                format!("back-off 40s restarting failed container={} pod={}", plan.container, place(pod));
            let mut status = container(c, &held("CrashLoopBackOff", &message), false);
            status["lastState"] = json!({"terminated": terminated(code, why)});
            status["restartCount"] = 3.into();
            status
        }
        _ => container(c, &json!({"running": {"startedAt": clock::now()}}), false),
    }
}

/// `name_namespace(uid)`
fn place(pod: &Value) -> String {
    format!("{}_{}({})", json::name(pod), json::namespace(pod), json::uid(pod))
}

fn pull_error(image: &str) -> String {
    let reference = format!("failed to resolve reference \"{image}\": {image}: not found");
    format!("rpc error: code = NotFound desc = failed to pull and unpack image \"{image}\": {reference}")
}

/// The ConfigMap or Secret that is said to be missing: the first one the container mentions.
fn missing(c: &Value) -> String {
    let sources =
        json::list(c, &["env"]).iter().filter_map(|e| e.get("valueFrom")).chain(json::list(c, &["envFrom"]));
    for source in sources {
        for (key, kind) in [
            ("configMapKeyRef", "configmap"),
            ("configMapRef", "configmap"),
            ("secretKeyRef", "secret"),
            ("secretRef", "secret"),
        ] {
            if let Some(name) = json::at(source, &[key, "name"]).and_then(Value::as_str) {
                return format!("{kind} \"{name}\" not found");
            }
        }
    }
    "configmap \"config\" not found".into()
}

/// What the kubelet reports when a pod gets there: type, reason, message.
pub fn events(pod: &Value, plan: &Plan) -> Vec<(&'static str, &'static str, String)> {
    let all = || ["initContainers", "containers"].iter().flat_map(|list| json::list(pod, &["spec", list]));
    let Some(c) = all().find(|c| json::text(c, &["name"]) == plan.container) else { return Vec::new() };
    let image = json::text(c, &["image"]);
    let name = &plan.container;
    let pulled = || ("Normal", "Pulled", format!("Container image \"{image}\" already present on machine"));
    match plan.fate {
        Fate::ImagePullBackOff => vec![
            ("Normal", "Pulling", format!("Pulling image \"{image}\"")),
            ("Warning", "Failed", format!("Failed to pull image \"{image}\": {}", pull_error(image))),
            ("Warning", "Failed", "Error: ErrImagePull".into()),
            ("Normal", "BackOff", format!("Back-off pulling image \"{image}\"")),
            ("Warning", "Failed", "Error: ImagePullBackOff".into()),
        ],
        Fate::ConfigError => vec![pulled(), ("Warning", "Failed", format!("Error: {}", missing(c)))],
        Fate::CrashLoopBackOff | Fate::OomKilled => vec![
            pulled(),
            ("Normal", "Created", format!("Created container: {name}")),
            ("Normal", "Started", format!("Started container {name}")),
            (
                "Warning",
                "BackOff",
                format!("Back-off restarting failed container {name} in pod {}", place(pod)),
            ),
        ],
        Fate::NotReady => vec![
            pulled(),
            ("Normal", "Started", format!("Started container {name}")),
            ("Warning", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503".into()),
        ],
        Fate::Ready | Fate::Failed => {
            vec![pulled(), ("Normal", "Started", format!("Started container {name}"))]
        }
        Fate::Pending | Fate::Unschedulable => Vec::new(),
    }
}
