//! `gc` and `cleanup`: takes slots down, so that a run killed anywhere leaves a record that the next run finds.
//!
//! The record goes last. Until then its number is taken, whatever became of the namespace.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use super::allocate::PATIENCE;
use super::guard;
use super::pool::Pool;
use super::record::{NAMESPACE_UID, Record, STATE, State};
use super::store::{Outcome, Store, persist};
use super::view::View;
use crate::config::Slot;
use crate::error::Fault;
use crate::tools::kubectl_cas::{Deleted, Precondition};

/// What goes with a slot besides its namespace and record. Both are repeated when a run was killed.
pub trait Aftercare: Sync {
    /// Deletes the stack's cluster-scoped objects of the slot.
    ///
    /// # Errors
    /// They cannot be told or deleted.
    fn sweep(&self, record: &Record) -> Outcome<()>;

    /// Tells the issue or pull request that the slot is gone. A failure is no reason to keep the slot.
    fn tell(&self, record: &Record);
}

/// How long a record may stay reserved before its maker counts as dead. A maker that lives finds its record changed, and
/// begins again.
const ABANDONED: SignedDuration = SignedDuration::from_mins(10);

/// Which slots are to go.
#[derive(Clone, Copy, Debug)]
pub enum Due {
    /// Those made before this time, those another run began to take down, and those nobody handed out.
    Before(Timestamp),
    /// Whatever their age.
    Now,
}

impl Due {
    /// Whether a record is to go.
    pub fn takes(self, record: &Record) -> bool {
        match self {
            Self::Now => true,
            Self::Before(time) => match record.state() {
                State::Terminating => true,
                State::Ready => record.created_at < time,
                State::Reserved => record.created_at < time.max(Timestamp::now() - ABANDONED),
            },
        }
    }
}

/// One tenancy of a slot.
#[derive(Clone, Debug)]
pub struct Tenancy {
    slot: Slot,
    identity: String,
    /// The record as it was when the work was given out.
    pub record: Record,
}

impl Tenancy {
    /// The tenancy of a record.
    pub fn of(record: &Record) -> Self {
        Self { slot: record.slot, identity: record.identity().into(), record: record.clone() }
    }
}

/// What became of one slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Collected {
    /// It is free again.
    Freed,
    /// It is not due any more, or was freed by another run.
    NotDue,
}

/// What this run has done for one slot.
#[derive(Default)]
struct Progress {
    marked: bool,
    swept: bool,
    told: bool,
}

/// Takes slots down.
pub struct Collector<'a> {
    /// The slots' names.
    pub pool: &'a Pool<'a>,
    /// The cluster.
    pub store: &'a dyn Store,
    /// What else goes.
    pub aftercare: &'a dyn Aftercare,
    /// How long a namespace may take to go.
    pub limit: Duration,
}

impl Collector<'_> {
    /// Takes several down, `jobs` at a time; a failure does not stop the others. Results come in the slots' order.
    pub fn all(
        &self,
        tenancies: Vec<Tenancy>,
        due: Due,
        jobs: usize,
    ) -> Vec<(Tenancy, anyhow::Result<Collected>)> {
        let workers = jobs.clamp(1, tenancies.len().max(1));
        let queue: Mutex<VecDeque<Tenancy>> = Mutex::new(tenancies.into());
        let done = Mutex::new(Vec::new());
        let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let work = || {
            while let Some(tenancy) = next() {
                let result = self.one(&tenancy, due);
                done.lock().unwrap_or_else(PoisonError::into_inner).push((tenancy, result));
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(work);
            }
        });
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_by_key(|(tenancy, _)| tenancy.slot);
        done
    }

    /// Takes one down: mark, objects, namespace, comment, claims, record. Any step may have been done before.
    ///
    /// # Errors
    /// The namespace may not be deleted, or does not go in time; anything lasting that the cluster says. The record
    /// stays, so that the next run goes on.
    pub fn one(&self, tenancy: &Tenancy, due: Due) -> anyhow::Result<Collected> {
        let started = Instant::now();
        let mut done = Progress::default();
        loop {
            let left = self.limit.saturating_sub(started.elapsed());
            let what = format!("take down slot {}", tenancy.slot);
            let step = persist(self.store, &what, PATIENCE, || self.attempt(tenancy, due, &mut done, left))?;
            if let Some(result) = step {
                return Ok(result);
            }
        }
    }

    /// One look, and as many steps as go without another look; `None` when one is needed.
    fn attempt(
        &self,
        tenancy: &Tenancy,
        due: Due,
        done: &mut Progress,
        left: Duration,
    ) -> Outcome<Option<Collected>> {
        let view = View::new(self.pool, self.store.read()?);
        let same = |record: &&Record| record.identity() == tenancy.identity;
        let Some(record) = view.suspect(tenancy.slot).filter(same) else {
            return Ok(Some(if done.marked { Collected::Freed } else { Collected::NotDue }));
        };
        if !due.takes(record) {
            return Ok(Some(Collected::NotDue));
        }
        guard::may_delete(self.pool, &view, record)?;
        let uid = view.namespace_uid(&record.namespace);
        // The mark is written even where it is there already: that the write succeeds proves that the record, and
        // with it the namespace seen above, was this tenancy's. What another run saw may be older than that.
        if !done.marked || (uid.is_some() && record.namespace_uid.is_none()) {
            done.marked |= self.mark(record, uid)?;
            return Ok(None);
        }
        if !done.swept {
            self.aftercare.sweep(record)?;
            done.swept = true;
        }
        if let Some(uid) = uid {
            self.empty(&view, record, uid, left)?;
            return Ok(None);
        }
        if !done.told {
            self.aftercare.tell(record);
            done.told = true;
        }
        for claim in view.claims_of(record) {
            self.store.delete(&self.pool.path_of(&claim.name), &claim.unchanged())?;
        }
        let path = self.pool.path_of(&self.pool.record_name(record.slot));
        match self.store.delete(&path, &record.unchanged())? {
            Deleted::Done | Deleted::Missing => Ok(Some(Collected::Freed)),
            Deleted::Changed => Ok(None),
        }
    }

    fn mark(&self, record: &Record, uid: Option<&str>) -> Outcome<bool> {
        let object = record.changed(|edit| {
            edit.annotate(STATE, Some("terminating"));
            if let Some(uid) = uid {
                edit.annotate(NAMESPACE_UID, Some(uid));
            }
        });
        self.store.replace(&object)
    }

    /// Deletes what is in the namespace and the namespace itself, and waits until it is gone.
    fn empty(&self, view: &View, record: &Record, uid: &str, left: Duration) -> Outcome<()> {
        let name = record.namespace.as_str();
        if left.is_zero() {
            let why = view.why_terminating(name);
            let why = if why.is_empty() { String::new() } else { format!(": {why}") };
            let message =
                format!("slot {}: namespace {name} is still there after {:?}{why}", record.slot, self.limit);
            return Err(Fault::failed(message).hint("the slot stays taken; the next gc goes on").into());
        }
        if !view.is_terminating(name) {
            tracing::info!("slot {}: deleting namespace {name}", record.slot);
            let only = Precondition { uid: uid.into(), version: None };
            self.store.delete(&format!("/api/v1/namespaces/{name}"), &only)?;
        }
        self.store.wait_gone(name, left.min(Duration::from_secs(60)))?;
        Ok(())
    }
}

/// Deletes claims that name no record any more: of runs that were killed, and of records deleted by hand. The next
/// `create` would take them over as well.
///
/// # Errors
/// As the cluster.
pub fn sweep_claims(pool: &Pool, store: &dyn Store) -> anyhow::Result<()> {
    persist(store, "delete stale claims", PATIENCE, || {
        let view = View::new(pool, store.read()?);
        for claim in view.stale_claims() {
            tracing::debug!("claim {} names no slot any more, deleting it", claim.name);
            store.delete(&pool.path_of(&claim.name), &claim.unchanged())?;
        }
        Ok(())
    })
}
