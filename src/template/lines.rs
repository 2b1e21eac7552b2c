//! Line maps: which line of a template each line of its output came from.

use minijinja::{OutputSpan, OutputSpanKind};

/// Lines of the template for each line of `output`, from what the engine recorded while writing it.
///
/// A line belongs to what wrote its first character that is no white space, as that is where a reader looks.
pub(crate) fn from_spans(output: &str, spans: &[OutputSpan]) -> Vec<u32> {
    let mut map = Vec::new();
    let mut start = 0;
    let mut last = 1;
    let mut next = 0;
    for line in output.split_inclusive('\n') {
        let blank = line.len() - line.trim_start().len();
        let at = if blank == line.len() { start } else { start + blank };
        while spans.get(next).is_some_and(|span| span.output_range().end <= at) {
            next += 1;
        }
        if let Some(span) = spans.get(next).filter(|span| span.output_range().start <= at) {
            last = line_of(output, span, at);
        }
        map.push(last);
        start += line.len();
    }
    if output.is_empty() || output.ends_with('\n') {
        map.push(last);
    }
    map
}

/// The line of a span's source that wrote offset `at`: raw text has its own lines, an expression only one.
fn line_of(output: &str, span: &OutputSpan, at: usize) -> u32 {
    let before = match span.kind() {
        OutputSpanKind::Raw => output[span.output_range().start..at].bytes().filter(|&b| b == b'\n').count(),
        _ => 0,
    };
    u32::try_from(span.line() + before).unwrap_or(u32::MAX)
}
