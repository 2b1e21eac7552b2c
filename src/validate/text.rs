//! Findings for people: grouped by file, one line each, what to do below it, and a summary.

use std::borrow::Cow;

use super::Report;
use super::finding::{Finding, Severity};

/// The text; coloured for a terminal where `colour`.
pub fn text(report: &Report, colour: bool) -> String {
    let mut text = String::new();
    let mut file = None;
    for finding in &report.findings {
        if file.is_some_and(|file| file != finding.file.as_str()) {
            text.push('\n');
        }
        file = Some(finding.file.as_str());
        one(&mut text, finding, report, colour);
    }
    if !report.findings.is_empty() {
        text.push('\n');
    }
    text.push_str(&summary(report));
    text.push('\n');
    text
}

fn one(text: &mut String, finding: &Finding, report: &Report, colour: bool) {
    let paint = |code: &str, text: String| if colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text };
    let code = match finding.severity {
        Severity::Error => "1;31",
        Severity::Warning => "1;33",
        Severity::Note => "1;36",
    };
    let label = paint(code, format!("{}[{}]", finding.severity.as_str(), finding.rule.id));
    let place = paint("1", finding.place());
    // The path of a manifest's finding only says who names the file.
    let path = finding.path.as_ref().filter(|_| finding.file == report.file);
    let path = path.map_or_else(String::new, |path| format!("{path}: "));
    let message = harmless(&finding.message);
    let mut lines = message.lines();
    text.push_str(&format!("{place}: {label}: {path}{}\n", lines.next().unwrap_or_default()));
    for line in lines {
        text.push_str(format!("    {line}").trim_end());
        text.push('\n');
    }
    if let Some(hint) = &finding.hint {
        text.push_str(&format!("    help: {}\n", harmless(hint).replace('\n', "\n          ")));
    }
    let some = !finding.environments.is_empty() && finding.environments.len() < report.environments.len();
    if some {
        text.push_str(&format!("    in: {}\n", finding.environments.join(", ")));
    }
}

/// Without characters that would drive the reader's terminal: names in manifests may hold any.
fn harmless(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| c == '\n' || !c.is_control()) {
        return text.into();
    }
    let shown =
        |c: char| if c == '\n' || !c.is_control() { c.to_string() } else { c.escape_default().to_string() };
    text.chars().map(shown).collect::<String>().into()
}

/// `2 errors, 1 warning, 0 notes in 3 environments (dev, staging, ai), 57 documents`.
pub(super) fn summary(report: &Report) -> String {
    let plural = |count: usize, word: &str| match count {
        1 => format!("1 {word}"),
        count => format!("{count} {word}s"),
    };
    let counts = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")]
        .map(|(severity, word)| plural(report.count(severity), word));
    let environments = match report.environments.as_slice() {
        [] => "no environment".to_string(),
        names => format!("{} ({})", plural(names.len(), "environment"), names.join(", ")),
    };
    format!("{} in {environments}, {}", counts.join(", "), plural(report.documents, "document"))
}
