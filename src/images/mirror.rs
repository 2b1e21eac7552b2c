//! `images mirror`: external images into the stack's registry, and only those that are missing there.

use std::num::NonZeroUsize;

use anyhow::Result;

use super::plan::{self, Item};
use super::pool::{self, Done};
use super::reference::ImageRef;
use super::registry::Registry;
use super::report::{Action, Outcome};
use super::view::Progress;
use crate::config::Stack;
use crate::process::Runner;
use crate::tools::docker::{Docker, pushed_digest};
use crate::tools::docker_words::explained;

/// How images are mirrored.
#[derive(Clone, Debug)]
pub struct MirrorOptions {
    /// Only these; empty: all.
    pub only: Vec<String>,
    /// How many at a time.
    pub jobs: NonZeroUsize,
    /// Copy also what is there but has changed at its origin.
    pub refresh: bool,
}

/// Mirrors the stack's external images.
///
/// # Errors
/// Mistakes in services.yaml, no docker engine, an interrupt; an image that fails is an outcome.
pub fn mirror(stack: &Stack, runner: &Runner, options: &MirrorOptions) -> Result<Vec<Outcome>> {
    let items = plan::mirrors(stack, &options.only)?;
    if items.is_empty() {
        tracing::info!("no images to mirror: services.yaml names none with `type: external`");
        return Ok(Vec::new());
    }
    let docker = Docker::new(runner.clone());
    let engine = docker.engine(None)?;
    let registry = Registry::new(&docker, &engine);
    pool::run(&items, options.jobs, |item, progress| one(&docker, &registry, options.refresh, item, progress))
}

fn one(
    docker: &Docker,
    registry: &Registry<'_>,
    refresh: bool,
    item: &Item<ImageRef>,
    progress: &mut Progress<'_>,
) -> Result<Done> {
    let (from, local) = (&item.source, &item.target);
    progress.step(&format!("looking for {local}"));
    if registry.has(local)? {
        let here = if refresh {
            progress.step(&format!("comparing with {from}"));
            let here = registry.content(local)?;
            here.same(&registry.content(from)?).then_some(here)
        } else {
            // It is there; a client that cannot tell its digest changes nothing about that.
            Some(registry.content(local).unwrap_or_default())
        };
        if let Some(here) = here {
            return Ok(Done { action: Action::Present, digest: here.manifest });
        }
    }
    progress.step(&format!("pulling {from}"));
    progress.keep(docker.pull(from.as_str())).map_err(explained)?;
    progress.keep(docker.tag(from.as_str(), local.as_str())).map_err(explained)?;
    progress.step(&format!("pushing {local}"));
    let pushed = progress.keep(docker.push(local.as_str())).map_err(explained)?;
    Ok(Done { action: Action::Mirrored, digest: pushed_digest(&pushed.text()) })
}
