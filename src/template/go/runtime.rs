//! The object that translated templates call: `go.f(…)`, `go.printf(…)` and the rest. One per render.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use minijinja::value::{Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State};

use super::super::Value;
use super::super::context::Strings;
use super::super::error::nearest;
use super::object::{GoValue, IntType, View, type_name, view};
use super::{Failure, field, functions};

/// How deep templates may call each other. Go allows 100000, on a stack that grows.
const MAX_CALLS: usize = 64;

/// What one render needs and gathers.
#[derive(Debug)]
pub(super) struct Runtime {
    pub env: Arc<Strings>,
    pub now: Timestamp,
    calls: AtomicUsize,
    /// Missing keys of `Versions`: where, and what to say.
    pub warnings: Mutex<Vec<(usize, String)>>,
    /// Is this render for a line map?
    traced: bool,
    /// For a line map: the lines of what each `template` call wrote, in the order of the calls.
    pub lines: Mutex<Vec<Vec<u32>>>,
}

/// A variable that is assigned after its declaration, perhaps from inside a loop.
#[derive(Debug, Default)]
struct Cell(Mutex<Value>);

impl Object for Cell {
    fn get_value_by_str(self: &Arc<Self>, _key: &str) -> Option<Value> {
        Some(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    fn get_value(self: &Arc<Self>, _key: &Value) -> Option<Value> {
        self.get_value_by_str("v")
    }
}

impl Object for Runtime {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn call_method(
        self: &Arc<Self>,
        state: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        match (method, args) {
            ("cell", [value]) => return Ok(Value::from_object(Cell(Mutex::new(value.clone())))),
            ("put", [cell, value]) => {
                if let Some(cell) = cell.downcast_object_ref::<Cell>() {
                    value.clone_into(&mut cell.0.lock().unwrap_or_else(PoisonError::into_inner));
                }
                return Ok(value.clone());
            }
            // The last argument of `and` and `or` came through a pipe, so that it is evaluated first and always.
            ("and_piped", [piped, value]) => return Ok(if value.is_true() { piped } else { value }.clone()),
            ("or_piped", [piped, value]) => return Ok(if value.is_true() { value } else { piped }.clone()),
            ("duration", [number]) => return Ok(int(IntType::Duration, number.as_i64().unwrap_or(0))),
            ("complex", [real, imaginary]) => {
                return Ok(Value::from_object(GoValue::Complex(
                    real.clone().try_into()?,
                    imaginary.clone().try_into()?,
                )));
            }
            _ => {}
        }
        let Some((at, args)) = args.split_first() else { return Err(ErrorKind::MissingArgument.into()) };
        let at = at.as_usize().unwrap_or(0);
        self.dispatch(state, at, method, args).map_err(|stop| match stop {
            Stop::Failed(failure) => Error::new(ErrorKind::InvalidOperation, "").with_source(failure),
            Stop::Engine(error) => error,
        })
    }
}

/// Why a call stopped: a mistake of this dialect, or an engine's error from further inside.
enum Stop {
    Failed(Failure),
    Engine(Error),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl Runtime {
    pub(super) fn new(env: Arc<Strings>, now: Timestamp, traced: bool) -> Self {
        let (warnings, lines) = Default::default();
        Self { env, now, calls: AtomicUsize::new(0), warnings, traced, lines }
    }

    fn dispatch(
        &self,
        state: &State<'_, '_>,
        at: usize,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Stop> {
        match (method, args) {
            ("f", [receiver, chain]) => {
                Ok(field::chain(self, at, receiver, chain.as_str().unwrap_or(""), &[])?)
            }
            ("m", [receiver, chain, args @ ..]) => {
                Ok(field::chain(self, at, receiver, chain.as_str().unwrap_or(""), args)?)
            }
            // What came through a pipe is evaluated first and stands last.
            ("mp", [piped, receiver, chain, args @ ..]) => {
                let args = [args, std::slice::from_ref(piped)].concat();
                Ok(field::chain(self, at, receiver, chain.as_str().unwrap_or(""), &args)?)
            }
            ("piped", [name, piped, args @ ..]) => {
                let args = [args, std::slice::from_ref(piped)].concat();
                self.call(at, name.as_str().unwrap_or(""), &args)
            }
            ("range", [value]) => Ok(range(at, value)?),
            ("pairs", [value]) => Ok(pairs(at, value)?),
            ("template", [name, dot]) => self.template(state, at, name.as_str().unwrap_or(""), dot),
            ("raise", [message, more @ ..]) => {
                let hint = more.first().and_then(|hint| hint.as_str()).map(str::to_owned);
                Err(Failure { hint, ..Failure::at(at, message.as_str().unwrap_or("")) }.into())
            }
            (name, args) => self.call(at, name, args),
        }
    }

    fn call(&self, at: usize, name: &str, args: &[Value]) -> Result<Value, Stop> {
        let outcome = functions::call(self, at, name, args);
        Ok(outcome.map_err(|why| Failure::at(at, why))?)
    }

    pub(super) fn now(&self) -> Value {
        Value::from_object(GoValue::Time(self.now))
    }

    pub(super) fn env(&self, key: &str) -> Option<&str> {
        self.env.get(key).map(String::as_str)
    }

    /// Takes note of a missing key, if it is one of those that deserve a warning.
    pub(super) fn missing(&self, at: usize, label: &str, key: &str, known: &BTreeMap<String, Value>) {
        if label != "Versions" {
            return;
        }
        let mut message = format!("{label} has no {key:?}");
        if let Some(hint) = nearest(key, known.keys().map(String::as_str)) {
            message = format!("{message}; {hint}");
        }
        let mut warnings = self.warnings.lock().unwrap_or_else(PoisonError::into_inner);
        if warnings.len() < 1000 && !warnings.iter().any(|known| known.0 == at && known.1 == message) {
            warnings.push((at, message));
        }
    }

    /// `{{ template "name" dot }}`
    fn template(&self, state: &State<'_, '_>, at: usize, name: &str, dot: &Value) -> Result<Value, Stop> {
        let Ok(template) = state.env().get_template(name) else {
            let hint = nearest(name, state.env().templates().map(|(known, _)| known));
            return Err(
                Failure { hint, ..Failure::undefined(at, format!("template {name:?} not defined")) }.into()
            );
        };
        let depth = self.calls.fetch_add(1, Ordering::Relaxed);
        if depth >= MAX_CALLS {
            let message = format!("templates call each other more than {MAX_CALLS} deep");
            return Err(Failure::at(at, message).into());
        }
        let Some(go) = state.lookup("go") else {
            return Err(Stop::Engine(ErrorKind::InvalidOperation.into()));
        };
        let context = Value::from_pairs([("go", go), ("d0", dot.clone())]);
        let text = if self.traced {
            super::run::trace(&template, context, &self.lines).map_err(Stop::Engine)?
        } else {
            let done = template.render_captured(context).map_err(Stop::Engine)?;
            if let Some((used, _)) = done.state().fuel_levels() {
                state.consume_fuel(used).map_err(Stop::Engine)?;
            }
            done.into_output()
        };
        self.calls.fetch_sub(1, Ordering::Relaxed);
        Ok(Value::from(text))
    }
}

fn cannot_range(at: usize, value: &Value) -> Failure {
    Failure::at(at, format!("range can't iterate over a value of type {}", type_name(value)))
}

/// What `range` gives as elements.
fn range(at: usize, value: &Value) -> Result<Value, Failure> {
    Ok(match view(value) {
        View::Nil | View::Int(_, ..=0) => Value::from(Vec::<Value>::new()),
        View::List(_, items) => Value::from(items),
        View::Map(_, pairs) => Value::from(pairs.into_iter().map(|(_, item)| item).collect::<Vec<_>>()),
        View::Int(kind, count) => Value::make_iterable(move || (0..count).map(move |n| int(kind, n))),
        _ => return Err(cannot_range(at, value)),
    })
}

fn int(kind: IntType, value: i64) -> Value {
    match kind {
        IntType::Int => Value::from(value),
        kind => Value::from_object(GoValue::Int(kind, value)),
    }
}

/// What `range $i, $x :=` gives: indexes or keys with their elements.
fn pairs(at: usize, value: &Value) -> Result<Value, Failure> {
    let pair = |key: Value, item: Value| Value::from(vec![key, item]);
    Ok(match view(value) {
        View::Nil => Value::from(Vec::<Value>::new()),
        View::List(_, items) => {
            let pairs = items.into_iter().enumerate().map(|(index, item)| pair(Value::from(index), item));
            Value::from(pairs.collect::<Vec<_>>())
        }
        View::Map(_, pairs) => {
            Value::from(pairs.into_iter().map(|(key, item)| pair(key, item)).collect::<Vec<_>>())
        }
        View::Int(_, count) => {
            return Err(Failure::at(at, format!("can't use {count} to iterate over more than one variable")));
        }
        _ => return Err(cannot_range(at, value)),
    })
}
