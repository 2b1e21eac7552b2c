//! The keys of services.yaml for people and their editors: a JSON Schema and a reference in Markdown, both made of the
//! types that parse the file (`crate::config::schema`), so that they cannot say anything else.
//!
//! Nothing here parses or checks a file. Nothing is made before it is asked for.

mod reference;
mod widen;

use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::config::schema::{StackFile, add_kinds};

/// Names the schema, wherever its file lies.
const ID: &str = "urn:codexctl:services.yaml";

/// The JSON Schema of services.yaml, draft 2020-12.
///
/// It accepts what the parser accepts, in the file as it is written: a value may be a template, and YAML's numbers and
/// booleans are text where text is wanted.
pub fn json_schema() -> Value {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    add_kinds(&mut generator);
    let mut schema = generator.into_root_schema_for::<StackFile>().to_value();
    widen::document(&mut schema, ID);
    schema
}

/// The reference of all keys, in Markdown.
pub fn markdown() -> String {
    reference::of(&json_schema())
}
