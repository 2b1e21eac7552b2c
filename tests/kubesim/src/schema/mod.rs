//! What the built-in kinds look like: field names, types, and how their lists merge.
//!
//! One table serves field validation, strategic merge, server-side apply and the OpenAPI documents. The tables
//! in `data/` have one type per line, `Name: field type, field type, …`, where a type is `string`, `int`,
//! `bool`, `float`, `time`, `quantity`, `any`, another type's name, `[]T` or `{}T` (a map). A list may say how
//! it merges: `@key` or `@key+key` (by these fields; strategic merge uses the first), `@@` (a set of scalars);
//! a trailing `!` marks strategic merge's `retainKeys`. No defaults and no rules here.

mod decode;

use std::collections::HashMap;
use std::sync::OnceLock;

pub use decode::decode;

/// How two versions of a list become one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListKind {
    /// The new list replaces the old one.
    Atomic,
    /// Scalars, each at most once.
    Set,
    /// Objects told apart by these fields.
    Keyed(Vec<String>),
}

/// The type of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// Anything: unknown, or really free (IntOrString, raw JSON).
    Any,
    /// A string.
    String,
    /// An integer.
    Int,
    /// A number.
    Float,
    /// A boolean.
    Bool,
    /// An RFC 3339 time.
    Time,
    /// A resource quantity; numbers are taken too.
    Quantity,
    /// A struct of the table.
    Struct(String),
    /// A list.
    List(Box<Self>, ListKind),
    /// A map with string keys.
    Map(Box<Self>),
}

/// One field of a struct.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// JSON name.
    pub name: String,
    /// Type.
    pub ty: Type,
    /// Strategic merge keeps only the keys it is told to (`patchStrategy: retainKeys`).
    pub retain_keys: bool,
}

static ANY: Type = Type::Any;

fn tables() -> &'static HashMap<String, Vec<Field>> {
    static TABLES: OnceLock<HashMap<String, Vec<Field>>> = OnceLock::new();
    TABLES.get_or_init(|| {
        [
            include_str!("data/core.txt"),
            include_str!("data/apps.txt"),
            include_str!("data/batch.txt"),
            include_str!("data/networking.txt"),
            include_str!("data/cluster.txt"),
            include_str!("data/crd.txt"),
        ]
        .iter()
        .flat_map(|text| text.lines())
        .filter_map(|line| line.split_once(": "))
        .map(|(name, fields)| (name.to_owned(), fields.split(", ").filter_map(parse_field).collect()))
        .collect()
    })
}

fn parse_field(text: &str) -> Option<Field> {
    let (name, ty) = text.trim().split_once(' ')?;
    let (ty, retain_keys) = ty.strip_suffix('!').map_or((ty, false), |t| (t, true));
    Some(Field { name: name.to_owned(), ty: parse_type(ty), retain_keys })
}

fn parse_type(text: &str) -> Type {
    if let Some(inner) = text.strip_prefix("[]") {
        let (inner, kind) = match inner.split_once('@') {
            None => (inner, ListKind::Atomic),
            Some((inner, "@")) => (inner, ListKind::Set),
            Some((inner, keys)) => (inner, ListKind::Keyed(keys.split('+').map(str::to_owned).collect())),
        };
        return Type::List(Box::new(parse_type(inner)), kind);
    }
    if let Some(inner) = text.strip_prefix("{}") {
        return Type::Map(Box::new(parse_type(inner)));
    }
    match text {
        "string" => Type::String,
        "int" => Type::Int,
        "float" => Type::Float,
        "bool" => Type::Bool,
        "time" => Type::Time,
        "quantity" => Type::Quantity,
        "any" => Type::Any,
        name => Type::Struct(name.to_owned()),
    }
}

/// The fields of a struct of the table.
pub fn fields(name: &str) -> Option<&'static [Field]> {
    tables().get(name).map(Vec::as_slice)
}

/// A field of a struct of the table.
pub fn field(name: &str, field: &str) -> Option<&'static Field> {
    fields(name)?.iter().find(|f| f.name == field)
}

impl Type {
    /// The type of the value under `key`, when this is a struct or a map; `Any` when nothing is known.
    pub fn child(&self, key: &str) -> &Self {
        match self {
            Self::Struct(name) => field(name, key).map_or(&ANY, |f| &f.ty),
            Self::Map(inner) => inner,
            _ => &ANY,
        }
    }

    /// The type of the elements, when this is a list.
    pub fn element(&self) -> &Self {
        match self {
            Self::List(inner, _) => inner,
            _ => &ANY,
        }
    }

    /// How lists of this type merge; atomic for whatever is no list.
    pub fn list_kind(&self) -> &ListKind {
        match self {
            Self::List(_, kind) => kind,
            _ => &ListKind::Atomic,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_closed() {
        fn check(owner: &str, ty: &Type) {
            match ty {
                Type::Struct(name) => assert!(fields(name).is_some(), "{owner} mentions {name}"),
                Type::List(inner, _) | Type::Map(inner) => check(owner, inner),
                _ => {}
            }
        }
        for (owner, fields) in tables() {
            for field in fields {
                check(&format!("{owner}.{}", field.name), &field.ty);
            }
        }
    }

    #[test]
    fn merge_keys_are_read() {
        let ports = &field("Container", "ports").unwrap().ty;
        assert_eq!(*ports.list_kind(), ListKind::Keyed(vec!["containerPort".into(), "protocol".into()]));
        assert!(field("PodSpec", "volumes").unwrap().retain_keys);
        assert_eq!(*field("PodSpec", "tolerations").unwrap().ty.list_kind(), ListKind::Atomic);
    }
}
