//! Runs an [`Invocation`]: one process group, three pipes, a deadline, and a result.

use std::io::Write;
use std::ops::ControlFlow;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};

use super::command::{Invocation, Output};
use super::failure::{Failure, FailureKind, Written};
use super::mask::Secrets;
use super::pump::{EchoStyle, Pump};
use super::{pump, signal, tree};

/// How long a child that was told to end may take before it is killed.
const GRACE: Duration = Duration::from_secs(2);
/// What a successful child wrote.
#[derive(Clone, Debug)]
pub struct Finished {
    /// Standard output (only the end for `Output::Echo`).
    pub stdout: Vec<u8>,
    /// Standard error, invalid UTF-8 replaced.
    pub stderr: String,
}

impl Finished {
    /// Standard output as text, invalid UTF-8 replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }
}

/// Starts child processes for one codexctl run.
#[derive(Clone, Debug, Default)]
pub struct Runner {
    secrets: Secrets,
    echo: EchoStyle,
}

impl Runner {
    /// A runner that masks these secrets in logs, echoed output and errors.
    pub fn new(secrets: Secrets) -> Self {
        Self { secrets, echo: EchoStyle::Raw }
    }

    /// The same runner, which writes echoed log output in this style.
    #[must_use]
    pub fn echo(self, echo: EchoStyle) -> Self {
        Self { echo, ..self }
    }

    /// The secrets this runner masks.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Runs the command to its end.
    ///
    /// # Errors
    /// Everything but exit code 0, as a [`Failure`] with the command line and what was written.
    pub fn run(&self, invocation: &Invocation) -> Result<Finished, Failure> {
        self.start(invocation, false, |running| running.finish(invocation))
    }

    /// Runs the command and hands its standard output to `receive` piece by piece, as it comes and unmasked; the
    /// invocation's own setting for standard output does not count. `receive` ends the child by breaking, which is no
    /// failure. A child that is silent for `idle` is ended, as [`FailureKind::Timeout`].
    ///
    /// # Errors
    /// As [`Runner::run`].
    pub fn stream(
        &self,
        invocation: &Invocation,
        idle: Duration,
        mut receive: impl FnMut(&[u8]) -> ControlFlow<()>,
    ) -> Result<Finished, Failure> {
        let deadline = invocation.timeout.map(|limit| (limit, Instant::now() + limit));
        self.start(invocation, true, |running| {
            loop {
                let left = deadline.map(|(_, at)| at.saturating_duration_since(Instant::now()));
                match running.piece(left.map_or(idle, |left| left.min(idle))) {
                    Ok(piece) if receive(&piece).is_continue() => {}
                    Ok(_) => return running.stop(None),
                    Err(RecvTimeoutError::Disconnected) => return running.finish(invocation),
                    Err(RecvTimeoutError::Timeout) => {
                        let limit = deadline.filter(|_| left <= Some(idle)).map_or(idle, |(limit, _)| limit);
                        return running.stop(Some(FailureKind::Timeout(limit)));
                    }
                }
            }
        })
    }

    fn start(
        &self,
        invocation: &Invocation,
        pieces: bool,
        finish: impl FnOnce(Running) -> End,
    ) -> Result<Finished, Failure> {
        let line = self.secrets.mask(&invocation.line());
        let fail = |kind| Failure {
            kind,
            program: invocation.program.clone(),
            line: line.clone(),
            written: Box::default(),
        };
        if signal::interrupted().is_some() && !invocation.cleanup {
            return Err(fail(FailureKind::Interrupted));
        }
        let program = which::which(&invocation.program).map_err(|_| fail(FailureKind::NotFound))?;
        signal::watch_signals();
        tracing::debug!("running {line}");
        let started = Instant::now();
        let running = self
            .spawn(&program, invocation, pieces)
            .map_err(|error| fail(FailureKind::Start(error.to_string())))?;
        let End { kind, stdout, stderr } = finish(running);
        tracing::debug!("{} ended after {:.2?}", invocation.program, started.elapsed());
        let stderr = self.secrets.mask(&String::from_utf8_lossy(&stderr));
        match kind {
            None => Ok(Finished { stdout, stderr }),
            Some(kind) => {
                let stdout = self.secrets.mask(&String::from_utf8_lossy(&stdout));
                let stderr_shown = matches!(invocation.stderr, Output::Tee(_) | Output::Echo(_));
                Err(Failure { written: Box::new(Written { stdout, stderr, stderr_shown }), ..fail(kind) })
            }
        }
    }

    fn spawn(&self, program: &Path, invocation: &Invocation, pieces: bool) -> std::io::Result<Running> {
        #[expect(clippy::disallowed_types, reason = "this is the door")]
        let mut command = std::process::Command::new(program);
        command
            .args(&invocation.args)
            .envs(invocation.env.iter().map(|(name, value)| (name, value)))
            .stdin(if invocation.stdin.is_some() { Stdio::piped() } else { Stdio::null() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        if let Some(dir) = &invocation.cwd {
            command.current_dir(dir);
        }
        let start = || {
            let child = command.spawn()?;
            let id = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
            Ok((id.ok_or_else(|| std::io::Error::other("the child has no process id"))?, child))
        };
        let reach = if invocation.cleanup { signal::Reach::Second } else { signal::Reach::First };
        let (leader, mut child) = signal::Registration::of(start, reach)?;
        if let (Some(mut pipe), Some(bytes)) = (child.stdin.take(), invocation.stdin.clone()) {
            let gate = invocation.gate.clone();
            std::thread::spawn(move || {
                if gate.is_some_and(|gate| !gate.wait()) {
                    return Ok(());
                }
                // A child that ends without reading everything closes the pipe; its exit code says why.
                pipe.write_all(&bytes)
            });
        }
        let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(std::io::Error::other("the child has no output pipes"));
        };
        let stdout = if pieces {
            Stdout::Pieces(pump::pieces(stdout))
        } else {
            let gate = invocation.gate.clone();
            Stdout::Kept(Pump::start(stdout, invocation.stdout, self.echo, self.secrets.clone(), gate))
        };
        let stderr = Pump::start(stderr, invocation.stderr, self.echo, self.secrets.clone(), None);
        let (tell, ended) = channel();
        std::thread::spawn(move || tell.send(child.wait()));
        Ok(Running { leader, ended, stdout, stderr })
    }
}

/// What becomes of standard output.
enum Stdout {
    /// What the invocation says.
    Kept(Pump),
    /// It is handed on as it comes.
    Pieces(Receiver<Vec<u8>>),
}

/// How a child ended: no kind is success.
struct End {
    kind: Option<FailureKind>,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

/// A started child and the threads that serve its pipes.
struct Running {
    leader: signal::Registration,
    ended: Receiver<std::io::Result<ExitStatus>>,
    stdout: Stdout,
    stderr: Pump,
}

impl Running {
    /// Waits for the end, ends the child itself at its deadline, and collects its output.
    fn finish(self, invocation: &Invocation) -> End {
        let mut timed_out = None;
        let status = match invocation.timeout {
            None => self.ended.recv().ok(),
            Some(limit) => match self.ended.recv_timeout(limit) {
                Ok(status) => Some(status),
                Err(RecvTimeoutError::Disconnected) => None,
                Err(RecvTimeoutError::Timeout) => {
                    timed_out = Some(limit);
                    self.end()
                }
            },
        };
        let interrupted = signal::interrupted().is_some() && !invocation.cleanup;
        if interrupted || timed_out.is_some() {
            self.leader.sweep();
        }
        let kind = match (timed_out, interrupted, status) {
            (_, true, _) => Some(FailureKind::Interrupted),
            (Some(limit), ..) => Some(FailureKind::Timeout(limit)),
            (None, false, Some(Ok(status))) => verdict(status),
            (None, false, Some(Err(error))) => Some(FailureKind::Start(error.to_string())),
            (None, false, None) => Some(FailureKind::Start("its end was not seen".into())),
        };
        // Both at the same time: a daemon that holds the pipes is waited for once.
        let stdout = match self.stdout {
            Stdout::Kept(pump) => Some(std::thread::spawn(move || pump.finish())),
            Stdout::Pieces(_) => None,
        };
        let stderr = self.stderr.finish();
        End { kind, stdout: stdout.and_then(|kept| kept.join().ok()).unwrap_or_default(), stderr }
    }

    /// The next piece of standard output.
    fn piece(&self, patience: Duration) -> Result<Vec<u8>, RecvTimeoutError> {
        match &self.stdout {
            Stdout::Pieces(pieces) => pieces.recv_timeout(patience),
            Stdout::Kept(_) => Err(RecvTimeoutError::Disconnected),
        }
    }

    /// Ends the child now; `kind` says what that means.
    fn stop(self, kind: Option<FailureKind>) -> End {
        drop(self.end());
        self.leader.sweep();
        let kind = if signal::interrupted().is_some() { Some(FailureKind::Interrupted) } else { kind };
        End { kind, stdout: Vec::new(), stderr: self.stderr.finish() }
    }

    fn end(&self) -> Option<std::io::Result<ExitStatus>> {
        tree::end(self.leader.pid(), Signal::TERM);
        self.ended.recv_timeout(GRACE).ok().or_else(|| {
            tree::end(self.leader.pid(), Signal::KILL);
            self.ended.recv().ok()
        })
    }
}

fn verdict(status: ExitStatus) -> Option<FailureKind> {
    match (status.code(), status.signal()) {
        (Some(0), _) => None,
        (Some(code), _) => Some(FailureKind::Exit(code)),
        (None, signal) => Some(FailureKind::Signal(signal.unwrap_or(0))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(20);

    fn sh(script: &str) -> Invocation {
        Invocation::new("sh").args(["-c", script])
    }

    /// Streams to the end; gives what came and how it ended.
    fn stream(invocation: &Invocation, idle: Duration) -> (Vec<u8>, Result<Finished, Failure>) {
        let mut all = Vec::new();
        let result = Runner::default().stream(invocation, idle, |piece| {
            all.extend_from_slice(piece);
            ControlFlow::Continue(())
        });
        (all, result)
    }

    #[test]
    fn a_stream_is_whole_and_ends_as_the_child_does() {
        let (all, result) = stream(&sh("cat; echo oops >&2; exit 3").stdin(vec![b'x'; 300_000]), LONG);
        assert_eq!(all, vec![b'x'; 300_000]);
        let failure = result.unwrap_err();
        assert_eq!((failure.kind.clone(), failure.message()), (FailureKind::Exit(3), "oops"));
    }

    #[test]
    fn pieces_come_while_the_child_runs_and_it_can_be_ended() {
        let started = Instant::now();
        let mut first = Vec::new();
        let result = Runner::default().stream(&sh("echo one; sleep 60; echo two"), LONG, |piece| {
            first.extend_from_slice(piece);
            ControlFlow::Break(())
        });
        assert!(result.is_ok() && first == b"one\n" && started.elapsed() < LONG);
    }

    #[test]
    fn silence_and_the_time_limit_end_it() {
        let idle = Duration::from_millis(300);
        let (all, result) = stream(&sh("echo one; sleep 60"), idle);
        assert_eq!((all, result.unwrap_err().kind), (b"one\n".to_vec(), FailureKind::Timeout(idle)));
        let limit = Duration::from_millis(700);
        let chatty = sh("while :; do echo on; sleep 0.1; done").timeout(Some(limit));
        let (_, result) = stream(&chatty, Duration::from_secs(5));
        assert_eq!(result.unwrap_err().kind, FailureKind::Timeout(limit));
    }
}
