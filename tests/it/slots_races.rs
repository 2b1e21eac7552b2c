//! `manage-env create` with many at once, with and without a troubled cluster.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Child;
use std::time::Duration;

use kubesim::{Fault, Moment};
use serde_json::Value;

use super::cluster_harness::Lab;
use super::harness::Run;
use super::slots_harness::{AI, gc, records, slots};

/// Starts `create` for each of these lists of flags, at once.
fn start(lab: &Lab, each: impl IntoIterator<Item = Vec<String>>) -> Vec<Child> {
    let spawn = |flags: Vec<String>| {
        let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
        let args = [&["manage-env", "create", "--env", "ai", "-o", "json"], &flags[..]].concat();
        lab.command(&args).spawn().unwrap()
    };
    each.into_iter().map(spawn).collect()
}

fn finish(children: Vec<Child>) -> Vec<Run> {
    children.into_iter().map(|child| Run::from(child.wait_with_output().unwrap())).collect()
}

fn value(run: &Run) -> Value {
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

fn flags(text: &str) -> Vec<String> {
    text.split(' ').map(String::from).collect()
}

/// `n` creates for as many issues: as many slots, 1 to `n`.
fn different_issues(lab: &Lab, n: u32) {
    let runs =
        finish(start(lab, (1..=n).map(|issue| flags(&format!("--issue {issue} --max {n} --no-wait")))));
    let found: Vec<Value> = runs.iter().map(value).collect();
    let slots: BTreeSet<u64> = found.iter().map(|value| value["slot"].as_u64().unwrap()).collect();
    assert_eq!(slots, (1..=u64::from(n)).collect());
    assert!(found.iter().all(|value| value["created"] == true));
    let held: BTreeMap<String, String> = records(lab);
    let issues: BTreeSet<&String> = held.values().collect();
    assert_eq!((held.len(), issues.len()), (n as usize, n as usize), "{held:?}");
}

/// `n` creates for one issue: one slot, made once.
fn one_issue(lab: &Lab, n: u32) {
    let runs = finish(start(lab, (0..n).map(|_| flags("--issue 77 --max 40 --no-wait"))));
    let found: Vec<Value> = runs.iter().map(value).collect();
    let slots: BTreeSet<u64> = found.iter().map(|value| value["slot"].as_u64().unwrap()).collect();
    assert_eq!(slots.len(), 1, "{slots:?}");
    assert_eq!(found.iter().filter(|value| value["created"] == true).count(), 1);
    // Whoever lost its race late has cleared up; one more look finds nothing left.
    value(&finish(start(lab, [flags("--issue 77 --no-wait")]))[0]);
    assert_eq!(records(lab).len(), 1);
}

fn trouble(lab: &Lab) {
    for (method, path) in [("*", "/configmaps"), ("GET", "/namespaces?")] {
        lab.sim.fault(Fault::on(method, path).probability(0.2).latency(Duration::from_millis(80)));
        lab.sim.fault(Fault::on(method, path).probability(0.04).status(503));
        lab.sim.fault(Fault::on(method, path).probability(0.04).status(429));
        lab.sim.fault(Fault::on(method, path).probability(0.03).reset(Moment::Before));
        lab.sim.fault(Fault::on(method, path).probability(0.04).close(Moment::After));
    }
    lab.sim.fault(Fault::on("PUT", "/configmaps").probability(0.1).status(409));
    lab.sim.fault(Fault::on("POST", "/configmaps").probability(0.05).status(409));
}

#[test]
fn forty_issues_at_once_get_forty_slots() {
    let Some(lab) = slots(AI) else { return };
    different_issues(&lab, 40);
}

#[test]
fn forty_runs_for_one_issue_get_one_slot() {
    let Some(lab) = slots(AI) else { return };
    one_issue(&lab, 40);
}

#[test]
fn forty_issues_at_once_in_a_troubled_cluster() {
    let Some(lab) = slots(AI) else { return };
    trouble(&lab);
    different_issues(&lab, 40);
}

#[test]
fn forty_runs_for_one_issue_in_a_troubled_cluster() {
    let Some(lab) = slots(AI) else { return };
    trouble(&lab);
    one_issue(&lab, 40);
}

#[test]
fn when_all_are_taken_the_rest_is_told_who_holds_them() {
    let Some(lab) = slots(AI) else { return };
    ten_of_twenty_five(&lab);
}

#[test]
fn when_all_are_taken_in_a_troubled_cluster() {
    let Some(lab) = slots(AI) else { return };
    trouble(&lab);
    ten_of_twenty_five(&lab);
    // Taking down goes through the same trouble.
    trouble_for_deletes(&lab);
    let run = gc(&lab, &["--jobs", "4"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(records(&lab).is_empty());
}

fn trouble_for_deletes(lab: &Lab) {
    lab.sim.fault(Fault::on("DELETE", "/configmaps").probability(0.1).status(503));
    lab.sim.fault(Fault::on("DELETE", "/configmaps").probability(0.1).status(409));
    lab.sim.fault(Fault::on("DELETE", "/configmaps").probability(0.1).close(Moment::After));
    lab.sim.fault(Fault::on("DELETE", "/clusterroles").probability(0.1).status(503));
}

fn ten_of_twenty_five(lab: &Lab) {
    let each = (1..=25).map(|issue| flags(&format!("--issue {issue} --max 10 --no-wait")));
    let runs = finish(start(lab, each));
    let (won, lost): (Vec<&Run>, Vec<&Run>) = runs.iter().partition(|run| run.code == 0);
    assert_eq!((won.len(), lost.len()), (10, 15));
    for run in lost {
        assert_eq!((run.code, run.stdout.as_str()), (1, ""));
        assert!(run.stderr.contains("no free slot"), "{}", run.stderr);
        for slot in 1..=10 {
            assert!(run.stderr.contains(&format!("\n  slot {slot}: issue ")), "{}", run.stderr);
        }
    }
    assert_eq!(records(lab).len(), 10);
}

#[test]
fn those_who_wait_get_theirs_as_slots_are_freed() {
    let Some(lab) = slots(AI) else { return };
    let each = (1..=25).map(|issue| flags(&format!("--issue {issue} --max 10 --wait-timeout 5m")));
    let mut children = start(&lab, each);
    let mut done: Vec<Value> = Vec::new();
    let mut waited = 0;
    let began = std::time::Instant::now();
    while !children.is_empty() {
        assert!(began.elapsed() < Duration::from_secs(240), "{} are still waiting", children.len());
        let (over, waiting) = ended(children);
        children = waiting;
        let over = finish(over);
        waited += over.iter().filter(|run| run.stderr.contains("no free slot, waiting")).count();
        done.extend(over.iter().map(value));
        if done.len() >= 10 {
            // What was handed out is taken down again, so that the others come to it.
            let run = gc(&lab, &["--jobs", "10"]);
            assert_eq!(run.code, 0, "{}", run.stderr);
        }
    }
    let issues: BTreeSet<u64> = done.iter().map(|value| value["issue"].as_u64().unwrap()).collect();
    assert_eq!(issues.len(), 25);
    assert!(waited > 0, "who waits says so");
    assert!(done.iter().all(|value| value["created"] == true));
}

/// Those that have ended, and those that have not.
fn ended(children: Vec<Child>) -> (Vec<Child>, Vec<Child>) {
    children.into_iter().map(|mut child| (child.try_wait().unwrap().is_some(), child)).fold(
        (Vec::new(), Vec::new()),
        |mut both, (done, child)| {
            if done {
                both.0.push(child);
            } else {
                both.1.push(child);
            }
            both
        },
    )
}
