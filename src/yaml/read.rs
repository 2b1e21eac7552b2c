//! Reading texts: the checks that come before the parser, and the entry points.
//!
//! Where this differs from kubectl, on purpose: `yes`, `no`, `on`, `off`, `y`, `n` are strings (as yaml.v3 has it);
//! duplicate keys are errors; NEL, LS and PS are characters, not line breaks; `?` inside of `[…]` and `{…}` is text;
//! a tab at the start of a line is refused there too; nesting ends at 128 levels.

use std::borrow::Cow;

use super::compose::{Composer, Stop};
use super::lenient::Remedies;
use super::{Mark, Node, YamlError, explain, objects};

/// Reads a stream of documents. Documents that hold nothing (no text, only comments, `null`) are left out.
///
/// `name` is what errors call the text: a path, or `-`. Places count from the start of the whole text.
///
/// # Errors
/// The first thing that is no YAML, or that JSON and so Kubernetes cannot hold: duplicate keys, `.nan`, null as a
/// key, unknown or recursive aliases, control characters, nesting or repetition beyond all reason.
pub fn parse_documents(name: &str, text: &str) -> Result<Vec<Node>, YamlError> {
    if let Some((offset, c)) = forbidden(text) {
        let mark = mark_of(text, offset);
        let message = format!("the control character U+{:04X}, which YAML does not allow", u32::from(c));
        let hint =
            format!("remove it, or write it as an escape in double quotes: \"\\u{:04X}\"", u32::from(c));
        return Err(YamlError::at(name, text, mark, message, Some(hint)));
    }
    let mut remedies = Remedies::default();
    let (mut documents, end) = objects::leading(name, text)?;
    let mut source = if end == 0 { Cow::Borrowed(text) } else { Cow::Owned(without(text, end)) };
    loop {
        let stop = match Composer::new(name, text, &source).documents() {
            Ok(more) => {
                documents.extend(more);
                return Ok(documents);
            }
            Err(stop) => *stop,
        };
        let (info, mark) = match stop {
            Stop::Wrong(error) => return Err(error),
            Stop::Refused(info, mark) => (info, mark),
        };
        match remedies.apply(&info, &source, mark) {
            Some(remedied) => source = Cow::Owned(remedied),
            None => return Err(explain::explain(name, text, &info, mark)),
        }
    }
}

/// Reads a text that holds one document, or none.
///
/// # Errors
/// As [`parse_documents`]; also when there are several documents.
pub fn parse_one(name: &str, text: &str) -> Result<Option<Node>, YamlError> {
    let mut documents = parse_documents(name, text)?.into_iter();
    let first = documents.next();
    match documents.next() {
        None => Ok(first),
        Some(second) => {
            let message = "a second document, where one is expected";
            let hint = "remove the `---` between them".to_owned();
            Err(YamlError::at(name, text, second.mark, message, Some(hint)))
        }
    }
}

/// The text with spaces for all before `end`, so that the rest stands where it stood.
fn without(text: &str, end: usize) -> String {
    let (before, rest) = text.split_at(end);
    before.chars().map(|c| if c == '\n' { c } else { ' ' }).chain(rest.chars()).collect()
}

/// The first character that YAML 1.1's readers refuse ("control characters are not allowed"), and its byte offset.
///
/// Byte by byte, because every text passes here; characters are only looked at behind the few lead bytes that matter.
fn forbidden(text: &str) -> Option<(usize, char)> {
    let suspicious = |byte: u8| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r') || byte == 0x7F;
    text.bytes()
        .enumerate()
        .filter(|&(_, byte)| suspicious(byte) || byte == 0xC2 || byte == 0xEF)
        .filter_map(|(offset, _)| Some((offset, text.get(offset..)?.chars().next()?)))
        .find(|&(_, c)| is_forbidden(c))
}

fn is_forbidden(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' | '\u{85}' => false,
        c => c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}'),
    }
}

fn mark_of(text: &str, offset: usize) -> Mark {
    let before = &text[..offset];
    let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    Mark::new(u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}
