//! The whole signal policy: SIGINT and SIGTERM end every child, once politely, then for good.
//!
//! A thread that waits for signals starts with the first child, so that `--version` starts none. It notes the
//! signal, passes it to every running process group, and after a grace time (or a second signal) kills what is
//! left. Whoever waits for a child then sees it end and returns `FailureKind::Interrupted`; the exit code
//! (130 or 143) is decided in `crate::error`.

use std::io;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, Once, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use super::tree;

/// How long children have to end by themselves after a signal.
const GRACE: Duration = Duration::from_secs(5);

static RECEIVED: AtomicI32 = AtomicI32::new(0);
static CHILDREN: Mutex<Vec<(Pid, Reach)>> = Mutex::new(Vec::new());
static WAKE: (Mutex<()>, Condvar) = (Mutex::new(()), Condvar::new());
static START: Once = Once::new();
/// When the first child was started.
static FIRST: OnceLock<u64> = OnceLock::new();

/// Which signals a child hears of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// The first one, politely; then it is killed.
    First,
    /// Only a second one: it puts something right before codexctl leaves.
    Second,
}

/// The signal that ends this run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interrupt {
    /// Ctrl-C.
    Int,
    /// A polite end by another program, or a closed terminal.
    Term,
}

/// The signal received so far, if any.
pub fn interrupted() -> Option<Interrupt> {
    match RECEIVED.load(Ordering::SeqCst) {
        0 => None,
        SIGINT => Some(Interrupt::Int),
        _ => Some(Interrupt::Term),
    }
}

/// Starts to listen for SIGINT, SIGTERM and SIGHUP; later calls do nothing. Called before the first child and by
/// waits that have no child.
pub fn watch_signals() {
    START.call_once(|| {
        tree::adopt_orphans();
        // `nohup` means it; children keep ignoring it too.
        let wanted = [SIGINT, SIGTERM, SIGHUP];
        let wanted = wanted.iter().filter(|signal| **signal != SIGHUP || !is_ignored(SIGHUP));
        match signal_hook::iterator::Signals::new(wanted) {
            Ok(mut signals) => {
                let listen = move || {
                    for signal in signals.forever() {
                        receive(signal);
                    }
                };
                if let Err(error) = std::thread::Builder::new().name("signals".into()).spawn(listen) {
                    tracing::warn!("cannot listen for Ctrl-C: {error}");
                }
            }
            Err(error) => tracing::warn!("cannot listen for Ctrl-C: {error}"),
        }
    });
}

/// Whether codexctl was started with a signal ignored (Linux).
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    mask & (1 << (signal - 1)) != 0
}

/// Sleeps for `duration` or until a signal comes; true when one came.
pub fn pause(duration: Duration) -> bool {
    watch_signals();
    let deadline = Instant::now() + duration;
    let mut guard = WAKE.0.lock().unwrap_or_else(PoisonError::into_inner);
    while interrupted().is_none() {
        let now = Instant::now();
        if now >= deadline {
            return false;
        }
        guard = WAKE.1.wait_timeout(guard, deadline - now).unwrap_or_else(PoisonError::into_inner).0;
    }
    true
}

fn receive(signal: i32) {
    let first = RECEIVED.compare_exchange(0, signal, Ordering::SeqCst, Ordering::SeqCst).is_ok();
    {
        let _guard = WAKE.0.lock().unwrap_or_else(PoisonError::into_inner);
        WAKE.1.notify_all();
    }
    let polite = if signal == SIGINT { Signal::INT } else { Signal::TERM };
    for (child, reach) in children() {
        match (first, reach) {
            (true, Reach::First) => tree::end(child, polite),
            (true, Reach::Second) => {}
            (false, _) => tree::end(child, Signal::KILL),
        }
    }
    if first {
        let insist = || {
            std::thread::sleep(GRACE);
            for (child, _) in children().into_iter().filter(|(_, reach)| *reach == Reach::First) {
                tree::end(child, Signal::KILL);
            }
        };
        if let Err(error) = std::thread::Builder::new().name("grace".into()).spawn(insist) {
            tracing::warn!("children that do not end by themselves are not killed: {error}");
        }
    }
}

fn children() -> Vec<(Pid, Reach)> {
    registered().clone()
}

fn registered() -> MutexGuard<'static, Vec<(Pid, Reach)>> {
    CHILDREN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends what children have left behind in an interrupted run; called before codexctl leaves.
pub fn leave_nothing() {
    if interrupted().is_some()
        && let Some(first) = FIRST.get()
    {
        let children = registered();
        tree::sweep(None, *first, &pids(&children));
    }
}

fn pids(children: &[(Pid, Reach)]) -> Vec<Pid> {
    children.iter().map(|(pid, _)| *pid).collect()
}

/// A child that signals reach for as long as this lives.
pub(super) struct Registration {
    leader: Pid,
    started: u64,
}

impl Registration {
    /// Starts a process group leader and registers it. A signal that came in that moment is passed on at once.
    ///
    /// # Errors
    /// It could not be started.
    pub(super) fn of<C>(start: impl FnOnce() -> io::Result<(Pid, C)>, reach: Reach) -> io::Result<(Self, C)> {
        let mut children = registered();
        let (pid, child) = start()?;
        children.push((pid, reach));
        let started = tree::started(pid);
        FIRST.get_or_init(|| started);
        drop(children);
        if reach == Reach::First
            && let Some(interrupt) = interrupted()
        {
            tree::end(pid, if interrupt == Interrupt::Int { Signal::INT } else { Signal::TERM });
        }
        Ok((Self { leader: pid, started }, child))
    }

    /// The leader of the process group.
    pub(super) fn pid(&self) -> Pid {
        self.leader
    }

    /// Kills what is left of it after it has been told to end, and of what it has started.
    pub(super) fn sweep(&self) {
        // Held, so that no child of another thread is just being started and taken for an orphan.
        let children = registered();
        tree::sweep(Some(self.leader), self.started, &pids(&children));
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        registered().retain(|(pid, _)| *pid != self.leader);
    }
}
