//! Tables of everything that is no workload.

use serde_json::{Value, json};

use super::{Column, Form, created, since};
use crate::json;

const S: &str = "string";
const NAMESPACE: &[Column] = &[("Status", S, false), ("Age", S, false)];
const DATA: &[Column] = &[("Data", "integer", false), ("Age", S, false)];
const SECRET: &[Column] = &[("Type", S, false), ("Data", "integer", false), ("Age", S, false)];
const SERVICE: &[Column] = &[
    ("Type", S, false),
    ("Cluster-IP", S, false),
    ("External-IP", S, false),
    ("Port(s)", S, false),
    ("Age", S, false),
    ("Selector", S, true),
];
const ACCOUNT: &[Column] = &[("Secrets", "integer", false), ("Age", S, false)];
const CLAIM: &[Column] = &[
    ("Status", S, false),
    ("Volume", S, false),
    ("Capacity", S, false),
    ("Access Modes", S, false),
    ("StorageClass", S, false),
    ("VolumeAttributesClass", S, false),
    ("Age", S, false),
    ("VolumeMode", S, true),
];
const INGRESS: &[Column] = &[
    ("Class", S, false),
    ("Hosts", S, false),
    ("Address", S, false),
    ("Ports", S, false),
    ("Age", S, false),
];
const EVENT: &[Column] = &[
    ("Last Seen", S, false),
    ("Type", S, false),
    ("Reason", S, false),
    ("Object", S, false),
    ("Subobject", S, true),
    ("Source", S, true),
    ("Message", S, false),
    ("First Seen", S, true),
    ("Count", S, true),
    ("Name", S, true),
];
const NODE: &[Column] =
    &[("Status", S, false), ("Roles", S, false), ("Age", S, false), ("Version", S, false)];
const CREATED: &[Column] = &[("Created At", "date", false)];

/// Columns and cells of the other kinds.
pub(super) fn form(kind: &str) -> Option<Form> {
    Some(match kind {
        "Namespace" => Form::new(NAMESPACE, |o| vec![o["status"]["phase"].clone(), created(o)]),
        "ConfigMap" => Form::new(DATA, |o| vec![json!(size(o, "data") + size(o, "binaryData")), created(o)]),
        "Secret" => Form::new(SECRET, |o| vec![o["type"].clone(), json!(size(o, "data")), created(o)]),
        "Service" => Form::new(SERVICE, service),
        "ServiceAccount" => {
            Form::new(ACCOUNT, |o| vec![json!(json::list(o, &["secrets"]).len()), created(o)])
        }
        "PersistentVolumeClaim" => Form::new(CLAIM, claim),
        "Ingress" => Form::new(INGRESS, ingress),
        "Event" => Form::unnamed(EVENT, event),
        "Node" => Form::new(NODE, node),
        "CustomResourceDefinition" | "Role" | "ClusterRole" => {
            Form::new(CREATED, |o| vec![o["metadata"]["creationTimestamp"].clone()])
        }
        _ => return None,
    })
}

fn size(object: &Value, key: &str) -> usize {
    object[key].as_object().map_or(0, serde_json::Map::len)
}

fn or<'a>(text: &'a str, other: &'a str) -> Value {
    json!(if text.is_empty() { other } else { text })
}

fn service(o: &Value) -> Vec<Value> {
    let ports: Vec<String> = json::list(o, &["spec", "ports"])
        .iter()
        .map(|p| {
            let protocol = json::text(p, &["protocol"]);
            match json::int(p, &["nodePort"]) {
                Some(node) => format!("{}:{node}/{protocol}", p["port"]),
                None => format!("{}/{protocol}", p["port"]),
            }
        })
        .collect();
    let labels = json::at(o, &["spec", "selector"]).and_then(Value::as_object);
    let selector: Vec<String> = labels
        .into_iter()
        .flatten()
        .map(|(k, v)| format!("{k}={}", v.as_str().unwrap_or_default()))
        .collect();
    let external = match json::text(o, &["spec", "type"]) {
        "LoadBalancer" => "<pending>",
        "ExternalName" => json::text(o, &["spec", "externalName"]),
        _ => "<none>",
    };
    vec![
        o["spec"]["type"].clone(),
        or(json::text(o, &["spec", "clusterIP"]), "<none>"),
        json!(external),
        or(&ports.join(","), "<none>"),
        created(o),
        or(&selector.join(","), "<none>"),
    ]
}

fn claim(o: &Value) -> Vec<Value> {
    let modes: Vec<&str> = json::list(o, &["status", "accessModes"])
        .iter()
        .filter_map(Value::as_str)
        .map(|mode| match mode {
            "ReadWriteOnce" => "RWO",
            "ReadOnlyMany" => "ROX",
            "ReadWriteMany" => "RWX",
            other => other,
        })
        .collect();
    vec![
        o["status"]["phase"].clone(),
        json!(json::text(o, &["spec", "volumeName"])),
        json!(json::text(o, &["status", "capacity", "storage"])),
        json!(modes.join(",")),
        json!(json::text(o, &["spec", "storageClassName"])),
        json!("<unset>"),
        created(o),
        json!(json::text(o, &["spec", "volumeMode"])),
    ]
}

fn ingress(o: &Value) -> Vec<Value> {
    let hosts: Vec<&str> =
        json::list(o, &["spec", "rules"]).iter().map(|r| json::text(r, &["host"])).collect();
    let ports = if json::list(o, &["spec", "tls"]).is_empty() { "80" } else { "80, 443" };
    let class = json::text(o, &["spec", "ingressClassName"]);
    vec![or(class, "<none>"), or(&hosts.join(","), "*"), json!(""), json!(ports), created(o)]
}

fn event(o: &Value) -> Vec<Value> {
    let part = |key: &str| json::text(o, &[key]).to_owned();
    let about = &o["involvedObject"];
    let object = format!("{}/{}", json::text(about, &["kind"]).to_lowercase(), json::text(about, &["name"]));
    let seen = |key: &str| json!(since(json::text(o, &[key])));
    let source = json::text(o, &["source", "component"]);
    vec![
        seen("lastTimestamp"),
        json!(part("type")),
        json!(part("reason")),
        json!(object),
        json!(json::text(about, &["fieldPath"])),
        json!(source),
        json!(part("message")),
        seen("firstTimestamp"),
        json!(o["count"].to_string()),
        json!(json::name(o)),
    ]
}

fn node(o: &Value) -> Vec<Value> {
    let version = json::text(o, &["status", "nodeInfo", "kubeletVersion"]);
    vec![json!("Ready"), json!("control-plane"), created(o), json!(version)]
}
