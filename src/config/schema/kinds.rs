//! Kinds of values that a Rust type does not tell: what `#[schemars(with = "…")]` names on fields of the schema.
//!
//! Nothing is parsed with these. Each says in JSON Schema what the check of the same rule accepts (`check.rs`,
//! `steps.rs`, `crate::images`), so that an editor marks a mistake before codexctl does. YAML's plain numbers and
//! booleans are text where text is wanted, as for Go's yaml.v3: `name: 7` is the name `7`.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

/// A DNS-1123 label: `is_dns_label`.
const LABEL: &str = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";
/// A Go duration: `parse_duration`.
const DURATION: &str = r"\s*\+?(0|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)\s*";

/// Declares kinds: a marker type each, with the title the key reference has for it.
macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident, $title:literal: $alternatives:tt;)*) => {$(
        $(#[$doc])*
        pub(super) struct $name;

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "title": $title, "anyOf": $alternatives })
            }
        }
    )*};
}

kinds! {
    /// A DNS-1123 label.
    Label, "DNS label": [
        { "type": "string", "pattern": format!("^{LABEL}$") },
        { "type": ["integer", "boolean"], "minimum": 0 },
    ];
    /// A DNS-1123 label, or an empty string for "not set".
    OptionalLabel, "DNS label or empty": [
        { "type": "string", "pattern": format!("^({LABEL})?$") },
        { "type": ["integer", "boolean"], "minimum": 0 },
    ];
    /// A duration.
    Duration, "duration": [
        { "type": "string", "pattern": format!("^{DURATION}$") },
        { "const": 0 },
    ];
    /// A duration, or an empty string for "not set".
    OptionalDuration, "duration or empty": [
        { "type": "string", "pattern": format!("^({DURATION})?$") },
        { "const": 0 },
    ];
    /// Text that is not empty.
    Filled, "text, not empty": [
        { "type": "string", "minLength": 1 },
        { "type": ["number", "boolean"] },
    ];
    /// Text with more than blanks in it.
    NotBlank, "text, not blank": [
        { "type": "string", "pattern": r"\S" },
        { "type": ["number", "boolean"] },
    ];
    /// Name of a variable, or an empty string for "not set".
    OptionalVariable, "variable's name or empty": [
        { "type": "string", "pattern": "^([A-Za-z_][A-Za-z0-9_]*)?$" },
        { "type": "boolean" },
    ];
    /// A name that Codex takes for an MCP server.
    ServerName, "name: letters, digits, `-`, `_`": [
        { "type": "string", "pattern": "^[A-Za-z0-9_-]+$" },
        { "type": ["integer", "boolean"] },
    ];
}

/// The project's name, a DNS-1123 label. It is read before anything is rendered: no alternatives, so that no template
/// becomes one.
pub(super) struct ProjectName;

impl JsonSchema for ProjectName {
    fn schema_name() -> Cow<'static, str> {
        "ProjectName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "title": "DNS label, no template",
            "type": ["string", "integer", "boolean"],
            "pattern": format!("^{LABEL}$"),
            "minimum": 0,
        })
    }
}

/// Patterns of image references, as `crate::images` reads them.
pub(super) mod image {
    /// Repository without tag or digest.
    pub(in crate::config::schema) const REPOSITORY: &str =
        r"((localhost|[^/@]*[.:][^/@]*)/)?[a-z0-9]([a-z0-9._-]*[a-z0-9])?(/[a-z0-9]([a-z0-9._-]*[a-z0-9])?)*";
    /// Tag.
    pub(in crate::config::schema) const TAG: &str = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}";
}

/// A pattern of [`image`] as a schema; blanks around it are trimmed.
pub(super) fn image_text(title: &str, pattern: &str) -> serde_json::Value {
    serde_json::json!({ "title": title, "anyOf": [
        { "type": "string", "pattern": format!(r"^\s*({pattern})\s*$") },
        { "type": ["number", "boolean"], "minimum": 0 },
        { "$ref": "#/$defs/Template" },
    ] })
}
