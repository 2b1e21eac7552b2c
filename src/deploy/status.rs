//! `status`: what should run against what does, one row per workload of the stack.

use std::time::Duration;

use anyhow::Result;
use serde::Serialize;
use serde_json::Value;

use super::Session;
use super::pods;
use super::readiness::State;
use crate::manifests::{Document, ResourceId};

const TIMEOUT: Duration = Duration::from_secs(30);
/// What is asked for, in one call per namespace.
const KINDS: &str = "deployments.apps,statefulsets.apps,daemonsets.apps,jobs.batch,cronjobs.batch,replicasets.apps,pods,services";

/// The state of a stack.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Environment name.
    pub env: String,
    /// Namespace of the stack.
    pub namespace: String,
    /// One row per workload, in file order.
    pub workloads: Vec<Row>,
}

/// One workload.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Group or service it belongs to.
    pub unit: String,
    /// `Deployment`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Images services.yaml asks for.
    pub desired_images: Vec<String>,
    /// Images its pods have.
    pub running_images: Vec<String>,
    /// Replicas that are ready.
    pub ready: i64,
    /// Replicas that should be.
    pub wanted: i64,
    /// Restarts of its pods' containers.
    pub restarts: i64,
    /// When it was made (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// `ready`, `pending`, `failed` or `missing`.
    pub state: &'static str,
    /// What is wrong, or missing yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Its pods.
    pub pods: Vec<Pod>,
    /// Services that select its pods, with their ports.
    pub services: Vec<String>,
}

/// One pod.
#[derive(Clone, Debug, Serialize)]
pub struct Pod {
    /// Its name.
    pub name: String,
    /// Whether it is ready.
    pub ready: bool,
    /// Containers that are ready, sidecars included.
    pub containers_ready: usize,
    /// All of them.
    pub containers: usize,
    /// Phase, or the reason why it is not ready.
    pub status: String,
    /// Restarts of its containers.
    pub restarts: i64,
    /// Node it runs on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// When it was made (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
}

/// Reads the state of every workload of the stack, one kubectl per namespace.
///
/// # Errors
/// As kubectl, with a hint.
pub fn collect(session: &Session) -> Result<Report> {
    let Session { stack, set, kubectl, .. } = session;
    let namespace = stack.require_namespace()?;
    let workloads: Vec<(&str, &Document)> = set
        .units
        .iter()
        .flat_map(|unit| unit.documents.iter().map(move |document| (unit.name.as_str(), document)))
        .filter(|(_, document)| is_workload(&document.id))
        .collect();
    let mut namespaces: Vec<Option<String>> =
        workloads.iter().map(|(_, document)| document.id.namespace.clone()).collect();
    namespaces.sort();
    namespaces.dedup();
    let mut rows = Vec::new();
    let mut found = Vec::new();
    for name in &namespaces {
        let answer = kubectl.get(&[KINDS], name.as_deref(), Some(TIMEOUT))?;
        found.push((name, answer["items"].as_array().cloned().unwrap_or_default()));
    }
    for (unit, document) in workloads {
        let objects = found
            .iter()
            .find(|(name, _)| **name == document.id.namespace)
            .map_or(&[][..], |(_, items)| items);
        rows.push(row(unit, document, objects));
    }
    Ok(Report { env: stack.environment.name.clone(), namespace: namespace.as_str().into(), workloads: rows })
}

fn is_workload(id: &ResourceId) -> bool {
    matches!(id.kind.as_str(), "Deployment" | "StatefulSet" | "DaemonSet" | "Job" | "CronJob")
        && matches!(id.group(), "apps" | "batch")
}

fn row(unit: &str, document: &Document, objects: &[Value]) -> Row {
    let id = &document.id;
    let same = |object: &&Value| {
        object["kind"] == id.kind.as_str() && object["metadata"]["name"] == id.name.as_str()
    };
    let mut row = Row {
        unit: unit.into(),
        kind: id.kind.clone(),
        name: id.name.clone(),
        namespace: id.namespace.clone(),
        desired_images: document.images.clone(),
        running_images: Vec::new(),
        ready: 0,
        wanted: 0,
        restarts: 0,
        created: None,
        state: "missing",
        problem: Some("not in the cluster".into()),
        pods: Vec::new(),
        services: Vec::new(),
    };
    let Some(object) = objects.iter().find(same) else { return row };
    let pods = pods::owned(objects, &id.kind, &id.name);
    row.created = time(object);
    (row.ready, row.wanted) = counts(object);
    row.restarts = pods.iter().map(|pod| pods::restarts(pod)).sum();
    row.running_images = images(&pods);
    row.services = pods.first().map(|pod| services(objects, pod)).unwrap_or_default();
    row.pods = pods.iter().map(|pod| pod_row(pod)).collect();
    let trouble =
        pods.iter().find_map(|pod| pods::trouble(pod)).map(|trouble| match trouble.message.as_str() {
            "" => trouble.reason,
            message => format!("{}: {message}", trouble.reason),
        });
    (row.state, row.problem) = match State::of(object) {
        State::Ready(_) => ("ready", None),
        State::Pending(text) => ("pending", Some(trouble.unwrap_or(text))),
        State::Failed(text) => ("failed", Some(trouble.unwrap_or(text))),
    };
    row
}

fn time(object: &Value) -> Option<String> {
    object["metadata"]["creationTimestamp"].as_str().map(String::from)
}

/// Ready and wanted replicas, by kind.
fn counts(object: &Value) -> (i64, i64) {
    let status = &object["status"];
    let int = |key: &str| status[key].as_i64().unwrap_or(0);
    match object["kind"].as_str() {
        Some("DaemonSet") => (int("numberReady"), int("desiredNumberScheduled")),
        Some("Job") => (int("succeeded"), object["spec"]["completions"].as_i64().unwrap_or(1)),
        Some("CronJob") => {
            let active = status["active"].as_array().map_or(0, Vec::len);
            (i64::try_from(active).unwrap_or(0), i64::try_from(active).unwrap_or(0))
        }
        _ => (int("readyReplicas"), object["spec"]["replicas"].as_i64().unwrap_or(1)),
    }
}

fn images(pods: &[&Value]) -> Vec<String> {
    let mut images: Vec<String> = Vec::new();
    for key in ["containers", "initContainers"] {
        for pod in pods {
            for container in pod["spec"][key].as_array().into_iter().flatten() {
                let image = container["image"].as_str().unwrap_or_default();
                if !images.iter().any(|known| known == image) {
                    images.push(image.to_string());
                }
            }
        }
    }
    images
}

/// Services whose selector takes this pod: `web:80,443`.
fn services(objects: &[Value], pod: &Value) -> Vec<String> {
    let labels = &pod["metadata"]["labels"];
    let selects = |service: &&Value| {
        let selector = service["spec"]["selector"].as_object();
        selector.is_some_and(|s| !s.is_empty() && s.iter().all(|(key, value)| labels[key] == *value))
    };
    objects
        .iter()
        .filter(|object| object["kind"] == "Service")
        .filter(selects)
        .map(|service| {
            let ports = service["spec"]["ports"].as_array().into_iter().flatten();
            let ports: Vec<String> = ports.map(|port| port["port"].to_string()).collect();
            format!("{}:{}", service["metadata"]["name"].as_str().unwrap_or_default(), ports.join(","))
        })
        .collect()
}

fn pod_row(pod: &Value) -> Pod {
    let phase = pod["status"]["phase"].as_str().unwrap_or("Unknown");
    let (containers_ready, containers) = pods::containers(pod);
    Pod {
        name: pod["metadata"]["name"].as_str().unwrap_or_default().into(),
        ready: pods::is_ready(pod),
        containers_ready,
        containers,
        status: pods::trouble(pod).map_or_else(|| phase.to_string(), |trouble| trouble.reason),
        restarts: pods::restarts(pod),
        node: pod["spec"]["nodeName"].as_str().map(String::from),
        created: time(pod),
    }
}
