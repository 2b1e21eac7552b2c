//! `create`: one slot for one issue or pull request, however many ask at once.
//!
//! Each attempt begins with one look and goes on from whatever that shows: a run that was killed, or that lost an
//! answer, is finished by the next one in the same way.

use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::json;

use super::claim::Claim;
use super::key::{Key, Purpose};
use super::pool::Pool;
use super::record::{HANDED_OUT_BY, Order, RESERVED_FOR, Record, State};
use super::store::{Outcome, Store, persist};
use super::view::View;
use crate::config::Slot;
use crate::error::Fault;

/// How long passing failures may go on before they count as lasting.
pub(super) const PATIENCE: Duration = Duration::from_secs(120);
/// How often a waiting run says that it waits.
const SAY: Duration = Duration::from_secs(30);

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// What for and by whom.
    pub order: Order,
    /// Highest slot; `None` is no limit.
    pub max: Option<u32>,
    /// The slot to take if it is free.
    pub prefer: Option<Slot>,
    /// How long to wait for a free slot; `None`: not at all.
    pub wait: Option<Duration>,
}

/// A slot that is handed out.
#[derive(Clone, Debug)]
pub struct Allocation {
    /// Its record.
    pub record: Record,
    /// Whether this run made it; exactly one run says so of each slot.
    pub created: bool,
}

/// Gets the slot of the order's issue or pull request, or a free one.
///
/// # Errors
/// No free slot in time, with who holds them; anything lasting that the cluster says.
pub fn allocate(pool: &Pool, store: &dyn Store, request: &Request) -> Result<Allocation> {
    let run = Run { pool, store, request };
    let started = Instant::now();
    let mut said: Option<Instant> = None;
    let mut lost = 0;
    let mut looks = 0;
    let mut races = 0;
    loop {
        match persist(store, "make a slot", PATIENCE, || run.attempt(&mut lost))? {
            Step::Done(allocation) => return Ok(*allocation),
            Step::Again => {
                races += 1;
                run.rest(Duration::from_millis(
                    draw(&request.order.run, races) % (40 * u64::from(races.min(10))),
                ))?;
            }
            Step::Full(holders) => {
                let waited = started.elapsed();
                let left = request.wait.unwrap_or_default().saturating_sub(waited);
                if left.is_zero() {
                    return Err(run.no_free_slot(&holders, waited));
                }
                if said.is_none_or(|last| last.elapsed() >= SAY) {
                    let holders = holders.join("\n  ");
                    tracing::info!("no free slot, waiting (for {}s so far):\n  {holders}", waited.as_secs());
                    said = Some(Instant::now());
                }
                // Short at first, then 5 s; those who wait together spread out.
                looks += 1;
                let spread = draw(&request.order.run, looks) % 500;
                let rest = Duration::from_millis(500 * u64::from(looks.min(10)) + spread);
                run.rest(rest.min(left))?;
            }
        }
    }
}

/// How far one attempt got.
enum Step {
    Done(Box<Allocation>),
    /// Somebody else was faster somewhere.
    Again,
    Full(Vec<String>),
}

impl Step {
    fn done(allocation: Allocation) -> Self {
        Self::Done(Box::new(allocation))
    }
}

struct Run<'a> {
    pool: &'a Pool<'a>,
    store: &'a dyn Store,
    request: &'a Request,
}

impl Run<'_> {
    fn attempt(&self, lost: &mut u32) -> Outcome<Step> {
        let view = View::new(self.pool, self.store.read()?);
        let order = &self.request.order;
        let keys = order.purpose.keys();
        if let Some(holder) = keys.iter().find_map(|key| view.holder(*key)) {
            return self.settle(&view, holder, &[]);
        }
        if let Some((key, record)) = keys.iter().find_map(|key| Some((*key, view.unclaimed(*key)?))) {
            return self.claim_and_settle(&view, key, record);
        }
        if let Some(record) = view.made_by(&order.run).filter(|_| keys.is_empty()) {
            // Made by an attempt whose answer was lost.
            return Ok(Step::done(Allocation { record: record.clone(), created: true }));
        }
        let Some(slot) = self.pick(&view, *lost)? else { return Ok(Step::Full(describe(self.pool, &view)?)) };
        let Some(record) = self.reserve(&view, slot)? else {
            *lost += 1;
            return Ok(Step::Again);
        };
        match keys.first() {
            None => Ok(Step::done(Allocation { record, created: true })),
            Some(first) => self.claim_and_settle(&view, *first, &record),
        }
    }

    /// The lowest free slot. After a lost race the next tries spread over more and more of the free slots, instead of
    /// all running for the lowest again.
    fn pick(&self, view: &View, lost: u32) -> Result<Option<Slot>, Fault> {
        let free = view.free(self.request.max, self.request.prefer, 1 << lost.min(6))?;
        let pick = usize::try_from(draw(&self.request.order.run, lost)).unwrap_or(0);
        Ok(pick.checked_rem(free.len()).and_then(|at| free.get(at)).copied())
    }

    /// Makes the record, and the state namespace where that is missing; `None` when somebody was faster.
    fn reserve(&self, view: &View, slot: Slot) -> Outcome<Option<Record>> {
        let namespace = self.pool.namespace(slot)?;
        let mut objects = Vec::new();
        if !view.has_state_namespace() {
            let name = &self.pool.state_namespace;
            tracing::info!("namespace {name}, where the records of slots live, is missing; making it");
            objects.push(json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}));
        }
        objects.push(Record::fresh(self.pool, slot, &namespace, &self.request.order));
        match self.store.create(&objects)?.pop().flatten() {
            Some(made) => Ok(Some(read(slot, &made)?)),
            None => Ok(None),
        }
    }

    /// Takes the order's keys for a record that nobody has claimed, and hands it out. `key` decides whose it is.
    fn claim_and_settle(&self, view: &View, key: Key, record: &Record) -> Outcome<Step> {
        let mut claimed = vec![key];
        let mut objects = vec![Claim::object(self.pool, key, record, view.claim(key).as_ref())];
        if view.claim(key).is_some() {
            if !self.store.replace(&objects[0])? {
                return Ok(Step::Again);
            }
        } else {
            // Further keys come along where nobody has claimed them yet.
            for other in self.request.order.purpose.keys() {
                if other != key && record.purpose.has(other) && view.claim(other).is_none() {
                    objects.push(Claim::object(self.pool, other, record, None));
                    claimed.push(other);
                }
            }
            let made = self.store.create(&objects)?;
            if made.first().is_none_or(Option::is_none) {
                return Ok(Step::Again);
            }
            let mut made = made.iter().map(Option::is_some);
            claimed.retain(|_| made.next().unwrap_or(false));
        }
        self.settle(view, record, &claimed)
    }

    /// Hands out a record that has one of the order's keys: it becomes ready, and gets the others as far as they are
    /// free. `claimed` are keys it got since the look.
    fn settle(&self, view: &View, record: &Record, claimed: &[Key]) -> Outcome<Step> {
        let order = &self.request.order;
        let leftover = view.made_by(&order.run).filter(|own| own.state() == State::Reserved);
        let orphans = order.purpose.keys().into_iter().flat_map(|key| view.orphans(key)).chain(leftover);
        for orphan in orphans.filter(|orphan| orphan.identity() != record.identity()) {
            tracing::debug!("slot {}: giving back a record that nobody got", orphan.slot);
            self.store
                .delete(&self.pool.path_of(&self.pool.record_name(orphan.slot)), &orphan.unchanged())?;
        }
        let purpose = self.extended(view, record);
        let first = record.state() == State::Reserved;
        let mut settled = record.clone();
        if first || purpose != record.purpose {
            let object = record.changed(|edit| {
                if first {
                    edit.annotate(RESERVED_FOR, None);
                    edit.annotate(HANDED_OUT_BY, Some(&order.run));
                }
                edit.purpose(purpose);
            });
            if !self.store.replace(&object)? {
                return Ok(Step::Again);
            }
            settled = read(record.slot, &object)?;
        }
        for key in order.purpose.keys() {
            let has = claimed.contains(&key) || view.holder(key).is_some();
            if !has && purpose.has(key) {
                let old = view.claim(key);
                let object = Claim::object(self.pool, key, record, old.as_ref());
                // Somebody who was faster is seen by the next look of whoever asks for this key.
                match old {
                    Some(_) => drop(self.store.replace(&object)?),
                    None => drop(self.store.create(&[object])?),
                }
            }
        }
        // The write above may have happened although its answer was lost: then the annotation tells.
        let created = settled.handed_out_by() == Some(order.run.as_str());
        Ok(Step::done(Allocation { record: settled, created }))
    }

    /// The record's keys, with those of the order that it lacks and nobody else has.
    fn extended(&self, view: &View, record: &Record) -> Purpose {
        let mut purpose = record.purpose;
        for key in self.request.order.purpose.keys() {
            match (record.purpose.get(key.kind), view.owner(key)) {
                (_, Some(other)) if other.identity() != record.identity() => {
                    tracing::warn!(
                        "{} has slot {} already, not slot {}",
                        key.spoken(),
                        other.slot,
                        record.slot
                    );
                }
                (Some(number), _) if number != key.number => {
                    let own = Key { number, ..key };
                    tracing::warn!("slot {} is for {}, not {}", record.slot, own.spoken(), key.spoken());
                }
                _ => purpose = purpose.or(Purpose::of(key)),
            }
        }
        purpose
    }

    fn no_free_slot(&self, holders: &[String], waited: Duration) -> anyhow::Error {
        let after =
            if waited.as_secs() > 0 { format!(" after {}s", waited.as_secs()) } else { String::new() };
        let mut message = format!("no free slot{after}");
        for holder in holders {
            message.push_str(
                "
  ",
            );
            message.push_str(holder);
        }
        let hint =
            "free one with `manage-env cleanup` or `manage-env gc`, allow more with --max, or wait longer";
        Fault::failed(message).hint(hint).into()
    }

    fn rest(&self, duration: Duration) -> Result<()> {
        if self.store.pause(duration) {
            return Err(Fault::failed("interrupted").into());
        }
        Ok(())
    }
}

fn read(slot: Slot, object: &serde_json::Value) -> Result<Record, Fault> {
    Record::read(slot, object).map_err(|wrong| Fault::failed(format!("slot {slot}: {}", wrong.join(", "))))
}

/// Who holds the slots, one line each.
fn describe(pool: &Pool, view: &View) -> Result<Vec<String>, Fault> {
    let mut lines: Vec<String> =
        view.entries.iter().map(|(slot, entry)| format!("slot {slot}: {entry}")).collect();
    let highest = view.entries.keys().next_back().map_or(1, |slot| slot.number());
    for (slot, namespace) in view.without_record(highest)? {
        lines.push(format!("slot {slot}: no record, but namespace {namespace} is there"));
    }
    if lines.is_empty() {
        lines.push(format!("namespaces of all slots of {} are there, without records", pool.env));
    }
    Ok(lines)
}

/// A number that differs from run to run and from try to try (FNV-1a).
fn draw(token: &str, salt: u32) -> u64 {
    let bytes = token.bytes().chain(salt.to_le_bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    // The low bits of FNV mix least.
    hash >> 17
}
