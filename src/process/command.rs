//! A child process as data: what to start, with what input, and what to do with its output.
//!
//! Nothing here runs anything; see `run.rs`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::gate::Gate;

/// Which of codexctl's own streams a child's output is passed on to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// The data asked for.
    Stdout,
    /// The log.
    Stderr,
}

/// What happens to one output stream of a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// Kept whole, shown to nobody.
    Capture,
    /// Passed on as it comes, and kept whole.
    Tee(Stream),
    /// Passed on as it comes; only the end is kept, for error messages.
    Echo(Stream),
}

/// One child process: program, arguments, environment, folder, input, output, time limit.
#[derive(Clone, Debug)]
pub struct Invocation {
    pub(super) program: String,
    pub(super) args: Vec<OsString>,
    pub(super) env: Vec<(String, OsString)>,
    pub(super) cwd: Option<PathBuf>,
    pub(super) stdin: Option<Vec<u8>>,
    pub(super) gate: Option<Gate>,
    pub(super) stdout: Output,
    pub(super) stderr: Output,
    pub(super) timeout: Option<Duration>,
    pub(super) cleanup: bool,
}

impl Invocation {
    /// A command without arguments, input or time limit, its output captured.
    pub fn new(program: impl Into<String>) -> Self {
        Self {
            program: program.into(),
            args: Vec::new(),
            env: Vec::new(),
            cwd: None,
            stdin: None,
            gate: None,
            stdout: Output::Capture,
            stderr: Output::Capture,
            timeout: None,
            cleanup: false,
        }
    }

    /// Adds one argument. Secrets never go here: any user of the machine can read a process's arguments.
    #[must_use]
    pub fn arg(mut self, arg: impl Into<OsString>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Adds several arguments.
    #[must_use]
    pub fn args<I: IntoIterator<Item = S>, S: Into<OsString>>(mut self, args: I) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Sets one environment variable on top of codexctl's own environment.
    #[must_use]
    pub fn env(mut self, name: impl Into<String>, value: impl Into<OsString>) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// The working folder; codexctl's own without.
    #[must_use]
    pub fn cwd(mut self, dir: &Path) -> Self {
        self.cwd = Some(dir.to_path_buf());
        self
    }

    /// Bytes for standard input; an empty input without.
    #[must_use]
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = Some(bytes.into());
        self
    }

    /// Started at once, it gets its input and is heard only when the gate opens; where it does not, the input is empty
    /// and nothing is passed on.
    #[must_use]
    pub fn behind(mut self, gate: Option<&Gate>) -> Self {
        self.gate = gate.cloned();
        self
    }

    /// What to do with standard output.
    #[must_use]
    pub fn stdout(mut self, output: Output) -> Self {
        self.stdout = output;
        self
    }

    /// What to do with standard error.
    #[must_use]
    pub fn stderr(mut self, output: Output) -> Self {
        self.stderr = output;
        self
    }

    /// After this time the child and everything it started is ended.
    #[must_use]
    pub fn timeout(mut self, limit: Option<Duration>) -> Self {
        self.timeout = limit;
        self
    }

    /// Runs even when codexctl has been interrupted, and to its end: for what must be put right before leaving. Give it
    /// a time limit; a second Ctrl-C kills it.
    #[must_use]
    pub fn cleanup(mut self) -> Self {
        self.cleanup = true;
        self
    }

    /// The line a person would type, for logs and errors (not masked).
    pub(super) fn line(&self) -> String {
        let mut line = quote(&self.program);
        for arg in &self.args {
            line.push(' ');
            line.push_str(&quote(&arg.to_string_lossy()));
        }
        line
    }
}

fn quote(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+{}".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_string()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_can_be_pasted_into_a_shell() {
        let command = Invocation::new("kubectl").args(["apply", "-f", "-", "a b", "it's", ""]);
        assert_eq!(command.line(), r"kubectl apply -f - 'a b' 'it'\''s' ''");
    }
}
