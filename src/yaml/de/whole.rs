//! [`Node`] and [`Map`] as fields of schema types: free-form parts of a file, kept whole with places and spelling.

use std::cell::Cell;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Visitor};

use super::access::{Outcome, Value};
use crate::yaml::{Map, Node};

/// The newtype names that ask for a node, or a map, as it is.
pub(super) const NODE: &str = "$codexctl::yaml::Node";
pub(super) const MAP: &str = "$codexctl::yaml::Map";

thread_local! {
    /// The node on its way from [`hand_over`] to the visitor it calls at once. serde's data model has no place for
    /// positions, and to spell a whole tree in numbered parts and read it back would be slower and longer.
    static HANDED_OVER: Cell<Option<Node>> = const { Cell::new(None) };
}

/// Gives a visitor made for [`NODE`] or [`MAP`] its node; a map that is none is noted and comes out empty.
pub(super) fn hand_over<'n, V: Visitor<'n>>(
    value: Value<'n, '_>,
    name: &str,
    visitor: V,
) -> Outcome<'n, V::Value> {
    let fits = name == NODE || value.node.is_null() || value.node.as_map().is_some();
    if !fits {
        value.expected("a map");
    }
    HANDED_OVER.set(fits.then(|| value.node.clone()));
    visitor.visit_unit()
}

impl<'de> Deserialize<'de> for Node {
    /// From [`crate::yaml::decode`] the node itself; from other formats the same data without places.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(NODE, NodeVisitor)
    }
}

impl<'de> Deserialize<'de> for Map {
    /// From [`crate::yaml::decode`] the map itself; from other formats the same data without places.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let node = deserializer.deserialize_newtype_struct(MAP, NodeVisitor)?;
        match node.value {
            crate::yaml::Value::Map(map) => Ok(map),
            crate::yaml::Value::Null => Ok(Map::new()),
            _ => Err(serde::de::Error::custom(format_args!("expected a map, found {}", node.kind_name()))),
        }
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Node, E> {
        Ok(HANDED_OVER.take().unwrap_or_default())
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        serde_json::Value::deserialize(deserializer).map(Node::from_json)
    }
}
