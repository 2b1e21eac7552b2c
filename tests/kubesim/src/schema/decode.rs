//! Reads an object against the table of its kind: nulls vanish, unknown fields are reported and dropped,
//! wrong types are refused, as the API server's decoder does.
//!
//! Whether an unknown field is an error, a warning or nothing is the caller's business (`fieldValidation`).

use serde_json::{Map, Value};

use super::{Type, field, fields};

/// An object after decoding.
#[derive(Debug)]
pub struct Decoded {
    /// The object, as far as its kind knows it.
    pub value: Value,
    /// `unknown field "spec.replicsa"`, one per unknown field.
    pub unknown: Vec<String>,
}

/// Decodes `value` as the struct `kind`.
///
/// # Errors
/// What Go's decoder says about a value of the wrong type, such as
/// `json: cannot unmarshal number into Go struct field ConfigMap.data of type string`.
pub fn decode(kind: &str, value: Value) -> Result<Decoded, String> {
    let mut walk = Walk { unknown: Vec::new(), path: Vec::new() };
    let value = walk.value(&Type::Struct(kind.to_owned()), value, kind)?;
    Ok(Decoded { value, unknown: walk.unknown })
}

struct Walk {
    unknown: Vec<String>,
    /// Steps from the root; list indices look like `[0]`.
    path: Vec<String>,
}

impl Walk {
    fn value(&mut self, ty: &Type, value: Value, owner: &str) -> Result<Value, String> {
        match (ty, value) {
            (Type::Struct(name), Value::Object(map)) => self.structure(name, map),
            (Type::Map(inner), Value::Object(map)) => self.entries(inner, map, owner),
            (Type::List(inner, _), Value::Array(items)) => self.items(inner, items, owner),
            (Type::Quantity, Value::Number(n)) => Ok(Value::String(n.to_string())),
            (Type::Int, Value::Number(n)) if n.is_f64() => self.wrong(&format!("number {n}"), "int32", owner),
            (Type::Any, v)
            | (Type::String | Type::Time | Type::Quantity, v @ Value::String(_))
            | (Type::Int | Type::Float, v @ Value::Number(_))
            | (Type::Bool, v @ Value::Bool(_)) => Ok(v),
            // An explicit null is the zero value wherever Go meets one.
            (_, Value::Null) => Ok(Value::Null),
            (ty, v) => self.wrong(json_word(&v), &go_word(ty), owner),
        }
    }

    fn structure(&mut self, name: &str, map: Map<String, Value>) -> Result<Value, String> {
        if fields(name).is_none() {
            return Ok(Value::Object(map));
        }
        let mut out = Map::new();
        for (key, value) in map {
            self.path.push(key.clone());
            match field(name, &key) {
                None => self.unknown.push(format!("unknown field \"{}\"", self.dotted())),
                Some(_) if value.is_null() => {}
                // FieldsV1 and raw JSON keep what they are.
                Some(f) => {
                    let value = self.value(&f.ty, value, name)?;
                    out.insert(key, value);
                }
            }
            self.path.pop();
        }
        Ok(Value::Object(out))
    }

    fn entries(&mut self, inner: &Type, map: Map<String, Value>, owner: &str) -> Result<Value, String> {
        let mut out = Map::new();
        for (key, value) in map {
            self.path.push(key.clone());
            let value = match self.value(inner, value, owner)? {
                Value::Null if *inner == Type::String => Value::String(String::new()),
                other => other,
            };
            out.insert(key, value);
            self.path.pop();
        }
        Ok(Value::Object(out))
    }

    fn items(&mut self, inner: &Type, items: Vec<Value>, owner: &str) -> Result<Value, String> {
        let mut out = Vec::with_capacity(items.len());
        for (i, value) in items.into_iter().enumerate() {
            self.path.push(format!("[{i}]"));
            out.push(self.value(inner, value, owner)?);
            self.path.pop();
        }
        Ok(Value::Array(out))
    }

    fn dotted(&self) -> String {
        let mut text = String::new();
        for step in &self.path {
            if !text.is_empty() && !step.starts_with('[') {
                text.push('.');
            }
            text.push_str(step);
        }
        text
    }

    /// Go names the innermost struct and the path of fields from the root, without map keys and indices.
    fn wrong(&self, got: &str, wanted: &str, owner: &str) -> Result<Value, String> {
        let mut names: Vec<&str> =
            self.path.iter().map(String::as_str).filter(|step| !step.starts_with('[')).collect();
        let inside_map = names.len() > 1 && field(owner, names[names.len() - 1]).is_none();
        if inside_map {
            names.pop();
        }
        Err(format!(
            "json: cannot unmarshal {got} into Go struct field {owner}.{} of type {wanted}",
            names.join(".")
        ))
    }
}

fn json_word(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn go_word(ty: &Type) -> String {
    match ty {
        Type::Any => "interface {}".into(),
        Type::String | Type::Time | Type::Quantity => "string".into(),
        Type::Int => "int32".into(),
        Type::Float => "float64".into(),
        Type::Bool => "bool".into(),
        Type::Struct(name) => format!("v1.{name}"),
        Type::List(inner, _) => format!("[]{}", go_word(inner)),
        Type::Map(inner) => format!("map[string]{}", go_word(inner)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn unknown_fields_are_named_by_their_path() {
        let v = json!({"kind": "Deployment", "spec": {"replicsa": 1, "template": {"spec": {
            "containers": [{"name": "a", "imagee": "x", "env": null}]}}}});
        let d = decode("Deployment", v).unwrap();
        let path = "unknown field \"spec.template.spec.containers[0].imagee\"";
        assert_eq!(d.unknown, ["unknown field \"spec.replicsa\"", path]);
        assert_eq!(d.value["spec"]["template"]["spec"]["containers"][0], json!({"name": "a"}));
    }

    #[test]
    fn a_wrong_type_is_worded_as_go_does() {
        let e = decode("ConfigMap", json!({"data": {"a": 1}})).unwrap_err();
        assert_eq!(e, "json: cannot unmarshal number into Go struct field ConfigMap.data of type string");
        let e = decode("Deployment", json!({"spec": {"replicas": "3"}})).unwrap_err();
        assert!(e.ends_with("DeploymentSpec.spec.replicas of type int32"), "{e}");
    }
}
