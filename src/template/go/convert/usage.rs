//! How a template uses its variables and its dot: what decides whether a variable needs a namespace object, whether a
//! loop needs a name for its index, and whether a definition needs a parameter.

use std::collections::BTreeMap;

use super::super::ast::{Expr, ExprKind, File, Item, Pipe, VarId};

/// Something met on a walk. `depth` counts the loops around it, `level` how often the dot has been set anew.
pub(super) enum Event<'e, 's> {
    Declare {
        id: VarId,
        depth: usize,
    },
    Assign {
        id: VarId,
        depth: usize,
    },
    Read {
        id: VarId,
        depth: usize,
    },
    /// `$root := .`: a name for what the body was given.
    Alias {
        id: VarId,
    },
    /// `$`, or a field of it.
    Root {
        field: Option<&'e str>,
    },
    /// The dot, or a field of it.
    Dot {
        level: usize,
        field: Option<&'e str>,
    },
    /// A `template` call.
    Call {
        name: &'e str,
        pipe: Option<&'e Pipe<'s>>,
        level: usize,
    },
    Break {
        depth: usize,
    },
}

/// Walks a body.
pub(super) fn walk<'e, 's>(items: &'e [Item<'s>], f: &mut dyn FnMut(Event<'e, 's>)) {
    Walk { f }.items(items, 0, 0);
}

struct Walk<'f, 'e, 's> {
    f: &'f mut dyn FnMut(Event<'e, 's>),
}

impl<'e, 's> Walk<'_, 'e, 's> {
    fn items(&mut self, items: &'e [Item<'s>], depth: usize, level: usize) {
        for item in items {
            match item {
                Item::Text { .. } | Item::Continue { .. } => {}
                Item::Action { pipe, .. } => {
                    self.pipe(pipe, depth, level, depth);
                    if let ([id], false, true) = (&pipe.targets[..], pipe.assign, is_own(pipe, level)) {
                        (self.f)(Event::Alias { id: *id });
                    }
                }
                Item::Branch { with, arms, otherwise } => {
                    for arm in arms {
                        self.pipe(&arm.pipe, depth, level, depth);
                        self.items(&arm.body, depth, level + usize::from(*with));
                    }
                    self.items(otherwise.as_deref().unwrap_or_default(), depth, level);
                }
                Item::Range { pipe, body, otherwise, .. } => {
                    self.pipe(pipe, depth, level, depth + 1);
                    self.items(body, depth + 1, level + 1);
                    self.items(otherwise.as_deref().unwrap_or_default(), depth, level);
                }
                Item::Break { .. } => (self.f)(Event::Break { depth }),
                Item::Call { name, pipe, .. } => {
                    (self.f)(Event::Call { name, pipe: pipe.as_ref(), level });
                    if let Some(pipe) = pipe {
                        self.pipe(pipe, depth, level, depth);
                    }
                }
            }
        }
    }

    fn pipe(&mut self, pipe: &'e Pipe<'s>, depth: usize, level: usize, declared: usize) {
        for command in &pipe.commands {
            for arg in &command.args {
                self.expr(arg, depth, level);
            }
        }
        for &id in &pipe.targets {
            (self.f)(if pipe.assign {
                Event::Assign { id, depth: declared }
            } else {
                Event::Declare { id, depth: declared }
            });
        }
    }

    fn expr(&mut self, expr: &'e Expr<'s>, depth: usize, level: usize) {
        match &expr.kind {
            ExprKind::Dot => (self.f)(Event::Dot { level, field: None }),
            ExprKind::Field(chain) => (self.f)(Event::Dot { level, field: Some(chain) }),
            ExprKind::Variable(None, chain) => {
                (self.f)(Event::Root { field: chain.as_deref() });
            }
            ExprKind::Variable(Some(id), _) => (self.f)(Event::Read { id: *id, depth }),
            ExprKind::Chain(inner, _) => self.expr(inner, depth, level),
            ExprKind::Pipe(pipe) => self.pipe(pipe, depth, level, depth),
            _ => {}
        }
    }
}

/// How one variable is used.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct VarUse {
    declared: usize,
    /// Assigned with `=` somewhere.
    pub assigned: bool,
    /// Assigned inside a loop that its declaration is outside of: Jinja's `set` would not reach it.
    pub shared: bool,
    pub read: bool,
    own: bool,
    /// Read inside a loop within its own, where `loop` is another.
    pub read_deeper: bool,
}

impl VarUse {
    /// Whether it always is what the body was given, as `$` is.
    pub(super) fn is_own(self) -> bool {
        self.own && !self.assigned
    }
}

/// Is it just `.` or `$`?
pub(super) fn is_own(pipe: &Pipe<'_>, level: usize) -> bool {
    only(pipe)
        .is_some_and(|kind| matches!((kind, level), (ExprKind::Dot, 0) | (ExprKind::Variable(None, None), _)))
}

/// The one operand that a pipeline is.
pub(super) fn only<'p, 's>(pipe: &'p Pipe<'s>) -> Option<&'p ExprKind<'s>> {
    match &pipe.commands[..] {
        [command] => match &command.args[..] {
            [one] => Some(&one.kind),
            _ => None,
        },
        _ => None,
    }
}

/// All variables of a file.
pub(super) fn variables(file: &File<'_>) -> BTreeMap<VarId, VarUse> {
    let mut found: BTreeMap<VarId, VarUse> = BTreeMap::new();
    let bodies = file.definitions.iter().map(|definition| &definition.body);
    for body in std::iter::once(&file.body).chain(bodies) {
        walk(body, &mut |event| match event {
            Event::Declare { id, depth } => found.entry(id).or_default().declared = depth,
            Event::Assign { id, depth } => {
                let used = found.entry(id).or_default();
                used.assigned = true;
                used.shared |= depth > used.declared;
            }
            Event::Alias { id } => found.entry(id).or_default().own = true,
            Event::Read { id, depth } => {
                let used = found.entry(id).or_default();
                used.read = true;
                used.read_deeper |= depth > used.declared;
            }
            _ => {}
        });
    }
    found
}

/// Whether a body reads the dot it is given.
pub(super) fn reads_dot(body: &[Item<'_>]) -> bool {
    let mut found = false;
    walk(body, &mut |event| found |= matches!(event, Event::Dot { level: 0, .. }));
    found
}

/// Whether a loop's body leaves that loop.
pub(super) fn breaks(body: &[Item<'_>]) -> bool {
    let mut found = false;
    walk(body, &mut |event| found |= matches!(event, Event::Break { depth: 0 }));
    found
}

/// Whether a body assigns variables or declares any.
pub(super) fn sets(body: &[Item<'_>]) -> bool {
    let mut found = false;
    walk(body, &mut |event| found |= matches!(event, Event::Assign { .. } | Event::Declare { .. }));
    found
}

/// Whether a body reads this variable.
pub(super) fn reads(body: &[Item<'_>], wanted: VarId) -> bool {
    let mut found = false;
    walk(body, &mut |event| found |= matches!(event, Event::Read { id, .. } if id == wanted));
    found
}
