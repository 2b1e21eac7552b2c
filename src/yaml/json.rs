//! The tree as JSON, both ways. Places and spelling do not survive; the order of keys does.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::map::Entry;
use super::{Map, Mark, Node, Value};

impl Node {
    /// The value as JSON. A float that is not finite (never read, only made) becomes null.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Int(value) => (*value).into(),
            Value::UInt(value) => (*value).into(),
            Value::Float(value) => (*value).into(),
            Value::String(text) => text.as_str().into(),
            Value::List(items) => items.iter().map(Node::to_json).collect(),
            Value::Map(map) => map.iter().map(|(key, node)| (key.to_owned(), node.to_json())).collect(),
        }
    }

    /// The tree of a JSON value.
    #[must_use]
    pub fn from_json(json: serde_json::Value) -> Node {
        let value = match json {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(value) => Value::Bool(value),
            serde_json::Value::Number(number) => from_number(&number),
            serde_json::Value::String(text) => Value::String(text),
            serde_json::Value::Array(items) => Value::List(items.into_iter().map(Node::from_json).collect()),
            serde_json::Value::Object(object) => {
                let entry =
                    |(key, json)| Entry { key, key_mark: Mark::default(), node: Node::from_json(json) };
                Value::Map(Map::from_entries(object.into_iter().map(entry).collect()))
            }
        };
        value.into()
    }
}

fn from_number(number: &serde_json::Number) -> Value {
    if let Some(value) = number.as_i64() {
        Value::Int(value)
    } else if let Some(value) = number.as_u64() {
        Value::UInt(value)
    } else {
        number.as_f64().map_or(Value::Null, Value::Float)
    }
}

/// As JSON data, for template contexts and `-o json`.
impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.value {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Int(value) => serializer.serialize_i64(*value),
            Value::UInt(value) => serializer.serialize_u64(*value),
            Value::Float(value) => serializer.serialize_f64(*value),
            Value::String(text) => serializer.serialize_str(text),
            Value::List(items) => serializer.collect_seq(items),
            Value::Map(map) => map.serialize(serializer),
        }
    }
}

impl Serialize for Map {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_map(Some(self.len()))?;
        for (key, node) in self.iter() {
            out.serialize_entry(key, node)?;
        }
        out.end()
    }
}

/// Appends one document as pretty JSON, with a line break at its end.
pub fn write_json(out: &mut String, node: &Node) {
    // Pretty printing of a `Value` fails only when the sink does, and memory does not.
    out.push_str(&format!("{:#}\n", node.to_json()));
}

/// Documents as pretty JSON, one after the other: the stream that kubectl and jq read.
pub fn write_json_stream<'a>(nodes: impl IntoIterator<Item = &'a Node>) -> String {
    let mut out = String::new();
    for node in nodes {
        write_json(&mut out, node);
    }
    out
}
