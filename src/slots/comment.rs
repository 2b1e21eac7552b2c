//! What is written on issues and pull requests about slots: Markdown in English or Russian.

use crate::config::{Slot, Stack};
use crate::error::Fault;

/// Language of a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    /// English.
    En,
    /// Russian.
    Ru,
}

impl Lang {
    /// The language to write in: `asked` (a flag or its variable), else CODEX_PROMPT_LANG, else `codex.promptLang`,
    /// else English. Others than `en` and `ru` are English too, with a warning.
    pub fn of(asked: Option<&str>, stack: &Stack) -> Self {
        let variable = std::env::var("CODEX_PROMPT_LANG").ok();
        let configured = stack.file.codex.prompt_lang.as_str();
        let set = |text: &&str| !text.trim().is_empty();
        let lang = asked.filter(set).or(variable.as_deref().filter(set)).unwrap_or(configured).trim();
        match lang.to_ascii_lowercase().as_str() {
            "" | "en" => Self::En,
            "ru" => Self::Ru,
            _ => {
                tracing::warn!("no comments in language `{lang}`, only en and ru; writing English");
                Self::En
            }
        }
    }
}

/// The comment that shows people where a slot is: its host and the links of `codex.links`.
///
/// # Errors
/// No base domain, so that the slot has no host.
pub fn here(stack: &Stack, slot: Slot, namespace: &str, lang: Lang) -> Result<String, Fault> {
    let host = host(stack, slot)?;
    let env = code(stack.target().env.as_str());
    let namespace = code(namespace);
    let mut text = match lang {
        Lang::En => format!(
            "### Slot {slot}\n\nA copy of **{}** runs for this.\n\n- Host: <{host}>\n- Environment {env}, namespace {namespace}\n",
            escape(&stack.project)
        ),
        Lang::Ru => format!(
            "### Слот {slot}\n\nДля этой задачи запущена копия **{}**.\n\n- Адрес: <{host}>\n- Окружение {env}, пространство имён {namespace}\n",
            escape(&stack.project)
        ),
    };
    let links = &stack.file.codex.links;
    if !links.is_empty() {
        text.push_str(match lang {
            Lang::En => "\nLinks:\n\n",
            Lang::Ru => "\nСсылки:\n\n",
        });
    }
    for link in links {
        let url = url(&host, &link.path);
        let title = if link.title.trim().is_empty() { &link.path } else { &link.title };
        text.push_str(&format!("- [{}](<{url}>)\n", escape(title)));
    }
    Ok(text)
}

/// The comment that a slot is gone.
pub fn gone(slot: Slot, namespace: &str, lang: Lang) -> String {
    let namespace = code(namespace);
    match lang {
        Lang::En => format!(
            "Slot {slot} was taken down: namespace {namespace} and everything in it are gone. A new one can be made at any time.\n"
        ),
        Lang::Ru => format!(
            "Слот {slot} освобождён: пространство имён {namespace} удалено вместе со всем содержимым. Новый слот можно создать в любой момент.\n"
        ),
    }
}

/// `https://dev-<slot>.<baseDomain>` (spec section 7).
fn host(stack: &Stack, slot: Slot) -> Result<String, Fault> {
    let env = stack.target().env.as_str();
    let domains = &stack.file.base_domain;
    let domain = domains.get(env).or_else(|| domains.get("ai")).map(|domain| domain.trim());
    match domain.filter(|domain| !domain.is_empty()) {
        Some(domain) => Ok(format!("https://dev-{slot}.{domain}")),
        None => Err(Fault::invalid(format!("slots of environment `{env}` have no host"))
            .hint(format!("set baseDomain.{env} in services.yaml"))),
    }
}

/// A path below the host, or a URL of its own, safe between `<` and `>`.
fn url(host: &str, path: &str) -> String {
    let path = path.trim();
    let whole = if path.starts_with("https://") || path.starts_with("http://") {
        path.to_string()
    } else {
        format!("{host}/{}", path.trim_start_matches('/'))
    };
    let mut url = String::new();
    for c in whole.chars() {
        match c {
            '<' | '>' | '"' | '`' | '\\' | '{' | '}' | '|' | '^' => {
                url.push_str(&format!("%{:02X}", u32::from(c)));
            }
            c if c.is_whitespace() || c.is_control() => url.push_str("%20"),
            c => url.push(c),
        }
    }
    url
}

/// Text as itself: what Markdown would read as markup gets a backslash, and a line stays a line.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        if "\\`*_{}[]()<>#+-.!|~&:@$^=".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Inline code; a fence longer than any run of backticks inside.
fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    if longest > 0 { format!("{fence} {text} {fence}") } else { format!("{fence}{text}{fence}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_titles_stays_text() {
        assert_eq!(escape("a*b_[c](d)\n<e>"), r"a\*b\_\[c\]\(d\) \<e\>");
        assert_eq!(code("a`b"), "`` a`b ``");
        assert_eq!(url("https://h", "/a b>(c)"), "https://h/a%20b%3E(c)");
        assert_eq!(url("https://h", "https://x/y"), "https://x/y");
    }
}
