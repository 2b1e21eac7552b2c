//! One rendered Kubernetes object: what it is, where it came from, and its text.

use std::fmt;

use crate::manifests::workload;
use crate::yaml::{self, Node};

/// How documents are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// YAML that is safe for YAML 1.1 readers.
    Yaml,
    /// JSON for people and `jq`.
    Json,
    /// JSON on one line, for kubectl's standard input: the form it reads fastest.
    Compact,
}

/// What identifies an object in a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceId {
    /// `apps/v1`.
    pub api_version: String,
    /// `Deployment`.
    pub kind: String,
    /// `metadata.name`, or `generateName` followed by `*`.
    pub name: String,
    /// `metadata.namespace`.
    pub namespace: Option<String>,
}

impl ResourceId {
    /// Reads the identity of an object.
    ///
    /// # Errors
    /// What is missing, for a message that names the place.
    pub fn of(node: &Node) -> Result<Self, String> {
        if node.as_map().is_none() {
            return Err(format!("a document must be a map, found {}", node.kind_name()));
        }
        let text = |path: &[&str]| {
            node.at(path).and_then(Node::as_str).filter(|text| !text.is_empty()).map(String::from)
        };
        let kind = text(&["kind"]).ok_or("`kind` is missing")?;
        let api_version =
            text(&["apiVersion"]).ok_or_else(|| format!("`apiVersion` of this {kind} is missing"))?;
        let name = name_of(node, "name")?
            .or_else(|| text(&["metadata", "generateName"]).map(|prefix| format!("{prefix}*")))
            .ok_or_else(|| format!("`metadata.name` of this {kind} is missing"))?;
        Ok(Self { api_version, kind, name, namespace: name_of(node, "namespace")? })
    }

    /// Whether the server is to make the name up (`generateName`).
    pub fn is_generated(&self) -> bool {
        self.name.ends_with('*')
    }

    /// API group, empty for the core one.
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// The name kubectl prints for it: `deployment.apps/web`, `configmap/web`.
    pub fn kubectl_name(&self) -> String {
        let kind = self.kind.to_lowercase();
        match self.group() {
            "" => format!("{kind}/{}", self.name),
            group => format!("{kind}.{group}/{}", self.name),
        }
    }
}

/// A text below `metadata`; nothing and an empty text are the same. The API server refuses a number there.
fn name_of(node: &Node, key: &str) -> Result<Option<String>, String> {
    match node.at(&["metadata", key]) {
        None => Ok(None),
        Some(value) if value.is_null() => Ok(None),
        Some(value) => match value.as_str() {
            Some(text) => Ok(Some(text.to_string()).filter(|text| !text.is_empty())),
            None => Err(format!("`metadata.{key}` must be a string, found {}; quote it", value.kind_name())),
        },
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.name)?;
        match &self.namespace {
            Some(namespace) => write!(f, " (namespace {namespace})"),
            None => Ok(()),
        }
    }
}

/// Where a document came from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The manifest's path as messages show it.
    pub file: String,
    /// Line of the rendered text.
    pub line: u32,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)
    }
}

/// The images a workload's containers run, in order.
pub type Images = Vec<String>;

/// One rendered object.
#[derive(Clone, Debug)]
pub struct Document {
    /// Which object it is.
    pub id: ResourceId,
    /// Where it came from.
    pub origin: Origin,
    /// Its text, without `---`, ending with a newline.
    pub text: String,
    /// Images of its containers, for workloads.
    pub images: Images,
}

impl Document {
    /// The images an object's containers run, for workloads.
    pub(crate) fn images_of(node: &Node, kind: &str) -> Images {
        workload::images(node, kind)
    }

    pub(super) fn new(node: &Node, id: ResourceId, origin: Origin, format: Format) -> Self {
        let mut text = String::new();
        match format {
            Format::Yaml => yaml::write_document(&mut text, node),
            Format::Json => yaml::write_json(&mut text, node),
            Format::Compact => {
                text = node.to_json().to_string();
                text.push('\n');
            }
        }
        let images = Self::images_of(node, &id.kind);
        Self { id, origin, text, images }
    }
}

/// Writes documents as one stream.
pub(super) fn stream<'a>(documents: impl Iterator<Item = &'a Document>, format: Format) -> String {
    let mut out = String::new();
    match format {
        Format::Yaml => {
            for (at, document) in documents.enumerate() {
                if at > 0 {
                    out.push_str("---\n");
                }
                out.push_str(&document.text);
            }
        }
        Format::Compact => documents.for_each(|document| out.push_str(&document.text)),
        Format::Json => {
            out.push_str("{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"List\",\n  \"items\": [");
            for (at, document) in documents.enumerate() {
                out.push_str(if at > 0 { ",\n    " } else { "\n    " });
                out.push_str(&document.text.trim_end().replace('\n', "\n    "));
            }
            out.push_str("\n  ]\n}\n");
        }
    }
    out
}
