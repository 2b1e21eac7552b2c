//! Field chains: struct fields, map keys, and methods without arguments.
//!
//! Follows `evalField` of `text/template/exec.go`: a missing key is no value, an unknown struct field an error, and
//! a field of no value is no value again.

use super::super::Value;
use super::super::error::nearest;
use super::object::{GoValue, View, type_name, view};
use super::runtime::Runtime;
use super::{Failure, methods};

/// `.a.b.c` of a value; `args` are for the last one, which then must be a method.
pub(super) fn chain(
    runtime: &Runtime,
    at: usize,
    receiver: &Value,
    chain: &str,
    args: &[Value],
) -> Result<Value, Failure> {
    let mut value = receiver.clone();
    let mut names = chain.split('.').peekable();
    while let Some(name) = names.next() {
        let args = if names.peek().is_none() { args } else { &[] };
        value = field(runtime, at, &value, name, args)?;
    }
    Ok(value)
}

/// Is every part of the chain a field of a struct, and so certain to be there?
pub(super) fn is_known(root: &Value, chain: &str) -> bool {
    let mut value = root.clone();
    chain.split('.').all(|name| match value.get_attr(name) {
        Ok(found) if !found.is_undefined() && is_struct(&value) => {
            value = found;
            true
        }
        _ => false,
    })
}

fn is_struct(value: &Value) -> bool {
    matches!(value.downcast_object_ref::<GoValue>(), Some(GoValue::Struct { .. }))
}

fn field(runtime: &Runtime, at: usize, value: &Value, name: &str, args: &[Value]) -> Result<Value, Failure> {
    if let Some(outcome) = methods::call(value, name, args) {
        return outcome.map_err(|why| Failure::at(at, why));
    }
    match value.downcast_object_ref::<GoValue>() {
        Some(GoValue::Struct { fields, .. }) => {
            if let Some((_, found)) = fields.iter().find(|(known, _)| *known == name) {
                return without_args(at, args, found.clone(), || {
                    format!("{name} has arguments but cannot be invoked as function")
                });
            }
            let hint = nearest(name, fields.iter().map(|(known, _)| &**known));
            Err(Failure { hint, ..unknown(at, value, name) })
        }
        Some(GoValue::Map { label, entries }) => {
            let found = entries.get(name).cloned().unwrap_or_else(|| {
                runtime.missing(at, label, name, entries);
                Value::from(())
            });
            without_args(at, args, found, || format!("{name} is not a method but has arguments"))
        }
        _ if matches!(view(value), View::Nil) => Ok(Value::from(())),
        _ => Err(unknown(at, value, name)),
    }
}

fn without_args(
    at: usize,
    args: &[Value],
    value: Value,
    message: impl FnOnce() -> String,
) -> Result<Value, Failure> {
    if args.is_empty() { Ok(value) } else { Err(Failure::at(at, message())) }
}

fn unknown(at: usize, value: &Value, name: &str) -> Failure {
    Failure::undefined(at, format!("can't evaluate field {name} in type {}", type_name(value)))
}
