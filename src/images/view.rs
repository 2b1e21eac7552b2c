//! What a person sees while images are worked on: one live line per image on a terminal, plain lines elsewhere. The
//! output of docker is kept per image and shown in one piece: always in GitHub Actions, else on failure.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::logging::Group;
use crate::output;
use crate::process::{Failure, Finished};

/// The view of all images of a run.
pub(super) struct View {
    live: Option<(MultiProgress, Vec<ProgressBar>)>,
    names: Vec<String>,
    /// Held while lines that belong together are written.
    printing: Mutex<()>,
}

impl View {
    pub(super) fn new(names: Vec<String>) -> Self {
        let live = output::fancy_stderr().then(|| {
            let all = MultiProgress::new();
            let width = names.iter().map(String::len).max().unwrap_or_default();
            let template = format!("{{spinner}} {{prefix:{width}}}  {{wide_msg}}");
            let style =
                ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_spinner());
            let bar = |name: &String| {
                let bar = ProgressBar::new_spinner().with_style(style.clone()).with_prefix(name.clone());
                let bar = all.add(bar.with_message("waiting"));
                // Drawn from the start: a bar shows nothing before its first tick.
                bar.tick();
                bar
            };
            let bars = names.iter().map(bar).collect();
            (all, bars)
        });
        Self { live, names, printing: Mutex::new(()) }
    }

    /// The part of one image.
    pub(super) fn progress(&self, at: usize) -> Progress<'_> {
        if let Some((_, bars)) = &self.live {
            bars[at].enable_steady_tick(Duration::from_millis(120));
        }
        Progress { view: self, at, transcript: String::new() }
    }

    /// Leaves the lines as they are.
    pub(super) fn close(&self) {
        for bar in self.live.iter().flat_map(|(_, bars)| bars).filter(|bar| !bar.is_finished()) {
            bar.abandon();
        }
    }

    /// Writes to the log without anything else in between.
    fn print(&self, write: impl FnOnce()) {
        let _guard = self.printing.lock().unwrap_or_else(PoisonError::into_inner);
        match &self.live {
            Some((all, _)) => all.suspend(write),
            None => write(),
        }
    }
}

/// How far one image is, and what docker said about it.
pub(super) struct Progress<'a> {
    view: &'a View,
    at: usize,
    transcript: String,
}

impl Progress<'_> {
    /// Says what is being done.
    pub(super) fn step(&mut self, what: &str) {
        self.transcript.push_str(&format!("── {what}\n"));
        match &self.view.live {
            Some((_, bars)) => bars[self.at].set_message(what.to_string()),
            None => self.view.print(|| tracing::info!("{}: {what}", self.name())),
        }
    }

    /// Keeps what docker wrote, and hands the result on.
    pub(super) fn keep(&mut self, result: Result<Finished, Failure>) -> Result<Finished, Failure> {
        let (stdout, stderr) = match &result {
            Ok(finished) => (finished.text(), &finished.stderr),
            Err(failure) => (failure.written.stdout.clone(), &failure.written.stderr),
        };
        for text in [&stdout, stderr].into_iter().filter(|text| !text.trim().is_empty()) {
            self.transcript.push_str(text.trim_end());
            self.transcript.push('\n');
        }
        result
    }

    /// It worked; `what` says how.
    pub(super) fn done(self, what: &str) {
        if let Some((_, bars)) = &self.view.live {
            bars[self.at].finish_with_message(what.to_string());
            return;
        }
        self.view.print(|| {
            if output::in_github_actions() {
                self.show_transcript(what);
            } else {
                tracing::info!("{}: {what}", self.name());
            }
        });
    }

    /// It did not: everything docker wrote, then `why`.
    pub(super) fn failed(self, why: &str) {
        if let Some((_, bars)) = &self.view.live {
            bars[self.at].finish_with_message("failed");
        }
        self.view.print(|| {
            self.show_transcript("failed");
            tracing::error!("image {}: {why}", self.name());
        });
    }

    fn show_transcript(&self, what: &str) {
        let title = format!("image {}: {what}", self.name());
        let _group = Group::begin(&title);
        if output::in_github_actions() {
            tracing::info!("{}", self.transcript.trim_end());
        } else {
            tracing::info!("{title}\n{}", self.transcript.trim_end());
        }
    }

    fn name(&self) -> &str {
        &self.view.names[self.at]
    }
}
