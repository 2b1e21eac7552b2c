//! `apply` and its namespace, and what rights there are in it. The kubectl that sends the documents starts while another one makes the namespace, and gets nothing before that
//! is there. A stand-in for kubectl shows what each of them got, and when.

use std::time::Duration;

use kubesim::{Deny, Options};

use super::cluster_harness::{API, Lab, WEB};
use super::docker_harness::fake;
use super::harness::{Project, kubectl};

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

#[test]
fn a_namespace_on_its_way_out_is_waited_for() {
    let options = Options { namespace_delete: Duration::from_secs(5), ..Options::default() };
    let Some(lab) = Lab::with(options, API) else { return };
    lab.file("api.yaml", WEB);
    lab.ok(&["apply", "--env", "dev"]);
    let kubectl = |args: &[&str]| {
        let output =
            lab.other(kubectl().unwrap()).args(["--kubeconfig", "kube.yaml"]).args(args).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    kubectl(&["delete", "namespace", "demo-dev", "--wait=false"]);
    let run = lab.run(&["apply", "--env", "dev"]);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (0, "deployment.apps/api created\nservice/api created\n"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("cannot make the namespace yet")
            && run.stderr.contains("hint: the namespace is being deleted"),
        "{}",
        run.stderr
    );
    assert!(lab.object("apps/v1", "Deployment", "api").is_some());
}

#[test]
fn pods_are_found_where_not_all_may_be_read() {
    let Some(lab) = Lab::new(API) else { return };
    lab.file(
        "api.yaml",
        WEB.replace(
            "metadata: {labels: {app: api}}",
            "metadata: {labels: {app: api}, annotations: {kubesim/state: ImagePullBackOff}}",
        ),
    );
    lab.ok(&["apply", "--env", "dev"]);
    lab.file("kube.yaml", lab.read("kube.yaml").replace(&lab.sim.url(), &lab.sim.url_as("dev")));
    let wait = || lab.run(&["apply", "--env", "dev", "--wait", "--wait-timeout", "2s"]).stderr;
    lab.sim.deny(Deny::new("dev", "list", "events", "*"));
    lab.sim.deny(Deny::new("dev", "list", "replicasets", "*"));
    let text = wait();
    assert!(text.contains("container main: ImagePullBackOff") && !text.contains("it has no pods"), "{text}");
    assert!(text.contains("cannot read events:") && text.contains("cannot read replicasets.apps:"), "{text}");
    lab.sim.deny(Deny::new("dev", "list", "pods", "*"));
    let text = wait();
    assert!(text.contains("cannot read pods:") && !text.contains("it has no pods"), "{text}");
}
