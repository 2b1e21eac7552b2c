//! `codexctl manage-env`: one thin file per verb. What slots are is in [`crate::slots`].

mod args;
mod cleanup;
mod comment;
mod create;
mod gc;
mod list;
mod report;
mod resolve;
mod set;
mod sync_code;

use anyhow::Result;
use clap::Subcommand;

use crate::app::App;

/// Make, find and take down slots: numbered, short-lived copies of the stack
///
/// A slot is a number, a namespace and a record of whose it is. Every verb prints for people, and with `-o json` for
/// machines; where GITHUB_OUTPUT is set, verbs that end with one slot append `slot`, `namespace`, `env` and `created`.
#[derive(Debug, clap::Args)]
#[command(
    arg_required_else_help = true,
    after_help = "Examples:\n  codexctl manage-env create --env ai --issue 12\n  codexctl manage-env gc --env ai --ttl 24h"
)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Create(create::Args),
    Resolve(resolve::Args),
    List(list::Args),
    Set(set::Args),
    Gc(gc::Args),
    Cleanup(cleanup::Args),
    Comment(comment::Args),
    SyncCode(sync_code::Args),
}

impl Args {
    pub(super) fn run(self, app: &App) -> Result<()> {
        match self.verb {
            Verb::Create(args) => args.run(app),
            Verb::Resolve(args) => args.run(app),
            Verb::List(args) => args.run(app),
            Verb::Set(args) => args.run(app),
            Verb::Gc(args) => args.run(app),
            Verb::Cleanup(args) => args.run(app),
            Verb::Comment(args) => args.run(app),
            Verb::SyncCode(args) => args.run(app),
        }
    }
}
