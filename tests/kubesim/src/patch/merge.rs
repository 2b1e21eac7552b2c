//! JSON merge patch (RFC 7386).

use serde_json::{Map, Value};

/// `current` with `patch` merged in; nulls remove.
pub fn merge(current: &Value, patch: &Value) -> Value {
    let Value::Object(changes) = patch else { return patch.clone() };
    let mut out = match current {
        Value::Object(map) => map.clone(),
        _ => Map::new(),
    };
    for (key, change) in changes {
        if change.is_null() {
            out.shift_remove(key);
        } else {
            let old = out.get(key).unwrap_or(&Value::Null);
            let new = merge(old, change);
            out.insert(key.clone(), new);
        }
    }
    Value::Object(out)
}
