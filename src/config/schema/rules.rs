//! Conditions between keys that types do not tell, as JSON Schema: what `steps.rs`, `crate::images` and `crate::prompt`
//! demand of whole maps.
//!
//! A key that is there as `null` counts as absent (but for a step's `when`). What a template will give is not known: it is
//! let through.

use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::kinds::{self, image_text};
use crate::config::builtins::{Argument, BUILTINS, Builtin, Kind};

/// Adds the kinds that only the conditions here refer to.
pub(crate) fn add_kinds(generator: &mut SchemaGenerator) {
    generator.subschema_for::<kinds::Duration>();
    generator.subschema_for::<kinds::OptionalDuration>();
    generator.subschema_for::<kinds::Filled>();
    generator.subschema_for::<kinds::NotBlank>();
}

/// A hook step: exactly one of `run` and `use`; `with` as the builtin has it.
pub(super) fn step(schema: &mut Schema) {
    one_of(schema, &["run", "use"]);
    let purposes: Vec<String> = BUILTINS.iter().map(|builtin| capital(builtin.purpose)).collect();
    let names: Vec<&str> = BUILTINS.iter().map(|builtin| builtin.name).collect();
    if let Some(name) = schema.pointer_mut("/properties/use").and_then(Value::as_object_mut) {
        name.remove("type");
        name.insert("anyOf".into(), json!([{ "enum": names, "enumDescriptions": purposes }]));
    }
    schema.insert("allOf".into(), BUILTINS.iter().flat_map(arguments).collect());
}

/// What a builtin's `with` is, where `use` names it.
fn arguments(builtin: &Builtin) -> Vec<Value> {
    let required: Vec<&str> = builtin
        .arguments
        .iter()
        .filter(|argument| matches!(argument.kind, Kind::Required | Kind::RequiredTime))
        .map(|argument| argument.name)
        .collect();
    let properties: Map<String, Value> =
        builtin.arguments.iter().map(|argument| (argument.name.to_string(), describe(argument))).collect();
    let used = json!({ "properties": { "use": { "const": builtin.name } }, "required": ["use"] });
    let mut with = json!({
        "type": ["object", "null"],
        "properties": properties,
        "patternProperties": { TEMPLATE: true },
        "additionalProperties": false,
    });
    let mut then = json!({ "properties": {} });
    if !required.is_empty() {
        with["type"] = "object".into();
        with["required"] = required.into();
        then["required"] = json!(["with"]);
    }
    then["properties"]["with"] = with;
    let condition = json!({ "if": used, "then": then });
    if builtin.name == "github.comment" { vec![condition, comment(&used)] } else { vec![condition] }
}

/// What a template begins with, in a pattern.
pub(crate) const TEMPLATE: &str = r"\{[{%]";

fn describe(argument: &Argument) -> Value {
    let reference =
        |name: &str| json!({ "description": argument.meaning, "$ref": format!("#/$defs/{name}") });
    let (mut value, default) = match argument.kind {
        Kind::Text(default) => {
            let kinds = ["string", "number", "boolean", "null"];
            (json!({ "description": argument.meaning, "type": kinds }), default)
        }
        Kind::Time(default) => {
            let either = json!([{ "$ref": "#/$defs/OptionalDuration" }, { "type": "null" }]);
            (json!({ "description": argument.meaning, "anyOf": either }), default)
        }
        Kind::Required => (reference("NotBlank"), None),
        Kind::RequiredTime => (reference("Duration"), None),
    };
    if let Some(default) = default {
        value["default"] = default.into();
    }
    value
}

/// `github.comment` needs a body and one of issue and pull request, unless `when` leaves the step out.
fn comment(used: &Value) -> Value {
    let skipped = json!({ "anyOf": [
        { "type": "string", "pattern": format!(r"^\s*([Ff][Aa][Ll][Ss][Ee]|0|[Nn][Oo])?\s*$|{TEMPLATE}") },
        { "enum": [false, 0, null] },
    ] });
    let number =
        |key: &str| json!({ "properties": { key: { "$ref": "#/$defs/NotBlank" } }, "required": [key] });
    let fixed = |key: &str| {
        let literal = json!({ "type": ["string", "number", "boolean"], "pattern": r"\S",
            "not": { "type": "string", "pattern": TEMPLATE } });
        json!({ "properties": { key: literal }, "required": [key] })
    };
    json!({
        "if": {
            "allOf": [used, { "not": { "properties": { "when": skipped }, "required": ["when"] } }],
        },
        "then": {
            "required": ["with"],
            "properties": { "with": {
                "type": "object",
                "required": ["body"],
                "properties": { "body": { "$ref": "#/$defs/NotBlank" } },
                "anyOf": [number("issue"), number("pr")],
                "not": { "allOf": [fixed("issue"), fixed("pr")] },
            } },
        },
    })
}

/// An image: what its type needs.
pub(super) fn image(schema: &mut Schema) {
    use kinds::image::{REPOSITORY, TAG};
    let reference = format!("{REPOSITORY}(:{TAG})?");
    let tag = |key: &str| json!({ "properties": { key: { "$ref": "#/$defs/NotBlank" } }, "required": [key] });
    let tag_text = image_text("image tag", TAG);
    // An empty tag is no tag; the other key counts then.
    let tag_or_blank =
        json!({ "anyOf": [tag_text, { "type": "string", "pattern": r"^\s*$" }, { "type": "null" }] });
    schema.insert(
        "allOf".into(),
        json!([
            {
                "if": { "properties": { "type": { "enum": ["external", null] } } },
                "then": { "required": ["from", "local"], "properties": {
                    "from": image_text("image", &format!("{reference}(@sha256:.*)?")),
                    "local": image_text("image without digest", &reference),
                } },
            },
            {
                "if": { "properties": { "type": { "const": "build" } }, "required": ["type"] },
                "then": {
                    "required": ["repository"],
                    "properties": {
                        "repository": image_text("image without tag", REPOSITORY),
                        "tag": tag_or_blank,
                    },
                    "anyOf": [
                        tag("tag"),
                        { "properties": { "tagTemplate": tag_text }, "required": ["tagTemplate"] },
                    ],
                },
            },
        ]),
    );
}

/// An MCP server: what its type needs.
pub(super) fn server(schema: &mut Schema) {
    let of_type = |name: &str, needs: &str, value: Value| {
        json!({
            "if": { "properties": { "type": { "const": name } }, "required": ["type"] },
            "then": { "required": [needs], "properties": { needs: value } },
        })
    };
    let url = |pattern: &str| json!({ "anyOf": [{ "type": "string", "pattern": pattern }, { "$ref": "#/$defs/Template" }] });
    let service = json!({
        "type": "object",
        "required": ["name"],
        "properties": { "name": { "$ref": "#/$defs/Filled" } },
    });
    schema.insert(
        "allOf".into(),
        json!([
            {
                "if": { "properties": { "type": { "enum": ["stdio", null] } } },
                "then": { "required": ["command"], "properties": { "command": { "$ref": "#/$defs/Filled" } } },
            },
            of_type("http", "endpoint", url(r"^\s*https?://")),
            of_type("https", "endpoint", url(r"^\s*https://")),
            of_type("cluster", "service", service),
        ]),
    );
}

/// A value of an MCP server.
pub(super) fn mcp_value(schema: &mut Schema) {
    one_of(schema, &["value", "envRef", "varRef"]);
}

/// A block of the agent's config.
pub(super) fn config_block(schema: &mut Schema) {
    one_of(schema, &["toml", "file"]);
}

/// Exactly one of these keys is there.
fn one_of(schema: &mut Schema, keys: &[&str]) {
    let given =
        |key: &&str| json!({ "required": [key], "properties": { *key: { "not": { "type": "null" } } } });
    schema.insert("oneOf".into(), keys.iter().map(given).collect());
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
