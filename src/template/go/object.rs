//! Go's values that the engine has no type of its own for: structs, maps, slices, times and named integers.
//!
//! Strings, `int`, `float64`, `bool` and nil are the engine's own values. What Go calls an invalid value (a missing
//! key) and nil are both `none`. Not here: how they print (`gofmt`), which methods they have (`field`).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State};

use super::super::Value;
use super::methods;

/// A composite or named Go value.
#[derive(Debug)]
pub(crate) enum GoValue {
    Struct {
        name: &'static str,
        fields: Vec<(Cow<'static, str>, Value)>,
    },
    /// A `map[string]string`. `label` is the name it has in the context, for warnings.
    Map {
        label: &'static str,
        entries: BTreeMap<String, Value>,
    },
    List {
        elem: &'static str,
        items: Vec<Value>,
    },
    Time(Timestamp),
    Int(IntType, i64),
    Complex(f64, f64),
}

/// Integer types other than `int`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IntType {
    Int,
    Int64,
    Uint8,
    Duration,
    Month,
    Weekday,
}

impl IntType {
    /// The type as `%T` shows it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Int => "int",
            Self::Int64 => "int64",
            Self::Uint8 => "uint8",
            Self::Duration => "time.Duration",
            Self::Month => "time.Month",
            Self::Weekday => "time.Weekday",
        }
    }
}

impl Object for GoValue {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }

    /// Fields of structs, which translated templates read only where they are known to be; methods that need no
    /// arguments, for the jinja dialect (`Now.Year`).
    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        match &**self {
            Self::Struct { fields, .. } => {
                fields.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone())
            }
            Self::Time(_) | Self::Int(..) => methods::call_on(self, key, &[])?.ok(),
            Self::Map { .. } | Self::List { .. } | Self::Complex(..) => None,
        }
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    /// Methods, for the jinja dialect: `Now.Format("2006-01-02")`.
    fn call_method(
        self: &Arc<Self>,
        _state: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        match methods::call_on(self, method, args) {
            Some(outcome) => outcome.map_err(|why| Error::new(ErrorKind::InvalidOperation, why)),
            None => Err(ErrorKind::UnknownMethod.into()),
        }
    }

    /// Go's truth: structs always, the rest when not empty or zero.
    fn is_true(self: &Arc<Self>) -> bool {
        match &**self {
            Self::Struct { .. } | Self::Time(_) => true,
            Self::Map { entries, .. } => !entries.is_empty(),
            Self::List { items, .. } => !items.is_empty(),
            Self::Int(_, value) => *value != 0,
            Self::Complex(real, imaginary) => *real != 0.0 || *imaginary != 0.0,
        }
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::template::gofmt::sprint(&[Value::from_dyn_object(Arc::clone(self))]))
    }
}

/// A Go value seen for what it is.
pub(crate) enum View<'a> {
    /// nil, and the absence of a value.
    Nil,
    Bool(bool),
    Int(IntType, i64),
    Float(f64),
    Complex(f64, f64),
    Str(&'a str),
    Time(Timestamp),
    List(&'static str, Vec<Value>),
    Map(&'static str, Vec<(Value, Value)>),
    Struct(&'static str, &'a [(Cow<'static, str>, Value)]),
}

/// Looks at a value. Lists and maps of the engine (the jinja dialect has them) count as `[]interface {}` and
/// `map[string]interface {}`.
pub(crate) fn view(value: &Value) -> View<'_> {
    if let Some(text) = value.as_str() {
        return View::Str(text);
    }
    if let Some(object) = value.downcast_object_ref::<GoValue>() {
        return view_object(object);
    }
    match value.kind() {
        minijinja::value::ValueKind::Undefined | minijinja::value::ValueKind::None => View::Nil,
        minijinja::value::ValueKind::Bool => View::Bool(value.is_true()),
        minijinja::value::ValueKind::Number => view_number(value),
        minijinja::value::ValueKind::Map => View::Map("map[string]interface {}", foreign_pairs(value)),
        _ => View::List("interface {}", value.try_iter().map(Iterator::collect).unwrap_or_default()),
    }
}

fn view_object(object: &GoValue) -> View<'_> {
    match object {
        GoValue::Struct { name, fields } => View::Struct(name, fields),
        GoValue::Map { entries, .. } => {
            let pairs = entries.iter().map(|(k, v)| (Value::from(k.as_str()), v.clone())).collect();
            View::Map("map[string]string", pairs)
        }
        GoValue::List { elem, items } => View::List(elem, items.clone()),
        GoValue::Time(time) => View::Time(*time),
        GoValue::Int(kind, value) => View::Int(*kind, *value),
        GoValue::Complex(real, imaginary) => View::Complex(*real, *imaginary),
    }
}

fn view_number(value: &Value) -> View<'_> {
    match value.as_i64() {
        Some(int) if value.is_integer() => View::Int(IntType::Int, int),
        _ => View::Float(f64::try_from(value.clone()).unwrap_or(f64::NAN)),
    }
}

fn foreign_pairs(value: &Value) -> Vec<(Value, Value)> {
    let keys = value.try_iter().into_iter().flatten();
    let mut pairs: Vec<_> = keys
        .map(|key| {
            let item = value.get_item(&key).unwrap_or_default();
            (key, item)
        })
        .collect();
    pairs.sort();
    pairs
}

/// The type of a value as Go's messages and `%T` show it.
pub(crate) fn type_name(value: &Value) -> String {
    match view(value) {
        View::Nil => "<nil>".to_owned(),
        View::Bool(_) => "bool".to_owned(),
        View::Int(kind, _) => kind.name().to_owned(),
        View::Float(_) => "float64".to_owned(),
        View::Complex(..) => "complex128".to_owned(),
        View::Str(_) => "string".to_owned(),
        View::Time(_) => "time.Time".to_owned(),
        View::List(elem, _) => format!("[]{elem}"),
        View::Map(name, _) | View::Struct(name, _) => name.to_owned(),
    }
}
