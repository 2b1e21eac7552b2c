//! Slots: numbered, short-lived copies of the stack that are never lost, leaked or handed out twice (spec section 7).
//!
//! Runs of `manage-env` happen on different machines, at the same time, and are killed anywhere. So everything is
//! settled in the cluster, by the two things an API server guarantees: a name is created once, and a write or deletion
//! with a `resourceVersion` or UID precondition happens to exactly the object that was read, or not at all. There are
//! no local locks and no leases; clocks only say what is old. [`View`] answers every question from one look, and each
//! attempt goes on from whatever a look shows: going on after a crash is not a case of its own.
//!
//! Three kinds of objects:
//! * the *record*, ConfigMap `<prefix><slot>`: who has the number. The Go tool reads and writes the same one. An annotation
//!   gives each tenancy an identity of its own, because numbers come back (records of the Go tool: their UID);
//! * the *claim*, ConfigMap `issue-12.<project>.<env>.claim`: which record (slot and identity) an issue or pull request has.
//!   A claim holds as long as that record is there, is not terminating, and names the issue itself;
//! * the *namespace* of the slot, which `apply` makes.
//!
//! ```text
//!            1 create record        2 create claim, 3 replace record
//!   free ──────────────────► reserved ──────────────────────────────► ready
//!    ▲                          │                                       │
//!    │ 6 delete claims,         │ lost: 2' delete own record            │ 4 replace record
//!    │   then the record        ▼                                       ▼
//!    └──────────────────────── free ◄──── (5 namespace gone) ──── terminating
//! ```
//!
//! Why each step is safe:
//! 1. *free → reserved.* The name is exclusive: of many runs one gets the number, the others look again. A number without
//!    a record is free only if the slot's namespace is not there either; both are read in one kubectl, records first, and a
//!    record goes after its namespace, so that a dying namespace is always seen as one or the other. Killed here: the
//!    record is reserved for its issue, and the next `create` for it takes it over.
//! 2. *Whose is it.* The claim's name is exclusive as well: of many records reserved for one issue, one is claimed. A claim
//!    that holds no more is replaced on condition that it is unchanged. Any run may claim any unclaimed record of its
//!    issue; it makes no difference who does. Killed here: the next run sees the claim. 2'. Who lost deletes its own record,
//!    which nobody was told of; if it is killed before, the next `create` of that issue does it, or `gc` after ten minutes.
//! 3. *reserved → ready.* The write is conditional, so exactly one run makes it, and only that one says `created=true`.
//!    It also proves that the record was not taken away meanwhile. Without issue or pull request nothing can contend: the
//!    record is made ready, and a run killed before it printed leaves a slot that `gc` takes back when its time is up.
//! 4. *ready → terminating.* Conditional, and with the UID of the namespace: that the write succeeds proves that the
//!    namespace seen before it was this tenancy's. From here on the claim holds no more, so the issue can get another slot,
//!    while the number stays taken.
//! 5. *The namespace goes* only if it is the one the pattern gives, none of the cluster's, and has the recorded UID
//!    (`guard`), the UID being checked by the server. A slow run that is late deletes nothing of the next tenancy. The
//!    stack's cluster-scoped objects are deleted right after step 4, which every run repeats to prove that its knowledge is
//!    fresh; they are deleted by name, so a run stopped for as long as another needs to finish, make and apply a new slot
//!    between these two calls could meet the next tenancy's.
//! 6. *terminating → free.* The claims first, then the record, both conditional. Killed anywhere after 4: the record is
//!    there and terminating, and the next `gc` goes on, whatever its age. A comment may then be written twice.
//!
//! `set` writes the record, then claims: killed in between, the next `set` or `create` claims. Records that cannot be read,
//! and those of other projects and environments, keep their number taken and are never changed.
//!
//! What kubectl is called with is `crate::tools`' business; `tests/it/slots_model.rs` plays the protocol against a model.

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
pub use guard::may_delete;
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
