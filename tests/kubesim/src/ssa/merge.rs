//! Merging an applied object into the live one.

use serde_json::{Map, Value};

use super::fields::key_of;
use crate::schema::{ListKind, Type};

/// `live` with `applied` on top: objects merge, lists merge by key or as sets, the rest is replaced.
pub fn merge(ty: &Type, live: &Value, applied: &Value) -> Value {
    match (live, applied, ty.list_kind()) {
        (_, Value::Object(new), _) => {
            let mut out = match live {
                Value::Object(map) => map.clone(),
                _ => Map::new(),
            };
            for (key, value) in new {
                let field = child(ty, key);
                let merged = merge(&field, out.get(key).unwrap_or(&Value::Null), value);
                out.insert(key.clone(), merged);
            }
            Value::Object(out)
        }
        (Value::Array(old), Value::Array(new), ListKind::Keyed(keys)) => {
            // The applier's order first, then what others added.
            let find = |items: &[Value], item: &Value| {
                let wanted = key_of(item, keys);
                items.iter().find(|i| key_of(i, keys) == wanted).cloned()
            };
            let mut out: Vec<Value> = new
                .iter()
                .map(|item| merge(ty.element(), &find(old, item).unwrap_or(Value::Null), item))
                .collect();
            out.extend(old.iter().filter(|item| find(new, item).is_none()).cloned());
            out.into()
        }
        (Value::Array(old), Value::Array(new), ListKind::Set) => {
            let mut out = old.clone();
            out.extend(new.iter().filter(|item| !old.contains(item)).cloned());
            out.into()
        }
        _ => applied.clone(),
    }
}

fn child(ty: &Type, key: &str) -> Type {
    if *ty == Type::Any && key == "metadata" {
        Type::Struct("ObjectMeta".into())
    } else {
        ty.child(key).clone()
    }
}
