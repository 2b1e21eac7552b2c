//! Text, JSON, SARIF and workflow annotations; exit codes; the examples.

use serde_json::Value;

use super::super::harness::Project;
use super::{config, findings, parsed, project};

const SERVICES: &str = "project: demo\nenvironments: {dev: {}}\nservice: []\nservices:\n  - {name: a, manifests: [{path: 'my files/a.yaml'}]}\n";
const MANIFEST: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: A}\n";

fn broken() -> Project {
    project(&[("services.yaml", SERVICES), ("my files/a.yaml", MANIFEST)])
}

#[test]
fn the_text_is_grouped_by_file_and_says_what_to_do() {
    let run = broken().run(&["validate"]);
    let wanted = "\
services.yaml:3:1: warning[config/unknown-key]: service: unknown key `service`
    help: did you mean `services`?

my files/a.yaml:3:18: error[resource/name]: ConfigMap A: `A` is no name for a ConfigMap
    help: lower-case letters, digits, `-` and `.`, at most 253 characters; it begins and ends with a letter or digit

1 error, 1 warning, 0 notes in 1 environment (dev), 1 document
";
    assert_eq!((run.stdout.as_str(), run.code), (wanted, 1));
    assert_eq!(run.stderr, "", "everything is said on stdout");
}

#[test]
fn names_in_manifests_do_not_drive_the_terminal() {
    let project = broken();
    project.file("my files/a.yaml", MANIFEST.replace("name: A", "name: \"a\\e[31mb\\u0007\""));
    let run = project.run(&["validate"]);
    assert!(run.stdout.contains(r"`a\u{1b}[31mb\u{7}` is no name"), "{}", run.stdout);
    assert!(!run.stdout.contains(['\x1b', '\x07']), "{}", run.stdout);
}

#[test]
fn exit_codes() {
    let project = broken();
    project.file("my files/a.yaml", MANIFEST.replace('A', "a"));
    assert_eq!(project.run(&["validate"]).code, 0, "warnings are no failure");
    assert_eq!(project.run(&["validate", "--deny-warnings"]).code, 1);
    assert_eq!(project.run(&["validate", "--strict"]).code, 1);
    project.file("services.yaml", SERVICES.replace("service: []\n", ""));
    assert_eq!(project.run(&["validate", "--deny-warnings", "--strict"]).code, 0);
    project.fails(2, &["validate", "-o", "xml"]);
    project.fails(2, &["validate", "--slot", "0"]);
}

#[test]
fn json_is_one_stable_object() {
    let report = parsed(&broken().run(&["validate", "-o", "json"]));
    let wanted = serde_json::json!({
        "findings": [
            {
                "rule": "config/unknown-key", "severity": "warning", "message": "unknown key `service`",
                "file": "services.yaml", "line": 3, "column": 1, "path": "service",
                "environments": ["dev"], "hint": "did you mean `services`?",
            },
            {
                "rule": "resource/name", "severity": "error",
                "message": "ConfigMap A: `A` is no name for a ConfigMap",
                "file": "my files/a.yaml", "line": 3, "column": 18, "path": "services[0].manifests[0].path",
                "environments": ["dev"],
                "hint": "lower-case letters, digits, `-` and `.`, at most 253 characters; it begins and ends with a letter or digit",
            },
        ],
        "summary": { "errors": 1, "warnings": 1, "notes": 0, "environments": ["dev"], "documents": 1 },
    });
    assert_eq!(report, wanted);
}

#[test]
fn sarif_has_the_shape_that_the_standard_asks_for() {
    let project = broken();
    let run = project.run(&["validate", "-o", "sarif"]);
    assert_eq!(run.code, 1);
    // Types that were made from the standard's schema: missing parts and wrong types are refused.
    let typed: serde_sarif::sarif::Sarif = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(typed.runs.len(), 1);
    let log: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        serde_json::to_value(&typed).unwrap(),
        log,
        "a property that the standard does not know is lost"
    );
    assert_eq!(log["version"], "2.1.0");
    let driver = &log["runs"][0]["tool"]["driver"];
    assert_eq!(
        (&driver["name"], &driver["version"]),
        (&"codexctl".into(), &env!("CARGO_PKG_VERSION").into())
    );
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    let rules = driver["rules"].as_array().unwrap();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(rules[index].get("helpUri").is_none(), "no link that leads nowhere");
        assert!(result["partialFingerprints"]["codexctl/v1"].as_str().unwrap().ends_with(":1"));
    }
    let place = &results[1]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "my%20files/a.yaml");
    assert_eq!(place["region"], serde_json::json!({ "startLine": 3, "startColumn": 18 }));
    assert_eq!((&results[0]["level"], &results[1]["level"]), (&"warning".into(), &"error".into()));
}

#[test]
fn sarif_files_are_relative_and_fingerprints_follow_the_problem_not_the_line() {
    let project = broken();
    let prints = |run: &super::Run| -> Vec<Value> {
        let log: Value = serde_json::from_str(&run.stdout).unwrap();
        let results = log["runs"][0]["results"].as_array().unwrap().clone();
        results.into_iter().map(|mut result| result["partialFingerprints"].take()).collect()
    };
    let before = prints(&project.run(&["validate", "-o", "sarif"]));
    project.file("my files/a.yaml", format!("# a line more\n{MANIFEST}"));
    assert_eq!(prints(&project.run(&["validate", "-o", "sarif"])), before);
    // From another folder the project's own is the base.
    let elsewhere = Project::empty();
    let config = project.path().join("services.yaml");
    let run = elsewhere.run(&["validate", "-o", "sarif", "--config", config.to_str().unwrap()]);
    assert!(run.stdout.contains("\"uri\": \"my%20files/a.yaml\""), "{}", run.stdout);
    assert!(run.stdout.contains("\"uri\": \"services.yaml\""), "{}", run.stdout);
}

#[test]
fn findings_are_shown_beside_their_lines_in_github_actions() {
    let mut project = broken();
    project.env("GITHUB_ACTIONS", "true");
    for format in ["text", "json", "sarif"] {
        let run = project.run(&["validate", "-o", format, "--log-level", "error"]);
        let lines: Vec<&str> = run.stderr.lines().collect();
        assert_eq!(lines.len(), 2, "{}", run.stderr);
        assert_eq!(
            lines[0],
            "::warning file=services.yaml,line=3,col=1,title=config/unknown-key::unknown key `service`%0Adid you mean `services`?"
        );
        assert!(
            lines[1]
                .starts_with("::error file=my files/a.yaml,line=3,col=18,title=resource/name::ConfigMap A")
        );
        assert!(!run.stdout.contains("::error"), "{}", run.stdout);
    }
}

#[test]
fn secrets_do_not_leave() {
    let mut project = project(config::GOOD);
    project
        .file("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '{{ EnvMap[\"MY_TOKEN\"] }}'}\n");
    project.env("MY_TOKEN", "Hunter2-Hunter2");
    for format in ["text", "json", "sarif"] {
        let run = project.run(&["validate", "-o", format]);
        assert!(
            run.code == 1 && !run.stdout.contains("Hunter2") && run.stdout.contains("***"),
            "{}",
            run.stdout
        );
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure_and_help_has_examples() {
    let manifest: String = (0..4000)
        .map(|n| format!("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: A{n}}}\n"))
        .collect();
    let project = Project::with_manifest(&manifest);
    let mut child = project.command(&["validate"]).spawn().unwrap();
    let mut some = [0_u8; 10];
    std::io::Read::read_exact(&mut child.stdout.take().unwrap(), &mut some).unwrap();
    let run = super::Run::from(child.wait_with_output().unwrap());
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
    let help = project.ok(&["validate", "--help"]);
    assert!(help.contains("Examples:\n") && help.matches("codexctl validate").count() >= 3, "{help}");
}

#[test]
fn the_examples_are_without_fault() {
    for example in ["shop", "shop-jinja"] {
        let config = format!("{}/examples/{example}/services.yaml", env!("CARGO_MANIFEST_DIR"));
        let run = Project::empty().run(&["validate", "--strict", "-o", "json", "--config", &config]);
        assert_eq!((findings(&run), run.code), (Vec::new(), 0), "{example}");
        assert_eq!(parsed(&run)["summary"]["environments"].as_array().unwrap().len(), 3);
        assert!(parsed(&run)["summary"]["documents"].as_u64().unwrap() > 50);
    }
}
