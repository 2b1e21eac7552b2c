//! Pods that stay in a state a test asks for, and what they say about it.

use serde_json::Value;

use crate::harness::{Cluster, deployment};

/// A Deployment whose pods are told to stay in a state; one of its pods.
fn pod_in(c: &Cluster, state: &str) -> Value {
    let spec = deployment("web", ", env: [{name: A, valueFrom: {configMapKeyRef: {name: cfg, key: a}}}]", "");
    c.apply(&spec.replace(
        "labels: {app: web}}\n",
        &format!("labels: {{app: web}}, annotations: {{kubesim/state: {state}}}}}\n"),
    ));
    c.wait("the pod to settle", |sim| {
        !sim.list("v1", "Event", "t").is_empty() && {
            let pods = sim.list("v1", "Pod", "t");
            pods.len() == 1
                && (settled(&pods[0]) || pods[0]["status"]["conditions"][0]["reason"] == "Unschedulable")
        }
    });
    c.sim.list("v1", "Pod", "t").remove(0)
}

fn settled(pod: &Value) -> bool {
    let state = &pod["status"]["containerStatuses"][0]["state"];
    state["running"].is_object()
        || state["waiting"]["reason"].as_str().is_some_and(|r| r != "ContainerCreating")
}

fn events(c: &Cluster) -> String {
    c.ok("-n t get events --field-selector involvedObject.kind=Pod,type=Warning -o jsonpath={.items[*].message}")
}

#[test]
fn image_pull_back_off() {
    let Some(c) = Cluster::start() else { return };
    let pod = pod_in(&c, "ImagePullBackOff");
    let waiting = &pod["status"]["containerStatuses"][0]["state"]["waiting"];
    assert_eq!(waiting["reason"], "ImagePullBackOff");
    assert!(events(&c).contains("Failed to pull image \"app:1\""));
    assert!(c.ok("-n t get pods").contains("0/1     ImagePullBackOff   0"));
    let run = c.kubectl("-n t logs deploy/web");
    assert!(run.err.contains("is waiting to start: trying and failing to pull image"), "{run:?}");
}

#[test]
fn crash_loop_and_out_of_memory() {
    for (state, reason, code) in [("CrashLoopBackOff", "Error", 1), ("OOMKilled", "OOMKilled", 137)] {
        let Some(c) = Cluster::start() else { return };
        let pod = pod_in(&c, state);
        let status = &pod["status"]["containerStatuses"][0];
        assert_eq!(status["state"]["waiting"]["reason"], "CrashLoopBackOff");
        assert_eq!(status["lastState"]["terminated"]["reason"], reason);
        assert_eq!(status["lastState"]["terminated"]["exitCode"], code);
        assert_eq!(status["restartCount"], 3);
        assert!(events(&c).contains("Back-off restarting failed container main"));
        assert!(c.ok("-n t logs deploy/web --previous").contains("previous run"));
    }
}

#[test]
fn unschedulable() {
    let Some(c) = Cluster::start() else { return };
    let pod = pod_in(&c, "Unschedulable");
    let condition = &pod["status"]["conditions"][0];
    assert!(condition["message"].as_str().unwrap().starts_with("0/1 nodes are available"));
    assert!(pod["spec"].get("nodeName").is_none());
    assert!(events(&c).contains("0/1 nodes are available"));
}

#[test]
fn config_error_and_not_ready() {
    let Some(c) = Cluster::start() else { return };
    let pod = pod_in(&c, "CreateContainerConfigError");
    let waiting = &pod["status"]["containerStatuses"][0]["state"]["waiting"];
    assert_eq!(
        (waiting["reason"].as_str(), waiting["message"].as_str()),
        (Some("CreateContainerConfigError"), Some("configmap \"cfg\" not found"))
    );
    let Some(c) = Cluster::start() else { return };
    let pod = pod_in(&c, "NotReady");
    assert_eq!(
        (&pod["status"]["phase"], &pod["status"]["containerStatuses"][0]["ready"]),
        (&"Running".into(), &false.into())
    );
    let web = c.until("apps/v1", "Deployment", "web", |o| o["status"]["unavailableReplicas"] == 1);
    let available =
        web["status"]["conditions"].as_array().unwrap().iter().find(|c| c["type"] == "Available").unwrap();
    assert_eq!(available["status"], "False");
}

#[test]
fn an_init_container_can_be_to_blame() {
    let Some(c) = Cluster::start() else { return };
    let spec = deployment("web", "", "").replace(
        "      containers:",
        "      initContainers: [{name: prep, image: \"prep:missing\"}]\n      containers:",
    );
    c.apply(&spec);
    c.wait("the pod to settle", |sim| {
        let pods = sim.list("v1", "Pod", "t");
        pods.len() == 1
            && pods[0]["status"]["initContainerStatuses"][0]["state"]["waiting"]["reason"]
                == "ImagePullBackOff"
    });
    assert!(c.ok("-n t get pods").contains("Init:ImagePullBackOff"));
}

#[test]
fn a_fixed_image_heals_the_rollout() {
    let Some(c) = Cluster::start() else { return };
    c.apply(&deployment("web", "", "").replace("app:1", "app:missing"));
    c.wait("the pod to be stuck", |sim| sim.list("v1", "Pod", "t").iter().any(settled));
    c.apply(&deployment("web", "", ""));
    c.ok("-n t rollout status deploy/web --timeout=5s");
    c.wait("the stuck pod to go", |sim| sim.list("v1", "Pod", "t").len() == 1);
}
