//! Programs that tests talk to on a terminal, as a person would.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::harness::{Project, Run};
use super::needs;

/// Runs a program on a terminal in a project's folder and environment: each step waits for a text and then types keys.
/// What the terminal showed is the run's stdout. `None` without Python, which holds the terminal.
pub fn on_a_terminal(project: &Project, program: &[&str], steps: &[(&str, &str)]) -> Option<Run> {
    let mut terminal = Command::new(needs::program("python3")?);
    terminal.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/terminal.py"));
    // Python itself keeps the caller's environment.
    terminal.arg(serde_json::to_string(steps).unwrap()).args(needs::by_env(&project.command(&[])));
    terminal.arg("TERM=xterm").args(program).current_dir(project.path());
    let run = Run::from(terminal.stdin(Stdio::null()).output().unwrap());
    assert_eq!(run.stderr, "", "the terminal's holder itself has nothing to say");
    assert_ne!(run.code, 99, "what a step waited for never came: {steps:?}\n{}{}", run.stdout, run.stderr);
    Some(run)
}

/// The folder of the tested binary, to be put on PATH.
pub fn binary_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_codexctl")).parent().unwrap().to_path_buf()
}

/// PATH with the tested binary in front.
pub fn path_with_binary() -> std::ffi::OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(std::iter::once(binary_folder()).chain(std::env::split_paths(&path))).unwrap()
}
