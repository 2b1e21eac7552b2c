//! What a services.yaml names, told in a hurry: environments, services, groups and images for shell completion.
//!
//! The file may be half written, and it may be a template whose variables nobody has set here: whatever can be read is
//! taken, first from its raw text, then from the file as it renders here, and nothing is an error. Never what a command
//! works with: that is a `Stack`.

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use super::context::{LoadContext, Rendered, Target};
use super::header::{Blocks, Header, key_at, only_tags};
use super::names::{EnvName, Slot};
use super::source::{Source, find};
use super::variables::{VariableInput, Variables};
use crate::yaml::{self, Node};

/// The longest file that is looked at, in bytes. A services.yaml has some ten thousand.
const MAX_SIZE: u64 = 1 << 20;

/// How long rendering may take: people wait for this.
const PATIENCE: Duration = Duration::from_secs(1);

/// The names in a services.yaml, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// `environments`.
    pub environments: Vec<Named>,
    /// `services`.
    pub services: Vec<Named>,
    /// `infrastructure`.
    pub infrastructure: Vec<Named>,
    /// `images` that are copied.
    pub external_images: Vec<Named>,
    /// `images` that are built.
    pub built_images: Vec<Named>,
}

/// A name, and what there is to say about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub name: String,
    /// A few words; may be empty.
    pub about: String,
}

/// What is known of the run that is being typed.
#[derive(Clone, Debug, Default)]
pub struct Hints {
    /// `--env`.
    pub env: Option<String>,
    /// `--slot`.
    pub slot: Option<Slot>,
    /// `--vars` and `--var-file`.
    pub variables: VariableInput,
}

impl Outline {
    /// Looks into `explicit`, else the nearest services.yaml. What cannot be found or read is left out.
    pub fn read(explicit: Option<&Path>, hints: &Hints) -> Self {
        let Some(text) = raw_text(explicit) else { return Self::default() };
        let raw = Sketch::of(&text);
        if !raw.templated {
            return raw.outline;
        }
        let first = raw.outline.environments.first().map(|env| env.name.clone());
        let env = hints.env.clone().or(first).unwrap_or_default();
        let Some(rendered) = rendered_in_time(explicit, env, hints) else { return raw.outline };
        let mut outline = Sketch::of(&rendered).outline;
        merge(&mut outline.environments, raw.outline.environments);
        // Without --env the file was rendered for one environment of many.
        if hints.env.is_none() {
            merge(&mut outline.services, raw.outline.services);
            merge(&mut outline.infrastructure, raw.outline.infrastructure);
            // What kind a name is of that could only be scanned is known from the rendered file.
            let known = |one: &Named, images: &[Named]| images.iter().any(|image| image.name == one.name);
            let (mut external, mut built) = (raw.outline.external_images, raw.outline.built_images);
            external.retain(|one| !known(one, &outline.built_images));
            built.retain(|one| !known(one, &outline.external_images));
            merge(&mut outline.external_images, external);
            merge(&mut outline.built_images, built);
        }
        outline
    }
}

/// Adds what is new.
fn merge(names: &mut Vec<Named>, more: Vec<Named>) {
    for one in more {
        if !names.iter().any(|known| known.name == one.name) {
            names.push(one);
        }
    }
}

/// The file's text; none for what is no plain file: a pipe would be waited for.
fn raw_text(explicit: Option<&Path>) -> Option<String> {
    let here = std::env::current_dir().ok()?;
    let path = match explicit {
        Some(path) => here.join(path),
        None => find(&here).ok()?,
    };
    let facts = std::fs::metadata(&path).ok()?;
    if !facts.is_file() || facts.len() > MAX_SIZE {
        return None;
    }
    let bytes = std::fs::read(path).ok()?;
    Some(String::from_utf8_lossy(&bytes).trim_start_matches('\u{feff}').to_string())
}

/// [`rendered_text`], unless it takes too long. A thread that is late is left behind.
fn rendered_in_time(explicit: Option<&Path>, env: String, hints: &Hints) -> Option<String> {
    let (explicit, hints) = (explicit.map(PathBuf::from), hints.clone());
    let (sender, receiver) = mpsc::channel();
    let render = move || drop(sender.send(rendered_text(explicit.as_deref(), env, &hints)));
    std::thread::Builder::new().name("outline".into()).spawn(render).ok()?;
    receiver.recv_timeout(PATIENCE).ok()?
}

/// The file as it renders for an environment.
fn rendered_text(explicit: Option<&Path>, env: String, hints: &Hints) -> Option<String> {
    let source = Source::read(explicit).ok()?;
    let header = Header::parse(&source).ok()?;
    let (root, place) = (source.root(), header.env_files_place());
    let variables = Variables::collect(root, &header.env_files, place, &hints.variables)
        .or_else(|_| Variables::collect(root, &[], place, &VariableInput::default()))
        .ok()?;
    let target = Target { env: EnvName::new(env), slot: hints.slot, namespace: None };
    let load = LoadContext::build(header, &source, target, variables);
    Some(Rendered::from(load, source).ok()?.text().to_string())
}

/// An outline, and whether templates decide about some of its names.
struct Sketch {
    outline: Outline,
    templated: bool,
}

impl Sketch {
    fn of(text: &str) -> Self {
        let blocks = Blocks::cut(text);
        let mut whole = None;
        let mut templated = false;
        let mut node = |key: &str| {
            let lines = blocks.lines(key);
            templated |= lines.iter().any(|line| only_tags(line) && !line.trim_start().starts_with('#'));
            let found = blocks.node(key).or_else(|| {
                let whole =
                    whole.get_or_insert_with(|| yaml::parse_one("services.yaml", text).ok().flatten());
                whole.as_ref()?.get(key).cloned()
            });
            let found = found.unwrap_or_else(|| scan(lines));
            templated |= names(&found).any(|(name, _)| name.contains("{{"));
            found
        };
        let (environments, services) = (node("environments"), node("services"));
        let (infrastructure, images) = (node("infrastructure"), node("images"));
        // What a name that was only scanned stands for is not known.
        let is_type = |spec: &Node, build| {
            spec.is_null() || (spec.get("type").and_then(Node::as_str) == Some("build")) == build
        };
        let outline = Outline {
            environments: named(&environments, |_| true, inheritance),
            services: named(&services, |_| true, |_| String::new()),
            infrastructure: named(&infrastructure, |_| true, |_| String::new()),
            external_images: named(&images, |spec| is_type(spec, false), |spec| plain(spec, "from")),
            built_images: named(&images, |spec| is_type(spec, true), |spec| plain(spec, "repository")),
        };
        Self { outline, templated }
    }
}

fn named(node: &Node, wanted: impl Fn(&Node) -> bool, about: impl Fn(&Node) -> String) -> Vec<Named> {
    let plain = names(node).filter(|(name, spec)| !name.contains("{{") && wanted(spec));
    plain.map(|(name, spec)| Named { name, about: about(spec) }).collect()
}

/// Names with what they name: keys of a map, `name` of a list's items.
fn names(node: &Node) -> impl Iterator<Item = (String, &Node)> {
    let keys = node.as_map().into_iter().flat_map(yaml::Map::iter).map(|(key, spec)| (key.to_string(), spec));
    let items = node.as_list().unwrap_or_default();
    keys.chain(items.iter().filter_map(|item| Some((item.get("name")?.text()?.into_owned(), item))))
}

fn inheritance(spec: &Node) -> String {
    match plain(spec, "from") {
        parent if parent.is_empty() => plain(spec, "context"),
        parent => format!("inherits from {parent}"),
    }
}

/// A value that is no template.
fn plain(spec: &Node, key: &str) -> String {
    let text = spec.get(key).and_then(Node::text).unwrap_or_default();
    if text.contains("{{") { String::new() } else { text.into_owned() }
}

/// The names of a block that is no YAML, found by its layout alone: the block's nearest indentation counts.
fn scan(lines: &[&str]) -> Node {
    let body = || lines.iter().skip(1).filter(|line| !only_tags(line) && !line.trim().is_empty());
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let Some(first) = body().next() else { return Node::null() };
    let margin = indent(first);
    if !first.trim_start().starts_with("- ") {
        let keys = body().filter_map(|line| Some((key_at(line, margin)?.to_string(), Node::null())));
        return Node::map(keys.collect());
    }
    let inner = first.trim_start().trim_start_matches('-');
    let inner = margin + 1 + inner.len() - inner.trim_start().len();
    let name = |line: &&str| {
        let parsed = match line.get(margin..)?.strip_prefix("- ") {
            Some(rest) => yaml::parse_one("services.yaml", rest.trim()),
            None if indent(line) == inner => yaml::parse_one("services.yaml", line.trim()),
            None => return None,
        };
        let node = parsed.ok()??;
        node.get("name")?.text().map(|name| Node::map([("name", Node::string(name))].into_iter().collect()))
    };
    Node::list(body().filter_map(name).collect())
}
