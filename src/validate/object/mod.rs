//! Rules for one Kubernetes object, as it would reach the cluster: what the API server, or kubectl before it, refuses.
//!
//! Objects are trees, never typed: a field that is not what it should be is skipped by rules that are not about it.

mod cron;
mod deprecated;
mod metadata;
mod names;
mod network;
mod pod;
mod quantity;
mod selector;

pub(super) use names::is_ingress_host;

use super::documents::FileView;
use super::finding::Finding;
use super::rules::{self, Rule};
use crate::config::is_dns_label;
use crate::manifests::{ResourceId, is_cluster_scoped};
use crate::yaml::{Map, Mark, Node};

/// Takes the findings about one object and gives each its place in the manifest.
pub(super) struct Sink<'a> {
    file: &'a FileView<'a>,
    /// `Deployment api`, in front of every message.
    label: String,
    /// Where the object begins, for values that no file holds.
    begin: Mark,
    /// Leave out what is about values that services.yaml gave: they are wrong there already.
    written_only: bool,
    findings: Vec<Finding>,
}

impl Sink<'_> {
    pub(super) fn add(
        &mut self,
        rule: &'static Rule,
        mark: Mark,
        message: impl AsRef<str>,
        hint: Option<String>,
    ) {
        if !mark.is_known() && self.written_only {
            return;
        }
        let mark = if mark.is_known() { mark } else { self.begin };
        let message = format!("{}: {}", self.label, message.as_ref());
        self.findings.push(self.file.finding(rule, mark, message).hint(hint));
    }
}

/// Everything wrong with an object.
pub(super) fn check(file: &FileView<'_>, node: &Node, id: &ResourceId, written_only: bool) -> Vec<Finding> {
    let label = format!("{} {}", id.kind, id.name);
    let mut sink = Sink { file, label, begin: node.mark, written_only, findings: Vec::new() };
    identity(&mut sink, node, id);
    metadata::check(&mut sink, node, &id.kind);
    // A custom resource may be called Service, too: it has rules of its own.
    if !is_builtin(id) {
        return sink.findings;
    }
    pod::check(&mut sink, node, &id.kind);
    selector::check(&mut sink, node, &id.kind);
    network::check(&mut sink, node, &id.kind);
    quantity::object(&mut sink, node, &id.kind);
    if matches!(id.kind.as_str(), "ConfigMap" | "Secret") && id.group().is_empty() {
        data(&mut sink, node, id.kind == "Secret");
    }
    if id.kind == "CronJob"
        && let Some(schedule) = node.at(&["spec", "schedule"])
        && let Err(why) = schedule.as_str().ok_or("must be a string".to_string()).and_then(cron::check)
    {
        let hint = "five fields: minute, hour, day of month, month, day of week; or @daily and its like";
        sink.add(&rules::SCHEDULE, schedule.mark, format!("schedule: {why}"), Some(hint.into()));
    }
    sink.findings
}

/// Whether the kind is one of Kubernetes' own: their groups have no domain, or `k8s.io`.
fn is_builtin(id: &ResourceId) -> bool {
    !id.group().contains('.') || id.group().ends_with(".k8s.io")
}

/// `apiVersion`, `kind` and `metadata.name`, each that is missing.
pub(super) fn missing(file: &FileView<'_>, node: &Node) -> Vec<Finding> {
    let hint = Some("a manifest holds Kubernetes objects: `apiVersion`, `kind`, `metadata.name`".to_string());
    if node.as_map().is_none() {
        let message = format!("a document must be a map, found {}", node.kind_name());
        return vec![file.finding(&rules::NOT_AN_OBJECT, node.mark, message).hint(hint)];
    }
    let text = |path: &[&str]| node.at(path).and_then(Node::as_str).filter(|text| !text.is_empty());
    let kind = text(&["kind"]).unwrap_or("object");
    let mut findings = Vec::new();
    for path in [&["apiVersion"][..], &["kind"], &["metadata", "name"], &["metadata", "namespace"]] {
        let (is_name, optional) = (path.len() > 1, path.ends_with(&["namespace"]));
        let value = node.at(path).filter(|value| !value.is_null());
        let generated = path.ends_with(&["name"]) && text(&["metadata", "generateName"]).is_some();
        match value {
            Some(value) if is_name && value.as_str().is_none() => {
                let found = value.kind_name();
                let message = format!("`{}` must be a string, found {found}", path.join("."));
                let quote = value.text().map(|_| "quote it".to_string());
                findings.push(file.finding(&rules::NAME, value.mark, message).hint(quote));
            }
            _ if text(path).is_some() || optional || generated => {}
            _ => {
                let message = format!("`{}` of this {kind} is missing", path.join("."));
                findings.push(file.finding(&rules::MISSING_FIELD, node.mark, message).hint(hint.clone()));
            }
        }
    }
    findings
}

fn identity(sink: &mut Sink<'_>, node: &Node, id: &ResourceId) {
    let rule = if is_builtin(id) { names::NameRule::of(&id.kind) } else { names::NameRule::Subdomain };
    let mark = |path: &[&str]| node.at(path).map_or(node.mark, |value| value.mark);
    if id.is_generated() {
        let message = format!(
            "{} `{}…` has `generateName`, which cannot be applied",
            id.kind,
            id.name.trim_end_matches('*')
        );
        let hint = "give it a `metadata.name`";
        sink.add(&rules::MISSING_FIELD, mark(&["metadata", "generateName"]), message, Some(hint.into()));
    } else if !rule.holds(&id.name) {
        let message = format!("`{}` is no name for a {}", id.name, id.kind);
        sink.add(&rules::NAME, mark(&["metadata", "name"]), message, Some(rule.words().into()));
    } else if id.kind == "CronJob" && id.name.len() > names::CRON_JOB_MAX {
        let message = format!("the name has {} characters", id.name.len());
        let hint = format!("at most {}: the Jobs it makes get more", names::CRON_JOB_MAX);
        sink.add(&rules::NAME, mark(&["metadata", "name"]), message, Some(hint));
    }
    if let Some(namespace) = id.namespace.as_deref().filter(|_| !is_cluster_scoped(&id.kind))
        && !is_dns_label(namespace)
    {
        let hint = names::NameRule::Label.words();
        let message = format!("`{namespace}` is no namespace");
        sink.add(&rules::RESOURCE_NAMESPACE, mark(&["metadata", "namespace"]), message, Some(hint.into()));
    }
    if let Some(gone) = deprecated::gone(&id.api_version, &id.kind) {
        let message = format!("`{}` is no longer served since Kubernetes 1.{}", id.api_version, gone.removed);
        let hint = match gone.replacement {
            Some(new) => format!("use `apiVersion: {new}`"),
            None => "nothing took its place; remove it".into(),
        };
        sink.add(&rules::DEPRECATED_API, mark(&["apiVersion"]), message, Some(hint));
    }
}

/// kubectl refuses numbers and booleans where the API has strings, and what is no Base64 where it has bytes.
fn data(sink: &mut Sink<'_>, node: &Node, secret: bool) {
    for key in ["data", "stringData", "binaryData"] {
        for entry in node.get(key).and_then(Node::as_map).into_iter().flat_map(Map::entries) {
            let value = &entry.node;
            if value.as_str().is_none() && !value.is_null() {
                let message = format!("{key}.{}: must be a string, found {}", entry.key, value.kind_name());
                sink.add(&rules::CONFIG_DATA, value.mark, message, Some("quote it".into()));
            }
            let bytes = key == "binaryData" || secret && key == "data";
            if bytes && value.as_str().is_some_and(|text| !is_base64(text)) {
                let message = format!("{key}.{}: is no Base64", entry.key);
                let hint = if secret {
                    "encode it, or move it to `stringData`"
                } else {
                    "encode it, or move it to `data`"
                };
                sink.add(&rules::CONFIG_DATA, value.mark, message, Some(hint.into()));
            }
        }
    }
}

/// Standard Base64 with padding; line breaks are skipped, as Go does.
fn is_base64(text: &str) -> bool {
    let text: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    let digits = text.trim_end_matches('=');
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
    text.len().is_multiple_of(4) && text.len() - digits.len() <= 2 && digits.bytes().all(plain)
}
