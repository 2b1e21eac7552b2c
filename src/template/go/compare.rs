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
        (x, y) if composite(&x).is_some() && composite(&x) == composite(&y) => {
            // Go looks at the type of the second only; the first can then be no worse or is of another type.
            if !comparable(b) {
                return Err(format!("non-comparable type {}", type_name(b)));
            }
            same(a, b)
        }
        _ => return basic(a, b).ok_or_else(|| incompatible(a, b)),
    })
}

/// Are two values of basic kinds equal? `None` where the kinds differ.
#[expect(clippy::float_cmp, reason = "Go compares floats exactly")]
fn basic(a: &Value, b: &Value) -> Option<bool> {
    match (view(a), view(b)) {
        (View::Bool(x), View::Bool(y)) => Some(x == y),
        (View::Int(_, x), View::Int(_, y)) => Some(x == y),
        (View::Float(x), View::Float(y)) => Some(x == y),
        (View::Complex(x, i), View::Complex(y, j)) => Some(x == y && i == j),
        (View::Str(x), View::Str(y)) => Some(x == y),
        _ => None,
    }
}

/// The kinds that are no basic ones. A time is a struct.
#[derive(PartialEq)]
enum Composite {
    Struct,
    List,
    Map,
}

fn composite(view: &View<'_>) -> Option<Composite> {
    match view {
        View::Time(_) | View::Struct(..) => Some(Composite::Struct),
        View::List(..) => Some(Composite::List),
        View::Map(..) => Some(Composite::Map),
        _ => None,
    }
}

/// Equality of interfaces: of the same type, and equal field by field.
fn same(a: &Value, b: &Value) -> bool {
    match (view(a), view(b)) {
        (View::Time(x), View::Time(y)) => x == y,
        (View::Struct(x, fields), View::Struct(y, others)) => {
            x == y && fields.iter().zip(others).all(|((_, a), (_, b))| same(a, b))
        }
        _ => basic(a, b) == Some(true),
    }
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
