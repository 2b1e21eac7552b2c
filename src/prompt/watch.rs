//! Follows a run in the pod to its end, over as many connections as that takes: whole events on stdout, none twice.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::Value;

use super::events::{Lines, Tally, shown};
use super::frames::{Ending, Frame, Reader};
use super::pod::{Broken, Pod, Retry};
use crate::error::Fault;
use crate::output;
use crate::process::{Secrets, interrupted};

/// The way out for whoever hears of the agent no more.
const GOES_ON: &str = "the agent may go on without it: `codexctl prompt attach` follows it again";

/// Follows one run.
pub(super) struct Watch<'a> {
    pod: &'a Pod<'a>,
    secrets: &'a Secrets,
    /// Whether events are rendered for people on stderr.
    talk: bool,
    run: String,
    about: String,
    lines: Lines,
    tally: Tally,
    log: Vec<u8>,
    ending: Option<Ending>,
    trouble: Option<anyhow::Error>,
}

/// Why following stopped.
#[derive(Debug)]
pub(super) enum Stop {
    /// The run is over.
    Ended(Ending),
    /// codexctl's time limit for the agent has come.
    Deadline,
    /// codexctl was interrupted.
    Interrupted,
}

impl<'a> Watch<'a> {
    /// `run` may be `current`.
    pub(super) fn new(pod: &'a Pod<'a>, secrets: &'a Secrets, run: &str, talk: bool) -> Self {
        Self {
            pod,
            secrets,
            talk,
            run: run.into(),
            about: String::new(),
            lines: Lines::default(),
            tally: Tally::default(),
            log: Vec::new(),
            ending: None,
            trouble: None,
        }
    }

    /// The run's name: what `current` turned out to be.
    pub(super) fn run(&self) -> &str {
        &self.run
    }

    /// What came of it, for the summary.
    pub(super) fn tally(&self) -> &Tally {
        &self.tally
    }

    /// The end of the agent's log.
    pub(super) fn log(&self) -> String {
        self.secrets.mask(String::from_utf8_lossy(&self.log).trim())
    }

    /// Follows until the end, the deadline, or an interruption.
    ///
    /// # Errors
    /// No connection for longer than the pod's patience, or one that can never be.
    pub(super) fn follow(&mut self, deadline: Option<Instant>) -> Result<Stop> {
        let pod = self.pod;
        let mut retry = Retry::new("the connection to the agent broke".into());
        let mut heard = Instant::now();
        loop {
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Ok(Stop::Deadline);
            }
            let mut reader = Reader::new();
            self.lines.rewind();
            self.log.clear();
            let (run, offset) = (self.run.clone(), self.lines.taken);
            let result = pod.follow(&run, offset, left, |piece| {
                heard = Instant::now();
                retry.reset();
                self.receive(&mut reader, piece)
            });
            if let Some(ending) = self.ending.take() {
                return Ok(Stop::Ended(ending));
            }
            if interrupted().is_some() {
                return Ok(Stop::Interrupted);
            }
            if let Some(error) = self.trouble.take() {
                let message = crate::error::report(&error).unwrap_or_default();
                return Err(Fault::failed(message).hint(GOES_ON).into());
            }
            let why = match result {
                Ok(()) => "it ended early".to_string(),
                Err(Broken::Connection(why)) => why,
                Err(Broken::Deadline) => return Ok(Stop::Deadline),
                Err(Broken::Fatal(error)) => return Err(error),
            };
            let give_up = heard + pod.patience;
            if Instant::now() >= give_up {
                let seconds = pod.patience.as_secs();
                return Err(Fault::failed(format!("no connection to the agent for {seconds}s: {why}"))
                    .hint(GOES_ON)
                    .into());
            }
            let until = deadline.map_or(give_up, |at| at.min(give_up));
            if retry.wait(&why, until, false).is_err() {
                return Ok(Stop::Interrupted);
            }
        }
    }

    fn receive(&mut self, reader: &mut Reader, piece: &[u8]) -> ControlFlow<()> {
        let frames = match reader.read(piece) {
            Ok(frames) => frames,
            Err(line) => {
                tracing::debug!("not from the pod's script: {line}");
                return ControlFlow::Break(());
            }
        };
        for frame in frames {
            match frame {
                Frame::Run(run, about) => self.greet(run, about),
                Frame::Events(bytes) => {
                    let whole = self.lines.push(&bytes);
                    self.show(&whole);
                }
                Frame::Alive => {}
                Frame::Log(bytes) => self.log.extend(bytes),
                Frame::Full => {
                    tracing::warn!("the disk of the pod's HOME is full; events and log may lack their ends");
                }
                Frame::End(ending) => {
                    if let Some(rest) = self.lines.rest() {
                        self.show(&rest);
                    }
                    self.ending = Some(ending);
                }
            }
        }
        if self.trouble.is_some() || self.ending.is_some() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    fn greet(&mut self, run: String, about: String) {
        if self.about.is_empty() {
            tracing::info!("following run {run}: {about}");
        }
        self.run = run;
        self.about = about;
    }

    /// Raw lines to stdout, and the same for people to stderr.
    fn show(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let text = self.secrets.mask(&String::from_utf8_lossy(bytes));
        if let Err(error) = output::print(&text) {
            self.trouble = Some(error);
        }
        for event in text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
            self.tally.count(&event);
            if let Some(text) = self.talk.then(|| shown(&event)).flatten() {
                tracing::info!("{text}");
            }
        }
    }
}

/// How long to wait for the last events of an agent that was told to end.
pub(super) const LAST_WORDS: Duration = Duration::from_secs(30);
