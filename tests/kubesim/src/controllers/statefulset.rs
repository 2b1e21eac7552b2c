//! StatefulSets: numbered pods with their claims, one after the other.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::set_status;
use super::workload::{Name, active, make, make_pod, owned, ready, reference, remove, template_hash};
use crate::json;
use crate::state::State;
use crate::store::Key;

const REVISION: &str = "controller-revision-hash";

/// Makes, replaces and removes pods in order.
pub fn reconcile(state: &mut State, key: &Key, set: &Value) -> Option<Duration> {
    let wanted = json::int(set, &["spec", "replicas"]).unwrap_or(1);
    let revision = format!("{}-{}", key.name, template_hash(&set["spec"]["template"]));
    let pods = numbered(state, key, set);
    let parallel = json::text(set, &["spec", "podManagementPolicy"]) == "Parallel";
    for ordinal in 0..wanted {
        match pods.get(&ordinal) {
            None => make_numbered(state, key, set, ordinal, &revision),
            Some((_, pod)) if active(pod) && ready(pod) => continue,
            Some(_) => {}
        }
        if !parallel {
            break;
        }
    }
    if let Some((pod_key, pod)) = pods.range(wanted..).next_back().map(|(_, found)| found)
        && !json::deleting(pod)
    {
        remove(state, pod_key);
    }
    let settled = (0..wanted).all(|i| pods.get(&i).is_some_and(|(_, pod)| active(pod) && ready(pod)));
    let updates = json::text(set, &["spec", "updateStrategy", "type"]) != "OnDelete";
    let stale = |pod: &Value| json::text(pod, &["metadata", "labels", REVISION]) != revision;
    // A pod of the old template that is not ready is replaced at once: it would block the rollout for ever.
    let outdated = pods.range(..wanted).rev().map(|(_, found)| found).find(|(_, pod)| stale(pod));
    if let Some((pod_key, pod)) = outdated
        && updates
        && (settled || !ready(pod))
        && !json::deleting(pod)
    {
        remove(state, pod_key);
    }
    report(state, key, set, &revision);
    None
}

type Numbered = BTreeMap<i64, (Key, Arc<Value>)>;

fn numbered(state: &State, key: &Key, set: &Value) -> Numbered {
    let prefix = format!("{}-", key.name);
    owned(state, set, "pods")
        .into_iter()
        .filter_map(|(pod_key, pod)| {
            let ordinal = pod_key.name.strip_prefix(&prefix)?.parse().ok()?;
            Some((ordinal, (pod_key, pod)))
        })
        .collect()
}

fn make_numbered(state: &mut State, key: &Key, set: &Value, ordinal: i64, revision: &str) {
    let name = format!("{}-{ordinal}", key.name);
    let mut template = set["spec"]["template"].clone();
    for (label, value) in [
        ("apps.kubernetes.io/pod-index", ordinal.to_string()),
        (REVISION, revision.to_owned()),
        ("statefulset.kubernetes.io/pod-name", name.clone()),
    ] {
        json::set(&mut template, &["metadata", "labels", label], value);
    }
    for claim in json::list(set, &["spec", "volumeClaimTemplates"]) {
        let volume = json::text(claim, &["metadata", "name"]);
        let claim_name = format!("{volume}-{name}");
        let source = json!({"name": volume, "persistentVolumeClaim": {"claimName": claim_name}});
        json::list_mut(&mut template, &["spec", "volumes"]).push(source);
        if state.get(&Key::new("", "persistentvolumeclaims", &key.namespace, &claim_name)).is_none() {
            let mut object = claim.clone();
            json::set(&mut object, &["metadata"], json!({"name": claim_name}));
            json::remove(&mut object, &["status"]);
            make(state, "", "persistentvolumeclaims", &key.namespace, object);
        }
    }
    let owner = reference("apps/v1", "StatefulSet", set);
    make_pod(state, &owner, &key.namespace, Name::Exact(&name), &template);
}

fn report(state: &mut State, key: &Key, set: &Value, revision: &str) {
    let pods = numbered(state, key, set);
    let wanted = json::int(set, &["spec", "replicas"]).unwrap_or(1);
    let alive: Vec<&Value> = pods.values().map(|(_, pod)| &**pod).filter(|pod| active(pod)).collect();
    let ready_count = alive.iter().filter(|pod| ready(pod)).count();
    let fresh =
        alive.iter().filter(|pod| json::text(pod, &["metadata", "labels", REVISION]) == revision).count();
    let before = json::text(set, &["status", "currentRevision"]);
    let done = i64::try_from(fresh).unwrap_or(0) == wanted && fresh == ready_count;
    let current = if done || before.is_empty() { revision } else { before };
    let current_count = if current == revision { fresh } else { alive.len() - fresh };
    let mut status = json!({
        "observedGeneration": set["metadata"]["generation"], "replicas": alive.len(),
        "currentRevision": current, "updateRevision": revision, "collisionCount": 0,
        "availableReplicas": ready_count,
    });
    for (field, number) in
        [("readyReplicas", ready_count), ("currentReplicas", current_count), ("updatedReplicas", fresh)]
    {
        if number > 0 {
            status[field] = number.into();
        }
    }
    set_status(state, key, status);
}
