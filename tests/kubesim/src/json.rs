//! Reading and writing JSON objects by path, without panics and without losing key order.
//!
//! Not a query language: paths are the plain field names this crate knows about.

use serde_json::{Map, Value};

/// The value at `path`, if every step of it is there.
pub fn at<'a>(value: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(value, |v, key| v.get(key))
}

/// The string at `path`, or the empty string.
pub fn text<'a>(value: &'a Value, path: &[&str]) -> &'a str {
    at(value, path).and_then(Value::as_str).unwrap_or_default()
}

/// The integer at `path`.
pub fn int(value: &Value, path: &[&str]) -> Option<i64> {
    at(value, path).and_then(Value::as_i64)
}

/// The list at `path`; empty when it is missing or no list.
pub fn list<'a>(value: &'a Value, path: &[&str]) -> &'a [Value] {
    at(value, path).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// `value` as an object, made one if it is something else.
pub fn object(value: &mut Value) -> &mut Map<String, Value> {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    match value {
        Value::Object(map) => map,
        _ => unreachable!("made an object above"),
    }
}

/// The place at `path`, its parents made objects as needed.
pub fn entry<'a>(value: &'a mut Value, path: &[&str]) -> &'a mut Value {
    path.iter().fold(value, |v, key| object(v).entry(*key).or_insert(Value::Null))
}

/// Writes `new` at `path`.
pub fn set(value: &mut Value, path: &[&str], new: impl Into<Value>) {
    *entry(value, path) = new.into();
}

/// Writes `new` at `path` unless something other than null is there.
pub fn default(value: &mut Value, path: &[&str], new: impl Into<Value>) {
    let place = entry(value, path);
    if place.is_null() {
        *place = new.into();
    }
}

/// Takes what is at `path` out, keeping the order of the other keys.
pub fn remove(value: &mut Value, path: &[&str]) -> Option<Value> {
    let (last, parents) = path.split_last()?;
    let parent = parents.iter().try_fold(value, |v, key| v.get_mut(key))?;
    parent.as_object_mut()?.shift_remove(*last)
}

/// The list at `path` for changing, made one if it is missing.
pub fn list_mut<'a>(value: &'a mut Value, path: &[&str]) -> &'a mut Vec<Value> {
    let place = entry(value, path);
    if !place.is_array() {
        *place = Value::Array(Vec::new());
    }
    match place {
        Value::Array(items) => items,
        _ => unreachable!("made a list above"),
    }
}

/// Every element of the list at `path` for changing; none when there is no list.
pub fn each_mut<'a>(value: &'a mut Value, path: &[&str]) -> std::slice::IterMut<'a, Value> {
    match path.iter().try_fold(value, |v, key| v.get_mut(key)) {
        Some(Value::Array(items)) => items.iter_mut(),
        _ => Default::default(),
    }
}

/// `metadata.name`.
pub fn name(object: &Value) -> &str {
    text(object, &["metadata", "name"])
}

/// `metadata.namespace`, empty for cluster-scoped objects.
pub fn namespace(object: &Value) -> &str {
    text(object, &["metadata", "namespace"])
}

/// `metadata.uid`.
pub fn uid(object: &Value) -> &str {
    text(object, &["metadata", "uid"])
}

/// The annotation `key`, or else the label of that name.
pub fn marked<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    at(object, &["metadata", "annotations", key])
        .or_else(|| at(object, &["metadata", "labels", key]))
        .and_then(Value::as_str)
}

/// True once deletion of the object has been asked for.
pub fn deleting(object: &Value) -> bool {
    at(object, &["metadata", "deletionTimestamp"]).is_some()
}
