//! Calls into the agent's pod by `kubectl exec`: each is repeated until the pod has answered it in full, or has refused.
//!
//! What runs there is `pod.sh`; when to call what is `agent.rs`' business.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::error::Fault;
use crate::process::{Failure, FailureKind, pause};
use crate::tools::kubectl::{Kubectl, explained, words};

/// The script; part of the file's name is the version, so that another codexctl's script stays as it is.
const SCRIPT: &str = include_str!("pod.sh");
/// Writes the script, where it is not there already: `attach` must work on a full disk too. The count of bytes tells
/// whether all of it arrived; the script is ASCII.
const INSTALL: &str = r#"umask 077; dir=${HOME:?the pod has no HOME}/.codexctl; new=$(cat; echo .); new=${new%.}; [ "$(($(printf %s "$new" | wc -c)))" -eq "$1" ] || exit 75; [ "$new." = "$(cat "$dir/agent.sh" 2>/dev/null; echo .)" ] || { mkdir -p "$dir" && printf %s "$new" | cat >"$dir/agent.$$" && mv -f "$dir/agent.$$" "$dir/agent.sh"; } || { rm -f "$dir/agent.$$"; exit 1; }; echo "codexctl: installed""#;
/// Runs it. A pod that was replaced since has no script, and no run.
const CALL: &str = r#"script=$HOME/.codexctl/agent.sh; [ ! -e "$script" ] || exec sh "$script" "$@"; case $1 in follow) echo "@end gone" ;; stop) echo "codexctl: stopped" ;; *) echo "its pod was replaced meanwhile, start anew" >&2; exit 1 ;; esac"#;
/// The Deployment the agent's pod belongs to (spec section 8).
pub(super) const DEPLOYMENT: &str = "codex";
/// `kubectl exec`'s name for it.
const TARGET: &str = "deployment/codex";
/// One call may take this long: logging in goes over the internet, a prompt may be large.
const CALL_LIMIT: Duration = Duration::from_secs(120);
/// The script is heard of every two seconds; a connection that is silent for so long is dead.
const SILENCE: Duration = Duration::from_secs(15);
/// EX_TEMPFAIL: what was sent did not arrive whole.
const TRY_AGAIN: i32 = 75;
/// Exit codes from here on tell of a signal: what ran there was killed, which says nothing about the agent.
const KILLED: i32 = 128;

/// The agent's pod.
#[derive(Debug)]
pub(super) struct Pod<'a> {
    kubectl: &'a Kubectl,
    namespace: &'a str,
    /// How long to try without an answer.
    pub(super) patience: Duration,
}

/// Why a stream of `follow` ended before its end.
#[derive(Debug)]
pub(super) enum Broken {
    /// The connection; another may do better.
    Connection(String),
    /// codexctl's time limit for the agent.
    Deadline,
    /// Nothing that trying again could help.
    Fatal(anyhow::Error),
}

impl<'a> Pod<'a> {
    pub(super) fn new(kubectl: &'a Kubectl, namespace: &'a str, patience: Duration) -> Self {
        Self { kubectl, namespace, patience }
    }

    /// Puts the script there.
    pub(super) fn install(&self) -> Result<()> {
        let size = SCRIPT.len().to_string();
        self.repeated("install", ["sh", "-c", INSTALL, "codexctl", &size], Some(SCRIPT.as_bytes()), false)
            .map(drop)
    }

    /// Calls a verb of the script; gives the lines of its answer, without `codexctl: `.
    pub(super) fn call<const N: usize>(
        &self,
        verb: &str,
        args: [&str; N],
        rest: &[String],
        stdin: Option<&[u8]>,
    ) -> Result<Vec<String>> {
        let mut command = vec!["sh", "-c", CALL, "codexctl", verb];
        command.extend(args);
        command.extend(rest.iter().map(String::as_str));
        self.repeated(verb, command, stdin, false)
    }

    /// Ends a run, even when codexctl itself was told to end.
    pub(super) fn stop(&self, run: &str, reason: &str) -> Result<()> {
        let command = ["sh", "-c", CALL, "codexctl", "stop", run, reason];
        self.repeated("stop", command, None, true).map(drop)
    }

    fn repeated<'c>(
        &self,
        verb: &str,
        command: impl IntoIterator<Item = &'c str>,
        stdin: Option<&[u8]>,
        cleanup: bool,
    ) -> Result<Vec<String>> {
        let command: Vec<&str> = command.into_iter().collect();
        let patience = if cleanup { self.patience.min(Duration::from_secs(40)) } else { self.patience };
        let deadline = Instant::now() + patience;
        let mut retry = Retry::new(format!("{verb} in the pod"));
        loop {
            let left = deadline.saturating_duration_since(Instant::now()).max(Duration::from_secs(5));
            let mut invocation = self
                .kubectl
                .exec_command(self.namespace, TARGET, &command, stdin)
                .timeout(Some(left.min(CALL_LIMIT)));
            if cleanup {
                invocation = invocation.cleanup();
            }
            let broken = match self.kubectl.runner().run(&invocation) {
                Ok(finished) => match answer(&finished.text()) {
                    Some(lines) => return Ok(lines),
                    None => "the connection broke before the answer".to_string(),
                },
                Err(failure) => match verdict(failure) {
                    Verdict::Broken(why) => why,
                    Verdict::Fatal(error) => return Err(error),
                },
            };
            if Instant::now() >= deadline {
                return Err(Fault::failed(format!("no connection to the agent's pod: {broken}")).into());
            }
            retry.wait(&broken, deadline, cleanup)?;
        }
    }

    /// Streams `follow` into `receive` until that breaks. `Ok`: the stream ended or was ended.
    pub(super) fn follow(
        &self,
        run: &str,
        offset: u64,
        limit: Option<Duration>,
        receive: impl FnMut(&[u8]) -> ControlFlow<()>,
    ) -> Result<(), Broken> {
        let offset = offset.to_string();
        let command = ["sh", "-c", CALL, "codexctl", "follow", run, &offset];
        let invocation = self.kubectl.exec_command(self.namespace, TARGET, &command, None).timeout(limit);
        match self.kubectl.runner().stream(&invocation, SILENCE, receive) {
            Ok(_) => Ok(()),
            Err(failure) => match failure.kind {
                FailureKind::Timeout(after) if Some(after) == limit => Err(Broken::Deadline),
                FailureKind::Timeout(after) => {
                    Err(Broken::Connection(format!("nothing heard for {}s", after.as_secs())))
                }
                _ => match verdict(failure) {
                    Verdict::Broken(why) => Err(Broken::Connection(why)),
                    Verdict::Fatal(error) => Err(Broken::Fatal(error)),
                },
            },
        }
    }
}

/// The answer's lines, when it came whole: its last line is one, and ends.
fn answer(text: &str) -> Option<Vec<String>> {
    let whole = &text[..=text.rfind('\n')?];
    let lines: Vec<String> =
        whole.lines().filter_map(|line| line.strip_prefix("codexctl: ")).map(String::from).collect();
    lines.last().is_some_and(|line| !line.starts_with("warning: ")).then_some(lines)
}

/// Parts of kubectl's messages for failures that trying again does not mend.
const LASTING: [&str; 6] = [
    "(Forbidden)",
    "(Unauthorized)",
    "(NotFound)",
    "must be logged in",
    "context was not found",
    "error: context \"",
];

enum Verdict {
    Broken(String),
    Fatal(anyhow::Error),
}

/// kubectl has no exit code for a broken connection; its words decide.
fn verdict(failure: Failure) -> Verdict {
    match failure.kind {
        FailureKind::NotFound | FailureKind::Start(_) | FailureKind::Interrupted => {
            return Verdict::Fatal(failure.into());
        }
        FailureKind::Timeout(after) => {
            return Verdict::Broken(format!("no answer after {}s", after.as_secs()));
        }
        FailureKind::Exit(_) | FailureKind::Signal(_) => {}
    }
    let message = words(&failure);
    let of_script =
        message.lines().rev().find_map(|line| line.strip_prefix("command terminated with exit code "));
    match of_script.and_then(|code| code.trim().parse::<i32>().ok()) {
        Some(TRY_AGAIN) => Verdict::Broken("the connection broke while sending".into()),
        Some(code) if code >= KILLED => {
            Verdict::Broken(format!("codexctl's script in the pod was killed (exit code {code})"))
        }
        Some(code) => {
            let said: Vec<&str> = message
                .lines()
                .filter(|line| !line.starts_with("command terminated") && !line.starts_with("Defaulted"))
                .collect();
            let said = said.join("\n");
            let said = if said.trim().is_empty() { format!("exit code {code}") } else { said };
            let fault = Fault::failed(format!("in the agent's pod: {}", said.trim()));
            let fault = if said.contains("No space left on device") {
                fault.hint("the disk of the pod's HOME is full: make room there, or give it more")
            } else {
                fault
            };
            Verdict::Fatal(fault.into())
        }
        None if LASTING.iter().any(|part| message.contains(part)) => Verdict::Fatal(explained(failure)),
        None if message.trim().is_empty() => Verdict::Broken("kubectl ended without a word".into()),
        None => Verdict::Broken(message),
    }
}

/// Pauses between tries: half a second, doubled, at most ten; each reason is told once.
pub(super) struct Retry {
    what: String,
    pause: Duration,
    told: Option<String>,
}

impl Retry {
    pub(super) fn new(what: String) -> Self {
        Self { what, pause: Duration::from_millis(500), told: None }
    }

    /// Begins anew after something has worked.
    pub(super) fn reset(&mut self) {
        self.pause = Duration::from_millis(500);
        self.told = None;
    }

    /// # Errors
    /// codexctl was interrupted, which does not keep a cleanup from trying.
    pub(super) fn wait(&mut self, why: &str, deadline: Instant, cleanup: bool) -> Result<()> {
        if self.told.as_deref() != Some(why) {
            tracing::warn!("{}: {why}; trying again", self.what);
            self.told = Some(why.into());
        }
        let rest = self.pause.min(deadline.saturating_duration_since(Instant::now()));
        self.pause = (self.pause * 2).min(Duration::from_secs(10));
        if pause(rest) && !cleanup {
            return Err(Fault::failed("interrupted").into());
        }
        if cleanup && rest > Duration::ZERO && crate::process::interrupted().is_some() {
            std::thread::sleep(rest);
        }
        Ok(())
    }
}
