//! ReplicaSets: as many pods as asked for.

use std::time::Duration;

use serde_json::{Value, json};

use super::set_status;
use super::workload::{Name, active, make_pod, owned, ready, reference, remove};
use crate::json;
use crate::state::State;
use crate::store::Key;

/// Adds or removes pods, and counts them.
pub fn reconcile(state: &mut State, key: &Key, set: &Value) -> Option<Duration> {
    let wanted = usize::try_from(json::int(set, &["spec", "replicas"]).unwrap_or(1)).unwrap_or(0);
    let mut pods = owned(state, set, "pods");
    pods.retain(|(_, pod)| active(pod));
    for _ in pods.len()..wanted {
        let owner = reference("apps/v1", "ReplicaSet", set);
        make_pod(state, &owner, &key.namespace, Name::Prefix(&key.name), &set["spec"]["template"]);
    }
    if pods.len() > wanted {
        // The ones that are not ready go first, then the youngest.
        pods.sort_by_key(|(_, pod)| !ready(pod));
        let surplus: Vec<Key> = pods.iter().skip(wanted).map(|(key, _)| key.clone()).collect();
        surplus.iter().for_each(|key| remove(state, key));
    }
    let pods = owned(state, set, "pods");
    let alive = pods.iter().filter(|(_, pod)| active(pod));
    let (total, ready) = alive.fold((0, 0), |(total, up), (_, pod)| (total + 1, up + i64::from(ready(pod))));
    let mut status = json!({"replicas": total});
    if total > 0 {
        status["fullyLabeledReplicas"] = total.into();
    }
    if ready > 0 {
        status["readyReplicas"] = ready.into();
        status["availableReplicas"] = ready.into();
    }
    status["observedGeneration"] = set["metadata"]["generation"].clone();
    set_status(state, key, status);
    None
}
