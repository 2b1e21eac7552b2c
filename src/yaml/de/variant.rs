//! Enums: one of several words, or a map of one word to its content; and "did you mean" for words and keys.

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, VariantAccess, Visitor};

use super::Path;
use super::access::{Outcome, Value};
use super::problem::Failure;
use crate::suggest::nearest;
use crate::yaml::Value as Kind;

/// A chosen variant, and its content if it has one.
pub(super) struct Choice<'n, 'p> {
    name: &'n str,
    value: Value<'n, 'p>,
    has_content: bool,
}

impl<'n, 'p> Choice<'n, 'p> {
    /// The variant a node names; an unknown or missing one is noted and the first takes its place.
    pub(super) fn of(value: Value<'n, 'p>, variants: &'static [&'static str]) -> Self {
        let fallback = variants.first().copied().unwrap_or("");
        let (name, has_content) = match &value.node.value {
            Kind::String(text) => (text.as_str(), false),
            Kind::Map(map) if map.len() == 1 => (map.keys().next().unwrap_or(""), true),
            _ => {
                if !value.node.is_null() {
                    value.expected(&format!("one of {}", list(variants)));
                }
                return Choice { name: fallback, value, has_content: false };
            }
        };
        if variants.contains(&name) {
            return Choice { name, value, has_content };
        }
        let message = format!("unknown value `{name}`");
        let hint = suggest(name, variants, "known values");
        value.notes.invalid(value.node, &value.path, message, Some(hint));
        Choice { name: fallback, value, has_content: false }
    }

    fn content<T>(self, decode: impl FnOnce(Value<'n, '_>) -> Outcome<'n, T>) -> Outcome<'n, T> {
        let notes = self.value.notes;
        let node = match self.value.node.get(self.name) {
            Some(node) if self.has_content => node,
            _ => return decode(self.value),
        };
        let path = Path::Key(&self.value.path, self.name);
        decode(Value { node, path, notes }).map_err(|failure| failure.or_at(node, path))
    }
}

impl<'n, 'p> EnumAccess<'n> for Choice<'n, 'p> {
    type Error = Failure<'n>;
    type Variant = Choice<'n, 'p>;

    fn variant_seed<S: DeserializeSeed<'n>>(self, seed: S) -> Outcome<'n, (S::Value, Self::Variant)> {
        let name: StrDeserializer<'_, Failure<'n>> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'n> VariantAccess<'n> for Choice<'n, '_> {
    type Error = Failure<'n>;

    /// A word stands alone: `go: …` is a map, not the word `go`.
    fn unit_variant(self) -> Outcome<'n, ()> {
        if self.has_content {
            self.value.expected(&format!("the word `{}`", self.name));
        }
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'n>>(self, seed: S) -> Outcome<'n, S::Value> {
        self.content(|value| seed.deserialize(value))
    }

    fn tuple_variant<V: Visitor<'n>>(self, len: usize, visitor: V) -> Outcome<'n, V::Value> {
        self.content(|value| value.deserialize_tuple(len, visitor))
    }

    fn struct_variant<V: Visitor<'n>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Outcome<'n, V::Value> {
        self.content(|value| value.deserialize_struct("", fields, visitor))
    }
}

/// The nearest known word, else all of them.
pub(super) fn suggest(word: &str, known: &[&str], what: &str) -> String {
    match nearest(word, known.iter().copied()) {
        Some(candidate) => format!("did you mean `{candidate}`?"),
        None => format!("{what}: {}", list(known)),
    }
}

fn list(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
