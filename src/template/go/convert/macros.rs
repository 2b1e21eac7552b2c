//! `define`, `template` and `block` as macros.
//!
//! A definition that is only ever given the context becomes a macro without parameters, because Jinja's macros see the
//! context by themselves; any other gets one parameter.

use std::collections::{BTreeMap, BTreeSet};

use super::super::ast::{ExprKind, Pipe};
use super::body::Writer;
use super::tags::Piece;
use super::types::{CONTEXT, Ty};
use super::usage::{self, Event};
use super::value::{Gap, Jx, prec};
use super::{Refused, refuse};

/// What its calls give a definition as its dot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Given {
    /// The context.
    Context,
    /// Nothing.
    Nothing,
    /// Some value.
    Value,
}

/// A definition as a macro.
#[derive(Debug, Clone)]
pub(super) struct Macro {
    name: String,
    given: Given,
    /// The type of the parameter, once a call is known.
    ty: Option<Ty>,
    /// The tag it begins with.
    tag: usize,
    /// Its body is converted: the type cannot change any more.
    done: bool,
    /// Its `endmacro` is written, with the call of a `block`.
    closed: bool,
}

/// A call as it stands: by which definition, of which, with what, where.
struct Call<'a> {
    by: Option<&'a str>,
    of: &'a str,
    /// Its own dot, as the caller was given it; nothing; something else.
    with: Option<bool>,
    at: usize,
}

impl<'a> Writer<'a> {
    pub(super) fn find_macros(&mut self) -> Result<BTreeMap<String, Macro>, Refused> {
        let calls = self.calls();
        let names = || self.file.definitions.iter().map(|definition| definition.name.as_str());
        let mut context: BTreeSet<&str> = names().collect();
        let is_context = |call: &Call<'_>, context: &BTreeSet<&str>| {
            call.with == Some(true) && call.by.is_none_or(|by| context.contains(by))
        };
        loop {
            let not = calls.iter().find(|call| context.contains(call.of) && !is_context(call, &context));
            let Some(call) = not else { break };
            context.remove(call.of);
        }
        let mut found = BTreeMap::new();
        for name in self.file.definitions.iter().map(|definition| definition.name.as_str()) {
            let (tag, twice) = self.tags.definition(name);
            let Some(tag) = tag else { continue };
            if twice {
                let at = self.tags.0[tag].open;
                return refuse(
                    at,
                    format!("template {name:?} is defined twice"),
                    "keep one of the definitions",
                );
            }
            let mut own = calls.iter().filter(|call| call.of == name);
            let given = if own.clone().next().is_none() {
                Given::Value
            } else if context.contains(name) {
                Given::Context
            } else if own.clone().all(|call| call.with.is_none()) {
                Given::Nothing
            } else if let Some(call) = own.find(|call| call.with.is_none() || is_context(call, &context)) {
                return refuse(
                    call.at,
                    format!("template {name:?} is given the context or nothing here, and a value elsewhere"),
                    "give it the same everywhere, or write two definitions",
                );
            } else {
                Given::Value
            };
            let wanted: String =
                name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
            let macro_name = self.names.take(&wanted);
            let (ty, done, closed) = (None, false, false);
            found.insert(name.to_owned(), Macro { name: macro_name, given, ty, tag, done, closed });
        }
        Ok(found)
    }

    fn calls(&self) -> Vec<Call<'a>> {
        let file = self.file;
        let mut calls = Vec::new();
        let bodies =
            file.definitions.iter().map(|definition| (Some(definition.name.as_str()), &definition.body));
        for (by, body) in std::iter::once((None, &file.body)).chain(bodies) {
            usage::walk(body, &mut |event| {
                if let Event::Call { name, pipe, level } = event {
                    let alias = |pipe| match usage::only(pipe) {
                        Some(ExprKind::Variable(Some(id), None)) => {
                            self.uses.get(id).is_some_and(|used| used.is_own())
                        }
                        _ => false,
                    };
                    let with = pipe.map(|pipe| usage::is_own(pipe, level) || alias(pipe));
                    calls.push(Call { by, of: name, with, at: pipe.map_or(0, |pipe| pipe.at) });
                }
            });
        }
        calls
    }

    pub(super) fn template(&mut self, at: usize, name: &str, pipe: Option<&Pipe<'_>>) -> Result<(), Refused> {
        let Some(called) = self.macros.get(name).cloned() else {
            return refuse(
                at,
                format!("template {name:?}, which this file does not define"),
                "define it here",
            );
        };
        if pipe.is_some_and(|pipe| !pipe.targets.is_empty()) {
            return refuse(at, "`template` sets a variable", "set it in a tag of its own before");
        }
        let tag = self.tags.at(at);
        let close = self.tags.0[called.tag].close;
        let is_block = tag == called.tag;
        if self.current.is_none() && !is_block && close > tag {
            return refuse(
                at,
                format!("template {name:?} is used before it is defined"),
                "move its define up",
            );
        }
        let mut argument = String::new();
        if let (Given::Value, Some(pipe)) = (called.given, pipe) {
            let value = self.pipe(pipe)?.settled();
            if value.gap != Gap::No || called.done && called.ty != Some(value.ty) {
                return refuse(
                    at,
                    format!("template {name:?} is given values of different types, or none"),
                    "give it the same type everywhere",
                );
            }
            if let Some(known) = self.macros.get_mut(name) {
                known.ty = Some(known.ty.map_or(value.ty, |ty| ty.or(value.ty)));
            }
            argument = value.text;
        }
        let call = Piece::Print(format!("{}({argument})", called.name));
        if !is_block {
            self.put(at, vec![call]);
            return Ok(());
        }
        self.put_tag(close, vec![Piece::Block("endmacro".to_owned()), call]);
        if let Some(known) = self.macros.get_mut(name) {
            known.closed = true;
        }
        Ok(())
    }

    /// Converts the bodies of all definitions, those first whose parameter's type is known.
    pub(super) fn definitions(&mut self) {
        loop {
            let waiting = |found: &&Macro| !found.done;
            let ready = |found: &Macro| found.given != Given::Value || found.ty.is_some();
            let next =
                self.macros.iter().filter(|(_, found)| waiting(found)).max_by_key(|(_, found)| ready(found));
            let Some((name, _)) = next else { return };
            let name = name.clone();
            self.definition(&name);
        }
    }

    fn definition(&mut self, name: &str) {
        let Some(found) = self.macros.get_mut(name) else { return };
        found.done = true;
        let Macro { name: macro_name, given, ty, tag, .. } = found.clone();
        let visible = self.names.visible.len();
        let (dot, parameter) = match given {
            Given::Context => (Jx::path("", CONTEXT, Gap::No), String::new()),
            Given::Nothing => (Jx::new("none", prec::ATOM, Ty::Nil), String::new()),
            Given::Value => {
                let parameter = self.names.take("value");
                (Jx::path(parameter.clone(), ty.unwrap_or(Ty::Any), Gap::No), parameter)
            }
        };
        (self.own, self.dot) = (dot.clone(), dot);
        self.current = Some(name.to_owned());
        self.guards.clear();
        self.put_tag(tag, vec![Piece::Block(format!("macro {macro_name}({parameter})"))]);
        let file = self.file;
        for definition in file.definitions.iter().filter(|definition| definition.name == name) {
            self.items(&definition.body);
        }
        self.names.visible.truncate(visible);
        if !self.macros.get(name).is_some_and(|found| found.closed) {
            self.put_tag(self.tags.0[tag].close, vec![Piece::Block("endmacro".to_owned())]);
        }
    }
}
