//! Plain scalars, many of them: this reader and kubectl must see the same values.

use codexctl::yaml::parse_one;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;

use crate::kubectl;

/// What kubectl and this reader see differently, on purpose or because it is nonsense:
/// go-yaml reads a sign after `0b` and `0o` (`0b-1` is -1).
fn is_excused(text: &str) -> bool {
    ["0b-", "0b+", "0o-", "0o+"].iter().any(|start| text.replace('_', "").starts_with(start))
}

#[test]
fn kubectl_sees_the_same_numbers() {
    if !kubectl::available() {
        return;
    }
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let texts = prop_oneof![
        "[0-9_+.eE-]{1,6}",
        "[+-]?0[xXoObB]?[0-9a-fA-F_]{0,6}",
        "[+-]?[0-9_]{1,22}",
        "[+-]?[0-9]{1,3}[._:e][0-9eE+_-]{0,5}"
    ];
    let texts: Vec<String> = (0..6000)
        .map(|_| texts.new_tree(&mut runner).unwrap().current())
        .filter(|text| !is_excused(text) && text != "-" && text != "---" && text != "...")
        .collect();
    let list: String = texts.iter().map(|text| format!("- {text}\n")).collect();
    let ours = parse_one("t", &list).unwrap().unwrap().to_json();
    let theirs = kubectl::read(&format!("{}v:\n{list}", kubectl::HEADER)).unwrap().remove(0);
    let pairs = ours.as_array().unwrap().iter().zip(theirs.as_array().unwrap());
    let different: Vec<String> = texts
        .iter()
        .zip(pairs)
        .filter(|(_, (ours, theirs))| !kubectl::same(ours, theirs))
        .map(|(text, (ours, theirs))| format!("{text}: {ours}, kubectl {theirs}"))
        .collect();
    assert!(different.is_empty(), "{} differ:\n{}", different.len(), different.join("\n"));
}

#[test]
fn kubectl_sees_the_same_keys() {
    if !kubectl::available() {
        return;
    }
    let keys = [
        "0755",
        "08",
        "0x1F",
        "1_000",
        "true",
        "FALSE",
        "1.5",
        "1e3",
        "1e21",
        "1e6",
        "1234567.5",
        "0.0001",
        "0.00001",
        "-0.0",
        "1.123456789",
        "3.0",
        "2020-01-01",
        "1:30",
        "\"~\"",
        "\"0755\"",
        "-1",
        "!!str 0755",
        "9223372036854775807",
    ];
    let list: String = keys.iter().map(|key| format!("- {{{key}: 1}}\n")).collect();
    let ours = parse_one("t", &list).unwrap().unwrap().to_json();
    let theirs = kubectl::read(&format!("{}v:\n{list}", kubectl::HEADER)).unwrap().remove(0);
    assert_eq!(ours, theirs);
}
