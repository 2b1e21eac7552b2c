//! Vectors evaluated with Go itself: expected output byte for byte, errors with their line.

use codexctl::template::{Dialect, Syntax, detect};
use serde_json::Value as Json;

use crate::support::{engine, more_vectors, vectors};

/// The line in Go's own message, `template: t:LINE`.
fn line_of(error: &str) -> u32 {
    let rest = error.strip_prefix("template: t:").unwrap();
    rest[..rest.find(':').unwrap()].parse().unwrap()
}

#[test]
fn every_vector_as_go() {
    check(&vectors());
}

/// Literals, formats, scopes, calls, trimming, manifests and mistakes, as Go 1.27 evaluates them.
#[test]
fn more_vectors_as_go() {
    check(&more_vectors());
}

fn check(vectors: &Json) {
    let engine = engine();
    let mut failures = Vec::new();
    for case in vectors["vectors"].as_array().unwrap() {
        let (name, template) = (&case["name"], case["template"].as_str().unwrap());
        let outcome = engine.render("t", template, Syntax::Go);
        match (case["expected"].as_str(), outcome) {
            (Some(expected), Ok(output)) if output.text == expected => {}
            (None, Err(error)) if error.line() == line_of(case["error"].as_str().unwrap()) => {}
            (_, outcome) => failures.push(format!("{name}: {outcome:?}")),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_vector_as_auto_where_it_is_go() {
    let engine = engine();
    let vectors = vectors();
    let mut seen = 0;
    for case in vectors["vectors"].as_array().unwrap() {
        let template = case["template"].as_str().unwrap();
        if !matches!(detect(template), Ok(Dialect::Go)) {
            println!("not go by itself: {}", case["name"]);
            continue;
        }
        seen += 1;
        let outcome = engine.render("t", template, Syntax::Auto).map(|output| output.text);
        assert_eq!(outcome.ok().as_deref(), case["expected"].as_str(), "{}", case["name"]);
    }
    assert!(seen > 70, "only {seen}");
}
