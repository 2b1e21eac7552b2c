//! `set`: gives a slot an issue or pull request that it did not have when it was made.

use super::allocate::PATIENCE;
use super::claim::Claim;
use super::key::Purpose;
use super::pool::Pool;
use super::record::{NAMESPACE_UID, Record, State};
use super::store::{Outcome, Store, persist};
use super::view::View;
use crate::config::Slot;
use crate::error::Fault;

/// Sets what `purpose` names; the rest stays. The record first, then the claims: a run that is killed between leaves a
/// record that the next `set` or `create` claims.
///
/// # Errors
/// No such slot, a slot that is being made or taken down, or a key that another slot has.
pub fn assign(pool: &Pool, store: &dyn Store, slot: Slot, purpose: Purpose) -> anyhow::Result<Record> {
    // What the record had before this run wrote to it.
    let mut before: Option<Purpose> = None;
    loop {
        let step = persist(store, &format!("write slot {slot}"), PATIENCE, || {
            attempt(pool, store, slot, purpose, &mut before)
        })?;
        if let Some(record) = step {
            return Ok(record);
        }
    }
}

/// One look and at most one change; `None` when another look is needed.
fn attempt(
    pool: &Pool,
    store: &dyn Store,
    slot: Slot,
    purpose: Purpose,
    before: &mut Option<Purpose>,
) -> Outcome<Option<Record>> {
    let view = View::new(pool, store.read()?);
    let record = settable(&view, slot)?;
    for key in purpose.keys() {
        if let Some(other) = view.owner(key).filter(|other| other.slot != slot) {
            // Another run was faster with its claim: the record goes back to what it had.
            if let Some(before) = before.filter(|before| *before != record.purpose)
                && !store.replace(&record.changed(|edit| edit.only(before)))?
            {
                return Ok(None);
            }
            let message = format!("{} has slot {} already", key.spoken(), other.slot);
            return Err(Fault::failed(message).hint("one of them can go: `manage-env cleanup`").into());
        }
    }
    let uid = view.namespace_uid(&record.namespace);
    let new_uid = uid.filter(|_| record.namespace_uid.is_none());
    let wanted = purpose.or(record.purpose);
    if wanted != record.purpose || new_uid.is_some() {
        let object = record.changed(|edit| {
            edit.purpose(wanted);
            if let Some(uid) = new_uid {
                edit.annotate(NAMESPACE_UID, Some(uid));
            }
        });
        before.get_or_insert(record.purpose);
        store.replace(&object)?;
        return Ok(None);
    }
    for key in record.purpose.keys() {
        if view.holder(key).is_none() {
            let old = view.claim(key);
            let object = Claim::object(pool, key, record, old.as_ref());
            match old {
                Some(_) => drop(store.replace(&object)?),
                None => drop(store.create(&[object])?),
            }
            return Ok(None);
        }
    }
    for claim in view.claims_of(record).iter().filter(|claim| !record.purpose.has(claim.key)) {
        store.delete(&pool.path_of(&claim.name), &claim.unchanged())?;
    }
    Ok(Some(record.clone()))
}

fn settable<'v>(view: &'v View, slot: Slot) -> Result<&'v Record, Fault> {
    let Some(record) = view.record(slot) else {
        return Err(match view.entries.get(&slot) {
            Some(entry) => Fault::failed(format!("slot {slot} cannot be changed: {entry}")),
            None => Fault::failed(format!("there is no slot {slot}"))
                .hint("`manage-env list` shows the slots, `manage-env create` makes one"),
        });
    };
    match record.state() {
        State::Ready => Ok(record),
        State::Reserved => Err(Fault::failed(format!("slot {slot} is being made"))),
        State::Terminating => Err(Fault::failed(format!("slot {slot} is being taken down"))),
    }
}
