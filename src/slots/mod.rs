//! Slots.
mod aftercare;
mod allocate;
mod assign;
mod claim;
mod collect;
pub mod comment;
mod guard;
mod key;
mod kube;
mod objects;
mod pool;
mod record;
mod store;
mod view;

pub use aftercare::StackAftercare;
pub use allocate::{Allocation, Request, allocate};
pub use assign::assign;
pub use collect::{Aftercare, Collected, Collector, Due, Tenancy, sweep_claims};
pub use key::{Key, Kind, Number, Purpose};
pub use kube::KubeStore;
pub use pool::{Pool, STATE_NAMESPACE};
pub use record::{Order, Record, State};
pub use store::{Outcome, Store, Trouble};
pub use view::{Entry, Snapshot, View};

/// One look at the slots of a pool, passing trouble endured.
///
/// # Errors
/// The cluster cannot be read.
pub fn look<'a>(pool: &'a Pool<'a>, store: &dyn Store) -> anyhow::Result<View<'a>> {
    let snapshot = store::persist(store, "read the slots", allocate::PATIENCE, || store.read())?;
    Ok(View::new(pool, snapshot))
}

/// A token that no other run has.
pub fn unique() -> String {
    use std::hash::{BuildHasher as _, Hasher as _, RandomState};
    // The standard library seeds each state from the system's random source.
    let bits = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", bits(), bits() ^ u64::from(std::process::id()).rotate_left(32))
}
