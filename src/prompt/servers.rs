//! MCP servers: `codex.mcp.servers` as `[mcp_servers.NAME]` tables of Codex's config, and as a list for prompts.
//!
//! No secret enters the config: an `envRef` goes by name, and Codex reads it from the pod's environment.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Result;
use toml::{Table, Value};

use super::material::Material;
use crate::config::schema::{McpServer, McpTool, McpType, McpValue};
use crate::error::Fault;
use crate::process::{Secrets, is_secret_name};
use crate::yaml::Located;

/// URL path of a Service that names none.
const SERVICE_PATH: &str = "/mcp";

/// Headers that hold secrets though their names, in capitals, do not say so.
const SECRET_HEADERS: [&str; 4] = ["AUTHORIZATION", "PROXY_AUTHORIZATION", "COOKIE", "X_AUTH"];

/// The servers as TOML; empty without servers.
///
/// # Errors
/// Everything that is missing or wrong, at once.
pub(super) fn tables(material: &Material, servers: &[Located<McpServer>]) -> Result<String> {
    let (all, problems) = read(material, servers);
    if !problems.is_empty() {
        let line = |Problem { server, message }: &Problem<'_>| {
            let name = if server.name.is_empty() { String::new() } else { format!(" ({})", server.name) };
            format!("{}: {}{name}: {message}", material.stack.place(server), server.path)
        };
        let lines: Vec<String> = problems.iter().map(line).collect();
        return Err(Fault::invalid(lines.join("\n")).into());
    }
    if all.is_empty() {
        return Ok(String::new());
    }
    let whole = Table::from_iter([("mcp_servers".to_string(), Value::Table(all))]);
    Ok(toml::to_string(&whole)?)
}

/// Teaches the log the secrets that stand in services.yaml itself: values of variables and headers whose names say so,
/// as they are and as TOML writes them.
pub(super) fn secrets(servers: &[Located<McpServer>], secrets: &Secrets) {
    for server in servers {
        for (name, value) in server.env.iter().chain(&server.headers) {
            let plain = name.replace('-', "_").to_ascii_uppercase();
            let secret = is_secret_name(&plain) || SECRET_HEADERS.contains(&plain.as_str());
            let Some(text) = value.value.as_ref().filter(|_| secret) else { continue };
            let written = Value::from(text.as_str()).to_string();
            // `Bearer WORD`: the word alone is as secret.
            let word = text.split_whitespace().last().unwrap_or_default();
            let inner = written.trim_matches(['"', '\'', '\n']);
            secrets.learn([text.as_str(), word, inner].map(|form| ("MCP_TOKEN", form)));
        }
    }
}

/// What is wrong with a server.
pub struct Problem<'a> {
    /// The server as services.yaml has it.
    pub server: &'a Located<McpServer>,
    /// What it is.
    pub message: String,
}

/// The servers' tables, and what is wrong with them.
pub(super) fn read<'a>(
    material: &'a Material,
    servers: &'a [Located<McpServer>],
) -> (Table, Vec<Problem<'a>>) {
    let context = &material.context.context;
    let mut reader = Reader { variables: &context.env_map, problems: Vec::new() };
    let (mut all, mut problems) = (Table::new(), Vec::new());
    for server in servers {
        if server.name.is_empty() {
            reader.problem("`name` is missing");
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        if !server.name.chars().all(allowed) {
            reader.problem("Codex takes letters, digits, `-` and `_` in a server's name");
        }
        let table = reader.table(server, &context.namespace);
        if all.insert(server.name.clone(), Value::Table(table)).is_some() {
            reader.problem("the name is used twice");
        }
        problems.extend(reader.problems.drain(..).map(|message| Problem { server, message }));
    }
    (all, problems)
}

/// Reads a server and collects what is wrong with it.
struct Reader<'a> {
    variables: &'a BTreeMap<String, String>,
    problems: Vec<String>,
}

/// Where a value comes from.
enum Origin {
    /// Stands in the config.
    Text(String),
    /// The pod's variable of this name.
    Pod { name: String, optional: bool },
}

impl Reader<'_> {
    fn problem(&mut self, what: impl Into<String>) {
        self.problems.push(what.into());
    }

    fn table(&mut self, server: &McpServer, namespace: &str) -> Table {
        let mut table = Table::new();
        match server.r#type {
            McpType::Stdio => self.stdio(server, &mut table),
            McpType::Http | McpType::Https | McpType::Cluster => {
                let url = self.url(server, namespace);
                table.insert("url".into(), url.into());
                if let Some(name) = server.bearer_token_env_var.as_ref().filter(|name| !name.is_empty()) {
                    if !is_variable(name) {
                        self.problem(format!(
                            "`bearer_token_env_var` must be a variable's name, found `{name}`"
                        ));
                    }
                    table.insert("bearer_token_env_var".into(), name.clone().into());
                }
                self.headers(server, &mut table);
            }
        }
        for (key, seconds) in [
            ("startup_timeout_sec", server.startup_timeout_sec),
            ("tool_timeout_sec", server.tool_timeout_sec),
        ] {
            if let Some(seconds) = seconds.and_then(|seconds| i64::try_from(seconds).ok()) {
                table.insert(key.into(), seconds.into());
            }
        }
        table
    }

    fn stdio(&mut self, server: &McpServer, table: &mut Table) {
        if server.command.is_empty() {
            self.problem("`command` is missing");
        }
        let mut env = Table::new();
        let mut passed: Vec<Value> = Vec::new();
        let mut renamed = String::new();
        for (name, value) in &server.env {
            match self.origin(&format!("env.{name}"), value) {
                None => {}
                Some(Origin::Text(text)) => {
                    env.insert(name.clone(), text.into());
                }
                Some(Origin::Pod { name: source, optional }) => {
                    // Codex hands variables on under their own name; another name is given by a shell.
                    if source != *name {
                        if !is_variable(name) || !is_variable(&source) {
                            self.problem(format!(
                                "env.{name}: `{source}` and `{name}` must be variable names"
                            ));
                        }
                        let _ = if optional {
                            write!(renamed, "[ -z \"${{{source}+x}}\" ] || export {name}=\"${source}\"; ")
                        } else {
                            write!(renamed, "export {name}=\"${{{source}:?is not set in the pod}}\"; ")
                        };
                    }
                    if !passed.iter().any(|known| known.as_str() == Some(&source)) {
                        passed.push(source.into());
                    }
                }
            }
        }
        let args = server.args.iter().cloned();
        if renamed.is_empty() {
            table.insert("command".into(), server.command.clone().into());
            if !server.args.is_empty() {
                table.insert("args".into(), args.map(Value::from).collect::<Vec<_>>().into());
            }
        } else {
            let script = format!("{renamed}exec \"$@\"");
            let all = ["-c".into(), script, "sh".into(), server.command.clone()].into_iter().chain(args);
            table.insert("command".into(), "sh".into());
            table.insert("args".into(), all.map(Value::from).collect::<Vec<_>>().into());
        }
        if !passed.is_empty() {
            table.insert("env_vars".into(), passed.into());
        }
        if !env.is_empty() {
            table.insert("env".into(), env.into());
        }
    }

    fn headers(&mut self, server: &McpServer, table: &mut Table) {
        let (mut fixed, mut named) = (Table::new(), Table::new());
        for (name, value) in &server.headers {
            if !is_header(name) {
                self.problem(format!("headers: `{name}` is no name of an HTTP header"));
            }
            match self.origin(&format!("headers.{name}"), value) {
                Some(Origin::Text(text)) => {
                    if text.contains(|c: char| c.is_control() && c != '\t') {
                        self.problem(format!(
                            "headers.{name}: a header's value is one line without control characters"
                        ));
                    }
                    fixed.insert(name.clone(), text.into());
                }
                Some(Origin::Pod { name: source, .. }) => drop(named.insert(name.clone(), source.into())),
                None => {}
            }
        }
        for (key, headers) in [("http_headers", fixed), ("env_http_headers", named)] {
            if !headers.is_empty() {
                table.insert(key.into(), headers.into());
            }
        }
    }

    fn url(&mut self, server: &McpServer, own_namespace: &str) -> String {
        if server.r#type == McpType::Cluster {
            return self.service_url(server, own_namespace);
        }
        let url = server.endpoint.trim();
        let fits = match server.r#type {
            McpType::Https => url.starts_with("https://"),
            _ => url.starts_with("http://") || url.starts_with("https://"),
        };
        if url.is_empty() {
            self.problem("`endpoint` is missing");
        } else if !fits {
            let name = if server.r#type == McpType::Https { "https" } else { "http" };
            self.problem(format!("`endpoint` of type `{name}` must begin with {name}://, found `{url}`"));
        }
        url.into()
    }

    fn service_url(&mut self, server: &McpServer, own_namespace: &str) -> String {
        let Some(service) = server.service.as_ref().filter(|service| !service.name.is_empty()) else {
            self.problem("type `cluster` needs `service` with a `name`");
            return String::new();
        };
        let namespace = if service.namespace.is_empty() { own_namespace } else { &service.namespace };
        if namespace.is_empty() {
            self.problem("`service.namespace` is missing, and without --slot there is no namespace to take");
        }
        let set = |value: &Option<String>| value.clone().filter(|text| !text.is_empty());
        let scheme = set(&service.scheme).unwrap_or_else(|| "http".into());
        let path = set(&service.path).unwrap_or_else(|| SERVICE_PATH.into());
        let path = path.trim_start_matches('/');
        let port = service.port.map_or_else(String::new, |port| format!(":{port}"));
        format!("{scheme}://{}.{namespace}.svc.cluster.local{port}/{path}", service.name)
    }

    /// `None`: to be left out, or wrong, which is noted.
    fn origin(&mut self, key: &str, value: &McpValue) -> Option<Origin> {
        match (&value.value, &value.env_ref, &value.var_ref) {
            (Some(text), None, None) => Some(Origin::Text(text.clone())),
            (None, Some(name), None) => {
                Some(Origin::Pod { name: name.trim().to_string(), optional: value.optional })
            }
            (None, None, Some(name)) => {
                match self.variables.get(name).filter(|text| !text.is_empty()) {
                    Some(_) if is_secret_name(name) => {
                        self.problem(format!("{key}: `{name}` is a secret, its value must not enter the config; put it into the pod's environment and use `envRef`"));
                        None
                    }
                    Some(text) => Some(Origin::Text(text.clone())),
                    None if value.optional => None,
                    None => {
                        self.problem(format!("{key}: the variable `{name}` is not set; set it with --vars, or say `optional: true`"));
                        None
                    }
                }
            }
            _ => {
                self.problem(format!("{key}: needs exactly one of `value`, `envRef` and `varRef`"));
                None
            }
        }
    }
}

/// A `token` of RFC 9110.
fn is_header(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c))
}

fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The builtin documentation server as prompts list it.
pub(super) fn context7(lang: &str) -> McpServer {
    let description = match lang {
        "ru" => "актуальная документация библиотек; загляни сюда, прежде чем полагаться на память",
        _ => "current documentation of libraries; ask it before you rely on memory",
    };
    McpServer { name: "context7".into(), description: description.into(), ..McpServer::default() }
}

/// A Markdown list of servers and their tools; empty without servers.
pub(super) fn listing(servers: &[Located<McpServer>], builtin: Option<&McpServer>) -> String {
    let item = |name: &str, description: &str, indent: &str| {
        let description = description.split_whitespace().collect::<Vec<_>>().join(" ");
        let description = if description.is_empty() { description } else { format!(": {description}") };
        format!("{indent}- `{name}`{description}")
    };
    let mut lines = Vec::new();
    for server in servers.iter().map(|server| &server.value).chain(builtin) {
        lines.push(item(&server.name, &server.description, ""));
        lines.extend(server.tools.iter().map(|McpTool { name, description }| item(name, description, "  ")));
    }
    lines.join("\n")
}
