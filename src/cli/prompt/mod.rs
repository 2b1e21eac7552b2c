//! `codexctl prompt`: one file per verb, and the flags they share.

mod attach;
mod config;
mod render;
mod run;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;

use super::args::{VariableArgs, duration};
use crate::app::{App, StackRequest};
use crate::config::{EnvName, Slot, Target};
use crate::output;
use crate::prompt::{Kind, Request, Wanted};

/// Render the agent's prompts and config, and run the agent in a slot
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true)]
#[command(
    after_help = "Examples:\n  codexctl prompt run --slot 3 --issue 42\n  codexctl prompt render --kind dev_issue --issue 42 --lang ru"
)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Render(render::Args),
    Config(config::Args),
    Run(Box<run::Args>),
    Attach(attach::Args),
}

impl Args {
    pub(super) fn run(self, app: &App) -> Result<()> {
        match self.verb {
            Verb::Render(args) => args.run(app),
            Verb::Config(args) => args.run(app),
            Verb::Run(args) => args.run(app),
            Verb::Attach(args) => args.run(app),
        }
    }
}

/// Which slot, and the variables. Agents work in slots, so `ai` goes without saying.
#[derive(Debug, clap::Args)]
struct SlotArgs {
    /// Environment of services.yaml
    #[arg(short, long, value_name = "ENV", env = "CODEXCTL_ENV", default_value = "ai")]
    env: String,
    /// Slot number
    #[arg(long, value_name = "N", env = "CODEXCTL_SLOT", allow_hyphen_values = true)]
    slot: Option<Slot>,
    /// Namespace, instead of the one services.yaml gives
    #[arg(short, long, value_name = "NS", env = "CODEXCTL_NAMESPACE")]
    namespace: Option<String>,
    #[command(flatten)]
    variables: VariableArgs,
}

impl SlotArgs {
    fn into_request(self) -> StackRequest {
        StackRequest {
            target: Target { env: EnvName::new(self.env), slot: self.slot, namespace: self.namespace },
            variables: self.variables.into_input(),
        }
    }
}

/// What the agent is to do, and how it thinks.
#[derive(Debug, clap::Args)]
struct TaskArgs {
    #[command(flatten)]
    slot: SlotArgs,
    /// Issue to work on
    #[arg(long, value_name = "N", env = "CODEXCTL_ISSUE_NUMBER", value_parser = number)]
    issue: Option<u64>,
    /// Pull request to work on
    #[arg(long, value_name = "N", env = "CODEXCTL_PR_NUMBER", value_parser = number)]
    pr: Option<u64>,
    /// Language of the prompt [default: CODEX_PROMPT_LANG, else codex.promptLang, else en]
    #[arg(long, value_name = "LANG", env = "CODEXCTL_LANG")]
    lang: Option<String>,
    /// Model [default: codex.model]
    #[arg(short, long, value_name = "MODEL")]
    model: Option<String>,
    /// Reasoning effort [default: codex.modelReasoningEffort]
    #[arg(long, value_name = "EFFORT")]
    reasoning_effort: Option<String>,
}

impl TaskArgs {
    fn into_request(self) -> Request {
        Request {
            stack: self.slot.into_request(),
            issue: self.issue,
            pr: self.pr,
            lang: self.lang,
            model: self.model,
            effort: self.reasoning_effort,
        }
    }
}

/// `--kind`.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum KindArg {
    #[value(name = "dev_issue", alias = "dev-issue")]
    DevIssue,
    #[value(name = "review_fix", alias = "review-fix")]
    ReviewFix,
}

impl From<KindArg> for Kind {
    fn from(kind: KindArg) -> Self {
        match kind {
            KindArg::DevIssue => Self::DevIssue,
            KindArg::ReviewFix => Self::ReviewFix,
        }
    }
}

/// Which prompt.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
struct PromptArgs {
    /// Builtin prompt
    #[arg(long, value_name = "KIND")]
    kind: Option<KindArg>,
    /// Prompt template, in Jinja or Go syntax
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
}

impl PromptArgs {
    fn wanted(self) -> Option<Wanted> {
        match (self.kind, self.template) {
            (_, Some(path)) => Some(Wanted::File(path)),
            (Some(kind), None) => Some(Wanted::Builtin(kind.into())),
            (None, None) => None,
        }
    }
}

/// Number of an issue or pull request, as GitHub writes it: `42` or `#42`.
fn number(text: &str) -> Result<u64, String> {
    match text.trim().trim_start_matches('#').parse::<u64>() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err("a number such as 42 is needed".into()),
    }
}

/// A time limit: longer than nothing.
fn limit(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err("a time limit must be longer than 0".into()),
        limit => Ok(limit),
    }
}

/// To `--out`, else to stdout.
fn deliver(out: Option<PathBuf>, text: &str) -> Result<()> {
    match out {
        Some(path) => output::write_file(&path, text),
        None => output::print(text),
    }
}
