//! The tree a document becomes: values with their places. No reading and no writing here.

use std::borrow::Cow;

use super::{Map, Mark, write};

/// What a node holds: JSON's kinds, with integers and floats kept apart.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing: `null`, `~`, or no text at all.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// An integer above `i64::MAX`; smaller ones are [`Value::Int`].
    UInt(u64),
    /// A number with a fraction or an exponent, or an integer too large for the others. Always finite when read.
    Float(f64),
    /// Text.
    String(String),
    /// A list.
    List(Vec<Node>),
    /// A mapping.
    Map(Map),
}

/// A value and where it starts in the text it was read from.
#[derive(Clone, Debug)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where it starts; of an aliased value (`*a`) the place of its anchor.
    pub mark: Mark,
    /// The source of a number or boolean that is not spelled as it would be printed: `1.10`, `0755`, `True`.
    pub(super) source: Option<Box<str>>,
}

impl From<Value> for Node {
    fn from(value: Value) -> Self {
        Node { value, mark: Mark::default(), source: None }
    }
}

impl Default for Node {
    fn default() -> Self {
        Node::null()
    }
}

/// Equal values; places and spelling are not compared.
impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Node {
    /// `null`.
    #[must_use]
    pub fn null() -> Self {
        Value::Null.into()
    }

    /// Text.
    pub fn string(text: impl Into<String>) -> Self {
        Value::String(text.into()).into()
    }

    /// An integer.
    #[must_use]
    pub fn int(value: i64) -> Self {
        Value::Int(value).into()
    }

    /// A boolean.
    #[must_use]
    pub fn bool(value: bool) -> Self {
        Value::Bool(value).into()
    }

    /// A list.
    #[must_use]
    pub fn list(items: Vec<Node>) -> Self {
        Value::List(items).into()
    }

    /// A mapping.
    #[must_use]
    pub fn map(map: Map) -> Self {
        Value::Map(map).into()
    }

    /// The text of a string; other scalars have none here, see [`Node::text`].
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The integer, when it is one that fits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self.value {
            Value::Int(value) => Some(value),
            _ => None,
        }
    }

    /// The boolean.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The items of a list.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Node]> {
        match &self.value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The items of a list, for changing it.
    pub fn as_list_mut(&mut self) -> Option<&mut Vec<Node>> {
        match &mut self.value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The mapping.
    #[must_use]
    pub fn as_map(&self) -> Option<&Map> {
        match &self.value {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The mapping, for changing it.
    pub fn as_map_mut(&mut self) -> Option<&mut Map> {
        match &mut self.value {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// Whether it is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// The value of a key, when this is a mapping that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_map()?.get(key)
    }

    /// As [`Node::get`], for changing the value.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.as_map_mut()?.get_mut(key)
    }

    /// The value at the end of a chain of keys: `at(&["metadata", "name"])`.
    #[must_use]
    pub fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// As [`Node::at`], for changing the value.
    pub fn at_mut(&mut self, path: &[&str]) -> Option<&mut Node> {
        path.iter().try_fold(self, |node, key| node.get_mut(key))
    }

    /// A scalar as Go's yaml.v3 decodes it into a string field: the text of a string, and the *source* text of a
    /// number or boolean (`api: 1.10` is `1.10`, not `1.1`). Null, lists and mappings have none.
    #[must_use]
    pub fn text(&self) -> Option<Cow<'_, str>> {
        if let Some(source) = &self.source {
            return Some(Cow::Borrowed(source));
        }
        match &self.value {
            Value::String(text) => Some(Cow::Borrowed(text)),
            Value::Bool(value) => Some(Cow::Borrowed(if *value { "true" } else { "false" })),
            Value::Int(value) => Some(Cow::Owned(value.to_string())),
            Value::UInt(value) => Some(Cow::Owned(value.to_string())),
            Value::Float(value) => Some(Cow::Owned(write::float(*value))),
            Value::Null | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// The kind in a sentence: `a string`, `a number`, `a boolean`, `null`, `a list`, `a map`.
    #[must_use]
    pub fn kind_name(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Int(_) | Value::UInt(_) | Value::Float(_) => "a number",
            Value::String(_) => "a string",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }
}
