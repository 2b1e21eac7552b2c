//! Writing trees as YAML: block style, source key order, lists at their key's indentation as kubectl prints them.
//!
//! No line is ever folded, so a value is one line however long, or a literal block.

use std::fmt::Write as _;

use super::quote::{self, Style, pad};
use super::{Map, Node, Value};

/// Readers give up on a `key:` longer than 1024 characters; from here on (with quotes
/// and escapes) keys are written as `? key`.
const LONGEST_SIMPLE_KEY: usize = 1000;

/// Appends one document, ending with a line break, without `---`.
pub fn write_document(out: &mut String, node: &Node) {
    match &node.value {
        Value::Map(map) if !map.is_empty() => block_map(out, map, 0, false),
        Value::List(items) if !items.is_empty() => block_list(out, items, 0, false),
        Value::String(text) if quote::style(text) == Style::Literal => {
            // At the top, readers disagree on what a block is indented against.
            quote::double(out, text);
            out.push('\n');
        }
        _ => {
            scalar(out, node, 0);
            out.push('\n');
        }
    }
}

/// Documents as one stream, with `---` between them.
pub fn write_stream<'a>(nodes: impl IntoIterator<Item = &'a Node>) -> String {
    let mut out = String::new();
    for node in nodes {
        if !out.is_empty() {
            out.push_str("---\n");
        }
        write_document(&mut out, node);
    }
    out
}

fn block_map(out: &mut String, map: &Map, indent: usize, mut inline: bool) {
    for (key, node) in map.iter() {
        if !std::mem::take(&mut inline) {
            pad(out, indent);
        }
        let start = out.len();
        write_key(out, key);
        if out.len() - start > LONGEST_SIMPLE_KEY {
            out.insert_str(start, "? ");
            out.push('\n');
            pad(out, indent);
            out.push_str(": ");
            after_indicator(out, node, indent + 2);
            continue;
        }
        out.push(':');
        match &node.value {
            Value::Map(map) if !map.is_empty() => {
                out.push('\n');
                block_map(out, map, indent + 2, false);
            }
            Value::List(items) if !items.is_empty() => {
                out.push('\n');
                block_list(out, items, indent, false);
            }
            _ => {
                out.push(' ');
                scalar(out, node, indent + 2);
                out.push('\n');
            }
        }
    }
}

fn block_list(out: &mut String, items: &[Node], indent: usize, mut inline: bool) {
    for item in items {
        if !std::mem::take(&mut inline) {
            pad(out, indent);
        }
        out.push_str("- ");
        after_indicator(out, item, indent + 2);
    }
}

/// A value on the line of its `- ` or `: `; `indent` is the column it starts in.
fn after_indicator(out: &mut String, node: &Node, indent: usize) {
    match &node.value {
        Value::Map(map) if !map.is_empty() => block_map(out, map, indent, true),
        Value::List(items) if !items.is_empty() => block_list(out, items, indent, true),
        _ => {
            scalar(out, node, indent);
            out.push('\n');
        }
    }
}

fn write_key(out: &mut String, key: &str) {
    match quote::style(key) {
        Style::Plain => out.push_str(key),
        Style::Quoted | Style::Literal => quote::double(out, key),
    }
}

/// A scalar or an empty collection; the lines of a block are indented by `indent`.
fn scalar(out: &mut String, node: &Node, indent: usize) {
    match &node.value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        // Writing to a String does not fail.
        Value::Int(value) => drop(write!(out, "{value}")),
        Value::UInt(value) => drop(write!(out, "{value}")),
        Value::Float(value) => out.push_str(&float(*value)),
        Value::String(text) => match quote::style(text) {
            Style::Plain => out.push_str(text),
            Style::Quoted => quote::double(out, text),
            Style::Literal => quote::literal(out, text, indent),
        },
        Value::List(_) => out.push_str("[]"),
        Value::Map(_) => out.push_str("{}"),
    }
}

/// The shortest digits that give the same float back, spelled so that every reader sees a float: YAML 1.1 wants a
/// dot and a signed exponent (`1.0e+21`). One that is not finite is null, as in JSON.
pub(super) fn float(value: f64) -> String {
    if !value.is_finite() {
        return "null".to_owned();
    }
    // Debug prints the shortest digits, always with a dot or an exponent.
    let text = format!("{value:?}");
    match text.split_once('e') {
        None => text,
        Some((mantissa, exponent)) => {
            let dot = if mantissa.contains('.') { "" } else { ".0" };
            let sign = if exponent.starts_with('-') { "" } else { "+" };
            format!("{mantissa}{dot}e{sign}{exponent}")
        }
    }
}
