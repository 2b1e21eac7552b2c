//! The exact text that is written, and strings that must survive it byte for byte.

use codexctl::yaml::{
    Map, Node, parse_documents, parse_one, write_document, write_json, write_json_stream, write_stream,
};

use crate::kubectl;

fn rewritten(text: &str) -> String {
    write_stream(&parse_documents("t", text).unwrap())
}

#[test]
fn block_style_in_source_order_with_lists_at_their_key() {
    let text = "z: {b: 1, a: [x, {k: v, l: [1, [2, 3]]}, [], {}]}\ny: ~\nw: [[a], [[b]]]\nversion: '1.10'\non: off\n";
    let expected = "\
z:
  b: 1
  a:
  - x
  - k: v
    l:
    - 1
    - - 2
      - 3
  - []
  - {}
\"y\": null
w:
- - a
- - - b
version: \"1.10\"
\"on\": \"off\"
";
    assert_eq!(rewritten(text), expected);
    assert_eq!(rewritten(expected), expected);
}

#[test]
fn texts_of_several_lines_become_literal_blocks() {
    let text = concat!(
        "a: \"x\\ny\\n\"\nb: \"x\\n\\n  y\"\nc: \"x\\n\\n\"\nd: [\" x\\ny\\n\", {e: \"\\nx\"}]\n",
        "f: \"x \\n y\\t\\n\"\ng: \"\\tx\\ny\"\nh: \"x\\r\\ny\"\ni: \"\\n\"\n"
    );
    let expected = "\
a: |
  x
  y
b: |-
  x

    y
c: |+
  x

d:
- |2
   x
  y
- e: |2-

    x
f: |
  x\u{20}
   y\t
g: \"\\tx\\ny\"
h: \"x\\r\\ny\"
i: \"\\n\"
";
    assert_eq!(rewritten(text), expected);
    assert_eq!(rewritten(expected), expected);
}

#[test]
fn documents_are_separated_and_each_ends_its_line() {
    assert_eq!(
        rewritten("a: 1\n---\n---\n- b\n--- text\n--- |\n  x\n  y\n"),
        "a: 1\n---\n- b\n---\ntext\n---\n\"x\\ny\\n\"\n"
    );
    assert_eq!(write_stream([]), "");
    assert_eq!(rewritten("--- {}\n--- []\n"), "{}\n---\n[]\n");
}

#[test]
fn numbers_keep_their_value_and_get_a_spelling_all_readers_share() {
    let text = "[0755, 1_000, 1e3, 1E+21, 1e-7, 3.0, 18446744073709551615, 18446744073709551616, -0.0, .5]";
    let expected = "- 493\n- 1000\n- 1000.0\n- 1.0e+21\n- 1.0e-7\n- 3.0\n- 18446744073709551615\n\
                    - 1.8446744073709552e+19\n- -0.0\n- 0.5\n";
    assert_eq!(rewritten(text), expected);
}

#[test]
fn plain_words_stay_plain() {
    for text in [
        "nginx",
        "a b",
        "registry.example.com/team/app:1.2.3",
        "-x",
        "a#b",
        "a:b",
        "it's",
        "500m",
        "128Mi",
        "/etc",
        "$(X)",
        "é中😀",
    ] {
        assert_eq!(rewritten(&format!("v: \"{text}\"\n")), format!("v: {text}\n"));
    }
}

#[test]
fn long_and_strange_strings_survive_kubectl() {
    let strings = [
        "x".repeat(100_000),
        "word ".repeat(30_000),
        "emoji 😀\ttab \u{A0} ".repeat(5000),
        format!("{}\n", "line with trailing space \n".repeat(4000)),
        (1..0x500u32).filter_map(char::from_u32).collect(),
        "k".repeat(1100),
    ];
    let keys: Map = strings.iter().map(|text| (text.clone(), Node::list(vec![Node::int(1)]))).collect();
    let values = Node::list(strings.iter().map(Node::string).collect());
    let value = Node::list(vec![values, Node::map(keys)]);
    let written = write_stream([&kubectl::object(value.clone())]);
    assert_eq!(parse_one("written", &written).unwrap().unwrap().get("v"), Some(&value));
    if kubectl::available() {
        assert_eq!(kubectl::read(&written).unwrap(), [value.to_json()]);
    }
}

#[test]
fn json_is_pretty_and_a_stream_is_one_value_after_the_other() {
    let node = parse_one("t", "b: [1, 2.5]\na: {}\n").unwrap().unwrap();
    let mut out = String::new();
    write_json(&mut out, &node);
    assert_eq!(out, "{\n  \"b\": [\n    1,\n    2.5\n  ],\n  \"a\": {}\n}\n");
    assert_eq!(write_json_stream([&node, &Node::null()]), format!("{out}null\n"));
}

#[test]
fn a_tree_can_be_changed_and_keeps_its_order() {
    let mut node = parse_one("t", "kind: Pod\nmetadata: {name: x}\nspec: {}\n").unwrap().unwrap();
    let map = node.as_map_mut().unwrap();
    assert_eq!(map.insert("kind", Node::string("Job")), Some(Node::string("Pod")));
    assert_eq!(map.insert_first("apiVersion", Node::string("v1")), None);
    assert_eq!(map.insert_first("kind", Node::string("Pod")), Some(Node::string("Job")));
    assert_eq!(map.remove("spec"), Some(Node::map(Map::new())));
    assert_eq!(map.remove("spec"), None);
    let labels = map.get_or_insert_with("labels", || Node::list(Vec::new()));
    labels.as_list_mut().unwrap().push(Node::bool(true));
    assert!(map.contains("labels") && !map.contains("spec") && map.len() == 4);
    *node.at_mut(&["metadata", "name"]).unwrap() = Node::int(7);
    assert_eq!(node.at(&["metadata", "name"]).and_then(Node::as_i64), Some(7));
    assert_eq!(node.at(&["kind", "name"]), None);
    node.as_map_mut().unwrap().retain(|key, _| key != "kind");
    let mut out = String::new();
    write_document(&mut out, &node);
    assert_eq!(out, "apiVersion: v1\nmetadata:\n  name: 7\nlabels:\n- true\n");
    let kinds: Vec<_> = node.as_map().unwrap().values().map(Node::kind_name).collect();
    assert_eq!(kinds, ["a string", "a map", "a list"]);
}
