//! The keys of services.yaml as types: what is written there, before anything is resolved or checked.
//!
//! Every field has a default, so that one wrong value does not hide the next problem (`crate::yaml::decode`
//! collects them); what must be there is asked for in `check.rs`. Strings that may hold templates were rendered
//! with the whole file. Spec section 1.

mod agent;

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::yaml::Located;

pub use agent::{
    CodexSpec, ConfigBlock, LinkSpec, McpServer, McpService, McpSpec, McpTool, McpType, McpValue,
    TimeoutsSpec,
};

/// A string with its place in services.yaml, for checks that come later.
pub type Text = Located<String>;

/// services.yaml.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct StackFile {
    /// Short name of the project, a DNS-1123 label.
    pub project: Option<Text>,
    /// Dialect of this file and its manifests.
    pub template_syntax: SyntaxName,
    /// dotenv files, relative to the file's folder; later wins.
    pub env_files: Vec<Text>,
    /// Version strings for templates.
    pub versions: BTreeMap<String, String>,
    /// Namespaces of environments.
    pub namespace: NamespaceSpec,
    /// Default of `manage-env create --max`; 0 is no limit.
    pub max_slots: Located<i64>,
    /// Default registry.
    pub registry: String,
    /// Environment → host.
    pub base_domain: BTreeMap<String, String>,
    /// Where each environment lives.
    pub environments: BTreeMap<String, Located<EnvironmentSpec>>,
    /// Volume settings for templates.
    pub storage: StorageSpec,
    /// Images to mirror or build.
    pub images: BTreeMap<String, Located<ImageSpec>>,
    /// Groups that are rendered first.
    pub infrastructure: Vec<Located<GroupSpec>>,
    /// Services, rendered next.
    pub services: Vec<Located<ServiceSpec>>,
    /// Hooks around everything.
    pub hooks: StackHooks,
    /// Where slot records live.
    pub state: StateSpec,
    /// Agent settings.
    pub codex: CodexSpec,
}

/// `templateSyntax`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SyntaxName {
    /// Decided per file.
    #[default]
    Auto,
    /// minijinja.
    Jinja,
    /// Go text/template.
    Go,
}

/// `namespace`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct NamespaceSpec {
    /// Environment → template.
    pub patterns: BTreeMap<String, String>,
}

/// One of `environments`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct EnvironmentSpec {
    /// Path of the kubeconfig file, `~` and `$VAR` allowed.
    pub kubeconfig: Option<Text>,
    /// kubectl context.
    pub context: Option<String>,
    /// Environment to inherit from.
    pub from: Option<Text>,
    /// Pull policy for the service images.
    pub image_pull_policy: Option<PullPolicy>,
    /// A registry inside the cluster.
    pub local_registry: Option<LocalRegistrySpec>,
    /// Infrastructure groups a new slot starts with.
    pub slot_bootstrap_infra: Option<Vec<Text>>,
}

/// `imagePullPolicy`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum PullPolicy {
    /// Ask the registry each time.
    Always,
    /// Only what the node does not have.
    #[default]
    IfNotPresent,
    /// Only what the node has.
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

/// `localRegistry`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct LocalRegistrySpec {
    /// Whether the environment uses one.
    pub enabled: Option<bool>,
    /// Its name.
    pub name: Option<String>,
    /// Its port on the host.
    pub port: Option<u16>,
}

/// `storage`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct StorageSpec {
    /// The agent's working folder.
    pub workspace: VolumeSpec,
    /// The services' data.
    pub data: VolumeSpec,
    /// The registry's blobs.
    pub registry: VolumeSpec,
}

/// One of `storage`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct VolumeSpec {
    /// A quantity such as `10Gi`.
    pub size: String,
    /// StorageClass name.
    pub storage_class: String,
    /// `ReadWriteOnce` and so on.
    pub access_modes: Vec<String>,
}

/// One of `images`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ImageSpec {
    /// Copied from elsewhere, or built here.
    pub r#type: ImageType,
    /// external: the reference to copy.
    pub from: String,
    /// external: the reference to copy it to.
    pub local: String,
    /// build: repository without tag.
    pub repository: String,
    /// build: tag.
    pub tag: String,
    /// build: tag as a template.
    pub tag_template: String,
    /// build: Dockerfile.
    pub dockerfile: String,
    /// build: build context, default the project root.
    pub context: String,
    /// build: `--build-arg`.
    pub build_args: BTreeMap<String, String>,
    /// build: `--build-context`.
    pub build_contexts: BTreeMap<String, String>,
}

/// `images.*.type`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImageType {
    /// Copied from elsewhere.
    #[default]
    External,
    /// Built here.
    Build,
}

/// One of `infrastructure`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct GroupSpec {
    /// Unique name.
    pub name: Text,
    /// Rendered condition; empty means yes.
    pub when: Option<Text>,
    /// Manifest files.
    pub manifests: Vec<ManifestRef>,
    /// Hooks around this group.
    pub hooks: UnitHooks,
}

/// One of `services`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ServiceSpec {
    /// Unique name, and that of the workload the transforms apply to.
    pub name: Text,
    /// Rendered condition; empty means yes.
    pub when: Option<Text>,
    /// Manifest files.
    pub manifests: Vec<ManifestRef>,
    /// The image its workload runs.
    pub image: Option<ServiceImage>,
    /// Hosts of its Ingress.
    pub ingress: IngressSpec,
    /// Environment → changes.
    pub overlays: BTreeMap<String, Located<OverlaySpec>>,
    /// Hooks around this service.
    pub hooks: UnitHooks,
}

/// One of `manifests`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ManifestRef {
    /// Path relative to services.yaml's folder.
    pub path: Text,
}

/// `services[].image`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ServiceImage {
    /// Repository without tag.
    pub repository: Text,
    /// Tag; empty: the repository alone.
    pub tag_template: String,
}

/// `services[].ingress`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct IngressSpec {
    /// Environment → host.
    pub hosts: BTreeMap<String, String>,
}

/// One of `services[].overlays`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct OverlaySpec {
    /// Folders of the node.
    pub host_mounts: Vec<HostMount>,
    /// Persistent volume claims.
    pub pvc_mounts: Vec<PvcMount>,
    /// Kinds to leave out, in any case.
    pub drop_kinds: Vec<String>,
}

/// One of `hostMounts`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct HostMount {
    /// Volume name.
    pub name: Text,
    /// Folder on the node.
    pub host_path: Text,
    /// Folder in the container.
    pub mount_path: Text,
    /// Kubernetes' hostPath type; `Directory` without.
    pub host_path_type: Option<String>,
}

/// One of `pvcMounts`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PvcMount {
    /// Volume name.
    pub name: Text,
    /// PersistentVolumeClaim name.
    pub claim_name: Text,
    /// Folder in the container.
    pub mount_path: Text,
    /// Folder in the volume.
    pub sub_path: Option<String>,
    /// Mounted read-only.
    pub read_only: Option<bool>,
}

/// `hooks` of the stack.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct StackHooks {
    /// Before everything.
    pub before_all: Vec<Located<HookSpec>>,
    /// After everything.
    pub after_all: Vec<Located<HookSpec>>,
}

/// `hooks` of a group or service.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct UnitHooks {
    /// Before documents are applied.
    pub before_apply: Vec<Located<HookSpec>>,
    /// After documents are applied.
    pub after_apply: Vec<Located<HookSpec>>,
    /// Before documents are deleted.
    pub before_destroy: Vec<Located<HookSpec>>,
    /// After documents are deleted.
    pub after_destroy: Vec<Located<HookSpec>>,
}

/// One hook step (spec section 5).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct HookSpec {
    /// Shown in the log.
    pub name: String,
    /// A script for bash.
    pub run: Option<Text>,
    /// A builtin.
    pub r#use: Option<Text>,
    /// The builtin's arguments.
    pub with: BTreeMap<String, Text>,
    /// Condition; there and empty means no.
    #[serde(deserialize_with = "present")]
    pub when: Option<Text>,
    /// Whether a failure is only a warning.
    pub continue_on_error: bool,
    /// Go duration.
    pub timeout: Option<Text>,
}

/// A key that is there without a value is an empty string, not an absent key: `when: {{ if x }}yes{{ end }}`.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Text>, D::Error> {
    Ok(Some(Option::<Text>::deserialize(deserializer)?.unwrap_or_default()))
}

/// `state`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct StateSpec {
    /// Only `configmap`.
    pub backend: Option<StateBackend>,
    /// Namespace of the records.
    pub configmap_namespace: Option<Text>,
    /// Prefix of their names; `codex-env-` without.
    pub configmap_prefix: Option<Text>,
}

/// `state.backend`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StateBackend {
    /// ConfigMaps.
    #[default]
    Configmap,
}
