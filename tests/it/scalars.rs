//! Scalars mean the same to kubectl as they meant in the source: the vectors of `tests/conformance/yaml-scalars.json`,
//! through the binary and read back by real kubectl.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::harness::{Project, Run, kubectl};

fn vectors() -> Vec<Value> {
    let text = include_str!("../conformance/yaml-scalars.json");
    let file: Value = serde_json::from_str(text).unwrap();
    file["scalars"].as_array().unwrap().clone()
}

/// What kubectl reads in a document, offline: labelling it locally prints it as JSON.
fn read_by_kubectl(text: &str) -> Value {
    let mut child = Command::new(kubectl().unwrap())
        .args(["label", "--local", "-f", "-", "codexctl.test/read=yes", "-o", "json"])
        .env("KUBECONFIG", "/dev/null")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let run = Run::from(child.wait_with_output().unwrap());
    assert_eq!(run.code, 0, "{}\n{text}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

/// Numbers are equal as numbers: 3.0 is 3.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

fn object(values: &str) -> String {
    format!("apiVersion: v1\nkind: Thing\nmetadata: {{name: t}}\nvalues:\n{values}")
}

#[test]
fn every_scalar_means_to_kubectl_what_it_meant_in_the_source() {
    if kubectl().is_none() {
        return;
    }
    let mut blocks = String::new();
    let mut expected = Vec::new();
    for vector in vectors().iter().filter(|vector| vector.get("expected").is_some()) {
        // A template tag in a manifest is written as a template writes it.
        let source = vector["source"].as_str().unwrap().replace("{{ x }}", "{{ '{{ x }}' }}");
        let source = source.as_str();
        let deeper = source.replace('\n', "\n    ");
        blocks.push_str(&format!("- v: {deeper}\n"));
        expected.push(json!({ "v": vector["expected"] }));
        // An empty item and an anchor's twin would change what the others mean.
        if !source.contains('\n') {
            blocks.push_str(&format!("- [[x, {source}, y]]\n- {{a: 1, v: {source}, z: 2}}\n"));
            if source.is_empty()
                || source.contains(['#', '%'])
                || source == "1,000"
                || source.starts_with('&')
            {
                let cut = blocks.trim_end().rfind("\n- [[").unwrap();
                blocks.truncate(cut + 1);
            } else {
                expected.push(json!([["x", vector["expected"], "y"]]));
                expected.push(json!({ "a": 1, "v": vector["expected"], "z": 2 }));
            }
        }
    }
    let project = Project::with_manifest(&object(&blocks));
    let seen = read_by_kubectl(&project.ok(&["render", "--env", "dev"]));
    let seen = seen["values"].as_array().unwrap();
    assert_eq!(seen.len(), expected.len());
    for (seen, expected) in seen.iter().zip(&expected) {
        assert!(same(seen, expected), "kubectl reads {seen}, expected {expected}");
    }
}

#[test]
fn scalars_that_mean_nothing_are_refused_with_their_line() {
    let refused: Vec<Value> = vectors().into_iter().filter(|vector| vector.get("error").is_some()).collect();
    assert!(refused.len() >= 6);
    for vector in refused {
        let source = vector["source"].as_str().unwrap();
        let project = Project::with_manifest(&format!(
            "apiVersion: v1\nkind: Thing\nmetadata: {{name: t}}\nv: {source}\n"
        ));
        let text = project.fails(2, &["render", "--env", "dev"]);
        assert!(text.contains("api.yaml:4"), "{source}: {text}");
    }
}

#[test]
fn keys_survive_too() {
    if kubectl().is_none() {
        return;
    }
    let keys = "  yes: 1\n  off: 2\n  0755: 3\n  1_000: 4\n  true: 5\n  1.5: 6\n  '012': 7\n  \"n\": 8\n  ~x: 9\n  é中😀: 10\n  2020-01-01: 11\n";
    let project = Project::with_manifest(&object(keys));
    let seen = read_by_kubectl(&project.ok(&["render", "--env", "dev"]));
    let wanted = json!({ "yes": 1, "off": 2, "493": 3, "1000": 4, "true": 5, "1.5": 6, "012": 7, "n": 8, "~x": 9, "é中😀": 10, "2020-01-01": 11 });
    assert_eq!(seen["values"], wanted);
}

#[test]
fn long_and_odd_texts_survive_unchanged() {
    if kubectl().is_none() {
        return;
    }
    let texts = [
        "a\n\n  b  \n\tc\n".to_string(),
        "trailing  ".into(),
        "\tleading tab".into(),
        "x".repeat(100_000),
        "emoji 😀 and NEL \u{85}".into(),
        "line\r\nwindows\r\n".into(),
        "\n\nleading newlines".into(),
        "  indented first\nsecond\n".into(),
        "# not a comment\n- not a list\n---\n...\n".into(),
    ];
    let json: Vec<String> = texts.iter().map(|text| format!("- {}\n", Value::from(text.as_str()))).collect();
    let project = Project::with_manifest(&object(&json.concat()));
    let seen = read_by_kubectl(&project.ok(&["render", "--env", "dev"]));
    assert_eq!(seen["values"], json!(texts));
}
