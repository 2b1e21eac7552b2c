//! Where the pod template of a workload is, and its containers.

use crate::yaml::{Map, Node};

/// Whether the transforms of spec section 3 look at this kind.
pub(crate) fn is_workload(kind: &str) -> bool {
    template_path(kind).is_some()
}

fn template_path(kind: &str) -> Option<&'static [&'static str]> {
    match kind {
        "Deployment" | "StatefulSet" | "DaemonSet" | "Job" => Some(&["spec", "template", "spec"]),
        "CronJob" => Some(&["spec", "jobTemplate", "spec", "template", "spec"]),
        _ => None,
    }
}

/// The pod spec of a workload.
pub(super) fn pod_spec_mut<'a>(node: &'a mut Node, kind: &str) -> Option<&'a mut Node> {
    let mut spec = node;
    for key in template_path(kind)? {
        spec = spec.get_mut(key)?;
    }
    Some(spec)
}

/// As [`pod_spec_mut`], for reading.
pub(crate) fn pod_spec<'a>(node: &'a Node, kind: &str) -> Option<&'a Node> {
    node.at(template_path(kind)?)
}

/// The kind of an object, as it is written.
pub(super) fn kind_of(node: &Node) -> String {
    node.get("kind").and_then(Node::as_str).unwrap_or_default().to_string()
}

/// The containers the transforms change: the first, and all init containers.
pub(super) fn first_and_init(pod: &mut Node) -> impl Iterator<Item = &mut Node> {
    let map = pod.as_map_mut();
    let entries = map.into_iter().flat_map(Map::iter_mut);
    entries.flat_map(|(key, value)| {
        let take = match key {
            "containers" => 1,
            "initContainers" => usize::MAX,
            _ => 0,
        };
        value.as_list_mut().into_iter().flatten().take(take)
    })
}

/// Images of the containers of a workload, init containers last.
pub(super) fn images(node: &Node, kind: &str) -> Vec<String> {
    let Some(pod) = pod_spec(node, kind) else { return Vec::new() };
    ["containers", "initContainers"]
        .iter()
        .flat_map(|key| pod.get(key).and_then(Node::as_list).unwrap_or_default())
        .filter_map(|container| Some(container.get("image")?.as_str()?.to_string()))
        .collect()
}
