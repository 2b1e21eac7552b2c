//! `html`, `js` and `urlquery`.

use std::fmt::Write as _;

use super::super::Value;
use super::super::gofmt::{self, quote::is_print};
use super::object::{View, view};

/// What these functions escape: one string as it is, else all arguments as `print` shows them.
pub(super) fn text(args: &[Value]) -> String {
    match args {
        [one] if one.as_str().is_some() => one.as_str().unwrap_or_default().to_owned(),
        _ => {
            let shown: Vec<Value> = args
                .iter()
                .map(
                    |arg| {
                        if matches!(view(arg), View::Nil) { Value::from("<no value>") } else { arg.clone() }
                    },
                )
                .collect();
            gofmt::sprint(&shown)
        }
    }
}

/// `template.HTMLEscapeString`
pub(super) fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\0' => out.push('\u{fffd}'),
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
    out
}

/// `template.JSEscapeString`
pub(super) fn js(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        // Writing to a String does not fail.
        let _ = match c {
            '\\' | '\'' | '"' => write!(out, "\\{c}"),
            '<' | '>' | '&' | '=' => write!(out, "\\u{:04X}", u32::from(c)),
            c if c < ' ' || (!c.is_ascii() && !is_print(c)) => write!(out, "\\u{:04X}", u32::from(c)),
            c => write!(out, "{c}"),
        };
    }
    out
}

/// `url.QueryEscape`
pub(super) fn urlquery(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for byte in text.bytes() {
        let _ = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                write!(out, "{}", char::from(byte))
            }
            b' ' => write!(out, "+"),
            _ => write!(out, "%{byte:02X}"),
        };
    }
    out
}
