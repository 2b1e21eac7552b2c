//! Excerpts of GitHub workflows in the pages: what they call is in this repository, under the names they use.

use std::path::Path;

use serde_json::Value;

use super::ROOT;
use super::blocks::Block;

/// Checks every `uses:` of this repository's workflows and actions; how many there were.
pub fn check(block: &Block) -> usize {
    let mut calls = 0;
    walk(&parsed(&block.at, &block.text), &mut |step| {
        let Some(used) = step["uses"].as_str() else { return };
        let Some(ours) = used.strip_prefix("OWNER/codexctl/") else { return };
        let (path, _) = ours.split_once('@').expect("a version");
        let mut file = Path::new(ROOT).join(path);
        if file.is_dir() {
            file.push("action.yml");
        }
        let text = std::fs::read_to_string(&file).unwrap_or_else(|why| panic!("{}: {used}: {why}", block.at));
        let file = parsed(path, &text);
        let declared = if file["on"].is_null() { &file } else { &file["on"]["workflow_call"] };
        for (given, known) in [("with", "inputs"), ("secrets", "secrets")] {
            for name in step[given].as_object().into_iter().flat_map(|map| map.keys()) {
                assert!(declared[known].get(name).is_some(), "{}: {path} has no {name} in {known}", block.at);
            }
        }
        calls += 1;
    });
    calls
}

fn parsed(name: &str, text: &str) -> Value {
    codexctl::yaml::parse_one(name, text).unwrap().unwrap().to_json()
}

fn walk(value: &Value, visit: &mut impl FnMut(&Value)) {
    match value {
        Value::Object(map) => {
            visit(value);
            map.values().for_each(|inner| walk(inner, visit));
        }
        Value::Array(list) => list.iter().for_each(|inner| walk(inner, visit)),
        _ => {}
    }
}
