//! `manage-env` killed with SIGKILL around every kubectl call, and what it costs in kubectl calls.

use std::os::unix::fs::PermissionsExt as _;

use super::cluster_harness::Lab;
use super::harness::kubectl;
use super::slots_harness::{AI, gc, json as run_json, record, records, slots};

/// Whether the call is made before codexctl dies, or not.
#[derive(Clone, Copy, Debug, PartialEq)]
enum When {
    Before,
    After,
}

/// A kubectl that kills its parent, codexctl, at call number `KILL_AT`.
fn deadly_kubectl(lab: &mut Lab) {
    let real = kubectl().unwrap();
    let script = format!(
        "#!/bin/sh\nn=$(($(cat \"$COUNT\" 2>/dev/null || echo 0) + 1))\necho $n >\"$COUNT\"\n\
         if [ \"$n\" = \"$KILL_AT\" ] && [ \"$KILL_WHEN\" = Before ]; then kill -9 $PPID; exit 1; fi\n\
         '{}' \"$@\"\ncode=$?\n\
         if [ \"$n\" = \"$KILL_AT\" ]; then kill -9 $PPID; fi\nexit $code\n",
        real.display()
    );
    let path = lab.file("deadly/kubectl", script);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    let gh = lab.file("deadly/gh", "#!/bin/sh\ncat >/dev/null\n");
    std::fs::set_permissions(&gh, std::fs::Permissions::from_mode(0o755)).unwrap();
    let rest = std::env::var_os("PATH").unwrap_or_default();
    let dirs = std::iter::once(path.parent().unwrap().to_path_buf()).chain(std::env::split_paths(&rest));
    let all = std::env::join_paths(dirs).unwrap();
    lab.env("PATH", all);
    let count = lab.path().join("count");
    lab.env("COUNT", count);
}

/// Runs `args`, killed at the given call; whether it was killed (it ends by itself when it makes fewer calls).
fn killed(lab: &Lab, args: &[&str], at: u32, when: When) -> bool {
    std::fs::write(lab.path().join("count"), "0").unwrap();
    let mut command = lab.command(args);
    command.env("KILL_AT", at.to_string()).env("KILL_WHEN", format!("{when:?}"));
    let run = super::harness::Run::from(command.output().unwrap());
    if run.code != -9 {
        assert_eq!(run.code, 0, "call {at} {when:?}: {}", run.stderr);
    }
    run.code == -9
}

/// ConfigMaps of the state namespace that codexctl made.
fn left(lab: &Lab) -> Vec<String> {
    let all = lab.sim.list("v1", "ConfigMap", "codex-system");
    let names = all.iter().map(|object| object["metadata"]["name"].as_str().unwrap().to_string());
    names.filter(|name| name != "kube-root-ca.crt").collect()
}

/// kubectl calls of a `create` that nobody disturbs: look, record, claims, handing out.
const CALLS: u32 = 4;

#[test]
fn create_killed_at_every_call() {
    let Some(mut lab) = slots(AI) else { return };
    deadly_kubectl(&mut lab);
    let args = ["manage-env", "create", "--env", "ai", "--issue", "5", "--pr", "6", "--no-wait"];
    let mut calls = 0;
    for when in [When::Before, When::After] {
        for at in 1.. {
            if !killed(&lab, &args, at, when) {
                break;
            }
            calls = calls.max(at);
            let again = run_json(&lab, &["create", "--issue", "5", "--pr", "6"]);
            assert_eq!((&again["slot"], &again["issue"], &again["pr"]), (&1.into(), &5.into(), &6.into()));
            // Only the one who was killed after the last write has taken `created` along.
            let answered = when == When::After && at == CALLS;
            assert_eq!(again["created"], !answered, "call {at} {when:?}");
            assert_eq!(left(&lab).len(), 3, "a record and two claims: {:?}", left(&lab));
            assert_eq!(run_json(&lab, &["create", "--pr", "6"])["slot"], 1);
            assert_eq!(run_json(&lab, &["create", "--issue", "7"])["slot"], 2, "no double booking");
            assert_eq!(gc(&lab, &[]).code, 0);
            assert!(left(&lab).is_empty(), "{:?}", left(&lab));
        }
        gc(&lab, &[]);
    }
    assert_eq!(calls, CALLS, "the kills went through all calls");
}

#[test]
fn gc_and_cleanup_killed_at_every_call() {
    let Some(mut lab) = slots(AI) else { return };
    deadly_kubectl(&mut lab);
    let gc_args: &[&str] = &["manage-env", "gc", "--env", "ai", "--ttl", "0s", "--jobs", "1"];
    let cleanup_args: &[&str] = &["manage-env", "cleanup", "--env", "ai", "--issue", "5", "--yes"];
    for (args, when) in [(gc_args, When::Before), (cleanup_args, When::After), (gc_args, When::After)] {
        let mut calls = 0;
        for at in 1.. {
            assert_eq!(run_json(&lab, &["create", "--issue", "5"])["slot"], 1);
            lab.ok(&["apply", "--env", "ai", "--slot", "1"]);
            if !killed(&lab, args, at, when) {
                break;
            }
            calls = at;
            let namespace = lab.sim.get("v1", "Namespace", "", "demo-dev-1");
            let held = records(&lab).contains_key("codex-env-1");
            assert!(namespace.is_none() || held, "call {at} {when:?}: a namespace without a record");
            lab.ok(args);
            assert!(lab.sim.get("v1", "Namespace", "", "demo-dev-1").is_none(), "call {at} {when:?}");
            let role = lab.sim.get("rbac.authorization.k8s.io/v1", "ClusterRole", "", "demo-read-1");
            assert!(role.is_none(), "call {at} {when:?}");
            assert!(records(&lab).is_empty(), "call {at} {when:?}");
            lab.ok(gc_args);
            assert!(left(&lab).is_empty(), "call {at} {when:?}: {:?}", left(&lab));
        }
        assert!(calls >= 8, "{args:?} made {calls} calls");
        lab.ok(gc_args);
    }
}

#[test]
fn the_number_of_kubectl_calls_does_not_grow() {
    let Some(mut lab) = slots(AI) else { return };
    lab.count_kubectl();
    let mut counts = Vec::new();
    for taken in [0, 30, 300] {
        for slot in 1..=taken {
            record(&lab, slot, &[]);
        }
        lab.kubectl_calls();
        let args: [&[&str]; 3] = [&["--issue", "500"], &["--issue", "501", "--pr", "502"], &[]];
        let mut made = Vec::new();
        for args in args {
            let value = run_json(&lab, &[&["create"], args].concat());
            assert_eq!(value["created"], true);
            made.push(lab.kubectl_calls().len());
        }
        run_json(&lab, &["create", "--issue", "500"]);
        made.push(lab.kubectl_calls().len());
        counts.push(made);
        lab.count_kubectl();
        for object in lab.sim.list("v1", "ConfigMap", "codex-system") {
            lab.sim.remove("v1", "ConfigMap", "codex-system", object["metadata"]["name"].as_str().unwrap());
        }
    }
    assert_eq!(counts, vec![vec![4, 4, 2, 1]; 3]);
}
