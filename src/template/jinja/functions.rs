//! The tool's functions and filters for Jinja.
//!
//! As functions all have the argument order of the go dialect: `default(value, fallback)`, `indent(4, text)`,
//! `join(list, ", ")`. As filters `toLower`, `slug`, `truncSHA` and `trimPrefix` and `toml` take the value first, which is the
//! same order. The filters `default`, `join` and `indent` are the engine's own and keep Jinja's meaning:
//! `{{ X | default("y") }}` is for undefined values, `{{ text | indent(4) }}` leaves the first line alone.

use std::sync::Arc;

use minijinja::value::{ArgType, Rest};
use minijinja::{Error, ErrorKind, State};

use super::super::context::Context;
use super::super::go::object::{View, type_name, view};
use super::super::{Environment, Value, functions as pure, gofmt};

/// Every function with its number of arguments; `printf` takes any number.
pub(super) const FUNCTIONS: [(&str, usize); 12] = [
    ("envOr", 2),
    ("default", 2),
    ("toLower", 1),
    ("slug", 1),
    ("truncSHA", 1),
    ("ternary", 3),
    ("now", 0),
    ("join", 2),
    ("indent", 2),
    ("trimPrefix", 2),
    ("printf", usize::MAX),
    ("toml", 1),
];

/// Those that are filters too.
pub(super) const FILTERS: [&str; 6] = ["toLower", "slug", "truncSHA", "trimPrefix", "envOr", "toml"];

/// Adds functions and filters.
pub(super) fn register(environment: &mut Environment<'static>, context: &Arc<Context>) {
    for (name, _) in FUNCTIONS {
        let shared = Arc::clone(context);
        environment.add_function(name, move |state: &State<'_, '_>, args: Rest<Value>| {
            call(state, &shared, name, &args)
        });
    }
    for name in FILTERS {
        let shared = Arc::clone(context);
        environment.add_filter(name, move |state: &State<'_, '_>, args: Rest<Value>| {
            call(state, &shared, name, &args)
        });
    }
}

fn call(state: &State<'_, '_>, context: &Context, name: &str, args: &[Value]) -> Result<Value, Error> {
    let wanted = FUNCTIONS.iter().find(|(known, _)| *known == name).map_or(0, |(_, wanted)| *wanted);
    if args.len() != wanted && wanted != usize::MAX || args.is_empty() && name == "printf" {
        let wanted = if wanted == usize::MAX { "at least 1".to_owned() } else { wanted.to_string() };
        return Err(invalid(format!(
            "wrong number of arguments for {name}: want {wanted}, got {}",
            args.len()
        )));
    }
    Ok(match name {
        "envOr" => {
            let (key, fallback) = (text(state, name, args, 0)?, text(state, name, args, 1)?);
            let value = context.env_map.get(key).map(String::as_str).filter(|value| !value.is_empty());
            Value::from(value.unwrap_or(fallback))
        }
        "default" if args[0].is_undefined() || args[0].is_none() => args[1].clone(),
        "default" => Value::from(pure::default(text(state, name, args, 0)?, text(state, name, args, 1)?)),
        "toLower" => Value::from(text(state, name, args, 0)?.to_lowercase()),
        "slug" => Value::from(pure::slug(text(state, name, args, 0)?)),
        "truncSHA" => Value::from(pure::trunc_sha(text(state, name, args, 0)?)),
        "trimPrefix" => {
            Value::from(pure::trim_prefix(text(state, name, args, 0)?, text(state, name, args, 1)?))
        }
        "ternary" => match view(&args[0]) {
            View::Bool(true) => args[1].clone(),
            View::Bool(false) => args[2].clone(),
            _ => return Err(wrong_type(state, name, args, 0, "bool")),
        },
        "now" => super::view::time(context.now),
        "join" => join(state, args)?,
        "toml" => Value::from(pure::toml(text(state, name, args, 0)?)),
        "indent" => {
            let View::Int(_, count) = view(&args[0]) else {
                return Err(wrong_type(state, name, args, 0, "int"));
            };
            let count =
                usize::try_from(count).map_err(|_| invalid("indent: the count is negative".to_owned()))?;
            let indented = pure::indent(count, text(state, name, args, 1)?);
            Value::from(indented.ok_or_else(|| invalid("indent: the result is too large".to_owned()))?)
        }
        _ => {
            let formatted = gofmt::sprintf(text(state, name, args, 0)?, &args[1..]);
            Value::from(formatted.ok_or_else(|| invalid("printf: the result is too large".to_owned()))?)
        }
    })
}

fn join(state: &State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
    let View::List(_, items) = view(&args[0]) else { return Err(wrong_type(state, "join", args, 0, "list")) };
    let separator = text(state, "join", args, 1)?;
    let mut out = String::new();
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(separator);
        }
        match item.as_str() {
            Some(text) => out.push_str(text),
            None => out.push_str(&item.to_string()),
        }
    }
    Ok(Value::from(out))
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}

/// Argument `index` as a string.
fn text<'a>(state: &State<'_, '_>, name: &str, args: &'a [Value], index: usize) -> Result<&'a str, Error> {
    match args[index].as_str() {
        Some(text) => Ok(text),
        None if args[index].is_undefined() => Err(undefined(state, &args[index])),
        None => Err(wrong_type(state, name, args, index, "string")),
    }
}

/// The engine knows which variable it was that is undefined, and says so where it converts arguments itself.
fn undefined(state: &State<'_, '_>, value: &Value) -> Error {
    String::from_state_and_value(Some(state), Some(value))
        .err()
        .unwrap_or_else(|| ErrorKind::UndefinedError.into())
}

fn wrong_type(state: &State<'_, '_>, name: &str, args: &[Value], index: usize, wanted: &str) -> Error {
    if args[index].is_undefined() {
        return undefined(state, &args[index]);
    }
    let got = type_name(&args[index]);
    invalid(format!("wrong type for argument {} of {name}: expected {wanted}, got {got}", index + 1))
}
