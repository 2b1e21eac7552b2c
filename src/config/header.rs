//! Stage 2: what templates need before services.yaml can be rendered, read from its raw text.
//!
//! The raw text need not be YAML yet (a top-level `{% for %}`, `{{ if }}`), so each header key is cut out as a
//! block of lines and parsed by itself. What cannot be read that way is left to the rendered file. Values keep
//! their templates: namespace patterns are rendered again for every slot.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use anyhow::Result;

use crate::config::context::needs_slot;
use crate::config::names::EnvName;
use crate::config::source::Source;
use crate::error::Fault;
use crate::template::{Syntax, tags};
use crate::yaml::{self, Map, Node};

/// The raw values of the header keys.
#[derive(Clone, Debug)]
pub struct Header {
    /// `project`, as it is written.
    pub project: String,
    /// `envFiles`.
    pub env_files: Vec<String>,
    /// `versions`, templates unrendered.
    pub versions: BTreeMap<String, String>,
    /// `baseDomain`, templates unrendered.
    pub base_domain: BTreeMap<String, String>,
    /// `namespace.patterns`, templates unrendered.
    pub patterns: BTreeMap<String, String>,
    /// Names below `environments`, as far as they stand there before rendering.
    pub environments: Vec<String>,
    /// `templateSyntax`.
    pub syntax: Syntax,
    /// Blocks of `versions` and `baseDomain` that are no YAML before they are rendered.
    pub(super) unread: Vec<Unread>,
    /// `file:line` of `envFiles` and `namespace`, for messages.
    pub(super) env_files_place: String,
    pub(super) namespace_place: String,
}

/// A header block with template lines in it: rendered and read once the context is known.
#[derive(Clone, Debug)]
pub(super) struct Unread {
    pub(super) key: &'static str,
    pub(super) text: String,
}

impl Header {
    /// Reads the header keys from the raw text.
    ///
    /// `project` is empty where it cannot be found; that is reported with all other problems of the file.
    ///
    /// # Errors
    /// When `project` is a template.
    pub fn parse(source: &Source) -> Result<Self> {
        let blocks = Blocks::cut(source.text());
        let unread = ["versions", "baseDomain"].into_iter().filter_map(|key| blocks.unread(key)).collect();
        let place = |key| match blocks.line(key) {
            Some(line) => format!("{}:{line}", source.name()),
            None => source.name().to_string(),
        };
        let strings = |node: Option<Node>| -> BTreeMap<String, String> {
            let map = node.as_ref().and_then(Node::as_map);
            let entries = map.into_iter().flat_map(Map::iter);
            entries.filter_map(|(key, value)| Some((key.to_string(), value.text()?.into_owned()))).collect()
        };
        let syntax = match blocks
            .node("templateSyntax")
            .and_then(|node| node.text().map(Cow::into_owned))
            .as_deref()
        {
            Some("go") => Syntax::Go,
            Some("jinja") => Syntax::Jinja,
            // A wrong value is reported with all other problems once the file is parsed.
            _ => Syntax::Auto,
        };
        let env_files = blocks.node("envFiles");
        let env_files = env_files.as_ref().and_then(Node::as_list).unwrap_or_default();
        Ok(Self {
            project: project(&blocks, source)?,
            env_files: env_files.iter().filter_map(|node| Some(node.text()?.into_owned())).collect(),
            versions: strings(blocks.node("versions")),
            base_domain: strings(blocks.node("baseDomain")),
            patterns: strings(blocks.node("namespace").and_then(|node| node.get("patterns").cloned())),
            environments: blocks
                .node("environments")
                .as_ref()
                .and_then(Node::as_map)
                .map(|map| map.keys().map(String::from).collect())
                .unwrap_or_default(),
            syntax,
            unread,
            env_files_place: place("envFiles"),
            namespace_place: place("namespace"),
        })
    }
}

impl Header {
    /// `file:line` of `envFiles`.
    pub fn env_files_place(&self) -> &str {
        &self.env_files_place
    }

    /// The names of all environments, as far as they can be read before the file is rendered for one of them.
    pub fn environment_names(&self) -> Vec<String> {
        // A name that is a template is known only once the file is rendered.
        let plain = |name: &&String| !name.contains('{');
        if self.environments.iter().any(|name| plain(&name)) {
            return self.environments.iter().filter(plain).cloned().collect();
        }
        let known = self.patterns.keys().chain(self.base_domain.keys()).filter(plain);
        known.cloned().collect::<std::collections::BTreeSet<_>>().into_iter().collect()
    }

    /// Whether an environment exists only as numbered slots.
    pub fn needs_slot(&self, env: &EnvName) -> bool {
        needs_slot(env.as_str(), self.patterns.get(env.as_str()))
    }
}

fn project(blocks: &Blocks, source: &Source) -> Result<String> {
    let found = blocks.node("project").and_then(|node| node.text().map(|text| text.trim().to_string()));
    match (found, blocks.line("project")) {
        (Some(name), _) if !name.is_empty() => Ok(name),
        (_, Some(line)) if blocks.text("project").is_some_and(|text| text.contains("{{")) => {
            Err(Fault::invalid(format!("{}:{line}: `project` must be a plain name", source.name()))
                .hint("it is read before any template is rendered; write `project: my-project`")
                .at(source.name(), u32::try_from(line).ok(), None)
                .into())
        }
        _ => Ok(String::new()),
    }
}

/// Top-level blocks of the text: key, 1-based line, and the lines that belong to it.
pub(super) struct Blocks<'a> {
    blocks: Vec<(&'a str, usize, Vec<&'a str>)>,
    /// The whole file, where it is YAML as it stands (flow style, odd indentation).
    whole: Option<Node>,
}

impl<'a> Blocks<'a> {
    pub(super) fn cut(text: &'a str) -> Self {
        // A comment or an action of several lines may hold what looks like keys.
        let long = long_tags(text);
        let inside = |at: usize| long.iter().any(|tag| tag.start < at && at < tag.end);
        // Keys of the top level stand where the first one does.
        let margin = lines(text).filter(|(at, _)| !inside(*at)).find_map(|(_, line)| {
            let indent = line.len() - line.trim_start_matches(' ').len();
            key_at(line, indent).map(|_| indent)
        });
        let margin = margin.unwrap_or(0);
        let mut blocks: Vec<(&str, usize, Vec<&str>)> = Vec::new();
        for (number, (at, line)) in lines(text).enumerate() {
            match key_at(line, margin).filter(|_| !inside(at)) {
                Some(key) => blocks.push((key, number + 1, vec![line])),
                None => {
                    if let Some((.., lines)) = blocks.last_mut() {
                        lines.push(line);
                    }
                }
            }
        }
        let mut blocks = Self { blocks, whole: None };
        // Aliases lead out of their block; flow style has no blocks.
        let keys = ["versions", "baseDomain", "namespace", "envFiles", "project", "templateSyntax"];
        let needs_all = blocks.line("project").is_none()
            || keys.iter().any(|key| blocks.line(key).is_some() && blocks.node(key).is_none());
        if needs_all {
            blocks.whole = yaml::parse_one("services.yaml", text).ok().flatten();
        }
        blocks
    }

    fn line(&self, key: &str) -> Option<usize> {
        self.blocks.iter().find(|(name, ..)| *name == key).map(|(_, line, _)| *line)
    }

    fn text(&self, key: &str) -> Option<String> {
        self.blocks.iter().find(|(name, ..)| *name == key).map(|(.., lines)| lines.join("\n"))
    }

    /// The lines of a key's block; none where there is no such key.
    pub(super) fn lines(&self, key: &str) -> &[&'a str] {
        self.blocks.iter().find(|(name, ..)| *name == key).map_or(&[], |(.., lines)| lines)
    }

    /// The block of a key that is there and cannot be read as it stands.
    fn unread(&self, key: &'static str) -> Option<Unread> {
        let text = self.text(key)?;
        let tagged = text.lines().any(|line| only_tags(line) && !line.trim().starts_with('#'));
        let readable = || matches!(yaml::parse_one("services.yaml", &text), Ok(Some(_)));
        (self.whole.is_none() && (tagged || !readable())).then(|| Unread { key, text: text + "\n" })
    }

    /// The value of a key: from the whole file where that is YAML and was needed; else its block parsed as it is, else
    /// without the lines that hold nothing but template tags, else with quotes around values that begin with one.
    pub(super) fn node(&self, key: &str) -> Option<Node> {
        if let Some(whole) = &self.whole {
            return whole.get(key).cloned();
        }
        let (.., lines) = self.blocks.iter().find(|(name, ..)| *name == key)?;
        let text = lines.join("\n");
        let mut short = text.clone();
        for tag in long_tags(&text).into_iter().rev() {
            short.replace_range(tag, "");
        }
        let kept: Vec<&str> = short.lines().filter(|line| !only_tags(line)).collect();
        let quoted: Vec<Cow<'_, str>> = kept.iter().map(|line| quoted(line)).collect();
        [text, kept.join("\n"), quoted.join("\n")]
            .iter()
            .find_map(|text| yaml::parse_one("services.yaml", text).ok().flatten())
            .and_then(|node| node.get(key).cloned())
    }
}

/// `key` of a line `key: …` that begins behind `margin` blanks.
pub(super) fn key_at(line: &str, margin: usize) -> Option<&str> {
    let line = line.strip_prefix(&" ".repeat(margin) as &str)?;
    let (key, rest) = line.split_once(':')?;
    let key = key.trim_end().trim_matches(|c| c == '"' || c == '\'');
    let word = key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    let separated = rest.is_empty() || rest.starts_with([' ', '\t', '\r']);
    (word && separated && !key.is_empty() && !key.starts_with('-')).then_some(key)
}

/// The lines of a text, each with the offset of its beginning.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some((start, line.lines().next().unwrap_or_default()))
    })
}

/// Template tags of several lines, where they end as they should.
fn long_tags(text: &str) -> Vec<Range<usize>> {
    let closed = |tag: &str| ["}}", "%}", "#}"].iter().any(|close| tag.ends_with(close));
    let long = |tag: &Range<usize>| text[tag.clone()].contains('\n') && closed(&text[tag.clone()]);
    tags(text).into_iter().filter(long).collect()
}

/// A line `key: value` whose value holds a template, in quotes that YAML can read: as it stands, braces are a map to YAML,
/// and the quotes of a template's strings end those around it.
fn quoted(line: &str) -> Cow<'_, str> {
    let parts = line.split_once(": ").filter(|(key, _)| !key.contains("{{"));
    match parts.and_then(|(key, value)| Some((key, plain(value.trim())?))) {
        Some((key, text)) => Cow::Owned(format!("{key}: '{}'", text.replace('\'', "''"))),
        None => Cow::Borrowed(line),
    }
}

/// The text of a value that holds a template, without its own quotes and without a comment behind it.
fn plain(value: &str) -> Option<String> {
    let tags = tags(value);
    tags.first()?;
    let outside = |at: usize| !tags.iter().any(|tag| tag.contains(&at));
    let find = |from: usize, wanted: &dyn Fn(usize) -> bool| {
        (from..value.len()).find(|at| outside(*at) && wanted(*at))
    };
    let bytes = value.as_bytes();
    if let Some(quote) = bytes.first().copied().filter(|byte| matches!(byte, b'"' | b'\'')) {
        let end = find(1, &|at| bytes[at] == quote && bytes[at - 1] != b'\\')?;
        return Some(value[1..end].to_string());
    }
    let comment = find(1, &|at| bytes[at] == b'#' && bytes[at - 1].is_ascii_whitespace());
    Some(value[..comment.unwrap_or(value.len())].trim_end().to_string())
}

/// Whether a line consists of template tags only, or is a comment.
pub(super) fn only_tags(line: &str) -> bool {
    let line = line.trim();
    let tag = |open: &str, close: &str| line.starts_with(open) && line.ends_with(close);
    line.starts_with('#') || tag("{{", "}}") || tag("{%", "%}") || tag("{#", "#}")
}
