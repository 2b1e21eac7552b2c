//! As much of Markdown as the checks of pages need: headings, links, and code.

/// Headings as GitHub names them in links: `#what-is-never-done`.
pub fn anchors(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut code = false;
    for line in text.lines() {
        if line.starts_with("```") {
            code = !code;
        }
        let title = line.trim_start_matches('#');
        if code || title.len() == line.len() || !title.starts_with(' ') {
            continue;
        }
        let slug: String = title
            .trim()
            .to_lowercase()
            .chars()
            .filter_map(|c| match c {
                ' ' => Some('-'),
                '-' | '_' => Some(c),
                _ if c.is_alphanumeric() => Some(c),
                _ => None,
            })
            .collect();
        let before = all.iter().filter(|one| **one == slug || one.starts_with(&format!("{slug}-"))).count();
        all.push(if all.contains(&slug) { format!("{slug}-{before}") } else { slug });
    }
    all
}

/// Targets of links and pictures, with their lines.
pub fn links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (line, prose) in without_code(text) {
        let mut rest = prose.as_str();
        while let Some(at) = rest.find("](") {
            rest = &rest[at + 2..];
            let end = rest.find(')').unwrap_or(rest.len());
            found.push((line, rest[..end].trim().to_string()));
        }
    }
    found
}

/// The lines that are no block of code, inline code left out.
fn without_code(text: &str) -> Vec<(usize, String)> {
    let mut block = false;
    let mut lines = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            block = !block;
        } else if !block {
            let parts: Vec<&str> = line.split('`').step_by(2).collect();
            lines.push((at + 1, parts.join("``")));
        }
    }
    lines
}

/// Pieces of code, with their lines: lines of blocks, and inline code.
pub fn code(text: &str) -> Vec<(usize, String)> {
    let mut block = false;
    let mut pieces = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            block = !block;
        } else if block {
            pieces.push((at + 1, line.to_string()));
        } else {
            pieces.extend(line.split('`').skip(1).step_by(2).map(|piece| (at + 1, piece.to_string())));
        }
    }
    pieces
}

#[test]
fn headings_become_anchors() {
    let text = "# services.yaml\n```\n# no\n```\n## `-o json`\n### When: a, b\n# services.yaml\n";
    assert_eq!(anchors(text), ["servicesyaml", "-o-json", "when-a-b", "servicesyaml-1"]);
}

#[test]
fn links_stand_outside_of_code() {
    let text = "a [b](c.md) `[x](no)` ![p](d.svg)\n```\n[e](no)\n```\n[`f`](g.md#h)\n";
    let all: Vec<String> = links(text).into_iter().map(|(_, target)| target).collect();
    assert_eq!(all, ["c.md", "d.svg", "g.md#h"]);
    assert_eq!(code("`a b`\n```sh\nc\n```\n"), [(1, "a b".to_string()), (3, "c".to_string())]);
}
