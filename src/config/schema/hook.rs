//! Hooks of services.yaml: steps around a run, a group or a service (spec section 5).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::kinds::Duration;
use super::{Text, rules};
use crate::yaml::Located;

/// Steps around a whole `apply` or `destroy`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(
    rename = "StackHooks",
    title = "Hooks of the stack",
    extend("examples" = [{
        "beforeAll": [{ "use": "preflight" }],
        "afterAll": [{ "run": "echo \"$CODEXCTL_ENV is up in $CODEXCTL_NAMESPACE\"" }],
    }])
)]
pub struct StackHooks {
    /// Steps before anything else is done, in order.
    pub before_all: Vec<Located<HookSpec>>,
    /// Steps after everything is done, in order.
    pub after_all: Vec<Located<HookSpec>>,
}

/// Steps around one group or service. They run only where it is selected and its `when` holds.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(
    rename = "UnitHooks",
    title = "Hooks of a group or service",
    extend("examples" = [{
        "beforeApply": [{ "run": "scripts/migrate.sh", "timeout": "5m" }],
        "afterApply": [{ "use": "kubectl.wait", "with": { "kind": "deployment", "name": "api" } }],
    }])
)]
pub struct UnitHooks {
    /// Steps before the stack's documents are applied.
    pub before_apply: Vec<Located<HookSpec>>,
    /// Steps after the stack's documents are applied.
    pub after_apply: Vec<Located<HookSpec>>,
    /// Steps before the stack's documents are deleted.
    pub before_destroy: Vec<Located<HookSpec>>,
    /// Steps after the stack's documents are deleted.
    pub after_destroy: Vec<Located<HookSpec>>,
}

/// One step: a script (`run`) or a builtin (`use`, with its arguments in `with`), exactly one of them. A failed step ends
/// the run.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename = "$codexctl::yaml::KeepsNulls", rename_all = "camelCase")]
#[schemars(
    rename = "Step",
    title = "Hook step",
    transform = rules::step,
    extend("examples" = [{
        "name": "migrate",
        "run": "kubectl -n \"$CODEXCTL_NAMESPACE\" exec deploy/api -- ./migrate",
        "when": "{{ Env != \"ai\" }}",
        "timeout": "5m",
    }, {
        "use": "kubectl.wait",
        "with": { "kind": "deployment", "name": "api", "timeout": "2m" },
        "continueOnError": true,
    }])
)]
pub struct HookSpec {
    /// What the log calls the step. Without it the first line of the script, or the builtin's name.
    #[schemars(extend("examples" = ["migrate"]))]
    pub name: String,
    /// A script, run by `bash -lc` in the folder of services.yaml. `CODEXCTL_ENV`, `CODEXCTL_NAMESPACE`,
    /// `CODEXCTL_PROJECT` and `CODEXCTL_SLOT` are set, and plain `kubectl` reaches the environment's cluster and context.
    #[schemars(extend("examples" = ["kubectl -n \"$CODEXCTL_NAMESPACE\" get pods"]))]
    pub run: Option<Text>,
    /// A builtin step.
    #[schemars(extend("examples" = ["kubectl.wait"]))]
    pub r#use: Option<Text>,
    /// The builtin's arguments.
    #[schemars(extend("examples" = [{ "kind": "deployment", "name": "api" }]))]
    pub with: BTreeMap<String, Text>,
    /// Condition, a template: `false`, `no`, `0` in any case and an empty string leave the step out.
    #[schemars(extend("examples" = ["{{ Env == \"dev\" }}"]))]
    #[serde(deserialize_with = "present")]
    pub when: Option<Text>,
    /// Whether a failure of the step is only a warning.
    pub continue_on_error: bool,
    /// How long the step may take. Past it the step is ended, with all it started, and has failed. Without it there is no
    /// limit.
    #[schemars(with = "Option<Duration>", extend("examples" = ["30s", "5m"]))]
    pub timeout: Option<Text>,
}

/// A key that is there without a value is an empty string, not an absent key: `when: {{ if x }}yes{{ end }}`. The step's
/// serde name makes `crate::yaml` hand such keys on.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Text>, D::Error> {
    Ok(Some(Option::<Text>::deserialize(deserializer)?.unwrap_or_default()))
}
