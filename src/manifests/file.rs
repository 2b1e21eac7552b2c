//! One manifest file on its way to documents: read, rendered, taken apart. What is wrong stays data, for those who stop
//! at it and for those who list it.

use crate::config::schema::Text;
use crate::config::{Stack, StackContext, read_text};
use crate::template::{Engine, Output, TemplateError};
use crate::yaml::{self, Node, YamlError};

/// Why a file gives no text.
pub(crate) enum Broken {
    /// Not there, not readable, not UTF-8.
    Unreadable(anyhow::Error),
    /// No template, or one that does not render.
    Template(TemplateError),
}

/// A rendered manifest file.
pub(crate) struct RenderedFile {
    /// Its path as messages show it.
    pub(crate) name: String,
    /// Its text as it was written.
    pub(crate) text: String,
    /// What it became.
    pub(crate) output: Output,
}

impl RenderedFile {
    /// Reads and renders the file that services.yaml has at `path`.
    pub(crate) fn read(
        stack: &Stack,
        context: &StackContext,
        engine: &Engine,
        path: &Text,
    ) -> Result<Self, Broken> {
        let file = stack.root().join(&path.value);
        let name = stack.shown(&file);
        let text = read_text(&file, &name).map_err(Broken::Unreadable)?;
        let output = engine.render(&name, &text, context.syntax).map_err(Broken::Template)?;
        Ok(Self { name, text, output })
    }

    /// The Kubernetes objects in it, lists taken apart.
    ///
    /// # Errors
    /// Text that is no YAML; places are those of the rendered text.
    pub(crate) fn objects(&self) -> Result<Vec<Node>, YamlError> {
        yaml::parse_documents(&self.name, &self.output.text).map(flatten)
    }

    /// For each line of the rendered text the line of the file. Renders again.
    pub(crate) fn line_map(&self, context: &StackContext, engine: &Engine) -> Vec<u32> {
        engine.line_map(&self.name, &self.text, context.syntax).unwrap_or_default()
    }
}

/// `kind: List` stands for its items, and so does `ConfigMapList` and its like, as for kubectl.
fn flatten(nodes: Vec<Node>) -> Vec<Node> {
    let mut flat = Vec::with_capacity(nodes.len());
    for mut node in nodes {
        let kind = node.get("kind").and_then(Node::as_str).unwrap_or_default();
        let is_named = ["name", "generateName"].iter().any(|key| node.at(&["metadata", key]).is_some());
        let has_items = node.get("items").is_some_and(|items| items.as_list().is_some());
        // A custom kind may end in `List` too.
        let is_list = kind == "List" || (kind.ends_with("List") && has_items && !is_named);
        match node.get_mut("items").and_then(Node::as_list_mut) {
            Some(items) if is_list => flat.extend(flatten(std::mem::take(items))),
            _ if is_list => {}
            _ => flat.push(node),
        }
    }
    flat
}
