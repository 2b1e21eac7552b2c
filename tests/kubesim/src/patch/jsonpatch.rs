//! JSON patch (RFC 6902).

use serde_json::Value;

/// Applies a list of operations, all or none.
///
/// # Errors
/// The first operation that does not apply.
pub fn apply(current: &Value, patch: &Value) -> Result<Value, String> {
    let operations = patch.as_array().ok_or("a JSON patch is a list of operations")?;
    let mut out = current.clone();
    for operation in operations {
        let part = |key: &str| operation[key].as_str().unwrap_or_default();
        let (op, path) = (part("op"), part("path"));
        let value = || operation.get("value").cloned().ok_or(format!("{op} {path}: value is missing"));
        match op {
            "add" => add(&mut out, path, value()?)?,
            "remove" => {
                remove(&mut out, path)?;
            }
            "replace" => {
                let value = value()?;
                let place = out.pointer_mut(path).ok_or_else(|| missing("replace", path))?;
                *place = value;
            }
            "move" => {
                let moved = remove(&mut out, part("from"))?;
                add(&mut out, path, moved)?;
            }
            "copy" => {
                let copied = out.pointer(part("from")).cloned().ok_or_else(|| missing("copy", path))?;
                add(&mut out, path, copied)?;
            }
            "test" => {
                if out.pointer(path).unwrap_or(&Value::Null) != operation.get("value").unwrap_or(&Value::Null)
                {
                    return Err(format!("testing value {path} failed"));
                }
            }
            other => return Err(format!("Unexpected kind: {other}")),
        }
    }
    Ok(out)
}

fn missing(op: &str, path: &str) -> String {
    format!("{op} operation does not apply: doc is missing path: {path}: missing value")
}

fn split(path: &str) -> Result<(&str, String), String> {
    let (parent, last) = path.rsplit_once('/').ok_or(format!("{path:?} is no JSON pointer"))?;
    Ok((parent, last.replace("~1", "/").replace("~0", "~")))
}

fn add(out: &mut Value, path: &str, value: Value) -> Result<(), String> {
    if path.is_empty() {
        *out = value;
        return Ok(());
    }
    let (parent, last) = split(path)?;
    match out.pointer_mut(parent) {
        Some(Value::Object(map)) => {
            map.insert(last, value);
            Ok(())
        }
        Some(Value::Array(items)) if last == "-" => {
            items.push(value);
            Ok(())
        }
        Some(Value::Array(items)) => match last.parse::<usize>() {
            Ok(i) if i <= items.len() => {
                items.insert(i, value);
                Ok(())
            }
            _ => {
                Err(format!("add operation does not apply: doc is missing path: {path}: index out of bounds"))
            }
        },
        _ => Err(missing("add", path)),
    }
}

fn remove(out: &mut Value, path: &str) -> Result<Value, String> {
    let (parent, last) = split(path)?;
    let removed = match out.pointer_mut(parent) {
        Some(Value::Object(map)) => map.shift_remove(&last),
        Some(Value::Array(items)) => {
            last.parse::<usize>().ok().filter(|i| *i < items.len()).map(|i| items.remove(i))
        }
        _ => None,
    };
    removed
        .ok_or_else(|| format!("remove operation does not apply: doc is missing path: {path}: missing value"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn operations_follow_each_other() {
        let doc = json!({"a": [1, 2], "b": {"x/y": 1}});
        let patch = json!([
            {"op": "test", "path": "/a/0", "value": 1},
            {"op": "add", "path": "/a/-", "value": 3},
            {"op": "remove", "path": "/b/x~1y"},
            {"op": "move", "from": "/a/0", "path": "/b/c"},
        ]);
        assert_eq!(apply(&doc, &patch).unwrap(), json!({"a": [2, 3], "b": {"c": 1}}));
        assert!(apply(&doc, &json!([{"op": "remove", "path": "/nope"}])).is_err());
    }
}
