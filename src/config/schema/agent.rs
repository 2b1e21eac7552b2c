//! The `codex` key of services.yaml: settings of the agent and its prompts (spec section 8).

use schemars::JsonSchema;
use serde::Deserialize;

use super::kinds::OptionalDuration;
use super::{McpSpec, Text, rules};

/// Settings of the coding agent that works in slots: its prompts, its config.toml, its time limits.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(
    rename = "Codex",
    title = "Agent",
    extend("examples" = [{
        "promptLang": "en",
        "links": [{ "title": "Shop", "path": "/" }],
        "extraTools": ["psql", "jq"],
        "projectContext": "The backend is Django.\nRun its tests with `python manage.py test`.\n",
        "timeouts": { "exec": "60m", "deployWait": "3m" },
    }])
)]
pub struct CodexSpec {
    /// A template of the agent's config.toml, relative to the folder of services.yaml. Without it a builtin one.
    #[schemars(extend("examples" = ["deploy/codex/config.toml"]))]
    pub config_template: String,
    /// Language of the builtin prompts: `en` or `ru`; others fall back to `en` with a warning. `--lang`, `CODEXCTL_LANG`
    /// and `CODEX_PROMPT_LANG` are stronger.
    #[schemars(extend("default" = "en", "examples" = ["ru"]))]
    pub prompt_lang: String,
    /// The agent's model; `prompt run --model` is stronger. Without it Codex decides.
    #[schemars(extend("examples" = ["gpt-5-codex"]))]
    pub model: String,
    /// The model's reasoning effort; `prompt run --reasoning-effort` is stronger. Without it Codex decides.
    #[schemars(extend("examples" = ["medium"]))]
    pub model_reasoning_effort: String,
    /// Links below a slot's host, for comments on its issue or pull request.
    #[schemars(extend("examples" = [[{ "title": "Shop", "path": "/" }]]))]
    pub links: Vec<LinkSpec>,
    /// Programs in the agent's image that prompts tell it of.
    #[schemars(extend("examples" = [["psql", "jq"]]))]
    pub extra_tools: Vec<String>,
    /// What the agent should know about the project, Markdown for its prompts.
    #[schemars(extend("examples" = ["The backend is Django."]))]
    pub project_context: String,
    /// What the services are and where they answer, Markdown for its prompts.
    #[schemars(extend("examples" = ["api answers /api, web everything else."]))]
    pub services_overview: String,
    /// Time limits.
    pub timeouts: TimeoutsSpec,
    /// TOML appended to the agent's config.toml.
    pub config_blocks: Vec<ConfigBlock>,
    /// MCP servers.
    pub mcp: McpSpec,
    /// Whether prompts tell the agent to answer reviews through its MCP servers.
    #[serde(rename = "reviewMCPEnabled")]
    pub review_mcp_enabled: bool,
}

/// A link below a slot's host.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(
    rename = "Link",
    title = "Link",
    extend("examples" = [{ "title": "Administration", "path": "/admin/" }])
)]
pub struct LinkSpec {
    /// Text of the link. Without it its path.
    #[schemars(extend("examples" = ["Administration"]))]
    pub title: String,
    /// Path below the slot's host.
    #[schemars(extend("examples" = ["/admin/"]))]
    pub path: String,
}

/// Time limits of the agent and of waiting.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(
    rename = "Timeouts",
    title = "Time limits",
    extend("examples" = [{ "exec": "90m", "rollout": "5m", "deployWait": "3m" }])
)]
pub struct TimeoutsSpec {
    /// How long `prompt run` lets the agent work.
    #[schemars(with = "Option<OptionalDuration>", extend("default" = "60m", "examples" = ["90m"]))]
    pub exec: Option<Text>,
    /// How long `prompt run` waits for the agent's pod.
    #[schemars(with = "Option<OptionalDuration>", extend("default" = "300s", "examples" = ["5m"]))]
    pub rollout: Option<Text>,
    /// How long `apply --wait` waits for workloads.
    #[schemars(with = "Option<OptionalDuration>", extend("default" = "300s", "examples" = ["3m"]))]
    pub deploy_wait: Option<Text>,
}

/// TOML for the agent's config.toml, a template: exactly one of `toml` and `file`. A key or table that exists already is an
/// error.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(
    rename = "ConfigBlock",
    title = "Block of the agent's config",
    transform = rules::config_block,
    extend("examples" = [{ "name": "look", "toml": "[tui]\nnotifications = false\n" }])
)]
pub struct ConfigBlock {
    /// Name for messages, and for the comment above the block.
    #[schemars(extend("examples" = ["look"]))]
    pub name: String,
    /// The text.
    #[schemars(extend("examples" = ["[tui]\nnotifications = false\n"]))]
    pub toml: Option<String>,
    /// A file with the text, relative to the folder of services.yaml.
    #[schemars(extend("examples" = ["deploy/codex/providers.toml"]))]
    pub file: Option<String>,
}
