//! Hook steps of the model: those whose `when` holds, and what they make or wait for.

use super::build::Input;
use super::label::clean;
use super::model::HookFacts;
use super::stock::{Key, Stock};
use crate::config::holds;
use crate::config::steps::{Action, Step};
use crate::hooks;
use crate::manifests::UnitKind;

/// One step.
pub(super) struct HookStep {
    /// Its path in services.yaml.
    pub(super) id: String,
    /// Its name, or what it does.
    pub(super) label: String,
    pub(super) facts: HookFacts,
    /// Position of its unit; `None` for the stack's own.
    pub(super) unit: Option<usize>,
    pub(super) wishes: Vec<Wish>,
}

/// What a step does to an object.
pub(super) enum Wish {
    /// Makes a Secret.
    Makes(Key),
    /// Waits for an object of the stack, or for one with this key.
    WaitsFor {
        /// Position in the stock.
        object: Option<usize>,
        /// Of workloads: what to look for elsewhere.
        key: Option<Key>,
    },
}

/// All steps: the stack's own, then those of units, in file order.
pub(super) fn steps(input: &Input, stock: &Stock) -> Vec<HookStep> {
    let stack = input.stack;
    let mut lists: Vec<(Option<usize>, &'static str, &[Step])> =
        vec![(None, "beforeAll", &stack.hooks.before_all), (None, "afterAll", &stack.hooks.after_all)];
    for (kind, all) in
        [(UnitKind::Infrastructure, &stack.infra_hooks), (UnitKind::Service, &stack.service_hooks)]
    {
        for (index, steps) in all.iter().enumerate() {
            let name = match kind {
                UnitKind::Infrastructure => stack.file.infrastructure.get(index).map(|g| &g.value.name),
                UnitKind::Service => stack.file.services.get(index).map(|s| &s.value.name),
            };
            let at = name.and_then(|name| stock.unit_at(kind, &clean(&name.value)));
            // A unit that is not there (its `when`) has no hooks either.
            if at.is_some() {
                lists.extend([
                    (at, "beforeApply", steps.before_apply.as_slice()),
                    (at, "afterApply", &steps.after_apply),
                    (at, "beforeDestroy", &steps.before_destroy),
                    (at, "afterDestroy", &steps.after_destroy),
                ]);
            }
        }
    }
    let mut found = Vec::new();
    for (unit, phase, steps) in lists {
        for step in steps.iter().filter(|step| holds(step.when.as_deref(), false)) {
            found.push(HookStep {
                id: step.path.clone(),
                label: step.label.clone(),
                facts: HookFacts { phase, action: step.action.word() },
                unit,
                wishes: wishes(input, stock, &step.action),
            });
        }
    }
    found
}

fn wishes(input: &Input, stock: &Stock, action: &Action) -> Vec<Wish> {
    let secret = |name: &str| Wish::Makes(Key::new("", "Secret", input.namespace, name));
    match action {
        Action::EnsureCodexSecrets => hooks::codex_secrets().map(secret).collect(),
        Action::ReuseDevTlsSecret { secret: name, .. } => {
            hooks::tls_secret(input.stack, name.as_deref()).iter().map(|name| secret(name)).collect()
        }
        Action::Wait { kind, name, namespace, .. } => {
            let namespace = namespace.as_deref().unwrap_or(input.namespace);
            let object = stock.waited_for(kind, name, namespace);
            let workloads =
                [("apps", "Deployment"), ("apps", "StatefulSet"), ("apps", "DaemonSet"), ("batch", "Job")];
            let named = workloads.iter().find(|(_, known)| super::known::names_kind(kind, known));
            let key = named.map(|(group, known)| Key::new(group, known, namespace, name));
            vec![Wish::WaitsFor { object, key }]
        }
        Action::Run(_) | Action::Comment { .. } | Action::Sleep(_) | Action::Preflight => Vec::new(),
    }
}
