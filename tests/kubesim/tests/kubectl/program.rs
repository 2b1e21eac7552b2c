//! kubesim as a program.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::harness::find_kubectl;

#[test]
fn it_prints_a_kubeconfig_and_ends_with_its_parent() {
    let Some(kubectl) = find_kubectl() else { return };
    let home = tempfile::TempDir::new().unwrap();
    // The shell is kubesim's parent; when it is gone, so must be kubesim, which closes the pipe.
    let mut shell = Command::new("sh")
        .args(["-c", "\"$0\" --context demo & read -r _; exit 0", env!("CARGO_BIN_EXE_kubesim")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(shell.stdout.take().unwrap()).lines().map(Result::unwrap);
    let config: Vec<String> = lines.by_ref().take_while(|line| !line.is_empty()).collect();
    let path = home.path().join("config");
    std::fs::write(&path, config.join("\n")).unwrap();
    let output = Command::new(kubectl)
        .args(["--context", "demo", "get", "ns", "-o", "name"])
        .env("HOME", home.path())
        .env("KUBECONFIG", &path)
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("namespace/default"), "{output:?}");
    drop(shell.stdin.take());
    shell.wait().unwrap();
    assert_eq!(lines.count(), 0);
}

#[test]
fn flags_are_checked() {
    let run = |args: &[&str]| Command::new(env!("CARGO_BIN_EXE_kubesim")).args(args).output().unwrap();
    assert!(String::from_utf8_lossy(&run(&["--help"]).stdout).contains("--pod-ready-ms"));
    let bad = run(&["--nope", "1"]);
    assert_eq!(bad.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&bad.stderr).contains("unknown flag --nope"));
}
