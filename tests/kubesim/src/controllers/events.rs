//! Event objects, with repeated ones counted instead of repeated.

use serde_json::{Value, json};

use crate::clock;
use crate::json;
use crate::state::State;
use crate::store::{GroupResource, Key};

/// Who reports an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The scheduler.
    Scheduler,
    /// The node's kubelet.
    Kubelet,
    /// A workload's controller, by its name.
    Controller(&'static str),
}

/// The one node.
pub const NODE: &str = "kubesim-node";

/// Reports an event about an object.
pub fn emit(
    state: &mut State,
    kind: &str,
    about: &Value,
    source: Source,
    (level, reason): (&str, &str),
    message: &str,
) {
    let namespace = json::namespace(about);
    if state.get(&Key::new("", "namespaces", "", namespace)).is_none_or(|ns| json::deleting(&ns)) {
        return;
    }
    let known = state.store.list(&GroupResource::new("", "events"), namespace).into_iter().find(|e| {
        json::text(e, &["involvedObject", "uid"]) == json::uid(about)
            && e["reason"] == reason
            && e["message"] == message
    });
    let now = clock::now();
    if let Some(known) = known {
        let mut again = Value::clone(&known);
        json::set(&mut again, &["count"], json::int(&known, &["count"]).unwrap_or(1) + 1);
        json::set(&mut again, &["lastTimestamp"], now);
        let key = Key::new("", "events", namespace, json::name(&known));
        state.put(&key, again);
        return;
    }
    let name = format!("{}.{:016x}", json::name(about), clock::random());
    let (component, host) = match source {
        Source::Scheduler => ("default-scheduler", ""),
        Source::Kubelet => ("kubelet", NODE),
        Source::Controller(name) => (name, ""),
    };
    let mut from = json!({"component": component});
    if !host.is_empty() {
        from["host"] = host.into();
    }
    let event = json!({
        "apiVersion": "v1", "kind": "Event",
        "metadata": {"name": name, "namespace": namespace, "uid": clock::uid(), "creationTimestamp": now},
        "involvedObject": {
            "kind": kind, "namespace": namespace, "name": json::name(about), "uid": json::uid(about),
            "apiVersion": if kind == "Pod" { "v1" } else { json::text(about, &["apiVersion"]) },
            "resourceVersion": json::text(about, &["metadata", "resourceVersion"]),
        },
        "reason": reason, "message": message, "source": from, "firstTimestamp": now, "lastTimestamp": now,
        "count": 1, "type": level, "eventTime": null, "reportingComponent": component, "reportingInstance": host,
    });
    state.put(&Key::new("", "events", namespace, &name), event);
}
