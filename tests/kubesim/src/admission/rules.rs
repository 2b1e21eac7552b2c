//! Rules about contents and changes: the ones that people run into.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::json;
use crate::resources::Resource;
use crate::selectors::Labels;
use crate::status::Cause;

const ANNOTATIONS_LIMIT: usize = 256 * 1024;
const DATA_LIMIT: usize = 1024 * 1024;

/// Size limits that every object has.
pub fn sizes(object: &Value) -> Vec<Cause> {
    let annotations = json::at(object, &["metadata", "annotations"]).and_then(Value::as_object);
    let total: usize =
        annotations.into_iter().flatten().map(|(k, v)| k.len() + v.as_str().map_or(0, str::len)).sum();
    if total > ANNOTATIONS_LIMIT {
        return vec![Cause::too_long("metadata.annotations", ANNOTATIONS_LIMIT)];
    }
    Vec::new()
}

/// Rules about what an object says.
pub fn content(resource: &Resource, object: &Value) -> Vec<Cause> {
    if resource.custom {
        return resource
            .custom_schema
            .as_ref()
            .map(|schema| super::custom::problems(schema, object, ""))
            .unwrap_or_default();
    }
    match resource.kind.as_str() {
        "ConfigMap" => data(object, &["data", "binaryData"], false),
        "Secret" => data(object, &["data"], true),
        "Pod" => pod_spec(&object["spec"], "spec"),
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" => workload(&resource.kind, object),
        "Job" => job(&object["spec"]["template"]["spec"], "spec.template.spec"),
        "CronJob" => cron_job(object),
        "Service" => service(object),
        "PersistentVolumeClaim" => claim(object),
        "CustomResourceDefinition" => crd(object),
        _ => Vec::new(),
    }
}

fn data(object: &Value, maps: &[&str], encoded: bool) -> Vec<Cause> {
    let mut found = Vec::new();
    let mut total = 0;
    for map in maps {
        for (key, value) in object[*map].as_object().into_iter().flatten() {
            let text = value.as_str().unwrap_or_default();
            total += if encoded { STANDARD.decode(text).map_or(0, |b| b.len()) } else { text.len() };
            let fits = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
            if !fits || key == ".." || key == "." {
                let detail = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. \
                              'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is \
                              '[-._a-zA-Z0-9]+')";
                found.push(Cause::invalid(format!("{map}[{key}]"), &json!(key), detail));
            }
        }
    }
    if total > DATA_LIMIT {
        let field = if encoded { "data" } else { "" };
        found.push(Cause::too_long(field, DATA_LIMIT));
    }
    found
}

fn pod_spec(spec: &Value, path: &str) -> Vec<Cause> {
    let mut found = Vec::new();
    if json::list(spec, &["containers"]).is_empty() {
        found.push(Cause::required(format!("{path}.containers"), ""));
    }
    let mut names: Vec<&str> = Vec::new();
    let volumes: Vec<&str> =
        json::list(spec, &["volumes"]).iter().map(|v| json::text(v, &["name"])).collect();
    for list in ["initContainers", "containers"] {
        for (i, container) in json::list(spec, &[list]).iter().enumerate() {
            let place = format!("{path}.{list}[{i}]");
            let name = json::text(container, &["name"]);
            if name.is_empty() {
                found.push(Cause::required(format!("{place}.name"), ""));
            } else if names.contains(&name) {
                found.push(Cause::duplicate(format!("{place}.name"), &json!(name)));
            }
            names.push(name);
            if json::text(container, &["image"]).is_empty() {
                found.push(Cause::required(format!("{place}.image"), ""));
            }
            for (j, mount) in json::list(container, &["volumeMounts"]).iter().enumerate() {
                let volume = json::text(mount, &["name"]);
                if !volumes.contains(&volume) {
                    let cause = Cause {
                        reason: "FieldValueNotFound",
                        message: format!("Not found: \"{volume}\""),
                        field: format!("{place}.volumeMounts[{j}].name"),
                    };
                    found.push(cause);
                }
            }
        }
    }
    let policy = &spec["restartPolicy"];
    if !matches!(policy.as_str(), Some("Always" | "OnFailure" | "Never")) {
        found.push(Cause::unsupported(
            format!("{path}.restartPolicy"),
            policy,
            &["Always", "OnFailure", "Never"],
        ));
    }
    found
}

fn workload(kind: &str, object: &Value) -> Vec<Cause> {
    let mut found = Vec::new();
    let selector = &object["spec"]["selector"];
    let template = &object["spec"]["template"];
    if selector.is_null() {
        found.push(Cause::required("spec.selector", ""));
    } else if Labels::from_selector(selector).is_empty() {
        found.push(Cause::invalid(
            "spec.selector",
            selector,
            &format!("empty selector is invalid for {}", kind.to_lowercase()),
        ));
    } else if !Labels::from_selector(selector).matches(json::at(template, &["metadata", "labels"])) {
        let labels = json::at(template, &["metadata", "labels"]).cloned().unwrap_or_else(|| json!({}));
        found.push(Cause::invalid(
            "spec.template.metadata.labels",
            &labels,
            "`selector` does not match template `labels`",
        ));
    }
    if json::int(object, &["spec", "replicas"]).unwrap_or(0) < 0 {
        let detail = "must be greater than or equal to 0";
        found.push(Cause::invalid("spec.replicas", &object["spec"]["replicas"], detail));
    }
    // A StatefulSet's claims are volumes of its pods.
    let mut spec = template["spec"].clone();
    for claim in json::list(object, &["spec", "volumeClaimTemplates"]) {
        let volume = json::text(claim, &["metadata", "name"]);
        json::list_mut(&mut spec, &["volumes"]).push(json!({"name": volume}));
    }
    found.extend(pod_spec(&spec, "spec.template.spec"));
    let policy = &template["spec"]["restartPolicy"];
    if matches!(policy.as_str(), Some("OnFailure" | "Never")) {
        found.push(Cause::unsupported("spec.template.spec.restartPolicy", policy, &["Always"]));
    }
    found
}

fn job(spec: &Value, path: &str) -> Vec<Cause> {
    let mut found = pod_spec(spec, path);
    if spec["restartPolicy"] == "Always" {
        let field = format!("{path}.restartPolicy");
        found.push(Cause {
            message: "Required value: valid values: \"OnFailure\", \"Never\"".into(),
            ..Cause::required(field, "")
        });
    }
    found
}

fn cron_job(object: &Value) -> Vec<Cause> {
    let path = "spec.jobTemplate.spec.template.spec";
    let mut found = job(&object["spec"]["jobTemplate"]["spec"]["template"]["spec"], path);
    let schedule = json::text(object, &["spec", "schedule"]);
    if schedule.is_empty() {
        found.push(Cause::required("spec.schedule", ""));
    } else if !schedule.starts_with('@') && schedule.split_whitespace().count() != 5 {
        let count = schedule.split_whitespace().count();
        let detail = format!("expected exactly 5 fields, found {count}: [{schedule}]");
        found.push(Cause::invalid("spec.schedule", &json!(schedule), &detail));
    }
    found
}

fn service(object: &Value) -> Vec<Cause> {
    let mut found = Vec::new();
    let ports = json::list(object, &["spec", "ports"]);
    let kind = json::text(object, &["spec", "type"]);
    if ports.is_empty() && kind != "ExternalName" && object["spec"]["clusterIP"] != "None" {
        found.push(Cause::required("spec.ports", ""));
    }
    if !matches!(kind, "ClusterIP" | "NodePort" | "LoadBalancer" | "ExternalName") {
        let known = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
        found.push(Cause::unsupported("spec.type", &object["spec"]["type"], &known));
    }
    for (i, port) in ports.iter().enumerate() {
        if !(1..=65535).contains(&json::int(port, &["port"]).unwrap_or(0)) {
            let detail = "must be between 1 and 65535, inclusive";
            found.push(Cause::invalid(format!("spec.ports[{i}].port"), &port["port"], detail));
        }
        if ports.len() > 1 && json::text(port, &["name"]).is_empty() {
            found.push(Cause::required(format!("spec.ports[{i}].name"), ""));
        }
    }
    found
}

fn claim(object: &Value) -> Vec<Cause> {
    let mut found = Vec::new();
    if json::list(object, &["spec", "accessModes"]).is_empty() {
        found.push(Cause::required("spec.accessModes", "at least 1 access mode is required"));
    }
    if json::text(object, &["spec", "resources", "requests", "storage"]).is_empty() {
        found.push(Cause::required("spec.resources[storage]", ""));
    }
    found
}

fn crd(object: &Value) -> Vec<Cause> {
    let plural = json::text(object, &["spec", "names", "plural"]);
    let wanted = format!("{plural}.{}", json::text(object, &["spec", "group"]));
    let mut found = Vec::new();
    if json::name(object) != wanted {
        let detail = "must be spec.names.plural+\".\"+spec.group";
        found.push(Cause::invalid("metadata.name", &json!(json::name(object)), detail));
    }
    if json::list(object, &["spec", "versions"]).is_empty() {
        found.push(Cause::required("spec.versions", ""));
    }
    found
}

/// Rules about what an update may change.
pub fn changes(resource: &Resource, old: &Value, new: &Value) -> Vec<Cause> {
    let fixed: &[&[&str]] = match (resource.group.as_str(), resource.kind.as_str()) {
        ("apps", "Deployment" | "ReplicaSet" | "DaemonSet") => &[&["spec", "selector"]],
        ("batch", "Job") => &[&["spec", "completions"], &["spec", "selector"], &["spec", "template"]],
        ("", "Secret") => &[&["type"]],
        ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => &[&["roleRef"]],
        ("storage.k8s.io", "StorageClass") => &[&["provisioner"], &["parameters"]],
        _ => &[],
    };
    let mut found: Vec<Cause> = fixed
        .iter()
        .filter(|path| json::at(old, path) != json::at(new, path))
        .map(|path| {
            let value = json::at(new, path).cloned().unwrap_or_default();
            Cause::invalid(path.join("."), &value, "field is immutable")
        })
        .collect();
    let special = match (resource.group.as_str(), resource.kind.as_str()) {
        ("apps", "StatefulSet") => stateful_set(old, new),
        ("", "Service") => address(old, new),
        ("", "ConfigMap" | "Secret") if old["immutable"] == true => immutable(old, new),
        ("", "Pod") => pod(old, new),
        ("", "PersistentVolumeClaim") => claim_change(old, new),
        _ => None,
    };
    found.extend(special);
    found
}

fn stateful_set(old: &Value, new: &Value) -> Option<Cause> {
    let free = [
        "replicas",
        "ordinals",
        "template",
        "updateStrategy",
        "revisionHistoryLimit",
        "persistentVolumeClaimRetentionPolicy",
        "minReadySeconds",
    ];
    let detail = "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', \
                  'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and \
                  'minReadySeconds' are forbidden";
    (without(&old["spec"], &free) != without(&new["spec"], &free)).then(|| Cause::forbidden("spec", detail))
}

fn without(value: &Value, keys: &[&str]) -> Value {
    let mut value = value.clone();
    for key in keys {
        json::remove(&mut value, &[key]);
    }
    value
}

fn address(old: &Value, new: &Value) -> Option<Cause> {
    let ip = |o: &Value| o["spec"]["clusterIP"].clone();
    let fixed =
        new["spec"]["type"] != "ExternalName" && old["spec"]["type"] != "ExternalName" && ip(old) != ip(new);
    fixed.then(|| Cause::invalid("spec.clusterIP", &ip(new), "field is immutable"))
}

fn immutable(old: &Value, new: &Value) -> Option<Cause> {
    let changed = ["data", "binaryData", "immutable"].into_iter().find(|key| old.get(key) != new.get(key))?;
    Some(Cause::forbidden(changed, "field is immutable when `immutable` is set"))
}

fn pod(old: &Value, new: &Value) -> Option<Cause> {
    let fixed = |pod: &Value| {
        let mut spec = without(
            &pod["spec"],
            &["activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "nodeName"],
        );
        for list in ["containers", "initContainers"] {
            for container in json::each_mut(&mut spec, &[list]) {
                json::remove(container, &["image"]);
            }
        }
        spec
    };
    let detail = "pod updates may not change fields other than `spec.containers[*].image`,\
                  `spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to \
                  existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was \
                  previously negative)";
    (fixed(old) != fixed(new)).then(|| Cause::forbidden("spec", detail))
}

fn claim_change(old: &Value, new: &Value) -> Option<Cause> {
    let free = ["resources", "volumeName", "volumeAttributesClassName"];
    let detail = "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound \
                  claims";
    (without(&old["spec"], &free) != without(&new["spec"], &free)).then(|| Cause::forbidden("spec", detail))
}
