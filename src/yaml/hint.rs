//! What to do about a text that is no YAML: guesses from the line and its neighbour, made only when they are likely.

use super::Mark;

/// The lines an error is about.
pub(super) struct Place<'t> {
    /// The line of the error.
    pub(super) line: &'t str,
    /// The nearest line above it that is not blank.
    pub(super) above: &'t str,
    pub(super) mark: Mark,
}

impl<'t> Place<'t> {
    pub(super) fn new(text: &'t str, mark: Mark) -> Self {
        let count = mark.line as usize;
        let line = text.lines().nth(count.saturating_sub(1)).unwrap_or("");
        let is_blank = |line: &&str| line.trim().is_empty();
        let before = text.lines().take(count.saturating_sub(1));
        let above = before.filter(|line| !is_blank(line)).last().unwrap_or("");
        Place { line, above, mark }
    }

    fn rest(&self) -> &'t str {
        let column = self.mark.column.saturating_sub(1) as usize;
        self.line.char_indices().nth(column).map_or("", |(offset, _)| &self.line[offset..])
    }
}

/// A hint for the parser's complaint `info`.
pub(super) fn hint(info: &str, place: &Place<'_>) -> Option<String> {
    if info.contains("tab") {
        return Some("YAML is indented with spaces; replace the tab".to_owned());
    }
    if let Some(hint) = template(place.line) {
        return Some(hint);
    }
    let hint = match place.rest().chars().next() {
        Some(c @ ('%' | '@' | '`')) => format!("a value cannot start with `{c}`; quote it"),
        _ if info.contains("mapping values") || info.contains("illegal placement") => colon(place)?,
        _ if info.contains("unknown escape") => {
            r"write `\\` for a backslash, or use single quotes".to_owned()
        }
        _ if info.contains("invalid Unicode") => {
            r"write the character itself; pairs such as `\ud83d\ude00` are read only in a file that begins with `{`"
                .to_owned()
        }
        _ if info.contains("trailing content") => {
            r#"inside of quotes write `''` for ' in single ones, `\"` for " in double ones"#.to_owned()
        }
        _ if is_conflict(place.line) => "a merge conflict was left in the file".to_owned(),
        _ if info.contains("comment intercepting") => {
            "quote the text, or end it before the comment".to_owned()
        }
        _ => return None,
    };
    Some(hint)
}

/// The hint for an unquoted template action that a line consists of, or that its key or value starts with.
pub(super) fn template(line: &str) -> Option<String> {
    let start = line.find("{{").or_else(|| line.find("{%"))?;
    let before = line[..start].trim_end();
    let action = line[start..].trim_end();
    if before.is_empty() {
        return Some(format!(
            "`{action}` is a template action: quote it if it is a value, else render it first"
        ));
    }
    let starts_value = before.ends_with([':', '-', '?', ',', '[']);
    // What is shown of the file may be other text, from which this was rendered.
    starts_value.then(|| "put quotes around the whole of a value that starts with `{{` or `{%`".to_owned())
}

/// Why a `: ` may be out of place.
fn colon(place: &Place<'_>) -> Option<String> {
    let value = place.line.split_once(": ").map_or("", |(_, value)| value).trim();
    if has_key(value) && !value.starts_with(['"', '\'', '[', '{']) {
        return Some(format!("quote a value that holds `: `: '{}'", value.replace('\'', "''")));
    }
    let above = place.above.trim().trim_start_matches("- ");
    let indentation = |line: &str| line.len() - line.trim_start().len();
    match above.split_once(':') {
        _ if above.is_empty() || above.starts_with('#') => None,
        _ if opens_more(above) => Some("the `[` or `{` above is not closed".to_owned()),
        Some((key, value)) if !has_key(above) && !key.contains(' ') => {
            Some(format!("the line above needs a space after its colon: `{key}: {value}`"))
        }
        _ if !has_key(above) => Some(format!("the line above has no `key:`: `{above}`")),
        _ if indentation(place.line) > indentation(place.above) => {
            Some("the line above has a value already; is this line indented too far?".to_owned())
        }
        _ => None,
    }
}

fn has_key(line: &str) -> bool {
    line.contains(": ") || line.ends_with(':')
}

fn opens_more(line: &str) -> bool {
    let count = |set: [char; 2]| line.matches(set).count();
    count(['[', '{']) > count([']', '}'])
}

fn is_conflict(line: &str) -> bool {
    ["<<<<<<<", "=======", ">>>>>>>"].iter().any(|mark| line.starts_with(mark))
}
