//! The agent's settings: files, language, MCP servers, and for environments that agents work in, the config.toml that
//! would be written there.

use tracing::subscriber::{NoSubscriber, with_default};

use super::documents::of_template;
use super::environment::Environment;
use super::finding::Finding;
use super::rules;
use crate::app::{App, StackRequest};
use crate::config::read_text;
use crate::error::Fault;
use crate::prompt::{Language, Material, Request, ServerProblem};
use crate::template::TemplateError;

/// Checks `codex`; `request` is that of an environment that exists as slots, and that is valid.
pub(super) fn check(environment: &Environment<'_>, app: &App, request: Option<StackRequest>) -> Vec<Finding> {
    let mut findings = files(environment);
    let complete = findings.is_empty();
    let lang = environment.stack.file.codex.prompt_lang.trim();
    if !lang.is_empty() && Language::of(lang).is_none() {
        let message = format!("there are no builtin prompts in `{lang}`, English ones would be taken");
        let hint = "use en or ru, or render prompts of your own with --template";
        let finding = environment.key(&rules::PROMPT_LANGUAGE, &["codex", "promptLang"], message);
        findings.push(finding.hint(Some(hint.into())));
    }
    if let Some(request) = request.filter(|_| complete) {
        findings.extend(config(environment, app, request));
    }
    findings
}

/// `configTemplate`, and the files of `configBlocks`.
fn files(environment: &Environment<'_>) -> Vec<Finding> {
    let codex = &environment.stack.file.codex;
    let mut findings = Vec::new();
    let mut look = |file: &str, path: &[&str]| {
        let full = environment.stack.root().join(file);
        if let Err(error) = read_text(&full, &environment.stack.shown(&full)) {
            let (mark, path) = environment.locate(path);
            findings.push(environment.unreadable(file, mark, &path, &error));
        }
    };
    let template = codex.config_template.trim();
    if !template.is_empty() {
        look(template, &["codex", "configTemplate"]);
    }
    for (at, block) in codex.config_blocks.iter().enumerate() {
        if let Some(file) = &block.file {
            look(file, &["codex", "configBlocks", &at.to_string(), "file"]);
        }
    }
    findings
}

fn config(environment: &Environment<'_>, app: &App, stack: StackRequest) -> Vec<Finding> {
    let request = Request { stack, issue: None, pr: None, lang: None, model: None, effort: None };
    let app = App { strict: false, ..app.clone() };
    // What the log would say of services.yaml has been found already.
    let rendered = with_default(NoSubscriber::default(), || {
        let material = Material::load(&app, &request)?;
        let problems = material.server_problems();
        let config = problems.is_empty().then(|| material.config());
        let finding = |problem: ServerProblem<'_>| {
            let server = problem.server;
            environment.marked(&rules::MCP_SERVER, server.mark, problem.message).path(&server.path)
        };
        Ok((config, problems.into_iter().map(finding).collect()))
    });
    let (config, mut findings) = match rendered {
        Ok(found) => found,
        Err(error) => (Some(Err(error)), Vec::new()),
    };
    if let Some(Err(error)) = config {
        findings.push(of_config(environment, &error));
    }
    findings
}

fn of_config(environment: &Environment<'_>, error: &anyhow::Error) -> Finding {
    if let Some(template) = error.chain().find_map(|cause| cause.downcast_ref::<TemplateError>()) {
        let mut finding = of_template(template);
        // Templates within services.yaml have no file of their own.
        if template.name().starts_with("codex.") {
            let place = environment.key(finding.rule, &["codex", "configBlocks"], &finding.message);
            finding = Finding { hint: finding.hint, ..place };
        }
        return finding;
    }
    let placed =
        error.chain().any(|cause| cause.downcast_ref::<Fault>().is_some_and(|f| f.place().is_some()));
    let finding = Finding::of_error(&rules::AGENT_CONFIG, environment.stack.source_name(), error);
    if placed {
        return finding;
    }
    let place = environment.key(&rules::AGENT_CONFIG, &["codex"], &finding.message);
    Finding { hint: finding.hint, ..place }
}
