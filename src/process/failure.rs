//! How a child process can fail, as kinds that code decides on.

use std::fmt;
use std::time::Duration;

/// Why a child process did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// The program is not on PATH.
    NotFound,
    /// The program is there but could not be started, or its pipes broke; with the system's words.
    Start(String),
    /// It ended with this exit code, not 0.
    Exit(i32),
    /// A signal that codexctl did not send ended it.
    Signal(i32),
    /// It was ended because its time was up.
    Timeout(Duration),
    /// codexctl was interrupted (SIGINT or SIGTERM) and ended it.
    Interrupted,
}

/// A failed child process: the kind, its command line, and what it wrote.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Why.
    pub kind: FailureKind,
    /// The program's name as it was asked for.
    pub program: String,
    /// The whole line, secrets masked.
    pub line: String,
    /// What it wrote before it failed.
    pub written: Box<Written>,
}

/// What a child wrote, secrets masked (only the ends for `Output::Echo`).
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// Whether stderr has been shown already, so that an error must not repeat it.
    pub stderr_shown: bool,
}

impl Failure {
    /// The exit code, when it ended with one.
    pub fn code(&self) -> Option<i32> {
        match self.kind {
            FailureKind::Exit(code) => Some(code),
            _ => None,
        }
    }

    /// Standard error without surrounding blank lines.
    pub fn message(&self) -> &str {
        self.written.stderr.trim()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            FailureKind::NotFound => write!(f, "`{}` not found on PATH", self.program)?,
            FailureKind::Start(why) => write!(f, "cannot run `{}`: {why}", self.line)?,
            FailureKind::Exit(code) => write!(f, "`{}` ended with exit code {code}", self.line)?,
            FailureKind::Signal(number) => write!(f, "`{}` was killed by signal {number}", self.line)?,
            FailureKind::Timeout(limit) => write!(f, "`{}` was ended after {}", self.line, rounded(*limit))?,
            FailureKind::Interrupted => write!(f, "interrupted; `{}` was ended", self.line)?,
        }
        let message = self.message();
        if !message.is_empty() && !self.written.stderr_shown {
            write!(f, ":\n{}", end_of(message, 2000))?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

/// A duration for people: `8s`, `1.5s`, `10m`, no more than a tenth of a second exact.
pub fn rounded(duration: Duration) -> String {
    let tenths = (duration.as_secs_f64() * 10.0).round();
    let seconds = tenths / 10.0;
    match duration.as_secs() {
        whole if whole >= 60 && whole % 60 == 0 => format!("{}m", whole / 60),
        _ if tenths == 0.0 && !duration.is_zero() => format!("{}ms", duration.as_millis()),
        _ => format!("{seconds}s"),
    }
}

/// The last `limit` bytes of a text, from a line's start, with a mark where something was cut.
fn end_of(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_string();
    }
    let mut start = text.len() - limit;
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let tail = &text[start..];
    let tail = tail.split_once('\n').map_or(tail, |(_, rest)| rest);
    format!("…\n{tail}")
}
