//! `apply`: the kubectl that sends the documents starts while another one makes the namespace, and gets nothing before that
//! is there. A stand-in for kubectl shows what each of them got, and when.

use super::docker_harness::fake;
use super::harness::Project;

/// A stack whose kubectl answers `create` with this script.
fn project(create: &str) -> Project {
    let mut project = Project::with_manifest("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n");
    let script = format!(
        "case $* in
        *create*) cat >/dev/null; while [ ! -e started ]; do sleep 0.05; done; {create} ;;
        *apply*) touch started; echo too early; cat >input; ls made >order 2>&1; [ -s input ] && echo configmap/c created ;;
        *get*) ;;
        *) exit 9 ;;
        esac"
    );
    fake(&mut project, "kubectl", &script);
    project
}

#[test]
fn documents_are_sent_once_the_namespace_is_there() {
    let project = project("touch made; echo namespace/demo-dev created");
    let run = project.run(&["apply", "--env", "dev"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "too early\nconfigmap/c created\n"), "{}", run.stderr);
    assert_eq!(project.read("order"), "made\n");
    assert!(project.read("input").contains("ConfigMap"));
}

#[test]
fn without_a_namespace_nothing_is_sent_or_shown() {
    let forbidden = "echo 'Error from server (Forbidden): namespaces is forbidden' >&2; exit 1";
    let project = project(forbidden);
    let text = project.fails(1, &["apply", "--env", "dev"]);
    assert!(text.contains("error: namespace demo-dev is missing and cannot be made"), "{text}");
    assert!(!text.contains("no objects") && !text.contains("apply -f"), "{text}");
    assert_eq!(project.read("input"), "");
}

#[test]
fn hooks_find_the_namespace_and_nothing_is_started_before_them() {
    let project = project("touch started made; echo namespace/demo-dev created");
    let services = project.read("services.yaml");
    project.file(
        "services.yaml",
        format!("{services}hooks: {{beforeAll: [{{run: 'ls made input >seen 2>&1; rm started'}}]}}\n"),
    );
    // `create` of this stand-in waits for `apply`, which must not be there yet.
    project.file("started", "");
    project.ok(&["apply", "--env", "dev"]);
    let seen = project.read("seen");
    assert!(seen.contains("made") && seen.contains("No such file"), "{seen}");
}
