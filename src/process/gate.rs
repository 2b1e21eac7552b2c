//! A gate for a child that is started ahead of its time: it loads and sets itself up, and gets its input once something
//! else has gone well.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// Closed until [`Gate::after`] has decided; clones are the same gate.
#[derive(Clone, Debug, Default)]
pub struct Gate(Arc<(Mutex<Option<bool>>, Condvar)>);

impl Gate {
    /// Does `work`. If it goes well the gate opens; else whoever waits there is sent away.
    ///
    /// # Errors
    /// Those of `work`.
    pub fn after<T, E>(&self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let mut keeper = Keeper { gate: self, open: false };
        let result = work();
        keeper.open = result.is_ok();
        result
    }

    /// Waits until it is decided; whether one may go through.
    pub(super) fn wait(&self) -> bool {
        let (decided, wake) = &*self.0;
        let guard = decided.lock().unwrap_or_else(PoisonError::into_inner);
        let decided = wake.wait_while(guard, |decided| decided.is_none());
        decided.unwrap_or_else(PoisonError::into_inner).unwrap_or(false)
    }
}

/// Decides when it goes, so that nobody waits for ever.
struct Keeper<'a> {
    gate: &'a Gate,
    open: bool,
}

impl Drop for Keeper<'_> {
    fn drop(&mut self) {
        let (decided, wake) = &*self.gate.0;
        *decided.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.open);
        wake.notify_all();
    }
}
