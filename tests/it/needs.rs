//! What tests need beyond the binary: programs, rights, and a look at the machine's processes. Where something is missing, the test fails in CI; elsewhere it
//! is skipped with a counted line on stderr.

use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A test cannot run for want of `what`.
pub fn skipped(what: &str) {
    static SKIPPED: AtomicUsize = AtomicUsize::new(0);
    assert!(std::env::var_os("CI").is_none(), "missing in CI: {what}; scripts/test.sh sets it up");
    let count = SKIPPED.fetch_add(1, Ordering::Relaxed) + 1;
    // Not `eprintln!`, which the test runner keeps to itself when a test passes.
    let line = format!("SKIPPED ({count} so far): no {what}; scripts/test.sh sets it up\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}

/// A program on PATH, or at this path.
pub fn program(name: &str) -> Option<PathBuf> {
    let found = which::which(name).ok();
    if found.is_none() {
        skipped(name);
    }
    found
}

/// A kubectl of 1.37, beside the one that the tests use.
pub fn newest_kubectl() -> Option<PathBuf> {
    program(concat!(env!("CARGO_MANIFEST_DIR"), "/target/tools/kubectl-1.37.1/bin/kubectl"))
}

/// A command that runs as root. sudo keeps nothing of the caller's environment.
pub fn as_root(program: &str) -> Option<Command> {
    if rustix::process::geteuid().is_root() {
        return Some(Command::new(program));
    }
    if !Command::new("sudo").args(["-n", "true"]).output().is_ok_and(|output| output.status.success()) {
        skipped("root's rights");
        return None;
    }
    let mut command = Command::new("sudo");
    command.arg("-n").arg(program);
    Some(command)
}

/// `env` and what it takes to give a program this command's environment.
pub fn by_env(command: &Command) -> Vec<OsString> {
    let mut words = vec![OsString::from("env")];
    for (name, _) in command.get_envs().filter(|(_, value)| value.is_none()) {
        words.extend(["-u".into(), name.into()]);
    }
    let set = command.get_envs().filter_map(|(name, value)| Some([name, value?].join(OsStr::new("="))));
    words.extend(set);
    words
}

/// The same command in a PID namespace of its own, as in a container that `docker exec` entered: its session, and its
/// parent's group, are outside and have no number there.
pub fn in_pid_namespace(command: &Command) -> Option<Command> {
    let mut inside = as_root("unshare")?;
    inside.args(["--pid", "--fork", "--mount-proc", "sh", "-c", "\"$@\"; exit $?", "sh"]);
    inside.args(by_env(command)).arg(command.get_program()).args(command.get_args());
    inside.current_dir(command.get_current_dir().unwrap()).stdout(Stdio::piped()).stderr(Stdio::piped());
    Some(inside)
}

/// The process that runs a program of this name somewhere below the process `root`.
pub fn below(root: u32, name: &str) -> Option<u32> {
    let children = Command::new("pgrep").args(["-P", &root.to_string()]).output().unwrap();
    let children = String::from_utf8(children.stdout).unwrap();
    children.lines().map(|line| line.trim().parse().unwrap()).find_map(|child: u32| {
        let named =
            std::fs::read_to_string(format!("/proc/{child}/comm")).is_ok_and(|comm| comm.trim() == name);
        if named { Some(child) } else { below(child, name) }
    })
}

/// Whether a process with this mark in its command line lives.
pub fn lives(mark: &str) -> bool {
    std::fs::read_dir("/proc").unwrap().flatten().any(|entry| {
        std::fs::read(entry.path().join("cmdline"))
            .is_ok_and(|line| String::from_utf8_lossy(&line).replace('\0', " ").contains(mark))
    })
}

/// Whether none lives, in a moment: one that was killed may take a while to go on a busy machine.
pub fn gone(mark: &str) -> bool {
    let deadline = Instant::now() + Duration::from_secs(10);
    while lives(mark) {
        if Instant::now() > deadline {
            return false;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    true
}
