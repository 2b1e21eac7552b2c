//! The context of the conformance vectors, and short ways to render over it.

use std::collections::BTreeMap;

use codexctl::template::{CodexView, Context, Engine, LinkView, Syntax, TemplateError, TimeoutsView};
use serde_json::Value as Json;

/// The published vectors' file.
pub fn vectors() -> Json {
    read("gotemplate.json")
}

/// More of the same over the same context. `go` in the file says which Go gave what is expected.
pub fn more_vectors() -> Json {
    read("gotemplate-more.json")
}

fn read(file: &str) -> Json {
    let path = format!("{}/tests/conformance/{file}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The vectors' context.
pub fn context() -> Context {
    let json = &vectors()["context"];
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let map = |value: &Json| -> BTreeMap<String, String> {
        value.as_object().into_iter().flatten().map(|(k, v)| (k.clone(), text(v))).collect()
    };
    let codex = &json["Codex"];
    let list = |value: &Json| value.as_array().cloned().unwrap_or_default();
    Context {
        env: text(&json["Env"]),
        namespace: text(&json["Namespace"]),
        project: text(&json["Project"]),
        project_root: text(&json["ProjectRoot"]),
        slot: json["Slot"].as_i64().unwrap(),
        now: text(&json["Now"]).parse().unwrap(),
        user_vars: map(&json["UserVars"]),
        env_map: map(&json["EnvMap"]),
        versions: map(&json["Versions"]),
        base_domain: map(&json["BaseDomain"]),
        codex: CodexView {
            links: list(&codex["Links"])
                .iter()
                .map(|link| LinkView { title: text(&link["Title"]), path: text(&link["Path"]) })
                .collect(),
            extra_tools: list(&codex["ExtraTools"]).iter().map(text).collect(),
            project_context: text(&codex["ProjectContext"]),
            timeouts: TimeoutsView { exec: text(&codex["Timeouts"]["Exec"]), ..TimeoutsView::default() },
            ..CodexView::default()
        },
        ..Context::default()
    }
}

/// An engine over it.
pub fn engine() -> Engine {
    Engine::new(context())
}

/// Renders as Go.
pub fn go(text: &str) -> Result<String, TemplateError> {
    engine().render("t", text, Syntax::Go).map(|output| output.text)
}

/// Renders as Jinja.
pub fn jinja(text: &str) -> Result<String, TemplateError> {
    engine().render("t", text, Syntax::Jinja).map(|output| output.text)
}

/// Each template with what it renders to.
pub fn check(cases: &[(&str, &str)]) {
    let mut failures = Vec::new();
    for (template, expected) in cases {
        match go(template) {
            Ok(text) if text == *expected => {}
            Ok(text) => failures.push(format!("{template}\n   got {text:?}\n  want {expected:?}")),
            Err(error) => failures.push(format!("{template}\n   {error}\n  want {expected:?}")),
        }
    }
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), cases.len(), failures.join("\n"));
}

/// Each template with the line of its error and a part of the message.
pub fn check_errors(cases: &[(&str, u32, &str)]) {
    let mut failures = Vec::new();
    for (template, line, part) in cases {
        match go(template) {
            Err(error) if error.line() == *line && error.message().contains(part) => {}
            other => failures.push(format!("{template}\n   got {other:?}\n  want line {line}: {part}")),
        }
    }
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), cases.len(), failures.join("\n"));
}
