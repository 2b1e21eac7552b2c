//! Time limits and signals: they end the agent in the pod with all it has started; a detached reader does not.

use std::process::{Child, Command};
use std::time::{Duration, Instant};

use serde_json::json;

use super::super::harness::Run;
use super::pod::{Pod, RUN, Shell};

/// An agent that has started things: in its group, in a session of its own, and as an orphan.
const FAMILY: &str = "echo '{\"n\":1}'; sleep 300 & setsid sleep 301 & (setsid sleep 302 &) ; sleep 303";

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

fn running(pod: &Pod, args: &[&str]) -> Child {
    pod.behave(FAMILY);
    let child = pod.command(args).spawn().unwrap();
    pod.until("the agent and its family run", |pod| pod.agents().len() >= 5 && pod.count("follow") > 0);
    child
}

#[test]
fn a_signal_ends_the_agent_and_all_it_has_started() {
    for (shell, name, code) in [(Shell::Dash, "-INT", 130), (Shell::Busybox, "-TERM", 143)] {
        let Some(pod) = Pod::with(shell, "") else { continue };
        let child = running(&pod, &RUN);
        signal(&child, name);
        let run = Run::from(child.wait_with_output().unwrap());
        assert_eq!(run.code, code, "{}", run.stderr);
        assert!(run.stderr.contains("the agent in demo-dev-3 was ended"), "{}", run.stderr);
        assert_eq!(pod.agents(), Vec::<String>::new(), "{shell:?}");
        let late = pod.run(&["prompt", "attach", "--slot", "3"]);
        assert!(late.stderr.contains("the agent was ended: interrupted"), "{}", late.stderr);
    }
}

/// The `sleep`s in the pod's workspace, whatever their environment: the supervisor's is one.
fn in_workspace(pod: &Pod) -> usize {
    let workspace = pod.file_in("workspace").canonicalize().unwrap();
    let all = std::fs::read_dir("/proc").unwrap().flatten();
    let works = |path: std::path::PathBuf| {
        std::fs::read_link(path.join("cwd")).is_ok_and(|cwd| cwd == workspace)
            && std::fs::read(path.join("cmdline"))
                .is_ok_and(|line| line.windows(6).any(|at| at == b"sleep\0"))
    };
    all.filter(|entry| works(entry.path())).count()
}

#[test]
fn what_has_cleared_its_environment_ends_too() {
    let family = "echo '{\"n\":1}'; env -i sleep 310 & env -i setsid sleep 311 & (env -i sleep 312 &); \
        (trap '' TERM; exec env -i sleep 313) & sleep 314";
    for shell in [Shell::Dash, Shell::Busybox] {
        let Some(pod) = Pod::with(shell, "") else { continue };
        pod.behave(family);
        let child = pod.command(&RUN).spawn().unwrap();
        pod.until("the family works", |pod| in_workspace(pod) == 6 && pod.count("follow") > 0);
        signal(&child, "-INT");
        assert_eq!(Run::from(child.wait_with_output().unwrap()).code, 130);
        assert_eq!(in_workspace(&pod), 0, "{shell:?}: a signal");
        let run = pod.run(&[&RUN[..], &["--timeout", "1s"]].concat());
        assert!(run.stderr.contains("its time limit"), "{}", run.stderr);
        assert_eq!(in_workspace(&pod), 0, "{shell:?}: the time limit");
    }
}

#[test]
fn a_signal_ends_it_over_a_bad_connection_too() {
    let Some(pod) = Pod::new("") else { return };
    let child = running(&pod, &RUN);
    pod.faults(&json!([{ "verb": "stop", "out": 0, "code": 0 }, { "verb": "stop", "refuse": "error: EOF" }]));
    signal(&child, "-INT");
    let run = Run::from(child.wait_with_output().unwrap());
    assert_eq!(run.code, 130, "{}", run.stderr);
    assert_eq!(pod.read_in("faults"), "[]");
    assert_eq!(pod.agents(), Vec::<String>::new());
}

#[test]
fn a_signal_while_the_agent_is_being_started() {
    let Some(pod) = Pod::new("") else { return };
    pod.behave(FAMILY);
    pod.faults(&json!([{ "verb": "start", "out": 3, "hang": true }]));
    let child = pod.command(&RUN).spawn().unwrap();
    pod.until("the agent runs", |pod| pod.agents().len() >= 5);
    signal(&child, "-INT");
    assert_eq!(Run::from(child.wait_with_output().unwrap()).code, 130);
    assert_eq!(pod.agents(), Vec::<String>::new());
}

#[test]
fn the_time_limit_ends_it_by_flag_and_by_services_yaml() {
    for (codex, flag) in
        [("  timeouts: {exec: 60m}\n", vec!["--timeout", "1500ms"]), ("  timeouts: {exec: 1500ms}\n", vec![])]
    {
        let Some(pod) = Pod::new(codex) else { return };
        pod.behave(FAMILY);
        let started = Instant::now();
        let run = pod.run(&[&RUN[..], &flag].concat());
        assert!(started.elapsed() < Duration::from_secs(30));
        assert_eq!((run.code, run.stdout.as_str()), (1, "{\"n\":1}\n"), "{}", run.stderr);
        assert!(run.stderr.contains("the agent was ended after 1.5s, its time limit"), "{}", run.stderr);
        assert_eq!(pod.agents(), Vec::<String>::new());
    }
}

#[test]
fn the_pod_keeps_the_time_limit_when_codexctl_is_gone() {
    let Some(pod) = Pod::new("") else { return };
    let mut child = running(&pod, &[&RUN[..], &["--timeout", "4s"]].concat());
    child.kill().unwrap();
    child.wait().unwrap();
    let run = pod.run(&["prompt", "attach", "--slot", "3"]);
    assert_eq!((run.code, run.stdout.as_str()), (1, "{\"n\":1}\n"), "{}", run.stderr);
    assert!(run.stderr.contains("its time limit"), "{}", run.stderr);
    assert_eq!(pod.agents(), Vec::<String>::new());
}

#[test]
fn a_reader_that_leaves_does_not_end_it() {
    let Some(pod) = Pod::new("") else { return };
    pod.behave("echo '{\"n\":1}'; while [ ! -e \"$POD/go\" ]; do sleep 0.1; done; echo '{\"n\":2}'");
    let run = pod.command(&RUN).spawn().unwrap();
    pod.until("it runs", |pod| pod.count("follow") == 1);
    let attached = pod.command(&["prompt", "attach", "--slot", "3"]).spawn().unwrap();
    pod.until("both follow", |pod| pod.count("follow") == 2);
    signal(&attached, "-INT");
    let attached = Run::from(attached.wait_with_output().unwrap());
    assert_eq!(attached.code, 130);
    assert!(attached.stderr.contains("goes on"), "{}", attached.stderr);
    std::fs::write(pod.file_in("go"), "").unwrap();
    let run = Run::from(run.wait_with_output().unwrap());
    assert_eq!((run.code, run.stdout.as_str()), (0, "{\"n\":1}\n{\"n\":2}\n"));
}

#[test]
fn a_full_disk_under_stdout_says_that_the_agent_goes_on() {
    let Some(pod) = Pod::new("") else { return };
    pod.behave("echo '{\"n\":1}'; while [ ! -e \"$POD/go\" ]; do sleep 0.1; done; echo '{\"n\":2}'");
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let run = Run::from(pod.command(&RUN).stdout(full).output().unwrap());
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("cannot write to stdout: No space left on device"), "{}", run.stderr);
    assert!(run.stderr.contains("`codexctl prompt attach` follows it again"), "{}", run.stderr);
    std::fs::write(pod.file_in("go"), "").unwrap();
    assert_eq!(pod.ok(&["prompt", "attach", "--slot", "3"]), "{\"n\":1}\n{\"n\":2}\n");
}

#[test]
fn what_an_agent_leaves_behind_by_itself_does_not_hold_the_run() {
    let Some(pod) = Pod::new("") else { return };
    pod.behave("echo '{\"n\":1}'; sleep 305 & exit 0");
    assert_eq!(pod.ok(&RUN), "{\"n\":1}\n");
}
