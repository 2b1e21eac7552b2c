//! A `KUBECONFIG` under which plain `kubectl` reaches the environment's cluster and context.
//!
//! kubectl merges the files of the list, and the first one that sets `current-context` wins: so a file that holds
//! nothing but the context's name goes first. No credentials are copied and no process is needed.

use std::io::Write as _;

use anyhow::{Context as _, Result};
use tempfile::NamedTempFile;

use crate::tools::kubectl::Cluster;
use crate::yaml::{Map, Node, write_document};

/// The variable's value, and the file it leads to, which lives as long as this.
#[derive(Debug)]
pub(super) struct HookKubeconfig {
    value: Option<String>,
    _override: Option<NamedTempFile>,
}

impl HookKubeconfig {
    pub(super) fn new(cluster: &Cluster) -> Result<Self> {
        let own = cluster.kubeconfig.as_ref().map(|paths| paths.to_string_lossy().into_owned());
        let Some(context) = &cluster.context else { return Ok(Self { value: own, _override: None }) };
        let mut map = Map::new();
        map.insert("apiVersion", Node::string("v1"));
        map.insert("kind", Node::string("Config"));
        map.insert("current-context", Node::string(context.as_str()));
        let mut text = String::new();
        write_document(&mut text, &Node::map(map));
        let what = "cannot write a temporary kubeconfig for hooks";
        let mut file = tempfile::Builder::new().prefix("codexctl-context-").tempfile().context(what)?;
        file.write_all(text.as_bytes()).context(what)?;
        let rest = own.or_else(default_files).unwrap_or_default();
        let value = format!("{}:{rest}", file.path().display());
        Ok(Self { value: Some(value.trim_end_matches(':').to_string()), _override: Some(file) })
    }

    pub(super) fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }
}

/// What kubectl reads by itself.
fn default_files() -> Option<String> {
    let set = std::env::var("KUBECONFIG").ok().filter(|value| !value.is_empty());
    set.or_else(|| dirs::home_dir().map(|home| home.join(".kube/config").display().to_string()))
}
