//! The log on stderr: text for people, JSON for machines, workflow commands for GitHub Actions. Secrets are masked in
//! every line, whatever wrote it.

use std::fmt::{self, Write as _};
use std::io::Write as _;

use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::Registry;

use crate::output;
use crate::process::Secrets;

/// `--log-format`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Sets the log up for this process.
pub(crate) fn init(level: Level, format: LogFormat, secrets: Secrets) {
    let style = match format {
        LogFormat::Json => Style::Json,
        LogFormat::Text if output::in_github_actions() => Style::Actions,
        LogFormat::Text => Style::Text { colour: output::fancy_stderr() },
    };
    let subscriber = Registry::default().with(Lines { level, style, secrets });
    // Fails only when a subscriber is set already, which a second call in one process (tests) may do.
    drop(tracing::subscriber::set_global_default(subscriber));
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Text { colour: bool },
    Json,
    Actions,
}

struct Lines {
    level: Level,
    style: Style,
    secrets: Secrets,
}

impl<S: Subscriber> Layer<S> for Lines {
    fn enabled(&self, metadata: &tracing::Metadata<'_>, _: Context<'_, S>) -> bool {
        *metadata.level() <= self.level && metadata.target().starts_with("codexctl")
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == GROUP && self.style != Style::Actions {
            return;
        }
        let mut message = Message(String::new());
        event.record(&mut message);
        if event.metadata().target() == GROUP {
            let line = format!("{}\n", self.secrets.mask(&message.0));
            drop(std::io::stderr().lock().write_all(line.as_bytes()));
            return;
        }
        let line = self.style.line(*event.metadata().level(), &self.secrets.mask(&message.0));
        // Nothing is left to tell it to when stderr itself is closed.
        drop(std::io::stderr().lock().write_all(line.as_bytes()));
    }
}

/// The event's message, other fields behind it.
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = match field.name() {
            "message" => write!(self.0, "{value:?}"),
            name => write!(self.0, " {name}={value:?}"),
        };
    }
}

impl Style {
    fn line(self, level: Level, message: &str) -> String {
        let name = level_name(level);
        match self {
            Self::Json => {
                let time = jiff::Timestamp::now().to_string();
                format!("{}\n", json!({ "time": time, "level": name, "message": message }))
            }
            Self::Actions => match level {
                Level::ERROR | Level::WARN => format!("::{name}::{}\n", escape(message)),
                Level::INFO => format!("{message}\n"),
                _ => format!("::debug::{}\n", escape(message)),
            },
            Self::Text { .. } if level == Level::INFO => format!("{message}\n"),
            Self::Text { colour: false } => format!("{name}: {message}\n"),
            Self::Text { colour: true } => {
                let code = match level {
                    Level::ERROR => "1;31",
                    Level::WARN => "1;33",
                    _ => "2",
                };
                format!("\x1b[{code}m{name}:\x1b[0m {message}\n")
            }
        }
    }
}

fn level_name(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warning",
        Level::INFO => "info",
        _ => "debug",
    }
}

/// A workflow command is one line. Source: GitHub's workflow command reference.
fn escape(message: &str) -> String {
    message.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a workflow command ends at a colon or comma.
fn escape_property(value: &str) -> String {
    escape(value).replace(':', "%3A").replace(',', "%2C")
}

/// Shows a message beside a line of a file, in GitHub Actions; says nothing elsewhere. `level` is `error`, `warning` or
/// `notice`; `place` is file, line and column. Whatever the log's level: it is no log.
pub(crate) fn annotate(level: &str, place: (&str, Option<u32>, Option<u32>), title: &str, message: &str) {
    let (file, line, column) = place;
    let mut properties = format!("file={}", escape_property(file));
    for (key, number) in [("line", line), ("col", column)] {
        if let Some(number) = number {
            properties.push_str(&format!(",{key}={number}"));
        }
    }
    let title = escape_property(title);
    tracing::error!(target: GROUP, "::{level} {properties},title={title}::{}", escape(message));
}

/// Target of the events that only GitHub Actions sees: workflow commands, written as they are.
const GROUP: &str = "codexctl::group";

/// Folds log lines in GitHub Actions while it lives; says nothing elsewhere.
pub(crate) struct Group(());

impl Group {
    /// Begins a group.
    pub(crate) fn begin(title: &str) -> Self {
        tracing::info!(target: GROUP, "::group::{}", escape(title));
        Self(())
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        tracing::info!(target: GROUP, "::endgroup::");
    }
}
