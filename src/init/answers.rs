//! What is wanted of a new project, and the rules for it.

use std::path::Path;

use super::SLOTS;
use crate::error::Fault;
use crate::template::slug;

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

/// The rules of single answers: what is given back is what is used.
pub mod rules {
    use super::{Fault, slug};
    use crate::config::is_dns_label;
    use crate::images::ImageRef;

    /// Longest name of a project: it and an environment's or slot's name make a namespace of at most 63 characters.
    pub(super) const PROJECT_MAX: usize = 40;
    /// Longest name of an environment.
    const ENVIRONMENT_MAX: usize = 20;
    /// Longest name of a Kubernetes Service.
    const SERVICE_MAX: usize = 63;
    /// Longest domain: room for `<environment>.` in the 253 characters of a host name.
    const HOST_MAX: usize = 230;

    /// A project's name.
    ///
    /// # Errors
    /// It is no DNS label, or too long.
    pub fn project(text: &str) -> Result<String, Fault> {
        label("project name", text, PROJECT_MAX, false)
    }

    /// An environment's name.
    ///
    /// # Errors
    /// As [`project`].
    pub fn environment(text: &str) -> Result<String, Fault> {
        label("environment", text, ENVIRONMENT_MAX, false)
    }

    /// A service's name.
    ///
    /// # Errors
    /// As [`project`]; it begins with a digit, which Kubernetes does not take for a Service (RFC 1035).
    pub fn service(text: &str) -> Result<String, Fault> {
        label("service name", text, SERVICE_MAX, true)
    }

    /// An image.
    ///
    /// # Errors
    /// It is no image name.
    pub fn image(text: &str) -> Result<String, Fault> {
        let image = ImageRef::parse(text).map_err(|why| {
            Fault::invalid(format!("image: {why}"))
                .hint("an image is written like nginx:1.29 or registry.test/team/web:1")
        })?;
        Ok(image.to_string())
    }

    /// A port.
    ///
    /// # Errors
    /// It is no number from 1 to 65535.
    pub fn port(text: &str) -> Result<u16, Fault> {
        match text.trim().parse() {
            Ok(port) if port > 0 => Ok(port),
            _ => Err(Fault::invalid(format!("port: `{text}` is no port")).hint("a number from 1 to 65535")),
        }
    }

    /// A domain.
    ///
    /// # Errors
    /// It is no host name of DNS labels.
    pub fn host(text: &str) -> Result<String, Fault> {
        let text = text.trim();
        if text.len() <= HOST_MAX && text.split('.').all(is_dns_label) {
            return Ok(text.to_string());
        }
        let bare = text.split_once("://").map_or(text, |(_, rest)| rest);
        let bare = bare.split(['/', ':']).next().unwrap_or_default().to_lowercase();
        let fault = Fault::invalid(format!("host: `{text}` is no host name"));
        Err(match bare.split('.').all(is_dns_label) && bare.len() <= HOST_MAX {
            true => fault.hint(format!("did you mean `{bare}`?")),
            false => fault.hint("a host name is written like shop.test"),
        })
    }

    fn label(what: &str, text: &str, max: usize, letter_first: bool) -> Result<String, Fault> {
        let text = text.trim();
        let begins = |name: &str| !letter_first || name.starts_with(|c: char| c.is_ascii_lowercase());
        if is_dns_label(text) && text.len() <= max && begins(text) {
            return Ok(text.to_string());
        }
        let why = match text.len() {
            0 => "nothing is given".to_string(),
            length if is_dns_label(text) && length > max => {
                format!("`{text}` has more than {max} characters")
            }
            _ if is_dns_label(text) => format!("`{text}` does not begin with a letter"),
            _ => format!("`{text}` is no DNS label"),
        };
        let fault = Fault::invalid(format!("{what}: {why}"));
        Err(match label_of(text, max).filter(|name| begins(name)) {
            Some(near) => fault.hint(format!("did you mean `{near}`?")),
            None => fault.hint(format!(
                "lower-case letters, digits and `-`, at most {max} characters, such as `web-2`"
            )),
        })
    }

    /// The label a text comes nearest to, if it has anything for one.
    pub(super) fn label_of(text: &str, max: usize) -> Option<String> {
        let mut label = slug(text);
        label.truncate(max);
        let label = label.trim_end_matches('-');
        is_dns_label(label).then(|| label.to_string())
    }
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

    #[test]
    fn refusals_suggest() {
        let hint = |result: Result<String, Fault>| {
            result.err().and_then(|fault| fault.way_out().map(String::from)).unwrap_or_default()
        };
        assert_eq!(hint(rules::project("My Shop")), "did you mean `my-shop`?");
        assert_eq!(hint(rules::host("https://Shop.test/x")), "did you mean `shop.test`?");
        assert!(hint(rules::service("2web")).starts_with("lower-case"));
        assert!(hint(rules::environment(&"e".repeat(21))).contains(&"e".repeat(20)));
        assert!(rules::port("0").is_err() && rules::port("70000").is_err() && rules::port(" 80 ").is_ok());
    }
}
