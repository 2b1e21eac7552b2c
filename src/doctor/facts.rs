//! What a stack needs, as plain data: read from it once, so that checks can outlive it in threads of their own.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::Finding;
use super::rights::{self, Right};
use crate::config::schema::ImageType;
use crate::config::steps::{Action, Step};
use crate::config::{EnvName, Namespace, Stack, StackContext, holds};
use crate::images::ImageRef;
use crate::manifests::ManifestSet;
use crate::tools::kubectl::Cluster;

/// A tag nobody has: a registry that answers is there all the same.
const PROBE: &str = "codexctl-doctor:probe";

/// What a stack needs.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    /// The environment's cluster, or what is wrong with its settings.
    pub(super) cluster: Option<Result<Cluster, Finding>>,
    /// Rights in the cluster.
    pub(super) rights: Vec<Right>,
    /// Hooks run scripts, or comment on GitHub.
    pub(super) scripts: bool,
    pub(super) git_scripts: bool,
    pub(super) comments: bool,
    /// Copies of it are made for an agent.
    pub(super) agent: bool,
    /// Images or a local registry are used, so docker is.
    pub(super) docker: bool,
    /// Images with build contexts.
    pub(super) build_contexts: Vec<String>,
    /// Registry → an image to ask it about.
    pub(super) registries: BTreeMap<String, ImageRef>,
    /// The variables that hold credentials, where set.
    pub(super) credentials: BTreeMap<String, String>,
}

impl Facts {
    /// Reads a stack; `set` are its documents, where they can be rendered.
    pub(super) fn of(stack: &Stack, context: &StackContext, set: Option<&ManifestSet>) -> Self {
        let variables = &context.context.env_map;
        let cluster = Cluster::of(&stack.environment, stack.source_name(), stack.root(), variables);
        let steps = steps(stack);
        let scripts: Vec<&str> = steps
            .iter()
            .filter_map(|step| match &step.action {
                Action::Run(script) => Some(script.as_str()),
                _ => None,
            })
            .collect();
        let words = |script: &&str| {
            script.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').any(|word| word == "git")
        };
        // What exists only as slots is made for an agent.
        let env = EnvName::new(stack.environment.name.clone());
        let agent = matches!(stack.namespace_for(&env, None), Ok(None));
        let wanted = ["CODEXCTL_GH_PAT", "CODEX_GH_PAT", "OPENAI_API_KEY", "CONTEXT7_API_KEY"];
        let set_ones = wanted.iter().filter_map(|name| {
            let value = variables.get(*name).filter(|value| !value.is_empty())?;
            Some(((*name).to_string(), value.clone()))
        });
        Self {
            cluster: Some(
                cluster.map_err(|error| Finding::of_error("cluster", &error, "correct the environment")),
            ),
            rights: rights::needed(stack, set, agent),
            scripts: !scripts.is_empty(),
            git_scripts: scripts.iter().any(words),
            comments: steps.iter().any(|step| matches!(step.action, Action::Comment { .. })),
            agent,
            docker: !stack.file.images.is_empty() || stack.environment.local_registry.enabled == Some(true),
            build_contexts: stack
                .file
                .images
                .iter()
                .filter(|(_, spec)| !spec.value.build_contexts.is_empty())
                .map(|(name, _)| name.clone())
                .collect(),
            registries: registries(stack),
            credentials: set_ones.collect(),
        }
    }

    /// What any of them needs; nothing about a single cluster, and an agent's credentials only where all are for one.
    pub(super) fn merged(all: Vec<Self>) -> Self {
        let agent = !all.is_empty() && all.iter().all(|one| one.agent);
        let mut merged = Self { agent, ..Self::default() };
        let mut contexts = BTreeSet::new();
        for one in all {
            merged.scripts |= one.scripts;
            merged.git_scripts |= one.git_scripts;
            merged.comments |= one.comments;
            merged.docker |= one.docker;
            contexts.extend(one.build_contexts);
            merged.registries.extend(one.registries);
            merged.credentials.extend(one.credentials);
        }
        merged.build_contexts = contexts.into_iter().collect();
        merged
    }
}

/// All hook steps that may run.
fn steps(stack: &Stack) -> Vec<&Step> {
    let units = stack.infra_hooks.iter().chain(&stack.service_hooks);
    let lists = units
        .flat_map(|unit| [&unit.before_apply, &unit.after_apply, &unit.before_destroy, &unit.after_destroy]);
    let all = lists.chain([&stack.hooks.before_all, &stack.hooks.after_all]).flatten();
    all.filter(|step| holds(step.when.as_deref(), false)).collect()
}

/// The registries images are pushed to, and the environment's own.
fn registries(stack: &Stack) -> BTreeMap<String, ImageRef> {
    let mut found = BTreeMap::new();
    let mut add = |image: &str| {
        if let Ok(image) = ImageRef::parse(image) {
            found.entry(image.host().to_string()).or_insert(image);
        }
    };
    for spec in stack.file.images.values() {
        let spec = &spec.value;
        match spec.r#type {
            ImageType::External => add(&spec.local),
            ImageType::Build => add(&spec.repository),
        }
    }
    let local = &stack.environment.local_registry;
    if let (Some(true), Some(port)) = (local.enabled, local.port) {
        add(&format!("localhost:{port}/{PROBE}"));
    }
    if !found.is_empty() && !stack.file.registry.trim().is_empty() {
        let image = format!("{}/{PROBE}", stack.file.registry.trim().trim_end_matches('/'));
        if let Ok(image) = ImageRef::parse(&image) {
            found.entry(image.host().to_string()).or_insert(image);
        }
    }
    found
}

/// The namespace rights are asked for: the stack's, or for one that exists only as slots, that of its first.
pub(super) fn namespace_of(stack: &Stack) -> Option<String> {
    let env = EnvName::new(stack.environment.name.clone());
    let first = || stack.namespace_for(&env, "1".parse().ok()).ok().flatten();
    stack.namespace().cloned().or_else(first).as_ref().map(Namespace::to_string)
}
