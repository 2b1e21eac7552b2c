//! Works on several images at a time, in order; one failure does not stop the others, Ctrl-C stops all.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use anyhow::Result;

use super::plan::Item;
use super::report::{Action, Outcome};
use super::view::{Progress, View};
use crate::error::{Fault, report};
use crate::process::interrupted;

/// What became of an image that did not fail.
pub(super) struct Done {
    pub(super) action: Action,
    pub(super) digest: Option<String>,
}

/// Does `work` for every item, `jobs` at a time; the outcomes in the items' order.
///
/// # Errors
/// Only when interrupted: failures are outcomes.
pub(super) fn run<T: Sync>(
    items: &[Item<T>],
    jobs: NonZeroUsize,
    work: impl Fn(&Item<T>, &mut Progress<'_>) -> Result<Done> + Sync,
) -> Result<Vec<Outcome>> {
    let view = View::new(items.iter().map(|item| item.name.clone()).collect());
    let next = AtomicUsize::new(0);
    let outcomes: Mutex<Vec<(usize, Outcome)>> = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..jobs.get().min(items.len()) {
            scope.spawn(|| {
                while interrupted().is_none() {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(at) else { return };
                    let outcome = one(item, view.progress(at), &work);
                    outcomes.lock().unwrap_or_else(PoisonError::into_inner).push((at, outcome));
                }
            });
        }
    });
    view.close();
    if interrupted().is_some() {
        return Err(Fault::failed("interrupted").into());
    }
    let mut outcomes = outcomes.into_inner().unwrap_or_else(PoisonError::into_inner);
    outcomes.sort_by_key(|(at, _)| *at);
    Ok(outcomes.into_iter().map(|(_, outcome)| outcome).collect())
}

fn one<T>(
    item: &Item<T>,
    mut progress: Progress<'_>,
    work: &impl Fn(&Item<T>, &mut Progress<'_>) -> Result<Done>,
) -> Outcome {
    let started = Instant::now();
    let result = work(item, &mut progress);
    let seconds = (started.elapsed().as_secs_f64() * 100.0).round() / 100.0;
    let outcome = |action, digest, error| Outcome {
        name: item.name.clone(),
        reference: item.target.to_string(),
        digest,
        action,
        seconds,
        error,
    };
    match result {
        Ok(done) => {
            progress.done(&format!("{} in {seconds:.1}s: {}", done.action.as_str(), item.target));
            outcome(done.action, done.digest, None)
        }
        Err(error) => {
            let why = report(&error).unwrap_or_default();
            // Children that Ctrl-C ended have nothing to explain.
            if interrupted().is_none() {
                progress.failed(&why);
            }
            outcome(Action::Failed, None, Some(why))
        }
    }
}
