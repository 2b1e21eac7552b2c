//! `doctor`: what this machine has to have — programs, docker, registries, credentials — as ✓, ! and ✗.

use super::cluster_harness::API;
use super::docker_harness::{Access, DockerLab, Registry, fake};
use super::doctor::{DOCTOR, checks, lab, of, only, status};
use super::harness::Project;

#[test]
fn scripts_need_bash_and_git_where_hooks_say_so() {
    let hooks = "hooks:\n  beforeAll: [{run: 'git rev-parse HEAD'}]\n";
    let Some(mut lab) = lab(&format!("{API}{hooks}")) else { return };
    let run = lab.run(&DOCTOR);
    assert_eq!((status(&run, "bash"), status(&run, "git")), ("ok".into(), "ok".into()));
    only(&mut lab, &["kubectl"]);
    let run = lab.run(&DOCTOR);
    assert_eq!((status(&run, "bash"), status(&run, "git"), run.code), ("failed".into(), "failed".into(), 1));
    let services = lab.read("services.yaml").replace(hooks, "");
    lab.file("services.yaml", services);
    let run = lab.run(&DOCTOR);
    assert_eq!(
        (status(&run, "bash"), status(&run, "git"), run.code),
        ("warning".into(), "warning".into(), 0)
    );
}

#[test]
fn docker_is_checked_where_images_or_a_registry_are_used() {
    let Some(lab) = DockerLab::new("") else { return };
    let (plain, private, mut down) =
        (Registry::plain(), Registry::start(Access { tls: true, login: true }), Registry::plain());
    let (ours, login, gone) = (plain.host(), private.host(), down.host());
    down.stop();
    lab.file("Dockerfile", "FROM scratch\n");
    let services = format!(
        "project: demo\nregistry: {ours}\nenvironments:\n  dev: {{localRegistry: {{enabled: true, port: {}}}}}\nimages:\n  a: {{from: 'x:1', local: '{login}/a:1'}}\n  b: {{type: build, repository: {gone}/b, tag: '1'}}\n",
        ours.rsplit(':').next().unwrap()
    );
    lab.file("services.yaml", &services);
    let run = lab.run(&DOCTOR);
    assert_eq!(status(&run, "docker"), "ok", "{}", run.stdout);
    assert_eq!(of(&run, &format!("registry {ours}")), ("ok".into(), "answers".into(), String::new()));
    let (state, _, fix) = of(&run, &format!("registry {login}"));
    assert_eq!((state, fix), ("warning".into(), format!("log in with `docker login {login}`")));
    let (state, detail, fix) = of(&run, &format!("registry {gone}"));
    assert!(
        state == "failed" && detail.contains("connection refused") && fix.contains("start it"),
        "{detail}"
    );
    lab.login(&private);
    assert_eq!(status(&lab.run(&DOCTOR), &format!("registry {login}")), "ok");
    // Without an engine the registries are asked all the same.
    let mut off = DockerLab::new(&services).unwrap();
    off.env("DOCKER_HOST", "unix:///nowhere/docker.sock");
    let run = off.run(&DOCTOR);
    let (state, _, fix) = of(&run, "docker");
    assert!(state == "failed" && fix.contains("start the docker engine"), "{}", run.stdout);
    assert_eq!(status(&run, &format!("registry {ours}")), "ok");
    // Without docker they cannot be.
    only(&mut off, &["bash", "git"]);
    let run = off.run(&DOCTOR);
    assert_eq!(
        (status(&run, "docker"), status(&run, &format!("registry {ours}"))),
        ("failed".into(), "warning".into())
    );
    assert!(of(&run, "docker").1.contains("not found on PATH"));
}

#[test]
fn odd_docker_installations() {
    let contexts = "project: demo\nenvironments: {dev: {}}\nimages:\n  a: {type: build, repository: localhost:1/a, tag: '1', buildContexts: {lib: lib}}\n";
    let mut project = Project::new(contexts);
    fake(
        &mut project,
        "docker",
        "case \"$1\" in info) echo '{\"OSType\":\"windows\",\"ServerVersion\":\"1\"}';; buildx) echo v0.20;; *) exit 1;; esac",
    );
    let run = project.run(&DOCTOR);
    assert_eq!(
        (status(&run, "docker"), status(&run, "buildx")),
        ("warning".into(), "ok".into()),
        "{}",
        run.stdout
    );
    fake(&mut project, "docker", "[ \"$1\" = info ] && echo '{\"OSType\":\"linux\"}' || exit 1");
    let (state, detail, fix) = of(&project.run(&DOCTOR), "buildx");
    assert!(state == "failed" && detail.contains("of a need it") && fix.starts_with("install"), "{detail}");
    // An engine that never answers.
    fake(&mut project, "docker", "exec sleep 86421");
    let run = project.run(&[DOCTOR.as_slice(), &["--timeout", "1s"]].concat());
    assert!(of(&run, "docker").1.contains("was ended after 1s"), "{}", run.stdout);
}

/// What gh says, by the token it is given.
const GH: &str = "[ \"$*\" = 'auth status' ] || exit 9\n[ \"$GH_TOKEN\" = good-token ] && exit 0\n[ -z \"$GH_TOKEN\" ] && [ -e \"$LOGGED_IN\" ] && exit 0\necho 'You are not logged into any GitHub hosts.' >&2\nexit 1";

#[test]
fn gh_and_its_token_where_hooks_comment() {
    let hooks = "project: demo\nenvironments: {dev: {}}\nhooks: {afterAll: [{use: github.comment, with: {issue: '1', body: x}}]}\n";
    let mut project = Project::new(hooks);
    only(&mut project, &["bash", "git"]);
    let run = project.run(&DOCTOR);
    assert!(
        of(&run, "gh").0 == "failed" && of(&run, "gh").1.contains("`github.comment` hooks need it"),
        "{}",
        run.stdout
    );
    project = Project::new(hooks);
    fake(&mut project, "gh", GH);
    let (state, detail, fix) = of(&project.run(&DOCTOR), "gh");
    assert!(
        state == "failed" && detail.contains("not logged in: You are") && fix.contains("CODEXCTL_GH_PAT"),
        "{detail}"
    );
    let own = project.file("login", "");
    project.env("LOGGED_IN", own);
    assert_eq!(of(&project.run(&DOCTOR), "gh").1, "logged in");
    project.env("CODEX_GH_PAT", "good-token");
    assert_eq!(of(&project.run(&DOCTOR), "gh").1, "logged in by CODEX_GH_PAT");
    project.env("CODEXCTL_GH_PAT", "bad-token");
    let run = project.run(&DOCTOR);
    assert!(
        status(&run, "gh") == "failed" && of(&run, "gh").1.starts_with("CODEXCTL_GH_PAT is not accepted")
    );
    assert!(!format!("{}{}", run.stdout, run.stderr).contains("bad-token"));
    let without = Project::new("project: demo\nenvironments: {dev: {}}\n");
    assert!(!checks(&without.run(&DOCTOR)).contains(&"gh".to_string()));
}

#[test]
fn an_agents_keys() {
    let mut project = Project::new("project: demo\nenvironments: {ai: {}}\n");
    only(&mut project, &["bash", "git"]);
    let doctor = ["doctor", "--env", "ai", "-o", "json"];
    let run = project.run(&doctor);
    assert_eq!(of(&run, "services.yaml").1, "valid for ai, namespace demo-dev-1 (as slot 1)");
    let states =
        ["OPENAI_API_KEY", "CONTEXT7_API_KEY", "gh", "GitHub token"].map(|check| status(&run, check));
    assert_eq!(states, ["failed", "warning", "warning", "warning"]);
    project.env("OPENAI_API_KEY", "sk-very-secret").env("CONTEXT7_API_KEY", "c7-very-secret");
    fake(&mut project, "gh", GH);
    project.env("CODEXCTL_GH_PAT", "good-token");
    let run = project.run(&doctor);
    for check in ["OPENAI_API_KEY", "CONTEXT7_API_KEY", "gh", "GitHub token"] {
        assert_eq!(status(&run, check), "ok", "{}", run.stdout);
    }
    assert!(!run.stdout.contains("very-secret"));
    assert!(
        of(&project.run(&["doctor", "--env", "ai", "--slot", "7", "-o", "json"]), "services.yaml")
            .1
            .ends_with("demo-dev-7")
    );
}
