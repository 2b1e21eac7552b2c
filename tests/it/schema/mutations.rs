//! A file with every key is changed at every place in every way, and the validator and codexctl must agree each time.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use codexctl::yaml::{Node, write_document};
use serde_json::{Value, json};

use super::judge::{Judge, json_of, refusal};
use super::{for_each_map, repository, text_of};
use crate::harness::Project;

const FIXTURE: &str = "tests/fixtures/every-key";

/// What codexctl refuses and the schema cannot: it would have to look beyond the place, at names or at the disk.
const BEYOND: &[(&str, &str, &str)] = &[
    ("/environments", "null", "the environment that --env names is gone"),
    ("/environments", "removed", "the environment that --env names is gone"),
    ("/environments/dev", "removed", "the environment that --env names is gone"),
    ("/environments/base", "removed", "another environment inherits from it"),
    ("/environments/dev/from", "-1", "no environment has this name"),
    ("/environments/dev/from", "\"Not A Word!\"", "no environment has this name"),
    ("/envFiles/0", "\"\"", "a path of a folder"),
    ("/images/api/context", "-1", "no folder has this name"),
    ("/images/api/context", "\"Not A Word!\"", "no folder has this name"),
    ("/images/api/dockerfile", "\"\"", "the build context has no Dockerfile"),
    ("/images/api/dockerfile", "null", "the build context has no Dockerfile"),
    ("/images/api/dockerfile", "removed", "the build context has no Dockerfile"),
    ("/codex/configBlocks/0/toml", "-1", "no TOML"),
    ("/codex/configBlocks/0/toml", "\"Not A Word!\"", "no TOML"),
    ("/codex/configBlocks/1/file", "\"\"", "a path of a folder"),
    ("/codex/mcp/servers/0/env/DOCS_TOKEN/envRef", "-1", "only a variable name can be renamed"),
    ("/codex/mcp/servers/0/env/DOCS_TOKEN/envRef", "\"\"", "only a variable name can be renamed"),
    ("/codex/mcp/servers/0/env/DOCS_TOKEN/envRef", "\"Not A Word!\"", "only a variable name can be renamed"),
    ("/codex/mcp/servers/0/env/REGION/optional", "null", "its variable is not set"),
    ("/codex/mcp/servers/0/env/REGION/optional", "removed", "its variable is not set"),
];

/// A project with the fixture's files, and files for the names that changes write where a path stands.
fn project() -> Project {
    let project = Project::empty();
    copy(&repository(FIXTURE), &project, "");
    for name in ["-1", "Not A Word!", "zz"] {
        project.file(name, "");
    }
    project
}

fn copy(from: &Path, project: &Project, below: &str) {
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let path = format!("{below}{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() {
            copy(&entry.path(), project, &format!("{path}/"));
        } else {
            project.file(&path, std::fs::read(entry.path()).unwrap());
        }
    }
}

/// Every place in a document, as a JSON pointer.
fn places(value: &Value, at: String, found: &mut Vec<String>) {
    let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(key, value)| places(value, format!("{at}/{}", escaped(key)), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, value)| places(value, format!("{at}/{index}"), found));
        }
        _ => {}
    }
    found.push(at);
}

/// The ways to change a place: what it is called, and what comes out.
fn changes(document: &Value, place: &str) -> Vec<(String, Value)> {
    let mut made = Vec::new();
    let mut change = |name: &str, edit: &dyn Fn(&mut Value)| {
        let mut changed = document.clone();
        edit(changed.pointer_mut(place).unwrap());
        made.push((name.to_string(), changed));
    };
    if document.pointer(place).is_some_and(Value::is_object) {
        change("unknown key", &|value| value["zzzz"] = 1.into());
    }
    if let Some((parent, key)) = place.rsplit_once('/') {
        for value in
            [json!({"zz": 1}), json!(["zz"]), json!(null), json!(-1), json!(""), json!("Not A Word!")]
        {
            change(&value.to_string(), &|old| *old = value.clone());
        }
        if let Some(Value::Object(map)) = document.pointer(parent) {
            let mut map = map.clone();
            map.shift_remove(&key.replace("~1", "/").replace("~0", "~"));
            let mut changed = document.clone();
            *changed.pointer_mut(parent).unwrap() = map.into();
            made.push(("removed".into(), changed));
        }
    }
    made
}

#[test]
fn the_fixture_has_every_key() {
    let document = json_of(&text_of(&format!("{FIXTURE}/services.yaml")));
    let mut found = Vec::new();
    places(&document, String::new(), &mut found);
    let written: BTreeSet<&str> = found.iter().filter_map(|place| place.rsplit('/').next()).collect();
    for_each_map(&Judge::schema(), |name, def| {
        for key in def["properties"].as_object().unwrap().keys() {
            assert!(written.contains(key.as_str()), "{name}.{key} is missing in {FIXTURE}/services.yaml");
        }
    });
}

#[test]
fn schema_and_parser_agree_on_every_change() {
    let judge = Judge::new();
    let document = json_of(&text_of(&format!("{FIXTURE}/services.yaml")));
    let mut all = Vec::new();
    places(&document, String::new(), &mut all);
    let cases: Vec<(String, String, Value)> = all
        .iter()
        .flat_map(|place| {
            changes(&document, place).into_iter().map(|(name, made)| (place.clone(), name, made))
        })
        .collect();
    assert!(cases.len() > 1200, "{} changes", cases.len());
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    let beyond = Mutex::new(BTreeSet::new());
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let project = project();
                while let Some((place, change, made)) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let mut text = String::new();
                    write_document(&mut text, &Node::from_json(made.clone()));
                    project.file("services.yaml", &text);
                    let top = place.split('/').nth(1).unwrap_or_default();
                    let (refusal, accepts) = (refusal(&project, top), judge.accepts(made));
                    let known = BEYOND.iter().position(|(at, what, _)| at == place && what == change);
                    match (&refusal, accepts, known) {
                        (Some(_), true, Some(index)) => drop(beyond.lock().unwrap().insert(index)),
                        (None, true, None) | (Some(_), false, None) => {}
                        _ => wrong.lock().unwrap().push(format!(
                            "{place}: {change}: the schema {}, codexctl says {refusal:?}",
                            if accepts { "accepts it" } else { "refuses it" }
                        )),
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    assert_eq!(beyond.into_inner().unwrap().len(), BEYOND.len(), "an exception that is none any more");
}
