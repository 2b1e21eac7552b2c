//! Whole texts: the structure this reader sees is the structure kubectl sees.

use codexctl::yaml::{Mark, Node, parse_documents, parse_one};
use serde_json::json;

use crate::kubectl;

/// Values of a field `v`, as they are written behind `v:`. The texts use what manifests use, and some of what they
/// should not.
const VALUES: &[&str] = &[
    " a\n  b\n\n  c\n",
    " \"a\n  b\n\n  c\"\n",
    " \"a \\\n  b\\\n  \\ c\"\n",
    " 'a\n  b''c'\n",
    " \"a\nb\"\n",
    " 'a\n\nb'\n",
    " [\na,\nb\n]\n",
    " {\na: 1,\nb: [\n1,\n2\n]\n}\n",
    " {a: 1, b: 2,}\n",
    " [a, b,]\n",
    " [a b, c\n  d]\n",
    " {a, b: }\n",
    " {\"a\":1, 'b':2}\n",
    " [a: 1, b]\n",
    " {a: 'x', b: \"y\\\"\"}\n",
    " >\n  a\n  b\n\n  c\n   d\n  e\n",
    " >-\n  a\n\n\n  b\n\n",
    " >+\n  a\n\n\n",
    " |\n  a\n\n   b\n  c\n\n\n",
    " |-\n\n  a\n  # no comment\n",
    " |+\n  a\n\n\n",
    " |2\n   a\n  b\n",
    " |1-\n  a\n",
    " | # comment\n  a\n",
    " |\n  a\tb\n  \tc\n",
    " |\n\n\n  a\n",
    " |\n",
    " >\n\n",
    "\n- a\n- - b\n  - c\n-\n  - d\n- e: 1\n  f: 2\n-\n  g: 3\n",
    "\n  - a\n  -   b: 1\n      c: 2\n",
    "\n  a: 1\n  # comment\n\n  b: 2 # more\n# less\n  c: x#y\n",
    "\n  a:\n  - 1\n  b:\n    - 2\n",
    "\n  ? a\n  : b\n  ? |\n    c\n  : - d\n",
    "\n  a:    spaced\n  b :  x\n  \"c d\":\n    e: 1\n",
    " \"\\x41\\u00e9\\U0001F600\\t\\n\\\\\\\"\\0\\a\\b\\e\\f\\v\\r\\N\\_\\L\\P\"\n",
    " &x {a: 1, b: [&y 2, *y]}\n",
    "\n  base: &base {a: 1, b: 2}\n  one: {<<: *base, b: 3}\n  two:\n    c: 0\n    <<: *base\n    a: 9\n",
    "\n  a: &a {x: 1, w: 1}\n  b: &b {w: 2, z: 2}\n  c: {<<: [*a, *b], z: 3}\n  d: {\"<<\": *a}\n  e: <<\n",
    "\n  a: &a {x: 1}\n  b: &b {<<: *a, w: 2}\n  c: {<<: *b}\n  d: {<<: {q: 1}}\n",
    "\n  a: &k key\n  *k : 1\n",
    "\n  a: &x 1\n  b: *x\n  c: &x 2\n  d: *x\n",
    " !!set {a, b}\n",
    " !!omap [a: 1]\n",
    " [!foo 123, !foo [a], !foo {a: 1}, ! 12, !!float 3, !!timestamp 2020-01-01, !!map x, !!bool \"true\", !!null ~]\n",
    " [!!str 1.0, !!str true, !!str ~, !!int \"0x1F\", !!binary aGVsbG8=, !!str , !<tag:yaml.org,2002:str> 1]\n",
    " [http://x:80/y#c, a:b, -a, \"a\": b, a#b, --x]\n",
    " https://x:80/y?a=b#c\n",
    " a, b ] } c\n",
    " -x\n",
    " ?x\n",
    " :x\n",
    " a\t# comment\n",
    " a\tb\n",
    "\ta\n",
    "\t[a]\n",
    "\t\n  a:\t1\n  b:\t \t2\n",
    " {a:\tb,\tc:\td}\n",
    "\t|\n  x\n",
    " \"a\n\tb\"\n",
    " a\n  \tb\n",
    " {a: \"x\ny\", b: [\n\"z\nq\"]}\n",
    " []\t\n",
    "   # only a comment\n",
    " é\u{A0}中 😀\n",
];

#[test]
fn kubectl_sees_the_same_structure() {
    if !kubectl::available() {
        return;
    }
    let texts: Vec<String> = VALUES.iter().map(|value| format!("{}v:{value}", kubectl::HEADER)).collect();
    let with_crlf: Vec<String> = texts.iter().map(|text| text.replace('\n', "\r\n")).collect();
    for (texts, separator) in [(texts, "---\n"), (with_crlf, "---\r\n")] {
        let theirs = kubectl::read(&texts.join(separator)).unwrap();
        assert_eq!(theirs.len(), texts.len());
        for (text, theirs) in texts.iter().zip(theirs) {
            let ours = parse_one("t", text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
            let ours = ours.unwrap_or_default().to_json()["v"].take();
            assert!(kubectl::same(&ours, &theirs), "{text:?}:\n  ours {ours}\n  kubectl {theirs}");
        }
    }
}

/// What kubectl refuses must not pass here, or `render` would succeed where the original file fails.
#[test]
fn what_kubectl_refuses_is_refused() {
    let values = [
        "\ta: b\n",
        " a: b\n",
        " \"a\":b\n",
        " \"a\" b\n",
        " [a\n",
        " {a: 1\n",
        " a]\nb\n",
        "\n\ta\n",
        " a\n\tb\n",
        " @a\n",
        " %a\n",
        " `a`\n",
        " *a\n",
        " - a\n",
        " |x\n",
        " |\n  a\n b\n",
        " \"\\y\"\n",
        " \"a\n",
        " 'a\n",
        " .inf\n",
        " {~: 1}\n",
        " {[a]: 1}\n",
        " [,]\n",
        " &a\n  b: *c\n",
        " \u{1}\n",
        "\n  a: 1\n b: 2\n",
        "\n  - a\n b\n",
        " !!int x\n",
        " {<<: 1}\n",
        " \"a\n---\nb\"\n",
    ];
    let accepted: Vec<&str> = values
        .into_iter()
        .filter(|value| parse_documents("t", &format!("{}v:{value}", kubectl::HEADER)).is_ok())
        .collect();
    assert_eq!(accepted, [""; 0]);
    if kubectl::available() {
        let accepted = |value: &&&str| kubectl::read(&format!("{}v:{value}", kubectl::HEADER)).is_ok();
        let accepted: Vec<_> = values.iter().filter(accepted).collect();
        assert_eq!(accepted, [&""; 0]);
    }
}

#[test]
fn documents_that_hold_nothing_are_dropped() {
    let text = "# a comment\n---\n---\n# another\n---\nnull\n---\n~\n---\na: 1\n...\n---\n''\n---\n{}\n--- text\n---";
    let documents: Vec<_> = parse_documents("t", text).unwrap().iter().map(Node::to_json).collect();
    assert_eq!(documents, [json!({"a": 1}), json!(""), json!({}), json!("text")]);
    for nothing in ["", "\n", "# x", "---", "...", "\u{FEFF}", "\u{FEFF}# x\n---\n", " \n\t\n"] {
        assert_eq!(parse_documents("t", nothing).unwrap(), [], "{nothing:?}");
    }
}

#[test]
fn directives_and_byte_order_marks_are_passed_over() {
    let text =
        "\u{FEFF}%YAML 1.1\n%TAG !e! tag:example.com,2000:\n---\na: !e!x 1\n...\n%YAML 1.2\n---\nb: 2\n";
    let documents: Vec<_> = parse_documents("t", text).unwrap().iter().map(Node::to_json).collect();
    assert_eq!(documents, [json!({"a": "1"}), json!({"b": 2})]);
}

#[test]
fn marks_count_from_the_start_of_the_text_in_characters() {
    let text = "# é\n---\né: {b: [1, ü, \"q\"]}\n---\r\n- x\r\n- y: 1\r\n";
    let documents = parse_documents("t", text).unwrap();
    let items = documents[0].at(&["é", "b"]).unwrap();
    assert_eq!(items.mark, Mark::new(3, 8));
    let marks: Vec<Mark> = items.as_list().unwrap().iter().map(|item| item.mark).collect();
    assert_eq!(marks, [Mark::new(3, 9), Mark::new(3, 12), Mark::new(3, 15)]);
    let second = &documents[1].as_list().unwrap()[1];
    assert_eq!(second.get("y").unwrap().mark, Mark::new(6, 6));
    assert_eq!(second.as_map().unwrap().key_mark("y"), Some(Mark::new(6, 3)));
}

#[test]
fn merged_keys_stand_where_the_merge_stood() {
    let text = "base: &b {x: 1, y: 2}\nv:\n  a: 0\n  <<: *b\n  y: 3\n  z: 4\n";
    let node = parse_one("t", text).unwrap().unwrap();
    let keys: Vec<&str> = node.get("v").unwrap().as_map().unwrap().keys().collect();
    assert_eq!(keys, ["a", "x", "y", "z"]);
}

#[test]
fn text_is_the_source_of_a_scalar() {
    let text = "[1.10, 0755, True, 1_000, 12, \"q\", yes, 1e3, ~, [], !!int \"07\", -0, +1, 1., false]";
    let node = parse_one("t", text).unwrap().unwrap();
    let texts: Vec<_> = node.as_list().unwrap().iter().map(Node::text).collect();
    let texts: Vec<_> = texts.iter().map(|text| text.as_deref().unwrap_or("NONE")).collect();
    let expected = [
        "1.10", "0755", "True", "1_000", "12", "q", "yes", "1e3", "NONE", "NONE", "07", "-0", "+1", "1.",
        "false",
    ];
    assert_eq!(texts, expected);
}
