//! What traffic, scaling and protection refer to: Services, Ingresses, policies, budgets and scalers.

use serde_json::Value;

use super::{Need, Reference, SECRET, SERVICE, Target, list, text};
use crate::graph::model::Relation;
use crate::graph::selector::Selector;

/// A Service without a selector has its endpoints from elsewhere.
pub(super) fn service(spec: &Value) -> Option<Reference> {
    selects(Selector::equal(&spec["selector"]).filter(|selector| !selector.is_empty())?, Need::Must)
}

/// An empty selector means every pod of the namespace; no selector, none.
pub(super) fn budget(spec: &Value) -> Option<Reference> {
    selects(Selector::label_selector(&spec["selector"])?, Need::Must)
}

/// A policy may wait for pods that come later, as a policy that forbids everything does.
pub(super) fn policy(spec: &Value) -> Option<Reference> {
    selects(Selector::label_selector(&spec["podSelector"])?, Need::Soft)
}

fn selects(selector: Selector, need: Need) -> Option<Reference> {
    Some(Reference { relation: Relation::Selects, target: Target::Pods(selector), need })
}

pub(super) fn scaler(spec: &Value) -> Option<Reference> {
    let target = &spec["scaleTargetRef"];
    let group = text(&target["apiVersion"])
        .map_or("apps", |version| version.split_once('/').map_or("", |(group, _)| group));
    Reference::to(Relation::Scales, (group, text(&target["kind"])?), text(&target["name"]))
}

/// Backends, certificates, hosts, class.
pub(super) fn ingress(object: &Value) -> Vec<Reference> {
    let spec = &object["spec"];
    let mut found = Vec::new();
    let mut hosts: Vec<&str> = Vec::new();
    for key in ["defaultBackend", "backend"] {
        found.extend(backend(&spec[key]));
    }
    for rule in list(&spec["rules"]) {
        // A rule without a host takes every host.
        hosts.push(text(&rule["host"]).filter(|host| !host.is_empty()).unwrap_or("*"));
        for path in list(&rule["http"]["paths"]) {
            found.extend(backend(&path["backend"]));
        }
    }
    let made = brings_certificates(object);
    for entry in list(&spec["tls"]) {
        hosts.extend(list(&entry["hosts"]).iter().filter_map(text));
        let secret = Reference::to(Relation::Tls, SECRET, text(&entry["secretName"]));
        found.extend(secret.map(|secret| if made { secret.need(Need::Makes) } else { secret }));
    }
    for host in hosts {
        let target = Target::Host(host.to_string());
        found.push(Reference { relation: Relation::Host, target, need: Need::Must });
    }
    let class = ("networking.k8s.io", "IngressClass");
    let class = Reference::to(Relation::Class, class, text(&spec["ingressClassName"]));
    found.extend(class.map(|class| class.need(Need::Soft)));
    found
}

/// Both spellings of a backend: `service.name`, and `serviceName` of the old API; or any object.
fn backend(backend: &Value) -> Option<Reference> {
    if let Some(kind) = text(&backend["resource"]["kind"]) {
        let resource = &backend["resource"];
        let group = text(&resource["apiGroup"]).unwrap_or_default();
        return Reference::to(Relation::Backend, (group, kind), text(&resource["name"]));
    }
    let name = text(&backend["service"]["name"]).or_else(|| text(&backend["serviceName"]));
    Reference::to(Relation::Backend, SERVICE, name)
}

/// Whether cert-manager is asked to put the certificate into the Secret.
fn brings_certificates(object: &Value) -> bool {
    let annotations = &object["metadata"]["annotations"];
    ["cert-manager.io/issuer", "cert-manager.io/cluster-issuer", "kubernetes.io/tls-acme"]
        .iter()
        .any(|key| text(&annotations[key]).is_some_and(|value| !value.is_empty() && value != "false"))
}
