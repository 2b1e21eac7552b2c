//! Moves a child's output: keeps it, passes it on as it comes, and masks secrets on the way.

use std::io::{ErrorKind, Read, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::command::{Output, Stream};
use super::gate::Gate;
use super::mask::Secrets;

/// How much of an echoed stream is kept for error messages, in bytes.
const TAIL: usize = 16 * 1024;

/// How long output may pause after a child has ended before what still holds the pipe is taken to be a daemon it left.
/// A busy machine may take a while to read what is there, so output that is asked for gets more time than output that is
/// only passed on: hooks start daemons, kubectl does not.
const PATIENCE_WITH_DATA: Duration = Duration::from_secs(30);
/// See above.
const PATIENCE_WITH_LOGS: Duration = Duration::from_secs(2);

/// How echoed log output is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EchoStyle {
    /// As it comes.
    #[default]
    Raw,
    /// Line by line through the log, which gives each line its form (JSON).
    Logged,
}

/// A thread that reads one output stream of a child to its end.
pub(super) struct Pump {
    shared: Arc<Shared>,
    done: Receiver<()>,
    patience: Duration,
}

/// Starts to read a stream and hands it on in pieces, as they come; the end of the stream ends the channel.
pub(super) fn pieces(mut source: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (give, take) = channel();
    std::thread::spawn(move || {
        let mut buffer = vec![0_u8; 16 * 1024];
        loop {
            match source.read(&mut buffer) {
                Ok(0) => return,
                // Nobody waits for the output of a child that was given up.
                Ok(read) if give.send(buffer[..read].to_vec()).is_err() => return,
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return,
            }
        }
    });
    take
}

/// What the reading thread shows while it works.
#[derive(Default)]
struct Shared {
    kept: Mutex<Vec<u8>>,
    /// It waits for a slow reader of codexctl's own output, and not for the child.
    writing: AtomicBool,
    /// Bytes have come since the last look.
    fresh: AtomicBool,
}

impl Pump {
    /// Starts to read. A closed stdout or stderr of codexctl's own (`| head`) stops the echo, never the child; a gate
    /// that does not open leaves nothing to echo.
    pub(super) fn start(
        source: impl Read + Send + 'static,
        output: Output,
        style: EchoStyle,
        secrets: Secrets,
        gate: Option<Gate>,
    ) -> Self {
        let shared = Arc::new(Shared::default());
        let (tell, done) = channel();
        let echo = match output {
            Output::Capture => None,
            Output::Tee(stream) | Output::Echo(stream) => Some(Echo::new(stream, style, secrets)),
        };
        let worker = Worker { shared: shared.clone(), tail: matches!(output, Output::Echo(_)) };
        std::thread::spawn(move || {
            let echo = echo.filter(|_| gate.is_none_or(|gate| gate.wait()));
            worker.run(source, echo);
            tell.send(())
        });
        let patience =
            if matches!(output, Output::Echo(_)) { PATIENCE_WITH_LOGS } else { PATIENCE_WITH_DATA };
        Self { shared, done, patience }
    }

    /// What was kept, once the stream has ended. Something the child left in the background may hold it open for
    /// ever: after some time without a byte it is left alone.
    pub(super) fn finish(self) -> Vec<u8> {
        while self.done.recv_timeout(self.patience) == Err(RecvTimeoutError::Timeout) {
            let Shared { writing, fresh, .. } = &*self.shared;
            if !fresh.swap(false, Ordering::SeqCst) && !writing.load(Ordering::SeqCst) {
                tracing::debug!("output goes on after its program has ended; left alone");
                break;
            }
        }
        std::mem::take(&mut *self.shared.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

struct Worker {
    shared: Arc<Shared>,
    tail: bool,
}

impl Worker {
    fn run(&self, mut source: impl Read, mut echo: Option<Echo>) {
        let mut buffer = vec![0_u8; 16 * 1024];
        loop {
            let read = match source.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(_) => break,
            };
            self.shared.fresh.store(true, Ordering::SeqCst);
            self.keep(&buffer[..read]);
            if let Some(echo) = &mut echo {
                self.shared.writing.store(true, Ordering::SeqCst);
                echo.take(&buffer[..read]);
                self.shared.writing.store(false, Ordering::SeqCst);
            }
        }
        if let Some(echo) = &mut echo {
            echo.end();
        }
    }

    fn keep(&self, chunk: &[u8]) {
        let mut kept = self.shared.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(chunk);
        if self.tail && kept.len() > 2 * TAIL {
            let surplus = kept.len() - TAIL;
            kept.drain(..surplus);
        }
    }
}

/// Passes output on, masked.
struct Echo {
    stream: Stream,
    style: EchoStyle,
    secrets: Secrets,
    pending: Vec<u8>,
    /// Whether the last byte passed on ended a line.
    at_line_start: bool,
}

impl Echo {
    fn new(stream: Stream, style: EchoStyle, secrets: Secrets) -> Self {
        Self { stream, style, secrets, pending: Vec::new(), at_line_start: true }
    }

    fn logged(&self) -> bool {
        self.style == EchoStyle::Logged && self.stream == Stream::Stderr
    }

    fn take(&mut self, chunk: &[u8]) {
        self.pending.extend_from_slice(chunk);
        let mut ready = self.pending.len() - self.secrets.open_tail(&self.pending);
        if self.logged() {
            ready = self.pending[..ready].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        }
        let ready: Vec<u8> = self.pending.drain(..ready).collect();
        self.pass_on(&ready);
    }

    /// The rest; a last line without its end must not run into the log's next one.
    fn end(&mut self) {
        let rest = std::mem::take(&mut self.pending);
        self.pass_on(&rest);
        if !self.at_line_start && self.stream == Stream::Stderr && !self.logged() {
            self.pass_on(b"\n");
        }
    }

    fn pass_on(&mut self, bytes: &[u8]) {
        let Some(last) = bytes.last() else { return };
        self.at_line_start = *last == b'\n';
        // Before it is cut into lines: a secret may have several.
        let bytes = self.secrets.mask_bytes(bytes);
        if self.logged() {
            for line in String::from_utf8_lossy(&bytes).lines() {
                tracing::info!("{line}");
            }
            return;
        }
        let written = match self.stream {
            Stream::Stdout => {
                let mut out = std::io::stdout().lock();
                out.write_all(&bytes).and_then(|()| out.flush())
            }
            Stream::Stderr => std::io::stderr().lock().write_all(&bytes),
        };
        // The reader of codexctl's output is gone; the child's work still counts.
        drop(written);
    }
}
