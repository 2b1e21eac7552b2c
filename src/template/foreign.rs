//! Text that is written for another program's templates, which use the same braces: how to keep it as text.
//!
//! A guess from names, made only for an action that names something unknown. Not here: telling the dialects apart.

use super::Dialect;

/// Names that Prometheus, Alertmanager, Helm, Docker and GitHub give to what their templates read.
const NAMES: [&str; 38] = [
    "$labels",
    "$value",
    "$values",
    "$externalLabels",
    "$externalURL",
    ".Alerts",
    ".Annotations",
    ".Capabilities",
    ".Chart",
    ".CommonAnnotations",
    ".CommonLabels",
    ".ExternalURL",
    ".Files",
    ".GroupLabels",
    ".ID",
    ".Image",
    ".Labels",
    ".Mounts",
    ".Names",
    ".NetworkSettings",
    ".Ports",
    ".Receiver",
    ".Release",
    ".Status",
    ".Values",
    ".metadata",
    ".spec",
    ".status",
    "humanize",
    "humanize1024",
    "humanizeDuration",
    "humanizePercentage",
    "include",
    "lookup",
    "nindent",
    "required",
    "toYaml",
    "tpl",
];

/// The longest action that a hint spells out.
const SHOWN: usize = 60;

/// How to keep the action around `offset` as text, when it looks like another program's.
pub(super) fn hint(text: &str, offset: usize, dialect: Dialect) -> Option<String> {
    // The engine's places are sometimes those of the braces themselves.
    let opened = text.get(offset..)?.starts_with("{{");
    let start = if opened { offset } else { text.get(..offset)?.rfind("{{")? };
    let length = text[start..].find("}}")? + 2;
    let action = &text[start..start + length];
    let is_name_part = |c: char| c.is_alphanumeric() || "_$.".contains(c);
    let known = action.split(|c| !is_name_part(c)).any(|word| {
        let end = word.get(1..).and_then(|rest| rest.find('.')).map_or(word.len(), |at| at + 1);
        NAMES.contains(&&word[..end])
    });
    if !known && !text[..start].ends_with('$') {
        return None;
    }
    let shown = if length > SHOWN || action.contains(['\n', '`']) { "{{ … }}" } else { action };
    Some(match dialect {
        Dialect::Go => format!("to keep it as text for another program, write {{{{ `{shown}` }}}}"),
        Dialect::Jinja => {
            format!("to keep it as text for another program, write {{% raw %}}{shown}{{% endraw %}}")
        }
    })
}
