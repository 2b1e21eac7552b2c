//! Puts an overlay's volumes and mounts into a workload, in place of those of the same name.

use super::workload;
use crate::config::schema::{HostMount, OverlaySpec, PvcMount};
use crate::yaml::{Map, Node};

/// Adds `hostMounts` and `pvcMounts` to the pod, its first container and every init container.
pub(super) fn apply(node: &mut Node, overlay: &OverlaySpec) {
    if overlay.host_mounts.is_empty() && overlay.pvc_mounts.is_empty() {
        return;
    }
    let kind = workload::kind_of(node);
    let Some(pod) = workload::pod_spec_mut(node, &kind) else { return };
    for mount in &overlay.host_mounts {
        put(pod, "volumes", host_volume(mount));
    }
    for mount in &overlay.pvc_mounts {
        put(pod, "volumes", pvc_volume(mount));
    }
    for container in workload::first_and_init(pod) {
        for mount in &overlay.host_mounts {
            put(container, "volumeMounts", host_mount(mount));
        }
        for mount in &overlay.pvc_mounts {
            put(container, "volumeMounts", pvc_mount(mount));
        }
    }
}

/// Puts `item` into the list `key` of `owner`: in place of the first item of its name, the others of that name
/// go; else at the end.
fn put(owner: &mut Node, key: &str, item: Node) {
    let Some(map) = owner.as_map_mut() else { return };
    if map.get(key).and_then(Node::as_list).is_none() {
        map.insert(key, Node::list(Vec::new()));
    }
    let Some(list) = map.get_mut(key).and_then(Node::as_list_mut) else { return };
    let name = |node: &Node| node.get("name").and_then(Node::as_str).map(String::from);
    let wanted = name(&item);
    let at = list.iter().position(|other| name(other) == wanted).unwrap_or(list.len());
    list.retain(|other| name(other) != wanted);
    list.insert(at.min(list.len()), item);
}

fn object(entries: impl IntoIterator<Item = (&'static str, Node)>) -> Node {
    let mut map = Map::new();
    for (key, value) in entries {
        map.insert(key, value);
    }
    Node::map(map)
}

fn host_volume(mount: &HostMount) -> Node {
    let path_type = mount.host_path_type.as_deref().unwrap_or("Directory");
    let source = object([("path", text(&mount.host_path.value)), ("type", text(path_type))]);
    object([("name", text(&mount.name.value)), ("hostPath", source)])
}

fn pvc_volume(mount: &PvcMount) -> Node {
    let source = object([("claimName", text(&mount.claim_name.value))]);
    object([("name", text(&mount.name.value)), ("persistentVolumeClaim", source)])
}

fn host_mount(mount: &HostMount) -> Node {
    object([("name", text(&mount.name.value)), ("mountPath", text(&mount.mount_path.value))])
}

fn pvc_mount(mount: &PvcMount) -> Node {
    let mut node = object([("name", text(&mount.name.value)), ("mountPath", text(&mount.mount_path.value))]);
    if let Some(map) = node.as_map_mut() {
        if let Some(path) = mount.sub_path.as_deref().filter(|path| !path.is_empty()) {
            map.insert("subPath", text(path));
        }
        if mount.read_only == Some(true) {
            map.insert("readOnly", Node::bool(true));
        }
    }
    node
}

fn text(value: &str) -> Node {
    Node::string(value)
}
