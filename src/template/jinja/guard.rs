//! Refuses templates that the engine's parser would recurse into without end.
//!
//! It bounds nested blocks and parentheses itself, but not `elif` chains, nor the trees that long chains of operators
//! and filters make. People write a handful; thousands would overflow the stack.

use super::super::{TemplateError, TemplateErrorKind, detect::tags};

/// Tokens of one expression between commas, brackets and tags.
const MAX_CHAIN: usize = 400;
/// `elif` in one file.
const MAX_ELIF: usize = 500;

/// Checks a template.
pub(super) fn check(name: &str, text: &str) -> Result<(), TemplateError> {
    let mut elif = 0;
    for tag in tags(text) {
        let inside = &text[tag.clone()];
        let word = inside.trim_start_matches(['{', '%', '-', '+', ' ', '\t', '\r', '\n']);
        if inside.starts_with("{#") || inside.starts_with("{%") && word.starts_with("raw") {
            continue;
        }
        elif += usize::from(word.starts_with("elif"));
        if elif > MAX_ELIF || is_long(inside) {
            let message = "nested too deeply: this expression or chain is too long";
            let error = TemplateError::at_offset(name, text, tag.start, message);
            return Err(error.of_kind(TemplateErrorKind::Syntax));
        }
    }
    Ok(())
}

/// More operators in a row than anyone writes.
fn is_long(inside: &str) -> bool {
    if inside.len() <= MAX_CHAIN {
        return false;
    }
    let mut chain = 0;
    let mut in_word = false;
    let mut quote = None;
    let mut escaped = false;
    for byte in inside.bytes() {
        if let Some(open) = quote {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                byte if byte == open => quote = None,
                _ => {}
            }
            continue;
        }
        let word = byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii();
        match byte {
            b',' => chain = 0,
            b'"' | b'\'' => quote = Some(byte),
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
