//! Findings as a person reads them: aligned, wrapped to the terminal, or to 80 columns where there is none (CI logs).

use super::finding::{Finding, Status};

/// Narrower than this, alignment takes more than it gives.
const NARROWEST: usize = 40;
/// The longest check name that others are aligned to.
const NAME: usize = 26;

/// The table; `width` columns wide, coloured for a terminal where `colour`.
pub fn table(findings: &[Finding], width: usize, colour: bool) -> String {
    let longest = findings.iter().map(|finding| finding.check.chars().count()).max().unwrap_or_default();
    let name = longest.min(NAME);
    let indent = name + 4;
    let room = width.max(NARROWEST).saturating_sub(indent);
    let mut text = String::new();
    for (at, finding) in findings.iter().enumerate() {
        let mark = paint(finding.status, finding.status.mark(), colour);
        // What is wrong for every environment in the same words is read once.
        let same = |other: &&Finding| other.status == finding.status && other.detail == finding.detail;
        let first = findings[..at].iter().find(same).filter(|_| finding.detail.contains('\n'));
        let mut lines = match first {
            Some(first) => wrapped(&format!("the same as for {}", first.check), room),
            None => wrapped(&finding.detail, room),
        };
        if let Some(fix) = &finding.fix {
            let fix = wrapped(fix, room.saturating_sub(5));
            let label = |at: usize| if at == 0 { "fix: " } else { "     " };
            lines.extend(fix.into_iter().enumerate().map(|(at, line)| format!("{}{line}", label(at))));
        }
        let mut lines = lines.into_iter();
        text.push_str(&format!("{mark} {:name$}  {}\n", finding.check, lines.next().unwrap_or_default()));
        for line in lines {
            text.push_str(format!("{:indent$}{line}", "").trim_end());
            text.push('\n');
        }
    }
    text
}

/// `11 ok, 1 warning, 2 failed`.
pub fn summary(findings: &[Finding]) -> String {
    let count = |status| findings.iter().filter(|finding| finding.status == status).count();
    let warnings = count(Status::Warning);
    let plural = if warnings == 1 { "" } else { "s" };
    format!("{} ok, {warnings} warning{plural}, {} failed", count(Status::Ok), count(Status::Failed))
}

fn paint(status: Status, text: &str, colour: bool) -> String {
    let code = match status {
        Status::Ok => "32",
        Status::Warning => "1;33",
        Status::Failed => "1;31",
    };
    if colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_string() }
}

/// Breaks at blanks. A word that is too long (a path, a command) stays whole, to be copied; so do lines that are
/// indented, which are excerpts of files.
fn wrapped(text: &str, room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.starts_with(' ') {
            lines.push(line.trim_end().to_string());
            continue;
        }
        let mut current = String::new();
        for word in line.split_whitespace() {
            let long = current.chars().count() + 1 + word.chars().count() > room;
            if long && !current.is_empty() {
                lines.push(std::mem::take(&mut current));
            }
            if !current.is_empty() {
                current.push(' ');
            }
            current.push_str(word);
        }
        lines.push(current);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps_to_the_width_and_keeps_fixes_apart() {
        let findings = [
            Finding::ok("bash", "GNU bash 5"),
            Finding::failed("services.yaml", "one two three four five six seven")
                .fix("do this and that and this too"),
        ];
        let expected = "\
✓ bash           GNU bash 5
✗ services.yaml  one two three four five
                 six seven
                 fix: do this and that
                      and this too
";
        assert_eq!(table(&findings, 40, false), expected);
        assert_eq!(summary(&findings), "1 ok, 0 warnings, 1 failed");
    }
}
