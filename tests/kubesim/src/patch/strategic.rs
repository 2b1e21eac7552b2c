//! Strategic merge patch: merge patch, with lists merged by the keys of the schema.
//!
//! Knows the directives `$patch` (`delete`, `replace`), `$retainKeys`, `$setElementOrder/LIST` and
//! `$deleteFromPrimitiveList/LIST`.

use serde_json::{Map, Value};

use crate::schema::{ListKind, Type};

/// `current`, an object of `kind`, with `patch` merged in.
pub fn strategic(kind: &str, current: &Value, patch: &Value) -> Value {
    merge(&Type::Struct(kind.to_owned()), current, patch)
}

fn merge(ty: &Type, current: &Value, patch: &Value) -> Value {
    let Value::Object(changes) = patch else { return patch.clone() };
    if matches!(ty, Type::Any) && !current.is_object() {
        return patch.clone();
    }
    let directive = changes.get("$patch").and_then(Value::as_str);
    if directive == Some("delete") {
        return Value::Null;
    }
    let mut out = match current {
        Value::Object(map) if directive != Some("replace") => map.clone(),
        _ => Map::new(),
    };
    if let Some(Value::Array(keep)) = changes.get("$retainKeys") {
        out.retain(|key, _| keep.iter().any(|k| k == key));
    }
    for (key, change) in changes.iter().filter(|(key, _)| !key.starts_with('$')) {
        if change.is_null() {
            out.shift_remove(key);
            continue;
        }
        let old = out.get(key).unwrap_or(&Value::Null);
        let field = ty.child(key);
        let new = match (change, field.list_kind()) {
            (Value::Array(items), ListKind::Keyed(keys)) => keyed(field, &keys[0], old, items),
            (Value::Array(items), ListKind::Set) => union(old, items),
            (Value::Array(_), ListKind::Atomic) => change.clone(),
            _ => merge(field, old, change),
        };
        if new.is_null() {
            out.shift_remove(key);
        } else {
            out.insert(key.clone(), new);
        }
    }
    for (key, removed) in changes {
        if let (Some(list), Value::Array(gone)) = (key.strip_prefix("$deleteFromPrimitiveList/"), removed)
            && let Some(Value::Array(items)) = out.get_mut(list)
        {
            items.retain(|item| !gone.contains(item));
        }
    }
    for (key, order) in changes {
        if let (Some(list), Value::Array(order)) = (key.strip_prefix("$setElementOrder/"), order) {
            let kind = ty.child(list).list_kind().clone();
            if let Some(Value::Array(items)) = out.get_mut(list) {
                reorder(items, order, &kind);
            }
        }
    }
    Value::Object(out)
}

/// Merges a list of objects that are told apart by `key`.
fn keyed(ty: &Type, key: &str, old: &Value, changes: &[Value]) -> Value {
    let directive = |item: &Value| item.get("$patch").and_then(Value::as_str).map(str::to_owned);
    let replaces = changes.iter().any(|c| directive(c).as_deref() == Some("replace") && c.get(key).is_none());
    let mut out: Vec<Value> = match old {
        Value::Array(items) if !replaces => items.clone(),
        _ => Vec::new(),
    };
    for change in changes {
        let id = change.get(key);
        let place = out.iter().position(|item| id.is_some() && item.get(key) == id);
        match (directive(change).as_deref(), place) {
            (Some("delete"), Some(i)) => {
                out.remove(i);
            }
            (Some("delete"), None) => {}
            (Some("replace"), _) if id.is_none() => {}
            (_, Some(i)) => out[i] = merge(ty.element(), &out[i], change),
            (_, None) => out.push(merge(ty.element(), &Value::Null, change)),
        }
    }
    out.into()
}

fn union(old: &Value, items: &[Value]) -> Value {
    let mut out = old.as_array().cloned().unwrap_or_default();
    for item in items {
        if !out.contains(item) {
            out.push(item.clone());
        }
    }
    out.into()
}

/// Brings the listed elements into the given order; the others stay behind the listed one they followed.
fn reorder(items: &mut Vec<Value>, order: &[Value], kind: &ListKind) {
    let id = |item: &Value| match kind {
        ListKind::Keyed(keys) => item.get(&keys[0]).cloned().unwrap_or(Value::Null),
        _ => item.clone(),
    };
    let wanted: Vec<Value> = order.iter().map(id).collect();
    let mut groups: Vec<(usize, Vec<Value>)> = vec![(0, Vec::new())];
    for item in items.drain(..) {
        let place = wanted.iter().position(|w| *w == id(&item));
        match (place, groups.last_mut()) {
            (None, Some((_, group))) => group.push(item),
            (place, _) => groups.push((place.map_or(0, |p| p + 1), vec![item])),
        }
    }
    groups.sort_by_key(|(place, _)| *place);
    items.extend(groups.into_iter().flat_map(|(_, group)| group));
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn patched(containers: &Value, patch: &Value) -> Value {
        let current = json!({"spec": {"template": {"spec": {"containers": containers}}}});
        let patch = json!({"spec": {"template": {"spec": patch}}});
        strategic("Deployment", &current, &patch)["spec"]["template"]["spec"]["containers"].clone()
    }

    #[test]
    fn lists_merge_by_key() {
        let old = json!([{"name": "a", "image": "1", "env": [{"name": "X", "value": "1"}, {"name": "Y", "value": "2"}]}]);
        let patch = json!({"containers": [{"name": "a", "image": "2", "env": [
            {"name": "X", "$patch": "delete"}, {"name": "Z", "value": "3"}]}, {"name": "b"}]});
        let env = json!([{"name": "Y", "value": "2"}, {"name": "Z", "value": "3"}]);
        assert_eq!(patched(&old, &patch), json!([{"name": "a", "image": "2", "env": env}, {"name": "b"}]));
    }

    #[test]
    fn elements_take_the_order_asked_for() {
        let old = json!([{"name": "a"}, {"name": "sidecar"}, {"name": "b"}]);
        let patch = json!({"$setElementOrder/containers": [{"name": "b"}, {"name": "a"}]});
        assert_eq!(patched(&old, &patch), json!([{"name": "b"}, {"name": "a"}, {"name": "sidecar"}]));
    }

    #[test]
    fn retain_keys_and_replace() {
        let current =
            json!({"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}}});
        let patch = json!({"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}});
        let strategy = &strategic("Deployment", &current, &patch)["spec"]["strategy"];
        assert_eq!(*strategy, json!({"type": "Recreate"}));
        let current = json!({"data": {"a": "1"}});
        let patch = json!({"data": {"$patch": "replace", "b": "2"}});
        assert_eq!(strategic("ConfigMap", &current, &patch)["data"], json!({"b": "2"}));
    }

    #[test]
    fn finalizers_are_a_set() {
        let current = json!({"metadata": {"finalizers": ["a", "b"]}});
        let patch = json!({"metadata": {"$deleteFromPrimitiveList/finalizers": ["a"], "finalizers": ["c"]}});
        assert_eq!(strategic("ConfigMap", &current, &patch)["metadata"]["finalizers"], json!(["b", "c"]));
    }
}
