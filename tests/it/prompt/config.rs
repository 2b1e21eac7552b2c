//! The agent's config.toml: that it parses whatever the project says, what of MCP servers stands in it, and what Codex
//! itself makes of it.

use std::process::Command;

use super::super::harness::Project;
use super::pod::{codex, services};

fn config(project: &Project, args: &[&str]) -> toml::Table {
    project.ok(&[&["prompt", "config", "--slot", "3"], args].concat()).parse().unwrap()
}

#[test]
fn the_builtin_config_parses_for_any_project_context() {
    let nasty = "a \"quote\", '''three''', \"\"\"three\"\"\", a \\ backslash \\u0041 \\\nnext\ttab\r\n[table]\nkey = 1 # {{ x }} é 🦀\u{7f}\u{1}";
    let yaml =
        serde_json::to_string(nasty).unwrap().replace("{{", "{{ \"{{\" }}").replace('\u{7f}', "\\u007f");
    for name in ["model", "projectContext", "modelReasoningEffort"] {
        let project = Project::new(&services(&format!("  {name}: {yaml}\n")));
        let table = config(&project, &[]);
        let key = match name {
            "model" => "model",
            "projectContext" => "developer_instructions",
            _ => "model_reasoning_effort",
        };
        assert_eq!(table[key].as_str(), Some(nasty), "{name}");
        assert_eq!(table["approval_policy"].as_str(), Some("never"));
        assert_eq!(table["sandbox_mode"].as_str(), Some("danger-full-access"));
    }
}

#[test]
fn model_and_effort_come_from_flags_first() {
    let project = Project::new(&services("  model: gpt-a\n  modelReasoningEffort: low\n"));
    let table = config(&project, &[]);
    assert_eq!(
        (table["model"].as_str(), table["model_reasoning_effort"].as_str()),
        (Some("gpt-a"), Some("low"))
    );
    let table = config(&project, &["--model", "gpt-b", "--reasoning-effort", "high"]);
    assert_eq!(
        (table["model"].as_str(), table["model_reasoning_effort"].as_str()),
        (Some("gpt-b"), Some("high"))
    );
    let table = config(&Project::new(&services("  model: default\n")), &[]);
    assert!(!table.contains_key("model") && !table.contains_key("model_reasoning_effort"));
}

#[test]
fn context7_takes_its_key_from_the_pod() {
    let mut project = Project::new(&services(""));
    assert!(!config(&project, &[]).contains_key("mcp_servers"));
    project.env("CONTEXT7_API_KEY", "c7-secret-value");
    let text = project.ok(&["prompt", "config", "--slot", "3"]);
    assert!(!text.contains("c7-secret-value"), "{text}");
    let table: toml::Table = text.parse().unwrap();
    assert_eq!(
        table["mcp_servers"]["context7"]["env_http_headers"]["CONTEXT7_API_KEY"].as_str(),
        Some("CONTEXT7_API_KEY")
    );
    assert!(project.ok(&["prompt", "render", "--kind", "dev_issue"]).contains("- `context7`: "));
}

const SERVERS: &str = r#"  mcp:
    servers:
      - name: files
        command: npx
        args: [-y, "a \"b\" \\c"]
        env: {MODE: {value: "x\"y"}, GH_TOKEN: {envRef: GH_TOKEN}, API_TOKEN: {envRef: OTHER_TOKEN}, TEAM: {varRef: TEAM}, NONE: {varRef: NOPE, optional: true}}
        startup_timeout_sec: 20
      - name: plain
        type: http
        endpoint: http://mcp.test/mcp
        headers: {X-Team: {varRef: TEAM}, X-Fixed: {value: one}, Authorization: {envRef: AUTH_HEADER}}
      - name: tls
        type: https
        endpoint: https://mcp.test/mcp
        bearer_token_env_var: MCP_TOKEN
        tool_timeout_sec: 90
      - name: docs
        type: cluster
        description: |
          searches
          the handbook
        service: {name: handbook, port: 8080}
        tools: [{name: search, description: finds pages}]
      - name: far
        type: cluster
        service: {name: tools, namespace: shared, port: 443, path: api/mcp, scheme: https}
"#;

fn with_servers() -> Project {
    let mut project = Project::new(&services(SERVERS));
    project.env("OTHER_TOKEN", "tok-secret-value").env("AUTH_HEADER", "plain").env("TEAM", "core");
    project
}

#[test]
fn servers_of_every_type_and_no_secret_among_them() {
    let text = with_servers().ok(&["prompt", "config", "--slot", "3"]);
    assert!(!text.contains("tok-secret-value"), "{text}");
    let table: toml::Table = text.parse().unwrap();
    let expected: toml::Table = r#"
        [files]
        command = "sh"
        args = ["-c", 'export API_TOKEN="${OTHER_TOKEN:?is not set in the pod}"; exec "$@"', "sh", "npx", "-y", 'a "b" \c']
        env_vars = ["OTHER_TOKEN", "GH_TOKEN"]
        env = { MODE = 'x"y', TEAM = "core" }
        startup_timeout_sec = 20
        [plain]
        url = "http://mcp.test/mcp"
        http_headers = { X-Team = "core", X-Fixed = "one" }
        env_http_headers = { Authorization = "AUTH_HEADER" }
        [tls]
        url = "https://mcp.test/mcp"
        bearer_token_env_var = "MCP_TOKEN"
        tool_timeout_sec = 90
        [docs]
        url = "http://handbook.demo-dev-3.svc.cluster.local:8080/mcp"
        [far]
        url = "https://tools.shared.svc.cluster.local:443/api/mcp"
    "#
    .parse()
    .unwrap();
    assert_eq!(table["mcp_servers"], toml::Value::Table(expected), "{text}");
}

#[test]
fn prompts_list_servers_and_tools() {
    let project = with_servers();
    let prompt = project.ok(&["prompt", "render", "--kind", "review_fix", "--slot", "3", "--pr", "5"]);
    assert!(prompt.contains("- `docs`: searches the handbook\n  - `search`: finds pages\n"), "{prompt}");
    assert!(prompt.contains("gh api \"repos/{owner}/{repo}/pulls/5/comments/COMMENT_ID/replies\""));
    project.file("services.yaml", services(&format!("{SERVERS}  reviewMCPEnabled: true\n")));
    let prompt = project.ok(&["prompt", "render", "--kind", "review_fix", "--slot", "3", "--pr", "5"]);
    assert!(prompt.contains("through the MCP servers listed above") && !prompt.contains("COMMENT_ID"));
}

#[test]
fn all_that_is_wrong_with_servers_is_said_at_once() {
    let mut project = Project::new(&services(
        "  mcp:\n    servers:\n      - {name: a}\n      - {name: a, type: https, endpoint: 'http://x'}\n      - {name: 'b c', type: cluster}\n      - {name: d, command: x, env: {A: {varRef: MY_TOKEN}, B: {varRef: NOPE}, C: {value: x, envRef: y}}}\n",
    ));
    project.env("MY_TOKEN", "tok-secret-value");
    let error = project.fails(2, &["prompt", "config", "--slot", "3"]);
    let text = project.read("services.yaml");
    let first = text.lines().position(|line| line.ends_with("- {name: a}")).unwrap() + 1;
    for (at, part) in [
        (0, "(a): `command` is missing"),
        (1, "(a): `endpoint` of type `https` must begin with https://"),
        (1, "(a): the name is used twice"),
        (2, "(b c): Codex takes letters"),
        (2, "(b c): type `cluster` needs `service`"),
        (3, "(d): env.A: `MY_TOKEN` is a secret"),
        (3, "(d): env.B: the variable `NOPE` is not set"),
        (3, "(d): env.C: needs exactly one of"),
    ] {
        let part = format!("services.yaml:{}: codex.mcp.servers[{at}] {part}", first + at);
        assert!(error.contains(&part), "no {part:?} in {error}");
    }
    assert!(!error.contains("tok-secret-value"));
}

#[test]
fn a_template_and_blocks_make_one_document() {
    let project = Project::new(&services(
        "  configTemplate: cfg/codex.toml\n  configBlocks:\n    - {name: look, toml: \"show_raw_agent_reasoning = true\\n[tui]\\nnotifications = true\\n\"}\n    - {name: more, file: cfg/more.toml}\n",
    ));
    project.file(
        "cfg/codex.toml",
        "# of slot {{ .Slot }}\nmodel = {{ toml .Project }}\n[history]\npersistence = \"none\"\n",
    );
    project.file("cfg/more.toml", "[model_providers.{{ Project | toml }}]\nname = {{ toml(Namespace) }}\n");
    let text = project.ok(&["prompt", "config", "--slot", "3"]);
    let table: toml::Table = text.parse().unwrap();
    assert!(text.starts_with("# of slot 3\n"), "{text}");
    assert_eq!(table["model"].as_str(), Some("demo"));
    assert_eq!(table["show_raw_agent_reasoning"].as_bool(), Some(true));
    assert_eq!(table["model_providers"]["demo"]["name"].as_str(), Some("demo-dev-3"));

    project.file("cfg/more.toml", "[tui]\nx = 1\n");
    let error = project.fails(2, &["prompt", "config", "--slot", "3"]);
    assert!(error.contains("duplicate key") && error.contains("(more), cfg/more.toml"), "{error}");
    project.file("cfg/more.toml", "x = \n");
    let error = project.fails(2, &["prompt", "config", "--slot", "3"]);
    assert!(error.contains("codex.configBlocks[1] (more), cfg/more.toml is no TOML"), "{error}");
}

/// What Codex reads out of it is what was meant.
#[test]
fn codex_itself_reads_the_config() {
    let Some(program) = codex() else { return };
    let mut project = with_servers();
    project.env("CONTEXT7_API_KEY", "c7-secret-value");
    project.ok(&["prompt", "config", "--slot", "3", "--out", "home/.codex/config.toml"]);
    let output = Command::new(program)
        .args(["mcp", "list", "--json"])
        .env("HOME", project.path().join("home"))
        .env_remove("CODEX_HOME")
        .current_dir(project.path())
        .output()
        .unwrap();
    let listed: serde_json::Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let server = |name: &str| {
        let all = listed.as_array().unwrap();
        all.iter()
            .find(|server| server["name"] == name)
            .unwrap_or_else(|| panic!("no {name} in {listed}"))
            .clone()
    };
    assert_eq!(listed.as_array().unwrap().len(), 6);
    assert_eq!(server("files")["transport"]["env_vars"], serde_json::json!(["OTHER_TOKEN", "GH_TOKEN"]));
    assert_eq!(server("files")["transport"]["env"]["MODE"], "x\"y");
    assert_eq!(server("plain")["transport"]["http_headers"]["X-Team"], "core");
    assert_eq!(server("plain")["transport"]["env_http_headers"]["Authorization"], "AUTH_HEADER");
    assert_eq!(server("tls")["transport"]["bearer_token_env_var"], "MCP_TOKEN");
    assert_eq!(server("docs")["transport"]["url"], "http://handbook.demo-dev-3.svc.cluster.local:8080/mcp");
    assert_eq!(server("context7")["transport"]["type"], "streamable_http");
}

#[test]
fn a_secret_that_a_template_writes_out_is_told() {
    let mut project = Project::new(&services("  configTemplate: cfg.toml\n"));
    project.env("MY_TOKEN", "tok-secret-value");
    project.file("cfg.toml", "key = {{ toml(EnvMap.MY_TOKEN) }}\n");
    let run = project.run(&["prompt", "config", "--slot", "3", "--log-level", "debug"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "key = \"tok-secret-value\"\n"));
    assert!(
        run.stderr.contains("warning: config.toml holds the value of a secret variable"),
        "{}",
        run.stderr
    );
    assert!(!run.stderr.contains("tok-secret"), "{}", run.stderr);
}

#[test]
fn the_debug_log_shows_no_literal_secret_of_a_server() {
    let servers = r#"  mcp:
    servers:
      - name: a
        command: x
        env:
          A_TOKEN: {value: "literal-secret-abcdef"}
          B_TOKEN: {value: "it's \"quoted\"\tsecret-tail"}
          SEEN: {value: plain-value}
      - name: b
        type: https
        endpoint: https://b.test/mcp
        headers:
          X-API-KEY: {value: literal-hdr-zzz}
          Authorization: {value: Bearer literal-bearer-yyy}
"#;
    let project = Project::new(&services(servers));
    project.file("t.toml", "# short\n");
    project.file("services.yaml", services(&format!("  configTemplate: t.toml\n{servers}")));
    let run = project.run(&["prompt", "config", "--slot", "3", "--log-level", "debug"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for secret in ["literal-secret", "secret-tail", "literal-hdr", "literal-bearer"] {
        assert!(run.stdout.contains(secret), "{secret}: {}", run.stdout);
    }
    let preview = &run.stderr[run.stderr.find("config.toml, ").unwrap()..];
    for secret in ["literal-secret", "secret-tail", "literal-hdr", "literal-bearer"] {
        assert!(!preview.contains(secret), "{secret}: {preview}");
    }
    assert!(preview.contains("***") && preview.contains("plain-value"), "{preview}");
}

#[test]
fn headers_and_bearer_variables_that_no_client_would_send_are_problems() {
    let server = |lines: &str| {
        services(&format!(
            "  mcp:\n    servers:\n      - name: b\n        type: https\n        endpoint: https://b.test/mcp\n        {lines}\n"
        ))
    };
    for (lines, problem) in [
        ("headers: {'A: b': {value: x}}", "headers: `A: b` is no name of an HTTP header"),
        ("headers: {A: {value: \"x\\ny\"}}", "headers.A: a header's value is one line"),
        ("bearer_token_env_var: a b", "`bearer_token_env_var` must be a variable's name, found `a b`"),
    ] {
        let project = Project::new(&server(lines));
        let error = project.fails(2, &["prompt", "config", "--slot", "3"]);
        assert!(error.contains("services.yaml:11: ") && error.contains(problem), "{error}");
    }
    let project =
        Project::new(&server("headers: {X-A_b.c: {value: \"x\ty\"}}\n        bearer_token_env_var: A_TOKEN"));
    project.ok(&["prompt", "config", "--slot", "3"]);
}
