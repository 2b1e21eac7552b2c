//! `apply`: order, idempotence, waiting, retries, and what a failure says.

use kubesim::{Deny, Fault, Options};

use super::cluster_harness::{API, Lab, WEB};

const APPLY: [&str; 3] = ["apply", "--env", "dev"];

fn apply<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&APPLY[..], more].concat()
}

#[test]
fn a_stack_comes_up_and_a_second_apply_changes_nothing() {
    let Some(mut lab) = Lab::web() else { return };
    lab.count_kubectl();
    let run = lab.run(&apply(&["--wait"]));
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(run.stdout, "deployment.apps/api created\nservice/api created\n");
    assert!(run.stderr.contains("namespace demo-dev created"), "{}", run.stderr);
    assert!(run.stderr.contains("deployment/api  ready: 2 of 2 available"), "{}", run.stderr);
    assert!(!run.stderr.contains("last-applied"), "{}", run.stderr);
    assert!(lab.object("apps/v1", "Deployment", "api").is_some());
    lab.kubectl_calls();
    assert_eq!(lab.ok(&APPLY), "deployment.apps/api unchanged\nservice/api unchanged\n");
    let calls = lab.kubectl_calls();
    assert_eq!(calls.len(), 2, "{calls:?}");
    lab.ok(&apply(&["--wait"]));
    let calls = lab.kubectl_calls();
    assert_eq!(calls.len(), 3, "ready at the first look: {calls:?}");
}

#[test]
fn the_declared_namespace_is_applied_first_and_without_a_warning() {
    let Some(lab) = Lab::new(API) else { return };
    lab.file("api.yaml", format!("{WEB}---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: demo-dev, labels: {{team: core}}}}\n"));
    let run = lab.run(&APPLY);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert!(run.stdout.starts_with("namespace/demo-dev created\n"), "{}", run.stdout);
    assert!(lab.ok(&APPLY).starts_with("namespace/demo-dev unchanged\n"));
    let namespace = lab.sim.get("v1", "Namespace", "", "demo-dev").unwrap();
    assert_eq!(namespace["metadata"]["labels"]["team"], "core");
}

#[test]
fn crds_are_established_before_their_objects() {
    let Some(lab) = Lab::new(API) else { return };
    lab.file(
        "api.yaml",
        "apiVersion: demo.test/v1\nkind: Widget\nmetadata: {name: w}\nspec: {a: 1}\n---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.demo.test}\nspec:\n  group: demo.test\n  scope: Namespaced\n  names: {kind: Widget, plural: widgets, singular: widget}\n  versions:\n    - name: v1\n      served: true\n      storage: true\n      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}\n",
    );
    let text = lab.ok(&APPLY);
    assert_eq!(
        text,
        "customresourcedefinition.apiextensions.k8s.io/widgets.demo.test created\nwidget.demo.test/w created\n"
    );
    // Twice, and after a destroy that took the CRD away.
    assert!(lab.ok(&APPLY).ends_with("widget.demo.test/w unchanged\n"));
    lab.ok(&["destroy", "--env", "dev", "--yes"]);
    lab.ok(&["destroy", "--env", "dev", "--yes"]);
}

#[test]
fn dry_runs_change_nothing() {
    let Some(lab) = Lab::web() else { return };
    assert!(lab.ok(&apply(&["--dry-run"])).contains("deployment.apps/api created (dry run)"));
    assert!(lab.sim.get("v1", "Namespace", "", "demo-dev").is_none());
    lab.ok(&APPLY);
    lab.file("api.yaml", WEB.replace("api:1", "api:2"));
    assert!(
        lab.ok(&apply(&["--dry-run=server"])).contains("deployment.apps/api configured (server dry run)")
    );
    let object = lab.object("apps/v1", "Deployment", "api").unwrap();
    assert_eq!(object["spec"]["template"]["spec"]["containers"][0]["image"], "reg.test/api:1");
}

#[test]
fn server_side_apply_and_diff() {
    let Some(lab) = Lab::web() else { return };
    assert!(lab.ok(&apply(&["--server-side"])).contains("deployment.apps/api serverside-applied"));
    let run = lab.run(&["diff", "--env", "dev", "--exit-code"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    lab.file("api.yaml", WEB.replace("api:1", "api:2"));
    assert!(lab.ok(&["diff", "--env", "dev"]).contains("+      - image: reg.test/api:2"));
    assert_eq!(lab.run(&["diff", "--env", "dev", "--exit-code"]).code, 1);
}

#[test]
fn passing_failures_are_retried_and_reported_once_each() {
    let Some(lab) = Lab::web() else { return };
    lab.sim.fault(
        Fault::on("POST", "/deployments").webhook("check.test", kubesim::Webhook::NoEndpoints).times(2),
    );
    let run = lab.run(&APPLY);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let mut lines: Vec<&str> = run.stdout.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["deployment.apps/api created", "service/api created"], "no line twice");
    assert_eq!(run.stderr.matches("trying again").count(), 2, "{}", run.stderr);
}

#[test]
fn a_reset_connection_and_a_busy_server_are_retried() {
    let Some(lab) = Lab::web() else { return };
    lab.sim.fault(Fault::on("POST", "/namespaces?").reset(kubesim::Moment::After).times(1));
    lab.sim.fault(Fault::on("POST", "/services").status(503).times(1));
    let run = lab.run(&APPLY);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(lab.object("v1", "Service", "api").is_some());
}

#[test]
fn a_lasting_failure_ends_at_once_and_says_what_was_applied() {
    let Some(lab) = Lab::new(API) else { return };
    lab.file(
        "api.yaml",
        format!("{WEB}---\napiVersion: v1\nkind: Service\nmetadata: {{name: wrong}}\nspec: {{prots: []}}\n"),
    );
    let run = lab.run(&APPLY);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("deployment.apps/api created"), "{}", run.stdout);
    assert!(run.stderr.contains("applied: 2 of 3 objects (2 created); not applied:\n  Service wrong (namespace demo-dev) [api.yaml]"), "{}", run.stderr);
    assert_eq!(run.stderr.matches("unknown field").count(), 1, "kubectl's message, once: {}", run.stderr);
    // Mended and run again, it converges.
    lab.file("api.yaml", WEB);
    assert_eq!(lab.ok(&APPLY), "deployment.apps/api unchanged\nservice/api unchanged\n");
}

#[test]
fn a_failing_rollout_shows_what_blocks_it() {
    let Some(lab) = Lab::new(API) else { return };
    let crash = WEB.replace("metadata: {labels: {app: api}}", "metadata: {labels: {app: api}, annotations: {kubesim/state: CrashLoopBackOff, kubesim/logs: 'panic: no database'}}");
    lab.file("api.yaml", crash);
    let run = lab.run(&apply(&["--wait", "--wait-timeout", "3s"]));
    assert_eq!(run.code, 1);
    for wanted in [
        "deployment/api in demo-dev is not ready",
        "container main: CrashLoopBackOff",
        "| panic: no database",
        "event BackOff",
        "1 workload is not ready after 3s: deployment/api",
    ] {
        assert!(run.stderr.contains(wanted), "missing {wanted:?} in\n{}", run.stderr);
    }
}

#[test]
fn images_that_cannot_be_pulled_and_pods_that_fit_nowhere_are_named() {
    let Some(lab) = Lab::new(API) else { return };
    for (state, wanted) in [
        ("ImagePullBackOff", "container main: ImagePullBackOff"),
        ("Unschedulable", "Unschedulable: 0/1 nodes are available"),
    ] {
        let manifest = WEB.replace(
            "metadata: {labels: {app: api}}",
            &format!("metadata: {{labels: {{app: api}}, annotations: {{kubesim/state: {state}}}}}"),
        );
        lab.file("api.yaml", manifest);
        let run = lab.run(&apply(&["--wait-timeout", "2s"]));
        assert_eq!(run.code, 1);
        assert!(run.stderr.contains(wanted), "missing {wanted:?} in\n{}", run.stderr);
    }
}

#[test]
fn nothing_to_wait_for_is_success() {
    let Some(lab) = Lab::new(API) else { return };
    lab.file("api.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
    assert!(lab.run(&apply(&["--wait"])).stderr.contains("no workloads to wait for"));
}

#[test]
fn only_this_stacks_workloads_are_waited_for() {
    let Some(lab) = Lab::new(API) else { return };
    let other = WEB.replace("name: api", "name: other").replace(
        "metadata: {labels: {app: api}}",
        "metadata: {labels: {app: api}, annotations: {kubesim/state: Pending}}",
    );
    lab.file("api.yaml", other);
    lab.ok(&APPLY);
    lab.file("api.yaml", WEB);
    lab.ok(&apply(&["--wait", "--wait-timeout", "20s"]));
}

#[test]
fn what_bad_clusters_get() {
    let Some(mut lab) = Lab::web() else { return };
    let services = lab.read("services.yaml");
    lab.file("services.yaml", services.replace("context: kubesim", "context: nope"));
    let text = lab.fails(1, &APPLY);
    assert!(text.contains("nope") && text.contains("hint: list the contexts"), "{text}");
    lab.file("services.yaml", services.replace("kubeconfig: kube.yaml", "kubeconfig: gone.yaml"));
    let text = lab.fails(1, &APPLY);
    assert!(text.contains("gone.yaml") && text.contains("environments.dev.kubeconfig"), "{text}");
    lab.file("services.yaml", services.replace("kubeconfig: kube.yaml", "kubeconfig: empty"));
    lab.file("empty/x", "");
    assert!(lab.fails(1, &APPLY).contains("a folder, not a file"));
    lab.file("services.yaml", services.replace("kubeconfig: kube.yaml", "kubeconfig: $NO_SUCH_VARIABLE/x"));
    assert!(lab.fails(2, &APPLY).contains("$NO_SUCH_VARIABLE is not set"));
    lab.file("services.yaml", &services);
    let empty = lab.path().join("empty");
    let mut no_kubectl = lab.command(&APPLY);
    let output = no_kubectl.env("PATH", &empty).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(text.contains("`kubectl` not found on PATH") && text.contains("hint: install kubectl"), "{text}");
    // A program that is called kubectl and is not.
    let fake = lab.file("bin/kubectl", "#!/bin/sh\nexit 0\n");
    std::fs::set_permissions(&fake, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", fake.parent().unwrap().display());
    lab.env("PATH", path);
    assert!(lab.fails(1, &APPLY).contains("is it really kubectl?"));
}

#[test]
fn a_server_that_is_not_there_is_retried_until_the_timeout() {
    let Some(lab) = Lab::web() else { return };
    let kubeconfig = lab.read("kube.yaml");
    let port = lab.sim.url().rsplit(':').next().unwrap().trim_end_matches('/').to_string();
    lab.file("kube.yaml", kubeconfig.replace(&port, "1"));
    let text = lab.fails(1, &apply(&["--timeout", "2s"]));
    assert!(text.contains("refused") && text.contains("trying again"), "{text}");
    assert!(text.contains("hint: the API server is not there"), "{text}");
}

#[test]
fn who_may_not_is_told_so() {
    let Some(lab) = Lab::web() else { return };
    lab.sim.deny(Deny::new("dev", "create", "deployments", "*"));
    let kubeconfig = lab.read("kube.yaml");
    lab.file("kube.yaml", kubeconfig.replace(&lab.sim.url(), &lab.sim.url_as("dev")));
    let run = lab.run(&APPLY);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("cannot create resource \"deployments\""), "{}", run.stderr);
    let run = lab.run(&apply(&["--preflight"]));
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("✗ rights: this account may not create deployments.apps"), "{}", run.stderr);
    assert!(run.stderr.contains("✓ cluster: reachable"), "{}", run.stderr);
}

#[test]
fn who_may_not_make_namespaces_may_work_in_one() {
    let Some(lab) = Lab::web() else { return };
    lab.ok(&APPLY);
    lab.sim.deny(Deny::new("dev", "create", "namespaces", "*"));
    let kubeconfig = lab.read("kube.yaml");
    lab.file("kube.yaml", kubeconfig.replace(&lab.sim.url(), &lab.sim.url_as("dev")));
    assert_eq!(lab.ok(&APPLY), "deployment.apps/api unchanged\nservice/api unchanged\n");
}

#[test]
fn ten_at_once_agree() {
    let Some(lab) = Lab::with(Options::default(), API) else { return };
    lab.file("api.yaml", WEB);
    let children: Vec<_> = (0..6).map(|_| lab.command(&APPLY).spawn().unwrap()).collect();
    for child in children {
        let run = super::harness::Run::from(child.wait_with_output().unwrap());
        assert_eq!(run.code, 0, "{}", run.stderr);
    }
}

#[test]
fn nothing_is_touched_when_the_input_is_wrong() {
    let Some(lab) = Lab::new(
        "hooks: {beforeAll: [{run: touch ran}]}\nservices:\n  - name: api\n    manifests: [{path: api.yaml}, {path: gone.yaml}]\n",
    ) else {
        return;
    };
    lab.file("api.yaml", WEB);
    lab.fails(2, &APPLY);
    assert!(lab.sim.requests().is_empty() && !lab.path().join("ran").exists());
}

#[test]
fn what_cannot_work_is_refused_before_anything_is_touched() {
    let Some(lab) = Lab::new(API) else { return };
    lab.file("api.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: x-}\n");
    assert!(
        lab.fails(2, &APPLY)
            .contains("api.yaml: ConfigMap `x-…` has `generateName`, which cannot be applied")
    );
    lab.file("api.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: 5}\n");
    assert!(
        lab.fails(2, &APPLY)
            .contains("api.yaml:1: `metadata.name` must be a string, found a number; quote it")
    );
    lab.file("api.yaml", WEB);
    assert!(lab.fails(2, &apply(&["--server-side", "--dry-run=client"])).contains("--dry-run=server"));
    for flag in ["--only-services", "--skip-infra"] {
        let text = lab.fails(2, &apply(&[flag, ""]));
        assert!(text.contains(&format!("{flag} names nothing")), "{text}");
    }
    assert!(lab.sim.requests().is_empty());
}

#[test]
fn the_account_covers_crds_and_hooks() {
    let Some(lab) = Lab::new(
        "services:\n  - name: api\n    manifests: [{path: crd.yaml}, {path: api.yaml}]\n    hooks: {beforeApply: [{run: '{{ envOr \"SCRIPT\" \"true\" }}'}]}\n",
    ) else {
        return;
    };
    lab.file("crd.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.demo.test}\nspec:\n  group: demo.test\n  scope: Namespaced\n  names: {kind: Widget, plural: widgets}\n  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]\n");
    lab.file(
        "api.yaml",
        format!("{WEB}---\napiVersion: v1\nkind: Service\nmetadata: {{name: wrong}}\nspec: {{prots: []}}\n"),
    );
    let run = lab.run(&apply(&["--vars", "SCRIPT=exit 1"]));
    assert!(run.code == 1 && run.stderr.contains("applied: 0 of 4 objects; not applied:"), "{}", run.stderr);
    let run = lab.run(&APPLY);
    assert!(
        run.code == 1
            && run.stderr.contains("applied: 3 of 4 objects (3 created); not applied:\n  Service wrong"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_kubeconfig_may_be_a_list() {
    let Some(lab) = Lab::web() else { return };
    let services = lab.read("services.yaml");
    lab.file("services.yaml", services.replace("kubeconfig: kube.yaml", "kubeconfig: 'gone.yaml:kube.yaml'"));
    lab.ok(&APPLY);
}

/// A kubectl on PATH that is this shell script, where `REAL` is the real one.
fn scripted(lab: &mut Lab, script: &str) {
    let real = super::harness::kubectl().unwrap();
    let text = format!("#!/bin/sh\nREAL='{}'\n{script}\n", real.display());
    let path = lab.file("scripted/kubectl", text);
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let all = format!("{}:{}", path.parent().unwrap().display(), std::env::var("PATH").unwrap());
    lab.env("PATH", all);
}

#[test]
fn warnings_of_kubectl_are_no_part_of_the_error() {
    let Some(mut lab) = Lab::web() else { return };
    scripted(
        &mut lab,
        "case \"$*\" in *apply*) echo 'Warning: old thing' >&2; echo 'Error from server: no way' >&2; exit 1;; esac\nexec \"$REAL\" \"$@\"",
    );
    let run = lab.run(&["apply", "--env", "dev"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("warning: kubectl: old thing\n"), "{}", run.stderr);
    assert!(run.stderr.contains("error: Error from server: no way\n"), "{}", run.stderr);
}

#[test]
fn the_account_of_a_failed_apply_counts_each_object_once() {
    let hooks = "hooks: {beforeAll: [{run: 'true'}]}\n";
    let Some(lab) = Lab::new(&format!("{hooks}{API}")) else { return };
    lab.file(
        "api.yaml",
        format!("apiVersion: v1\nkind: Namespace\nmetadata: {{name: demo-dev}}\n---\n{WEB}"),
    );
    lab.sim.fault(Fault::on("POST", "/deployments").status(403));
    let run = lab.run(&["apply", "--env", "dev"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("applied: 2 of 3 objects (2 created); not applied:\n"), "{}", run.stderr);
}

#[test]
fn differences_are_told_apart_from_failures_and_nonsense() {
    let Some(mut lab) = Lab::web() else { return };
    scripted(&mut lab, "echo +line; echo 'Warning: old thing' >&2; exit 1");
    let run = lab.run(&["diff", "--env", "dev"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "+line\n"), "{}", run.stderr);
    assert_eq!(run.stderr, "warning: kubectl: old thing\n");
    scripted(&mut lab, "echo garbage");
    let run = lab.run(&["diff", "--env", "dev"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("is it really kubectl?"), "{}", run.stderr);
    // A diff program of the user's own, which ends with 0.
    lab.env("KUBECTL_EXTERNAL_DIFF", "mydiff");
    let run = lab.run(&["diff", "--env", "dev", "--exit-code"]);
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
}

#[test]
fn a_patch_that_kubectl_shows_in_its_error_shows_no_secret() {
    let Some(mut lab) = Lab::new(API) else { return };
    // The first two with what JSON escapes, once and (in the annotation) twice; the last one in Base64.
    lab.env("A_TOKEN", "quo\"te\\hunter2")
        .env("B_PASSWORD", "two\nlines of hunter2")
        .env("C_KEY", "hunter2-hunter2");
    let data =
        "stringData: {a: {{ EnvMap.A_TOKEN | tojson }}, b: {{ EnvMap.B_PASSWORD | tojson }}, n: '1'}\n";
    let encoded = "aHVudGVyMi1odW50ZXIy";
    let secret =
        format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\ndata: {{c: {encoded}}}\n{data}");
    lab.file("api.yaml", &secret);
    lab.ok(&APPLY);
    lab.file("api.yaml", secret.replace("n: '1'", "n: '2'").replace("{c:", "{d: bmV3, c:"));
    lab.sim.fault(Fault::on("PATCH", "/secrets").status(403));
    let text = lab.run(&APPLY).stderr;
    assert!(text.contains("error when applying patch"), "{text}");
    assert!(!text.contains("hunter2") && !text.contains(encoded), "{text}");
}
