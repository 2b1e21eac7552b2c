//! From the engine's errors to ours: message, column and the nearest known name.

use minijinja::value::ValueKind;
use minijinja::{Error, ErrorKind};

use super::super::error::{near, nearest};
use super::super::{Dialect, Environment, TemplateError, TemplateErrorKind, Value, foreign};
use super::functions::FILTERS;

/// Explains an error of a template named `name` with source `text`.
pub(super) fn explain(
    name: &str,
    text: &str,
    error: &Error,
    environment: &Environment<'_>,
    root: &Value,
) -> TemplateError {
    let (message, hint) = describe(error, environment, root);
    let line = error.line().unwrap_or(1);
    let located = match error.range().filter(|range| range.start <= text.len()) {
        Some(range) => TemplateError::at_offset(name, text, start(text, range.start), message),
        None => TemplateError::at_line(name, text, u32::try_from(line).unwrap_or(u32::MAX), message),
    };
    let kind = match error.kind() {
        ErrorKind::SyntaxError => TemplateErrorKind::Syntax,
        ErrorKind::UndefinedError
        | ErrorKind::UnknownFunction
        | ErrorKind::UnknownFilter
        | ErrorKind::UnknownTest
        | ErrorKind::UnknownMethod => TemplateErrorKind::Undefined,
        _ => TemplateErrorKind::Failed,
    };
    let foreign = error
        .range()
        .filter(|_| kind == TemplateErrorKind::Undefined)
        .and_then(|range| foreign::hint(text, range.start, Dialect::Jinja));
    located.with_hint(foreign.or(hint)).of_kind(kind)
}

/// The engine's spans sometimes begin at the tag: then what is inside is meant.
fn start(text: &str, at: usize) -> usize {
    let Some(inside) =
        text.get(at..).and_then(|rest| rest.strip_prefix("{{").or_else(|| rest.strip_prefix("{%")))
    else {
        return at;
    };
    let trimmed = inside.trim_start_matches(['-', '+']).trim_start();
    text.len() - trimmed.len()
}

fn describe(error: &Error, environment: &Environment<'_>, root: &Value) -> (String, Option<String>) {
    let detail = error.detail().unwrap_or_default();
    let globals = || environment.globals().map(|(name, _)| name.to_owned()).collect::<Vec<_>>();
    match error.kind() {
        ErrorKind::UndefinedError => undefined(detail, root, &globals()),
        ErrorKind::UnknownFunction => {
            let wanted = detail.split(' ').next().unwrap_or_default();
            let known = globals();
            (format!("unknown function \"{wanted}\""), near(wanted, known.iter().map(String::as_str)))
        }
        ErrorKind::UnknownFilter => {
            let wanted = detail.trim_start_matches("filter ").split(' ').next().unwrap_or_default();
            let known = BUILTIN_FILTERS.iter().chain(&FILTERS).copied();
            (format!("unknown filter \"{wanted}\""), near(wanted, known))
        }
        ErrorKind::OutOfFuel => {
            ("the template does too much: it loops or writes without end".to_owned(), None)
        }
        ErrorKind::InvalidOperation | ErrorKind::SyntaxError if detail.contains("recursion limit") => {
            ("nested too deeply".to_owned(), None)
        }
        ErrorKind::InvalidOperation if !detail.is_empty() => (detail.to_owned(), None),
        kind if detail.is_empty() => (kind.to_string(), None),
        kind => (format!("{kind}: {detail}"), None),
    }
}

/// Filters of the engine, which it does not list itself.
const BUILTIN_FILTERS: [&str; 42] = [
    "abs",
    "attr",
    "batch",
    "bool",
    "capitalize",
    "chain",
    "count",
    "default",
    "dictsort",
    "escape",
    "first",
    "float",
    "format",
    "groupby",
    "indent",
    "int",
    "items",
    "join",
    "last",
    "length",
    "lines",
    "list",
    "lower",
    "map",
    "max",
    "min",
    "reject",
    "rejectattr",
    "replace",
    "reverse",
    "round",
    "select",
    "selectattr",
    "slice",
    "sort",
    "split",
    "string",
    "sum",
    "title",
    "tojson",
    "trim",
    "upper",
];

/// "`Versions.apii` is undefined": which part is missing, and what there is instead.
fn undefined(detail: &str, root: &Value, globals: &[String]) -> (String, Option<String>) {
    let Some(path) = detail.strip_prefix('`').and_then(|rest| rest.split('`').next()) else {
        let message = if detail.is_empty() {
            "undefined value".to_owned()
        } else {
            format!("undefined value: {detail}")
        };
        return (message, None);
    };
    let parts = split(path);
    let Some((last, parents)) = parts.split_last() else { return (detail.to_owned(), None) };
    let mut holder = root.clone();
    for part in parents {
        holder = holder.get_item(&Value::from(part.as_str())).unwrap_or_default();
    }
    // Only maps have names to tell; what else can be walked through would show its content: a text its letters.
    let keys = (holder.kind() == ValueKind::Map).then(|| holder.try_iter()).into_iter().flatten().flatten();
    let mut known: Vec<String> = keys.filter_map(|k| k.as_str().map(str::to_owned)).collect();
    if parents.is_empty() {
        known.extend_from_slice(globals);
    }
    let names = known.iter().map(String::as_str);
    // The machine's environment is no list for an error message.
    let many = parents.is_empty() || parents == ["EnvMap"];
    let hint = if many { near(last, names) } else { nearest(last, names) };
    (format!("`{path}` is undefined"), hint)
}

/// `Versions['web-ui'].x` to `Versions`, `web-ui`, `x`.
fn split(path: &str) -> Vec<String> {
    path.split(['.', '[', ']'])
        .map(|part| part.trim_matches(['\'', '"']))
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}
