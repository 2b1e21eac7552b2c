//! `codexctl graph`: filters, hooks and images, and what they do to references.

use serde_json::Value;

use super::graph::{declared, edges, graph, node, state};
use super::harness::Project;

const STACK: &str = "project: demo\nenvironments: {dev: {}}\n";

#[test]
fn the_filters_leave_out_but_do_not_break() {
    let project = Project::new(&format!(
        "{STACK}infrastructure:\n  - {{name: config, manifests: [{{path: config.yaml}}]}}\n  - {{name: broken, manifests: [{{path: none.yaml}}]}}\n\
         services:\n  - {{name: api, manifests: [{{path: api.yaml}}]}}\n  - {{name: web, manifests: [{{path: web.yaml}}]}}\n"
    ));
    project
        .file("config.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cfg, namespace: demo-dev}\n");
    project.file(
        "api.yaml",
        "apiVersion: v1\nkind: Service\nmetadata: {name: api}\nspec: {selector: {app: web}}\n",
    );
    project.file(
        "web.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: web}}\nspec: {containers: [{name: c, envFrom: [{configMapRef: {name: cfg}}, {configMapRef: {name: typo}}]}]}\n",
    );
    assert!(
        project.fails(2, &["graph", "--env", "dev"]).contains("none.yaml"),
        "what is selected must render"
    );
    let run = project.run(&[
        "graph",
        "--env",
        "dev",
        "--format",
        "json",
        "--only-services",
        "api",
        "--skip-infra",
        "broken,config",
    ]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains("`broken` is left out and cannot be rendered"), "{}", run.stderr);
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(edges(&found), ["Service/api selects Pod/web"]);
    assert_eq!(state(&found, "Pod/web"), "outside");
    let units: Vec<(&str, bool)> = found["units"]
        .as_array()
        .unwrap()
        .iter()
        .map(|unit| (unit["id"].as_str().unwrap(), unit["selected"] == true))
        .collect();
    assert_eq!(
        units,
        [("services/api", true), ("services/web", false)],
        "what nothing refers to is not there"
    );

    let found = graph(&project, &["--only-services", "web", "--skip-infra", "config,broken"]);
    assert_eq!(edges(&found), ["Pod/web envFrom ConfigMap/cfg", "Pod/web envFrom ConfigMap/typo !"]);
    assert_eq!(state(&found, "ConfigMap/cfg"), "outside");
}

#[test]
fn a_unit_that_its_when_leaves_out_is_not_there() {
    let project = Project::new(&format!(
        "{STACK}infrastructure: [{{name: config, when: \"no\", manifests: [{{path: config.yaml}}]}}]\nservices: [{{name: api, manifests: [{{path: api.yaml}}]}}]\n"
    ));
    project.file("config.yaml", declared("ConfigMap cfg"));
    project.file("api.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, envFrom: [{configMapRef: {name: cfg}}]}]}\n");
    assert_eq!(edges(&graph(&project, &[])), ["Pod/p envFrom ConfigMap/cfg !"]);
}

#[test]
fn hooks_have_phases_and_what_they_make_is_known() {
    let project = Project::new(&format!(
        "{STACK}hooks:\n  beforeAll: [{{name: first, run: echo a}}]\n  afterAll: [{{use: sleep, with: {{duration: 1s}}}}]\n\
         services:\n  - name: api\n    manifests: [{{path: api.yaml}}]\n    hooks:\n\
         \x20     beforeApply:\n        - {{use: codex.ensure-codex-secrets}}\n        - {{use: codex.reuse-dev-tls-secret, with: {{secretName: kept-tls}}}}\n\
         \x20     afterApply:\n        - {{name: up, use: kubectl.wait, with: {{kind: deploy, name: api}}}}\n        - {{use: kubectl.wait, with: {{kind: deployment, name: ap1}}}}\n        - {{name: never, run: echo, when: \"no\"}}\n\
         \x20     beforeDestroy: [{{run: \"echo bye\\necho more\"}}]\n"
    ));
    project.file(
        "api.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec: {template: {spec: {containers: [{name: c, envFrom: [{secretRef: {name: openai-secret}}]}]}}}\n---\n\
         apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: api}\nspec: {tls: [{secretName: kept-tls}]}\n",
    );
    let found = graph(&project, &[]);
    let hooks: Vec<String> = found["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|node| node["type"] == "hook")
        .map(|node| {
            format!("{} {} {} {}", node["id"], node["hook"]["phase"], node["hook"]["action"], node["name"])
                .replace('"', "")
        })
        .collect();
    assert_eq!(
        hooks,
        [
            "hooks.beforeAll[0] beforeAll run first",
            "hooks.afterAll[0] afterAll sleep sleep",
            "services[0].hooks.beforeApply[0] beforeApply codex.ensure-codex-secrets codex.ensure-codex-secrets",
            "services[0].hooks.beforeApply[1] beforeApply codex.reuse-dev-tls-secret codex.reuse-dev-tls-secret",
            "services[0].hooks.afterApply[0] afterApply kubectl.wait up",
            "services[0].hooks.afterApply[1] afterApply kubectl.wait kubectl.wait",
            "services[0].hooks.beforeDestroy[0] beforeDestroy run echo bye",
        ]
    );
    assert_eq!(
        edges(&found),
        [
            "Deployment.apps/api envFrom Secret/openai-secret",
            "Ingress.networking.k8s.io/api tls Secret/kept-tls",
            "services[0].hooks.beforeApply[0] makes Secret/openai-secret",
            "services[0].hooks.beforeApply[1] makes Secret/kept-tls",
            "services[0].hooks.afterApply[0] waitsFor Deployment.apps/api",
            "services[0].hooks.afterApply[1] waitsFor Deployment.apps/ap1 !",
        ]
    );
    assert_eq!((state(&found, "Secret/openai-secret"), state(&found, "Secret/kept-tls")), ("made", "made"));
    assert_eq!(node(&found, "hooks.beforeAll[0]")["unit"], Value::Null);
}

#[test]
fn images_name_the_entry_they_come_from() {
    let project = Project::new(&format!(
        "{STACK}images:\n  db: {{type: external, from: docker.io/library/postgres:17, local: reg.test/db:17}}\n\
         \x20 api: {{type: build, repository: reg.test/api, tag: latest}}\n  unused: {{type: build, repository: reg.test/unused, tag: '1'}}\n\
         services: [{{name: api, manifests: [{{path: api.yaml}}], image: {{repository: reg.test/api}}}}]\n"
    ));
    project.file("api.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec: {template: {spec: {initContainers: [{name: i, image: 'reg.test/db:17'}], containers: [{name: c}, {name: d, image: other}]}}}\n");
    let found = graph(&project, &[]);
    let source = |id: &str| node(&found, id)["source"].to_string();
    assert_eq!(
        source("image/reg.test/db:17"),
        r#"{"entry":"db","type":"external","from":"docker.io/library/postgres:17"}"#
    );
    // No tag means `latest`.
    assert_eq!(source("image/reg.test/api"), r#"{"entry":"api","type":"build"}"#);
    assert_eq!(source("image/other"), "null");
    assert_eq!(found["nodes"].as_array().unwrap().iter().filter(|node| node["type"] == "image").count(), 3);
}

#[test]
fn a_secret_of_a_hook_that_is_left_out_is_outside() {
    let project = Project::new(&format!(
        "{STACK}infrastructure:\n  - {{name: secrets, hooks: {{beforeApply: [{{use: codex.ensure-codex-secrets}}]}}}}\n\
         services: [{{name: api, manifests: [{{path: api.yaml}}]}}]\n"
    ));
    project.file(
        "api.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, envFrom: [{secretRef: {name: github-secret}}]}]}\n",
    );
    let whole = graph(&project, &[]);
    assert_eq!(
        edges(&whole),
        [
            "Pod/p envFrom Secret/github-secret",
            "infrastructure[0].hooks.beforeApply[0] makes Secret/github-secret"
        ]
    );
    assert_eq!(node(&whole, "Secret/github-secret")["unit"], "infrastructure/secrets");
    let part = graph(&project, &["--skip-infra", "secrets"]);
    assert_eq!(edges(&part), ["Pod/p envFrom Secret/github-secret"]);
    assert_eq!(state(&part, "Secret/github-secret"), "outside");
}
