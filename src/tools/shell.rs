//! `bash`: scripts of hook steps; versions of the programs they use.

use std::path::Path;
use std::time::Duration;

use crate::process::{Failure, Invocation, Output, Runner, Stream};

/// Runs the script in `$CODEXCTL_HOOK_SCRIPT`. It goes by environment because arguments can be read by every user of
/// the machine, and a rendered script may hold secrets. A login shell's profile may reset PATH; the tools that
/// codexctl itself found come first all the same.
const LAUNCH: &str = r#"PATH="$CODEXCTL_HOOK_PATH:$PATH"; __script=$CODEXCTL_HOOK_SCRIPT; unset CODEXCTL_HOOK_PATH CODEXCTL_HOOK_SCRIPT; eval "$__script""#;

/// Runs `script` by `bash -lc` in `dir`; its output streams to stderr, secrets masked.
///
/// # Errors
/// bash is missing, or the script failed, was killed or took too long.
pub fn bash(
    runner: &Runner,
    dir: &Path,
    script: &str,
    env: impl IntoIterator<Item = (String, String)>,
    timeout: Option<Duration>,
) -> Result<(), Failure> {
    let mut invocation = Invocation::new("bash")
        .args(["-lc", LAUNCH])
        .cwd(dir)
        .env("CODEXCTL_HOOK_SCRIPT", script)
        .env("CODEXCTL_HOOK_PATH", std::env::var_os("PATH").unwrap_or_default())
        .stdout(Output::Echo(Stream::Stderr))
        .stderr(Output::Echo(Stream::Stderr))
        .timeout(timeout);
    for (name, value) in env {
        invocation = invocation.env(name, value);
    }
    runner.run(&invocation).map(drop)
}

/// The first line of `PROGRAM --version`.
///
/// # Errors
/// The program is missing or does not run.
pub fn version(runner: &Runner, program: &str, timeout: Option<Duration>) -> Result<String, Failure> {
    let finished = runner.run(&Invocation::new(program).arg("--version").timeout(timeout))?;
    Ok(finished.text().lines().next().unwrap_or_default().to_string())
}
