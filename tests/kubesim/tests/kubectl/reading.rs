//! get in its forms: tables, selectors, paging, watches; logs; discovery.

use std::io::{BufRead, BufReader};

use serde_json::{Value, json};

use crate::harness::{Cluster, config, deployment, finish};

#[test]
fn tables() {
    let Some(c) = Cluster::start() else { return };
    c.apply(&deployment("web", "", "  replicas: 2\n"));
    c.ok("-n t rollout status deploy/web --timeout=5s");
    let table = c.ok("-n t get deploy,pods");
    assert!(table.contains("READY   UP-TO-DATE   AVAILABLE   AGE"), "{table}");
    assert!(table.contains("2/2     2            2"), "{table}");
    assert!(table.contains("1/1     Running   0"), "{table}");
    let wide = c.ok("-n t get deploy web -o wide");
    assert!(wide.contains("CONTAINERS   IMAGES   SELECTOR"), "{wide}");
    assert!(c.ok("get ns t --no-headers").starts_with("t     Active"));
    assert!(c.ok("-n t get all").contains("replicaset.apps/web-"));
    assert!(c.ok("get nodes").contains("Ready"));
    assert!(c.ok("-n t get pods --sort-by=.metadata.name").contains("Running"));
}

#[test]
fn selectors_and_paging() {
    let Some(c) = Cluster::start() else { return };
    for (name, app) in [("a", "web"), ("b", "api"), ("d", "web")] {
        let object = json!({"apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": name, "namespace": "t", "labels": {"app": app}}});
        c.sim.put(object).unwrap();
    }
    let names = |line: &str| {
        c.ok(&format!("-n t get cm -o name {line}")).replace("configmap/", "").replace('\n', " ")
    };
    assert_eq!(names("-l app=web"), "a d ");
    assert_eq!(c.ok("-n t get cm -o name --selector=app!=web,app"), "configmap/b\n");
    assert_eq!(names("--field-selector metadata.name=b"), "b ");
    assert_eq!(names("-l app --chunk-size=1"), "a b d ");
    let mut in_set = c.command("-n t get cm -o name -l");
    in_set.arg("app in (api,db)");
    assert_eq!(finish(in_set.spawn().unwrap()).out, "configmap/b\n");
}

#[test]
fn watches_see_changes() {
    let Some(c) = Cluster::start() else { return };
    c.apply(&config("c", "{a: \"1\"}"));
    let mut watch = c.spawn("-n t get cm -w -l !none -o jsonpath={.metadata.name}:{.data.a}{\"\\n\"}");
    let mut lines = BufReader::new(watch.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut next = |wanted: &str| assert!(lines.by_ref().any(|line| line == wanted), "no {wanted}");
    next("c:1");
    c.apply(&config("c", "{a: \"2\"}"));
    next("c:2");
    c.apply(&config("d", "{a: \"3\"}"));
    next("d:3");
    watch.kill().unwrap();
    watch.wait().unwrap();
}

#[test]
fn waits() {
    let Some(c) = Cluster::start() else { return };
    let waiting = c.spawn("-n t wait --for=condition=Available deploy/web --timeout=5s");
    c.apply(&deployment("web", "", ""));
    // The first one may come too early for the object to be there.
    finish(waiting);
    c.ok("-n t wait --for=condition=Available deploy/web --timeout=5s");
    let gone = c.spawn("-n t wait --for=delete deploy/web --timeout=5s");
    c.ok("-n t delete deploy web");
    assert!(finish(gone).ok);
    c.apply(&config("c", "{a: \"1\"}"));
    c.ok("-n t wait --for=jsonpath={.data.a}=1 cm/c --timeout=5s");
    let late = c.kubectl("-n t wait --for=jsonpath={.data.a}=2 cm/c --timeout=100ms");
    assert!(late.err.contains("timed out waiting for the condition on configmaps/c"), "{late:?}");
}

#[test]
fn logs() {
    let Some(c) = Cluster::start() else { return };
    let pod = json!({"apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "p", "namespace": "t", "annotations": {"kubesim/logs": "one\ntwo\nthree"}},
        "spec": {"initContainers": [{"name": "i", "image": "x:1"}], "containers": [{"name": "a", "image": "x:1"}]}});
    c.sim.put(pod).unwrap();
    c.ok("-n t wait --for=condition=Ready pod/p --timeout=5s");
    assert_eq!(c.ok("-n t logs p -c a --tail=2"), "two\nthree\n");
    assert_eq!(c.ok("-n t logs p -c i"), "one\ntwo\nthree\n");
    let run = c.kubectl("-n t logs p -c a --previous");
    assert!(run.err.contains("previous terminated container \"a\" in pod \"p\" not found"), "{run:?}");
    let mut followed = c.spawn("-n t logs -f p -c a");
    let mut lines = BufReader::new(followed.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.by_ref().any(|line| line == "three"));
    c.ok("-n t delete pod p");
    assert_eq!(lines.next(), None);
    assert!(finish(followed).ok);
}

#[test]
fn short_names_kinds_and_versions() {
    let Some(c) = Cluster::start() else { return };
    for kind in [
        "po",
        "svc",
        "deploy.apps",
        "sts",
        "ds",
        "ing",
        "netpol",
        "pdb",
        "hpa",
        "sa",
        "pvc",
        "cronjobs",
        "role",
    ] {
        assert!(c.kubectl(&format!("-n t get {kind}")).ok, "{kind}");
    }
    for kind in
        ["pv", "sc", "clusterroles", "crd", "validatingwebhookconfigurations", "pc", "csr", "ingressclasses"]
    {
        assert!(c.kubectl(&format!("get {kind}")).ok, "{kind}");
    }
    let version: Value = serde_json::from_str(&c.ok("version -o json")).unwrap();
    assert_eq!(version["serverVersion"]["gitVersion"], "v1.36.2");
    let run = c.kubectl("get nosuch");
    assert!(run.err.contains("the server doesn't have a resource type \"nosuch\""), "{run:?}");
    assert!(c.ok("explain deployment.spec.replicas").contains("replicas"));
}
