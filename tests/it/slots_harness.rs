//! Labs with an environment of slots.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::cluster_harness::Lab;
use super::harness::Run;

/// An `ai` environment beside `dev`, and a stack with objects in and outside of namespaces: `demo-read-N` is the slot's,
/// `demo-fast` belongs to all.
pub const AI: &str = "  ai: {from: dev}\nservices:\n  - name: api\n    manifests: [{path: api.yaml}]\n";

const STACK: &str = r"apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: 'demo-read-{{ Slot }}'}
rules: []
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: demo-fast}
value: 10
";

/// A lab with slots.
pub fn slots(rest: &str) -> Option<Lab> {
    let lab = Lab::new(rest)?;
    lab.file("api.yaml", STACK);
    Some(lab)
}

/// Runs a verb and reads its JSON.
pub fn json(lab: &Lab, args: &[&str]) -> Value {
    let args = [&["manage-env"], args, &["--env", "ai", "-o", "json"]].concat();
    serde_json::from_str(&lab.ok(&args)).unwrap()
}

/// `gc` of everything, unless `more` says otherwise.
pub fn gc(lab: &Lab, more: &[&str]) -> Run {
    let ttl: &[&str] = if more.contains(&"--ttl") { &[] } else { &["--ttl", "0s"] };
    lab.run(&[&["manage-env", "gc", "--env", "ai"], ttl, more].concat())
}

/// Writes a record as the Go tool does, with changes.
pub fn record(lab: &Lab, slot: u32, changes: &[(&str, &str)]) {
    let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "codex-system"}});
    lab.sim.put(namespace).unwrap();
    let mut data = json!({
        "slot": slot.to_string(), "env": "ai", "namespace": format!("demo-dev-{slot}"), "owner": "manual",
        "createdAt": "2026-01-02T03:04:05Z",
    });
    for (key, value) in changes {
        data[*key] = (*value).into();
    }
    let name = format!("codex-env-{slot}");
    let metadata = json!({"name": name, "namespace": "codex-system"});
    lab.sim
        .put(json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}))
        .unwrap();
}

/// Name and issue of all records there are.
pub fn records(lab: &Lab) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    let all = lab.sim.list("v1", "ConfigMap", "codex-system");
    let records =
        all.iter().map(|object| (text(&object["metadata"]["name"]), text(&object["data"]["issue"])));
    records.filter(|(name, _)| name.starts_with("codex-env-")).collect()
}
