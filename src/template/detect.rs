//! Tells the dialects apart by what only one of them has.
//!
//! Jinja: `{% word … %}` with one of Jinja's words. Go: what [`action`] finds inside `{{ }}`. A `{# comment #}` alone
//! decides nothing, because in a Go file it is text, and a file without other signs is Jinja anyway, unless what looks like
//! comments is the shell's.

mod action;

use std::ops::Range;

use super::error::position;
use super::{Dialect, TemplateError, TemplateErrorKind};

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
        (None, None) if only_shell(text) => Ok(Dialect::Go),
        (None, _) => Ok(Dialect::Jinja),
        (Some(go), Some(jinja)) => {
            let (go_line, jinja_line) = (position(text, go).0, position(text, jinja).0);
            let message = format!(
                "two template dialects in one file: Go syntax in line {go_line}, Jinja syntax in line {jinja_line}"
            );
            Err(TemplateError::at_offset("template", text, go.max(jinja), message)
                .of_kind(TemplateErrorKind::Syntax)
                .with_hint(Some(
                    "write the file in one dialect, or say with templateSyntax which one it is".to_owned(),
                )))
        }
    }
}

/// Whether the only thing that looks like a tag is the shell's `${#VAR}`: a comment to Jinja, text to Go.
fn only_shell(text: &str) -> bool {
    text.contains("{#") && tags(text).is_empty()
}

/// The first `${#VAR}` of a shell in a Jinja template, which the engine takes for the beginning of a comment.
pub(super) fn swallowed(text: &str) -> Option<usize> {
    if !text.contains("${#") {
        return None;
    }
    let tags = tags(text);
    let inside = |at: usize| {
        let before = tags.partition_point(|tag| tag.start <= at);
        before.checked_sub(1).is_some_and(|last| tags[last].contains(&at))
    };
    text.match_indices("${#").map(|(at, _)| at + 1).find(|at| !inside(*at))
}

/// Offsets of the first sign of each dialect.
#[derive(Default)]
struct Signs {
    go: Option<usize>,
    jinja: Option<usize>,
}

fn signs(text: &str) -> Signs {
    let mut signs = Signs::default();
    let mut unclosed = Unclosed::default();
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
            Some(b'%') => match unclosed.block(text, open) {
                Some(end) => {
                    signs.jinja.get_or_insert(open);
                    end
                }
                None => open + 2,
            },
            Some(b'#') => unclosed.comment(text, open).unwrap_or(open + 2),
            _ => open + 1,
        };
        if signs.go.is_some() && signs.jinja.is_some() {
            break;
        }
    }
    signs
}

/// The tags of a Jinja template, comments among them, from their opening to behind their closing. A `raw` block is one.
pub(crate) fn tags(text: &str) -> Vec<Range<usize>> {
    let mut tags = Vec::new();
    let mut unclosed = Unclosed::default();
    let mut at = 0;
    while let Some(found) = text[at..].find('{') {
        let open = at + found;
        let end = match text.as_bytes().get(open + 1) {
            Some(b'{') => Some((action::end(text, open + 2) + 2).min(text.len())),
            Some(b'%') => unclosed.block(text, open),
            Some(b'#') => unclosed.comment(text, open),
            _ => None,
        };
        at = end.unwrap_or(open + 1);
        if end.is_some() {
            tags.push(open..at);
        }
    }
    tags
}

/// What is known to have no end in the rest of the text, so that it is not looked for at every opening.
#[derive(Default)]
struct Unclosed {
    blocks: bool,
    comments: bool,
}

impl Unclosed {
    /// Behind a Jinja block tag (behind the whole block, for `raw`), or nothing when it is none.
    fn block(&mut self, text: &str, open: usize) -> Option<usize> {
        let inside = text[open + 2..].trim_start_matches(['-', '+']).trim_start();
        let word = &inside[..inside.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inside.len())];
        if self.blocks || !WORDS.contains(&word) {
            return None;
        }
        let Some(end) = action::closing(text, open, "%}", false) else {
            self.blocks = true;
            return None;
        };
        if word != "raw" {
            return Some(end + 2);
        }
        let behind = |at: usize| text[at..].find("%}").map_or(text.len(), |close| at + close + 2);
        Some(text[end..].find("endraw").map_or(text.len(), |at| behind(end + at)))
    }

    /// Behind a Jinja comment. `${#VAR}` is the shell's: it closes before any `#}` does.
    fn comment(&mut self, text: &str, open: usize) -> Option<usize> {
        let inside = &text[open + 2..];
        let shell = text[..open].ends_with('$') && !inside.starts_with([' ', '-', '\n']);
        if self.comments || shell && inside.find('}').is_some_and(|at| !inside[..at].ends_with('#')) {
            return None;
        }
        let close = inside.find("#}");
        self.comments = close.is_none();
        close.map(|at| open + 2 + at + 2)
    }
}
