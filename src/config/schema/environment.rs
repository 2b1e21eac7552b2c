//! The `environments` key of services.yaml: where each environment lives (spec section 1).

use schemars::JsonSchema;
use serde::Deserialize;

use super::Text;

/// One environment: its cluster, and what differs there. A name such as `dev`, `staging` or `ai` is given to commands
/// with `--env`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(rename = "Environment", title = "Environment")]
pub struct EnvironmentSpec {
    /// The kubeconfig file for this environment's cluster, relative to the folder of services.yaml; `~` and `$VAR` are
    /// expanded, and several may stand there as in the variable `KUBECONFIG`. Without it kubectl finds its own: `KUBECONFIG`, `~/.kube/config`, or the cluster it runs in.
    #[schemars(extend("examples" = ["~/.kube/shop.yaml", "$HOME/.kube/config"]))]
    pub kubeconfig: Option<Text>,
    /// The context of that kubeconfig. Without it its current context.
    #[schemars(extend("examples" = ["kind-shop"]))]
    pub context: Option<String>,
    /// Another environment to inherit from: what is not set here is taken from there, and from where that one inherits.
    /// A circle, or a name that is not among `environments`, is an error.
    #[schemars(extend("examples" = ["staging"]))]
    pub from: Option<Text>,
    /// Pull policy for containers that get a service's `image` and have none of their own. Without it Kubernetes
    /// decides.
    #[schemars(extend("examples" = ["IfNotPresent"]))]
    pub image_pull_policy: Option<PullPolicy>,
    /// A registry of this environment that runs on a port of localhost. `doctor` checks that it answers.
    pub local_registry: Option<LocalRegistrySpec>,
    /// Names of `infrastructure` groups that a new slot starts with, for tools that set slots up. codexctl itself applies
    /// every group whose `when` holds.
    #[schemars(extend("examples" = [["core-config", "postgres"]]))]
    pub slot_bootstrap_infra: Option<Vec<Text>>,
}

/// When a node asks the registry for an image (Kubernetes' `imagePullPolicy`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum PullPolicy {
    /// Ask the registry each time.
    Always,
    /// Ask it only for what the node does not have.
    #[default]
    IfNotPresent,
    /// Take only what the node has.
    Never,
}

impl PullPolicy {
    /// The value as Kubernetes spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Always => "Always",
            Self::IfNotPresent => "IfNotPresent",
            Self::Never => "Never",
        }
    }
}

/// A registry on a port of localhost. With `from`, each of its keys is inherited by itself.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(
    rename = "LocalRegistry",
    title = "Local registry",
    extend("examples" = [{ "enabled": true, "name": "shop-registry", "port": 32000 }])
)]
pub struct LocalRegistrySpec {
    /// Whether the environment uses one. Then `doctor` checks docker and this registry.
    #[schemars(extend("default" = false))]
    pub enabled: Option<bool>,
    /// Its name, for tools that read this file.
    #[schemars(extend("examples" = ["shop-registry"]))]
    pub name: Option<String>,
    /// Its port on localhost.
    #[schemars(extend("examples" = [32000]))]
    pub port: Option<u16>,
}
