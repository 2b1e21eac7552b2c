//! All environments in one run: which there are, slots, and the same problem only once.

use serde_json::json;

use super::super::harness::Project;
use super::{findings, only, parsed, project};

const THREE: &str = "project: demo\nenvironments: {dev: {}, stg: {from: dev}, ai: {from: dev}}\nservices: [{name: a, manifests: [{path: a.yaml}]}]\n";

#[test]
fn the_same_problem_is_one_finding_with_its_environments() {
    let manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: A}\n{% if Env != 'ai' %}\ndata: {n: 1}\n{% endif %}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b, namespace: {{ Namespace }}}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n";
    let project = project(&[("services.yaml", THREE), ("a.yaml", manifest)]);
    let run = project.run(&["validate", "-o", "json"]);
    assert_eq!(
        findings(&run),
        ["a.yaml:3 resource/name", "a.yaml:5 resource/data", "a.yaml:12 resource/duplicate"]
    );
    let all = json!(["dev", "stg", "ai"]);
    assert_eq!(only(&run, "resource/name")["environments"], all);
    assert_eq!(only(&run, "resource/data")["environments"], json!(["dev", "stg"]));
    assert_eq!(only(&run, "resource/duplicate")["environments"], all);
    let text = project.run(&["validate"]).stdout;
    assert_eq!(text.matches("\n    in: ").count(), 1, "only what some have is said: {text}");
    assert!(text.contains("\n    in: dev, stg\n"), "{text}");
    let run = project.run(&["validate", "--env", "ai", "-o", "json"]);
    assert_eq!(findings(&run), ["a.yaml:3 resource/name", "a.yaml:12 resource/duplicate"]);
}

#[test]
fn what_differs_stays_apart() {
    let services = "project: demo\nenvironments: {dev: {}, stg: {}}\nservices: [{name: a, manifests: [{path: '{{ Env }}.yaml'}]}]\n";
    let project = Project::new(services);
    let run = project.run(&["validate", "-o", "json"]);
    let report = parsed(&run);
    let messages: Vec<&str> =
        report["findings"].as_array().unwrap().iter().map(|one| one["message"].as_str().unwrap()).collect();
    assert_eq!(messages, ["dev.yaml: no such file", "stg.yaml: no such file"]);
}

#[test]
fn slots_are_checked_as_the_first_one() {
    let manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: n{{ Slot }}, labels: {ns: '{{ Namespace }}'}}\n{% if Slot == 7 %}\nx: [\n{% endif %}\n";
    let project = project(&[("services.yaml", THREE), ("a.yaml", manifest)]);
    assert!(project.ok(&["validate"]).ends_with("in 3 environments (dev, stg, ai), 3 documents\n"));
    for args in [&["validate", "--slot", "7"][..], &["validate", "--env", "ai", "--slot", "7"]] {
        let run = project.run(&[args, &["-o", "json"]].concat());
        assert_eq!(findings(&run), ["a.yaml:7 yaml/syntax"]);
        assert_eq!(only(&run, "yaml/syntax")["environments"], json!(["ai"]));
    }
}

#[test]
fn environments_that_templates_make_are_found() {
    let project = Project::new(
        "project: demo\nversions: {}\nenvironments:\n{% for name in ['one', 'two'] %}\n  {{ name }}: {}\n{% endfor %}\nservices: []\n",
    );
    assert!(project.ok(&["validate"]).contains("2 environments (one, two)"));
}

#[test]
fn an_image_that_one_environment_uses_is_used() {
    let services = "project: demo\nenvironments: {dev: {}, stg: {}}\nimages: {a: {from: 'x:1', local: 'r.test/a:1'}, b: {from: 'y:1', local: 'r.test/b:1'}}\nservices: [{name: a, manifests: [{path: a.yaml}]}]\n";
    let manifest = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: {{ 'r.test/a:1' if Env == 'stg' else 'other' }}}]}\n";
    let project = project(&[("services.yaml", services), ("a.yaml", manifest)]);
    let run = project.run(&["validate", "-o", "json"]);
    assert_eq!(findings(&run), ["services.yaml:3 image/unused"]);
    assert_eq!(only(&run, "image/unused")["path"], "images.b");
    assert_eq!(findings(&project.run(&["validate", "--env", "dev", "-o", "json"])).len(), 2);
}

#[test]
fn all_and_env_conflict_but_the_twin_gives_way() {
    let mut project = project(&[
        ("services.yaml", THREE),
        ("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"),
    ]);
    let text = project.fails(2, &["validate", "--all", "--env", "dev"]);
    assert!(text.contains("--all and --env dev cannot be used together"), "{text}");
    project.env("CODEXCTL_ENV", "dev");
    assert!(project.ok(&["validate"]).contains("1 environment (dev)"));
    assert!(project.ok(&["validate", "--all"]).contains("3 environments"));
}
