//! `eq ne lt le gt ge`: only basic kinds compare, and only with their own kind.

use std::cmp::Ordering;

use super::super::Value;
use super::object::{View, type_name, view};

/// `eq`: is the first equal to any of the others?
pub(super) fn eq(first: &Value, others: &[Value]) -> Result<bool, String> {
    if others.is_empty() {
        return Err("missing argument for comparison".to_owned());
    }
    for other in others {
        if equal(first, other)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn equal(a: &Value, b: &Value) -> Result<bool, String> {
    Ok(match (view(a), view(b)) {
        (View::Nil, View::Nil) => true,
        (View::Nil, _) | (_, View::Nil) => false,
        (View::Bool(x), View::Bool(y)) => x == y,
        (View::Int(_, x), View::Int(_, y)) => x == y,
        #[expect(clippy::float_cmp, reason = "Go compares floats exactly")]
        (View::Float(x), View::Float(y)) => x == y,
        (View::Str(x), View::Str(y)) => x == y,
        (View::Time(x), View::Time(y)) => x == y,
        (View::Struct(x, fields), View::Struct(y, others)) => {
            if fields.iter().any(|(_, field)| !comparable(field)) {
                return Err(format!("non-comparable type {x}"));
            }
            x == y && fields.iter().zip(others).all(|((_, a), (_, b))| equal(a, b) == Ok(true))
        }
        (View::List(..), View::List(..)) | (View::Map(..), View::Map(..)) => {
            return Err(format!("non-comparable type {}", type_name(b)));
        }
        _ => return Err(incompatible(a, b)),
    })
}

fn comparable(value: &Value) -> bool {
    match view(value) {
        View::List(..) | View::Map(..) => false,
        View::Struct(_, fields) => fields.iter().all(|(_, field)| comparable(field)),
        _ => true,
    }
}

fn incompatible(a: &Value, b: &Value) -> String {
    format!("incompatible types for comparison: {} and {}", type_name(a), type_name(b))
}

/// `ne lt le gt ge`
pub(super) fn ordered(name: &str, a: &Value, b: &Value) -> Result<bool, String> {
    if name == "ne" {
        return equal(a, b).map(|equal| !equal);
    }
    let order = match (view(a), view(b)) {
        (View::Int(_, x), View::Int(_, y)) => Some(x.cmp(&y)),
        (View::Float(x), View::Float(y)) => x.partial_cmp(&y),
        (View::Str(x), View::Str(y)) => Some(x.cmp(y)),
        (View::Int(..) | View::Float(_) | View::Str(_), View::Int(..) | View::Float(_) | View::Str(_)) => {
            return Err(incompatible(a, b));
        }
        (View::Int(..) | View::Float(_) | View::Str(_), _) => {
            return Err(format!("invalid type for comparison: {}", type_name(b)));
        }
        _ => return Err(format!("invalid type for comparison: {}", type_name(a))),
    };
    Ok(match (name, order) {
        ("lt", order) => order == Some(Ordering::Less),
        ("le", order) => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        // Go: `gt` is `not le`, which differs for NaN.
        ("gt", order) => !matches!(order, Some(Ordering::Less | Ordering::Equal)),
        (_, order) => order != Some(Ordering::Less),
    })
}
