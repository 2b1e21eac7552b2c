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

/// kubectl takes a file that begins with `{` as JSON objects, and what is no JSON from there on as YAML.
#[test]
fn json_objects_are_read_as_kubectl_reads_them() {
    let object = |name: &str, v: &str| {
        format!(r#"{{"apiVersion":"v1","kind":"ConfigMap","metadata":{{"name":"{name}"}},"v":{v}}}"#)
    };
    let (one, two, yaml) =
        (object("a", "1"), object("b", "[2,\n\t\"x\"]"), format!("{}v: 3", kubectl::HEADER));
    // Newer versions of kubectl only.
    let mixed = [
        format!("\u{FEFF}{one}\n---\n{two}\n---\n{yaml}\n"),
        format!("{one}\n# more\n{two}"),
        format!("{one}\n---\n{yaml}\n"),
        one.replace("1}", "1,}"),
        format!("{one} {}", object("b", "\"a\tb\"")),
    ];
    let mut texts = vec![format!("{one}{two}"), format!("\n {one}\r\n\t{two}\n")];
    for v in [
        r#""\ud83d\ude00""#,
        r#""a\uD83D\uDE00\ud83d\ude00 \"\\\/\b\f\n\r\t\u00e9\u0000""#,
        r#""\ud83d x""#,
        r#""\ude00\ud83d""#,
        r#""\ud83d\ud83d\ude00\ud83d\u0041""#,
        r#"[-0, 1.50, 1E3, 9223372036854775807, 18446744073709551615, true, false, null, "", {}, [], "<<", "yes"]"#,
        r#"{"\ud83d\ude00": {"a b": [[], [{}]]}, "<<": 1}"#,
    ] {
        texts.push(object("a", v));
        texts.push(format!("{one} {}", object("b", v)));
    }
    let read = |text: &String| {
        let documents = parse_documents("t", text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
        documents.iter().map(|node| node.to_json()["v"].take()).collect::<Vec<_>>()
    };
    let ours: Vec<_> = texts.iter().map(read).collect();
    assert_eq!(ours[0], [json!(1), json!([2, "x"])]);
    assert_eq!(ours[2], [json!("😀")]);
    let mixed: Vec<_> = mixed.iter().map(read).collect();
    assert_eq!(mixed[0], [json!(1), json!([2, "x"]), json!(3)]);
    assert_eq!(mixed[1..3], [vec![json!(1), json!([2, "x"])], vec![json!(1), json!(3)]]);
    assert_eq!(mixed[3..], [vec![json!(1)], vec![json!(1), json!("a\tb")]]);
    if kubectl::available() {
        for (text, ours) in texts.iter().zip(ours) {
            let theirs = kubectl::read(text).unwrap();
            let same =
                ours.len() == theirs.len() && ours.iter().zip(&theirs).all(|(a, b)| kubectl::same(a, b));
            assert!(same, "{text:?}:\n  ours {ours:?}\n  kubectl {theirs:?}");
        }
    }
}

#[test]
fn json_objects_know_their_places() {
    let documents =
        parse_documents("t", "{\"é\": [1,\n  {\"b\": 1.0}]} {\"c\":\n\"x\"}\n---\nd: 1\n").unwrap();
    let places: Vec<Mark> = documents.iter().map(|node| node.mark).collect();
    assert_eq!(places, [Mark::new(1, 1), Mark::new(2, 16), Mark::new(5, 1)]);
    let list = documents[0].as_map().unwrap().get("é").unwrap();
    assert_eq!(list.mark, Mark::new(1, 7));
    assert_eq!(list.as_list().unwrap()[1].mark, Mark::new(2, 3));
    let error = parse_documents("t", "{\"a\": 1}\n{\"b\": 1,\n \"c\": 2, \"b\": 3}").unwrap_err();
    assert_eq!(
        (error.message(), error.mark(), error.also()),
        ("duplicate key `b`", Mark::new(3, 10), Some(Mark::new(2, 2)))
    );
    let error = parse_documents("t", "{\"a\": 1}\n{\"b\": 1\n \"c\": 2}").unwrap_err();
    assert!(error.mark().line >= 2, "{error}");
    let deep = format!("{{\"a\": {}{}}}", "[".repeat(200), "]".repeat(200));
    assert!(parse_documents("t", &deep).unwrap_err().message().contains("nested deeper"));
}
