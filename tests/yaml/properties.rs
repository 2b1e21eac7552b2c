//! Properties: what is written is read back the same, and no text whatever brings the reader down.

use codexctl::yaml::{Map, Node, Value, parse_documents, parse_one, write_document, write_stream};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;

use crate::kubectl;

/// Pieces that meet every rule of quoting and of literal blocks, alone and joined.
const PIECES: &[&str] = &[
    "",
    " ",
    "  ",
    "\t",
    "\n",
    "\n\n",
    "\r",
    "\r\n",
    "a",
    "b c",
    "-",
    "- ",
    "?",
    "? ",
    ":",
    ": ",
    ":a",
    "#",
    " #",
    "# x",
    "'",
    "\"",
    "\\",
    "{",
    "}",
    "[",
    "]",
    ",",
    "&a",
    "*a",
    "!x",
    "|",
    ">",
    "%",
    "@",
    "`",
    "~",
    "=",
    "<<",
    "---",
    "...",
    "null",
    "yes",
    "Off",
    "TRUE",
    "y",
    "0755",
    "0x1F",
    "1e3",
    "1:30",
    "1_0",
    ".5",
    "-1",
    "+2",
    ".inf",
    "2020-01-01",
    "\u{85}",
    "\u{2028}",
    "\u{2029}",
    "\u{FEFF}",
    "\u{0}",
    "\u{7}",
    "\u{7F}",
    "\u{9B}",
    "\u{FFFE}",
    "é",
    "中",
    "😀",
    "\u{A0}",
    "\u{3000}",
    "x:y",
    "x#y",
    "{{ x }}",
    "  indented",
    "\n  ",
    "\n\t",
    "a\nb\n",
];

fn text() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(prop::sample::select(PIECES), 0..6).prop_map(|pieces| pieces.concat());
    let any = prop::collection::vec(any::<char>(), 0..20).prop_map(String::from_iter);
    let long = (pieces.clone(), 500usize..2000).prop_map(|(piece, count)| piece.repeat(count / 10));
    prop_oneof![8 => pieces, 3 => any, 1 => long]
}

fn scalar() -> impl Strategy<Value = Node> {
    prop_oneof![
        6 => text().prop_map(Node::string),
        1 => Just(Node::null()),
        1 => any::<bool>().prop_map(Node::bool),
        1 => any::<i64>().prop_map(Node::int),
        1 => (i64::MAX as u64 + 1..=u64::MAX).prop_map(|number| Node::from(Value::UInt(number))),
        1 => any::<f64>().prop_filter("finite", |number| number.is_finite())
            .prop_map(|number| Node::from(Value::Float(number))),
    ]
}

fn tree() -> impl Strategy<Value = Node> {
    scalar().prop_recursive(5, 40, 6, |inner| {
        let list = prop::collection::vec(inner.clone(), 0..5).prop_map(Node::list);
        let map =
            prop::collection::vec((text(), inner), 0..5).prop_map(|pairs| Node::map(Map::from_iter(pairs)));
        prop_oneof![list, map]
    })
}

fn written(node: &Node) -> String {
    let mut out = String::new();
    write_document(&mut out, node);
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_tree_is_read_back_as_it_was_written(node in tree()) {
        prop_assume!(!node.is_null());
        let text = written(&node);
        prop_assert!(text.ends_with('\n'));
        match parse_one("written", &text) {
            Ok(read) => prop_assert_eq!(read, Some(node), "{}", text),
            Err(error) => prop_assert!(false, "{}\n{}", error, text),
        }
    }

    #[test]
    fn a_stream_keeps_its_documents(nodes in prop::collection::vec(tree(), 0..4)) {
        let nodes: Vec<Node> = nodes.into_iter().filter(|node| !node.is_null()).collect();
        let text = write_stream(&nodes);
        prop_assert_eq!(parse_documents("written", &text).map_err(|error| error.to_string()), Ok(nodes), "{}", text);
    }

    #[test]
    fn json_there_and_back_is_the_same_tree(node in tree()) {
        prop_assert_eq!(Node::from_json(node.to_json()), node);
    }

    #[test]
    fn no_text_brings_the_reader_down(text in text(), pieces in prop::collection::vec(text(), 0..5)) {
        for text in [text, pieces.join("\n"), pieces.join(": "), pieces.join("\n- ")] {
            if let Ok(documents) = parse_documents("t", &text) {
                let again = parse_documents("again", &write_stream(&documents));
                prop_assert_eq!(again.map_err(|error| error.to_string()), Ok(documents), "{:?}", text);
            }
        }
    }
}

/// One call of kubectl for many trees: what it reads from what is written is the tree.
#[test]
fn kubectl_reads_the_same_trees() {
    if !kubectl::available() {
        return;
    }
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let documents: Vec<Node> = (0..1500)
        .map(|_| kubectl::object(tree().new_tree(&mut runner).unwrap().current()))
        .filter(|document| !document.get("v").is_some_and(Node::is_null))
        .collect();
    let read = kubectl::read(&write_stream(&documents)).unwrap();
    assert_eq!(read.len(), documents.len());
    for (document, read) in documents.iter().zip(read) {
        let value = document.get("v").unwrap().to_json();
        assert!(kubectl::same(&read, &value), "kubectl read {read:?}\nfrom {}", written(document));
    }
}
