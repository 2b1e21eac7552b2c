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
        let own = own.or_else(inherited_files);
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
        let rest = own.or_else(default_file).unwrap_or_default();
        let value = format!("{}:{rest}", file.path().display());
        Ok(Self { value: Some(value.trim_end_matches(':').to_string()), _override: Some(file) })
    }

    pub(super) fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }
}

/// What codexctl's own kubectl reads, in absolute paths: scripts run in another folder, the project's.
fn inherited_files() -> Option<String> {
    let set = std::env::var_os("KUBECONFIG").filter(|value| !value.is_empty())?;
    // An empty part stands for no file, not for the current folder.
    let paths = std::env::split_paths(&set).filter(|path| !path.as_os_str().is_empty());
    let paths = paths.map(|path| std::path::absolute(&path).unwrap_or(path));
    std::env::join_paths(paths).ok().map(|paths| paths.to_string_lossy().into_owned())
}

/// What kubectl reads where nothing is said.
fn default_file() -> Option<String> {
    dirs::home_dir().map(|home| home.join(".kube/config").display().to_string())
}
