//! The `codex` key of services.yaml: settings of the agent, its prompts and its MCP servers (spec section 8).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Text;

/// `codex`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CodexSpec {
    /// Template of the agent's config.toml.
    pub config_template: String,
    /// Language of the prompts.
    pub prompt_lang: String,
    /// Model name.
    pub model: String,
    /// Reasoning effort.
    pub model_reasoning_effort: String,
    /// Links for comments.
    pub links: Vec<LinkSpec>,
    /// Tools the agent has.
    pub extra_tools: Vec<String>,
    /// What the agent should know about the project.
    pub project_context: String,
    /// What the services are.
    pub services_overview: String,
    /// Time limits.
    pub timeouts: TimeoutsSpec,
    /// TOML templates appended to the config.
    pub config_blocks: Vec<ConfigBlock>,
    /// MCP servers.
    pub mcp: McpSpec,
    /// Whether reviews are answered through MCP.
    #[serde(rename = "reviewMCPEnabled")]
    pub review_mcp_enabled: bool,
}

/// One of `codex.links`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct LinkSpec {
    /// Link text.
    pub title: String,
    /// Path below the slot's host.
    pub path: String,
}

/// `codex.timeouts`, Go durations.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct TimeoutsSpec {
    /// An agent's run.
    pub exec: Option<Text>,
    /// The agent pod's rollout.
    pub rollout: Option<Text>,
    /// `apply --wait`.
    pub deploy_wait: Option<Text>,
}

/// One of `codex.configBlocks`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ConfigBlock {
    /// Name for messages.
    pub name: String,
    /// TOML text.
    pub toml: Option<String>,
    /// File with TOML text.
    pub file: Option<String>,
}

/// `codex.mcp`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct McpSpec {
    /// The servers.
    pub servers: Vec<McpServer>,
}

/// One of `codex.mcp.servers`. Its keys are Codex's own where they are snake_case.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct McpServer {
    /// Table name in the config.
    pub name: String,
    /// How it is reached.
    pub r#type: McpType,
    /// For the prompts.
    pub description: String,
    /// stdio: program.
    pub command: String,
    /// stdio: arguments.
    pub args: Vec<String>,
    /// stdio: environment.
    pub env: BTreeMap<String, McpValue>,
    /// http: URL.
    pub endpoint: String,
    /// http: headers.
    pub headers: BTreeMap<String, McpValue>,
    /// http: variable that holds the bearer token.
    pub bearer_token_env_var: Option<String>,
    /// cluster: Service.
    pub service: Option<McpService>,
    /// Seconds.
    pub startup_timeout_sec: Option<u64>,
    /// Seconds.
    pub tool_timeout_sec: Option<u64>,
    /// For the prompts.
    pub tools: Vec<McpTool>,
}

/// `type` of an MCP server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum McpType {
    /// A program in the pod.
    #[default]
    Stdio,
    /// A URL.
    Http,
    /// A URL with TLS.
    Https,
    /// A Service of the cluster.
    Cluster,
}

/// A value of an MCP server's environment or headers.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct McpValue {
    /// Written as it is.
    pub value: Option<String>,
    /// Name of a variable in the pod.
    pub env_ref: Option<String>,
    /// Name of a template variable.
    pub var_ref: Option<String>,
    /// Left out when unset.
    pub optional: bool,
}

/// `service` of an MCP server.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct McpService {
    /// Service name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// Its port.
    pub port: Option<u16>,
    /// URL path; `/mcp` without.
    pub path: Option<String>,
    /// URL scheme; `http` without.
    pub scheme: Option<String>,
}

/// One of an MCP server's `tools`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct McpTool {
    /// Tool name.
    pub name: String,
    /// What it does.
    pub description: String,
}
