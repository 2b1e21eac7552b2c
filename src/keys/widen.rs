//! From the schema of the types to the schema of the file: what its YAML may hold instead of a value of the type.
//!
//! * A template, wherever a number, a boolean, one of several words or text of a certain form stands: the file is rendered
//!   before it is parsed.
//! * Numbers and booleans for text, words for booleans, digits in quotes for numbers (`crate::yaml::decode`).
//! * `null` for whatever need not be there.
//!
//! Unknown keys are refused, as by `--strict`.

use serde_json::{Map, Value, json};

use crate::config::schema::TEMPLATE;

type Object = Map<String, Value>;

/// Keywords in the order that a reader wants; the others follow.
const ORDER: [&str; 9] =
    ["$schema", "$id", "title", "description", "default", "examples", "type", "required", "properties"];

/// Widens a whole document and gives it its name.
pub(super) fn document(schema: &mut Value, id: &str) {
    let Value::Object(root) = schema else { return };
    root.insert("$id".into(), id.into());
    let mut defs = match root.shift_remove("$defs") {
        Some(Value::Object(defs)) => defs,
        _ => Object::new(),
    };
    for def in defs.values_mut().filter_map(Value::as_object_mut) {
        definition(def);
    }
    defs.insert("Template".into(), json!({ "title": "template", "type": "string", "pattern": TEMPLATE }));
    definition(root);
    let known = Known::of(&defs);
    for def in defs.values_mut().filter_map(Value::as_object_mut) {
        known.properties(def);
    }
    known.properties(root);
    defs.sort_keys();
    root.insert("$defs".into(), defs.into());
    sort(root);
}

/// A definition: a kind of values, one of several words, or a map with known keys.
fn definition(def: &mut Object) {
    paragraph(def);
    if let Some(words) = words(def) {
        def.insert("anyOf".into(), words);
    }
    if let Some(Value::Array(kinds)) = def.get_mut("anyOf") {
        kinds.push(template());
        // Editors would show it beside what the key means.
        def.shift_remove("description");
    }
    if def.contains_key("properties") {
        // A key may be a template, too.
        def.insert("patternProperties".into(), json!({ TEMPLATE: true }));
        def.insert("additionalProperties".into(), false.into());
        let demands = ["required", "oneOf", "allOf"].iter().any(|keyword| def.contains_key(*keyword));
        if !demands {
            def.insert("type".into(), json!(["object", "null"]));
        }
    }
}

/// The words of an enum as one `enum`, their meanings beside it, where editors look for them.
fn words(def: &mut Object) -> Option<Value> {
    let variants = def.get("oneOf")?.as_array()?;
    let words: Vec<Value> = variants.iter().filter_map(|variant| variant.get("const").cloned()).collect();
    if words.len() != variants.len() {
        return None;
    }
    let meaning = |variant: &Value| variant["description"].as_str().map(one_line).unwrap_or_default();
    let meanings: Vec<String> = variants.iter().map(meaning).collect();
    def.shift_remove("oneOf");
    Some(json!([{ "enum": words, "enumDescriptions": meanings }]))
}

/// What matters of the definitions where they are referred to.
struct Known {
    /// Those that do not take `null` themselves.
    without_null: Vec<String>,
    /// Maps that must hold something: `null`, which is an empty value in a list or map, is not enough.
    demanding: Vec<String>,
}

impl Known {
    fn of(defs: &Object) -> Self {
        let takes_null =
            |def: &Value| def["type"].as_array().is_some_and(|types| types.contains(&"null".into()));
        let names = |wanted: &dyn Fn(&Value) -> bool| -> Vec<String> {
            defs.iter().filter(|(_, def)| wanted(def)).map(|(name, _)| name.clone()).collect()
        };
        Self {
            without_null: names(&|def| !takes_null(def)),
            demanding: names(&|def| !takes_null(def) && def.get("properties").is_some()),
        }
    }

    /// The values of a map's keys.
    fn properties(&self, def: &mut Object) {
        let required = def.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        if let Some(Value::Object(properties)) = def.get_mut("properties") {
            for (key, schema) in properties {
                self.value(schema, !required.contains(&key.as_str().into()));
            }
        }
        sort(def);
    }

    /// A value of a key; `nullable` where it need not be there.
    fn value(&self, schema: &mut Value, nullable: bool) {
        let Value::Object(object) = schema else { return };
        optional(object);
        object.shift_remove("format");
        let null = if nullable { Some("null") } else { None };
        match object.get("type").and_then(Value::as_str) {
            Some("string") => {
                let kinds = ["string", "number", "boolean"].into_iter().chain(null);
                object.insert("type".into(), kinds.collect());
            }
            Some("integer") => {
                let mut number = Object::new();
                for keyword in ["type", "minimum", "maximum"] {
                    number.extend(object.shift_remove_entry(keyword));
                }
                let digits = json!({ "type": "string", "pattern": "^(0|[1-9][0-9]*)$" });
                object.insert("anyOf".into(), json!([number, digits, template()]));
            }
            Some("boolean") => {
                object.shift_remove("type");
                let words = "^([yYnN]|yes|no|on|off|[tT]rue|TRUE|[fF]alse|FALSE)$";
                let words = json!({ "type": "string", "pattern": words });
                object.insert("anyOf".into(), json!([{ "type": "boolean" }, words, template()]));
            }
            Some("array") => self.several(object, "array", "items"),
            Some("object") => self.several(object, "object", "additionalProperties"),
            _ => self.reference(object, nullable),
        }
        if let (true, Some(Value::Array(kinds))) = (nullable, object.get_mut("anyOf")) {
            kinds.push(json!({ "type": "null" }));
        }
        paragraph(object);
        sort(object);
    }

    /// A list, or a map with free keys, and what it holds.
    fn several(&self, object: &mut Object, kind: &str, content: &str) {
        object.insert("type".into(), json!([kind, "null"]));
        if let Some(content) = object.get_mut(content) {
            let demanding = target(content).is_some_and(|name| self.demanding.iter().any(|one| one == name));
            self.value(content, !demanding);
        }
    }

    /// A reference to a definition, or alternatives of its own.
    fn reference(&self, object: &mut Object, nullable: bool) {
        if let Some(Value::Array(kinds)) = object.get_mut("anyOf") {
            kinds.push(template());
            return;
        }
        let Some(path) = object.get("$ref").cloned() else { return };
        let needs_null = path
            .as_str()
            .and_then(definition_of)
            .is_some_and(|name| self.without_null.iter().any(|one| one == name));
        if nullable && needs_null {
            object.shift_remove("$ref");
            object.insert("anyOf".into(), json!([{ "$ref": path }]));
        }
    }
}

fn template() -> Value {
    json!({ "$ref": "#/$defs/Template" })
}

fn target(schema: &Value) -> Option<&str> {
    definition_of(schema.get("$ref")?.as_str()?)
}

/// The name of the definition that a `$ref` names.
pub(super) fn definition_of(path: &str) -> Option<&str> {
    path.strip_prefix("#/$defs/")
}

/// Takes an `Option` apart: whether `null` may stand there is decided here.
fn optional(object: &mut Object) {
    if let Some(Value::Array(types)) = object.get("type") {
        let other = types.iter().find(|kind| *kind != "null").cloned().unwrap_or_default();
        object.insert("type".into(), other);
    }
    let inner = match object.get("anyOf") {
        Some(Value::Array(kinds)) if kinds.get(1) == Some(&json!({ "type": "null" })) => kinds[0].clone(),
        _ => return,
    };
    object.shift_remove("anyOf");
    if let Value::Object(inner) = inner {
        object.extend(inner);
    }
}

/// The comment's lines become one paragraph, and a default that says something is told there: not every editor shows it.
fn paragraph(object: &mut Object) {
    let says_nothing = |value: &Value| match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    };
    if object.get("default").is_some_and(says_nothing) {
        object.shift_remove("default");
    }
    let Some(text) = object.get("description").and_then(Value::as_str) else { return };
    let mut text = one_line(text);
    if let Some(default) = object.get("default") {
        text.push_str(&default_text(default));
    }
    object.insert("description".into(), text.into());
}

/// How a description tells the default.
pub(super) fn default_text(default: &Value) -> String {
    let value = default.as_str().map_or_else(|| default.to_string(), String::from);
    format!(" Default: `{value}`.")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn sort(object: &mut Object) {
    let mut sorted = Object::new();
    for keyword in ORDER {
        sorted.extend(object.shift_remove_entry(keyword));
    }
    sorted.append(object);
    *object = sorted;
}
