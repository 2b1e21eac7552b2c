//! Pods: scheduled at once, in their final state after a while, gone a while after their deletion.

use std::time::Duration;

use serde_json::{Value, json};

use super::events::{self, NODE, Source};
use super::podstate::{Fate, Plan};
use super::podstatus::{self, Stage};
use super::{elapsed, left};
use crate::clock;
use crate::json;
use crate::state::State;
use crate::store::Key;
use crate::write;

/// Moves a pod on.
pub fn reconcile(state: &mut State, key: &Key, pod: &Value) -> Option<Duration> {
    if json::deleting(pod) {
        return stop(state, key, pod);
    }
    if matches!(json::text(pod, &["status", "phase"]), "Succeeded" | "Failed") {
        return None;
    }
    let plan = Plan::of(pod);
    if plan.fate == Fate::Unschedulable {
        unschedulable(state, key, pod);
        return None;
    }
    if json::text(pod, &["spec", "nodeName"]).is_empty() {
        let mut scheduled = pod.clone();
        json::set(&mut scheduled, &["spec", "nodeName"], NODE);
        json::set(&mut scheduled, &["status"], podstatus::status(pod, &plan, Stage::Creating));
        let stored = state.put(key, scheduled);
        let message = format!("Successfully assigned {}/{} to {NODE}", key.namespace, key.name);
        events::emit(state, "Pod", &stored, Source::Scheduler, ("Normal", "Scheduled"), &message);
    }
    let age = elapsed(state, json::uid(pod));
    if let Some(rest) = left(state.options.pod_ready, age) {
        return Some(rest);
    }
    let of_job = json::list(pod, &["metadata", "ownerReferences"]).iter().any(|o| o["kind"] == "Job");
    let ends =
        of_job && matches!(plan.fate, Fate::Ready | Fate::Failed | Fate::CrashLoopBackOff | Fate::OomKilled);
    let rest = left(state.options.pod_ready + state.options.job_run, age);
    let stage = match (ends || plan.fate == Fate::Failed, rest) {
        (true, None) => Stage::Ended,
        _ => Stage::Settled,
    };
    settle(state, key, &plan, stage, of_job);
    if stage == Stage::Settled && (ends || plan.fate == Fate::Failed) { rest } else { None }
}

/// Writes the status of a stage, once.
fn settle(state: &mut State, key: &Key, plan: &Plan, stage: Stage, of_job: bool) {
    let Some(pod) = state.get(key) else { return };
    // A pod that will end runs until then.
    let running = Plan { fate: Fate::Ready, ..plan.clone() };
    let shown = if of_job && stage == Stage::Settled && plan.fate != Fate::ImagePullBackOff && ends(plan) {
        &running
    } else {
        plan
    };
    let mark = format!("{stage:?} {:?} {}", shown.fate, shown.container);
    if state.stages.insert(json::uid(&pod).to_owned(), mark.clone()).as_ref() == Some(&mark) {
        return;
    }
    let status = podstatus::status(&pod, shown, stage);
    let mut new = Value::clone(&pod);
    json::set(&mut new, &["status"], status);
    let stored = state.put(key, new);
    for (kind, reason, message) in podstatus::events(&stored, shown) {
        events::emit(state, "Pod", &stored, Source::Kubelet, (kind, reason), &message);
    }
}

fn ends(plan: &Plan) -> bool {
    matches!(plan.fate, Fate::Ready | Fate::Failed | Fate::CrashLoopBackOff | Fate::OomKilled)
}

fn unschedulable(state: &mut State, key: &Key, pod: &Value) {
    let told = json::list(pod, &["status", "conditions"]).iter().any(|c| c["reason"] == "Unschedulable");
    if told {
        return;
    }
    let message = "0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 No preemption \
                   victims found for incoming pod.";
    let mut new = pod.clone();
    let condition = json!({
        "type": "PodScheduled", "status": "False", "lastProbeTime": null, "lastTransitionTime": clock::now(),
        "reason": "Unschedulable", "message": message,
    });
    json::set(
        &mut new,
        &["status"],
        json!({"phase": "Pending", "conditions": [condition], "qosClass": "BestEffort"}),
    );
    let stored = state.put(key, new);
    events::emit(state, "Pod", &stored, Source::Scheduler, ("Warning", "FailedScheduling"), message);
}

fn stop(state: &mut State, key: &Key, pod: &Value) -> Option<Duration> {
    let waited = elapsed(state, &format!("delete:{}", json::uid(pod)));
    if let Some(rest) = left(state.options.pod_stop, waited) {
        return Some(rest);
    }
    if json::list(pod, &["metadata", "finalizers"]).is_empty() {
        write::finish(state, key);
    } else if json::int(pod, &["metadata", "deletionGracePeriodSeconds"]) != Some(0) {
        let mut stopped = pod.clone();
        json::set(&mut stopped, &["metadata", "deletionGracePeriodSeconds"], 0);
        state.put(key, stopped);
    }
    None
}
