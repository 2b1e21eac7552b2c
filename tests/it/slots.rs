//! `manage-env`: create, resolve, list, set, gc, cleanup — one at a time, and what they refuse.

use super::cluster_harness::Lab;
use super::harness::kubectl;
use super::needs::newest_kubectl;
use super::slots_harness::{AI, gc, json, record, slots};

#[test]
fn a_slots_life() {
    let Some(mut lab) = slots(AI) else { return };
    let out = lab.path().join("github-output");
    lab.env("GITHUB_OUTPUT", &out).env("GITHUB_RUN_ID", "4711");
    let first = json(&lab, &["create", "--issue", "12"]);
    assert_eq!(first["slot"], 1);
    assert_eq!(first["namespace"], "demo-dev-1");
    assert_eq!(
        (&first["created"], &first["owner"], &first["issue"]),
        (&true.into(), &"4711".into(), &12.into())
    );
    assert_eq!(
        std::fs::read_to_string(&out).unwrap(),
        "slot=1\nnamespace=demo-dev-1\nenv=ai\ncreated=true\n"
    );
    let again = json(&lab, &["create", "--issue", "12"]);
    assert_eq!((&again["slot"], &again["created"]), (&1.into(), &false.into()));
    let other = json(&lab, &["create", "--pr", "7"]);
    assert_eq!((&other["slot"], &other["created"]), (&2.into(), &true.into()));
    assert_eq!(json(&lab, &["create", "--prefer", "5"])["slot"], 5);
    assert_eq!(json(&lab, &["resolve", "--pr", "7"])["slot"], 2);
    assert_eq!(json(&lab, &["set", "--slot", "1", "--pr", "8"])["pr"], 8);
    assert_eq!(json(&lab, &["resolve", "--pr", "8"])["slot"], 1);
    assert_eq!(json(&lab, &["create", "--pr", "8"])["slot"], 1);
    let stderr = lab.fails(1, &["manage-env", "set", "--env", "ai", "--slot", "5", "--pr", "7"]);
    assert!(stderr.contains("PR 7 has slot 2 already"), "{stderr}");
    let text = lab.ok(&["manage-env", "list", "--env", "ai"]);
    assert!(text.lines().nth(1).unwrap().starts_with("1     demo-dev-1  12     8   4711"), "{text}");

    lab.ok(&["apply", "--env", "ai", "--slot", "1"]);
    assert!(lab.sim.get("v1", "Namespace", "", "demo-dev-1").is_some());
    let done = json(&lab, &["cleanup", "--issue", "12", "--yes"]);
    assert_eq!(done["slots"][0]["result"], "freed");
    assert!(lab.sim.get("v1", "Namespace", "", "demo-dev-1").is_none());
    assert_eq!(
        lab.ok(&["manage-env", "cleanup", "--env", "ai", "--issue", "12", "--yes"]),
        "issue 12: free already\n"
    );
    assert!(lab.fails(1, &["manage-env", "resolve", "--issue", "12"]).contains("no slot for issue 12"));
    assert_eq!(json(&lab, &["create", "--issue", "13"])["slot"], 1, "free again");
    let freed = json(&lab, &["gc", "--ttl", "0s"]);
    assert_eq!(freed["slots"].as_array().unwrap().len(), 3, "{freed}");
    let left = lab.sim.list("v1", "ConfigMap", "codex-system");
    assert_eq!(left.len(), 1, "only kube-root-ca.crt, no record and no claim: {left:#?}");
}

#[test]
fn records_of_the_go_tool_are_found_and_written_unchanged() {
    let Some(lab) = slots(AI) else { return };
    record(&lab, 1, &[("issue", "5"), ("pr", "0"), ("extra", "kept")]);
    assert_eq!(json(&lab, &["resolve", "--issue", "5"])["slot"], 1);
    let found = json(&lab, &["create", "--issue", "5"]);
    assert_eq!((&found["slot"], &found["created"]), (&1.into(), &false.into()));
    json(&lab, &["set", "--slot", "1", "--pr", "9"]);
    let object = lab.sim.get("v1", "ConfigMap", "codex-system", "codex-env-1").unwrap();
    let data = object["data"].as_object().unwrap();
    assert_eq!((&data["extra"], &data["pr"], &data["issue"]), (&"kept".into(), &"9".into(), &"5".into()));
    let made = json(&lab, &["create", "--issue", "6"]);
    assert_eq!(made["slot"], 2);
    let object = lab.sim.get("v1", "ConfigMap", "codex-system", "codex-env-2").unwrap();
    let mut keys: Vec<&String> = object["data"].as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(keys, ["createdAt", "env", "issue", "namespace", "owner", "slot"]);
}

#[test]
fn what_a_record_without_claim_has_is_given_to_no_other_slot() {
    let Some(lab) = slots(AI) else { return };
    record(&lab, 1, &[("issue", "12"), ("pr", "7")]);
    json(&lab, &["create", "--issue", "5"]);
    let text = lab.fails(1, &["manage-env", "set", "--slot", "2", "--issue", "12", "--env", "ai"]);
    assert!(text.contains("issue 12 has slot 1 already"), "{text}");
    let run = lab.run(&["manage-env", "create", "--issue", "5", "--pr", "7", "--env", "ai", "-o", "json"]);
    assert!(run.code == 0 && run.stderr.contains("PR 7 has slot 1 already, not slot 2"), "{}", run.stderr);
    let list = json(&lab, &["list"]);
    assert_eq!(
        (&list["slots"][0]["pr"], &list["slots"][1]["pr"]),
        (&7.into(), &serde_json::Value::Null),
        "{list}"
    );
}

#[test]
fn slots_that_want_the_same_issue_at_once_do_not_both_have_it() {
    let Some(lab) = slots(AI) else { return };
    for issue in ["1", "2", "3", "4"] {
        json(&lab, &["create", "--issue", issue]);
    }
    for pr in 10..14 {
        let pr = pr.to_string();
        let set = |slot: &str| {
            lab.command(&["manage-env", "set", "--slot", slot, "--pr", &pr, "--env", "ai"]).spawn().unwrap()
        };
        let ended: Vec<bool> = ["1", "2", "3", "4"]
            .map(set)
            .map(|child| child.wait_with_output().unwrap().status.success())
            .to_vec();
        assert_eq!(ended.iter().filter(|ended| **ended).count(), 1, "{ended:?}");
        let list = json(&lab, &["list"]);
        let with = list["slots"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|slot| slot["pr"].as_u64() == pr.parse().ok())
            .count();
        assert_eq!(with, 1, "{list}");
    }
}

#[test]
fn slot_numbers_may_be_huge() {
    let Some(lab) = slots(AI) else { return };
    record(&lab, 999_999_998, &[]);
    assert_eq!(json(&lab, &["create", "--issue", "5", "--prefer", "999999999"])["slot"], 999_999_999);
    assert_eq!(json(&lab, &["list"])["slots"].as_array().unwrap().len(), 2);
    assert_eq!(json(&lab, &["create", "--issue", "6"])["slot"], 1);
    let text =
        lab.fails(1, &["manage-env", "create", "--issue", "7", "--max", "1", "--no-wait", "--env", "ai"]);
    assert!(text.contains("slot 999999999: issue 5"), "{text}");
    json(&lab, &["cleanup", "--slot", "999999998", "--yes"]);
    let text = lab.fails(2, &["manage-env", "create", "--prefer", "1000000000", "--env", "ai"]);
    assert!(text.contains("there are at most 999999999 slots"), "{text}");
}

#[test]
fn a_record_from_the_future_is_spoken_of() {
    let Some(lab) = slots(AI) else { return };
    record(&lab, 1, &[("createdAt", "2099-01-01T00:00:00Z")]);
    let run = lab.run(&["manage-env", "gc", "--ttl", "1h", "--env", "ai"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stderr.contains("slot 1: `createdAt` is in the future: 2099-01-01T00:00:00Z"),
        "{}",
        run.stderr
    );
}

#[test]
fn broken_and_foreign_records_keep_their_numbers_and_are_left_alone() {
    let Some(lab) = slots(AI) else { return };
    record(&lab, 1, &[("createdAt", "yesterday")]);
    record(&lab, 2, &[("env", "other")]);
    record(&lab, 3, &[("namespace", "shop-dev-3")]);
    record(&lab, 4, &[("namespace", "")]);
    assert_eq!(json(&lab, &["create", "--issue", "1"])["slot"], 5);
    let list = json(&lab, &["list"]);
    let states: Vec<&str> =
        list["slots"].as_array().unwrap().iter().map(|slot| slot["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["broken", "foreign", "unclear", "broken", "ready"]);
    assert!(list["slots"][0]["problem"].as_str().unwrap().contains("`createdAt` is `yesterday`"));
    assert!(list["slots"][3]["problem"].as_str().unwrap().contains("`namespace` is missing"));
    let run = gc(&lab, &[]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("slot 1 is left alone: broken record"), "{}", run.stderr);
    assert!(run.stderr.contains("slot 4 is left alone: broken record"), "{}", run.stderr);
    assert!(run.stderr.contains("the pattern gives demo-dev-3 for this slot"), "{}", run.stderr);
    for slot in 1..=4 {
        let name = format!("codex-env-{slot}");
        assert!(lab.sim.get("v1", "ConfigMap", "codex-system", &name).is_some(), "{name}");
    }
    assert!(lab.fails(1, &["manage-env", "cleanup", "--slot", "1", "--yes"]).contains("broken record"));
}

#[test]
fn only_the_slots_own_namespace_is_ever_deleted() {
    for (namespace, why) in [
        ("default", "it belongs to the cluster"),
        ("kube-system", "it belongs to the cluster"),
        ("codex-system", "the records of slots live there"),
        ("production", "the pattern gives demo-dev-1 for this slot"),
    ] {
        let Some(lab) = slots(AI) else { return };
        lab.sim.put(serde_json::json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "production"}})).unwrap();
        record(&lab, 1, &[("namespace", namespace)]);
        let run = gc(&lab, &[]);
        assert_eq!(run.code, 1, "{namespace}: {}", run.stderr);
        assert!(run.stderr.contains(why), "{namespace}: {}", run.stderr);
        let there = lab.sim.get("v1", "Namespace", "", namespace).unwrap();
        assert!(there["metadata"]["deletionTimestamp"].is_null(), "{namespace}");
        assert!(lab.sim.get("v1", "ConfigMap", "codex-system", "codex-env-1").is_some());
    }
}

#[test]
fn a_namespace_with_another_uid_is_refused() {
    let Some(lab) = slots(AI) else { return };
    json(&lab, &["create", "--issue", "1"]);
    lab.ok(&["apply", "--env", "ai", "--slot", "1"]);
    json(&lab, &["set", "--slot", "1", "--pr", "2"]);
    lab.sim.remove("v1", "Namespace", "", "demo-dev-1");
    lab.ok(&["apply", "--env", "ai", "--slot", "1"]);
    let run = gc(&lab, &[]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("it is another one than the slot's"), "{}", run.stderr);
    assert!(lab.sim.get("v1", "Namespace", "", "demo-dev-1").is_some());
}

#[test]
fn a_slot_is_not_free_while_its_namespace_is_there() {
    let Some(lab) = slots(AI) else { return };
    let run = |lab: &Lab| {
        lab.run(&["manage-env", "create", "--env", "ai", "--issue", "1", "--max", "1", "--no-wait"])
    };
    lab.sim
        .put(serde_json::json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "demo-dev-1"}}))
        .unwrap();
    let refused = run(&lab);
    assert_eq!(refused.code, 1);
    assert!(
        refused.stderr.contains("slot 1: no record, but namespace demo-dev-1 is there"),
        "{}",
        refused.stderr
    );
    lab.sim.remove("v1", "Namespace", "", "demo-dev-1");
    assert_eq!(run(&lab).code, 0);
    lab.ok(&["apply", "--env", "ai", "--slot", "1"]);
    lab.sim.hold_namespace("demo-dev-1");
    let held = gc(&lab, &["--timeout", "1s"]);
    assert_eq!(held.code, 1);
    assert!(held.stderr.contains("namespace demo-dev-1 is still there after 1s"), "{}", held.stderr);
    let refused = run(&lab);
    assert_eq!(refused.code, 1, "its own issue does not get the dying slot: {}", refused.stdout);
    assert!(refused.stderr.contains("terminating"), "{}", refused.stderr);
    lab.sim.release_namespace("demo-dev-1");
    assert_eq!(gc(&lab, &["--ttl", "24h"]).code, 0, "what was begun is finished, whatever its age");
    assert_eq!(run(&lab).code, 0);
}

#[test]
fn gc_takes_down_several_at_once_and_names_the_one_that_fails() {
    let Some(mut lab) = slots(AI) else { return };
    let gh = lab.file(
        "bin/gh",
        "#!/bin/sh\ntext=$(cat)\nprintf '%s\\n%s\\n' \"$*\" \"$text\" >>\"$HOME/gh-calls\"\n",
    );
    std::fs::set_permissions(&gh, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", gh.parent().unwrap().display(), std::env::var("PATH").unwrap());
    lab.env("PATH", path);
    for issue in ["1", "2", "3"] {
        let slot = json(&lab, &["create", "--issue", issue])["slot"].to_string();
        lab.ok(&["apply", "--env", "ai", "--slot", &slot]);
    }
    lab.sim.hold_namespace("demo-dev-2");
    assert!(lab.ok(&["manage-env", "gc", "--ttl", "1h"]).contains("nothing to take down"));
    let plan = lab.ok(&["manage-env", "gc", "--ttl", "0s", "--dry-run"]);
    assert_eq!(plan.lines().count(), 3, "{plan}");
    assert_eq!(lab.sim.list("rbac.authorization.k8s.io/v1", "ClusterRole", "").len(), 3, "dry run");
    let run = gc(&lab, &["--jobs", "3", "--timeout", "3s", "-o", "json"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("not taken down: slot 2"), "{}", run.stderr);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let results: Vec<&str> =
        report["slots"].as_array().unwrap().iter().map(|one| one["result"].as_str().unwrap()).collect();
    assert_eq!(results, ["freed", "failed", "freed"]);
    assert!(lab.sim.list("rbac.authorization.k8s.io/v1", "ClusterRole", "").is_empty());
    let shared = lab.sim.get("scheduling.k8s.io/v1", "PriorityClass", "", "demo-fast");
    assert!(shared.is_some(), "what all slots share stays");
    let comments = lab.read("home/gh-calls");
    assert!(
        comments.contains("issue comment 1 --body-file -\nSlot 1 was taken down: namespace `demo-dev-1`"),
        "{comments}"
    );
    assert!(!comments.contains("issue comment 2"), "not before it is gone: {comments}");
    lab.sim.release_namespace("demo-dev-2");
    assert_eq!(gc(&lab, &[]).code, 0);
    assert!(lab.read("home/gh-calls").contains("issue comment 2"));
}

#[test]
fn lasting_failures_end_at_once_with_kubectls_words() {
    let Some(lab) = slots(AI) else { return };
    lab.sim.deny(kubesim::Deny::new("dev", "create", "configmaps", "*"));
    let kubeconfig = lab.read("kube.yaml");
    lab.file("kube.yaml", kubeconfig.replace(&lab.sim.url(), &lab.sim.url_as("dev")));
    let began = std::time::Instant::now();
    let text = lab.fails(1, &["manage-env", "create", "--env", "ai", "--issue", "1"]);
    assert!(text.contains("cannot create resource \"configmaps\""), "{text}");
    assert!(began.elapsed() < std::time::Duration::from_secs(20));
    lab.sim.deny(kubesim::Deny::new("dev", "list", "namespaces", "*"));
    let text = lab.fails(1, &["manage-env", "list", "--env", "ai"]);
    assert!(text.contains("cannot list resource \"namespaces\""), "{text}");
}

#[test]
fn slots_behind_a_server_with_a_path() {
    // Old ones leave the path out of raw calls, new ones keep it.
    for kubectl in [kubectl(), newest_kubectl()].into_iter().flatten() {
        let Some(mut lab) = slots(AI) else { return };
        let path = std::env::var_os("PATH").unwrap();
        let first = kubectl.parent().map(std::path::Path::to_path_buf);
        let path = std::env::join_paths(first.into_iter().chain(std::env::split_paths(&path)));
        lab.env("PATH", path.unwrap());
        let kubeconfig = lab.read("kube.yaml");
        lab.file("kube.yaml", kubeconfig.replace(&lab.sim.url(), &lab.sim.url_as("dev")));
        json(&lab, &["create", "--issue", "1"]);
        lab.ok(&["apply", "--env", "ai", "--slot", "1"]);
        lab.sim.clear_requests();
        assert_eq!(gc(&lab, &["--timeout", "20s"]).code, 0, "{}", kubectl.display());
        // Where an old one leads is found out by asking for the version.
        let stray =
            |request: &kubesim::Request| request.user != "dev" && !request.path.starts_with("/version");
        let requests = lab.sim.requests();
        assert!(!requests.iter().any(stray), "raw calls keep the path: {requests:?}");
        assert!(lab.sim.get("v1", "Namespace", "", "demo-dev-1").is_none());
    }
}

#[test]
fn what_the_command_line_must_say() {
    let Some(mut lab) = slots(AI) else { return };
    assert!(lab.fails(2, &["manage-env", "resolve", "--env", "ai"]).contains("which slot?"));
    assert!(lab.fails(2, &["manage-env", "set", "--env", "ai", "--slot", "1"]).contains("nothing to set"));
    assert!(lab.fails(2, &["manage-env", "create", "--env", "dev"]).contains("has no slots"));
    assert!(lab.fails(2, &["manage-env", "create", "--issue", "x"]).contains("whole number from 1"));
    json(&lab, &["create", "--issue", "1"]);
    json(&lab, &["create", "--issue", "2"]);
    let text = lab.fails(1, &["manage-env", "resolve", "--slot", "1", "--issue", "2"]);
    assert!(text.contains("--slot is slot 1, but issue 2 is slot 2"), "{text}");
    assert!(lab.fails(2, &["manage-env", "cleanup", "--slot", "1"]).contains("add --yes"));
    // The variables of CI stand for flags.
    lab.env("CODEXCTL_ENV", "ai").env("CODEXCTL_ISSUE_NUMBER", "2").env("CODEXCTL_DEV_SLOTS_MAX", "2");
    assert!(lab.ok(&["manage-env", "resolve"]).starts_with("slot 2\nnamespace demo-dev-2\n"));
    lab.env("CODEXCTL_ISSUE_NUMBER", "3").env("CODEXCTL_PR_NUMBER", "");
    assert!(lab.fails(1, &["manage-env", "create", "--no-wait"]).contains("no free slot"));
}

#[test]
fn comments_in_two_languages() {
    let Some(mut lab) = slots(
        "  ai: {from: dev}\nbaseDomain: {ai: example.test}\ncodex:\n  links:\n    - {title: 'API [v2] *beta*', path: /api/docs}\n    - {title: Mail, path: 'mail box'}\n",
    ) else {
        return;
    };
    let out = lab.path().join("github-output");
    lab.env("GITHUB_OUTPUT", &out);
    let text = lab.ok(&["manage-env", "comment", "--env", "ai", "--slot", "3"]);
    assert!(text.starts_with("### Slot 3\n"), "{text}");
    assert!(text.contains("<https://dev-3.example.test>"), "{text}");
    assert!(text.contains(r"- [API \[v2\] \*beta\*](<https://dev-3.example.test/api/docs>)"), "{text}");
    assert!(text.contains("(<https://dev-3.example.test/mail%20box>)"), "{text}");
    let outputs = std::fs::read_to_string(&out).unwrap();
    assert!(outputs.starts_with("slot=3\nnamespace=demo-dev-3\nenv=ai\ncreated=false\nbody<<"), "{outputs}");
    assert!(
        outputs.contains(&format!("body<<CODEXCTL_END\n{}\nCODEXCTL_END\n", text.trim_end())),
        "{outputs}"
    );
    let json = json(&lab, &["comment", "--slot", "3", "--lang", "ru"]);
    assert!(json["body"].as_str().unwrap().starts_with("### Слот 3\n"), "{json}");
    let run = lab.run(&["manage-env", "comment", "--env", "ai", "--slot", "3", "--lang", "fr"]);
    assert!(run.stdout.starts_with("### Slot 3") && run.stderr.contains("no comments in language `fr`"));
    assert!(lab.sim.requests().is_empty(), "nothing is asked of the cluster");
}

#[test]
fn a_dry_gc_foretells_what_will_be_refused() {
    let Some(lab) = slots(AI) else { return };
    record(&lab, 7, &[("namespace", "default")]);
    let run = gc(&lab, &["--dry-run", "-o", "json"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("namespace default is not deleted"), "{}", run.stderr);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["slots"][0]["result"], "failed");
}

#[test]
fn a_pattern_that_gives_two_slots_one_namespace_is_refused() {
    let pattern = "namespace: {patterns: {ai: 'demo-{{ Slot % 3 }}'}}\n";
    let Some(lab) = slots(AI) else { return };
    let text: String = lab
        .read("services.yaml")
        .lines()
        .filter(|line| !line.starts_with("namespace:"))
        .map(|line| format!("{line}\n"))
        .collect();
    lab.file("services.yaml", format!("{text}{pattern}"));
    let error = lab.fails(2, &["manage-env", "create", "--env", "ai"]);
    assert!(error.contains("slots 1 and 4 would share namespace demo-1"), "{error}");
}
