//! Client-side apply: create, unchanged, lists by key, removal, prune, diff, dry run.

use serde_json::json;

use crate::harness::{Cluster, config, deployment};

#[test]
fn the_thin_path() {
    let Some(c) = Cluster::start() else { return };
    let all = format!(
        "apiVersion: v1\nkind: Namespace\nmetadata: {{name: t}}\n---\n{}---\n{}---\n\
         apiVersion: v1\nkind: Service\nmetadata: {{name: web, namespace: t}}\n\
         spec: {{selector: {{app: web}}, ports: [{{port: 80}}]}}\n---\n\
         apiVersion: v1\nkind: Secret\nmetadata: {{name: s, namespace: t}}\nstringData: {{a: b}}\n",
        config("c", "{a: \"1\"}"),
        deployment("web", ", ports: [{containerPort: 80}], env: [{name: A, value: \"1\"}]", "")
    );
    let first = c.apply(&all);
    assert!(first.contains("deployment.apps/web created"), "{first}");
    c.ok("-n t rollout status deploy/web --timeout=5s");
    let second = c.apply(&all);
    let unchanged = second.lines().filter(|l| l.ends_with(" unchanged")).count();
    // The Secret's stringData is never in what is read back, so kubectl sends it again.
    assert_eq!(unchanged, 4, "{second}");
    assert_eq!(c.sim.get("v1", "Secret", "t", "s").unwrap()["data"], json!({"a": "Yg=="}));
    let pods = c.ok("-n t get pods -l app=web -o jsonpath={.items[*].status.phase}");
    assert_eq!(pods, "Running");
    assert!(c.ok("delete -n t deploy,svc,cm --all").contains("deployment.apps \"web\" deleted"));
    c.wait("pods to follow their deployment", |sim| sim.list("v1", "Pod", "t").is_empty());
}

#[test]
fn lists_are_merged_and_pruned_by_key() {
    let Some(c) = Cluster::start() else { return };
    let env = ", env: [{name: A, value: \"1\"}, {name: B, value: \"2\"}], ports: [{containerPort: 80}]";
    c.apply(&deployment("web", env, ""));
    // Someone else adds a sidecar, a variable and a label; apply must leave them alone.
    let patch = r#"{"spec":{"template":{"metadata":{"labels":{"x":"y"}},"spec":{"containers":[{"name":"main","env":[{"name":"C","value":"3"}]},{"name":"side","image":"side:1"}]}}}}"#;
    c.ok(&format!("-n t patch deploy web -p {patch}"));
    let changed = ", env: [{name: A, value: \"9\"}], ports: [{containerPort: 80}, {containerPort: 81}]";
    assert_eq!(c.apply(&deployment("web", changed, "")), "deployment.apps/web configured\n");
    let web = c.sim.get("apps/v1", "Deployment", "t", "web").unwrap();
    let containers = &web["spec"]["template"]["spec"]["containers"];
    assert_eq!(containers[0]["env"], json!([{"name": "A", "value": "9"}, {"name": "C", "value": "3"}]));
    assert_eq!(containers[0]["ports"].as_array().unwrap().len(), 2);
    assert_eq!(containers[1]["name"], "side");
    assert_eq!(web["spec"]["template"]["metadata"]["labels"], json!({"app": "web", "x": "y"}));
    assert_eq!(web["metadata"]["generation"], 3);
}

#[test]
fn removed_fields_go() {
    let Some(c) = Cluster::start() else { return };
    c.apply(&config("c", "{a: \"1\", b: \"2\"}"));
    c.apply(&config("c", "{a: \"1\"}"));
    assert_eq!(c.sim.get("v1", "ConfigMap", "t", "c").unwrap()["data"], json!({"a": "1"}));
    c.apply(&deployment("web", "", "  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 2}}\n"));
    c.apply(&deployment("web", "", "  strategy: {type: Recreate}\n"));
    let web = c.sim.get("apps/v1", "Deployment", "t", "web").unwrap();
    assert_eq!(web["spec"]["strategy"], json!({"type": "Recreate"}));
}

#[test]
fn diff_and_dry_run_change_nothing() {
    let Some(c) = Cluster::start() else { return };
    c.apply(&config("c", "{a: \"1\"}"));
    let before = c.sim.get("v1", "ConfigMap", "t", "c").unwrap();
    let diff = c.pipe("diff -f -", &config("c", "{a: \"2\"}"));
    assert!(!diff.ok && diff.out.contains("-  a: \"1\"") && diff.out.contains("+  a: \"2\""), "{diff:?}");
    let dry = c.pipe("apply --dry-run=server -f -", &config("c", "{a: \"2\"}"));
    assert_eq!(dry.out, "configmap/c configured (server dry run)\n");
    let new = c.pipe("apply --dry-run=server -f -", &config("new", "{a: \"2\"}"));
    assert_eq!(new.out, "configmap/new created (server dry run)\n");
    c.ok("-n t delete cm c --dry-run=server");
    assert_eq!(c.sim.get("v1", "ConfigMap", "t", "c").unwrap(), before);
    assert!(c.sim.get("v1", "ConfigMap", "t", "new").is_none());
}

#[test]
fn prune_removes_what_is_no_longer_listed() {
    let Some(c) = Cluster::start() else { return };
    let labelled =
        |name: &str| config(name, "{a: \"1\"}").replace("namespace: t", "namespace: t, labels: {p: x}");
    c.apply(&format!("{}---\n{}", labelled("one"), labelled("two")));
    let run = c.pipe("apply -n t --prune -l p=x --prune-allowlist=core/v1/ConfigMap -f -", &labelled("one"));
    assert!(run.ok && run.out.contains("configmap/two pruned"), "{run:?}");
}

#[test]
fn a_namespace_and_what_is_in_it_in_one_go() {
    let Some(c) = Cluster::start() else { return };
    let both =
        format!("apiVersion: v1\nkind: Namespace\nmetadata: {{name: fresh}}\n---\n{}", config("c", "{}"));
    let out = c.apply(&both.replace("namespace: t", "namespace: fresh"));
    assert_eq!(out, "namespace/fresh created\nconfigmap/c created\n");
    c.wait("the namespace to be furnished", |sim| {
        sim.get("v1", "ServiceAccount", "fresh", "default").is_some()
            && sim.get("v1", "ConfigMap", "fresh", "kube-root-ca.crt").is_some()
    });
}
