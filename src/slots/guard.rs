//! Which namespaces may be deleted: only the one the pattern gives for the slot, and only the one that was recorded
//! (spec section 7).

use super::pool::Pool;
use super::record::Record;
use super::view::View;
use crate::error::Fault;

/// Checks that a record's namespace may be deleted.
///
/// # Errors
/// Why not.
pub fn may_delete(pool: &Pool, view: &View, record: &Record) -> Result<(), Fault> {
    let name = record.namespace.as_str();
    let refused = |why: String| {
        Err(Fault::failed(format!("slot {}: namespace {name} is not deleted: {why}", record.slot)).hint(
            format!(
                "look at ConfigMap {} in {}; if the slot is really to go, mend or delete it by hand",
                pool.record_name(record.slot),
                pool.state_namespace
            ),
        ))
    };
    if name == "default" || name.starts_with("kube-") {
        return refused("it belongs to the cluster".into());
    }
    if name == pool.state_namespace {
        return refused("the records of slots live there".into());
    }
    let own = pool.namespace(record.slot)?;
    if own != name {
        return refused(format!("the pattern gives {own} for this slot"));
    }
    match (&record.namespace_uid, view.namespace_uid(name)) {
        (Some(recorded), Some(there)) if recorded != there => {
            refused(format!("it is another one than the slot's (UID {there}, recorded {recorded})"))
        }
        _ => Ok(()),
    }
}
