//! `apply --wait`: the workloads of this stack, and nobody else's, until they are ready.
//!
//! One `kubectl get` per namespace and look, whatever the number of workloads. A look that fails in a passing way is
//! repeated.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::Result;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use serde_json::Value;

use super::diagnose;
use super::readiness::State;
use crate::error::Fault;
use crate::manifests::{Document, ManifestSet, ResourceId};
use crate::output;
use crate::process::{interrupted, pause, rounded};
use crate::tools::kubectl::Kubectl;

/// Pause between two looks: short at first, for stacks that are ready at once.
const LOOKS: [Duration; 4] =
    [Duration::from_millis(300), Duration::from_millis(700), Duration::from_secs(1), Duration::from_secs(2)];
/// Looks in a row that may fail before the wait gives up.
const BLIND_LOOKS: u32 = 10;

/// A workload to wait for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workload {
    /// Which object.
    pub id: ResourceId,
}

impl Workload {
    /// The Deployments, StatefulSets, DaemonSets and Jobs of a stack.
    pub fn of(set: &ManifestSet) -> Vec<Self> {
        let counts = |document: &&Document| {
            matches!(document.id.kind.as_str(), "Deployment" | "StatefulSet" | "DaemonSet" | "Job")
                && matches!(document.id.group(), "apps" | "batch")
                && !document.id.name.ends_with('*')
        };
        set.documents().filter(counts).map(|document| Self { id: document.id.clone() }).collect()
    }

    /// `deployment/web`.
    pub fn label(&self) -> String {
        format!("{}/{}", self.id.kind.to_lowercase(), self.id.name)
    }
}

/// Waits until a Deployment is ready; says where it comes from when it is not there at all.
///
/// # Errors
/// It is not there, has failed, or the time is over; kubectl's failures.
pub fn deployment_ready(kubectl: &Kubectl, namespace: &str, name: &str, limit: Duration) -> Result<()> {
    if kubectl.get(&["deployment", name], Some(namespace), Some(limit))?.is_null() {
        return Err(Fault::failed(format!("there is no deployment/{name} in namespace {namespace}")).into());
    }
    let id = ResourceId {
        api_version: "apps/v1".into(),
        kind: "Deployment".into(),
        name: name.into(),
        namespace: Some(namespace.into()),
    };
    until_ready(kubectl, &[Workload { id }], limit)
}

/// Waits until every workload is ready; none is success.
///
/// # Errors
/// When one has failed for good or the time is over; what blocks each is on stderr by then.
pub(super) fn until_ready(kubectl: &Kubectl, workloads: &[Workload], limit: Duration) -> Result<()> {
    if workloads.is_empty() {
        tracing::info!("no workloads to wait for");
        return Ok(());
    }
    let started = Instant::now();
    let mut view = View::new(workloads);
    let mut last: Vec<State> = Vec::new();
    let mut blind = 0;
    for look in 0.. {
        match objects(
            kubectl,
            workloads,
            Some(limit.saturating_sub(started.elapsed()).max(Duration::from_secs(5))),
        ) {
            Ok(objects) => {
                blind = 0;
                let mut states: Vec<State> =
                    workloads.iter().map(|workload| state(&objects, workload)).collect();
                keep_what_is_done(workloads, &last, &mut states);
                last.clone_from(&states);
                view.show(workloads, &states, started.elapsed());
                if states.iter().all(|state| matches!(state, State::Ready(_))) {
                    view.finish();
                    let plural = if workloads.len() == 1 { "workload" } else { "workloads" };
                    let elapsed = started.elapsed().as_secs_f32();
                    tracing::info!("{} {plural} ready after {elapsed:.1}s", workloads.len());
                    return Ok(());
                }
                let failed = states.iter().any(|state| matches!(state, State::Failed(_)));
                if failed || started.elapsed() >= limit {
                    view.finish();
                    return Err(not_ready(kubectl, workloads, &states, failed, limit));
                }
            }
            Err(error) => {
                blind += 1;
                if interrupted().is_some() || blind > BLIND_LOOKS || started.elapsed() >= limit {
                    view.finish();
                    return Err(error.context("cannot see whether the workloads are ready"));
                }
                tracing::debug!("cannot look at the workloads, trying again: {error:#}");
            }
        }
        let rest = LOOKS[look.min(LOOKS.len() - 1)];
        if pause(rest.min(limit.saturating_sub(started.elapsed()).max(Duration::from_millis(50)))) {
            view.finish();
            return Err(Fault::failed("interrupted").into());
        }
    }
    Ok(())
}

/// Prints what blocks each workload and gives the error that ends the run.
fn not_ready(
    kubectl: &Kubectl,
    workloads: &[Workload],
    states: &[State],
    failed: bool,
    limit: Duration,
) -> anyhow::Error {
    let blocked: Vec<(&Workload, &State)> =
        workloads.iter().zip(states).filter(|(_, state)| !matches!(state, State::Ready(_))).collect();
    for text in diagnose::explain(kubectl, &blocked) {
        tracing::error!("{text}");
    }
    let names: Vec<String> = blocked.iter().map(|(workload, _)| workload.label()).collect();
    let when = if failed { String::new() } else { format!(" after {}", rounded(limit)) };
    let count =
        if names.len() == 1 { "1 workload is".into() } else { format!("{} workloads are", names.len()) };
    Fault::failed(format!("{count} not ready{when}: {}", names.join(", ")))
        .hint("everything was applied; mend what blocks them and run apply again, or wait longer with --wait-timeout")
        .into()
}

/// The objects of all kinds in play, by namespace.
pub(super) type Objects = BTreeMap<Option<String>, Vec<Value>>;

fn objects(kubectl: &Kubectl, workloads: &[Workload], timeout: Option<Duration>) -> Result<Objects> {
    let mut kinds: BTreeMap<Option<String>, Vec<String>> = BTreeMap::new();
    for workload in workloads {
        let kind = format!("{}s.{}", workload.id.kind.to_lowercase(), workload.id.group());
        let asked = kinds.entry(workload.id.namespace.clone()).or_default();
        if !asked.contains(&kind) {
            asked.push(kind);
        }
    }
    let mut found = Objects::new();
    for (namespace, kinds) in kinds {
        let answer = kubectl.get(&[&kinds.join(",")], namespace.as_deref(), timeout)?;
        let items = answer["items"].as_array().cloned().unwrap_or_default();
        found.insert(namespace, items);
    }
    Ok(found)
}

fn state(objects: &Objects, workload: &Workload) -> State {
    let items = objects.get(&workload.id.namespace);
    let found = items.and_then(|items| {
        items.iter().find(|object| {
            object["kind"] == workload.id.kind.as_str()
                && object["metadata"]["name"] == workload.id.name.as_str()
        })
    });
    found.map_or_else(absent, State::of)
}

/// A Job that was complete stays so: its `ttlSecondsAfterFinished` may have removed it while others were waited for.
fn keep_what_is_done(workloads: &[Workload], last: &[State], states: &mut [State]) {
    for ((workload, last), state) in workloads.iter().zip(last).zip(states) {
        let done = workload.id.kind == "Job" && matches!(last, State::Ready(_));
        if done && *state == absent() {
            *state = last.clone();
        }
    }
}

fn absent() -> State {
    State::Pending("not there yet".into())
}

/// What a person sees while waiting: one live line per workload on a terminal, else a line whenever something changes.
enum View {
    Live(Vec<ProgressBar>),
    Plain(Vec<Option<State>>),
}

impl View {
    fn new(workloads: &[Workload]) -> Self {
        if !output::fancy_stderr() {
            return Self::Plain(vec![None; workloads.len()]);
        }
        let all = MultiProgress::new();
        let style = ProgressStyle::with_template("{spinner} {prefix}  {wide_msg}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner());
        let bars = workloads.iter().map(|workload| {
            let bar =
                all.add(ProgressBar::new_spinner().with_style(style.clone()).with_prefix(workload.label()));
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Self::Live(bars.collect())
    }

    fn show(&mut self, workloads: &[Workload], states: &[State], elapsed: Duration) {
        for (at, (workload, state)) in workloads.iter().zip(states).enumerate() {
            let text = match state {
                State::Ready(text) => format!("ready: {text}"),
                State::Pending(text) => format!("waiting: {text}"),
                State::Failed(text) => format!("failed: {text}"),
            };
            match self {
                Self::Live(bars) => match state {
                    State::Pending(_) => bars[at].set_message(text),
                    _ => bars[at].finish_with_message(text),
                },
                Self::Plain(last) if last[at].as_ref() != Some(state) => {
                    tracing::info!("[{:>4.0}s] {}  {text}", elapsed.as_secs_f32(), workload.label());
                    last[at] = Some(state.clone());
                }
                Self::Plain(_) => {}
            }
        }
    }

    fn finish(&self) {
        if let Self::Live(bars) = self {
            for bar in bars.iter().filter(|bar| !bar.is_finished()) {
                bar.abandon();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_that_was_complete_may_go_and_nothing_else_may() {
        let workload = |kind: &str| Workload {
            id: ResourceId {
                api_version: "batch/v1".into(),
                kind: kind.into(),
                name: "a".into(),
                namespace: None,
            },
        };
        let workloads = [workload("Job"), workload("Job"), workload("Deployment")];
        let ready = |text: &str| State::Ready(text.into());
        let last =
            [ready("complete (1 of 1)"), State::Pending("0 of 1 complete".into()), ready("1 of 1 available")];
        let mut states = [absent(), absent(), absent()];
        keep_what_is_done(&workloads, &last, &mut states);
        assert_eq!(states, [ready("complete (1 of 1)"), absent(), absent()]);
        // The first look has none before it.
        keep_what_is_done(&workloads, &[], &mut states);
        assert_eq!(states[1], absent());
    }
}
