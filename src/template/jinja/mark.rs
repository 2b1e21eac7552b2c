//! Line maps of text that the engine captures before it writes it: macros, `{% call %}`, `{% filter %}`, `{% set %}`.
//!
//! The engine knows of captured text only where it was written. So it is rendered once more, with a mark before the
//! first character of each line of the template's text; marks travel through captures and are read back.

use super::super::detect::tags;
use super::super::lines::firsts;

/// Private-use characters around a line number; a template that has them already gets no marks.
const OPEN: char = '\u{f0000}';
const CLOSE: char = '\u{f0001}';

/// The template with marks, if it can have any and captures text at all.
pub(super) fn mark(text: &str) -> Option<String> {
    let captures = ["macro", "call", "filter", "set"].iter().any(|word| text.contains(word));
    if !captures || text.contains([OPEN, CLOSE]) {
        return None;
    }
    let mut out = String::with_capacity(text.len() * 2);
    let mut copied = 0;
    let mut line = 1;
    let mut marked = 0;
    let tags = tags(text);
    let starts = std::iter::once(0).chain(tags.iter().map(|tag| tag.end));
    let ends = tags.iter().map(|tag| tag.start).chain(std::iter::once(text.len()));
    for region in starts.zip(ends).map(|(start, end)| start..end) {
        for first in firsts(&text[region.clone()]) {
            let at = region.start + first;
            line += text[copied..at].bytes().filter(|&b| b == b'\n').count();
            out.push_str(&text[copied..at]);
            copied = at;
            let blank = text[at..region.end].starts_with(char::is_whitespace) || at == region.end;
            if line != marked && !blank {
                out.extend([OPEN.to_string(), line.to_string(), CLOSE.to_string()]);
                marked = line;
            }
        }
    }
    out.push_str(&text[copied..]);
    Some(out)
}

/// The output without marks, and for each of its lines the line of the first mark in it.
pub(super) fn read(marked: &str) -> (String, Vec<Option<u32>>) {
    let mut output = String::with_capacity(marked.len());
    let mut lines = Vec::new();
    for (index, line) in marked.split('\n').enumerate() {
        if index > 0 {
            output.push('\n');
        }
        let mut found = None;
        let mut rest = line;
        while let Some((before, after)) = rest.split_once(OPEN) {
            let (number, behind) = after.split_once(CLOSE).unwrap_or(("", after));
            output.push_str(before);
            found = found.or_else(|| number.parse().ok());
            rest = behind;
        }
        output.push_str(rest);
        lines.push(found);
    }
    (output, lines)
}
