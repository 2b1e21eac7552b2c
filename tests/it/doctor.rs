//! `doctor`: files, cluster and rights as ✓, ! and ✗; time limits; output for people and machines. The machine's own
//! checks are in `doctor_machine`.

use kubesim::{Action, Deny, Fault, Moment, Options};
use serde_json::Value;

use super::cluster_harness::{API, Lab, WEB};
use super::docker_harness::fake;
use super::harness::{Project, Run, kubectl};

pub const DOCTOR: [&str; 5] = ["doctor", "--env", "dev", "-o", "json"];

fn findings(run: &Run) -> Vec<Value> {
    serde_json::from_str(&run.stdout)
        .unwrap_or_else(|error| panic!("{error}\n{}\n{}", run.stdout, run.stderr))
}

/// (status, detail, fix) of one check.
pub fn of(run: &Run, check: &str) -> (String, String, String) {
    let all = findings(run);
    let found = all.iter().find(|finding| finding["check"] == check);
    let found = found.unwrap_or_else(|| panic!("no {check}: {}", run.stdout));
    let text = |key: &str| found[key].as_str().unwrap_or_default().to_string();
    (text("status"), text("detail"), text("fix"))
}

pub fn status(run: &Run, check: &str) -> String {
    of(run, check).0
}

pub fn checks(run: &Run) -> Vec<String> {
    findings(run).iter().map(|finding| finding["check"].as_str().unwrap().to_string()).collect()
}

/// A lab whose server is as old or new as the kubectl of the tests.
pub fn lab(rest: &str) -> Option<Lab> {
    let output = std::process::Command::new(kubectl()?).args(["version", "--client", "-o", "json"]).output();
    let version: Value = serde_json::from_slice(&output.unwrap().stdout).unwrap();
    let version = version["clientVersion"]["gitVersion"].as_str().unwrap().to_string();
    let mut lab = Lab::with(Options { version, ..Options::default() }, rest)?;
    lab.file("api.yaml", WEB);
    // No engine but the test's own.
    lab.env("DOCKER_HOST", "unix:///nowhere/docker.sock");
    Some(lab)
}

/// PATH with these programs only.
pub fn only(project: &mut Project, programs: &[&str]) {
    let path = std::env::var_os("PATH").unwrap();
    std::fs::create_dir_all(project.path().join("few")).unwrap();
    for name in programs {
        let found = match *name {
            "kubectl" => kubectl(),
            _ => std::env::split_paths(&path).map(|dir| dir.join(name)).find(|path| path.is_file()),
        };
        std::os::unix::fs::symlink(found.unwrap(), project.path().join("few").join(name)).unwrap();
    }
    let few = project.path().join("few");
    project.env("PATH", few);
}

#[test]
fn a_healthy_stack_is_all_ok() {
    let Some(lab) = lab(API) else { return };
    let run = lab.run(&DOCTOR);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert_eq!(
        checks(&run),
        ["services.yaml", "manifests", "kubectl", "cluster", "version skew", "rights", "bash", "git"]
    );
    assert!(findings(&run).iter().all(|one| one["status"] == "ok" && one["fix"].is_null()), "{}", run.stdout);
}

#[test]
fn the_table_reads_well_in_80_columns() {
    let Some(mut lab) = lab("services:\n  - {name: api, manifests: [{path: nope.yaml}]}\n") else { return };
    only(&mut lab, &["kubectl", "git"]);
    let run = lab.run(&["doctor", "--env", "dev"]);
    assert_eq!((run.code, run.stderr.as_str()), (1, ""), "everything is said on stdout");
    let text = &run.stdout;
    assert!(
        text.starts_with("✓ services.yaml  valid for dev, namespace demo-dev\n✗ manifests      "),
        "{text}"
    );
    assert!(text.contains("nope.yaml") && text.contains("\n                 fix: "), "{text}");
    assert!(
        text.contains("\n! bash           not found on PATH; no hook of this stack needs it\n"),
        "{text}"
    );
    assert!(text.ends_with("\n\n6 ok, 1 warning, 1 failed\n"), "{text}");
    // A word that is longer, such as a path, stays whole.
    let long = text
        .lines()
        .find(|line| line.chars().count() > 80 && line.trim().contains(' ') && !line.contains('/'));
    assert_eq!(long, None, "{text}");
}

#[test]
fn services_yaml_and_manifests() {
    let Some(lab) = lab(&format!("{API}surplus: 1\n")) else { return };
    let run = lab.run(&DOCTOR);
    let (state, detail, fix) = of(&run, "services.yaml");
    assert!(state == "warning" && detail.contains("surplus") && !fix.is_empty(), "{}", run.stdout);
    assert_eq!((run.code, status(&run, "manifests").as_str()), (0, "ok"), "a warning is no failure");
    lab.file("api.yaml", "kind: [\n");
    let run = lab.run(&DOCTOR);
    assert!(of(&run, "manifests").1.contains("api.yaml:") && run.code == 1, "{}", run.stdout);
    lab.file("services.yaml", "project: demo\nenvironments: {dev: {from: nope}}\nservices: [{name: A}]\n");
    let run = lab.run(&DOCTOR);
    let (state, detail, _) = of(&run, "services.yaml");
    assert!(
        state == "failed" && detail.contains("environments.dev.from") && detail.contains("DNS-1123"),
        "{detail}"
    );
    assert_eq!((status(&run, "cluster"), status(&run, "kubectl")), ("warning".into(), "ok".into()));
    lab.file("services.yaml", "project: demo\nenvironments: {dev: {}}\n");
    let run = lab.run(&DOCTOR);
    assert_eq!((status(&run, "manifests"), status(&run, "services.yaml")), ("warning".into(), "ok".into()));
    let run = lab.run(&["doctor", "--env", "dve", "-o", "json"]);
    assert!(run.code == 1 && of(&run, "services.yaml").2.contains("did you mean `dev`"), "{}", run.stdout);
}

#[test]
fn kubectl_and_version_skew() {
    let Some(mut lab) = lab(API) else { return };
    lab.sim.set_options(|options| options.version = "v1.20.4".into());
    let run = lab.run(&DOCTOR);
    let (state, detail, fix) = of(&run, "version skew");
    assert!(
        state == "warning" && detail.contains("server v1.20.4") && fix == "install kubectl 1.19 to 1.21",
        "{detail}"
    );
    assert_eq!(run.code, 0);
    fake(&mut lab, "kubectl", "case \"$*\" in *--client*) echo '{}';; *) exit 3;; esac");
    let run = lab.run(&DOCTOR);
    assert_eq!((status(&run, "kubectl"), status(&run, "cluster")), ("warning".into(), "failed".into()));
    only(&mut lab, &["bash", "git"]);
    let run = lab.run(&DOCTOR);
    let (state, detail, fix) = of(&run, "kubectl");
    assert!(
        state == "failed" && detail.contains("not found on PATH") && fix.starts_with("install kubectl"),
        "{detail}"
    );
}

#[test]
fn the_cluster_is_the_environments_own() {
    let Some(lab) = lab(API) else { return };
    let services = lab.read("services.yaml");
    lab.file("services.yaml", services.replace("context: kubesim", "context: nowhere"));
    let run = lab.run(&DOCTOR);
    let (state, detail, fix) = of(&run, "cluster");
    assert!(state == "failed" && detail.contains("nowhere") && fix.contains("get-contexts"), "{detail}");
    assert_eq!(status(&run, "rights"), "warning", "not known, and not the thing to mend: {}", run.stdout);
    lab.file("services.yaml", services.replace("kubeconfig: kube.yaml", "kubeconfig: no.yaml"));
    let (state, detail, fix) = of(&lab.run(&DOCTOR), "cluster");
    assert!(state == "failed" && detail.contains("no.yaml") && !fix.is_empty(), "{detail}");
    let kubeconfig = lab.read("kube.yaml");
    let port = lab.sim.url().rsplit(':').next().unwrap().trim_end_matches('/').to_string();
    lab.file("services.yaml", services);
    lab.file("kube.yaml", kubeconfig.replace(&port, "1"));
    let (state, detail, fix) = of(&lab.run(&DOCTOR), "cluster");
    assert!(
        state == "failed" && detail.contains("refused") && fix.contains("API server is not there"),
        "{detail}"
    );
}

#[test]
fn a_cluster_that_hangs_does_not_hang_doctor() {
    let Some(lab) = lab(API) else { return };
    lab.sim.fault(Fault::on("*", "/").action(Action::Hang(Moment::Before)));
    // Long enough for what does answer, on a busy machine too.
    let run = lab.run(&[DOCTOR.as_slice(), &["--timeout", "4s"]].concat());
    let (state, detail, fix) = of(&run, "cluster");
    assert!(state == "failed" && detail.contains("was ended after 4s") && fix.contains("VPN"), "{detail}");
    let (state, detail, _) = of(&run, "rights");
    assert_eq!(state, "warning", "{detail}");
    assert_eq!(status(&run, "kubectl"), "ok", "{}", run.stdout);
}

#[test]
fn rights_that_are_missing_are_named() {
    let Some(lab) = lab(API) else { return };
    let kubeconfig = lab.read("kube.yaml");
    lab.file("kube.yaml", kubeconfig.replace(&lab.sim.url(), &lab.sim.url_as("dev")));
    assert_eq!(status(&lab.run(&DOCTOR), "rights"), "ok");
    lab.sim.deny(Deny::new("dev", "list", "events", "*"));
    let run = lab.run(&DOCTOR);
    let (state, detail, _) = of(&run, "rights");
    assert_eq!((state.as_str(), run.code), ("warning", 0), "{detail}");
    assert_eq!(detail, "this account may not list events in demo-dev");
    lab.sim.deny(Deny::new("dev", "patch", "deployments", "demo-dev"));
    let run = lab.run(&DOCTOR);
    let (state, detail, fix) = of(&run, "rights");
    assert_eq!((state.as_str(), run.code), ("failed", 1));
    assert_eq!(detail, "this account may not patch deployments.apps in demo-dev");
    assert!(fix.contains("Role"));
    // A slot's records and namespaces are asked about, too.
    let services = lab.read("services.yaml").replace("  dev: {", "  ai: {from: dev}\n  dev: {");
    lab.file("services.yaml", services + "state: {configmapNamespace: slots}\n");
    lab.sim.deny(Deny::new("dev", "delete", "configmaps", "slots"));
    let (state, detail, _) = of(&lab.run(&["doctor", "--env", "ai", "-o", "json"]), "rights");
    assert_eq!(
        (state.as_str(), detail.as_str()),
        ("failed", "this account may not delete configmaps in slots")
    );
}

#[test]
fn without_an_environment_what_all_share_then_each_file() {
    let project = Project::new(
        "project: demo\nenvironments:\n  dev: {}\n  staging: {from: dev}\n  ai: {from: staging}\nservices:\n  - name: api\n    manifests: [{path: '{{ Env }}.yaml'}]\n",
    );
    for env in ["dev", "ai"] {
        project.file(&format!("{env}.yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
    }
    let run = project.run(&["doctor", "-o", "json"]);
    assert_eq!(
        checks(&run),
        ["kubectl", "bash", "git", "environment dev", "environment staging", "environment ai"]
    );
    assert_eq!(of(&run, "environment dev").1, "1 document, namespace demo-dev");
    assert_eq!(of(&run, "environment ai").1, "1 document, namespace demo-dev-1 (as slot 1)");
    assert!(of(&run, "environment staging").1.contains("staging.yaml") && run.code == 1, "{}", run.stdout);
    let empty = Project::new("project: demo\n");
    assert!(of(&empty.run(&["doctor", "-o", "json"]), "services.yaml").1.contains("no `environments`"));
    let nothing = Project::empty();
    let run = nothing.run(&["doctor", "-o", "json"]);
    assert!(status(&run, "services.yaml") == "failed" && of(&run, "services.yaml").2.contains("--config"));
}

#[test]
fn an_environment_that_inherits_uses_its_parents_cluster() {
    let Some(lab) = lab(API) else { return };
    let services = lab.read("services.yaml").replace("  dev: {", "  staging: {from: dev}\n  dev: {");
    lab.file("services.yaml", services);
    let run = lab.run(&["doctor", "--env", "staging", "-o", "json"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert_eq!(of(&run, "services.yaml").1, "valid for staging, namespace demo-staging");
    assert_eq!(status(&run, "cluster"), "ok");
}

#[test]
fn preflight_runs_the_same_checks() {
    let Some(mut lab) = lab(&format!("{API}images: {{a: {{from: 'x:1', local: 'localhost:1/a:1'}}}}\n"))
    else {
        return;
    };
    fake(
        &mut lab,
        "docker",
        "[ \"$1\" = info ] && { echo '{\"OSType\":\"linux\"}'; exit 0; }\necho 'no such manifest: x' >&2; exit 1",
    );
    let doctor = lab.run(&DOCTOR);
    assert_eq!(doctor.code, 0, "{}", doctor.stdout);
    let run = lab.run(&["apply", "--env", "dev", "--preflight"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for check in checks(&doctor) {
        assert!(run.stderr.contains(&format!("✓ {check}: ")), "{check}: {}", run.stderr);
    }
    fake(&mut lab, "docker", "echo 'Cannot connect to the Docker daemon at unix:///x.' >&2; exit 1");
    let text = lab.fails(1, &["apply", "--env", "dev", "--preflight"]);
    assert!(
        text.contains("✗ docker: Cannot connect") && text.contains("fix: start the docker engine"),
        "{text}"
    );
    assert!(text.contains("preflight checks failed"), "{text}");
}

#[test]
fn what_is_wrong_for_every_environment_is_told_once() {
    let project =
        Project::new("project: demo\nenvironments: {dev: {}, stg: {}}\nservices: [{name: a}, {name: a}]\n");
    let run = project.run(&["doctor"]);
    assert_eq!(run.code, 1);
    assert_eq!(run.stdout.matches("is used twice").count(), 1, "{}", run.stdout);
    assert!(run.stdout.contains("✗ environment stg  the same as for environment dev"), "{}", run.stdout);
}
