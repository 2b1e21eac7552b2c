//! [`Located`]: a decoded value that knows where it stood. Works like toml's `Spanned`: a newtype name that only this
//! crate's deserializer knows; every other deserializer sees a plain newtype and gives no place.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::value::StrDeserializer;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error as _, IntoDeserializer, SeqAccess, Visitor,
};

use super::access::{Outcome, Value};
use super::problem::Failure;
use crate::yaml::Mark;

/// The newtype name that asks for the place.
pub(super) const MAGIC: &str = "$codexctl::yaml::Located";

/// A value and where it was read from; the place is unknown (0:0, no path) for defaults and other formats.
#[derive(Clone, Debug, Default)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it starts.
    pub mark: Mark,
    /// The way to it: `services[2].name`.
    pub path: String,
}

impl<T> Deref for Located<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// Equal values; places are not compared.
impl<T: PartialEq> PartialEq for Located<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T> From<T> for Located<T> {
    fn from(value: T) -> Self {
        Located { value, mark: Mark::default(), path: String::new() }
    }
}

/// Only the value; its place is not data.
impl<T: serde::Serialize> serde::Serialize for Located<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

/// That of the value; its place is not data.
impl<T: JsonSchema> JsonSchema for Located<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Located<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(MAGIC, LocatedVisitor(PhantomData))
    }
}

struct LocatedVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for LocatedVisitor<T> {
    type Value = Located<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Located<T>, D::Error> {
        T::deserialize(deserializer).map(Located::from)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Located<T>, A::Error> {
        let missing = || A::Error::custom("a part of the place is missing");
        let line = parts.next_element()?.ok_or_else(missing)?;
        let column = parts.next_element()?.ok_or_else(missing)?;
        let path = parts.next_element()?.ok_or_else(missing)?;
        let value = parts.next_element()?.ok_or_else(missing)?;
        Ok(Located { value, mark: Mark { line, column }, path })
    }
}

/// The four parts that [`LocatedVisitor`] takes: line, column, path, value.
pub(super) struct Parts<'n, 'p> {
    value: Value<'n, 'p>,
    next: u8,
}

impl<'n, 'p> Parts<'n, 'p> {
    pub(super) fn of(value: Value<'n, 'p>) -> Self {
        Parts { value, next: 0 }
    }
}

impl<'n> SeqAccess<'n> for Parts<'n, '_> {
    type Error = Failure<'n>;

    fn next_element_seed<S: DeserializeSeed<'n>>(&mut self, seed: S) -> Outcome<'n, Option<S::Value>> {
        let mark = self.value.node.mark;
        self.next += 1;
        match self.next {
            1 => seed.deserialize(mark.line.into_deserializer()),
            2 => seed.deserialize(mark.column.into_deserializer()),
            3 => {
                let path = self.value.path.to_string();
                let path: StrDeserializer<'_, Failure<'n>> = path.as_str().into_deserializer();
                seed.deserialize(path)
            }
            4 => seed.deserialize(self.value),
            _ => return Ok(None),
        }
        .map(Some)
    }
}
