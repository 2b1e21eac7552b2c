//! Tells the dialects apart by what only one of them has.
//!
//! Jinja: `{% word … %}` with one of Jinja's words. Go: what [`action`] finds inside `{{ }}`. A `{# comment #}` alone
//! decides nothing, because in a Go file it is text, and a file without other signs is Jinja anyway.

mod action;

use super::error::position;
use super::{Dialect, TemplateError};

/// Words that begin a Jinja block.
const WORDS: [&str; 30] = [
    "if",
    "elif",
    "else",
    "endif",
    "for",
    "endfor",
    "set",
    "endset",
    "macro",
    "endmacro",
    "call",
    "endcall",
    "filter",
    "endfilter",
    "block",
    "endblock",
    "include",
    "import",
    "from",
    "extends",
    "raw",
    "endraw",
    "with",
    "endwith",
    "autoescape",
    "endautoescape",
    "do",
    "break",
    "continue",
    "verbatim",
];

/// The dialect of a template, by the auto rule.
///
/// # Errors
/// When there are signs of both; the message names a line of each.
pub fn detect(text: &str) -> Result<Dialect, TemplateError> {
    let signs = signs(text);
    match (signs.go, signs.jinja) {
        (Some(_), None) => Ok(Dialect::Go),
        (None, _) => Ok(Dialect::Jinja),
        (Some(go), Some(jinja)) => {
            let (go_line, jinja_line) = (position(text, go).0, position(text, jinja).0);
            let message = format!(
                "two template dialects in one file: Go syntax in line {go_line}, Jinja syntax in line {jinja_line}"
            );
            Err(TemplateError::at_offset("template", text, go.max(jinja), message).with_hint(Some(
                "templateSyntax: go or jinja takes the other as plain text or as a mistake".to_owned(),
            )))
        }
    }
}

/// Offsets of the first sign of each dialect.
#[derive(Default)]
struct Signs {
    go: Option<usize>,
    jinja: Option<usize>,
}

fn signs(text: &str) -> Signs {
    let mut signs = Signs::default();
    let mut at = 0;
    while let Some(found) = text[at..].find('{') {
        let open = at + found;
        at = match text.as_bytes().get(open + 1) {
            Some(b'{') => {
                let end = action::end(text, open + 2);
                if signs.go.is_none() && action::is_go(&text[open + 2..end]) {
                    signs.go = Some(open);
                }
                end
            }
            Some(b'%') => match block(text, open) {
                Some(end) => {
                    signs.jinja.get_or_insert(open);
                    end
                }
                None => open + 2,
            },
            Some(b'#') => comment(text, open).unwrap_or(open + 2),
            _ => open + 1,
        };
        if signs.go.is_some() && signs.jinja.is_some() {
            break;
        }
    }
    signs
}

/// The end of a Jinja block tag (of the whole block, for `raw`), or nothing when it is none.
fn block(text: &str, open: usize) -> Option<usize> {
    let inside = text[open + 2..].trim_start_matches(['-', '+']).trim_start();
    let word = &inside[..inside.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inside.len())];
    if !WORDS.contains(&word) {
        return None;
    }
    let end = open + text[open..].find("%}")? + 2;
    if word != "raw" {
        return Some(end);
    }
    let closing = text[end..].find("endraw").map_or(text.len(), |at| end + at);
    Some(closing)
}

/// The end of a Jinja comment. `${#VAR}` is the shell's: it closes before any `#}` does.
fn comment(text: &str, open: usize) -> Option<usize> {
    let close = open + 2 + text[open + 2..].find("#}")?;
    let shell =
        open > 0 && text.as_bytes()[open - 1] == b'$' && !text[open + 2..].starts_with([' ', '-', '\n']);
    let shell = shell && text[open + 2..close].contains('}');
    (!shell).then_some(close + 2)
}
