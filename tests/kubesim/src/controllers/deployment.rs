//! Deployments: one ReplicaSet per template, rolled over within maxSurge and maxUnavailable.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::events::{self, Source};
use super::set_status;
use super::workload::{condition, make, owned, reference, remove, scaled, template_hash};
use crate::json;
use crate::state::State;
use crate::store::Key;

type Sets = Vec<(Key, Arc<Value>)>;

fn replicas(object: &Value) -> i64 {
    json::int(object, &["spec", "replicas"]).unwrap_or(0)
}

fn count(object: &Value, key: &str) -> i64 {
    json::int(object, &["status", key]).unwrap_or(0)
}

fn revision(object: &Value) -> i64 {
    json::text(object, &["metadata", "annotations", REVISION]).parse().unwrap_or(0)
}

const REVISION: &str = "deployment.kubernetes.io/revision";

/// Moves a Deployment towards its template and size.
pub fn reconcile(state: &mut State, key: &Key, deployment: &Arc<Value>) -> Option<Duration> {
    let sets = owned(state, deployment, "replicasets");
    let hash = template_hash(&deployment["spec"]["template"]);
    let name = format!("{}-{hash}", key.name);
    let (current, old): (Sets, Sets) = sets.into_iter().partition(|(k, _)| k.name == name);
    if deployment["spec"]["paused"] != true {
        match current.first() {
            None => start(state, key, deployment, &old, &name, &hash),
            Some((set_key, set)) => {
                note_revision(state, key, deployment, (set_key, set), &old);
                roll(state, deployment, (set_key, set), &old);
                prune(state, deployment, &old);
            }
        }
    }
    report(state, key, &name)
}

/// Makes the ReplicaSet of a new template.
fn start(state: &mut State, key: &Key, deployment: &Value, old: &Sets, name: &str, hash: &str) {
    let recreate = json::text(deployment, &["spec", "strategy", "type"]) == "Recreate";
    let busy = old.iter().any(|(_, set)| replicas(set) > 0 || count(set, "replicas") > 0);
    if recreate && busy {
        for (set_key, _) in old {
            resize(state, set_key, 0);
        }
        return;
    }
    let next = old.iter().map(|(_, set)| revision(set)).max().unwrap_or(0) + 1;
    let mut template = deployment["spec"]["template"].clone();
    json::set(&mut template, &["metadata", "labels", "pod-template-hash"], hash);
    let mut selector = deployment["spec"]["selector"].clone();
    json::set(&mut selector, &["matchLabels", "pod-template-hash"], hash);
    let wanted = replicas(deployment);
    let surge = scaled(&deployment["spec"]["strategy"]["rollingUpdate"]["maxSurge"], wanted, true);
    let running: i64 = old.iter().map(|(_, set)| replicas(set)).sum();
    let first = if old.is_empty() || recreate { wanted } else { (wanted + surge - running).clamp(0, wanted) };
    let set = json!({
        "apiVersion": "apps/v1", "kind": "ReplicaSet",
        "metadata": {
            "name": name, "labels": template["metadata"]["labels"],
            "annotations": {
                REVISION: next.to_string(), "deployment.kubernetes.io/desired-replicas": wanted.to_string(),
                "deployment.kubernetes.io/max-replicas": (wanted + surge).to_string(),
            },
            "ownerReferences": [reference("apps/v1", "Deployment", deployment)],
        },
        "spec": {"replicas": first, "selector": selector, "template": template},
    });
    make(state, "apps", "replicasets", &key.namespace, set);
    let message = format!("Scaled up replica set {name} from 0 to {first}");
    let source = Source::Controller("deployment-controller");
    events::emit(state, "Deployment", deployment, source, ("Normal", "ScalingReplicaSet"), &message);
}

/// The current set has the highest revision, and the Deployment says which that is.
fn note_revision(
    state: &mut State,
    key: &Key,
    deployment: &Value,
    (set_key, set): (&Key, &Value),
    old: &Sets,
) {
    let newest = old.iter().map(|(_, s)| revision(s)).max().unwrap_or(0);
    let mut wanted = revision(set);
    if wanted <= newest {
        wanted = newest + 1;
        let mut renumbered = set.clone();
        json::set(&mut renumbered, &["metadata", "annotations", REVISION], wanted.to_string());
        state.put(set_key, renumbered);
    }
    if revision(deployment) != wanted {
        let mut noted = deployment.clone();
        json::set(&mut noted, &["metadata", "annotations", REVISION], wanted.to_string());
        state.put(key, noted);
    }
}

fn roll(state: &mut State, deployment: &Value, (set_key, set): (&Key, &Value), old: &Sets) {
    let wanted = replicas(deployment);
    let strategy = &deployment["spec"]["strategy"];
    let recreate = json::text(strategy, &["type"]) == "Recreate";
    let limits = &strategy["rollingUpdate"];
    let surge = scaled(&limits["maxSurge"], wanted, true);
    let mut unavailable = scaled(&limits["maxUnavailable"], wanted, false);
    if surge == 0 && unavailable == 0 {
        unavailable = 1;
    }
    let old_total: i64 = old.iter().map(|(_, s)| replicas(s)).sum();
    let now = replicas(set);
    let target = if recreate || old_total == 0 {
        wanted
    } else {
        (wanted + surge - old_total).clamp(now.min(wanted), wanted)
    };
    if target != now {
        resize(state, set_key, target);
    }
    // Old pods may go as long as enough others are available; broken ones go first.
    let minimum = wanted - unavailable;
    let new_unavailable = target - count(set, "availableReplicas");
    let mut may_go = if recreate { old_total } else { old_total + target - minimum - new_unavailable };
    for healthy in [false, true] {
        for (old_key, _) in old {
            let Some(set) = state.get(old_key) else { continue };
            let available = count(&set, "availableReplicas");
            let candidates = if healthy { replicas(&set) } else { replicas(&set) - available };
            let gone = candidates.min(may_go).max(0);
            if gone > 0 {
                resize(state, old_key, replicas(&set) - gone);
                may_go -= gone;
            }
        }
    }
}

fn resize(state: &mut State, key: &Key, size: i64) {
    let Some(set) = state.get(key) else { return };
    if replicas(&set) != size {
        let mut new = Value::clone(&set);
        json::set(&mut new, &["spec", "replicas"], size);
        let generation = json::int(&set, &["metadata", "generation"]).unwrap_or(0);
        json::set(&mut new, &["metadata", "generation"], generation + 1);
        state.put(key, new);
    }
}

/// Forgets old sets beyond the history limit.
fn prune(state: &mut State, deployment: &Value, old: &Sets) {
    let limit = json::int(deployment, &["spec", "revisionHistoryLimit"]).unwrap_or(10);
    let mut idle: Vec<_> =
        old.iter().filter(|(_, s)| replicas(s) == 0 && count(s, "replicas") == 0).collect();
    idle.sort_by_key(|(_, s)| revision(s));
    let excess = idle.len().saturating_sub(usize::try_from(limit).unwrap_or(0));
    for (key, _) in idle.into_iter().take(excess) {
        remove(state, key);
    }
}

fn report(state: &mut State, key: &Key, name: &str) -> Option<Duration> {
    let deployment = state.get(key)?;
    let sets = owned(state, &deployment, "replicasets");
    let sum = |field: &str| -> i64 { sets.iter().map(|(_, set)| count(set, field)).sum() };
    let current = sets.iter().find(|(k, _)| k.name == name).map(|(_, set)| set);
    let updated = current.map_or(0, |set| count(set, "replicas"));
    let (total, ready, available) = (sum("replicas"), sum("readyReplicas"), sum("availableReplicas"));
    let wanted = replicas(&deployment);
    let unavailable =
        scaled(&deployment["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"], wanted, false);
    let complete = updated == wanted && total == wanted && available == wanted;
    let enough = available >= wanted - unavailable;
    let mut status = json!({"observedGeneration": deployment["metadata"]["generation"]});
    for (field, number) in [
        ("replicas", total),
        ("updatedReplicas", updated),
        ("readyReplicas", ready),
        ("availableReplicas", available),
        ("unavailableReplicas", (wanted.max(total) - available).max(0)),
    ] {
        if number > 0 {
            status[field] = number.into();
        }
    }
    let availability = if enough {
        condition(
            &deployment,
            "Available",
            true,
            "MinimumReplicasAvailable",
            "Deployment has minimum availability.",
        )
    } else {
        let message = "Deployment does not have minimum availability.";
        condition(&deployment, "Available", false, "MinimumReplicasUnavailable", message)
    };
    let (progressing, again) = progress(state, &deployment, name, complete, (updated, available));
    status["conditions"] = json!([availability, progressing]);
    set_status(state, key, status);
    again
}

/// Whether the rollout is done, under way or stuck, and when it counts as stuck.
fn progress(
    state: &mut State,
    deployment: &Value,
    name: &str,
    complete: bool,
    counts: (i64, i64),
) -> (Value, Option<Duration>) {
    let set = format!("ReplicaSet \"{name}\"");
    let mark = format!("progress:{}:{name}:{}:{}", json::uid(deployment), counts.0, counts.1);
    if complete {
        let message = format!("{set} has successfully progressed.");
        return (condition(deployment, "Progressing", true, "NewReplicaSetAvailable", &message), None);
    }
    let deadline = json::int(deployment, &["spec", "progressDeadlineSeconds"]).unwrap_or(600);
    let deadline = Duration::from_secs(u64::try_from(deadline).unwrap_or(600));
    let waited = state.seen.entry(mark).or_insert_with(Instant::now).elapsed();
    if waited >= deadline {
        let message = format!("{set} has timed out progressing.");
        return (condition(deployment, "Progressing", false, "ProgressDeadlineExceeded", &message), None);
    }
    let message = format!("{set} is progressing.");
    let found = condition(deployment, "Progressing", true, "ReplicaSetUpdated", &message);
    (found, Some(deadline - waited))
}
