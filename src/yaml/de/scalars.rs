//! What a scalar gives to a typed field, as Go's yaml.v3 decodes it; a misfit is noted and gives the zero value.
//!
//! One thing is more than Go's: a quoted number or boolean is one where the field wants it. A template must stand in quotes
//! for editors to see YAML, `enabled: '{{ … }}'`, and what it gives is in quotes then, too.

use super::access::Value;
use crate::yaml::Value as Kind;
use crate::yaml::scalar::{Plain, is_canonical_integer, resolve};

/// yaml.v3 reads YAML 1.1's words too when the field is a boolean.
pub(super) fn visit_bool(value: &Value<'_, '_>) -> bool {
    match &value.node.value {
        Kind::Bool(yes) => return *yes,
        Kind::String(text) => match (text.as_str(), resolve(text)) {
            (_, Plain::Bool(yes)) => return yes,
            ("y" | "Y" | "yes" | "on", _) => return true,
            ("n" | "N" | "no" | "off", _) => return false,
            _ => value.expected("true or false"),
        },
        Kind::Null => {}
        _ => value.expected("true or false"),
    }
    false
}

/// The source text of a number or boolean: `api: 1.10` is the string `1.10`.
pub(super) fn visit_string(value: &Value<'_, '_>) -> String {
    if let Some(text) = value.node.text() {
        return text.into_owned();
    }
    if !value.node.is_null() {
        value.expected("a string");
    }
    String::new()
}

pub(super) fn visit_f64(value: &Value<'_, '_>) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "a field of floats takes integers as floats do")]
    match value.node.value {
        Kind::Float(number) => return number,
        Kind::Int(number) => return number as f64,
        Kind::UInt(number) => return number as f64,
        Kind::Null => {}
        _ => value.expected("a number"),
    }
    0.0
}

#[allow(clippy::cast_possible_truncation, reason = "the field asked for the narrower type")]
pub(super) fn visit_f32(value: &Value<'_, '_>) -> f32 {
    visit_f64(value) as f32
}

/// The integer, if it is one; `1e3` and `3.0` are, as in Go.
fn integer(value: &Value<'_, '_>) -> Option<i128> {
    let number = match &value.node.value {
        Kind::Int(number) => Some((*number).into()),
        Kind::UInt(number) => Some((*number).into()),
        #[allow(clippy::cast_possible_truncation, reason = "whole, and `as` saturates far above every field")]
        Kind::Float(number) if number.fract() == 0.0 => Some(*number as i128),
        // Digits only: what `0755` or `1_000` in quotes means is anybody's guess.
        Kind::String(text) if is_canonical_integer(text) => text.parse().ok(),
        Kind::Null => Some(0),
        _ => None,
    };
    if number.is_none() {
        value.expected("an integer");
    }
    number
}

macro_rules! integers {
    ($($rule:ident: $type:ty),*) => {
        $(pub(super) fn $rule(value: &Value<'_, '_>) -> $type {
            let Some(number) = integer(value) else { return 0 };
            <$type>::try_from(number).unwrap_or_else(|_| {
                let range = format!("between {} and {}", <$type>::MIN, <$type>::MAX);
                let message = format!("expected an integer {range}, found {number}");
                value.notes.invalid(value.node, &value.path, message, None);
                0
            })
        })*
    };
}

integers! {
    visit_i8: i8, visit_i16: i16, visit_i32: i32, visit_i64: i64,
    visit_u8: u8, visit_u16: u16, visit_u32: u32, visit_u64: u64
}
