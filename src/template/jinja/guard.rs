//! Refuses templates that the engine's parser would recurse into without end.
//!
//! It bounds nested blocks and parentheses itself, but not `elif` chains, nor the trees that long chains of operators
//! and filters make. People write a handful; thousands would overflow the stack.

use super::super::TemplateError;

/// Tokens of one expression between commas, brackets and tags.
const MAX_CHAIN: usize = 400;
/// `elif` in one file.
const MAX_ELIF: usize = 500;

/// Checks a template.
pub(super) fn check(name: &str, text: &str) -> Result<(), TemplateError> {
    let mut elif = 0;
    let mut at = 0;
    while let Some(found) = text[at..].find('{') {
        let open = at + found;
        at = open + 1;
        if !matches!(text.as_bytes().get(at), Some(b'{' | b'%')) {
            continue;
        }
        let inside = &text[at + 1..];
        let close = if text.as_bytes()[at] == b'%' { "%}" } else { "}}" };
        let inside = &inside[..inside.find(close).map_or(inside.len(), |end| end)];
        if inside.trim_start_matches(['-', '+', ' ']).starts_with("elif") {
            elif += 1;
        }
        if elif > MAX_ELIF || is_long(inside) {
            return Err(TemplateError::at_offset(
                name,
                text,
                open,
                "nested too deeply: this expression is too long",
            ));
        }
        at += 1;
    }
    Ok(())
}

/// More operators in a row than anyone writes. Strings are counted as if they were code, which is on the safe side.
fn is_long(inside: &str) -> bool {
    if inside.len() <= MAX_CHAIN {
        return false;
    }
    let mut chain = 0;
    let mut in_word = false;
    for byte in inside.bytes() {
        let word = byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii();
        match byte {
            b',' => chain = 0,
            _ if word => chain += usize::from(!in_word),
            b' ' | b'\t' | b'\n' | b'\r' => {}
            _ => chain += 1,
        }
        if chain > MAX_CHAIN {
            return true;
        }
        in_word = word;
    }
    false
}
