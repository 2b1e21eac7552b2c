//! Environments with their inheritance resolved: `from` chains, where the child's set fields win.

use std::collections::BTreeMap;

use super::schema::{EnvironmentSpec, LocalRegistrySpec, PullPolicy};
use crate::error::Fault;
use crate::suggest::nearest;
use crate::yaml::Located;

/// One environment, nothing left to inherit.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// Its name.
    pub name: String,
    /// kubeconfig path as written (`~`, `$VAR`).
    pub kubeconfig: Option<Located<String>>,
    /// kubectl context.
    pub context: Option<String>,
    /// Pull policy for the service images.
    pub pull_policy: Option<PullPolicy>,
    /// A registry inside the cluster.
    pub local_registry: LocalRegistrySpec,
    /// Infrastructure groups a new slot starts with.
    pub slot_bootstrap_infra: Vec<String>,
}

/// What is wrong with a `from` chain: the environment to point at, and the message.
pub(super) struct BrokenChain {
    pub(super) env: String,
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

type Specs = BTreeMap<String, Located<EnvironmentSpec>>;

/// Resolves one environment.
///
/// # Errors
/// An unknown name, with the known ones; a cycle or an unknown `from`, with the chain.
pub(super) fn resolve(specs: &Specs, name: &str) -> Result<Environment, Fault> {
    if !specs.contains_key(name) {
        return Err(unknown(specs, name));
    }
    let chain = chain(specs, name).map_err(|broken| {
        let fault = Fault::invalid(broken.message);
        if let Some(hint) = broken.hint { fault.hint(hint) } else { fault }
    })?;
    let mut result = Environment { name: name.to_string(), ..Environment::default() };
    let mut infra = None;
    for spec in chain {
        let spec = &spec.value;
        result.kubeconfig =
            result.kubeconfig.or_else(|| spec.kubeconfig.clone().filter(|path| !path.value.is_empty()));
        result.context = result.context.or_else(|| set(spec.context.as_ref()));
        result.pull_policy = result.pull_policy.or(spec.image_pull_policy);
        if let Some(registry) = &spec.local_registry {
            let own = &mut result.local_registry;
            own.enabled = own.enabled.or(registry.enabled);
            own.name = own.name.take().or_else(|| set(registry.name.as_ref()));
            own.port = own.port.or(registry.port);
        }
        infra = infra.or_else(|| spec.slot_bootstrap_infra.clone());
    }
    result.slot_bootstrap_infra = infra.unwrap_or_default().into_iter().map(|name| name.value).collect();
    Ok(result)
}

/// An empty string counts as not set, as in Go.
fn set(value: Option<&String>) -> Option<String> {
    value.filter(|text| !text.is_empty()).cloned()
}

fn unknown(specs: &Specs, name: &str) -> Fault {
    let known: Vec<&str> = specs.keys().map(String::as_str).collect();
    let fault = Fault::invalid(format!("unknown environment `{name}`"));
    match (nearest(name, known.iter().copied()), known.is_empty()) {
        (_, true) => fault.hint("services.yaml declares no `environments`"),
        (Some(near), _) => fault.hint(format!("did you mean `{near}`? known: {}", known.join(", "))),
        (None, _) => fault.hint(format!("known environments: {}", known.join(", "))),
    }
}

/// The environment and those it inherits from, the nearest first.
pub(super) fn chain<'a>(
    specs: &'a Specs,
    name: &str,
) -> Result<Vec<&'a Located<EnvironmentSpec>>, BrokenChain> {
    let mut names = vec![name.to_string()];
    let mut found = Vec::new();
    loop {
        let current = names.last().cloned().unwrap_or_default();
        let Some(spec) = specs.get(&current) else {
            let child = names.len().checked_sub(2).and_then(|at| names.get(at)).cloned().unwrap_or_default();
            let near = nearest(&current, specs.keys().map(String::as_str));
            return Err(BrokenChain {
                env: child,
                message: format!("`from` names an unknown environment: {}", names.join(" → ")),
                hint: near.map(|near| format!("did you mean `{near}`?")),
            });
        };
        found.push(spec);
        match &spec.value.from {
            None => return Ok(found),
            Some(parent) if parent.value.is_empty() => return Ok(found),
            Some(parent) if names.contains(&parent.value) => {
                let circle = names.iter().skip_while(|name| **name != parent.value);
                // Every member of the circle finds it; one of them is pointed at.
                let env = circle.min().cloned().unwrap_or(current);
                names.push(parent.value.clone());
                return Err(BrokenChain {
                    env,
                    message: format!("environments inherit in a circle: {}", names.join(" → ")),
                    hint: Some("remove one `from`".into()),
                });
            }
            Some(parent) => names.push(parent.value.clone()),
        }
    }
}
