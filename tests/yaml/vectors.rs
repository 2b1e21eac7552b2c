//! The conformance vectors: each source scalar in every place it can stand.

use codexctl::yaml::{Node, parse_one, write_document, write_stream};
use serde_json::{Value, json};

use crate::kubectl;

struct Vector {
    source: String,
    /// None: reading refuses it.
    expected: Option<Value>,
}

fn vectors() -> Vec<Vector> {
    let file: Value = serde_json::from_str(include_str!("../conformance/yaml-scalars.json")).unwrap();
    let scalars = file["scalars"].as_array().unwrap();
    let vectors: Vec<Vector> = scalars
        .iter()
        .map(|scalar| {
            let error = scalar.get("error").is_some_and(|error| error == &Value::Bool(true));
            let expected = (!error).then(|| scalar["expected"].clone());
            Vector { source: scalar["source"].as_str().unwrap().to_owned(), expected }
        })
        .collect();
    assert!(vectors.len() > 80, "only {} vectors", vectors.len());
    vectors
}

/// A text with the source in it, and how to take the value out of what was read.
type Place = (String, fn(&Node) -> Option<&Node>);

/// The source in a place, and how to take the value out again.
fn places(source: &str) -> Vec<Place> {
    let mut places: Vec<Place> = vec![
        (format!("v: {source}"), |node| node.get("v")),
        (format!("v: {source}\n"), |node| node.get("v")),
        (format!("v: {source}\nw: 1\n"), |node| node.get("v")),
        (format!("---\nw: 1\nv: {source}\n..."), |node| node.get("v")),
        (format!("v: {source}\n").replace('\n', "\r\n"), |node| node.get("v")),
    ];
    if !source.contains('\n') && source != "- a" {
        places.push((format!("- {source}\n- 1\n"), |node| node.as_list()?.first()));
        places.push((format!("? a\n: {source}\n"), |node| node.get("a")));
    }
    let starts_flow = |c: char| "[{\"'!&".contains(c);
    let plain_in_flow = !source.contains([',', '\n', '#', '|', '>']) && source != "- a";
    if plain_in_flow || source.starts_with(starts_flow) {
        places.push((format!("{{v: {source}}}"), |node| node.get("v")));
        places.push((format!("{{v: {source} , w: 1}}"), |node| node.get("v")));
        if !source.is_empty() {
            places.push((format!("[{source}]"), |node| node.as_list()?.first()));
            places.push((format!("[{source}, 1]"), |node| node.as_list()?.first()));
        }
    }
    places
}

#[test]
fn every_vector_reads_as_expected_in_every_place() {
    let mut failures = Vec::new();
    for vector in vectors() {
        for (text, value_in) in places(&vector.source) {
            match (&vector.expected, parse_one("t", &text)) {
                (None, Err(_)) => {}
                (None, Ok(node)) => failures.push(format!("{text:?}: expected an error, read {node:?}")),
                (Some(_), Err(error)) => failures.push(format!("{text:?}: {error}")),
                (Some(expected), Ok(node)) => {
                    let read = node.as_ref().and_then(value_in).map(Node::to_json);
                    if !read.as_ref().is_some_and(|read| kubectl::same(read, expected)) {
                        failures.push(format!("{text:?}: expected {expected}, read {read:?}"));
                    }
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn what_is_written_reads_the_same_again() {
    for vector in vectors() {
        let Some(expected) = vector.expected else { continue };
        let node = parse_one("t", &format!("v: {}", vector.source)).unwrap().unwrap();
        let mut written = String::new();
        write_document(&mut written, &node);
        let again = parse_one("written", &written).unwrap().unwrap();
        assert_eq!(again, node, "{written}");
        assert!(kubectl::same(&again.to_json()["v"], &expected), "{written}");
    }
}

#[test]
fn kubectl_reads_the_expected_values_from_what_is_written() {
    if !kubectl::available() {
        return;
    }
    let wanted: Vec<Vector> = vectors().into_iter().filter(|vector| vector.expected.is_some()).collect();
    let documents: Vec<Node> = wanted
        .iter()
        .map(|vector| {
            let node = parse_one("t", &format!("v: {}", vector.source)).unwrap().unwrap();
            let value = node.get("v").unwrap().clone();
            let list = Node::list(vec![value.clone(), value.clone()]);
            let map = Node::map([("k", value.clone()), ("list", list)].into_iter().collect());
            kubectl::object(Node::list(vec![value, map]))
        })
        .collect();
    let read = kubectl::read(&write_stream(&documents)).unwrap();
    assert_eq!(read.len(), wanted.len());
    for (vector, read) in wanted.iter().zip(read) {
        let value = vector.expected.as_ref().unwrap();
        let expected = json!([value, { "k": value, "list": [value, value] }]);
        assert!(kubectl::same(&read, &expected), "{:?}: kubectl read {read}", vector.source);
    }
}

/// Every string of the vectors, source and value, written as a string: as value and as key.
#[test]
fn kubectl_reads_every_source_back_as_a_string_and_as_a_key() {
    if !kubectl::available() {
        return;
    }
    let mut strings: Vec<String> = vectors().into_iter().map(|vector| vector.source).collect();
    let more = [
        "Yes",
        "YES",
        "ON",
        "Y",
        "N",
        "nO",
        "1_000.5",
        "0b-1",
        "0o-7",
        "._5",
        "---",
        "--- x",
        "...",
        "a\n---\nb",
    ];
    strings.extend(more.map(str::to_owned));
    let map = strings.iter().map(|text| (text.clone(), Node::string(text.as_str()))).collect();
    let list = Node::list(strings.iter().map(Node::string).collect());
    let value = Node::list(vec![Node::map(map), list]);
    let expected = value.to_json();
    let written = write_stream([&kubectl::object(value)]);
    let read = kubectl::read(&written).unwrap();
    assert_eq!(read, [expected], "{written}");
}
