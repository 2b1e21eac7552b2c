//! `codex.reuse-dev-tls-secret`: keeps a slot's certificate beyond the slot, so that the next use of that slot does not
//! ask the certificate authority again.

use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::{Value, json};

use super::Phase;
use crate::config::{EnvName, Stack};
use crate::error::Fault;
use crate::process::pause;
use crate::tools::kubectl::{Kubectl, explained};

/// The environment whose namespace keeps the copies.
const STAGING: &str = "ai-staging";
/// How often to look for a certificate that is being issued.
const POLL: Duration = Duration::from_secs(2);

/// The Secret's name: the one given, else the slot's; `None` with neither.
pub(crate) fn secret_name(stack: &Stack, given: Option<&str>) -> Option<String> {
    match (given, stack.target().slot) {
        (Some(name), _) => Some(name.to_string()),
        (None, Some(slot)) => Some(format!("{}-dev-{slot}-tls", stack.project)),
        (None, None) => None,
    }
}

/// Copies the Secret into the slot's namespace when only the staging namespace has it, and back when the slot has it.
/// Before the stack is applied nothing is waited for; afterwards the slot's certificate may take `timeout` to come.
/// A Secret that is nowhere is a warning.
///
/// # Errors
/// As kubectl; no slot.
pub(super) fn reuse(
    stack: &Stack,
    kubectl: &Kubectl,
    (secret, staging): (Option<&str>, Option<&str>),
    phase: Phase,
    timeout: Duration,
) -> Result<()> {
    let deadline = Instant::now() + timeout;
    let own = stack.require_namespace()?.as_str();
    let secret = secret_name(stack, secret)
        .ok_or_else(|| Fault::failed("without a slot, `with.secretName` must be given"))?;
    let staging = match staging {
        Some(name) => name.to_string(),
        None => stack.namespace_for(&EnvName::new(STAGING), None)?.map_or_else(
            || format!("{}-{STAGING}", stack.project),
            |namespace| namespace.as_str().to_string(),
        ),
    };
    let left = || Some(deadline.saturating_duration_since(Instant::now()).max(Duration::from_secs(1)));
    let find = |namespace: &str| kubectl.get(&["secret", &secret], Some(namespace), left()).map(filled);
    let copy = |found: &Value, namespace: &str| {
        kubectl.put(&copied(found, &secret, namespace), left()).map(drop).map_err(explained)
    };
    let kept = find(&staging)?;
    loop {
        match (find(own)?, &kept) {
            (Some(found), Some(kept)) if found["data"] == kept["data"] => {
                tracing::info!("Secret {secret} is the same in {own} and {staging}");
                return Ok(());
            }
            (Some(found), _) => {
                copy(&found, &staging)?;
                tracing::info!("Secret {secret} kept in {staging}");
                return Ok(());
            }
            (None, Some(kept)) if phase == Phase::Before => {
                copy(kept, own)?;
                tracing::info!("Secret {secret} copied from {staging} to {own}");
                return Ok(());
            }
            (None, _) if phase == Phase::Before || Instant::now() >= deadline => {
                tracing::warn!("Secret {secret} is neither in {own} nor in {staging}");
                return Ok(());
            }
            (None, _) => {
                if pause(POLL) {
                    return Err(Fault::failed("interrupted").into());
                }
            }
        }
    }
}

/// A Secret that holds a certificate; one that is still empty counts as absent.
fn filled(secret: Value) -> Option<Value> {
    let certificate = secret["data"]["tls.crt"].as_str().unwrap_or_default();
    (!certificate.is_empty()).then_some(secret)
}

fn copied(secret: &Value, name: &str, namespace: &str) -> String {
    let copy = json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": { "name": name, "namespace": namespace },
        "type": secret["type"],
        "data": secret["data"],
    });
    format!("{copy}\n")
}
