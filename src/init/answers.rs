//! What is wanted of a new project, and the rules for it.

use std::path::Path;

use super::{SLOTS, rules};
use crate::error::Fault;

/// What is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answers {
    /// Name of the project.
    pub project: String,
    /// Environments, the first one is the default; [`SLOTS`] is never among them.
    pub environments: Vec<String>,
    /// Dialect of the templates.
    pub syntax: Dialect,
    /// Name of the first service.
    pub service: String,
    /// Its image.
    pub image: String,
    /// The port it listens on.
    pub port: u16,
    /// Domain of its Ingress; none: no Ingress.
    pub host: Option<String>,
    /// Whether there are slots with an agent.
    pub ai: bool,
    /// Whether there is a workflow.
    pub workflow: bool,
}

/// Dialect of the templates that are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// Jinja.
    #[default]
    Jinja,
    /// Go's text/template.
    Go,
}

impl Dialect {
    /// The one of two spellings that is this dialect's.
    pub(super) fn pick<'a>(self, jinja: &'a str, go: &'a str) -> &'a str {
        match self {
            Self::Jinja => jinja,
            Self::Go => go,
        }
    }
}

impl Answers {
    /// Checks what the single rules cannot see.
    ///
    /// # Errors
    /// Two things of one name, or no environment that is deployed by itself.
    pub fn check(&self) -> Result<(), Fault> {
        if self.environments.is_empty() {
            return Err(Fault::invalid(format!(
                "an environment besides `{SLOTS}` is needed: slots inherit from it"
            ))
            .hint("name one, for example --env dev"));
        }
        for (at, name) in self.environments.iter().enumerate() {
            if self.environments[..at].contains(name) {
                return Err(
                    Fault::invalid(format!("environment `{name}` is named twice")).hint("name it once")
                );
            }
        }
        if self.ai && self.service == super::manifest::AGENT {
            return Err(Fault::invalid("with AI slots the service `codex` is the agent's own")
                .hint("give the first service another name"));
        }
        Ok(())
    }
}

/// The project's name where nobody gives one: the folder's, made a DNS label.
pub fn default_project(folder: &Path) -> String {
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    rules::label_of(&name, rules::PROJECT_MAX).unwrap_or_else(|| "app".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_give_names() {
        for (folder, name) in [
            ("/x/My Shop", "my-shop"),
            ("/x/__a.b__", "a-b"),
            ("/", "app"),
            ("/x/…", "app"),
            ("/x/Магазин 2", "2"),
        ] {
            assert_eq!(default_project(Path::new(folder)), name, "{folder}");
        }
        assert_eq!(default_project(Path::new(&format!("/{}-b", "a".repeat(39)))), "a".repeat(39));
    }
}
