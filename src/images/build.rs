//! `images build`: the stack's own images, built and pushed.

use std::num::NonZeroUsize;

use anyhow::Result;

use super::plan::{self, Item};
use super::pool::{self, Done};
use super::registry::Registry;
use super::report::{Action, Outcome};
use super::view::Progress;
use crate::config::Stack;
use crate::process::{FailureKind, Runner};
use crate::tools::docker::{BuildSpec, Docker, buildx_missing, pushed_digest};
use crate::tools::docker_words::explained;

/// How images are built.
#[derive(Clone, Debug)]
pub struct BuildOptions {
    /// Only these; empty: all.
    pub only: Vec<String>,
    /// How many at a time.
    pub jobs: NonZeroUsize,
    /// Push what was built.
    pub push: bool,
    /// Leave alone what is there already: in the registry, or without `push`, in the engine.
    pub skip_existing: bool,
}

/// Builds the stack's own images.
///
/// # Errors
/// Mistakes in services.yaml, no docker engine, missing buildx, an interrupt; an image that fails is an outcome.
pub fn build(stack: &Stack, runner: &Runner, options: &BuildOptions) -> Result<Vec<Outcome>> {
    let items = plan::builds(stack, &options.only, runner.secrets())?;
    if items.is_empty() {
        tracing::info!("no images to build: services.yaml names none with `type: build`");
        return Ok(Vec::new());
    }
    let docker = Docker::new(runner.clone());
    need_buildx(&docker, &items)?;
    let engine = docker.engine(None)?;
    let registry = Registry::new(&docker, &engine);
    pool::run(&items, options.jobs, |item, progress| one(&docker, &registry, options, item, progress))
}

fn need_buildx(docker: &Docker, items: &[Item<BuildSpec>]) -> Result<()> {
    let with_contexts = items.iter().filter(|item| !item.source.contexts.is_empty());
    let names: Vec<&str> = with_contexts.map(|item| item.name.as_str()).collect();
    if names.is_empty() {
        return Ok(());
    }
    match docker.buildx(None) {
        Ok(version) => {
            tracing::debug!("buildx: {version}");
            Ok(())
        }
        Err(failure) if matches!(failure.kind, FailureKind::Exit(_)) => Err(buildx_missing(&names).into()),
        Err(failure) => Err(failure.into()),
    }
}

fn one(
    docker: &Docker,
    registry: &Registry<'_>,
    options: &BuildOptions,
    item: &Item<BuildSpec>,
    progress: &mut Progress<'_>,
) -> Result<Done> {
    let target = &item.target;
    if options.skip_existing {
        progress.step(&format!("looking for {target}"));
        let there = if options.push { registry.has(target)? } else { docker.holds(target.as_str(), None)? };
        if there {
            let content =
                if options.push { registry.content(target).unwrap_or_default() } else { Default::default() };
            return Ok(Done { action: Action::Present, digest: content.manifest });
        }
    }
    progress.step(&format!("building {target}"));
    progress.keep(docker.build(&item.source)).map_err(explained)?;
    if !options.push {
        return Ok(Done { action: Action::Built, digest: None });
    }
    progress.step(&format!("pushing {target}"));
    let pushed = progress.keep(docker.push(target.as_str())).map_err(explained)?;
    Ok(Done { action: Action::Built, digest: pushed_digest(&pushed.text()) })
}
