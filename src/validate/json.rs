//! Findings for machines: one stable JSON object.

use serde_json::{Value, json};

use super::Report;
use super::finding::Severity;

/// `{"findings": […], "summary": {…}}`. Every key is always there; what is not known is `null`.
pub fn json(report: &Report) -> Value {
    let findings: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| {
            json!({
                "rule": finding.rule.id,
                "severity": finding.severity,
                "message": finding.message,
                "file": finding.file,
                "line": finding.line,
                "column": finding.line.and(finding.column),
                "path": finding.path,
                "environments": finding.environments,
                "hint": finding.hint,
            })
        })
        .collect();
    json!({
        "findings": findings,
        "summary": {
            "errors": report.count(Severity::Error),
            "warnings": report.count(Severity::Warning),
            "notes": report.count(Severity::Note),
            "environments": report.environments,
            "documents": report.documents,
        },
    })
}
