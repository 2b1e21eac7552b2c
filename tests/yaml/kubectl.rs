//! Real kubectl as a YAML reader, offline: `kubectl label --local` parses its input and prints it as JSON.

use std::io::Write as _;
use std::process::{Command, Stdio};

use codexctl::yaml::{Map, Node};
use serde_json::Value;

/// Whether kubectl is there. Without it the test says so and passes, except in CI.
pub fn available() -> bool {
    let there = command().arg("version").arg("--client").output().is_ok_and(|output| output.status.success());
    assert!(there || std::env::var_os("CI").is_none(), "CI needs kubectl: set CODEXCTL_TEST_KUBECTL");
    if !there {
        eprintln!("SKIPPED: no kubectl on PATH, and CODEXCTL_TEST_KUBECTL is not set");
    }
    there
}

fn command() -> Command {
    Command::new(std::env::var_os("CODEXCTL_TEST_KUBECTL").unwrap_or_else(|| "kubectl".into()))
}

/// The lines before `v:` of an object that kubectl accepts, for texts written by hand.
pub const HEADER: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n";

/// An object that kubectl accepts, with `value` as its field `v`.
pub fn object(value: Node) -> Node {
    let mut object = object_without_value();
    object.as_map_mut().unwrap().insert("v", value);
    object
}

fn object_without_value() -> Node {
    let metadata: Map = [("name", Node::string("x"))].into_iter().collect();
    let pairs = [
        ("apiVersion", Node::string("v1")),
        ("kind", Node::string("ConfigMap")),
        ("metadata", Node::map(metadata)),
    ];
    Node::map(pairs.into_iter().collect())
}

/// The field `v` of each document, as kubectl reads it; its complaint if it does not.
pub fn read(stream: &str) -> Result<Vec<Value>, String> {
    let mut child = command()
        .args(["label", "--local", "-f", "-", "codexctl.test/x=y", "-o", "json"])
        .env("KUBECONFIG", "/dev/null")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let text = stream.to_owned();
    let feeder = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().unwrap();
    let _ = feeder.join().unwrap();
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let objects = serde_json::Deserializer::from_slice(&output.stdout).into_iter::<Value>();
    Ok(objects.map(|object| object.unwrap()["v"].clone()).collect())
}

/// Whether two JSON values are the same, numbers compared as numbers: kubectl prints `3.0` as `3`, and integers
/// beyond 64 bits (signed) as floats.
pub fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || close(a.as_f64(), b.as_f64()),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

/// serde_json may read a long fraction one unit in the last place off, which is much for subnormal numbers.
fn close(a: Option<f64>, b: Option<f64>) -> bool {
    a.zip(b).is_some_and(|(a, b)| a == b || ((a - b) / a).abs() < 1e-15 || (a - b).abs() < f64::MIN_POSITIVE)
}
