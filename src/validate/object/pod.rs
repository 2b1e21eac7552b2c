//! Pods: containers, their variables, ports, images and mounts, and the volumes.

use std::collections::{BTreeMap, BTreeSet};

use super::{Sink, names, network, quantity};
use crate::config::is_dns_label;
use crate::images::ImageRef;
use crate::manifests::pod_spec;
use crate::validate::rules;
use crate::yaml::{Mark, Node};

/// The pod template of a workload: what holds its `metadata` and `spec`. A Pod is its own.
pub(super) fn template<'a>(node: &'a Node, kind: &str) -> Option<&'a Node> {
    match kind {
        "Pod" => Some(node),
        "CronJob" => node.at(&["spec", "jobTemplate", "spec", "template"]),
        "Deployment" | "StatefulSet" | "DaemonSet" | "Job" | "ReplicaSet" => node.at(&["spec", "template"]),
        _ => None,
    }
}

pub(super) fn check(sink: &mut Sink<'_>, node: &Node, kind: &str) {
    let own = pod_spec(node, kind);
    let Some(pod) = own.or_else(|| template(node, kind).and_then(|template| template.get("spec"))) else {
        return;
    };
    let list = |key: &str| pod.get(key).and_then(Node::as_list).unwrap_or_default();
    if list("containers").is_empty() {
        sink.add(&rules::CONTAINERS, pod.mark, "`containers` is missing or empty", None);
    }
    let mut volumes = volumes(sink, list("volumes"));
    let claims = node.at(&["spec", "volumeClaimTemplates"]).and_then(Node::as_list).unwrap_or_default();
    volumes.extend(claims.iter().filter_map(|claim| claim.at(&["metadata", "name"])?.as_str()));
    let mut seen = BTreeMap::new();
    for container in list("initContainers").iter().chain(list("containers")) {
        name(sink, container, &mut seen);
        let called = container.get("name").and_then(Node::as_str).unwrap_or("without a name");
        image(sink, container, called);
        variables(sink, container, called);
        ports(sink, container, called);
        mounts(sink, container, called, &volumes);
        quantity::resources(sink, container);
    }
}

fn volumes<'a>(sink: &mut Sink<'_>, volumes: &'a [Node]) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    for volume in volumes {
        quantity::volume(sink, volume);
        let Some(node) = volume.get("name") else {
            sink.add(&rules::VOLUME_NAME, volume.mark, "a volume has no name", None);
            continue;
        };
        let Some(name) = node.as_str() else { continue };
        if !is_dns_label(name) {
            let message = format!("`{name}` is no name for a volume");
            sink.add(&rules::VOLUME_NAME, node.mark, message, Some(names::NameRule::Label.words().into()));
        } else if !seen.insert(name) {
            let message = format!("two volumes are called `{name}`");
            sink.add(&rules::VOLUME_NAME, node.mark, message, Some("rename one".into()));
        }
    }
    seen
}

fn name<'a>(sink: &mut Sink<'_>, container: &'a Node, seen: &mut BTreeMap<&'a str, Mark>) {
    let node = container.get("name");
    let mark = node.map_or(container.mark, |node| node.mark);
    match node.and_then(Node::as_str).filter(|name| !name.is_empty()) {
        None => sink.add(&rules::CONTAINER_NAME, mark, "a container has no name", None),
        Some(name) if !is_dns_label(name) => {
            let hint = names::NameRule::Label.words();
            let message = format!("`{name}` is no name for a container");
            sink.add(&rules::CONTAINER_NAME, mark, message, Some(hint.into()));
        }
        Some(name) => {
            if seen.insert(name, mark).is_some() {
                let message = format!("two containers are called `{name}`");
                sink.add(&rules::CONTAINER_NAME, mark, message, Some("rename one".into()));
            }
        }
    }
}

fn image(sink: &mut Sink<'_>, container: &Node, called: &str) {
    let node = container.get("image");
    match node.and_then(Node::as_str).filter(|image| !image.is_empty()) {
        None => {
            let mark = node.map_or(container.mark, |node| node.mark);
            let message = format!("container {called} has no image");
            let hint = "name one here, or give the service of the workload's name an `image`";
            sink.add(&rules::CONTAINER_IMAGE, mark, message, Some(hint.into()));
        }
        // One that services.yaml gave is checked there.
        Some(text) if node.is_some_and(|node| node.mark.is_known()) => {
            if let Err(why) = ImageRef::parse(text) {
                let mark = node.map_or(container.mark, |node| node.mark);
                let hint = "write registry/repository:tag";
                sink.add(
                    &rules::IMAGE_REFERENCE,
                    mark,
                    format!("container {called}: {why}"),
                    Some(hint.into()),
                );
            }
        }
        Some(_) => {}
    }
}

fn variables(sink: &mut Sink<'_>, container: &Node, called: &str) {
    let mut seen = BTreeSet::new();
    for variable in container.get("env").and_then(Node::as_list).into_iter().flatten() {
        let name = variable.get("name").and_then(Node::as_str).unwrap_or_default();
        if !name.is_empty() && !seen.insert(name) {
            let message = format!("container {called} sets `{name}` twice");
            let hint = "the last one wins, and `kubectl apply` may lose one of them; remove one";
            sink.add(&rules::DUPLICATE_ENV, variable.mark, message, Some(hint.into()));
        }
        if let Some(value) = variable.get("value").filter(|v| v.as_str().is_none() && !v.is_null()) {
            let found = value.kind_name();
            let message =
                format!("container {called}: the value of `{name}` must be a string, found {found}");
            sink.add(&rules::ENV_VALUE, value.mark, message, Some("quote it".into()));
        }
    }
}

fn ports(sink: &mut Sink<'_>, container: &Node, called: &str) {
    let mut seen = BTreeSet::new();
    for port in container.get("ports").and_then(Node::as_list).into_iter().flatten() {
        for key in ["containerPort", "hostPort"] {
            if let Some(value) = port.get(key) {
                network::number(sink, &format!("container {called}: {key}"), value);
            }
        }
        let Some(node) = port.get("name") else { continue };
        let Some(name) = node.as_str().filter(|name| !name.is_empty()) else { continue };
        if !names::is_port_name(name) {
            let message = format!("container {called}: `{name}` is no port name");
            sink.add(&rules::PORT_NAME, node.mark, message, Some(network::PORT_NAME.into()));
        } else if !seen.insert(name) {
            let message = format!("container {called}: two ports are called `{name}`");
            sink.add(&rules::PORT_NAME, node.mark, message, Some("rename one".into()));
        }
    }
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        for action in ["httpGet", "tcpSocket"] {
            if let Some(port) = container.at(&[probe, action, "port"]) {
                network::number_or_name(sink, &format!("container {called}: {probe}"), port);
            }
        }
    }
}

fn mounts(sink: &mut Sink<'_>, container: &Node, called: &str, volumes: &BTreeSet<&str>) {
    for key in ["volumeMounts", "volumeDevices"] {
        for mount in container.get(key).and_then(Node::as_list).into_iter().flatten() {
            let Some(name) = mount.get("name").and_then(Node::as_str) else { continue };
            if volumes.contains(name) {
                continue;
            }
            let mark = mount.get("name").map_or(mount.mark, |node| node.mark);
            let near = crate::suggest::nearest(name, volumes.iter().copied());
            let hint = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None if volumes.is_empty() => "the pod has no volumes".into(),
                None => {
                    let known: Vec<&str> = volumes.iter().copied().collect();
                    format!("volumes of the pod: {}", known.join(", "))
                }
            };
            let message = format!("container {called} mounts `{name}`, which is no volume of its pod");
            sink.add(&rules::UNKNOWN_VOLUME, mark, message, Some(hint));
        }
    }
}
