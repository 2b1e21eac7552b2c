//! `codexctl manage-env comment`.

use anyhow::Result;
use serde_json::json;

use super::args::{EnvArgs, OutputArgs};
use crate::app::App;
use crate::config::Slot;
use crate::output;
use crate::slots::Pool;
use crate::slots::comment::{self, Lang};

/// Write the comment that shows people where a slot is
///
/// Markdown with the slot's host and the links of `codex.links`, for `gh issue comment --body-file -`. Nothing is asked
/// of the cluster. GITHUB_OUTPUT also gets it as `body`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  codexctl manage-env comment --env ai --slot 3 | gh issue comment 12 --body-file -\n  codexctl manage-env comment --slot 3 --lang ru -o json\n\nJSON: slot, env, namespace, body"
)]
pub(super) struct Args {
    #[command(flatten)]
    env: EnvArgs,
    /// The slot's number
    #[arg(long, value_name = "N", env = "CODEXCTL_SLOT")]
    slot: Slot,
    /// Language: en or ru [default: codex.promptLang, else en]
    #[arg(long, value_name = "LANG", env = "CODEXCTL_LANG")]
    lang: Option<String>,
    #[command(flatten)]
    output: OutputArgs,
}

impl Args {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let (stack, _) = app.load(&self.env.into_request())?;
        let pool = Pool::of(&stack)?;
        let namespace = pool.namespace(self.slot)?;
        let lang = Lang::of(self.lang.as_deref(), &stack);
        let body = comment::here(&stack, self.slot, &namespace, lang)?;
        let env = pool.env.as_str();
        output::github_output(&[
            ("slot", self.slot.to_string()),
            ("namespace", namespace.clone()),
            ("env", env.into()),
            ("created", "false".into()),
            ("body", body.trim_end().into()),
        ])?;
        if self.output.json() {
            let report =
                json!({"slot": self.slot.number(), "env": env, "namespace": namespace, "body": body});
            return output::print(&format!("{}\n", serde_json::to_string_pretty(&report)?));
        }
        output::print(&body)
    }
}
