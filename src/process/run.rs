//! Runs an [`Invocation`]: one process group, three pipes, a deadline, and a result.

use std::io::Write;
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
use super::{signal, tree};

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
        let line = self.secrets.mask(&invocation.line());
        let fail = |kind| Failure {
            kind,
            program: invocation.program.clone(),
            line: line.clone(),
            written: Box::default(),
        };
        if signal::interrupted().is_some() {
            return Err(fail(FailureKind::Interrupted));
        }
        let program = which::which(&invocation.program).map_err(|_| fail(FailureKind::NotFound))?;
        signal::watch_signals();
        tracing::debug!("running {line}");
        let started = Instant::now();
        let running =
            self.start(&program, invocation).map_err(|error| fail(FailureKind::Start(error.to_string())))?;
        let (kind, stdout, stderr) = running.finish(invocation.timeout);
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

    fn start(&self, program: &Path, invocation: &Invocation) -> std::io::Result<Running> {
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
        let mut child = command.spawn()?;
        let id = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        let pid = id.ok_or_else(|| std::io::Error::other("the child has no process id"))?;
        let registered = signal::Registration::new(pid);
        if let (Some(mut pipe), Some(bytes)) = (child.stdin.take(), invocation.stdin.clone()) {
            // A child that ends without reading everything closes the pipe; its exit code says why.
            std::thread::spawn(move || pipe.write_all(&bytes));
        }
        let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(std::io::Error::other("the child has no output pipes"));
        };
        let stdout = Pump::start(stdout, invocation.stdout, self.echo, self.secrets.clone());
        let stderr = Pump::start(stderr, invocation.stderr, self.echo, self.secrets.clone());
        let (tell, ended) = channel();
        std::thread::spawn(move || tell.send(child.wait()));
        Ok(Running { pid, ended, stdout, stderr, _registered: registered })
    }
}

/// A started child: its group leader's id and the threads that serve its pipes.
struct Running {
    pid: Pid,
    ended: Receiver<std::io::Result<ExitStatus>>,
    stdout: Pump,
    stderr: Pump,
    _registered: signal::Registration,
}

impl Running {
    /// Waits for the end, ends the child itself at its deadline, and collects its output.
    fn finish(self, timeout: Option<Duration>) -> (Option<FailureKind>, Vec<u8>, Vec<u8>) {
        let mut timed_out = None;
        let status = match timeout {
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
        let interrupted = signal::interrupted().is_some();
        if interrupted || timed_out.is_some() {
            tree::sweep(self.pid);
        }
        let kind = match (timed_out, interrupted, status) {
            (_, true, _) => Some(FailureKind::Interrupted),
            (Some(limit), ..) => Some(FailureKind::Timeout(limit)),
            (None, false, Some(Ok(status))) => verdict(status),
            (None, false, Some(Err(error))) => Some(FailureKind::Start(error.to_string())),
            (None, false, None) => Some(FailureKind::Start("its end was not seen".into())),
        };
        // Both at the same time: a daemon that holds the pipes is waited for once.
        let stdout = self.stdout;
        let stdout = std::thread::spawn(move || stdout.finish());
        let stderr = self.stderr.finish();
        (kind, stdout.join().unwrap_or_default(), stderr)
    }

    fn end(&self) -> Option<std::io::Result<ExitStatus>> {
        tree::end(self.pid, Signal::TERM);
        self.ended.recv_timeout(GRACE).ok().or_else(|| {
            tree::end(self.pid, Signal::KILL);
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
