//! What blocks a workload, in a few lines: pods with their reasons, the last events, the last lines of the log.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use serde_json::Value;

use super::pods::{self, Trouble};
use super::readiness::State;
use super::wait::Workload;
use crate::tools::kubectl::Kubectl;

/// Pods shown per workload; replicas mostly fail alike.
const PODS: usize = 3;
/// Events shown per workload.
const EVENTS: usize = 5;
const TIMEOUT: Duration = Duration::from_secs(20);
/// What tells something: pods first.
const KINDS: [&str; 3] = ["pods", "replicasets.apps", "events"];

/// Of a namespace: its pods, ReplicaSets and events, and what of them cannot be read, and why.
#[derive(Default)]
struct Seen {
    objects: Vec<Value>,
    unread: Vec<(&'static str, String)>,
}

/// One text per blocked workload. What cannot be read is named.
pub(super) fn explain(kubectl: &Kubectl, blocked: &[(&Workload, &State)]) -> Vec<String> {
    let mut seen: BTreeMap<Option<String>, Seen> = BTreeMap::new();
    let mut texts = Vec::new();
    for (workload, state) in blocked {
        let namespace = workload.id.namespace.clone();
        let seen = seen.entry(namespace).or_insert_with_key(|namespace| read(kubectl, namespace.as_deref()));
        texts.push(one(kubectl, workload, state, seen));
    }
    texts
}

/// All at once; where that fails, one kind after the other: some of them may be forbidden.
fn read(kubectl: &Kubectl, namespace: Option<&str>) -> Seen {
    let list = |what: &str| -> anyhow::Result<Vec<Value>> {
        let answer = kubectl.get(&[what], namespace, Some(TIMEOUT))?;
        Ok(answer["items"].as_array().cloned().unwrap_or_default())
    };
    if let Ok(objects) = list(&KINDS.join(",")) {
        return Seen { objects, unread: Vec::new() };
    }
    let mut seen = Seen::default();
    for kind in KINDS {
        match list(kind) {
            Ok(objects) => seen.objects.extend(objects),
            Err(error) => {
                let why = error.to_string();
                seen.unread.push((kind, why.lines().next().unwrap_or_default().to_string()));
            }
        }
    }
    seen
}

fn one(kubectl: &Kubectl, workload: &Workload, state: &State, seen: &Seen) -> String {
    let objects = &seen.objects[..];
    let state = match state {
        State::Ready(text) | State::Pending(text) | State::Failed(text) => text,
    };
    let place =
        workload.id.namespace.as_ref().map_or_else(String::new, |namespace| format!(" in {namespace}"));
    let mut text = format!("{}{place} is not ready: {state}", workload.label());
    let pods = pods::owned(objects, &workload.id.kind, &workload.id.name);
    let troubled: Vec<(&Value, Trouble)> =
        pods.iter().filter_map(|pod| Some((*pod, pods::trouble(pod)?))).collect();
    for (pod, trouble) in troubled.iter().take(PODS) {
        let name = pod["metadata"]["name"].as_str().unwrap_or_default();
        let container =
            trouble.container.as_ref().map_or_else(String::new, |name| format!(" container {name}:"));
        let _ = write!(text, "\n  pod {name}:{container} {}", trouble.reason);
        if !trouble.message.is_empty() {
            let _ = write!(text, ": {}", trouble.message);
        }
        if let Some(container) = &trouble.container {
            text.push_str(&log(
                kubectl,
                name,
                container,
                workload.id.namespace.as_deref(),
                trouble.restarted,
            ));
        }
    }
    if troubled.len() > PODS {
        let _ = write!(text, "\n  … and {} more pods", troubled.len() - PODS);
    }
    if pods.is_empty() && !seen.unread.iter().any(|(kind, _)| *kind == KINDS[0]) {
        text.push_str("\n  it has no pods");
    }
    for (kind, why) in &seen.unread {
        let _ = write!(text, "\n  cannot read {kind}: {why}");
    }
    let mut names: Vec<&str> = pods.iter().filter_map(|pod| pod["metadata"]["name"].as_str()).collect();
    names.push(&workload.id.name);
    for event in events(objects, &names) {
        let _ = write!(text, "\n  event {event}");
    }
    text
}

/// The last events about these objects, oldest first.
fn events(objects: &[Value], names: &[&str]) -> Vec<String> {
    let mut found: Vec<(&str, String)> = objects
        .iter()
        .filter(|object| object["kind"] == "Event")
        .filter_map(|event| {
            let about = &event["involvedObject"];
            let name = about["name"].as_str()?;
            // A ReplicaSet's events (quota exceeded) are its Deployment's.
            let replica_set =
                about["kind"] == "ReplicaSet" && names.iter().any(|own| name.starts_with(&format!("{own}-")));
            if !(names.contains(&name) || replica_set) || event["type"] == "Normal" {
                return None;
            }
            let time =
                ["lastTimestamp", "eventTime", "firstTimestamp"].iter().find_map(|key| event[*key].as_str());
            let count = event["count"]
                .as_i64()
                .filter(|count| *count > 1)
                .map_or_else(String::new, |n| format!(" (x{n})"));
            let reason = event["reason"].as_str().unwrap_or_default();
            let message = event["message"].as_str().unwrap_or_default().trim();
            Some((time.unwrap_or_default(), format!("{reason}{count}: {message}")))
        })
        .collect();
    found.sort();
    found.dedup_by(|a, b| a.1 == b.1);
    let skip = found.len().saturating_sub(EVENTS);
    found.into_iter().skip(skip).map(|(_, text)| text).collect()
}

/// The last lines of a container's log: of its previous run when it has restarted, else of the current one.
fn log(kubectl: &Kubectl, pod: &str, container: &str, namespace: Option<&str>, restarted: bool) -> String {
    let runs: &[bool] = if restarted { &[true, false] } else { &[false] };
    let lines = runs.iter().find_map(|previous| {
        let log = kubectl.logs(pod, container, namespace, *previous).ok()?;
        (!log.trim().is_empty()).then_some(log)
    });
    let Some(log) = lines else { return String::new() };
    log.lines().fold(String::new(), |mut text, line| {
        let _ = write!(text, "\n    | {line}");
        text
    })
}
