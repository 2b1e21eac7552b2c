//! The project a file belongs to: every environment with its context, and the files that services.yaml names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::app::App;
use crate::config::{
    EnvName, Header, LoadContext, Rendered, Slot, Source, Stack, Target, VariableInput, Variables, holds,
};
use crate::error::Fault;
use crate::template::{Context, Facts, Syntax};

/// Slots that stand for all slots.
const SLOTS: [u32; 3] = [1, 2, 17];

/// A place a template is rendered for: an environment, and a slot of it.
#[derive(Debug)]
pub(super) struct Place {
    pub env: EnvName,
    pub slot: Option<Slot>,
    pub stack: Stack,
    pub context: Context,
}

/// A file that services.yaml names.
#[derive(Debug, Default)]
pub(super) struct Named {
    /// Where it is rendered; positions in [`Project::places`].
    pub places: Vec<usize>,
    /// The path as services.yaml has it.
    pub written: String,
    /// Templates of the agent see more names than manifests do.
    pub prompt: bool,
}

/// services.yaml and all of its environments.
#[derive(Debug)]
pub(super) struct Project {
    pub source: Source,
    pub header: Header,
    pub syntax: Syntax,
    pub variables: Variables,
    pub now: jiff::Timestamp,
    pub places: Vec<Place>,
    /// By the path they have on disk.
    pub named: BTreeMap<PathBuf, Named>,
}

impl Project {
    /// Loads services.yaml for every environment.
    ///
    /// # Errors
    /// It cannot be loaded for one of them.
    pub(super) fn load(app: &App, input: &VariableInput) -> Result<Self> {
        let source = Source::read(app.config.as_deref())?;
        let header = Header::parse(&source)?;
        let variables =
            Variables::collect(source.root(), &header.env_files, header.env_files_place(), input)?;
        app.secrets().learn(variables.env_map.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let syntax = header.syntax;
        let now = jiff::Timestamp::now();
        let (places, named) = (Vec::new(), BTreeMap::new());
        let mut project = Self { source, header, syntax, variables, now, places, named };
        let mut targets = project.targets(project.header.environment_names());
        let mut next = 0;
        while let Some((env, slot)) = targets.get(next).cloned() {
            next += 1;
            // Its warnings would come once for each environment; `render` and `doctor` show them.
            let quiet = tracing::subscriber::NoSubscriber::default();
            let place = tracing::subscriber::with_default(quiet, || project.place(&env, slot, app.strict));
            let place =
                place.with_context(|| format!("environment `{env}`, which a conversion is proved for"))?;
            // Environments that only the rendered file has.
            let known = |name: &&String| !targets.iter().any(|(env, _)| env.as_str() == *name);
            let more = place.stack.file.environments.keys().filter(known).cloned().collect();
            targets.extend(project.targets(more));
            project.places.push(place);
        }
        if project.places.is_empty() {
            return Err(Fault::invalid(format!("{} declares no `environments`", project.source.name()))
                .hint("a conversion is proved by rendering for every environment: declare at least one")
                .into());
        }
        project.find_named();
        Ok(project)
    }

    /// Every environment, those that exist as slots with some of their slots.
    fn targets(&self, names: Vec<String>) -> Vec<(EnvName, Option<Slot>)> {
        let slots = || SLOTS.iter().filter_map(|number| number.to_string().parse().ok());
        let of = |name: String| {
            let env = EnvName::new(name);
            let slots: Vec<Option<Slot>> =
                if self.header.needs_slot(&env) { slots().map(Some).collect() } else { vec![None] };
            slots.into_iter().map(move |slot| (env.clone(), slot))
        };
        names.into_iter().flat_map(of).collect()
    }

    fn place(&self, env: &EnvName, slot: Option<Slot>, strict: bool) -> Result<Place> {
        let target = Target { env: env.clone(), slot, namespace: None };
        let load = LoadContext::build_at(
            self.header.clone(),
            &self.source,
            target,
            self.variables.clone(),
            self.now,
        );
        let (stack, context) = Stack::parse(Rendered::from(load, self.source.clone())?, strict)?;
        Ok(Place { env: env.clone(), slot, stack, context: context.context })
    }

    fn find_named(&mut self) {
        let mut named: BTreeMap<PathBuf, Named> = BTreeMap::new();
        for (index, place) in self.places.iter().enumerate() {
            let file = &place.stack.file;
            let groups = file.infrastructure.iter().map(|group| (&group.value.when, &group.value.manifests));
            let services =
                file.services.iter().map(|service| (&service.value.when, &service.value.manifests));
            let mut add = |path: &str, used: bool, prompt: bool| {
                let found = self.source.root().join(path);
                let found = named.entry(found.canonicalize().unwrap_or(found)).or_default();
                path.clone_into(&mut found.written);
                found.prompt |= prompt;
                if used && found.places.last() != Some(&index) {
                    found.places.push(index);
                }
            };
            for (when, manifests) in groups.chain(services) {
                let used = holds(when.as_ref().map(|when| when.value.as_str()), true);
                for manifest in manifests {
                    add(&manifest.path.value, used, false);
                }
            }
            let config = Some(&file.codex.config_template).filter(|path| !path.trim().is_empty());
            let blocks = file.codex.config_blocks.iter().filter_map(|block| block.file.as_ref());
            for path in config.into_iter().chain(blocks) {
                add(path, true, true);
            }
        }
        self.named = named;
    }

    /// What is certain about the values templates see.
    pub(super) fn facts(&self) -> Facts {
        let common = |of: fn(&Context) -> &BTreeMap<String, String>| {
            let mut all = self.places.iter().map(|place| of(&place.context).keys().cloned().collect());
            let first: BTreeSet<String> = all.next().unwrap_or_default();
            all.fold(first, |kept, keys: BTreeSet<String>| kept.intersection(&keys).cloned().collect())
        };
        let files = self.variables.files.keys().cloned().collect();
        let keys = [
            ("Versions", common(|context| &context.versions)),
            ("BaseDomain", common(|context| &context.base_domain)),
            ("EnvMap", files),
        ];
        let keys = keys.into_iter().map(|(map, keys)| (map.to_owned(), keys)).collect();
        Facts { keys, ..Facts::default() }
    }

    /// "dev, staging, ai (slots 1, 2, 17)" of some places.
    pub(super) fn shown<'a>(&self, places: impl IntoIterator<Item = &'a Place>) -> String {
        let mut envs: Vec<(&EnvName, Vec<String>)> = Vec::new();
        for place in places {
            let slot = place.slot.map(|slot| slot.to_string());
            match envs.iter_mut().find(|(env, _)| *env == &place.env) {
                Some((_, slots)) => slots.extend(slot),
                None => envs.push((&place.env, slot.into_iter().collect())),
            }
        }
        let shown = envs.into_iter().map(|(env, slots)| match &slots[..] {
            [] => env.to_string(),
            [slot] => format!("{env} (slot {slot})"),
            _ => format!("{env} (slots {})", slots.join(", ")),
        });
        shown.collect::<Vec<_>>().join(", ")
    }

    /// A path as messages show it.
    pub(super) fn shown_path(&self, path: &Path) -> String {
        self.places.first().map_or_else(|| path.display().to_string(), |place| place.stack.shown(path))
    }
}

impl Place {
    /// What templates of the agent see beyond a manifest's context (spec section 8).
    pub(super) fn prompt_context(&self) -> Context {
        let mut context = self.context.clone();
        let slot = self.slot.map(|slot| slot.to_string()).unwrap_or_default();
        let lang = context.codex.prompt_lang.clone();
        let facts = [
            ("SLOT", slot.as_str()),
            ("ISSUE_NUMBER", if self.slot.is_some() { "41" } else { "" }),
            ("PR_NUMBER", ""),
            ("PROMPT_LANG", if lang.is_empty() { "en" } else { &lang }),
            ("WORKSPACE", "/workspace"),
            ("CONTEXT7", ""),
            ("REVIEW_MCP", ""),
            ("MCP_SERVERS", ""),
        ];
        for (name, value) in facts {
            context.extra.insert(name.to_owned(), value.to_owned());
        }
        context
    }
}
