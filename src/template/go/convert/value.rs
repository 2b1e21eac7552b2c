//! Expressions of Jinja under construction: text, how tightly it binds, and what is known of its value.

use super::types::Ty;
use super::words::{is_name, literal};
use super::{Refused, refuse};

/// How tightly the outermost operator binds, loosest first.
pub(super) mod prec {
    pub(crate) const TERNARY: u8 = 0;
    pub(crate) const OR: u8 = 1;
    pub(crate) const AND: u8 = 2;
    pub(crate) const NOT: u8 = 3;
    pub(crate) const COMPARE: u8 = 4;
    pub(crate) const CONCAT: u8 = 5;
    pub(crate) const UNARY: u8 = 6;
    pub(crate) const FILTER: u8 = 7;
    pub(crate) const ATOM: u8 = 8;
}

/// Whether there may be no value, which is an error in Jinja.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    No,
    /// A key read as a field: Go has no value then.
    Field,
    /// A key read by `index`: Go has an empty string then.
    Index,
    /// `none` stands for what Go has no value for.
    Nil,
}

/// A piece of a text that is put together.
#[derive(Debug, Clone)]
pub(super) enum Part {
    Text(String),
    Value(Jx),
}

/// An expression.
#[derive(Debug, Clone)]
pub(super) struct Jx {
    pub text: String,
    pub prec: u8,
    pub ty: Ty,
    pub gap: Gap,
    /// The value of a string literal.
    pub constant: Option<String>,
    /// The pieces of a text, for where they can stand side by side.
    pub parts: Option<Vec<Part>>,
    /// `left` and `right` of `left == right`.
    pub equal: Option<(String, Vec<String>)>,
    /// The opposite, where it is as short.
    pub negated: Option<String>,
    /// A shorter text for where only its truth counts.
    pub test: Option<String>,
    /// What is certain to have a value where this is true.
    pub truthy: Vec<String>,
    /// A name with fields, which may be repeated.
    pub path: bool,
}

impl Jx {
    pub(super) fn new(text: impl Into<String>, prec: u8, ty: Ty) -> Self {
        let (constant, parts, equal, negated, test) = (None, None, None, None, None);
        let (truthy, gap) = (Vec::new(), Gap::No);
        Self { text: text.into(), prec, ty, gap, constant, parts, equal, negated, test, truthy, path: false }
    }

    /// A name, or a name with fields.
    pub(super) fn path(text: impl Into<String>, ty: Ty, gap: Gap) -> Self {
        let text = text.into();
        Self { truthy: vec![text.clone()], gap, path: true, ..Self::new(text, prec::ATOM, ty) }
    }

    pub(super) fn string(text: &str, single: bool) -> Self {
        Self { constant: Some(text.to_owned()), ..Self::new(literal(text, single), prec::ATOM, Ty::Str) }
    }

    /// `value | filter`
    pub(super) fn filter(&self, filter: &str, ty: Ty) -> Self {
        Self::new(format!("{} | {filter}", self.wrap(prec::FILTER)), prec::FILTER, ty)
    }

    /// The text, in parentheses where it binds less tightly than asked for.
    pub(super) fn wrap(&self, least: u8) -> String {
        if self.prec < least { format!("({})", self.text) } else { self.text.clone() }
    }

    /// Is it the context itself, which has no name in Jinja?
    pub(super) fn is_root(&self) -> bool {
        self.text.is_empty()
    }

    /// As an argument, or the value of a variable.
    pub(super) fn settled(&self) -> Self {
        match self.gap {
            Gap::Index => Self { equal: None, ..self.filter("default(\"\")", self.ty) },
            Gap::Field => Self { gap: Gap::Nil, ..self.filter("default(none)", self.ty) },
            Gap::Nil | Gap::No => self.clone(),
        }
    }

    /// As a condition, or an operand of a comparison.
    pub(super) fn tested(&self) -> Self {
        if let Some(text) = &self.test {
            return Self { text: text.clone(), gap: Gap::No, test: None, ..self.clone() };
        }
        let variable = self.text.strip_prefix("EnvMap.").filter(|name| self.path && is_name(name));
        match self.gap {
            Gap::Field if variable.is_some() => {
                let call = format!("envOr({}, \"\")", literal(variable.unwrap_or_default(), false));
                Self { truthy: self.truthy.clone(), ..Self::new(call, prec::ATOM, self.ty) }
            }
            Gap::Index | Gap::Field => {
                Self { truthy: self.truthy.clone(), ..self.filter("default(\"\")", self.ty) }
            }
            Gap::Nil | Gap::No => self.clone(),
        }
    }

    /// What stands inside `{{ }}` to write it as Go does.
    pub(super) fn printed(&self, at: usize) -> Result<String, Refused> {
        let formatted = || format!("printf(\"%v\", {})", self.text);
        Ok(match (self.ty, self.gap) {
            (Ty::Nil, _) => "\"<no value>\"".to_owned(),
            (_, Gap::Field) => self.filter("default(\"<no value>\")", self.ty).text,
            (_, Gap::Index) => self.filter("default(\"\")", self.ty).text,
            (Ty::Str | Ty::Int | Ty::Shown, Gap::Nil) if self.path || self.prec == prec::ATOM => {
                format!("\"<no value>\" if {0} is none else {0}", self.text)
            }
            (_, Gap::Nil) => {
                return refuse(
                    at,
                    "a value that may be missing is printed",
                    "give it one with `default` first",
                );
            }
            (Ty::Bool, _) => self.filter("tojson", Ty::Str).text,
            (Ty::Strings | Ty::Map(_) | Ty::Any | Ty::Float, _) => formatted(),
            (Ty::Struct(_) | Ty::Links, _) => {
                return refuse(
                    at,
                    "a whole struct is printed",
                    "print the fields that are wanted one by one",
                );
            }
            _ => self.text.clone(),
        })
    }
}

/// A text of pieces, put together with `~`.
pub(super) fn concat(parts: Vec<Part>) -> Jx {
    let mut merged: Vec<Part> = Vec::new();
    for part in parts {
        match (merged.last_mut(), part) {
            (_, Part::Text(text)) if text.is_empty() => {}
            (Some(Part::Text(before)), Part::Text(text)) => before.push_str(&text),
            (_, Part::Value(value)) if value.constant.is_some() => {
                let text = value.constant.unwrap_or_default();
                match merged.last_mut() {
                    Some(Part::Text(before)) => before.push_str(&text),
                    _ => merged.push(Part::Text(text)),
                }
            }
            (_, Part::Value(Jx { parts: Some(inner), .. })) => merged.extend(inner),
            (_, part) => merged.push(part),
        }
    }
    let jx = match &merged[..] {
        [] => Jx::string("", false),
        [Part::Text(text)] => return Jx::string(text, false),
        [Part::Value(value)] if value.ty == Ty::Str => return value.clone(),
        [Part::Value(value)] => written(value, prec::ATOM)
            .map_or_else(|| value.filter("string", Ty::Str), |text| Jx::new(text, prec::FILTER, Ty::Str)),
        parts => {
            let words: Vec<String> = parts
                .iter()
                .map(|part| match part {
                    Part::Text(text) => literal(text, false),
                    Part::Value(value) => {
                        written(value, prec::UNARY).unwrap_or_else(|| value.wrap(prec::UNARY))
                    }
                })
                .collect();
            Jx::new(words.join(" ~ "), prec::CONCAT, Ty::Str)
        }
    };
    Jx { parts: Some(merged), ..jx }
}

/// How a bool is written inside a text; others are written as they are.
fn written(value: &Jx, least: u8) -> Option<String> {
    (value.ty == Ty::Bool).then(|| value.filter("tojson", Ty::Str).wrap(least.min(prec::FILTER)))
}

/// Whether Jinja writes a value of this type inside a text as Go does.
pub(super) fn joins(ty: Ty) -> bool {
    matches!(ty, Ty::Str | Ty::Int | Ty::Bool)
}
