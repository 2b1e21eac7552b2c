//! Functions of the go dialect: what they take, what they give, and how wrong calls are told.
//!
//! Builtins follow `text/template/funcs.go`; the others are this tool's own. Names are checked when a template is
//! parsed, arguments when a call is reached, both as Go does.

use super::super::functions as pure;
use super::super::gofmt;
use super::super::{Value, error::near};
use super::object::{IntType, View, type_name, view};
use super::runtime::Runtime;
use super::{Failure, compare, escape, index};

/// Every function a template may name, with the least and the most arguments it takes.
const FUNCTIONS: [(&str, usize, usize); 30] = [
    ("and", 1, usize::MAX),
    ("call", 1, usize::MAX),
    ("default", 2, 2),
    ("envOr", 2, 2),
    ("eq", 1, usize::MAX),
    ("ge", 2, 2),
    ("gt", 2, 2),
    ("html", 0, usize::MAX),
    ("indent", 2, 2),
    ("index", 1, usize::MAX),
    ("join", 2, 2),
    ("js", 0, usize::MAX),
    ("le", 2, 2),
    ("len", 1, 1),
    ("lt", 2, 2),
    ("ne", 2, 2),
    ("not", 1, 1),
    ("now", 0, 0),
    ("or", 1, usize::MAX),
    ("print", 0, usize::MAX),
    ("printf", 1, usize::MAX),
    ("println", 0, usize::MAX),
    ("slice", 1, usize::MAX),
    ("slug", 1, 1),
    ("ternary", 3, 3),
    ("toLower", 1, 1),
    ("toml", 1, 1),
    ("trimPrefix", 2, 2),
    ("truncSHA", 1, 1),
    ("urlquery", 0, usize::MAX),
];

/// Is there such a function?
pub(super) fn check(name: &str, at: usize) -> Result<(), Failure> {
    if FUNCTIONS.iter().any(|(known, ..)| *known == name) {
        return Ok(());
    }
    let hint = near(name, FUNCTIONS.iter().map(|(known, ..)| *known));
    Err(Failure { hint, ..Failure::undefined(at, format!("function {name:?} not defined")) })
}

/// What a call gives: a value, or why not.
pub(super) type Outcome = Result<Value, String>;

/// Calls a function.
pub(super) fn call(runtime: &Runtime, at: usize, name: &str, args: &[Value]) -> Outcome {
    let known = FUNCTIONS.iter().find(|(known, ..)| *known == name);
    let (least, most) = known.map_or((0, 0), |(_, least, most)| (*least, *most));
    if args.len() < least || args.len() > most {
        let wanted = if least == most { least.to_string() } else { format!("at least {least}") };
        return Err(format!("wrong number of args for {name}: want {wanted} got {}", args.len()));
    }
    match name {
        "eq" => compare::eq(&args[0], &args[1..]).map(Value::from).map_err(|why| calling(name, &why)),
        "ne" | "lt" | "le" | "gt" | "ge" => {
            compare::ordered(name, &args[0], &args[1]).map(Value::from).map_err(|why| calling(name, &why))
        }
        "index" => index::index(runtime, at, &args[0], &args[1..]).map_err(|why| calling(name, &why)),
        "slice" => index::slice(&args[0], &args[1..]).map_err(|why| calling(name, &why)),
        "len" => index::len(&args[0]).map(Value::from).map_err(|why| calling(name, &why)),
        "not" => Ok(Value::from(!args[0].is_true())),
        "and" | "or" => Ok(args[0].clone()),
        "call" => Err(calling(name, &format!("non-function of type {}", type_name(&args[0])))),
        "print" => sized(name, gofmt::sprint(args)),
        "println" => sized(name, gofmt::sprintln(args)),
        "printf" => {
            gofmt::sprintf(text(name, args, 0)?, &args[1..]).map(Value::from).ok_or_else(|| too_large(name))
        }
        "html" => sized(name, escape::html(&escape::text(args))),
        "js" => sized(name, escape::js(&escape::text(args))),
        "urlquery" => sized(name, escape::urlquery(&escape::text(args))),
        _ => own(runtime, name, args),
    }
}

fn calling(name: &str, why: &str) -> String {
    format!("error calling {name}: {why}")
}

fn too_large(name: &str) -> String {
    calling(name, &format!("the result is larger than {} MiB", gofmt::MAX_TEXT >> 20))
}

fn sized(name: &str, text: String) -> Outcome {
    if text.len() > gofmt::MAX_TEXT { Err(too_large(name)) } else { Ok(Value::from(text)) }
}

/// The functions that are not Go's.
fn own(runtime: &Runtime, name: &str, args: &[Value]) -> Outcome {
    Ok(match name {
        "now" => runtime.now(),
        "envOr" => {
            let (key, fallback) = (text(name, args, 0)?, text(name, args, 1)?);
            Value::from(runtime.env(key).filter(|value| !value.is_empty()).unwrap_or(fallback))
        }
        "default" => Value::from(pure::default(text(name, args, 0)?, text(name, args, 1)?)),
        "toLower" => Value::from(pure::to_lower(text(name, args, 0)?)),
        "slug" => Value::from(pure::slug(text(name, args, 0)?)),
        "truncSHA" => Value::from(pure::trunc_sha(text(name, args, 0)?)),
        "trimPrefix" => Value::from(pure::trim_prefix(text(name, args, 0)?, text(name, args, 1)?)),
        "ternary" => match view(&args[0]) {
            View::Bool(true) => args[1].clone(),
            View::Bool(false) => args[2].clone(),
            _ => return Err(wrong_type(name, args, 0, "bool")),
        },
        "indent" => {
            let View::Int(IntType::Int, count) = view(&args[0]) else {
                return Err(wrong_type(name, args, 0, "int"));
            };
            let count = usize::try_from(count).map_err(|_| calling(name, "negative count"))?;
            Value::from(pure::indent(count, text(name, args, 1)?).ok_or_else(|| too_large(name))?)
        }
        "join" => join(args)?,
        "toml" => Value::from(pure::toml(text(name, args, 0)?)),
        _ => return Err(format!("function {name:?} not defined")),
    })
}

fn join(args: &[Value]) -> Outcome {
    let items = match view(&args[0]) {
        View::List("string", items) => items,
        // No value is an empty list, where a list is asked for.
        View::Nil => Vec::new(),
        _ => return Err(wrong_type("join", args, 0, "[]string")),
    };
    let separator = text("join", args, 1)?;
    let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
    sized("join", items.join(separator))
}

/// Argument `index` as a string.
fn text<'a>(name: &str, args: &'a [Value], index: usize) -> Result<&'a str, String> {
    let arg = args[index].as_str();
    arg.ok_or_else(|| wrong_type(name, args, index, "string"))
}

fn wrong_type(name: &str, args: &[Value], index: usize, wanted: &str) -> String {
    let nth = index + 1;
    match view(&args[index]) {
        View::Nil => format!("invalid value for argument {nth} of {name}: expected {wanted}, got no value"),
        _ => format!(
            "wrong type for argument {nth} of {name}: expected {wanted}, got {}",
            type_name(&args[index])
        ),
    }
}
