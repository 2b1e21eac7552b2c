//! Sets of field paths, and their `FieldsV1` form.
//!
//! A step of a path is written as in FieldsV1: `f:name`, `k:{"name":"a"}` for a list item, `v:"x"` for an
//! element of a set.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::json;
use crate::schema::{ListKind, Type};

/// A set of paths.
pub type Paths = BTreeSet<Vec<String>>;

/// Structs that have one owner as a whole.
const ATOMIC: &[&str] = &[
    "LabelSelector",
    "LocalObjectReference",
    "ObjectReference",
    "SecretKeySelector",
    "ConfigMapKeySelector",
    "ObjectFieldSelector",
    "ResourceFieldSelector",
    "TypedLocalObjectReference",
    "NodeSelector",
    "RoleRef",
    "SecretReference",
];

/// What the server writes into metadata nobody owns.
const SYSTEM: &[&str] = &[
    "name",
    "namespace",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "managedFields",
    "selfLink",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "generateName",
];

/// The paths of everything in an object that someone can own.
pub fn of(root: &Type, object: &Value) -> Paths {
    let mut found = Paths::new();
    for (key, value) in object.as_object().into_iter().flatten() {
        let step = vec![format!("f:{key}")];
        match key.as_str() {
            "apiVersion" | "kind" => {}
            "metadata" => {
                for (key, value) in value.as_object().into_iter().flatten() {
                    if !SYSTEM.contains(&key.as_str()) {
                        let path = [step.clone(), vec![format!("f:{key}")]].concat();
                        let ty = Type::Struct("ObjectMeta".into());
                        walk(ty.child(key), value, &path, &mut found);
                    }
                }
            }
            _ => walk(root.child(key), value, &step, &mut found),
        }
    }
    found
}

fn walk(ty: &Type, value: &Value, path: &[String], found: &mut Paths) {
    let step = |text: String| [path, &[text]].concat();
    let atomic = matches!(ty, Type::Struct(name) if ATOMIC.contains(&name.as_str()));
    match (value, ty.list_kind()) {
        (Value::Object(map), _) if !map.is_empty() && !atomic => {
            for (key, value) in map {
                walk(ty.child(key), value, &step(format!("f:{key}")), found);
            }
        }
        (Value::Array(items), ListKind::Keyed(keys)) => {
            for item in items {
                let path = step(format!("k:{}", key_of(item, keys)));
                found.insert(path.clone());
                walk(ty.element(), item, &path, found);
            }
        }
        (Value::Array(items), ListKind::Set) => {
            found.extend(items.iter().map(|item| step(format!("v:{item}"))));
        }
        _ => {
            found.insert(path.to_vec());
        }
    }
}

/// The keys of a list item, as JSON with sorted keys; a missing protocol is TCP.
pub fn key_of(item: &Value, keys: &[String]) -> String {
    let mut sorted: Vec<&String> = keys.iter().collect();
    sorted.sort();
    let map: Map<String, Value> = sorted
        .into_iter()
        .map(|key| {
            let default = if key == "protocol" { "TCP".into() } else { Value::Null };
            (key.clone(), item.get(key).cloned().unwrap_or(default))
        })
        .collect();
    Value::Object(map).to_string()
}

/// True if the value is written like this.
fn reads(value: &Value, text: &str) -> bool {
    let written = value.to_string();
    written == text
}

/// True if the item has these keys.
fn has_key(item: &Value, key: &str) -> bool {
    let Ok(Value::Object(wanted)) = serde_json::from_str::<Value>(key) else { return false };
    let names: Vec<String> = wanted.keys().cloned().collect();
    reads(&Value::Object(wanted), &key_of(item, &names))
}

/// The value at a path.
pub fn get<'a>(object: &'a Value, path: &[String]) -> Option<&'a Value> {
    path.iter().try_fold(object, |value, step| match step.split_at_checked(2) {
        Some(("f:", key)) => value.get(key),
        Some(("k:", key)) => value.as_array()?.iter().find(|item| has_key(item, key)),
        Some(("v:", text)) => value.as_array()?.iter().find(|item| reads(item, text)),
        _ => None,
    })
}

/// Takes the value at a path out.
pub fn remove(object: &mut Value, path: &[String]) {
    let Some((last, parents)) = path.split_last() else { return };
    let parent = parents.iter().try_fold(object, |value, step| match step.split_at_checked(2) {
        Some(("f:", key)) => value.get_mut(key),
        Some(("k:", key)) => value.as_array_mut()?.iter_mut().find(|item| has_key(item, key)),
        _ => None,
    });
    match (parent, last.split_at_checked(2)) {
        // What tells an item from others stays as long as the item does.
        (Some(_), Some(("f:", key))) if names_item(parents, key) => {}
        (Some(Value::Object(map)), Some(("f:", key))) => {
            map.shift_remove(key);
        }
        (Some(Value::Array(items)), Some(("k:", key))) => items.retain(|item| !has_key(item, key)),
        (Some(Value::Array(items)), Some(("v:", text))) => items.retain(|item| !reads(item, text)),
        _ => {}
    }
}

/// True if the path ends in an item that `key` is a key of.
fn names_item(path: &[String], key: &str) -> bool {
    let step = path.last().and_then(|step| step.strip_prefix("k:"));
    step.and_then(|text| serde_json::from_str::<Value>(text).ok()).is_some_and(|keys| keys.get(key).is_some())
}

/// True for paths that end in a list item.
pub fn is_item(path: &[String]) -> bool {
    path.last().is_some_and(|step| step.starts_with("k:"))
}

/// True if the set has paths below this one.
pub fn has_children(paths: &Paths, path: &Vec<String>) -> bool {
    paths.range(path.clone()..).find(|p| *p != path).is_some_and(|next| next.starts_with(path))
}

/// `.spec.template.spec.containers[name="a"].image`
pub fn dotted(path: &[String]) -> String {
    let mut text = String::new();
    for step in path {
        match step.split_at_checked(2) {
            Some(("f:", key)) => text.push_str(&format!(".{key}")),
            Some(("k:", key)) => {
                let keys: Value = serde_json::from_str(key).unwrap_or_default();
                let pairs: Vec<String> =
                    keys.as_object().into_iter().flatten().map(|(k, v)| format!("{k}={v}")).collect();
                text.push_str(&format!("[{}]", pairs.join(",")));
            }
            Some((_, value)) => text.push_str(&format!("[={value}]")),
            None => {}
        }
    }
    text
}

/// The FieldsV1 form.
pub fn write(paths: &Paths) -> Value {
    let mut root = Value::Object(Map::new());
    for path in paths {
        let steps: Vec<&str> = path.iter().map(String::as_str).collect();
        json::object(json::entry(&mut root, &steps));
        if has_children(paths, path) {
            json::set(json::entry(&mut root, &steps), &["."], Value::Object(Map::new()));
        }
    }
    root
}

/// Reads the FieldsV1 form.
pub fn read(fields: &Value) -> Paths {
    fn visit(value: &Value, path: &mut Vec<String>, found: &mut Paths) {
        let Some(map) = value.as_object() else { return };
        let leaf = map.is_empty() && !path.is_empty();
        // A map's own path (`.`) is only kept for list items: nobody is asked about the others.
        if leaf || (map.contains_key(".") && is_item(path)) {
            found.insert(path.clone());
        }
        for (key, inner) in map.iter().filter(|(key, _)| *key != ".") {
            path.push(key.clone());
            visit(inner, path, found);
            path.pop();
        }
    }
    let mut found = Paths::new();
    visit(fields, &mut Vec::new(), &mut found);
    found
}
