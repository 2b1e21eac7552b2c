//! The serde deserializer over one node, and its walks through lists and maps.

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};

use super::problem::Failure;
use super::{Notes, Path, Problem, ProblemKind, located, scalars, variant, whole};
use crate::yaml::{Entry, Node, Value as Kind};

/// A node to be decoded, and how it was reached.
#[derive(Clone, Copy)]
pub(super) struct Value<'n, 'p> {
    pub(super) node: &'n Node,
    pub(super) path: Path<'p>,
    pub(super) notes: &'p Notes,
}

pub(super) type Outcome<'n, T> = Result<T, Failure<'n>>;

impl<'n, 'p> Value<'n, 'p> {
    pub(super) fn root(node: &'n Node, notes: &'p Notes) -> Self {
        Value { node, path: Path::Root, notes }
    }

    /// Notes that something else was expected here.
    pub(super) fn expected(&self, what: &str) {
        let found = match &self.node.value {
            Kind::String(text) if text.chars().count() <= 60 && !text.contains('\n') => {
                format!("the string {text:?}")
            }
            _ => self.node.kind_name().to_owned(),
        };
        self.notes.invalid(self.node, &self.path, format!("expected {what}, found {found}"), None);
    }

    /// The items, or none; anything else than a list is noted.
    fn items(&self) -> &'n [Node] {
        match &self.node.value {
            Kind::List(items) => items,
            Kind::Null => &[],
            _ => {
                self.expected("a list");
                &[]
            }
        }
    }

    /// The entries, or none; anything else than a map is noted.
    fn entries(&self) -> &'n [Entry] {
        match &self.node.value {
            Kind::Map(map) => map.entries(),
            Kind::Null => &[],
            _ => {
                self.expected("a map");
                &[]
            }
        }
    }

    /// Decodes it for `seed`; an error that nobody has placed yet is placed here.
    fn feed<S: DeserializeSeed<'n>>(self, seed: S) -> Outcome<'n, S::Value> {
        seed.deserialize(self).map_err(|failure| failure.or_at(self.node, self.path))
    }
}

/// Forwards each method to the scalar rule of the same name.
macro_rules! scalars {
    ($($method:ident => $rule:ident)*) => {
        $(fn $method<V: Visitor<'n>>(self, visitor: V) -> Outcome<'n, V::Value> {
            visitor.$rule(scalars::$rule(&self))
        })*
    };
}

impl<'n> Deserializer<'n> for Value<'n, '_> {
    type Error = Failure<'n>;

    scalars! {
        deserialize_bool => visit_bool
        deserialize_i8 => visit_i8
        deserialize_i16 => visit_i16
        deserialize_i32 => visit_i32
        deserialize_i64 => visit_i64
        deserialize_u8 => visit_u8
        deserialize_u16 => visit_u16
        deserialize_u32 => visit_u32
        deserialize_u64 => visit_u64
        deserialize_f32 => visit_f32
        deserialize_f64 => visit_f64
        deserialize_str => visit_string
        deserialize_string => visit_string
        deserialize_char => visit_string
        deserialize_identifier => visit_string
    }

    fn deserialize_any<V: Visitor<'n>>(self, visitor: V) -> Outcome<'n, V::Value> {
        match &self.node.value {
            Kind::Null => visitor.visit_unit(),
            Kind::Bool(value) => visitor.visit_bool(*value),
            Kind::Int(value) => visitor.visit_i64(*value),
            Kind::UInt(value) => visitor.visit_u64(*value),
            Kind::Float(value) => visitor.visit_f64(*value),
            Kind::String(text) => visitor.visit_borrowed_str(text),
            Kind::List(_) => self.deserialize_seq(visitor),
            Kind::Map(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'n>>(self, visitor: V) -> Outcome<'n, V::Value> {
        if self.node.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'n>>(self, visitor: V) -> Outcome<'n, V::Value> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'n>>(self, _: &'static str, visitor: V) -> Outcome<'n, V::Value> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'n>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Outcome<'n, V::Value> {
        match name {
            located::MAGIC => visitor.visit_seq(located::Parts::of(self)),
            whole::NODE | whole::MAP => whole::hand_over(self, name, visitor),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_seq<V: Visitor<'n>>(self, visitor: V) -> Outcome<'n, V::Value> {
        visitor.visit_seq(Items { list: self, items: self.items().iter().enumerate() })
    }

    fn deserialize_tuple<V: Visitor<'n>>(self, _: usize, visitor: V) -> Outcome<'n, V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'n>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Outcome<'n, V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'n>>(self, visitor: V) -> Outcome<'n, V::Value> {
        let entries = self.entries();
        visitor.visit_map(Entries { map: self, entries, current: None, fields: None, keeps_nulls: true })
    }

    fn deserialize_struct<V: Visitor<'n>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Outcome<'n, V::Value> {
        let (entries, keeps_nulls) = (self.entries(), name == KEEPS_NULLS);
        visitor.visit_map(Entries { map: self, entries, current: None, fields: Some(fields), keeps_nulls })
    }

    fn deserialize_enum<V: Visitor<'n>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Outcome<'n, V::Value> {
        visitor.visit_enum(variant::Choice::of(self, variants))
    }

    fn deserialize_ignored_any<V: Visitor<'n>>(self, visitor: V) -> Outcome<'n, V::Value> {
        visitor.visit_unit()
    }

    fn deserialize_bytes<V: Visitor<'n>>(self, visitor: V) -> Outcome<'n, V::Value> {
        self.deserialize_string(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'n>>(self, visitor: V) -> Outcome<'n, V::Value> {
        self.deserialize_string(visitor)
    }
}

/// A walk through a list, past the items that an earlier pass found to fail.
struct Items<'n, 'p> {
    list: Value<'n, 'p>,
    items: std::iter::Enumerate<std::slice::Iter<'n, Node>>,
}

impl<'n> SeqAccess<'n> for Items<'n, '_> {
    type Error = Failure<'n>;

    fn next_element_seed<S: DeserializeSeed<'n>>(&mut self, seed: S) -> Outcome<'n, Option<S::Value>> {
        let notes = self.list.notes;
        let Some((index, node)) = self.items.find(|(_, node)| !notes.failures.contains(node)) else {
            return Ok(None);
        };
        Value { node, path: Path::Index(&self.list.path, index), notes }.feed(seed).map(Some)
    }
}

/// The name of a struct that wants to know about keys without a value (`#[serde(rename = "…")]`); others take them for
/// absent.
const KEEPS_NULLS: &str = "$codexctl::yaml::KeepsNulls";

/// A walk through a map; through a struct's when it has `fields`, where unknown keys are passed over, and nulls mostly.
struct Entries<'n, 'p> {
    map: Value<'n, 'p>,
    entries: &'n [Entry],
    current: Option<&'n Entry>,
    fields: Option<&'static [&'static str]>,
    keeps_nulls: bool,
}

impl<'n> Entries<'n, '_> {
    fn wanted(&self, entry: &Entry) -> bool {
        if self.map.notes.failures.contains(&entry.node) {
            return false;
        }
        let Some(fields) = self.fields else { return true };
        if fields.contains(&entry.key.as_str()) {
            return self.keeps_nulls || !entry.node.is_null();
        }
        let path = Path::Key(&self.map.path, &entry.key).to_string();
        let hint = Some(variant::suggest(&entry.key, fields, "known keys"));
        let message = format!("unknown key `{}`", entry.key);
        let kind = ProblemKind::UnknownKey;
        self.map.notes.add(Problem { mark: entry.key_mark, path, message, also: None, hint, kind });
        false
    }

    fn advance(&mut self) -> Option<&'n Entry> {
        while let Some((entry, rest)) = self.entries.split_first() {
            self.entries = rest;
            if self.wanted(entry) {
                self.current = Some(entry);
                return Some(entry);
            }
        }
        None
    }
}

impl<'n> MapAccess<'n> for Entries<'n, '_> {
    type Error = Failure<'n>;

    fn next_key_seed<S: DeserializeSeed<'n>>(&mut self, seed: S) -> Outcome<'n, Option<S::Value>> {
        let Some(entry) = self.advance() else { return Ok(None) };
        let key: StrDeserializer<'_, Failure<'n>> = entry.key.as_str().into_deserializer();
        let path = Path::Key(&self.map.path, &entry.key);
        seed.deserialize(key).map(Some).map_err(|failure| failure.or_at(&entry.node, path))
    }

    fn next_value_seed<S: DeserializeSeed<'n>>(&mut self, seed: S) -> Outcome<'n, S::Value> {
        let Some(entry) = self.current.take() else {
            return Err(serde::de::Error::custom("a value was asked for before its key"));
        };
        let path = Path::Key(&self.map.path, &entry.key);
        Value { node: &entry.node, path, notes: self.map.notes }.feed(seed)
    }
}
