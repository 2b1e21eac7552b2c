//! Namespaces that end, finalizers, preconditions.

use serde_json::json;

use crate::harness::{Cluster, config, deployment};

#[test]
fn a_namespace_empties_itself_and_goes() {
    let Some(c) = Cluster::start() else { return };
    c.apply(&deployment("web", "", ""));
    c.apply(&config("c", "{}"));
    c.ok("-n t rollout status deploy/web --timeout=5s");
    assert!(c.ok("delete ns t --timeout=5s").contains("namespace \"t\" deleted"));
    assert!(c.sim.get("v1", "Namespace", "", "t").is_none());
    assert!(c.sim.list("v1", "Pod", "t").is_empty());
    let run = c.kubectl("get ns t");
    assert!(run.err.contains("Error from server (NotFound): namespaces \"t\" not found"), "{run:?}");
    // The name is free again, for another namespace.
    c.apply("apiVersion: v1\nkind: Namespace\nmetadata: {name: t}\n");
    c.apply(&config("c", "{}"));
}

#[test]
fn a_held_namespace_stays_until_released() {
    let Some(c) = Cluster::start() else { return };
    c.sim.hold_namespace("t");
    c.ok("delete ns t --wait=false");
    c.wait("its contents to go", |sim| sim.list("v1", "ServiceAccount", "t").is_empty());
    assert!(c.ok("get ns t").contains("Terminating"));
    let run = c.pipe("create -f -", &config("c", "{}"));
    let words = "configmaps \"c\" is forbidden: unable to create new content in namespace t because it is being terminated";
    assert!(run.err.contains(words), "{run:?}");
    let waiting = c.spawn("wait --for=delete ns/t --timeout=5s");
    c.sim.release_namespace("t");
    assert!(crate::harness::finish(waiting).ok);
}

#[test]
fn finalizers_hold_an_object_and_its_namespace() {
    let Some(c) = Cluster::start() else { return };
    c.apply(&config("c", "{}").replace("namespace: t", "namespace: t, finalizers: [example.test/hold]"));
    c.ok("-n t delete cm c --wait=false");
    assert!(c.sim.get("v1", "ConfigMap", "t", "c").unwrap()["metadata"]["deletionTimestamp"].is_string());
    c.ok("delete ns t --wait=false");
    c.wait("the namespace to say why", |sim| {
        let ns = sim.get("v1", "Namespace", "", "t").unwrap();
        ns["status"]["conditions"].to_string().contains("example.test/hold in 1 resource instances")
    });
    c.ok("-n t patch cm c --type=merge -p {\"metadata\":{\"finalizers\":null}}");
    c.wait("both to go", |sim| sim.get("v1", "Namespace", "", "t").is_none());
}

#[test]
fn preconditions_hold() {
    let Some(c) = Cluster::start() else { return };
    c.apply(&config("c", "{}"));
    let uri = "/api/v1/namespaces/t/configmaps/c";
    let delete =
        |options: serde_json::Value| c.pipe(&format!("delete --raw {uri} -f -"), &options.to_string());
    let run = delete(json!({"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": "other"}}));
    assert!(run.err.contains("Precondition failed: UID in precondition: other"), "{run:?}");
    let run = delete(
        json!({"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"resourceVersion": "1"}}),
    );
    assert!(run.err.contains("Precondition failed"), "{run:?}");
    let uid = c.sim.get("v1", "ConfigMap", "t", "c").unwrap()["metadata"]["uid"].clone();
    assert!(delete(json!({"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": uid}})).ok);
    assert!(c.sim.get("v1", "ConfigMap", "t", "c").is_none());
}

#[test]
fn nothing_to_delete() {
    let Some(c) = Cluster::start() else { return };
    assert!(c.kubectl("-n t delete cm nope --ignore-not-found").ok);
    let run = c.kubectl("-n t delete cm nope");
    assert!(run.err.contains("configmaps \"nope\" not found"), "{run:?}");
    let run = c.kubectl("delete ns default");
    assert!(run.err.contains("this namespace may not be deleted"), "{run:?}");
}
