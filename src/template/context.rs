//! What templates see: plain data, the same names in both dialects (`.Env` in Go, `Env` in Jinja).
//!
//! Not here: where the values come from (`config`), and how an engine presents them (`go`, `jinja`).

use std::collections::BTreeMap;

/// String maps of the context, sorted by key as Go prints and ranges over them.
pub type Strings = BTreeMap<String, String>;

/// Everything a template can read.
#[derive(Debug, Clone)]
pub struct Context {
    /// `Env`: name of the environment.
    pub env: String,
    /// `Namespace`: the Kubernetes namespace.
    pub namespace: String,
    /// `Project`: the project's short name.
    pub project: String,
    /// `ProjectRoot`: absolute path of the configuration's folder.
    pub project_root: String,
    /// `Slot`: number of the slot, 0 without one.
    pub slot: i64,
    /// `Now`, and what `now` gives; UTC.
    pub now: jiff::Timestamp,
    /// `UserVars`: `--vars` alone.
    pub user_vars: Strings,
    /// `Vars`: `--var-file` and `--vars`.
    pub vars: Strings,
    /// `EnvMap`: OS environment, env files and variables merged; what `envOr` reads.
    pub env_map: Strings,
    /// `Versions`: `versions` of the configuration.
    pub versions: Strings,
    /// `BaseDomain`: environment to host.
    pub base_domain: Strings,
    /// `Codex`: agent settings.
    pub codex: CodexView,
    /// `Storage`: volume sizes and classes.
    pub storage: StorageView,
    /// More top-level names, such as `ISSUE_NUMBER`.
    pub extra: Strings,
}

impl Default for Context {
    /// Empty strings and maps, slot 0, and the Unix epoch as `Now`.
    fn default() -> Self {
        Self {
            env: String::new(),
            namespace: String::new(),
            project: String::new(),
            project_root: String::new(),
            slot: 0,
            now: jiff::Timestamp::UNIX_EPOCH,
            user_vars: Strings::new(),
            vars: Strings::new(),
            env_map: Strings::new(),
            versions: Strings::new(),
            base_domain: Strings::new(),
            codex: CodexView::default(),
            storage: StorageView::default(),
            extra: Strings::new(),
        }
    }
}

/// `Codex`: the agent settings templates see.
#[derive(Debug, Clone, Default)]
pub struct CodexView {
    /// `Codex.ConfigTemplate`
    pub config_template: String,
    /// `Codex.PromptLang`
    pub prompt_lang: String,
    /// `Codex.Model`
    pub model: String,
    /// `Codex.ModelReasoningEffort`
    pub model_reasoning_effort: String,
    /// `Codex.Links`
    pub links: Vec<LinkView>,
    /// `Codex.ExtraTools`
    pub extra_tools: Vec<String>,
    /// `Codex.ProjectContext`
    pub project_context: String,
    /// `Codex.ServicesOverview`
    pub services_overview: String,
    /// `Codex.Timeouts`
    pub timeouts: TimeoutsView,
}

/// One of `Codex.Links`.
#[derive(Debug, Clone, Default)]
pub struct LinkView {
    /// `.Title`
    pub title: String,
    /// `.Path`
    pub path: String,
}

/// `Codex.Timeouts`: durations as they were written (`60m`), empty where not given.
#[derive(Debug, Clone, Default)]
pub struct TimeoutsView {
    /// `.Exec`
    pub exec: String,
    /// `.Rollout`
    pub rollout: String,
    /// `.DeployWait`
    pub deploy_wait: String,
}

/// `Storage`: the three volumes of a stack.
#[derive(Debug, Clone, Default)]
pub struct StorageView {
    /// `Storage.Workspace`
    pub workspace: VolumeView,
    /// `Storage.Data`
    pub data: VolumeView,
    /// `Storage.Registry`
    pub registry: VolumeView,
}

/// One volume of `Storage`.
#[derive(Debug, Clone, Default)]
pub struct VolumeView {
    /// `.Size`, such as `10Gi`
    pub size: String,
    /// `.StorageClass`
    pub storage_class: String,
    /// `.AccessModes`
    pub access_modes: Vec<String>,
}
