//! Findings as SARIF 2.1.0, which code hosts show beside the lines they are about.
//!
//! Source: the OASIS standard, and what GitHub's code scanning reads of it.

use std::collections::HashMap;
use std::path::{Component, Path};

use serde_json::{Value, json};

use super::Report;
use super::finding::{Finding, Severity};
use super::rules;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The log of one run. File names are relative to `here`, or to the project where `here` is not above it.
pub fn sarif(report: &Report, here: &Path) -> Value {
    let base = if report.root.starts_with(here) { here } else { &report.root };
    let rules: Vec<Value> = rules::ALL
        .iter()
        .map(|rule| {
            json!({
                "id": rule.id,
                "shortDescription": { "text": rule.about },
                "defaultConfiguration": { "level": rule.severity.as_str() },
            })
        })
        .collect();
    let mut seen = HashMap::new();
    let results: Vec<Value> =
        report.findings.iter().map(|finding| result(finding, base, here, &mut seen)).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {
                "driver": {
                    "name": "codexctl",
                    "version": env!("CARGO_PKG_VERSION"),
                    "semanticVersion": env!("CARGO_PKG_VERSION"),
                    "rules": rules,
                },
            },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn result(finding: &Finding, base: &Path, here: &Path, seen: &mut HashMap<u64, u32>) -> Value {
    let uri = uri(&here.join(&finding.file), base);
    let index = rules::ALL.iter().position(|rule| rule.id == finding.rule.id);
    let mut region = json!({ "startLine": finding.line.unwrap_or(1) });
    if let Some(column) = finding.line.and(finding.column) {
        region["startColumn"] = json!(column);
    }
    let mut message = finding.message.clone();
    if let Some(hint) = &finding.hint {
        message.push_str(&format!("\n{hint}"));
    }
    // Not of the line: a finding stays the same when lines above it come and go.
    let print =
        fingerprint(&[finding.rule.id, &uri, finding.path.as_deref().unwrap_or_default(), &finding.message]);
    let number = seen.entry(print).and_modify(|number| *number += 1).or_insert(1);
    json!({
        "ruleId": finding.rule.id,
        "ruleIndex": index,
        "level": level(finding.severity),
        "message": { "text": message },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": uri, "uriBaseId": "%SRCROOT%" },
                "region": region,
            },
        }],
        "partialFingerprints": { "codexctl/v1": format!("{print:016x}:{number}") },
        "properties": { "environments": finding.environments, "path": finding.path },
    })
}

fn level(severity: Severity) -> &'static str {
    severity.as_str()
}

/// The file as a relative URI reference, percent-encoded.
fn uri(file: &Path, base: &Path) -> String {
    let relative = file.strip_prefix(base).unwrap_or(file);
    let parts = relative.components().filter_map(|part| match part {
        Component::Normal(part) => Some(encode(&part.to_string_lossy())),
        Component::ParentDir => Some("..".into()),
        _ => None,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// RFC 3986: what is neither unreserved nor allowed in a path segment is written as `%XX`.
fn encode(segment: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=@".contains(&byte);
    let mut out = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        if plain(byte) { out.push(char::from(byte)) } else { out.push_str(&format!("%{byte:02X}")) }
    }
    out
}

/// FNV-1a of 64 bits: the same in every release, which the standard library's hasher does not promise.
fn fingerprint(parts: &[&str]) -> u64 {
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_are_relative_and_encoded() {
        let base = Path::new("/a b");
        assert_eq!(uri(Path::new("/a b/c d/ü#.yaml"), base), "c%20d/%C3%BC%23.yaml");
        assert_eq!(uri(Path::new("/else/x.yaml"), base), "else/x.yaml");
        assert_eq!(encode("100%:"), "100%25%3A");
    }

    #[test]
    fn fingerprints_are_those_of_every_release() {
        assert_eq!(
            format!("{:016x}", fingerprint(&["a", "b"])),
            format!("{:016x}", fingerprint(&["a", "b"]))
        );
        assert_ne!(fingerprint(&["a", "b"]), fingerprint(&["ab", ""]));
    }
}
