//! `range` as `for`.

use super::super::ast::{Item, Pipe, VarId};
use super::body::{Var, Writer};
use super::names::singular;
use super::tags::Piece;
use super::types::Ty;
use super::value::{Gap, Jx, prec};
use super::{Refused, refuse, usage};

/// The names of a loop.
struct Names {
    /// Between `for` and `in`.
    targets: String,
    /// Tags behind the `for`.
    sets: Vec<Piece>,
    dot: Jx,
}

impl Writer<'_> {
    pub(super) fn range(
        &mut self,
        at: usize,
        pipe: &Pipe<'_>,
        body: &[Item<'_>],
        otherwise: Option<&[Item<'_>]>,
    ) -> Result<(), Refused> {
        let value = self.pipe(pipe)?;
        check(at, pipe, &value, otherwise)?;
        let opener = self.tags.at(at);
        let visible = self.names.visible.len();
        let (index, element) = match pipe.targets[..] {
            [index, element, ..] => (Some(index), Some(element)),
            [element] => (None, Some(element)),
            [] => (None, None),
        };
        let wants_element = usage::reads_dot(body) || element.is_some_and(|id| self.is_used(id));
        let names = if matches!(value.ty, Ty::Map(_)) {
            self.map_names(at, &value, index, element, wants_element)
        } else {
            self.list_names(at, &value, index, element)
        };
        let all = match value.ty {
            Ty::Map(_) if index.is_some() && !wants_element => value.wrap(prec::OR),
            Ty::Map(_) => value.filter("items", Ty::Any).text,
            Ty::Int => format!("range({})", value.text),
            _ => value.tested().wrap(prec::OR),
        };
        let mut opening = vec![Piece::Block(format!("for {} in {all}", names.targets))];
        opening.extend(names.sets);
        // Jinja's `else` of a loop also runs when the first turn leaves it.
        let guarded = otherwise.is_some() && usage::breaks(body);
        if guarded {
            let condition = match value.ty {
                Ty::Int => format!("{} > 0", value.wrap(prec::CONCAT)),
                _ => value.tested().wrap(prec::OR),
            };
            opening.insert(0, Piece::Block(format!("if {condition}")));
        }
        self.put(at, opening);
        let outer = std::mem::replace(&mut self.dot, names.dot);
        let in_else = std::mem::replace(&mut self.in_else, false);
        self.inner(body);
        self.dot = outer;
        self.names.visible.truncate(visible);
        let block = |word: &str| Piece::Block(word.to_owned());
        if let Some(items) = otherwise {
            let tags = if guarded { vec![block("endfor"), block("else")] } else { vec![block("else")] };
            if let Some(&tag) = self.tags.0[opener].elses.last() {
                self.put_tag(tag, tags);
            }
            self.in_else = true;
            self.inner(items);
            self.names.visible.truncate(visible);
        }
        self.in_else = in_else;
        self.put_tag(self.tags.0[opener].close, vec![block(if guarded { "endif" } else { "endfor" })]);
        Ok(())
    }

    fn is_used(&self, id: VarId) -> bool {
        self.uses.get(&id).is_some_and(|used| used.read || used.assigned)
    }

    fn list_names(&mut self, at: usize, value: &Jx, index: Option<VarId>, element: Option<VarId>) -> Names {
        let mut sets = Vec::new();
        let position = usize::from(index.is_some());
        let name =
            self.loop_name(at, element, position, &singular(&value.text), value.ty.element(), &mut sets);
        if let Some(id) = index.filter(|id| self.is_used(*id)) {
            let number = Jx::path("loop.index0", Ty::Int, Gap::No);
            let used = self.uses.get(&id).copied().unwrap_or_default();
            if used.assigned || used.read_deeper {
                let wanted = self.go_name(at, 0);
                sets.push(self.declare(id, &wanted, &number));
            } else {
                self.vars.insert(id, Var { read: Jx { path: false, ..number }, set: String::new() });
            }
        }
        Names { dot: Jx::path(name.clone(), value.ty.element(), Gap::No), targets: name, sets }
    }

    fn map_names(
        &mut self,
        at: usize,
        value: &Jx,
        index: Option<VarId>,
        element: Option<VarId>,
        wants_element: bool,
    ) -> Names {
        let mut sets = Vec::new();
        let key = self.loop_name(at, index, 0, "key", Ty::Str, &mut sets);
        if index.is_some() && !wants_element {
            return Names { dot: Jx::new("none", prec::ATOM, Ty::Nil), targets: key, sets };
        }
        let position = usize::from(index.is_some());
        let name = self.loop_name(at, element, position, &singular(&value.text), Ty::Str, &mut sets);
        Names { dot: Jx::path(name.clone(), Ty::Str, Gap::No), targets: format!("{key}, {name}"), sets }
    }

    /// The name of what a loop gives: the variable's own, unless that is assigned in the loop.
    fn loop_name(
        &mut self,
        at: usize,
        id: Option<VarId>,
        position: usize,
        fallback: &str,
        ty: Ty,
        sets: &mut Vec<Piece>,
    ) -> String {
        let Some(id) = id else { return self.names.take(fallback) };
        let wanted = self.go_name(at, position);
        if self.uses.get(&id).is_some_and(|used| used.assigned) {
            let name = self.names.take(fallback);
            let given = Jx::path(name.clone(), ty, Gap::No);
            sets.push(self.declare(id, &wanted, &given));
            return name;
        }
        let name = self.names.take(&wanted);
        self.vars.insert(id, Var { read: Jx::path(name.clone(), ty, Gap::No), set: name.clone() });
        name
    }
}

fn check(at: usize, pipe: &Pipe<'_>, value: &Jx, otherwise: Option<&[Item<'_>]>) -> Result<(), Refused> {
    let by_hand = |what: &str, how: &str| refuse(at, format!("`range` {what}"), how);
    if pipe.assign {
        return by_hand("that assigns to variables (`=`)", "declare its variables with `:=`");
    }
    if matches!(value.ty, Ty::Nil | Ty::Str | Ty::Bool | Ty::Float | Ty::Shown | Ty::Struct(_)) {
        return by_hand("over what is no list, map or number", "it fails in Go as well: correct it");
    }
    if value.ty == Ty::Int && pipe.targets.len() > 1 {
        return by_hand("over a number with two variables", "it fails in Go as well: correct it");
    }
    let items = otherwise.unwrap_or_default();
    if pipe.targets.iter().any(|id| usage::reads(items, *id)) {
        return by_hand("whose `else` reads the loop's variables", "read what is ranged over instead");
    }
    Ok(())
}
