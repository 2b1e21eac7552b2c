//! Ends a child with all it has started: its process group, and on Linux also descendants that left the group
//! (`setsid`, daemons).

use rustix::process::{Pid, Signal};

/// Makes orphaned grandchildren children of codexctl, so that [`end`] still finds them (Linux).
pub(super) fn adopt_orphans() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::set_child_subreaper(Some(rustix::process::getpid())) {
        tracing::debug!("daemons started by hooks may outlive an interrupted run: {error}");
    }
}

/// Sends a signal to the group of `leader` and to its descendants outside the group. Those that are already gone
/// are no error.
pub(super) fn end(leader: Pid, signal: Signal) {
    let outside = descendants(leader);
    ignore_gone(rustix::process::kill_process_group(leader, signal));
    for pid in outside {
        ignore_gone(rustix::process::kill_process(pid, signal));
    }
}

/// Kills what is left of a child that has been told to end: its group, and orphans that codexctl inherited from it.
pub(super) fn sweep(leader: Pid) {
    ignore_gone(rustix::process::kill_process_group(leader, Signal::KILL));
    let own = rustix::process::getpid();
    for (pid, parent, group) in table() {
        let adopted = parent == own.as_raw_nonzero().get() && group != own.as_raw_nonzero().get();
        // A process that codexctl itself started leads its group but no session; it is looked after elsewhere.
        if adopted && (pid != group || is_session_leader(pid)) {
            kill(pid);
        }
    }
}

fn kill(pid: i32) {
    if let Some(pid) = Pid::from_raw(pid) {
        ignore_gone(rustix::process::kill_process(pid, Signal::KILL));
    }
}

fn is_session_leader(pid: i32) -> bool {
    Pid::from_raw(pid)
        .and_then(|pid| rustix::process::getsid(Some(pid)).ok().map(|sid| sid == pid))
        .unwrap_or(false)
}

fn ignore_gone(result: rustix::io::Result<()>) {
    if let Err(error) = result
        && error != rustix::io::Errno::SRCH
    {
        tracing::debug!("cannot signal a child: {error}");
    }
}

/// All processes below `root` that are not in its group.
fn descendants(root: Pid) -> Vec<Pid> {
    let table = table();
    let root = root.as_raw_nonzero().get();
    let mut family = vec![root];
    let mut at = 0;
    while at < family.len() {
        let parent = family[at];
        family.extend(table.iter().filter(|(_, ppid, _)| *ppid == parent).map(|(pid, ..)| *pid));
        at += 1;
    }
    let group_of = |pid: i32| table.iter().find(|(p, ..)| *p == pid).map(|(.., group)| *group);
    family.into_iter().filter(|pid| group_of(*pid) != Some(root)).filter_map(Pid::from_raw).collect()
}

/// (pid, parent, process group) of every process, from /proc; empty where there is no /proc.
fn table() -> Vec<(i32, i32, i32)> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| {
            let pid: i32 = entry.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
            // The name in parentheses may itself hold parentheses and spaces.
            let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(1);
            Some((pid, fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
        })
        .collect()
}
