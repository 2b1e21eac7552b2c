//! Connections that break: in every phase, with every exit code. Events come whole and once, the exit code is right.

use serde_json::{Value, json};

use super::super::harness::Run;
use super::pod::{DONE_EVENTS, Pod, RUN};

/// Runs with these faults, wants success and the right events; gives the run.
fn survives(pod: &Pod, faults: &Value) -> Run {
    pod.faults(faults);
    let run = pod.run(&RUN);
    assert_eq!((run.code, run.stdout.as_str()), (0, DONE_EVENTS), "{faults}: {}", run.stderr);
    assert_eq!(pod.read_in("faults"), "[]", "all faults were met");
    run
}

#[test]
fn before_the_agent_starts() {
    let Some(pod) = Pod::new("") else { return };
    for verb in ["install", "prepare", "start"] {
        for code in [0, 1] {
            // While sending, before the answer, within it.
            for cut in [json!({ "in": 100 }), json!({ "out": 0 }), json!({ "out": 12 })] {
                let mut fault = cut.clone();
                fault["verb"] = verb.into();
                fault["code"] = code.into();
                let before = pod.read_in("processes").matches("exec --json").count();
                let run = survives(&pod, &json!([fault]));
                assert!(run.stderr.contains("trying again"), "{fault}: {}", run.stderr);
                let started = pod.read_in("processes").matches("exec --json").count() - before;
                assert_eq!(started, 1, "{fault}: the agent is started once");
            }
        }
    }
}

#[test]
fn anywhere_among_the_events() {
    let Some(pod) = Pod::new("") else { return };
    let whole = DONE_EVENTS.len() + 120;
    for (index, cut) in (0..whole).step_by(41).enumerate() {
        let faults = json!([
            { "verb": "follow", "out": cut, "code": index % 2 },
            { "verb": "follow", "out": cut / 2, "code": (index + 1) % 2 },
        ]);
        pod.faults(&faults);
        let run = pod.run(&RUN);
        assert_eq!((run.code, run.stdout.as_str()), (0, DONE_EVENTS), "cut at {cut}: {}", run.stderr);
    }
}

#[test]
fn in_the_middle_of_an_event_that_is_still_written() {
    let Some(pod) = Pod::new("") else { return };
    pod.behave("printf '{\"a\":'; sleep 1; echo '1}'; printf '{\"b\":2}'; exit 5");
    pod.faults(&json!([{ "verb": "follow", "out": 80, "code": 0 }]));
    let run = pod.run(&RUN);
    assert_eq!((run.code, run.stdout.as_str()), (5, "{\"a\":1}\n{\"b\":2}\n"), "{}", run.stderr);
    pod.behave("echo '{\"a\":1}'; printf '{\"half'; kill -KILL $$");
    let run = pod.run(&RUN);
    assert_eq!((run.code, run.stdout.as_str()), (137, "{\"a\":1}\n"), "{}", run.stderr);
    assert!(run.stderr.contains("the agent's last event is cut short"), "{}", run.stderr);
}

#[test]
fn after_the_agent_has_ended() {
    let Some(pod) = Pod::new("") else { return };
    pod.behave("echo '{\"n\":1}'; exit 9");
    for code in [0, 1] {
        // Long enough for everything but the last bytes of the end frame.
        let events = "@8\n{\"n\":1}\n".len();
        for cut in [events + 60, events + 75] {
            pod.faults(&json!([{ "verb": "follow", "out": cut, "code": code }]));
            let run = pod.run(&RUN);
            assert_eq!((run.code, run.stdout.as_str()), (9, "{\"n\":1}\n"), "{cut} {code}: {}", run.stderr);
        }
    }
}

#[test]
fn a_connection_that_hangs_is_given_up_and_made_again() {
    let Some(pod) = Pod::new("") else { return };
    let run = survives(&pod, &json!([{ "verb": "follow", "out": 90, "hang": true }]));
    assert!(run.stderr.contains("nothing heard for 15s; trying again"), "{}", run.stderr);
}

#[test]
fn a_connection_that_never_comes_back_is_an_error_that_says_how_to_go_on() {
    let Some(pod) = Pod::new("") else { return };
    pod.behave("echo '{\"n\":1}'; while [ ! -e \"$POD/go\" ]; do sleep 0.1; done; echo '{\"n\":2}'");
    pod.faults(&json!([
        { "verb": "follow", "out": 90, "code": 0 },
        { "verb": "follow", "out": 0, "code": 0, "always": true },
    ]));
    let run = pod.run(&[&RUN[..], &["--reconnect-timeout", "2s"]].concat());
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("no connection to the agent for 2s"), "{}", run.stderr);
    assert!(run.stderr.contains("`codexctl prompt attach`"), "{}", run.stderr);
    pod.faults(&json!([]));
    std::fs::write(pod.file_in("go"), "").unwrap();
    assert_eq!(pod.ok(&["prompt", "attach", "--slot", "3"]), "{\"n\":1}\n{\"n\":2}\n");
}

#[test]
fn a_refusal_is_no_broken_connection() {
    let Some(pod) = Pod::new("") else { return };
    let words = "Error from server (Forbidden): pods \"codex-1\" is forbidden: User \"ci\" cannot create resource \"pods/exec\"";
    for verb in ["install", "start", "follow"] {
        pod.faults(&json!([{ "verb": verb, "refuse": words }]));
        let error = pod.fails(1, &RUN);
        assert!(
            error.contains("cannot create resource") && !error.contains("trying again"),
            "{verb}: {error}"
        );
        std::fs::remove_dir_all(pod.file_in("home/.codexctl")).unwrap_or_default();
    }
    pod.faults(&json!([{ "verb": "follow", "refuse": "error: error dialing backend: EOF" }]));
    assert_eq!(pod.ok(&RUN), DONE_EVENTS);
}

#[test]
fn a_pod_that_was_replaced_or_whose_supervisor_was_killed() {
    let Some(pod) = Pod::new("") else { return };
    pod.behave("echo '{\"n\":1}'; kill -KILL $PPID; sleep 0.5");
    let run = pod.run(&RUN);
    assert_eq!((run.code, run.stdout.as_str()), (1, "{\"n\":1}\n"), "{}", run.stderr);
    assert!(run.stderr.contains("the agent was killed with its supervisor"), "{}", run.stderr);
    // A run of its own is not in the way of the next one.
    pod.behave(super::pod::DONE);
    assert_eq!(pod.ok(&RUN), DONE_EVENTS);
    pod.behave("echo '{\"n\":1}'; while [ ! -e \"$POD/gone\" ]; do sleep 0.1; done; exit 0");
    pod.faults(&json!([{ "verb": "follow", "out": 90, "hang": true }]));
    let child = pod.command(&RUN).spawn().unwrap();
    pod.until("it follows", |pod| pod.read_in("faults") == "[]");
    std::fs::rename(pod.file_in("home/.codexctl/runs"), pod.file_in("old")).unwrap();
    let run = Run::from(child.wait_with_output().unwrap());
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("its pod was replaced"), "{}", run.stderr);
}

/// Shell that kills what follows the run in this pod, as the kernel does when memory runs out.
const KILL_FOLLOWER: &str = r#"
kill_follower() {
  while :; do
    for proc in /proc/[0-9]*; do
      if tr '\0' '\n' <"$proc/environ" 2>/dev/null | grep -qxF "POD=$POD" &&
        tr '\0' ' ' <"$proc/cmdline" 2>/dev/null | grep -q 'agent.sh follow '; then
        eval "$before"
        kill -KILL "${proc#/proc/}" && return
      fi
    done
    sleep 0.1
  done
}
echo '{"n":1}'
"#;

#[test]
fn a_follower_that_is_killed_says_nothing_about_the_agent() {
    let Some(pod) = Pod::new("") else { return };
    pod.behave(&format!("{KILL_FOLLOWER} kill_follower; echo '{{\"n\":2}}'; exit 4"));
    let run = pod.run(&RUN);
    assert_eq!((run.code, run.stdout.as_str()), (4, "{\"n\":1}\n{\"n\":2}\n"), "{}", run.stderr);
    assert!(run.stderr.contains("was killed (exit code 137); trying again"), "{}", run.stderr);
}

#[test]
fn everything_in_the_container_was_killed() {
    let Some(pod) = Pod::new("") else { return };
    pod.behave(&format!("{KILL_FOLLOWER} kill -KILL $PPID; kill_follower; kill -KILL $$"));
    let run = pod.run(&RUN);
    assert_eq!((run.code, run.stdout.as_str()), (1, "{\"n\":1}\n"), "{}", run.stderr);
    assert!(run.stderr.contains("the agent was killed with its supervisor"), "{}", run.stderr);
}

#[test]
fn a_new_pod_without_the_script() {
    let Some(pod) = Pod::new("") else { return };
    let loss = r#"before='mv "$HOME/.codexctl" "$POD/lost"'; kill_follower; kill -KILL $PPID $$"#;
    pod.behave(&format!("{KILL_FOLLOWER} {loss}"));
    let run = pod.run(&RUN);
    assert_eq!((run.code, run.stdout.as_str()), (1, "{\"n\":1}\n"), "{}", run.stderr);
    assert!(run.stderr.contains("its pod was replaced since"), "{}", run.stderr);
    assert!(!run.stderr.contains("cannot open"), "{}", run.stderr);
}

#[test]
fn nothing_is_started_on_a_full_disk() {
    let Some(pod) = Pod::new("") else { return };
    // A run's folder whose notes meet a full disk.
    let mkdir = pod.file_in("bin/mkdir");
    let full = "#!/bin/sh\nPATH=/usr/bin:/bin mkdir \"$@\" || exit\ncase $2 in */runs/*) ln -s /dev/full \"$2/pid.new\" ;; esac\n";
    std::fs::write(&mkdir, full).unwrap();
    std::fs::set_permissions(&mkdir, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let error = pod.fails(1, &RUN);
    assert!(error.contains("No space left on device") && error.contains("was not started"), "{error}");
    assert!(error.contains("hint: the disk of the pod's HOME is full"), "{error}");
    assert!(!pod.read_in("processes").contains("exec --json"), "no agent was started");
    std::fs::remove_file(&mkdir).unwrap();
    assert_eq!(pod.ok(&RUN), DONE_EVENTS);
}

#[test]
fn a_disk_that_gets_full_costs_no_exit_code() {
    let Some(pod) = Pod::new("") else { return };
    // What has no room yet meets a full disk.
    let full = r#"for name in exit.new ended.new probe; do
        ln -s /dev/full "$HOME/.codexctl/runs/$CODEXCTL_RUN/$name" 2>/dev/null
    done
    echo '{"n":1}'"#;
    pod.behave(&format!("{full}; exit 7"));
    let run = pod.run(&RUN);
    assert_eq!((run.code, run.stdout.as_str()), (7, "{\"n\":1}\n"), "{}", run.stderr);
    assert!(run.stderr.contains("the disk of the pod's HOME is full"), "{}", run.stderr);
    pod.behave(&format!("{full}; sleep 300"));
    let run = pod.run(&[&RUN[..], &["--timeout", "1s"]].concat());
    assert!(run.code == 1 && run.stderr.contains("its time limit"), "{}", run.stderr);
}
