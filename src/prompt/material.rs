//! What prompts and the agent's config are made from: the loaded stack, the task, the language; and rendering them.
//!
//! Nothing here talks to a cluster.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::kind::{Kind, Language};
use super::{ServerProblem, WORKSPACE, config, servers};
use crate::app::{App, StackRequest};
use crate::config::{Stack, StackContext, read_text};
use crate::process::Secrets;
use crate::template::{Engine, Syntax};

/// What the command line says about the agent's task.
#[derive(Clone, Debug)]
pub struct Request {
    /// Where, and with which variables.
    pub stack: StackRequest,
    /// `--issue`.
    pub issue: Option<u64>,
    /// `--pr`.
    pub pr: Option<u64>,
    /// `--lang`.
    pub lang: Option<String>,
    /// `--model`, stronger than `codex.model`.
    pub model: Option<String>,
    /// `--reasoning-effort`, stronger than `codex.modelReasoningEffort`.
    pub effort: Option<String>,
}

/// Which prompt.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// A builtin one.
    Builtin(Kind),
    /// A template file, of either dialect.
    File(PathBuf),
}

/// Everything prompts and configs are rendered from.
#[derive(Debug)]
pub struct Material {
    /// The checked services.yaml.
    pub stack: Stack,
    /// What templates see; the flags' model and effort are in it.
    pub context: StackContext,
    lang: String,
    secrets: Secrets,
}

impl Material {
    /// Loads the stack. `SLOT`, `ISSUE_NUMBER` and `PR_NUMBER` are variables of services.yaml too; those that the user
    /// set by hand stay.
    ///
    /// # Errors
    /// As `App::load`.
    pub fn load(app: &App, request: &Request) -> Result<Self> {
        let slot = request.stack.target.slot.map(|slot| slot.to_string());
        let number = |number: Option<u64>| number.map(|number| number.to_string());
        let facts =
            [("SLOT", slot), ("ISSUE_NUMBER", number(request.issue)), ("PR_NUMBER", number(request.pr))];
        let given: Vec<(&str, String)> =
            facts.iter().filter_map(|(name, value)| Some((*name, value.clone()?))).collect();
        let (stack, mut stack_context) = app.load_with(&request.stack, &given)?;
        let context = &mut stack_context.context;
        let flag = |flag: &Option<String>, setting: &mut String| {
            if let Some(value) = flag.as_ref().filter(|value| !value.trim().is_empty()) {
                setting.clone_from(value);
            }
        };
        flag(&request.model, &mut context.codex.model);
        flag(&request.effort, &mut context.codex.model_reasoning_effort);
        let lang =
            language(request.lang.as_deref(), context.env_map.get("CODEX_PROMPT_LANG"), &context.codex);
        for (name, value) in facts {
            context.extra.insert(name.into(), value.unwrap_or_default());
        }
        context.extra.insert("PROMPT_LANG".into(), lang.clone());
        for map in [&mut context.env_map, &mut context.vars] {
            map.entry("PROMPT_LANG".into()).or_insert_with(|| lang.clone());
        }
        let codex = &stack.file.codex;
        let declared = codex.mcp.servers.iter().any(|server| server.name == "context7");
        let key = context.env_map.get("CONTEXT7_API_KEY").is_some_and(|key| !key.trim().is_empty());
        let flag = |set: bool| if set { "true".to_string() } else { String::new() };
        context.extra.insert("WORKSPACE".into(), WORKSPACE.into());
        context.extra.insert("CONTEXT7".into(), flag(key && !declared));
        context.extra.insert("REVIEW_MCP".into(), flag(codex.review_mcp_enabled));
        servers::secrets(&codex.mcp.servers, app.secrets());
        let builtin = (key && !declared).then(|| servers::context7(&lang));
        context.extra.insert("MCP_SERVERS".into(), servers::listing(&codex.mcp.servers, builtin.as_ref()));
        Ok(Self { stack, context: stack_context, lang, secrets: app.secrets().clone() })
    }

    /// The prompt.
    ///
    /// # Errors
    /// A template that is not there or does not render.
    pub fn prompt(&self, wanted: &Wanted) -> Result<String> {
        let text = match wanted {
            Wanted::Builtin(kind) => {
                let language = Language::of(&self.lang).unwrap_or_else(|| {
                    tracing::warn!("there is no builtin prompt in `{}`, taking the English one", self.lang);
                    Language::En
                });
                self.render(&format!("{kind}.{}", language.code()), &kind.text(language), Syntax::Jinja)?
            }
            Wanted::File(path) => {
                let name = path.display().to_string();
                self.render(&name, &read_text(path, &name)?, self.context.syntax)?
            }
        };
        self.preview("prompt", &text);
        Ok(text)
    }

    /// The agent's config.toml, checked.
    ///
    /// # Errors
    /// A template that does not render; servers that are not described fully; text that is no TOML, or has duplicates.
    pub fn config(&self) -> Result<String> {
        let text = config::compose(self)?;
        if self.secrets.mask(&text) != text {
            tracing::warn!(
                "config.toml holds the value of a secret variable; the agent can read it there, and so can whoever has the file"
            );
        }
        self.preview("config.toml", &text);
        Ok(text)
    }

    /// What is wrong with `codex.mcp.servers`.
    pub fn server_problems(&self) -> Vec<ServerProblem<'_>> {
        servers::read(self, &self.stack.file.codex.mcp.servers).1
    }

    fn preview(&self, what: &str, text: &str) {
        if tracing::enabled!(tracing::Level::DEBUG) {
            let (length, start) = (Secrets::PREVIEW, self.secrets.preview(text));
            tracing::debug!("{what}, {} bytes, its first {length} characters:\n{start}", text.len());
        }
    }

    /// Renders a template over the context; its warnings go to the log.
    pub(super) fn render(&self, name: &str, text: &str, syntax: Syntax) -> Result<String> {
        let output = Engine::new(self.context.context.clone()).render(name, text, syntax)?;
        for warning in output.warnings {
            tracing::warn!("{name}:{}: {}", warning.line, warning.message);
        }
        Ok(output.text)
    }

    /// A file of the project, by the path services.yaml has for it.
    pub(super) fn read(&self, path: &str) -> Result<(String, String)> {
        let file = self.stack.root().join(Path::new(path));
        let name = self.stack.shown(&file);
        let text = read_text(&file, &name)?;
        Ok((name, text))
    }
}

/// `--lang` (with CODEXCTL_LANG), CODEX_PROMPT_LANG, `codex.promptLang`, `en` (spec section 8).
fn language(flag: Option<&str>, variable: Option<&String>, codex: &crate::template::CodexView) -> String {
    let choices = [flag, variable.map(String::as_str), Some(codex.prompt_lang.as_str())];
    let chosen = choices.into_iter().flatten().map(str::trim).find(|code| !code.is_empty());
    let code = chosen.unwrap_or(Language::En.code());
    Language::of(code).map_or_else(|| code.to_string(), |language| language.code().to_string())
}
