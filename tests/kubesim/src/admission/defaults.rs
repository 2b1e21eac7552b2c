//! Defaults of each kind, but for pods and Services.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::pods;
use crate::json;
use crate::resources::Resource;

/// Fills in what the server fills in.
pub fn apply(resource: &Resource, object: &mut Value) {
    if resource.custom {
        return;
    }
    match resource.kind.as_str() {
        "Namespace" => namespace(object),
        "Pod" => {
            pods::pod_defaults(json::entry(object, &["spec"]));
            json::default(object, &["status"], json!({"phase": "Pending", "qosClass": "BestEffort"}));
        }
        "Secret" => secret(object),
        "PersistentVolumeClaim" => claim(object),
        "PersistentVolume" => {
            json::default(object, &["spec", "persistentVolumeReclaimPolicy"], "Retain");
            json::default(object, &["spec", "volumeMode"], "Filesystem");
            json::default(object, &["status"], json!({"phase": "Available"}));
        }
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "ReplicationController" => {
            workload(&resource.kind, object);
        }
        "Job" => job(object),
        "CronJob" => cron_job(object),
        "NetworkPolicy" => json::default(object, &["spec", "policyTypes"], json!(["Ingress"])),
        "HorizontalPodAutoscaler" => json::default(object, &["spec", "minReplicas"], 1),
        "StorageClass" => {
            json::default(object, &["reclaimPolicy"], "Delete");
            json::default(object, &["volumeBindingMode"], "Immediate");
        }
        "RoleBinding" | "ClusterRoleBinding" => binding(object),
        "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration" => webhooks(&resource.kind, object),
        "CustomResourceDefinition" => crd(object),
        "Ingress" => json::default(object, &["status"], json!({"loadBalancer": {}})),
        _ => {}
    }
}

/// Keeps what the server added to an object and clients do not know.
pub fn carry_over(resource: &Resource, old: &Value, new: &mut Value) {
    match resource.kind.as_str() {
        "Job" => {
            let selector = json::at(old, &["spec", "selector"]).cloned().unwrap_or_default();
            json::default(new, &["spec", "selector"], selector);
            let labels =
                json::at(old, &["spec", "template", "metadata", "labels"]).cloned().unwrap_or_default();
            for (key, value) in labels.as_object().into_iter().flatten().filter(|(k, _)| is_job_label(k)) {
                json::default(new, &["spec", "template", "metadata", "labels", key], value.clone());
            }
        }
        "PersistentVolumeClaim" => {
            if let Some(volume) = json::at(old, &["spec", "volumeName"]) {
                json::default(new, &["spec", "volumeName"], volume.clone());
            }
        }
        _ => {}
    }
}

fn is_job_label(key: &str) -> bool {
    key.ends_with("controller-uid") || key.ends_with("job-name")
}

fn namespace(object: &mut Value) {
    let name = json::name(object).to_owned();
    json::set(object, &["metadata", "labels", "kubernetes.io/metadata.name"], name);
    if !json::deleting(object) {
        json::default(object, &["spec", "finalizers"], json!(["kubernetes"]));
        json::default(object, &["status", "phase"], "Active");
    }
}

fn secret(object: &mut Value) {
    json::default(object, &["type"], "Opaque");
    if let Some(Value::Object(plain)) = json::remove(object, &["stringData"]) {
        for (key, value) in plain {
            let encoded = STANDARD.encode(value.as_str().unwrap_or_default());
            json::set(object, &["data", &key], encoded);
        }
    }
}

fn claim(object: &mut Value) {
    json::default(object, &["spec", "volumeMode"], "Filesystem");
    json::default(object, &["status"], json!({"phase": "Pending"}));
}

fn workload(kind: &str, object: &mut Value) {
    if json::at(object, &["spec"]).is_none() {
        return;
    }
    pods::template_defaults(json::entry(object, &["spec", "template", "spec"]));
    if kind != "DaemonSet" {
        json::default(object, &["spec", "replicas"], 1);
    }
    match kind {
        "Deployment" => {
            json::default(object, &["spec", "strategy", "type"], "RollingUpdate");
            if json::text(object, &["spec", "strategy", "type"]) == "RollingUpdate" {
                json::default(object, &["spec", "strategy", "rollingUpdate", "maxUnavailable"], "25%");
                json::default(object, &["spec", "strategy", "rollingUpdate", "maxSurge"], "25%");
            }
            json::default(object, &["spec", "revisionHistoryLimit"], 10);
            json::default(object, &["spec", "progressDeadlineSeconds"], 600);
        }
        "StatefulSet" => {
            json::default(object, &["spec", "podManagementPolicy"], "OrderedReady");
            json::default(object, &["spec", "updateStrategy", "type"], "RollingUpdate");
            if json::text(object, &["spec", "updateStrategy", "type"]) == "RollingUpdate" {
                json::default(object, &["spec", "updateStrategy", "rollingUpdate", "partition"], 0);
            }
            json::default(object, &["spec", "revisionHistoryLimit"], 10);
            let keep = json!({"whenDeleted": "Retain", "whenScaled": "Retain"});
            json::default(object, &["spec", "persistentVolumeClaimRetentionPolicy"], keep);
            for template in json::each_mut(object, &["spec", "volumeClaimTemplates"]) {
                json::set(template, &["apiVersion"], "v1");
                json::set(template, &["kind"], "PersistentVolumeClaim");
                claim(template);
            }
        }
        "DaemonSet" => {
            json::default(object, &["spec", "updateStrategy", "type"], "RollingUpdate");
            if json::text(object, &["spec", "updateStrategy", "type"]) == "RollingUpdate" {
                json::default(object, &["spec", "updateStrategy", "rollingUpdate", "maxUnavailable"], 1);
                json::default(object, &["spec", "updateStrategy", "rollingUpdate", "maxSurge"], 0);
            }
            json::default(object, &["spec", "revisionHistoryLimit"], 10);
        }
        _ => {}
    }
}

fn job_spec(spec: &mut Value) {
    json::default(spec, &["completionMode"], "NonIndexed");
    json::default(spec, &["parallelism"], 1);
    json::default(spec, &["completions"], 1);
    json::default(spec, &["backoffLimit"], 6);
    json::default(spec, &["suspend"], false);
    json::default(spec, &["podReplacementPolicy"], "TerminatingOrFailed");
    pods::template_defaults(json::entry(spec, &["template", "spec"]));
}

fn job(object: &mut Value) {
    if json::at(object, &["spec"]).is_none() {
        return;
    }
    job_spec(json::entry(object, &["spec"]));
    let (uid, name) = (json::uid(object).to_owned(), json::name(object).to_owned());
    if uid.is_empty() || json::at(object, &["spec", "selector"]).is_some_and(|s| !s.is_null()) {
        return;
    }
    json::set(
        object,
        &["spec", "selector"],
        json!({"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}),
    );
    let labels = ["spec", "template", "metadata", "labels"];
    for (key, value) in [
        ("batch.kubernetes.io/controller-uid", &uid),
        ("batch.kubernetes.io/job-name", &name),
        ("controller-uid", &uid),
        ("job-name", &name),
    ] {
        json::set(json::entry(object, &labels), &[key], value.as_str());
    }
}

fn cron_job(object: &mut Value) {
    if json::at(object, &["spec"]).is_none() {
        return;
    }
    json::default(object, &["spec", "concurrencyPolicy"], "Allow");
    json::default(object, &["spec", "suspend"], false);
    json::default(object, &["spec", "successfulJobsHistoryLimit"], 3);
    json::default(object, &["spec", "failedJobsHistoryLimit"], 1);
    pods::template_defaults(json::entry(object, &["spec", "jobTemplate", "spec", "template", "spec"]));
}

fn binding(object: &mut Value) {
    json::default(object, &["roleRef", "apiGroup"], "rbac.authorization.k8s.io");
    for subject in json::each_mut(object, &["subjects"]) {
        if json::text(subject, &["kind"]) != "ServiceAccount" {
            json::default(subject, &["apiGroup"], "rbac.authorization.k8s.io");
        }
    }
}

fn webhooks(kind: &str, object: &mut Value) {
    for webhook in json::each_mut(object, &["webhooks"]) {
        json::default(webhook, &["failurePolicy"], "Fail");
        json::default(webhook, &["matchPolicy"], "Equivalent");
        json::default(webhook, &["namespaceSelector"], json!({}));
        json::default(webhook, &["objectSelector"], json!({}));
        json::default(webhook, &["timeoutSeconds"], 10);
        if kind == "MutatingWebhookConfiguration" {
            json::default(webhook, &["reinvocationPolicy"], "Never");
        }
        if let Some(service) = webhook.get_mut("clientConfig").and_then(|c| c.get_mut("service")) {
            json::default(service, &["port"], 443);
        }
        for rule in json::each_mut(webhook, &["rules"]) {
            json::default(rule, &["scope"], "*");
        }
    }
}

fn crd(object: &mut Value) {
    let kind = json::text(object, &["spec", "names", "kind"]).to_owned();
    if kind.is_empty() {
        return;
    }
    json::default(object, &["spec", "names", "singular"], kind.to_lowercase());
    json::default(object, &["spec", "names", "listKind"], format!("{kind}List"));
    json::default(object, &["spec", "conversion"], json!({"strategy": "None"}));
}
