//! Hooks: order, environment, conditions, time limits, builtins, and what is left of them.

use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use serde_json::json;

use super::cluster_harness::{Lab, WEB};
use super::harness::Run;
use super::needs::{gone, in_pid_namespace, lives};

fn lab(hooks: &str, service_hooks: &str) -> Option<Lab> {
    let rest =
        format!("{hooks}services:\n  - name: api\n    manifests: [{{path: api.yaml}}]\n{service_hooks}");
    let lab = Lab::new(&rest)?;
    lab.file("api.yaml", WEB);
    Some(lab)
}

#[test]
fn hooks_run_in_order_around_apply_and_destroy() {
    let log = |name: &str| format!("[{{run: 'echo {name} >>log'}}]");
    let rest = format!(
        "hooks: {{beforeAll: {}, afterAll: {}}}\ninfrastructure:\n  - name: base\n    hooks: {{beforeApply: {}, afterApply: {}, beforeDestroy: {}}}\n",
        log("before-all"),
        log("after-all"),
        log("infra-before"),
        log("infra-after"),
        log("infra-before-destroy"),
    );
    let service = format!(
        "    hooks: {{beforeApply: {}, afterApply: {}, beforeDestroy: {}, afterDestroy: {}}}\n",
        log("api-before"),
        log("api-after"),
        log("api-before-destroy"),
        log("api-after-destroy"),
    );
    let Some(lab) = lab(&rest, &service) else { return };
    lab.ok(&["apply", "--env", "dev"]);
    assert_eq!(lab.read("log"), "before-all\ninfra-before\napi-before\ninfra-after\napi-after\nafter-all\n");
    lab.file("log", "");
    lab.ok(&["destroy", "--env", "dev", "--yes"]);
    assert_eq!(
        lab.read("log"),
        "before-all\napi-before-destroy\ninfra-before-destroy\napi-after-destroy\nafter-all\n"
    );
    lab.file("log", "");
    lab.ok(&["apply", "--env", "dev", "--skip-services", "api"]);
    assert_eq!(lab.read("log"), "before-all\ninfra-before\ninfra-after\nafter-all\n");
}

#[test]
fn a_script_finds_its_stack_and_its_cluster() {
    let script = "hooks:\n  beforeAll:\n    - run: |\n        echo \"$CODEXCTL_ENV $CODEXCTL_NAMESPACE $CODEXCTL_PROJECT [$CODEXCTL_SLOT]\" >out\n        pwd >>out\n        kubectl config current-context >>out\n        kubectl get ns demo-dev -o name >>out\n        echo \"$FROM_FLAG\" >>out\n        echo to stdout; echo to stderr >&2\n";
    let Some(lab) = lab(script, "") else { return };
    let run = lab.run(&["apply", "--env", "dev", "--vars", "FROM_FLAG=yes"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let root = lab.path().canonicalize().unwrap();
    assert_eq!(
        lab.read("out"),
        format!("dev demo-dev demo []\n{}\nkubesim\nnamespace/demo-dev\nyes\n", root.display())
    );
    assert!(
        run.stderr.contains("to stdout\n")
            && run.stderr.contains("to stderr\n")
            && !run.stdout.contains("to stdout"),
        "{}",
        run.stderr
    );
}

#[test]
fn conditions_and_failures() {
    let hooks = "hooks:\n  beforeAll:\n    - {run: 'echo no >>log', when: 'No'}\n    - {run: 'echo empty >>log', when: ''}\n    - {run: 'echo null >>log', when: {{ if ne .Env \"dev\" }}yes{{ end }}}\n    - {run: 'echo yes >>log', when: '{{ eq .Env \"dev\" }}'}\n    - {name: may fail, run: 'exit 3', continueOnError: true}\n    - {name: must not, run: 'echo oh >&2; exit 4'}\n    - {run: 'echo never >>log'}\n";
    let Some(lab) = lab(hooks, "") else { return };
    let run = lab.run(&["apply", "--env", "dev"]);
    assert_eq!((run.code, lab.read("log").as_str()), (1, "yes\n"));
    assert!(run.stderr.contains("warning: services.yaml:10: hooks.beforeAll[4] (may fail) failed, going on (continueOnError): the script ended with exit code 3"), "{}", run.stderr);
    assert!(run.stderr.contains("error: hook failed: services.yaml:11: hooks.beforeAll[5] (must not): the script ended with exit code 4"), "{}", run.stderr);
    assert_eq!(run.stdout, "", "nothing was applied");
    assert!(lab.object("apps/v1", "Deployment", "api").is_none());
}

#[test]
fn a_step_past_its_timeout_leaves_nothing_behind() {
    let hooks = "hooks:\n  beforeAll:\n    - name: slow\n      timeout: 1s\n      run: |\n        sleep 86391 &\n        setsid sleep 86392 &\n        (setsid setsid sleep 86393 &)\n        trap '' TERM\n        sleep 86394\n        sleep 86395\n";
    let Some(lab) = lab(hooks, "") else { return };
    let started = Instant::now();
    let text = lab.fails(1, &["apply", "--env", "dev"]);
    assert!(text.contains("(slow): the script was ended after 1s, its `timeout`"), "{text}");
    assert!(started.elapsed() < Duration::from_secs(20));
    for mark in ["sleep 86391", "sleep 86392", "sleep 86393", "sleep 86394", "sleep 86395"] {
        assert!(gone(mark), "{mark} was left behind");
    }
}

#[test]
fn a_job_in_a_group_of_its_own_that_hears_no_signal_is_not_left_behind() {
    // The shell ends at the first signal; its job, a group but no session, becomes codexctl's and goes on.
    let hooks = "hooks:\n  beforeAll:\n    - name: slow\n      timeout: 1s\n      run: |\n        set -m\n        (trap '' TERM INT; exec sleep 86396) &\n        wait\n";
    let Some(lab) = lab(hooks, "") else { return };
    let command = lab.command(&["apply", "--env", "dev"]);
    for mut command in
        [Some(command), in_pid_namespace(&lab.command(&["apply", "--env", "dev"]))].into_iter().flatten()
    {
        let run = Run::from(command.output().unwrap());
        assert!(
            run.code == 1 && run.stderr.contains("(slow): the script was ended after 1s"),
            "{}",
            run.stderr
        );
        assert!(gone("sleep 86396"), "left behind");
    }
}

#[test]
fn an_interrupted_run_leaves_none_of_what_earlier_steps_left() {
    // Steps that went well left daemons: of one process, of a family that ignores signals, and out of its session.
    let hooks = "hooks:\n  beforeAll:\n    - run: 'sleep 86431 >/dev/null 2>&1 &'\n    - run: |\n        (setsid bash -c 'trap \"\" TERM INT; sleep 86432; sleep 86432' >/dev/null 2>&1 &)\n        setsid bash -c 'sleep 86433; true' >/dev/null 2>&1 &\n    - run: 'echo started >&2; sleep 86434'\n";
    let Some(lab) = lab(hooks, "") else { return };
    for signal in ["-INT", "-TERM", "-HUP"] {
        // Whatever runs the tests may ignore SIGHUP, which is inherited.
        let mut command = lab.other("env");
        command.args(["--default-signal=HUP", env!("CARGO_BIN_EXE_codexctl"), "apply", "--env", "dev"]);
        let mut child = command.spawn().unwrap();
        read_until(&mut child, "started\n");
        assert!(lives("sleep 86431") && lives("sleep 86432") && lives("sleep 86433"));
        kill(&child, signal);
        assert_eq!(child.wait().unwrap().code(), Some(if signal == "-INT" { 130 } else { 143 }));
        for mark in ["sleep 86431", "sleep 86432", "sleep 86433", "sleep 86434"] {
            assert!(gone(mark), "{mark} was left behind after {signal}");
        }
    }
}

#[test]
fn a_daemon_of_an_earlier_step_outlives_the_time_limit_of_a_later_one() {
    let hooks = "hooks:\n  beforeAll:\n    - run: 'setsid sleep 86435 >/dev/null 2>&1 & sleep 0.1'\n    - {run: 'sleep 86436', timeout: 500ms, continueOnError: true}\n    - run: 'pgrep -f \"^sleep 86435\" >seen'\n";
    let Some(lab) = lab(hooks, "") else { return };
    lab.ok(&["apply", "--env", "dev"]);
    assert!(!lab.read("seen").is_empty() && gone("sleep 86436"));
    assert!(std::process::Command::new("pkill").args(["-f", "^sleep 86435"]).status().unwrap().success());
}

#[test]
fn nohup_is_respected() {
    let Some(lab) = lab("hooks: {beforeAll: [{run: 'echo started >&2; sleep 1'}]}\n", "") else { return };
    let script = "trap '' HUP; exec \"$0\" apply --env dev";
    let mut child = lab.other("sh").args(["-c", script, env!("CARGO_BIN_EXE_codexctl")]).spawn().unwrap();
    read_until(&mut child, "started\n");
    kill(&child, "-HUP");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(lab.object("apps/v1", "Deployment", "api").is_some());
}

/// Reads a child's log until a line ends so.
fn read_until(child: &mut std::process::Child, end: &str) {
    let stderr = child.stderr.as_mut().unwrap();
    let mut text = Vec::new();
    while !text.ends_with(end.as_bytes()) {
        let mut byte = [0];
        assert_eq!(stderr.read(&mut byte).unwrap(), 1, "{}", String::from_utf8_lossy(&text));
        text.push(byte[0]);
    }
}

fn kill(child: &std::process::Child, signal: &str) {
    let status = std::process::Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

#[test]
fn what_was_there_before_is_nobodys_orphan() {
    // `daemon & exec codexctl`: the daemon is codexctl's child from then on, and no business of its.
    let Some(lab) = lab("hooks: {beforeAll: [{timeout: 1s, run: 'sleep 86397'}]}\n", "") else { return };
    let script = "sleep 86398 >/dev/null 2>&1 & exec \"$0\" apply --env dev";
    let run =
        Run::from(lab.other("sh").args(["-c", script, env!("CARGO_BIN_EXE_codexctl")]).output().unwrap());
    assert!(run.code == 1 && run.stderr.contains("was ended after 1s"), "{}", run.stderr);
    assert!(gone("sleep 86397") && lives("sleep 86398"));
    assert!(std::process::Command::new("pkill").args(["-f", "sleep 86398"]).status().unwrap().success());
}

#[test]
fn ctrl_c_ends_the_run_and_its_children() {
    let hooks = "hooks:\n  beforeAll:\n    - run: 'echo started >&2; sleep 86401; echo went on >>log'\n";
    let Some(lab) = lab(hooks, "") else { return };
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let mut child = lab.command(&["apply", "--env", "dev"]).spawn().unwrap();
        read_until(&mut child, "started\n");
        kill(&child, signal);
        let mut rest = String::new();
        child.stderr.as_mut().unwrap().read_to_string(&mut rest).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(code), "{rest}");
        assert!(rest.contains("error: interrupted"), "{rest}");
        assert!(gone("sleep 86401") && !lab.path().join("log").exists());
    }
}

#[test]
fn builtins_wait_sleep_and_comment() {
    let hooks = "hooks:\n  beforeAll: [{use: sleep, with: {duration: 10ms}}, {use: preflight}]\n  afterAll:\n    - {use: kubectl.wait, with: {kind: deployment, name: api, timeout: 20s}}\n    - {use: github.comment, with: {issue: '#7', body: 'up in {{ .Namespace }}'}}\n";
    let Some(mut lab) = lab(hooks, "") else { return };
    // gh cannot run here: this stand-in checks what it gets.
    let script = "#!/bin/sh\n[ \"$*\" = 'auth status' ] && exit 0\n[ \"$*\" = 'issue comment 7 --body-file -' ] || exit 9\n[ \"$GH_TOKEN\" = secret-token ] || exit 8\ncat >\"$OUT\"\n";
    let gh = lab.file("bin/gh", script);
    std::fs::set_permissions(&gh, std::fs::Permissions::from_mode(0o755)).unwrap();
    lab.count_kubectl();
    let out = lab.path().join("comment");
    lab.env("OUT", out).env("CODEX_GH_PAT", "secret-token");
    let run = lab.run(&["apply", "--env", "dev", "--log-level", "debug"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(lab.read("comment"), "up in demo-dev");
    assert!(!run.stderr.contains("secret-token"), "{}", run.stderr);
}

#[test]
fn a_wait_that_fails_says_so_in_kubectls_words() {
    let hooks =
        "hooks:\n  afterAll:\n    - {use: kubectl.wait, with: {kind: deployment, name: nope, timeout: 1s}}\n";
    let Some(lab) = lab(hooks, "") else { return };
    let run = lab.run(&["apply", "--env", "dev"]);
    assert_eq!(run.code, 1);
    assert!(
        run.stderr.contains("services.yaml:6: hooks.afterAll[0] (kubectl.wait)")
            && run.stderr.contains("\"nope\" not found"),
        "{}",
        run.stderr
    );
}

#[test]
fn codex_secrets_reach_the_cluster_and_no_log() {
    let hooks = "hooks:\n  beforeAll: [{use: codex.ensure-codex-secrets}]\n";
    let Some(mut lab) = lab(hooks, "") else { return };
    lab.env("OPENAI_API_KEY", "sk-very-secret").env("CONTEXT7_API_KEY", "");
    lab.count_kubectl();
    for _ in 0..2 {
        let run = lab.run(&["apply", "--env", "dev", "--log-level", "debug"]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(
            !run.stderr.contains("sk-very-secret")
                && run.stderr.contains("Secrets in demo-dev: openai-secret"),
            "{}",
            run.stderr
        );
    }
    let secret = lab.object("v1", "Secret", "openai-secret").unwrap();
    assert!(
        secret["data"]["OPENAI_API_KEY"].is_string() || secret["stringData"]["OPENAI_API_KEY"].is_string()
    );
    assert!(!secret["metadata"].to_string().contains("sk-very-secret"), "no copy in an annotation");
    assert!(lab.object("v1", "Secret", "context7-secret").is_none());
    assert!(!lab.kubectl_calls().join("\n").contains("sk-very-secret"), "no secret in an argument list");
}

#[test]
fn a_certificate_is_kept_and_reused() {
    let hooks = "hooks:\n  beforeAll: [{use: codex.reuse-dev-tls-secret, with: {secretName: tls}}]\n";
    let Some(lab) = lab(hooks, "") else { return };
    let apply = ["apply", "--env", "dev"];
    assert!(
        lab.run(&apply).stderr.contains("warning: Secret tls is neither in demo-dev nor in demo-ai-staging")
    );
    let namespace =
        |name: &str| json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name } });
    lab.sim.put(namespace("demo-ai-staging")).unwrap();
    lab.sim.put(json!({ "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
        "metadata": { "name": "tls", "namespace": "demo-ai-staging" }, "data": { "tls.crt": "Y3J0", "tls.key": "a2V5" } })).unwrap();
    assert!(lab.run(&apply).stderr.contains("copied from demo-ai-staging to demo-dev"));
    assert_eq!(lab.object("v1", "Secret", "tls").unwrap()["data"]["tls.crt"], "Y3J0");
    let mut renewed = lab.object("v1", "Secret", "tls").unwrap();
    renewed["data"]["tls.crt"] = json!("bmV3");
    lab.sim.put(renewed).unwrap();
    assert!(lab.run(&apply).stderr.contains("kept in demo-ai-staging"));
    assert_eq!(lab.sim.get("v1", "Secret", "demo-ai-staging", "tls").unwrap()["data"]["tls.crt"], "bmV3");
}

#[test]
fn a_script_with_a_secret_shows_it_to_nobody() {
    let hooks = "hooks:\n  beforeAll: [{name: print it, run: 'echo \"{{ .EnvMap.MY_TOKEN }}\" | tee seen; tr \"\\0\" \" \" </proc/$$/cmdline >args'}]\n";
    let Some(mut lab) = lab(hooks, "") else { return };
    lab.env("MY_TOKEN", "t0ps3cret");
    let run = lab.run(&["apply", "--env", "dev", "--log-level", "debug"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(lab.read("seen"), "t0ps3cret\n");
    assert!(!run.stderr.contains("t0ps3cret") && run.stderr.contains("***\n"), "{}", run.stderr);
    assert!(!lab.read("args").contains("t0ps3cret"), "not in the process's arguments");
}

#[test]
fn every_log_line_is_json_where_json_is_asked_for() {
    let hooks = "hooks:\n  beforeAll: [{use: sleep, with: {duration: 1ms}}]\n";
    let Some(mut lab) = lab(hooks, "") else { return };
    lab.env("GITHUB_ACTIONS", "true");
    let run = lab.run(&["apply", "--env", "dev", "--wait", "--log-format", "json", "--log-level", "debug"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for line in run.stderr.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    }
    let run = lab.run(&["apply", "--env", "dev"]);
    assert!(run.stderr.contains("::group::hook: sleep\nhook: sleep\n::endgroup::\n"), "{}", run.stderr);
}

#[test]
fn a_daemon_that_keeps_the_pipes_is_not_waited_for() {
    let hooks = "hooks:\n  beforeAll: [{run: 'setsid sleep 86411 & printf hi'}]\n";
    let Some(lab) = lab(hooks, "") else { return };
    let started = Instant::now();
    let run = lab.run(&["apply", "--env", "dev"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
    assert!(
        std::process::Command::new("pkill").args(["-f", "sleep 86411"]).status().unwrap().success(),
        "left alone"
    );
}

#[test]
fn a_named_secret_stays_out_of_group_titles_and_json() {
    let hooks = "hooks:\n  beforeAll: [{run: 'echo {{ .EnvMap.MY_TOKEN }}; printf end'}]\n";
    let Some(mut lab) = lab(hooks, "") else { return };
    lab.env("MY_TOKEN", "t0ps3cret").env("GITHUB_ACTIONS", "true");
    let run = lab.run(&["apply", "--env", "dev"]);
    assert!(
        run.stderr.contains("::group::hook: echo ***; printf end\n") && !run.stderr.contains("t0ps3cret"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("***\nend\n::endgroup::\n"),
        "a last line without its end is ended: {}",
        run.stderr
    );
    let run = lab.run(&["apply", "--env", "dev", "--log-format", "json"]);
    assert!(!run.stderr.contains("t0ps3cret"), "{}", run.stderr);
    for line in run.stderr.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    }
}

#[test]
fn a_relative_kubeconfig_of_the_caller_leads_scripts_to_the_same_cluster() {
    let hook = "hooks: {beforeAll: [{run: 'kubectl config current-context >out; kubectl get ns demo-dev -o name >>out'}]}\n";
    let Some(lab) = lab(hook, "") else { return };
    let services = lab.read("services.yaml");
    std::fs::create_dir_all(lab.path().join("sub")).unwrap();
    std::fs::copy(lab.path().join("kube.yaml"), lab.path().join("sub/kube.yaml")).unwrap();
    // With the environment's context, and with the file's own; an envFile has no say in it.
    for dev in ["{context: kubesim}", "{}"] {
        let text = services.replace("{kubeconfig: kube.yaml, context: kubesim}", dev);
        lab.file("services.yaml", format!("envFiles: [vars.env]\n{text}"));
        lab.file("vars.env", "KUBECONFIG=/nowhere/at/all\n");
        lab.file("out", "");
        let mut command = lab.command(&["apply", "--env", "dev"]);
        command.current_dir(lab.path().join("sub")).env("KUBECONFIG", "kube.yaml");
        let run = Run::from(command.output().unwrap());
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert_eq!(lab.read("out"), "kubesim\nnamespace/demo-dev\n", "{dev}");
    }
}

#[test]
fn relative_paths_of_the_caller_lead_codexctl_in_a_script_to_the_same_files() {
    let hook =
        "hooks: {beforeAll: [{run: '\"$BINARY\" render --env dev -n $(cat vars.env | cut -d= -f2) >out'}]}\n";
    let Some(lab) = lab(hook, "") else { return };
    lab.file("vars.env", "WHAT=seen\n");
    let mut command = lab.command(&["apply"]);
    command.current_dir(lab.path().parent().unwrap()).env("BINARY", env!("CARGO_BIN_EXE_codexctl"));
    let folder = lab.path().file_name().unwrap().to_str().unwrap();
    command.env("CODEXCTL_CONFIG", format!("{folder}/services.yaml")).env("CODEXCTL_ENV", "dev");
    command.env("CODEXCTL_VAR_FILE", format!("{folder}/vars.env"));
    let run = Run::from(command.output().unwrap());
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(lab.read("out").contains("namespace: seen\n"));
}

#[test]
fn a_step_that_is_skipped_may_lack_its_arguments() {
    let steps = "hooks:\n  afterAll:\n    - {use: sleep, when: '{{ envOr(\"D\", \"\") }}', with: {duration: '{{ envOr(\"D\", \"\") }}'}}\n    - {use: kubectl.wait, when: 'no', with: {kind: pod, name: ''}}\n";
    let Some(lab) = lab(steps, "") else { return };
    lab.ok(&["apply", "--env", "dev", "--dry-run"]);
    let text = lab.fails(2, &["apply", "--env", "dev", "--vars", "D=5x"]);
    assert!(text.contains("`5x` is no duration"), "{text}");
}
