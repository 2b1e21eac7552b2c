//! Names of Jinja variables: those of the Go template where they can stay, never one that would hide something else.

use std::collections::BTreeSet;

use super::words::is_name;

/// Words of Jinja's own.
pub(super) const KEYWORDS: [&str; 26] = [
    "and",
    "or",
    "not",
    "in",
    "is",
    "if",
    "else",
    "elif",
    "endif",
    "for",
    "endfor",
    "set",
    "true",
    "false",
    "none",
    "True",
    "False",
    "None",
    "loop",
    "self",
    "super",
    "caller",
    "macro",
    "import",
    "from",
    "recursive",
];

/// Names of the context, of functions, and of Jinja's own functions that conversions use.
const TAKEN: [&str; 28] = [
    "Env",
    "Namespace",
    "Project",
    "ProjectRoot",
    "Slot",
    "Now",
    "UserVars",
    "Vars",
    "EnvMap",
    "Versions",
    "BaseDomain",
    "Codex",
    "Storage",
    "envOr",
    "default",
    "toLower",
    "slug",
    "truncSHA",
    "ternary",
    "now",
    "join",
    "indent",
    "trimPrefix",
    "printf",
    "toml",
    "range",
    "dict",
    "debug",
];

/// The names in use at a place.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Read from the context by this template, whatever they are.
    pub fields: BTreeSet<String>,
    /// Whether `namespace()` is needed, which a variable of that name would hide.
    pub namespaces: bool,
    /// Visible variables, innermost last.
    pub visible: Vec<String>,
}

impl Names {
    /// A name made of `wanted` that hides nothing, visible from now on.
    pub(super) fn take(&mut self, wanted: &str) -> String {
        let name = self.free(wanted);
        self.visible.push(name.clone());
        name
    }

    fn free(&self, wanted: &str) -> String {
        let base = if is_name(wanted) { wanted.to_owned() } else { ascii(wanted) };
        if !self.hides(&base) {
            return base;
        }
        let lower = lower_first(&base);
        if !self.hides(&lower) {
            return lower;
        }
        if !self.visible.contains(&base) && !self.hides(&format!("{lower}_")) {
            return format!("{lower}_");
        }
        let numbered = |n: usize| format!("{lower}{n}");
        (2..).map(numbered).find(|name| !self.hides(name)).unwrap_or(lower)
    }

    fn hides(&self, name: &str) -> bool {
        TAKEN.contains(&name)
            || !is_name(name)
            || self.namespaces && name == "namespace"
            || self.fields.contains(name)
            || self.visible.iter().any(|known| known == name)
    }
}

fn ascii(text: &str) -> String {
    let name: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { format!("v{name}") }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// What one element of a list is called: `AccessModes` has `mode`, `Codex.Links` has `link`.
pub(super) fn singular(path: &str) -> String {
    let field: String =
        path.rsplit('.').next().unwrap_or_default().chars().filter(char::is_ascii_alphanumeric).collect();
    let word = field.rfind(|c: char| c.is_ascii_uppercase()).map_or(&field[..], |at| &field[at..]);
    match word.to_ascii_lowercase().strip_suffix('s') {
        Some(word) if word.len() > 1 => word.to_owned(),
        _ => "item".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_hide_nothing() {
        let mut names = Names::default();
        let taken: Vec<String> = ["host", "host", "Env", "join", "not", "größe", "1x"]
            .iter()
            .map(|name| names.take(name))
            .collect();
        assert_eq!(taken, ["host", "host2", "env", "join_", "not_", "gr__e", "v1x"]);
    }

    #[test]
    fn elements_are_called_after_their_list() {
        assert_eq!(
            ["Codex.ExtraTools", "Links", "Versions", "x[1:]", "Data"].map(singular),
            ["tool", "link", "version", "item", "item"]
        );
    }
}
