//! Questions on the terminal: plain lines, prompts on stderr, answers from stdin.

use std::io::{BufRead as _, Write as _};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::error::{self, Fault};
use crate::process::{interrupted, watch_signals};

/// How often a wait for an answer looks whether Ctrl-C came.
const LOOK: Duration = Duration::from_millis(50);

/// Whoever is asked: a person, or nobody; then defaults are the answers.
pub(super) struct Questions {
    lines: Option<Receiver<std::io::Result<Vec<u8>>>>,
}

impl Questions {
    /// Nobody is asked.
    pub(super) fn none() -> Self {
        Self { lines: None }
    }

    /// Whoever sits at the terminal is asked.
    pub(super) fn on_the_terminal() -> Self {
        Self { lines: Some(lines()) }
    }

    /// The answer to a question: `given` (a flag's value), else what the user says, else `default`; checked by `rule`. A
    /// flag that breaks the rule is an error, a user is asked again.
    ///
    /// # Errors
    /// A wrong flag; Ctrl-C; the end of the input.
    pub(super) fn text<T>(
        &mut self,
        given: Option<String>,
        question: &str,
        default: &str,
        rule: impl Fn(&str) -> Result<T, Fault>,
    ) -> Result<T> {
        if let Some(given) = given {
            return Ok(rule(&given)?);
        }
        loop {
            let Some(answer) = self.ask(&format!("{question} [{default}]: "))? else {
                return Ok(rule(default)?);
            };
            let answer = if answer.trim().is_empty() { default } else { answer.trim() };
            match rule(answer) {
                Ok(value) => return Ok(value),
                Err(fault) => say(&format!(
                    "  {}\n",
                    error::report(&fault.into()).unwrap_or_default().replace('\n', "\n  ")
                )),
            }
        }
    }

    /// The answer to a question of yes or no.
    ///
    /// # Errors
    /// Ctrl-C; the end of the input.
    pub(super) fn confirm(&mut self, given: Option<bool>, question: &str, default: bool) -> Result<bool> {
        if let Some(given) = given {
            return Ok(given);
        }
        let choice = if default { "Y/n" } else { "y/N" };
        loop {
            let Some(answer) = self.ask(&format!("{question}? [{choice}]: "))? else { return Ok(default) };
            match answer.trim().to_lowercase().as_str() {
                "y" | "yes" => return Ok(true),
                "n" | "no" => return Ok(false),
                "" => return Ok(default),
                _ => say("  y or n\n"),
            }
        }
    }

    /// One line of the user's; none where nobody is asked.
    fn ask(&mut self, prompt: &str) -> Result<Option<String>> {
        let Some(lines) = &self.lines else { return Ok(None) };
        say(prompt);
        loop {
            match lines.recv_timeout(LOOK) {
                Ok(line) => {
                    let line = line.context("cannot read the answer")?;
                    return Ok(Some(String::from_utf8_lossy(&line).into_owned()));
                }
                Err(RecvTimeoutError::Timeout) if interrupted().is_none() => {}
                Err(ended) => {
                    // The prompt's line is still open.
                    say("\n");
                    return Err(match ended {
                        RecvTimeoutError::Timeout => Fault::failed("interrupted"),
                        RecvTimeoutError::Disconnected => Fault::failed(
                            "the input ended before all questions were answered; nothing was written",
                        )
                        .hint("answer by flags, and add --yes for the defaults of the rest"),
                    }
                    .into());
                }
            }
        }
    }
}

/// The lines of stdin, read by a thread of their own: a read cannot be interrupted, and Ctrl-C has to be heard.
fn lines() -> Receiver<std::io::Result<Vec<u8>>> {
    watch_signals();
    let (sender, receiver) = channel();
    let read = move || {
        let mut stdin = std::io::stdin().lock();
        loop {
            let mut line = Vec::new();
            match stdin.read_until(b'\n', &mut line) {
                // A line without an end is no answer: the terminal was closed in the middle of it.
                Ok(_) if !line.ends_with(b"\n") => return,
                read => {
                    let failed = read.is_err();
                    if sender.send(read.map(|_| line)).is_err() || failed {
                        return;
                    }
                }
            }
        }
    };
    if let Err(error) = std::thread::Builder::new().name("answers".into()).spawn(read) {
        tracing::warn!("cannot read answers: {error}");
    }
    receiver
}

/// Shows something to the user; what cannot be shown is lost.
fn say(text: &str) {
    drop(std::io::stderr().lock().write_all(text.as_bytes()));
}
