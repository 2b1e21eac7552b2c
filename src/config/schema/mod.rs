//! The keys of services.yaml as types: what is written there, before anything is resolved or checked.
//!
//! Every field has a default, so that one wrong value does not hide the next problem (`crate::yaml::decode`
//! collects them); what must be there is asked for in `check.rs`. Strings that may hold templates were rendered
//! with the whole file. Spec section 1.
//!
//! The same types make the JSON Schema and the reference of keys (`crate::keys`): the comments here are what users read
//! in their editors. What a check demands beyond a field's type is said with `schemars` attributes, by the kinds of
//! values in `kinds` and by the conditions in `rules`.

mod agent;
mod environment;
mod hook;
mod image;
mod kinds;
mod mcp;
mod rules;
mod unit;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::yaml::Located;
use kinds::{Label, OptionalLabel, ProjectName};

pub(crate) use rules::{TEMPLATE, add_kinds};

pub use agent::{CodexSpec, ConfigBlock, LinkSpec, TimeoutsSpec};
pub use environment::{EnvironmentSpec, LocalRegistrySpec, PullPolicy};
pub use hook::{HookSpec, StackHooks, UnitHooks};
pub use image::{ImageSpec, ImageType};
pub use mcp::{McpServer, McpService, McpSpec, McpTool, McpType, McpValue};
pub use unit::{
    GroupSpec, HostMount, IngressSpec, ManifestRef, OverlaySpec, PvcMount, ServiceImage, ServiceSpec,
};

/// A string with its place in services.yaml, for checks that come later.
pub type Text = Located<String>;

/// The file that describes a stack for codexctl. It is rendered as a template before it is parsed, so a value may be one:
/// `{{ … }}` in quotes.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(
    rename = "Stack",
    title = "services.yaml",
    extend("required" = ["project"], "examples" = [{
        "project": "shop",
        "environments": { "dev": { "context": "kind-shop" } },
        "services": [{ "name": "api", "manifests": [{ "path": "services/api/deploy.yaml" }] }],
    }])
)]
pub struct StackFile {
    /// Short name of the project; namespaces are made of it. It is read before any template is rendered, so it cannot be
    /// one.
    #[schemars(with = "ProjectName", extend("examples" = ["shop"]))]
    pub project: Option<Text>,
    /// Dialect of the templates in this file and in its manifests.
    #[schemars(extend("default" = "auto"))]
    pub template_syntax: SyntaxName,
    /// dotenv files with template variables, relative to the folder of services.yaml; a later one wins.
    #[schemars(extend("examples" = [["VERSIONS"]]))]
    pub env_files: Vec<Text>,
    /// Versions by name, for templates: `{{ Versions["api"] }}`.
    #[schemars(extend("examples" = [{ "api": "1.4.0" }]))]
    pub versions: BTreeMap<String, String>,
    /// Namespaces of environments.
    pub namespace: NamespaceSpec,
    /// How many slots there may be: default of `manage-env create --max`. 0 means no limit.
    #[schemars(range(min = 0), extend("examples" = [9]))]
    pub max_slots: Located<i64>,
    /// The registry of the stack's images, for tools that read this file. `doctor` checks that it answers.
    #[schemars(extend("examples" = ["localhost:32000"]))]
    pub registry: String,
    /// Host of each environment, for templates: `{{ BaseDomain[Env] }}`. A slot's own host is `dev-<slot>.<host of ai>`.
    #[schemars(extend("examples" = [{ "dev": "dev.shop.test" }], "propertyNames" = { "title": "env" }))]
    pub base_domain: BTreeMap<String, String>,
    /// Where each environment lives, by its name. Commands take one with `--env`.
    #[schemars(extend(
        "propertyNames" = { "title": "env" },
        "examples" = [{
            "staging": {
                "kubeconfig": "~/.kube/shop.yaml",
                "context": "shop-staging",
                "imagePullPolicy": "Always",
            },
            "ai": { "from": "staging", "slotBootstrapInfra": ["core-config", "postgres"] },
        }]
    ))]
    pub environments: BTreeMap<String, Located<EnvironmentSpec>>,
    /// Settings of volumes, for templates: `{{ Storage.Workspace.Size }}`.
    pub storage: StorageSpec,
    /// Images to copy or to build with `codexctl images`, by name.
    #[schemars(extend("examples" = [{
        "busybox": {
            "type": "external",
            "from": "docker.io/library/busybox:1.37.0",
            "local": "localhost:32000/library/busybox:1.37.0",
        },
        "api": {
            "type": "build",
            "repository": "localhost:32000/shop/api",
            "tag": "1.4.0",
            "dockerfile": "docker/api.Dockerfile",
            "buildArgs": { "VERSION": "1.4.0" },
        },
    }]))]
    pub images: BTreeMap<String, Located<ImageSpec>>,
    /// Groups of manifests, rendered before services, in this order.
    pub infrastructure: Vec<Located<GroupSpec>>,
    /// Services, rendered in this order.
    pub services: Vec<Located<ServiceSpec>>,
    /// Steps around a whole run.
    pub hooks: StackHooks,
    /// Where the records of slots live.
    pub state: StateSpec,
    /// Settings of the coding agent.
    pub codex: CodexSpec,
}

/// Dialect of templates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "TemplateSyntax")]
pub enum SyntaxName {
    /// Decided for each file by what it holds.
    #[default]
    Auto,
    /// Jinja, as minijinja reads it.
    Jinja,
    /// Go's text/template.
    Go,
}

/// Namespaces of environments.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(
    rename = "NamespacePatterns",
    title = "Namespaces",
    extend("examples" = [{
        "patterns": { "dev": "{{ Project }}-dev", "ai": "{{ Project }}-dev-{{ Slot }}" },
    }])
)]
pub struct NamespaceSpec {
    /// A template of each environment's namespace, by its name. One that uses `Slot` gives every slot a namespace of its
    /// own. Without a pattern the namespace is `<project>-<env>`, for `ai` `<project>-dev-<slot>`.
    #[schemars(
        with = "BTreeMap<String, Label>",
        extend("examples" = [{ "ai": "{{ Project }}-dev-{{ Slot }}" }], "propertyNames" = { "title": "env" })
    )]
    pub patterns: BTreeMap<String, String>,
}

/// Settings of volumes. codexctl makes none; manifests read these by `Storage`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(
    rename = "Storage",
    title = "Storage",
    extend("examples" = [{ "workspace": { "size": "5Gi", "storageClass": "standard" } }])
)]
pub struct StorageSpec {
    /// The agent's working folder.
    pub workspace: VolumeSpec,
    /// The services' data.
    pub data: VolumeSpec,
    /// The registry's blobs.
    pub registry: VolumeSpec,
}

/// Settings of one volume.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(
    rename = "Volume",
    title = "Volume",
    extend("examples" = [{ "size": "5Gi", "storageClass": "standard", "accessModes": ["ReadWriteOnce"] }])
)]
pub struct VolumeSpec {
    /// Size, a quantity of Kubernetes.
    #[schemars(extend("examples" = ["5Gi"]))]
    pub size: String,
    /// Name of the StorageClass.
    #[schemars(extend("examples" = ["standard"]))]
    pub storage_class: String,
    /// Access modes: `ReadWriteOnce`, `ReadOnlyMany`, `ReadWriteMany`, `ReadWriteOncePod`.
    #[schemars(extend("examples" = [["ReadWriteOnce"]]))]
    pub access_modes: Vec<String>,
}

/// Where the records of slots live: one ConfigMap for each slot that is taken.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(
    rename = "State",
    title = "Slot records",
    extend("examples" = [{ "backend": "configmap", "configmapNamespace": "shop-slots" }])
)]
pub struct StateSpec {
    /// What keeps the records.
    #[schemars(extend("default" = "configmap"))]
    pub backend: Option<StateBackend>,
    /// Namespace of the records. It is made if it is missing.
    #[schemars(with = "Option<OptionalLabel>", extend("default" = "codex-system", "examples" = ["shop-slots"]))]
    pub configmap_namespace: Option<Text>,
    /// What the records' names begin with; the slot's number follows.
    #[schemars(extend("default" = "codex-env-", "examples" = ["shop-slot-"]))]
    pub configmap_prefix: Option<Text>,
}

/// What keeps the records of slots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum StateBackend {
    /// ConfigMaps.
    #[default]
    Configmap,
}
