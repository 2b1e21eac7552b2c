//! `codex.ensure-codex-secrets`: the Secrets an agent's pod reads its credentials from.

use std::time::Duration;

use anyhow::Result;
use serde_json::json;

use crate::config::{Stack, StackContext};
use crate::tools::kubectl::{Kubectl, explained};

/// Secret name and the variable it holds (spec section 5).
const SECRETS: [(&str, &str); 3] = [
    ("openai-secret", "OPENAI_API_KEY"),
    ("github-secret", "CODEXCTL_GH_PAT"),
    ("context7-secret", "CONTEXT7_API_KEY"),
];

/// The names of the Secrets [`ensure`] makes.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    SECRETS.iter().map(|(name, _)| *name)
}

/// Makes or updates the Secrets of those variables that are set. Values go by stdin only; server-side apply keeps them
/// out of the last-applied annotation too.
///
/// # Errors
/// As kubectl; or the stack has no namespace without a slot.
pub(super) fn ensure(
    stack: &Stack,
    context: &StackContext,
    kubectl: &Kubectl,
    timeout: Option<Duration>,
) -> Result<()> {
    let namespace = stack.require_namespace()?;
    let mut documents = String::new();
    let mut names = Vec::new();
    for (name, variable) in SECRETS {
        let Some(value) = context.context.env_map.get(variable).filter(|value| !value.is_empty()) else {
            tracing::debug!("{variable} is not set, Secret {name} is left alone");
            continue;
        };
        names.push(name);
        let secret = json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": { "name": name, "namespace": namespace.as_str() },
            "type": "Opaque",
            "stringData": { variable: value },
        });
        documents.push_str(&format!("{secret}\n"));
    }
    if names.is_empty() {
        let variables: Vec<&str> = SECRETS.iter().map(|(_, variable)| *variable).collect();
        tracing::warn!("none of {} is set, so no Secret was made", variables.join(", "));
        return Ok(());
    }
    kubectl.put(&documents, timeout).map_err(explained)?;
    tracing::info!("Secrets in {namespace}: {}", names.join(", "));
    Ok(())
}
