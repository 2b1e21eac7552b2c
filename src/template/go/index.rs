//! `index`, `slice` and `len`.

use super::super::Value;
use super::literal;
use super::object::{GoValue, IntType, View, type_name, view};
use super::runtime::Runtime;

/// `index x 1 2`: `x[1][2]`.
pub(super) fn index(runtime: &Runtime, at: usize, item: &Value, indexes: &[Value]) -> Result<Value, String> {
    if matches!(view(item), View::Nil) {
        return Err("index of untyped nil".to_owned());
    }
    let mut item = item.clone();
    for key in indexes {
        item = step(runtime, at, &item, key)?;
    }
    Ok(item)
}

fn step(runtime: &Runtime, at: usize, item: &Value, key: &Value) -> Result<Value, String> {
    if let Some(text) = item.as_str() {
        let x = position(key, text.len())?;
        let byte = text.as_bytes().get(x).ok_or_else(|| out_of_range(x))?;
        return Ok(Value::from_object(GoValue::Int(IntType::Uint8, i64::from(*byte))));
    }
    match item.downcast_object_ref::<GoValue>() {
        Some(GoValue::List { items, .. }) => {
            let x = position(key, items.len())?;
            items.get(x).cloned().ok_or_else(|| out_of_range(x))
        }
        Some(GoValue::Map { label, entries }) => {
            let name = match view(key) {
                View::Str(name) => name,
                View::Nil => return Err("value is nil; should be of type string".to_owned()),
                _ => return Err(format!("value has type {}; should be string", type_name(key))),
            };
            Ok(entries.get(name).cloned().unwrap_or_else(|| {
                runtime.missing(at, label, name, entries);
                // The zero value of the element type.
                Value::from("")
            }))
        }
        _ => Err(format!("can't index item of type {}", type_name(item))),
    }
}

fn out_of_range(x: impl std::fmt::Display) -> String {
    format!("index out of range: {x}")
}

fn position(key: &Value, length: usize) -> Result<usize, String> {
    match view(key) {
        View::Int(_, x) => usize::try_from(x).ok().filter(|&x| x <= length).ok_or_else(|| out_of_range(x)),
        View::Nil => Err("cannot index slice/array with nil".to_owned()),
        _ => Err(format!("cannot index slice/array with type {}", type_name(key))),
    }
}

/// `slice x 1 3`: `x[1:3]`.
pub(super) fn slice(item: &Value, indexes: &[Value]) -> Result<Value, String> {
    let length = match view(item) {
        View::Nil => return Err("slice of untyped nil".to_owned()),
        _ if indexes.len() > 3 => return Err(format!("too many slice indexes: {}", indexes.len())),
        View::Str(_) if indexes.len() == 3 => return Err("cannot 3-index slice a string".to_owned()),
        View::Str(text) => text.len(),
        View::List(_, items) => items.len(),
        _ => return Err(format!("can't slice item of type {}", type_name(item))),
    };
    let mut bounds = [0, length, length];
    for (bound, key) in bounds.iter_mut().zip(indexes) {
        *bound = position(key, length)?;
    }
    let [from, to, cap] = bounds;
    if from > to {
        return Err(format!("invalid slice index: {from} > {to}"));
    }
    if to > cap {
        return Err(format!("invalid slice index: {to} > {cap}"));
    }
    Ok(match view(item) {
        View::Str(text) => Value::from(literal::text_of(&text.as_bytes()[from..to])),
        View::List(elem, items) => {
            Value::from_object(GoValue::List { elem, items: items[from..to].to_vec() })
        }
        _ => Value::from(()),
    })
}

/// `len`
pub(super) fn len(item: &Value) -> Result<usize, String> {
    match view(item) {
        View::Str(text) => Ok(text.len()),
        View::List(_, items) => Ok(items.len()),
        View::Map(_, pairs) => Ok(pairs.len()),
        View::Nil => Err("len of nil pointer".to_owned()),
        _ => Err(format!("len of type {}", type_name(item))),
    }
}
