//! Stage 2: what templates need before services.yaml can be rendered, read from its raw text.
//!
//! The raw text need not be YAML yet (a top-level `{% for %}`, `{{ if }}`), so each header key is cut out as a
//! block of lines and parsed by itself. What cannot be read that way is left to the rendered file. Values keep
//! their templates: namespace patterns are rendered again for every slot.

use std::borrow::Cow;
use std::collections::BTreeMap;

use anyhow::Result;

use crate::config::source::Source;
use crate::error::Fault;
use crate::template::Syntax;
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
    /// `templateSyntax`.
    pub syntax: Syntax,
}

impl Header {
    /// Reads the header keys from the raw text.
    ///
    /// # Errors
    /// When `project` cannot be found, or is a template: everything else has a default.
    pub fn parse(source: &Source) -> Result<Self> {
        let blocks = Blocks::cut(source.text());
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
            syntax,
        })
    }
}

fn project(blocks: &Blocks, source: &Source) -> Result<String> {
    let found = blocks.node("project").and_then(|node| node.text().map(|text| text.trim().to_string()));
    match found {
        Some(name) if !name.is_empty() => Ok(name),
        _ => {
            let (at, what) = match blocks.line("project") {
                Some(line) => (format!("{}:{line}", source.name()), "`project` must be a plain name"),
                None => (source.name().to_string(), "`project` is missing"),
            };
            Err(Fault::invalid(format!("{at}: {what}"))
                .hint("write `project: my-project` at the top of the file; it is read before any template")
                .into())
        }
    }
}

/// Top-level blocks of the text: key, 1-based line, and the lines that belong to it.
struct Blocks<'a> {
    blocks: Vec<(&'a str, usize, Vec<&'a str>)>,
    /// The whole file, where it is YAML as it stands (flow style, odd indentation).
    whole: Option<Node>,
}

impl<'a> Blocks<'a> {
    fn cut(text: &'a str) -> Self {
        let mut blocks: Vec<(&str, usize, Vec<&str>)> = Vec::new();
        for (number, line) in text.lines().enumerate() {
            match top_level_key(line) {
                Some(key) => blocks.push((key, number + 1, vec![line])),
                None => {
                    if let Some((.., lines)) = blocks.last_mut() {
                        lines.push(line);
                    }
                }
            }
        }
        let whole = if blocks.iter().any(|(key, ..)| *key == "project") {
            None
        } else {
            yaml::parse_one("services.yaml", text).ok().flatten()
        };
        Self { blocks, whole }
    }

    fn line(&self, key: &str) -> Option<usize> {
        self.blocks.iter().find(|(name, ..)| *name == key).map(|(_, line, _)| *line)
    }

    /// The value of a key: its block parsed as it is, else without the lines that hold nothing but template tags.
    fn node(&self, key: &str) -> Option<Node> {
        if let Some(whole) = &self.whole {
            return whole.get(key).cloned();
        }
        let (.., lines) = self.blocks.iter().find(|(name, ..)| *name == key)?;
        let kept: Vec<&str> = lines.iter().copied().filter(|line| !only_tags(line)).collect();
        [lines.join("\n"), kept.join("\n")]
            .iter()
            .find_map(|text| yaml::parse_one("services.yaml", text).ok().flatten())
            .and_then(|node| node.get(key).cloned())
    }
}

/// `key` of a line `key: …` that begins at the first column.
fn top_level_key(line: &str) -> Option<&str> {
    let (key, rest) = line.split_once(':')?;
    let key = key.trim_end().trim_matches(|c| c == '"' || c == '\'');
    let word = key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    let separated = rest.is_empty() || rest.starts_with([' ', '\t', '\r']);
    (word && separated && !key.is_empty() && !key.starts_with('-')).then_some(key)
}

/// Whether a line consists of template tags only, or is a comment.
fn only_tags(line: &str) -> bool {
    let line = line.trim();
    let tag = |open: &str, close: &str| line.starts_with(open) && line.ends_with(close);
    line.starts_with('#') || tag("{{", "}}") || tag("{%", "%}") || tag("{#", "#}")
}
