//! Ends a child with all it has started: its process group, and on Linux also descendants that left the group
//! (`setsid`, daemons).

use std::time::Duration;

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

/// How often is looked for what is still there after a kill, and how long is waited in between.
const LOOKS: u32 = 200;
const PAUSE: Duration = Duration::from_millis(5);

/// When a process was started, in clock ticks since the machine's start; 0 where that cannot be read.
pub(super) fn started(pid: Pid) -> u64 {
    let pid = pid.as_raw_nonzero().get();
    Process::read(pid).map_or(0, |process| process.started)
}

/// Kills what is left of a child that has been told to end: its group, and whatever codexctl inherited since the time
/// `since`. `children` are those that codexctl itself has started and looks after.
pub(super) fn sweep(leader: Option<Pid>, since: u64, children: &[Pid]) {
    // A process that is killed leaves its own children to codexctl.
    for _ in 0..LOOKS {
        if let Some(leader) = leader {
            ignore_gone(rustix::process::kill_process_group(leader, Signal::KILL));
        }
        let left = inherited(since, children);
        if left.is_empty() {
            return;
        }
        left.into_iter().for_each(kill);
        std::thread::sleep(PAUSE);
    }
}

/// Living processes that codexctl inherited since a time, with all below them.
fn inherited(since: u64, children: &[Pid]) -> Vec<i32> {
    let table = table();
    let own = rustix::process::getpid().as_raw_nonzero().get();
    let own_group = table.iter().find(|process| process.pid == own).map(|process| process.group);
    let is_child = |pid: i32| children.iter().any(|child| child.as_raw_nonzero().get() == pid);
    // What shares codexctl's group was there before it (`daemon & exec codexctl`); it starts nothing there.
    let ours = |process: &&Process| Some(process.group) != own_group && process.started >= since;
    let orphans = table.iter().filter(|process| process.parent == own && !is_child(process.pid)).filter(ours);
    let family = with_descendants(orphans.map(|process| process.pid).collect(), &table);
    let lives = |pid: &i32| table.iter().any(|process| process.pid == *pid && !process.ended);
    family.into_iter().filter(lives).collect()
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
    let in_its_group = |pid: i32| table.iter().any(|process| process.pid == pid && process.group == root);
    let family = with_descendants(vec![root], &table);
    family.into_iter().filter(|pid| !in_its_group(*pid)).filter_map(Pid::from_raw).collect()
}

/// These processes, and all below them.
fn with_descendants(mut family: Vec<i32>, table: &[Process]) -> Vec<i32> {
    let mut at = 0;
    while at < family.len() {
        let parent = family[at];
        family.extend(table.iter().filter(|process| process.parent == parent).map(|process| process.pid));
        at += 1;
    }
    family
}

/// A process as /proc shows it. Parent and group are 0 where they are outside of codexctl's own PID namespace
/// (`docker exec`, runners in containers).
struct Process {
    pid: i32,
    parent: i32,
    group: i32,
    started: u64,
    /// It only waits for its parent to take note.
    ended: bool,
}

impl Process {
    /// Source: proc_pid_stat(5): state, ppid and pgrp are fields 3 to 5, starttime is field 22.
    fn read(pid: i32) -> Option<Self> {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name in parentheses may itself hold parentheses and spaces.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        Some(Self {
            pid,
            parent: fields.get(1)?.parse().ok()?,
            group: fields.get(2)?.parse().ok()?,
            started: fields.get(19)?.parse().ok()?,
            ended: matches!(*fields.first()?, "Z" | "X"),
        })
    }
}

/// Every process; none where there is no /proc.
fn table() -> Vec<Process> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    let ids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter_map(Process::read).collect()
}
