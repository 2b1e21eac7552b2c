//! What a fresh cluster has: the usual namespaces, a node, a storage class.

use serde_json::{Value, json};

use crate::clock;
use crate::state::State;
use crate::store::Key;
use crate::write::{self, Options};

const NODE: &str = "kubesim-node";

/// Fills an empty cluster.
pub fn seed(state: &mut State) {
    for name in ["default", "kube-system", "kube-public", "kube-node-lease"] {
        put(state, ("", "namespaces"), "", json!({"metadata": {"name": name}}));
    }
    put(
        state,
        ("storage.k8s.io", "storageclasses"),
        "",
        json!({
            "metadata": {"name": "standard", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
            "provisioner": "kubesim/none",
        }),
    );
    put(
        state,
        ("", "services"),
        "default",
        json!({
            "metadata": {"name": "kubernetes", "labels": {"component": "apiserver", "provider": "kubernetes"}},
            "spec": {"ports": [{"name": "https", "port": 443, "protocol": "TCP", "targetPort": 6443}]},
        }),
    );
    let now = clock::now();
    let version = state.options.version.clone();
    let ready = json!({
        "type": "Ready", "status": "True", "reason": "KubeletReady", "message": "kubelet is posting ready status",
        "lastHeartbeatTime": now, "lastTransitionTime": now,
    });
    let resources = json!({"cpu": "8", "memory": "16Gi", "pods": "110"});
    let node = json!({
        "apiVersion": "v1", "kind": "Node",
        "metadata": {
            "name": NODE, "uid": clock::uid(), "creationTimestamp": now,
            "labels": {"kubernetes.io/hostname": NODE, "kubernetes.io/os": "linux", "node-role.kubernetes.io/control-plane": ""},
        },
        "spec": {},
        "status": {
            "capacity": resources, "allocatable": resources, "conditions": [ready],
            "addresses": [{"type": "InternalIP", "address": "10.0.0.1"}, {"type": "Hostname", "address": NODE}],
            "nodeInfo": {"kubeletVersion": version, "osImage": "none", "architecture": "amd64"},
        },
    });
    // Straight into the store: a node's status is not written by creating it.
    state.put(&Key::new("", "nodes", "", NODE), node);
}

fn put(state: &mut State, (group, plural): (&str, &str), namespace: &str, mut object: Value) {
    if let Some(resource) = state.resource(group, "v1", plural) {
        object["kind"] = resource.kind.as_str().into();
        object["apiVersion"] = resource.group_version().into();
        // A fresh cluster takes all of these.
        let _ = write::create(state, &resource, namespace, object, &Options::controller());
    }
}
