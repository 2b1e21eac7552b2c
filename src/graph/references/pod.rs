//! What pods refer to: configuration, volumes, accounts, images.

use serde_json::Value;

use super::{ACCOUNT, CLAIM, CONFIG_MAP, Need, Reference, SECRET, SERVICE, Target, list, optional, text};
use crate::graph::model::Relation;

/// Where an object holds its pods' metadata and spec.
fn template<'a>(group: &str, kind: &str, object: &'a Value) -> Option<&'a Value> {
    match (group, kind) {
        ("", "Pod") => Some(object),
        ("apps", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet")
        | ("extensions", "Deployment" | "DaemonSet" | "ReplicaSet")
        | ("", "ReplicationController")
        | ("batch", "Job") => Some(&object["spec"]["template"]),
        ("batch", "CronJob") => Some(&object["spec"]["jobTemplate"]["spec"]["template"]),
        _ => None,
    }
}

/// The labels of the pods an object makes; `None` where it makes none.
pub(in crate::graph) fn pod_labels<'a>(group: &str, kind: &str, object: &'a Value) -> Option<&'a Value> {
    template(group, kind, object).map(|template| &template["metadata"]["labels"])
}

/// The references of a workload: nothing for other objects.
pub(super) fn references(group: &str, kind: &str, object: &Value) -> Vec<Reference> {
    let Some(template) = template(group, kind, object) else { return Vec::new() };
    let pod = &template["spec"];
    let mut found = Vec::new();
    for container in ["initContainers", "containers"].iter().flat_map(|key| list(&pod[key])) {
        self::container(container, &mut found);
    }
    for volume in list(&pod["volumes"]) {
        self::volume(volume, &mut found);
    }
    if kind == "StatefulSet" {
        let service = text(&object["spec"]["serviceName"]);
        found.extend(Reference::to(Relation::ServiceName, SERVICE, service));
        let owner = text(&object["metadata"]["name"]).unwrap_or_default();
        for claim in list(&object["spec"]["volumeClaimTemplates"]) {
            let name = text(&claim["metadata"]["name"]).map(|name| format!("{name}-{owner}-*"));
            let claim = Reference::to(Relation::ClaimTemplate, CLAIM, name.as_deref());
            found.extend(claim.map(|claim| claim.need(Need::Makes)));
        }
    }
    for secret in list(&pod["imagePullSecrets"]) {
        found.extend(Reference::to(Relation::ImagePullSecret, SECRET, text(&secret["name"])));
    }
    let account = text(&pod["serviceAccountName"]).or_else(|| text(&pod["serviceAccount"]));
    found.extend(Reference::to(Relation::ServiceAccount, ACCOUNT, account));
    for (group, kind, key) in [
        ("scheduling.k8s.io", "PriorityClass", "priorityClassName"),
        ("node.k8s.io", "RuntimeClass", "runtimeClassName"),
    ] {
        let class = Reference::to(Relation::Class, (group, kind), text(&pod[key]));
        found.extend(class.map(|class| class.need(Need::Soft)));
    }
    found
}

fn container(container: &Value, found: &mut Vec<Reference>) {
    for variable in list(&container["env"]) {
        for (key, kind) in [("configMapKeyRef", CONFIG_MAP), ("secretKeyRef", SECRET)] {
            named(Relation::Env, kind, &variable["valueFrom"][key], "name", found);
        }
    }
    for source in list(&container["envFrom"]) {
        for (key, kind) in [("configMapRef", CONFIG_MAP), ("secretRef", SECRET)] {
            named(Relation::EnvFrom, kind, &source[key], "name", found);
        }
    }
    if let Some(image) = text(&container["image"]).map(str::trim).filter(|image| !image.is_empty()) {
        let target = Target::Image(image.to_string());
        found.push(Reference { relation: Relation::Image, target, need: Need::Must });
    }
}

fn volume(volume: &Value, found: &mut Vec<Reference>) {
    named(Relation::Volume, CONFIG_MAP, &volume["configMap"], "name", found);
    named(Relation::Volume, SECRET, &volume["secret"], "secretName", found);
    let claim = &volume["persistentVolumeClaim"];
    found.extend(Reference::to(Relation::Volume, CLAIM, text(&claim["claimName"])));
    for source in list(&volume["projected"]["sources"]) {
        named(Relation::Volume, CONFIG_MAP, &source["configMap"], "name", found);
        named(Relation::Volume, SECRET, &source["secret"], "name", found);
    }
    named(Relation::Volume, SECRET, &volume["csi"]["nodePublishSecretRef"], "name", found);
}

fn named(relation: Relation, kind: (&str, &str), value: &Value, key: &str, found: &mut Vec<Reference>) {
    let reference = Reference::to(relation, kind, text(&value[key]));
    found.extend(reference.map(|reference| reference.need(optional(value))));
}
