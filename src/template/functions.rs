//! The functions templates have beyond their language's own, as plain Rust: text in, text out.
//!
//! Not here: how arguments get here and how mistakes in them are told (`go::functions`, `jinja::functions`).

/// `default`: `value`, unless there is nothing but white space in it.
pub(crate) fn default<'a>(value: &'a str, fallback: &'a str) -> &'a str {
    if value.trim().is_empty() { fallback } else { value }
}

/// `toLower`: character by character, as Go does, whatever stands around it.
pub(crate) fn to_lower(text: &str) -> String {
    text.chars().map(|c| c.to_lowercase().next().unwrap_or(c)).collect()
}

/// `slug`: lower-case letters and digits, everything else one dash, none at the ends. ASCII, as DNS labels are.
pub(crate) fn slug(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.truncate(out.trim_end_matches('-').len());
    out
}

/// `truncSHA`: the first twelve characters.
pub(crate) fn trunc_sha(text: &str) -> &str {
    text.char_indices().nth(12).map_or(text, |(at, _)| &text[..at])
}

/// `trimPrefix`: `value` without `prefix`, where it begins with it.
pub(crate) fn trim_prefix<'a>(value: &'a str, prefix: &str) -> &'a str {
    value.strip_prefix(prefix).unwrap_or(value)
}

/// `indent`: every line behind `count` spaces, trailing newlines dropped. `None` when it would be absurdly large.
pub(crate) fn indent(count: usize, text: &str) -> Option<String> {
    let text = text.trim_end_matches('\n');
    let lines = text.split('\n').count();
    let size = count.checked_mul(lines)?.checked_add(text.len())?;
    if size > super::gofmt::MAX_TEXT {
        return None;
    }
    let pad = " ".repeat(count);
    let mut out = String::with_capacity(size);
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push('\n');
        }
        out.push_str(&pad);
        out.push_str(line);
    }
    Some(out)
}

/// `toml`: the text as a TOML basic string, quotes included, so that no text can end the string it stands in.
/// Source: TOML 1.0, "String".
pub(crate) fn toml(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
