//! The command line: one thin file per verb, which reads flags, calls the library and prints. No logic of its own.

mod age;
mod apply;
mod args;
mod complete;
mod completions;
mod confirm;
mod convert;
mod destroy;
mod diff;
mod doctor;
mod graph;
mod images;
mod init;
mod man;
mod manage_env;
mod prompt;
mod render;
mod schema;
mod status;
mod validate;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::app::App;
use crate::logging::{self, LogFormat};
use crate::process::{EchoStyle, Runner, Secrets};
use crate::{error, output};

/// Manage a Kubernetes stack from one services.yaml.
#[derive(Debug, Parser)]
#[command(name = "codexctl", version, about, propagate_version = true, arg_required_else_help = true)]
#[command(
    after_help = "Examples:\n  codexctl render --env dev\n  codexctl apply --env dev --wait\n\nStart with `codexctl help apply`."
)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Args)]
struct Global {
    /// services.yaml to use [default: the nearest one, here or in a parent folder]
    #[arg(short, long, global = true, value_name = "FILE", env = "CODEXCTL_CONFIG")]
    config: Option<PathBuf>,
    /// Unknown keys in services.yaml are errors, not warnings
    #[arg(long, global = true)]
    strict: bool,
    /// How much to log on stderr [default: info]
    #[arg(long, global = true, value_name = "LEVEL", env = "CODEXCTL_LOG_LEVEL", ignore_case = true)]
    log_level: Option<Level>,
    /// Log lines for people, or one JSON object a line
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    log_format: LogFormat,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Level {
    Debug,
    Info,
    Warn,
    Error,
}

impl From<Level> for tracing::Level {
    fn from(level: Level) -> Self {
        match level {
            Level::Debug => Self::DEBUG,
            Level::Info => Self::INFO,
            Level::Warn => Self::WARN,
            Level::Error => Self::ERROR,
        }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Args),
    Validate(validate::Args),
    Render(render::Args),
    Diff(diff::Args),
    Apply(apply::Args),
    Status(status::Args),
    Destroy(destroy::Args),
    Doctor(doctor::Args),
    Images(images::Args),
    ManageEnv(manage_env::Args),
    Prompt(prompt::Args),
    Graph(graph::Args),
    Convert(convert::Args),
    Schema(schema::Args),
    Completions(completions::Args),
    Man(man::Args),
}

impl Command {
    fn run(self, app: &App) -> Result<()> {
        match self {
            Self::Init(args) => args.run(),
            Self::Validate(args) => args.run(app),
            Self::Render(args) => args.run(app),
            Self::Diff(args) => args.run(app),
            Self::Apply(args) => args.run(app),
            Self::Status(args) => args.run(app),
            Self::Destroy(args) => args.run(app),
            Self::Doctor(args) => args.run(app),
            Self::Images(args) => args.run(app),
            Self::ManageEnv(args) => args.run(app),
            Self::Prompt(args) => args.run(app),
            Self::Graph(args) => args.run(app),
            Self::Convert(args) => args.run(app),
            Self::Schema(args) => args.run(app),
            Self::Completions(args) => args.run(),
            Self::Man(args) => args.run(Cli::command()),
        }
    }
}

/// Runs one invocation: arguments of the process in, exit code out.
pub fn main() -> ExitCode {
    // Before anything that could find fault with a line that is still being typed.
    if let Some(code) = complete::answer(Cli::command) {
        return code;
    }
    let command = without_empty_twins(Cli::command());
    let cli = match command.try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => return usage(&with_source(error)),
    };
    let secrets = Secrets::default();
    let variables: Vec<(String, String)> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    secrets.learn(variables.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    logging::init(level(cli.global.log_level), cli.global.log_format, secrets.clone());
    let echo = match cli.global.log_format {
        LogFormat::Json => EchoStyle::Logged,
        LogFormat::Text => EchoStyle::Raw,
    };
    let runner = Runner::new(secrets).echo(echo);
    let app = App { config: cli.global.config, strict: cli.global.strict, runner };
    let result = cli.command.run(&app);
    crate::process::leave_nothing();
    match result {
        Ok(()) => match crate::process::interrupted() {
            Some(interrupt) => ExitCode::from(error::interrupt_code(interrupt)),
            None => ExitCode::SUCCESS,
        },
        Err(failure) => {
            if let Some(text) = error::report(&failure) {
                tracing::error!("{text}");
            }
            ExitCode::from(error::exit_code(&failure))
        }
    }
}

/// `--log-level`, else CODEX_LOG_LEVEL (the Go tool's name), else info.
fn level(flag: Option<Level>) -> tracing::Level {
    let fallback = || {
        let text = std::env::var("CODEX_LOG_LEVEL").ok()?;
        <Level as clap::ValueEnum>::from_str(text.trim(), true).ok()
    };
    flag.or_else(fallback).unwrap_or(Level::Info).into()
}

/// A variable that is set to nothing counts as not set: CI systems pass inputs nobody filled in that way.
fn without_empty_twins(command: clap::Command) -> clap::Command {
    let unset = |arg: clap::Arg| match arg.get_env() {
        Some(name) if std::env::var_os(name).is_some_and(|value| value.is_empty()) => {
            arg.env(clap::builder::Resettable::Reset)
        }
        _ => arg,
    };
    command.mut_args(unset).mut_subcommands(without_empty_twins)
}

/// Says that a value which does not fit comes from a flag's variable, where it does: the message names only the flag.
fn with_source(mut error: clap::Error) -> clap::Error {
    let Some(ContextValue::String(shown)) = error.get(ContextKind::InvalidArg) else { return error };
    let flag = shown.split_whitespace().next().unwrap_or_default();
    let given = std::env::args_os().any(|word| word.to_string_lossy().split('=').next() == Some(flag));
    let variable = twin(&Cli::command(), flag).filter(|name| !given && std::env::var_os(name).is_some());
    if let Some(name) = variable {
        let tip = format!("the value comes from the environment variable {name}").into();
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip]));
    }
    error
}

/// The variable that stands for a flag, of whatever command.
fn twin(command: &clap::Command, flag: &str) -> Option<String> {
    let own = command.get_arguments().find(|arg| arg.get_long() == flag.strip_prefix("--"));
    let name = own.and_then(clap::Arg::get_env).and_then(|name| name.to_str()).map(String::from);
    name.or_else(|| command.get_subcommands().find_map(|command| twin(command, flag)))
}

/// clap's own errors: help and version are no failure, everything else is wrong usage (exit code 2).
fn usage(error: &clap::Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let text = error.render();
            let text = if output::fancy_stdout() { text.ansi().to_string() } else { text.to_string() };
            match output::print(&text) {
                Ok(()) => ExitCode::SUCCESS,
                Err(_) => ExitCode::FAILURE,
            }
        }
        _ => {
            let text = error.render();
            let text = if output::fancy_stderr() { text.ansi().to_string() } else { text.to_string() };
            drop(std::io::Write::write_all(&mut std::io::stderr(), text.as_bytes()));
            ExitCode::from(2)
        }
    }
}
