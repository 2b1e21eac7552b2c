//! `codexctl manage-env cleanup`, and what it shares with `gc`.

use std::time::Duration;

use anyhow::Result;
use serde::Serialize;
use serde_json::json;

use super::args::{EnvArgs, OutputArgs, PickArgs, spoken};
use crate::app::{App, StackRequest};
use crate::cli::args::duration;
use crate::cli::confirm::confirm;
use crate::config::{Stack, StackContext};
use crate::error::Fault;
use crate::output;
use crate::slots::{
    Collected, Collector, Due, KubeStore, Pool, StackAftercare, Tenancy, View, look, may_delete, sweep_claims,
};
use crate::tools::kubectl::Kubectl;

/// Take one slot down, whatever its age
///
/// As `gc` does. A slot that is gone already is no error.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  codexctl manage-env cleanup --env ai --issue 12 --yes\n  codexctl manage-env cleanup --slot 3\n\nJSON: slots[] with slot, namespace, result (freed, not-due, failed), message"
)]
pub(super) struct Args {
    #[command(flatten)]
    env: EnvArgs,
    #[command(flatten)]
    pick: PickArgs,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
    /// How long the namespace may take to go
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "10m")]
    timeout: Duration,
    #[command(flatten)]
    output: OutputArgs,
}

impl Args {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let (slot, purpose) = self.pick.pick()?;
        let down = Down::new(app, self.env.into_request(), self.timeout)?;
        let find = |view: &View<'_>| {
            if let Some(slot) = slot
                && let Some(entry) = view.entries.get(&slot)
                && view.record(slot).is_none()
            {
                return Err(Fault::failed(format!("slot {slot} is not taken down: {entry}"))
                    .hint("mend or delete its ConfigMap by hand")
                    .into());
            }
            if let Some(slot) = slot
                && let Some((_, namespace)) =
                    view.without_record(slot.number())?.into_iter().find(|(other, _)| *other == slot)
            {
                let message = format!("slot {slot} has no record, but namespace {namespace} is there");
                return Err(Fault::failed(message).hint("if it is to go, delete it with kubectl").into());
            }
            let Some(record) = view.find(slot, &purpose.keys())? else { return Ok(Vec::new()) };
            if !self.yes {
                tracing::info!(
                    "slot {}: namespace {}, with everything in it, and the stack's objects outside of it",
                    record.slot,
                    record.namespace
                );
                confirm("cleanup")?;
            }
            Ok(vec![Tenancy::of(record)])
        };
        let results = down.run(find, Due::Now, 1, false)?;
        summary(&results, self.output, &format!("{}: free already", spoken(slot, purpose)))
    }
}

/// Takes slots down.
pub(super) struct Down<'a> {
    app: &'a App,
    request: StackRequest,
    stack: Stack,
    context: StackContext,
    kubectl: Kubectl,
    limit: Duration,
}

/// What became of a slot, in `-o json` too.
#[derive(Debug, Serialize)]
pub(super) struct Outcome {
    slot: u32,
    namespace: String,
    result: &'static str,
    message: Option<String>,
}

impl<'a> Down<'a> {
    pub(super) fn new(app: &'a App, request: StackRequest, limit: Duration) -> Result<Self> {
        let (stack, context) = app.load(&request)?;
        let kubectl = app.kubectl(&stack, &context)?;
        Ok(Self { app, request, stack, context, kubectl, limit })
    }

    /// Takes down what `find` picks from one look.
    pub(super) fn run(
        &self,
        find: impl FnOnce(&View<'_>) -> Result<Vec<Tenancy>>,
        due: Due,
        jobs: usize,
        dry_run: bool,
    ) -> Result<Vec<Outcome>> {
        let pool = Pool::of(&self.stack)?;
        let store = KubeStore::new(&self.kubectl, &pool);
        let view = look(&pool, &store)?;
        let tenancies = find(&view)?;
        if dry_run {
            let foretold = |one: &Tenancy| match may_delete(&pool, &view, &one.record) {
                Ok(()) => Outcome::new(one, "would-free", None),
                Err(refusal) => Outcome::new(one, "failed", crate::error::report(&refusal.into())),
            };
            return Ok(tenancies.iter().map(foretold).collect());
        }
        let aftercare = StackAftercare {
            app: self.app,
            request: &self.request,
            stack: &self.stack,
            context: &self.context,
            kubectl: &self.kubectl,
        };
        let collector = Collector { pool: &pool, store: &store, aftercare: &aftercare, limit: self.limit };
        let results = collector.all(tenancies, due, jobs);
        if view.stale_claims().is_empty() {
            tracing::debug!("no stale claims");
        } else {
            sweep_claims(&pool, &store)?;
        }
        Ok(results
            .iter()
            .map(|(one, result)| match result {
                Ok(Collected::Freed) => Outcome::new(one, "freed", None),
                Ok(Collected::NotDue) => Outcome::new(one, "not-due", None),
                Err(error) => Outcome::new(one, "failed", crate::error::report(error)),
            })
            .collect())
    }
}

impl Outcome {
    fn new(tenancy: &Tenancy, result: &'static str, message: Option<String>) -> Self {
        Self {
            slot: tenancy.record.slot.number(),
            namespace: tenancy.record.namespace.clone(),
            result,
            message,
        }
    }
}

/// Prints what became of the slots; failures are named again at the end.
pub(super) fn summary(results: &[Outcome], args: OutputArgs, nothing: &str) -> Result<()> {
    if args.json() {
        output::print(&format!("{}\n", serde_json::to_string_pretty(&json!({ "slots": results }))?))?;
    } else if results.is_empty() {
        output::print(&format!("{nothing}\n"))?;
    } else {
        let line = |one: &Outcome| {
            let word = match one.result {
                "not-due" => "left alone: changed or freed meanwhile".into(),
                "would-free" => "would be taken down".into(),
                other => other.replace('-', " "),
            };
            format!("slot {} ({}): {word}\n", one.slot, one.namespace)
        };
        output::print(&results.iter().map(line).collect::<String>())?;
    }
    let failed: Vec<&Outcome> = results.iter().filter(|one| one.result == "failed").collect();
    if failed.is_empty() {
        return Ok(());
    }
    for one in &failed {
        tracing::error!("{}", one.message.as_deref().unwrap_or_default());
    }
    let names: Vec<String> = failed.iter().map(|one| one.slot.to_string()).collect();
    let what = if names.len() == 1 { "slot" } else { "slots" };
    Err(Fault::failed(format!("not taken down: {what} {}", names.join(", "))).into())
}
