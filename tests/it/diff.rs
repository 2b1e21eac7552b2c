//! `diff`: what becomes of its output. What it compares is kubectl's (tests/it/apply.rs).

use super::cluster_harness::Lab;
use super::docker_harness::fake;
use super::harness::{Project, Run};

#[test]
fn a_full_disk_is_an_error_and_a_reader_that_leaves_is_none() {
    let Some(lab) = Lab::web() else { return };
    lab.ok(&["apply", "--env", "dev"]);
    lab.file("api.yaml", lab.read("api.yaml").replace("replicas: 2", "replicas: 3"));
    let to = |place: &str| {
        let script = format!("\"$0\" diff --env dev {place}");
        Run::from(lab.other("sh").args(["-c", &script, env!("CARGO_BIN_EXE_codexctl")]).output().unwrap())
    };
    let run = to(">/dev/full");
    assert!(
        run.code == 1 && run.stderr.contains("error: cannot write to stdout: No space left"),
        "{}",
        run.stderr
    );
    let run = to("| head -n 0");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert!(lab.ok(&["diff", "--env", "dev"]).contains("+  replicas: 3\n"));
}

#[test]
fn differences_that_nobody_shows_are_no_differences_of_kubectls() {
    let mut project = Project::with_manifest("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n");
    fake(&mut project, "kubectl", "cat >/dev/null; exit 1");
    let text = project.fails(1, &["diff", "--env", "dev"]);
    assert!(
        text.contains("said nothing about differences") && text.contains("is it really kubectl?"),
        "{text}"
    );
    // A program of the user's own may show them elsewhere.
    project.env("KUBECTL_EXTERNAL_DIFF", "meld");
    assert_eq!(project.run(&["diff", "--env", "dev", "--exit-code"]).code, 1);
}
