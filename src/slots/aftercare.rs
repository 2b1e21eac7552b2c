//! What goes with a slot besides its namespace and record, by the stack's own manifests and `gh`.

use std::time::Duration;

use crate::app::{App, StackRequest};
use crate::config::steps::CommentTarget;
use crate::config::{Slot, Stack, StackContext, Target};
use crate::manifests::{Filters, Format, ManifestSet, Selected};
use crate::process::Output;
use crate::tools::gh;
use crate::tools::kubectl::{Kubectl, only_unknown_kinds};

use super::collect::Aftercare;
use super::comment::{self, Lang};
use super::key::Kind;
use super::kube::trouble;
use super::objects::own_objects;
use super::record::Record;
use super::store::Outcome;

/// Limit for deleting the cluster-scoped objects, and for a comment.
const LIMIT: Duration = Duration::from_secs(120);

/// Aftercare by the stack that the slots are copies of.
#[derive(Debug)]
pub struct StackAftercare<'a> {
    /// Renders the stack for a slot.
    pub app: &'a App,
    /// The request, without a slot.
    pub request: &'a StackRequest,
    /// The stack, without a slot.
    pub stack: &'a Stack,
    /// Its variables.
    pub context: &'a StackContext,
    /// kubectl.
    pub kubectl: &'a Kubectl,
}

impl StackAftercare<'_> {
    /// The stack's documents for a slot. What the files have to say has been said when the stack was loaded.
    fn render(&self, slot: Slot) -> anyhow::Result<ManifestSet> {
        let request = StackRequest {
            target: Target { slot: Some(slot), ..self.request.target.clone() },
            ..self.request.clone()
        };
        tracing::subscriber::with_default(tracing::subscriber::NoSubscriber::new(), || {
            let (stack, context) = self.app.load(&request)?;
            let selected = Selected::new(&stack, &Filters::default())?;
            ManifestSet::render(&stack, &context, &selected, Format::Compact)
        })
    }
}

impl Aftercare for StackAftercare<'_> {
    fn sweep(&self, record: &Record) -> Outcome<()> {
        let slot = record.slot;
        let what = || format!("slot {slot}: cannot tell which cluster-scoped objects are its own");
        let own = self.render(slot).map_err(|error| error.context(what()))?;
        let mut neighbours = Vec::new();
        for neighbour in slot.previous().into_iter().chain([slot.next()]) {
            neighbours.push(self.render(neighbour).map_err(|error| error.context(what()))?);
        }
        let objects = own_objects(&own, &neighbours);
        if objects.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = objects.iter().map(|document| document.id.to_string()).collect();
        tracing::info!("slot {slot}: deleting {}", names.join(", "));
        let text: String = objects.iter().map(|document| document.text.as_str()).collect();
        match self.kubectl.delete(&text, Output::Capture, Some(LIMIT)) {
            Ok(_) => Ok(()),
            Err(failure) if only_unknown_kinds(&failure) => Ok(()),
            Err(failure) => Err(trouble(failure)),
        }
    }

    fn tell(&self, record: &Record) {
        let token = gh::token(&self.context.context.env_map);
        let asked = std::env::var("CODEXCTL_LANG").ok();
        let body = comment::gone(record.slot, &record.namespace, Lang::of(asked.as_deref(), self.stack));
        for key in record.purpose.keys() {
            let to = match key.kind {
                Kind::Issue => CommentTarget::Issue,
                Kind::Pr => CommentTarget::Pr,
            };
            let number = key.number.to_string();
            let runner = self.kubectl.runner();
            let sent = gh::comment(runner, self.stack.root(), token, (to, &number), &body, Some(LIMIT));
            if let Err(failure) = sent {
                tracing::warn!("slot {}: cannot comment on {}: {failure}", record.slot, key.spoken());
            }
        }
    }
}
