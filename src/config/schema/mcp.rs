//! The `codex.mcp` key of services.yaml: MCP servers of the agent (spec section 8).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::kinds::{OptionalVariable, ServerName};
use super::rules;
use crate::yaml::Located;

/// Tools for the agent, by the Model Context Protocol.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(rename = "Mcp", title = "MCP")]
pub struct McpSpec {
    /// The servers. Each becomes a table `[mcp_servers.NAME]` of the agent's config.toml.
    pub servers: Vec<Located<McpServer>>,
}

/// One MCP server. Type `stdio` (the default) needs `command`; `http` and `https` need `endpoint`; `cluster` needs
/// `service` with a `name`. Keys in snake_case are Codex's own.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(
    rename = "McpServer",
    title = "MCP server",
    transform = rules::server,
    extend("required" = ["name"], "examples" = [{
        "name": "docs",
        "type": "stdio",
        "command": "docs-server",
        "args": ["--read-only"],
        "env": { "DOCS_TOKEN": { "envRef": "DOCS_TOKEN" } },
    }, {
        "name": "issues",
        "type": "cluster",
        "service": { "name": "issues-mcp", "port": 8080 },
        "tools": [{ "name": "find_issue", "description": "finds issues by their text" }],
    }])
)]
pub struct McpServer {
    /// Name of the server, and of its table in the config; no two servers share one.
    #[schemars(with = "ServerName", extend("examples" = ["docs"]))]
    pub name: String,
    /// How the server is reached.
    #[schemars(extend("default" = "stdio"))]
    pub r#type: McpType,
    /// What it is good for. Prompts list it.
    #[schemars(extend("examples" = ["documentation of our libraries"]))]
    pub description: String,
    /// stdio: the program to start in the agent's pod.
    #[schemars(extend("examples" = ["docs-server"]))]
    pub command: String,
    /// stdio: its arguments.
    #[schemars(extend("examples" = [["--read-only"]]))]
    pub args: Vec<String>,
    /// stdio: its environment, by variable.
    #[schemars(extend("examples" = [{ "DOCS_TOKEN": { "envRef": "DOCS_TOKEN" } }]))]
    pub env: BTreeMap<String, McpValue>,
    /// http, https: the URL. It begins with `http://` or `https://`, for type `https` with the latter.
    #[schemars(extend("examples" = ["https://mcp.shop.test/mcp"]))]
    pub endpoint: String,
    /// http, https, cluster: HTTP headers, by name.
    #[schemars(extend("examples" = [{ "X-Api-Key": { "envRef": "DOCS_KEY" } }]))]
    pub headers: BTreeMap<String, McpValue>,
    /// http, https, cluster: name of the variable in the agent's pod that holds the bearer token.
    #[schemars(with = "Option<OptionalVariable>", extend("examples" = ["DOCS_TOKEN"]))]
    pub bearer_token_env_var: Option<String>,
    /// cluster: the Service that answers.
    pub service: Option<McpService>,
    /// Seconds the server may take to start. Without it Codex decides.
    #[schemars(extend("examples" = [20]))]
    pub startup_timeout_sec: Option<u64>,
    /// Seconds a call of one of its tools may take. Without it Codex decides.
    #[schemars(extend("examples" = [60]))]
    pub tool_timeout_sec: Option<u64>,
    /// The tools that prompts list.
    pub tools: Vec<McpTool>,
}

/// How an MCP server is reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum McpType {
    /// A program in the agent's pod.
    #[default]
    Stdio,
    /// A URL.
    Http,
    /// A URL with TLS.
    Https,
    /// A Service of the cluster.
    Cluster,
}

/// A value of an MCP server's environment or headers: exactly one of `value`, `envRef` and `varRef`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(
    rename = "McpValue",
    title = "Value for an MCP server",
    transform = rules::mcp_value,
    extend("examples" = [{ "value": "info" }, { "envRef": "DOCS_TOKEN" }, { "varRef": "REGION", "optional": true }])
)]
pub struct McpValue {
    /// The value itself. Anybody who sees the config sees it: no place for secrets.
    #[schemars(extend("examples" = ["info"]))]
    pub value: Option<String>,
    /// Name of a variable in the agent's pod. It is handed on by name, so that its value does not enter the config.
    #[schemars(extend("examples" = ["DOCS_TOKEN"]))]
    pub env_ref: Option<String>,
    /// Name of a template variable (`--vars`, `--var-file`, `envFiles`, the environment); its value enters the config.
    /// Names of secrets are refused.
    #[schemars(extend("examples" = ["REGION"]))]
    pub var_ref: Option<String>,
    /// Whether the value is left out when its variable is not set. Otherwise that is an error.
    pub optional: bool,
}

/// The Service of an MCP server of type `cluster`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(
    rename = "McpService",
    title = "Service of an MCP server",
    extend("examples" = [{ "name": "issues-mcp", "namespace": "tools", "port": 8080, "path": "/mcp" }])
)]
pub struct McpService {
    /// Name of the Service. Required.
    #[schemars(extend("examples" = ["issues-mcp"]))]
    pub name: String,
    /// Its namespace. Without it that of the stack.
    #[schemars(extend("examples" = ["tools"]))]
    pub namespace: String,
    /// Its port. Without it the scheme's own.
    #[schemars(extend("examples" = [8080]))]
    pub port: Option<u16>,
    /// Path of the URL.
    #[schemars(extend("default" = "/mcp"))]
    pub path: Option<String>,
    /// Scheme of the URL, `http` or `https`.
    #[schemars(extend("default" = "http", "examples" = ["https"]))]
    pub scheme: Option<String>,
}

/// A tool of an MCP server, as prompts list it.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(
    rename = "McpTool",
    title = "Tool of an MCP server",
    extend("examples" = [{ "name": "find_issue", "description": "finds issues by their text" }])
)]
pub struct McpTool {
    /// Name of the tool.
    #[schemars(extend("examples" = ["find_issue"]))]
    pub name: String,
    /// What it does.
    #[schemars(extend("examples" = ["finds issues by their text"]))]
    pub description: String,
}
