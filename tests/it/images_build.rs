//! `images build` with real docker (classic builder) and a real registry; buildx by a stand-in that checks what it gets.

use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::docker_harness::{DockerLab, Registry, fake};
use super::harness::{Project, Run};
use super::needs::{below, gone, in_pid_namespace};

const BUILD: [&str; 4] = ["images", "build", "--env", "dev"];
const STEPS: &str = "ARG VERSION=none\nARG NPM_TOKEN\nLABEL version=$VERSION\nCOPY content /content\n";

fn build<'a>(more: &[&'a str]) -> Vec<&'a str> {
    BUILD.iter().chain(more).copied().collect()
}

fn rows(run: &Run) -> Vec<Value> {
    serde_json::from_str(&run.stdout)
        .unwrap_or_else(|error| panic!("{error}\n{}\n{}", run.stdout, run.stderr))
}

fn actions(run: &Run) -> Vec<String> {
    rows(run).iter().map(|row| row["action"].as_str().unwrap().to_string()).collect()
}

/// A lab whose images are these lines below `images:`, `HOST` in them the registry.
fn lab(images: &str) -> Option<(DockerLab, Registry)> {
    let lab = DockerLab::new("")?;
    let registry = Registry::plain();
    let images = images.replace("HOST", &registry.host());
    lab.file(
        "services.yaml",
        format!("project: demo\nenvironments: {{dev: {{}}, ai: {{}}}}\nimages:\n{images}"),
    );
    lab.file("docker/api.Dockerfile", lab.dockerfile(STEPS));
    lab.file("content", "hello");
    Some((lab, registry))
}

/// Builds that take a second, then the real thing.
const SLOW: &str = "[ \"$1\" = build ] && sleep 1\nexec '$REAL' \"$@\"";

fn eight() -> String {
    (1..9)
        .map(|n| format!("  i{n}: {{type: build, repository: HOST/i{n}, tag: '1', dockerfile: docker/api.Dockerfile}}\n"))
        .collect()
}

#[test]
fn builds_from_any_folder_with_templated_arguments_and_tags() {
    let images = "  api:\n    type: build\n    repository: HOST/shop/api\n    tagTemplate: '{{ Env }}-{{ EnvMap[\"API_VERSION\"] }}'\n    dockerfile: docker/api.Dockerfile\n    buildArgs: {VERSION: '{{ EnvMap[\"API_VERSION\"] }}', NPM_TOKEN: '{{ EnvMap[\"NPM_TOKEN\"] }}'}\n  web: {type: build, repository: HOST/shop/web, tag: '7', context: web}\n";
    let Some((mut lab, registry)) = lab(images) else { return };
    lab.file("web/Dockerfile", "FROM scratch\nCOPY page /content\n");
    lab.file("web/page", "a page");
    lab.file("deep/er/x", "");
    lab.env("API_VERSION", "1.2.3").env("NPM_TOKEN", "npm-secret-4711");
    let mut command = lab.command(&build(&["-o", "json", "--log-level", "debug"]));
    let run = Run::from(command.current_dir(lab.path().join("deep/er")).output().unwrap());
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(actions(&run), ["built", "built"]);
    let host = registry.host();
    assert_eq!(rows(&run)[0]["reference"], format!("{host}/shop/api:dev-1.2.3"));
    assert!(
        rows(&run)[0]["digest"].as_str().unwrap().starts_with("sha256:")
            && rows(&run)[0]["seconds"].is_number()
    );
    assert!(run.stderr.contains("--build-arg NPM_TOKEN --build-arg VERSION=1.2.3 "), "{}", run.stderr);
    assert!(!run.stderr.contains("npm-secret-4711"), "{}", run.stderr);
    let format = ["image", "inspect", "--format", "{{.Config.Labels.version}}"];
    let label = lab.docker(&[format.as_slice(), &[&format!("{host}/shop/api:dev-1.2.3")]].concat());
    assert_eq!(label.trim(), "1.2.3");
    assert_eq!(lab.content(&format!("{host}/shop/web:7")), "a page");
}

#[test]
fn secrets_reach_the_build_but_no_log_and_no_argument_list() {
    // The classic builder cannot run anything in an empty image: this stand-in is the build that prints its secret.
    let mut project = Project::new(
        "project: demo\nenvironments: {dev: {}}\nimages:\n  api: {type: build, repository: r.test/api, tag: '1', buildArgs: {AUTH: 'basic {{ EnvMap[\"NPM_TOKEN\"] }}', DB_PASSWORD: '{{ EnvMap[\"DB_PASS\"] }}'}}\n",
    );
    project.file("Dockerfile", "FROM scratch\n");
    fake(
        &mut project,
        "docker",
        "echo \"$*\" >>args\n[ \"$1\" = build ] && { echo \"got $AUTH $DB_PASSWORD\"; echo \"$AUTH $DB_PASSWORD\" >seen; exit 7; }\necho '{}'",
    );
    project
        .env("NPM_TOKEN", "npm-secret-4711")
        .env("DB_PASS", "written-here-1")
        .env("GITHUB_ACTIONS", "true");
    let run = project.run(&build(&["--log-level", "debug", "-o", "json"]));
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert_eq!(project.read("seen"), "basic npm-secret-4711 written-here-1\n");
    for text in [&run.stderr, &run.stdout, &project.read("args")] {
        assert!(!text.contains("npm-secret-4711") && !text.contains("written-here-1"), "{text}");
    }
    assert!(run.stderr.contains("got basic *** ***"), "{}", run.stderr);
}

#[test]
fn what_is_wrong_is_said_before_anything_is_built() {
    let images = "  a: {type: build, tag: '1'}\n  b: {type: build, repository: HOST/b, tagTemplate: '{{ EnvMap[\"NO_TAG\"] | default(\"\") }}'}\n  c: {type: build, repository: 'HOST/c:1', tag: '1', dockerfile: docker/api.Dockerfile}\n  d: {type: build, repository: HOST/d, tag: '1', dockerfile: nope}\n  e: {type: build, repository: HOST/e, tag: '1', context: nowhere}\n  f: {type: build, repository: HOST/f, tag: 'a b', dockerfile: docker/api.Dockerfile}\n  ok: {type: build, repository: HOST/ok, tag: '1', dockerfile: docker/api.Dockerfile}\n";
    let Some((mut lab, _registry)) = lab(images) else { return };
    lab.wrap_docker("echo \"$*\" >>calls; exec '$REAL' \"$@\"");
    let text = lab.fails(2, &BUILD);
    for part in [
        "services.yaml:4: images.a: `repository` is missing",
        "images.b: `tag` or `tagTemplate` is missing, or rendered to nothing",
        "holds a tag or digest",
        "images.d: `dockerfile`: no such file: nope",
        "images.e: `context`: no such folder: nowhere",
        "images.f: `a b` is no image tag",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(lab.fails(2, &build(&["--only", "ok,oks"])).contains("unknown image `oks`"));
    assert!(lab.fails(2, &build(&["--jobs", "0"])).contains("--jobs"));
    assert!(!lab.path().join("calls").exists());
    assert!(lab.ok(&build(&["--only", "ok"])).contains("ok    built"));
}

#[test]
fn no_push_and_skip_existing() {
    let images = "  api: {type: build, repository: HOST/api, tag: '1', dockerfile: docker/api.Dockerfile}\n";
    let Some((lab, registry)) = lab(images) else { return };
    let skip = build(&["-o", "json", "--skip-existing"]);
    let local = build(&["-o", "json", "--skip-existing", "--no-push"]);
    assert_eq!(actions(&lab.run(&build(&["-o", "json", "--no-push"]))), ["built"]);
    assert!(registry.transfers().is_empty());
    assert_eq!(actions(&lab.run(&local)), ["present"], "the engine has it");
    let run = lab.run(&skip);
    assert_eq!(actions(&run), ["built"], "the registry has not");
    let again = lab.run(&skip);
    assert_eq!(actions(&again), ["present"]);
    assert_eq!(rows(&run)[0]["digest"], rows(&again)[0]["digest"]);
    // What is built is also built again when nobody says otherwise.
    assert_eq!(actions(&lab.run(&build(&["-o", "json"]))), ["built"]);
}

#[test]
fn one_failure_does_not_stop_the_others_and_its_output_is_whole() {
    let images = "  bad: {type: build, repository: HOST/bad, tag: '1', dockerfile: bad.Dockerfile}\n  good: {type: build, repository: HOST/good, tag: '1', dockerfile: docker/api.Dockerfile}\n";
    let Some((lab, _registry)) = lab(images) else { return };
    lab.file("bad.Dockerfile", "FROM scratch\nLABEL step=one\nCOPY nothing /\n");
    let run = lab.run(&BUILD);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("\nbad   failed") && run.stdout.contains("\ngood  built"), "{}", run.stdout);
    let text = &run.stderr;
    let whole = text.split("image bad: failed").nth(1).unwrap();
    let (steps, error) = (whole.find("LABEL step=one").unwrap(), whole.find("error: image bad:").unwrap());
    assert!(steps < error && whole.contains("COPY failed: file not found"), "{text}");
    assert!(!text.contains("ARG VERSION"), "the output of what worked is not shown: {text}");
    assert!(text.ends_with("error: 1 of 2 images failed: bad\n"), "{text}");
}

/// Builds that begin only when as many as may run at a time are there, and note when they begin and end.
const TOGETHER: &str = "[ \"$1\" = build ] || exec '$REAL' \"$@\"
echo begin >>builds
tries=0
while [ \"$(grep -c begin builds)\" -lt \"$JOBS\" ]; do
  tries=$((tries + 1)); [ $tries -lt 1200 ] || exit 1; sleep 0.05
done
'$REAL' \"$@\"; code=$?
echo end >>builds
exit $code";

#[test]
fn as_many_images_at_a_time_as_there_are_jobs() {
    let Some((mut lab, _registry)) = lab(&eight()) else { return };
    lab.wrap_docker(TOGETHER);
    for jobs in [1, 2, 8] {
        lab.file("builds", "");
        let mut command = lab.command(&build(&["--jobs", &jobs.to_string(), "-o", "json"]));
        let run = Run::from(command.env("JOBS", jobs.to_string()).output().unwrap());
        assert_eq!((run.code, actions(&run)), (0, vec!["built".to_string(); 8]), "{}", run.stderr);
        let (mut now, mut most) = (0, 0);
        for line in lab.read("builds").lines() {
            now += if line == "begin" { 1 } else { -1 };
            most = most.max(now);
        }
        assert_eq!((most, now), (jobs, 0), "--jobs {jobs}");
    }
}

#[test]
fn github_actions_folds_each_images_output() {
    let Some((mut lab, _registry)) = lab(&eight()) else { return };
    lab.env("GITHUB_ACTIONS", "true");
    let run = lab.run(&build(&["--jobs", "4"]));
    assert_eq!(run.code, 0, "{}", run.stderr);
    let mut open = None;
    let mut groups = 0;
    for line in run.stderr.lines() {
        if let Some(title) = line.strip_prefix("::group::image ") {
            assert!(open.is_none(), "groups do not overlap: {}", run.stderr);
            open = title.split(':').next();
            groups += 1;
        } else if line == "::endgroup::" {
            open = None;
        } else if line.contains("Successfully tagged") {
            let name = open.expect("docker's output stands in a group");
            assert!(line.contains(&format!("/{name}:1")), "{name}: {line}");
        }
    }
    assert_eq!((groups, open), (8, None));
}

#[test]
fn a_terminal_shows_a_line_per_image() {
    let Some((mut lab, _registry)) = lab(&eight()) else { return };
    // Long enough for every state to be drawn.
    lab.wrap_docker(SLOW);
    // `script` gives the run a terminal.
    let line = format!("stty cols 100; '{}' images build --env dev", env!("CARGO_BIN_EXE_codexctl"));
    let mut command = lab.other("script");
    let output = command.args(["-qec", &line, "/dev/null"]).env("TERM", "xterm").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}");
    for n in 1..9 {
        assert!(
            text.contains(&format!("i{n}  building ")) && text.contains(&format!("i{n}  built in ")),
            "{text:?}"
        );
    }
    assert!(text.contains("waiting") && !text.contains("Successfully tagged"), "{text:?}");
}

/// A build that says when it is there, and when Ctrl-C has reached it. The signal is blocked and waited for, so that no
/// moment is too early for it, as there is one in a shell that is just starting a program.
const WAITING: &str = "[ \"$1\" = build ] || exec '$REAL' \"$@\"
exec python3 -c 'import signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
open(\"up\", \"a\").write(\"up\\n\")
signal.sigwait([signal.SIGINT])
open(\"reached\", \"a\").write(\"reached\\n\")' 86421";

#[test]
fn ctrl_c_ends_all_builds() {
    let Some((mut lab, _registry)) = lab(&eight()) else { return };
    lab.wrap_docker(WAITING);
    ctrl_c(&lab, lab.command(&build(&["--jobs", "4"])));
    let Some(command) = in_pid_namespace(&lab.command(&build(&["--jobs", "4"]))) else { return };
    ctrl_c(&lab, command);
}

/// Presses Ctrl-C when four builds are up, and wants each to hear of it and none to be left.
fn ctrl_c(lab: &DockerLab, mut command: Command) {
    lab.file("up", "");
    lab.file("reached", "");
    let mut child = command.spawn().unwrap();
    while lab.read("up").lines().count() < 4 {
        assert_eq!(child.try_wait().unwrap(), None, "it ended before it was told to");
        std::thread::sleep(Duration::from_millis(20));
    }
    let id = below(child.id(), "codexctl").unwrap_or_else(|| child.id());
    assert!(Command::new("kill").args(["-INT", &id.to_string()]).status().unwrap().success());
    let ended = Run::from(child.wait_with_output().unwrap());
    assert_eq!(ended.code, 130, "{}", ended.stderr);
    assert!(ended.stderr.ends_with(":1\nerror: interrupted\n"), "{}", ended.stderr);
    assert_eq!(ended.stderr.matches(": building").count(), 4, "no other build was begun: {}", ended.stderr);
    assert_eq!(lab.read("reached").lines().count(), 4, "every build heard of it");
    assert!(gone("86421"), "a build was left behind");
}

const CONTEXTS: &str = "project: demo\nenvironments: {dev: {}}\nimages:\n  api: {type: build, repository: r.test/api, tag: '1', buildContexts: {base: 'docker-image://alpine:3', lib: '{{ Env }}-lib'}}\n";

#[test]
fn build_contexts_without_buildx_say_so() {
    let mut project = Project::new(CONTEXTS);
    project.file("Dockerfile", "FROM scratch\n");
    fake(
        &mut project,
        "docker",
        "echo \"$*\" >>args\n[ \"$1\" = buildx ] && { echo \"docker: 'buildx' is not a docker command.\" >&2; exit 1; }\necho '{}'",
    );
    let text = project.fails(1, &BUILD);
    assert!(text.contains("error: api has `buildContexts`, and docker's buildx plugin is missing"), "{text}");
    assert!(text.contains("hint: install the plugin"), "{text}");
    assert_eq!(project.read("args"), "buildx version\n");
    // The same with the real client, where it has no buildx.
    let Some(lab) = DockerLab::new(CONTEXTS) else { return };
    lab.file("Dockerfile", "FROM scratch\n");
    if !Command::new("docker").args(["buildx", "version"]).output().unwrap().status.success() {
        assert!(lab.fails(1, &BUILD).contains("buildx plugin is missing"));
    }
}

#[test]
fn build_contexts_go_through_buildx() {
    let mut project = Project::new(CONTEXTS);
    project.file("Dockerfile", "FROM scratch\n");
    project.file("sub/x", "");
    let root = project.path().canonicalize().unwrap().display().to_string();
    let wanted = format!(
        "buildx build --load --tag r.test/api:1 --build-context base=docker-image://alpine:3 --build-context lib={root}/dev-lib {root}/"
    );
    let script = format!(
        "case \"$*\" in\n'buildx version') echo v0.20;;\n'info --format {{{{json .}}}}') echo '{{}}';;\n'{wanted}') echo >&2 '#1 done';;\n'push r.test/api:1') echo '1: digest: sha256:abc size: 5';;\n*) echo \"unexpected: $*\" >&2; exit 9;;\nesac"
    );
    fake(&mut project, "docker", &script);
    let run = Run::from(
        project.command(&build(&["-o", "json"])).current_dir(project.path().join("sub")).output().unwrap(),
    );
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(
        (rows(&run)[0]["action"].clone(), rows(&run)[0]["digest"].clone()),
        ("built".into(), "sha256:abc".into())
    );
}
