//! DaemonSets: one pod, because there is one node.

use std::time::Duration;

use serde_json::{Value, json};

use super::set_status;
use super::workload::{Name, active, make_pod, owned, ready, reference, remove, template_hash};
use crate::json;
use crate::state::State;
use crate::store::Key;

const REVISION: &str = "controller-revision-hash";

/// Keeps one pod of the current template.
pub fn reconcile(state: &mut State, key: &Key, set: &Value) -> Option<Duration> {
    let revision = template_hash(&set["spec"]["template"]);
    let fresh = |pod: &Value| json::text(pod, &["metadata", "labels", REVISION]) == revision;
    let mut pods = owned(state, set, "pods");
    pods.retain(|(_, pod)| active(pod));
    match pods.first() {
        None => {
            let mut template = set["spec"]["template"].clone();
            json::set(&mut template, &["metadata", "labels", REVISION], revision.as_str());
            let owner = reference("apps/v1", "DaemonSet", set);
            make_pod(state, &owner, &key.namespace, Name::Prefix(&key.name), &template);
        }
        Some((pod_key, pod)) if !fresh(pod) => remove(state, pod_key),
        Some(_) => {}
    }
    let mut pods = owned(state, set, "pods");
    pods.retain(|(_, pod)| active(pod));
    let up = i64::from(pods.iter().any(|(_, pod)| ready(pod)));
    let mut status = json!({
        "currentNumberScheduled": pods.len(), "numberMisscheduled": 0, "desiredNumberScheduled": 1,
        "numberReady": up, "observedGeneration": set["metadata"]["generation"],
        "updatedNumberScheduled": pods.iter().filter(|(_, pod)| fresh(pod)).count(),
    });
    let field = if up > 0 { "numberAvailable" } else { "numberUnavailable" };
    status[field] = 1.into();
    set_status(state, key, status);
    None
}
