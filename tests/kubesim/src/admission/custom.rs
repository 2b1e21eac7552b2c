//! Custom objects against their CRD's schema: unknown fields are reported and dropped, defaults filled in.

use serde_json::{Map, Value};

use crate::resources::Resource;

/// The object as its schema knows it, and `unknown field "spec.x"` for the rest.
pub fn decode(resource: &Resource, object: Value) -> (Value, Vec<String>) {
    let mut unknown = Vec::new();
    let Some(schema) = &resource.custom_schema else { return (object, unknown) };
    let Value::Object(map) = object else { return (object, unknown) };
    let mut out = Map::new();
    for (key, value) in map {
        match key.as_str() {
            "apiVersion" | "kind" | "metadata" => {
                out.insert(key, value);
            }
            _ => field(schema, key, value, "", &mut out, &mut unknown),
        }
    }
    fill(schema, &mut out);
    (Value::Object(out), unknown)
}

fn field(
    schema: &Value,
    key: String,
    value: Value,
    path: &str,
    out: &mut Map<String, Value>,
    unknown: &mut Vec<String>,
) {
    let here = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
    let known = schema["properties"]
        .get(&key)
        .or_else(|| schema.get("additionalProperties").filter(|a| **a != false));
    if value.is_null() {
        return;
    }
    match known {
        Some(known) => {
            out.insert(key, walk(known, value, &here, unknown));
        }
        None if keeps(schema) => {
            out.insert(key, value);
        }
        None => unknown.push(format!("unknown field \"{here}\"")),
    }
}

fn keeps(schema: &Value) -> bool {
    let says = |key: &str| schema[key].as_bool().unwrap_or(false);
    says("x-kubernetes-preserve-unknown-fields")
        || says("x-kubernetes-embedded-resource")
        || !schema.is_object()
}

fn walk(schema: &Value, value: Value, path: &str, unknown: &mut Vec<String>) -> Value {
    match value {
        Value::Object(map) => {
            let mut out = Map::new();
            for (key, value) in map {
                field(schema, key, value, path, &mut out, unknown);
            }
            fill(schema, &mut out);
            Value::Object(out)
        }
        Value::Array(items) => items
            .into_iter()
            .enumerate()
            .map(|(i, item)| walk(&schema["items"], item, &format!("{path}[{i}]"), unknown))
            .collect(),
        other => other,
    }
}

/// Adds the schema's defaults.
fn fill(schema: &Value, out: &mut Map<String, Value>) {
    for (key, property) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(default) = property.get("default")
            && !out.contains_key(key)
        {
            out.insert(key.clone(), default.clone());
        }
    }
}

/// Whether values have the types that the schema asks for, and required fields are there.
pub fn problems(schema: &Value, value: &Value, path: &str) -> Vec<crate::status::Cause> {
    use crate::status::Cause;
    let join = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    let wanted = schema["type"].as_str().unwrap_or_default();
    let got = match value {
        Value::Null => return Vec::new(),
        Value::Bool(_) => "boolean",
        Value::Number(n) if n.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let fits = wanted.is_empty() || wanted == got || (wanted == "number" && got == "integer");
    if !fits && schema["x-kubernetes-int-or-string"] != true {
        let shown = Value::String(got.to_owned());
        let detail = format!("{path} in body must be of type {wanted}: {shown}");
        return vec![Cause { reason: "FieldValueTypeInvalid", ..Cause::invalid(path, &shown, &detail) }];
    }
    let mut found = Vec::new();
    for key in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if value.get(key).is_none() {
            found.push(Cause::required(join(key), ""));
        }
    }
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                if let Some(known) = schema["properties"].get(key) {
                    found.extend(problems(known, inner, &join(key)));
                }
            }
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                found.extend(problems(&schema["items"], item, &format!("{path}[{i}]")));
            }
        }
        _ => {}
    }
    found
}
