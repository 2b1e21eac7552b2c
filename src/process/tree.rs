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
/// `children` are those that codexctl itself has started.
pub(super) fn sweep(leader: Pid, children: &[Pid]) {
    ignore_gone(rustix::process::kill_process_group(leader, Signal::KILL));
    let own = rustix::process::getpid().as_raw_nonzero().get();
    let table = table();
    let own_group = table.iter().find(|process| process.pid == own).map(|process| process.group);
    for process in table.iter().filter(|process| process.parent == own) {
        // What shares codexctl's group was there before it (`daemon & exec codexctl`); it starts nothing there.
        let inherited = Some(process.group) != own_group;
        if inherited && !children.iter().any(|child| child.as_raw_nonzero().get() == process.pid) {
            kill(process.pid);
        }
    }
}

fn kill(pid: i32) {
    if let Some(pid) = Pid::from_raw(pid) {
        ignore_gone(rustix::process::kill_process(pid, Signal::KILL));
    }
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
        family.extend(table.iter().filter(|process| process.parent == parent).map(|process| process.pid));
        at += 1;
    }
    let in_its_group = |pid: i32| table.iter().any(|process| process.pid == pid && process.group == root);
    family.into_iter().filter(|pid| !in_its_group(*pid)).filter_map(Pid::from_raw).collect()
}

/// A process as /proc shows it. Parent and group are 0 where they are outside of codexctl's own PID namespace
/// (`docker exec`, runners in containers).
struct Process {
    pid: i32,
    parent: i32,
    group: i32,
}

/// Every process; none where there is no /proc.
fn table() -> Vec<Process> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
            // The name in parentheses may itself hold parentheses and spaces.
            let mut fields =
                stat.rsplit_once(')')?.1.split_whitespace().skip(1).map_while(|f| f.parse().ok());
            Some(Process { pid, parent: fields.next()?, group: fields.next()? })
        })
        .collect()
}
