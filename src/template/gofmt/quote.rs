//! Go's quoting: `strconv.Quote` and its relatives.

use std::fmt::Write as _;

/// `text` between quotes, with escapes for what does not print; `ascii` escapes all that is not ASCII too.
pub(crate) fn quote(text: &str, quote: char, ascii: bool) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        push_escaped(&mut out, c, quote, ascii);
    }
    out.push(quote);
    out
}

fn push_escaped(out: &mut String, c: char, quote: char, ascii: bool) {
    let simple = match c {
        '\x07' => Some('a'),
        '\x08' => Some('b'),
        '\x0c' => Some('f'),
        '\n' => Some('n'),
        '\r' => Some('r'),
        '\t' => Some('t'),
        '\x0b' => Some('v'),
        '\\' => Some('\\'),
        _ if c == quote => Some(quote),
        _ => None,
    };
    let code = u32::from(c);
    // Writing to a String does not fail.
    let _ = match simple {
        Some(escape) => write!(out, "\\{escape}"),
        None if is_print(c) && (c.is_ascii() || !ascii) => write!(out, "{c}"),
        None if code < 0x80 => write!(out, "\\x{code:02x}"),
        None if code < 0x10000 => write!(out, "\\u{code:04x}"),
        None => write!(out, "\\U{code:08x}"),
    };
}

/// Go's `strconv.IsPrint`. Rust escapes the same characters when it shows a string, but for combining marks at its
/// beginning (hence the letter before), quotes and the backslash.
pub(crate) fn is_print(c: char) -> bool {
    match c {
        ' '..='~' => true,
        _ if c.is_whitespace() => false,
        _ => ["a", c.encode_utf8(&mut [0; 4])].concat().escape_debug().count() == 2,
    }
}

/// `strconv.CanBackquote`: one line, no backquote, no control characters but tab.
pub(super) fn can_backquote(text: &str) -> bool {
    text.chars().all(|c| c == '\t' || !(c.is_control() || matches!(c, '`' | '\u{feff}')))
}
