//! Defaults of pod specs and pod templates.

use serde_json::{Value, json};

use crate::json;

/// Fills in a pod template of a workload.
pub fn template_defaults(spec: &mut Value) {
    if !spec.is_object() {
        return;
    }
    for key in ["initContainers", "containers", "ephemeralContainers"] {
        json::each_mut(spec, &[key]).for_each(container);
    }
    json::each_mut(spec, &["volumes"]).for_each(volume);
    json::default(spec, &["restartPolicy"], "Always");
    json::default(spec, &["terminationGracePeriodSeconds"], 30);
    json::default(spec, &["dnsPolicy"], "ClusterFirst");
    if let Some(account) = json::at(spec, &["serviceAccountName"]).cloned() {
        json::default(spec, &["serviceAccount"], account);
    }
    json::default(spec, &["securityContext"], json!({}));
    json::default(spec, &["schedulerName"], "default-scheduler");
}

/// Fills in a pod itself: what admission adds on top of a template's defaults.
pub fn pod_defaults(spec: &mut Value) {
    template_defaults(spec);
    json::default(spec, &["serviceAccountName"], "default");
    json::default(spec, &["serviceAccount"], json::text(spec, &["serviceAccountName"]).to_owned());
    json::default(spec, &["enableServiceLinks"], true);
    json::default(spec, &["preemptionPolicy"], "PreemptLowerPriority");
    json::default(spec, &["priority"], 0);
    json::default(
        spec,
        &["tolerations"],
        json!([
            {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300},
            {"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300},
        ]),
    );
}

fn container(container: &mut Value) {
    if !container.is_object() {
        return;
    }
    json::default(container, &["resources"], json!({}));
    for port in json::each_mut(container, &["ports"]) {
        json::default(port, &["protocol"], "TCP");
    }
    for env in json::each_mut(container, &["env"]) {
        if let Some(reference) = env.get_mut("valueFrom").and_then(|v| v.get_mut("fieldRef")) {
            json::default(reference, &["apiVersion"], "v1");
        }
    }
    for key in ["livenessProbe", "readinessProbe", "startupProbe"] {
        if let Some(probe) = container.get_mut(key) {
            for (key, value) in [
                ("timeoutSeconds", 1),
                ("periodSeconds", 10),
                ("successThreshold", 1),
                ("failureThreshold", 3),
            ] {
                json::default(probe, &[key], value);
            }
            if let Some(http) = probe.get_mut("httpGet") {
                json::default(http, &["path"], "/");
                json::default(http, &["scheme"], "HTTP");
            }
        }
    }
    json::default(container, &["terminationMessagePath"], "/dev/termination-log");
    json::default(container, &["terminationMessagePolicy"], "File");
    let image = json::text(container, &["image"]);
    let tag = image.rsplit('/').next().unwrap_or_default().split_once(':').map(|(_, tag)| tag);
    let moving = !image.contains('@') && matches!(tag, None | Some("latest"));
    json::default(container, &["imagePullPolicy"], if moving { "Always" } else { "IfNotPresent" });
}

fn volume(volume: &mut Value) {
    for key in ["configMap", "secret", "projected", "downwardAPI"] {
        if let Some(source) = volume.get_mut(key) {
            json::default(source, &["defaultMode"], 420);
        }
    }
    if let Some(source) = volume.get_mut("hostPath") {
        json::default(source, &["type"], "");
    }
    let has_source = volume.as_object().is_some_and(|v| v.len() > 1);
    if !has_source && volume.is_object() {
        json::set(volume, &["emptyDir"], json!({}));
    }
}
