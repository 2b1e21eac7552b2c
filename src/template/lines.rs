//! Line maps: which line of a template each line of its output came from.

use minijinja::{OutputSpan, OutputSpanKind};

/// Lines of the template for each line of `output`, from what the engine recorded while writing it. `inner` gives the
/// map of a span that another template wrote; it is asked once for each span, in order.
///
/// A line belongs to what wrote its first character that is no white space, as that is where a reader looks.
pub(crate) fn from_spans(
    output: &str,
    spans: &[OutputSpan],
    inner: impl FnMut(&OutputSpan) -> Option<Vec<u32>>,
) -> Vec<u32> {
    let inner: Vec<Option<Vec<u32>>> = spans.iter().map(inner).collect();
    let mut map = Vec::new();
    let mut last = 1;
    let mut next = 0;
    // Where line breaks of the current span have been counted to, and how many there were.
    let mut counted = (0, 0);
    for at in firsts(output) {
        while spans.get(next).is_some_and(|span| span.output_range().end <= at) {
            next += 1;
        }
        if let Some(span) = spans.get(next).filter(|span| span.output_range().start <= at) {
            let start = span.output_range().start;
            if counted.0 < start {
                counted = (start, 0);
            }
            counted.1 += output[counted.0..at].bytes().filter(|&b| b == b'\n').count();
            counted.0 = at;
            last = line_of(span, inner[next].as_deref(), counted.1);
        }
        map.push(last);
    }
    map
}

/// For each line the offset of its first character that is no white space, or of its start.
pub(crate) fn firsts(output: &str) -> impl Iterator<Item = usize> {
    let mut start = 0;
    output.split('\n').map(move |line| {
        let text = line.trim_start();
        let at = if text.is_empty() { start } else { start + line.len() - text.len() };
        start += line.len() + 1;
        at
    })
}

/// The line that wrote a place of a span that has `before` line breaks before it: raw text has lines of its own, an
/// expression only one.
fn line_of(span: &OutputSpan, inner: Option<&[u32]>, before: usize) -> u32 {
    let own = u32::try_from(span.line()).unwrap_or(u32::MAX);
    match (inner, span.kind()) {
        (Some(lines), _) => lines.get(before).copied().unwrap_or(own),
        (None, OutputSpanKind::Raw) => own.saturating_add(u32::try_from(before).unwrap_or(u32::MAX)),
        _ => own,
    }
}
