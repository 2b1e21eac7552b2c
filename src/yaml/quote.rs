//! Decides how a string is written so that every YAML reader, 1.1 or 1.2, reads the same string back.
//!
//! When in doubt it quotes: a needless pair of quotes costs nothing, a missing one turns `on` into `true`.

use std::fmt::Write as _;

/// Words that some reader takes for a boolean or null (YAML 1.1's `yes`, `on`, `y` included).
const WORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];

/// How a string can be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Style {
    /// As it is.
    Plain,
    /// In double quotes.
    Quoted,
    /// As a literal block: lines of printable text.
    Literal,
}

/// The style a value can have; keys cannot be literal.
pub(super) fn style(text: &str) -> Style {
    let bytes = text.as_bytes();
    let (Some(&first), Some(&last)) = (bytes.first(), bytes.last()) else { return Style::Quoted };
    let inside = if bytes.iter().all(is_harmless) { Style::Plain } else { inside(text) };
    if inside != Style::Plain {
        return inside;
    }
    let quoted = !may_start(first, bytes.get(1).copied()) || matches!(last, b' ' | b':');
    if quoted || is_word(text) || looks_numeric(bytes) { Style::Quoted } else { Style::Plain }
}

/// What most keys and values are made of, and nothing gives a meaning to inside of a text.
fn is_harmless(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/')
}

/// The style that the characters of a text allow, whatever it begins and ends with.
fn inside(text: &str) -> Style {
    let (mut multiline, mut quoted, mut previous) = (false, false, 0);
    for (index, byte) in text.bytes().enumerate() {
        match byte {
            b'\n' => multiline = true,
            b'\t' => quoted = true,
            b' ' if previous == b':' => quoted = true,
            b'#' if previous == b' ' => quoted = true,
            0..0x20 | 0x7F => return Style::Quoted,
            0xC2 | 0xE2 | 0xEF if needs_escape(text, index) => return Style::Quoted,
            _ => {}
        }
        previous = byte;
    }
    match multiline {
        true if fits_literal(text) => Style::Literal,
        false if !quoted => Style::Plain,
        _ => Style::Quoted,
    }
}

/// Whether a plain scalar may begin like this.
fn may_start(first: u8, second: Option<u8>) -> bool {
    match first {
        b'-' => second.is_some_and(|byte| byte.is_ascii_alphanumeric()),
        // `...` at the start of a line ends the document.
        b'.' => second != Some(b'.'),
        b' ' | b'!' | b'"' | b'#' | b'%' | b'&' | b'\'' | b'*' | b',' | b'<' | b'=' | b'>' | b'?' | b'@'
        | b'[' | b']' | b'`' | b'{' | b'|' | b'}' | b'~' | b':' => false,
        _ => true,
    }
}

fn is_word(text: &str) -> bool {
    // Most texts are settled by their length or first letter.
    let may_be = text.len() <= 5 && text.starts_with(['t', 'T', 'f', 'F', 'n', 'N', 'y', 'Y', 'o', 'O']);
    may_be && WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Anything that could be a number, a date or a base-60 number to some reader: only such characters, and a digit,
/// a dot or a sign first. Hexadecimal commit ids are among them, of which `12e03` is one.
fn looks_numeric(bytes: &[u8]) -> bool {
    let starts = matches!(bytes.first(), Some(b'0'..=b'9' | b'.' | b'+' | b'-'));
    let part = |byte: &u8| {
        byte.is_ascii_hexdigit()
            || matches!(byte, b'_' | b'.' | b':' | b'+' | b'-' | b',' | b'x' | b'X')
            || matches!(byte, b'o' | b'O' | b'T' | b't' | b'Z' | b'z' | b' ')
    };
    let has_number = || bytes.iter().any(|byte| byte.is_ascii_digit() || *byte == b'.');
    starts && (bytes.iter().all(part) && has_number() || is_special_float(bytes))
}

fn is_special_float(bytes: &[u8]) -> bool {
    let unsigned = bytes.strip_prefix(b"+").or_else(|| bytes.strip_prefix(b"-")).unwrap_or(bytes);
    unsigned.eq_ignore_ascii_case(b".inf") || unsigned.eq_ignore_ascii_case(b".nan")
}

/// C1 controls, NEL, LS, PS, byte order marks and noncharacters: line breaks or nothing at all to some readers.
fn needs_escape(text: &str, index: usize) -> bool {
    text.get(index..).and_then(|rest| rest.chars().next()).is_some_and(is_special)
}

fn is_special(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
}

/// A block can hold it exactly: it has text, and its first line does not begin with a tab, which readers
/// take for indentation.
fn fits_literal(text: &str) -> bool {
    let first_line = text.trim_start_matches('\n');
    !first_line.trim_start_matches(' ').starts_with(['\t', '\n'])
        && !text.trim_matches(['\n', ' ']).is_empty()
}

/// Appends the text in double quotes.
pub(super) fn double(out: &mut String, text: &str) {
    out.push('"');
    let mut written = 0;
    for (index, c) in text.char_indices() {
        let plain = c >= ' ' && c != '"' && c != '\\' && (c < '\u{7F}' || !is_special(c));
        if plain {
            continue;
        }
        out.push_str(&text[written..index]);
        written = index + c.len_utf8();
        escape(out, c);
    }
    out.push_str(&text[written..]);
    out.push('"');
}

fn escape(out: &mut String, c: char) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c => {
            // Writing to a String does not fail.
            let _ = write!(out, "\\u{:04X}", u32::from(c));
        }
    }
}

/// Appends a literal block: its header, and its lines indented by `indent` spaces, without the last line break.
pub(super) fn literal(out: &mut String, text: &str, indent: usize) {
    out.push('|');
    if text.starts_with([' ', '\n']) {
        // Readers guess the indentation from the first line; this one would mislead them.
        out.push('2');
    }
    let body = match text.strip_suffix('\n') {
        None => {
            out.push('-');
            text
        }
        Some(body) if body.ends_with('\n') => {
            out.push('+');
            body
        }
        Some(body) => body,
    };
    for line in body.split('\n') {
        out.push('\n');
        if !line.is_empty() {
            pad(out, indent);
            out.push_str(line);
        }
    }
}

/// Appends spaces.
pub(super) fn pad(out: &mut String, mut count: usize) {
    const SPACES: &str = "                                ";
    while count > 0 {
        let some = count.min(SPACES.len());
        out.push_str(&SPACES[..some]);
        count -= some;
    }
}
