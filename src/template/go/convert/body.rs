//! The walk over the tree: what each tag becomes. Tags are filled in where they stand; text between them is copied.

use std::collections::BTreeMap;

use super::super::ast::{Arm, File, Item, Pipe, VarId};
use super::macros::Macro;
use super::names::Names;
use super::tags::{self, Piece, Tags};
use super::types::{CONTEXT, Ty};
use super::usage::{self, Event, VarUse};
use super::value::{Gap, Jx, Part, prec};
use super::{Converted, Facts, Refused, refuse, words};

/// A variable: how it is read, and what is set.
#[derive(Debug, Clone)]
pub(super) struct Var {
    pub read: Jx,
    pub set: String,
}

/// The state of a conversion.
pub(super) struct Writer<'a> {
    pub text: &'a str,
    pub file: &'a File<'a>,
    pub facts: &'a Facts,
    pub tags: Tags,
    pub uses: BTreeMap<VarId, VarUse>,
    pub names: Names,
    pub vars: BTreeMap<VarId, Var>,
    pub macros: BTreeMap<String, Macro>,
    /// The current dot; empty text is the context itself.
    pub dot: Jx,
    /// `$`
    pub own: Jx,
    /// The definition whose body is being converted.
    pub current: Option<String>,
    /// Is this the `else` of a `range`? Jinja's `break` there leaves the loop around it.
    pub in_else: bool,
    /// What is known to have a value here.
    pub guards: Vec<String>,
    pub done: Converted,
    pieces: BTreeMap<usize, Vec<Piece>>,
    refused: Vec<Refused>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(text: &'a str, file: &'a File<'a>, facts: &'a Facts) -> Self {
        let root = Jx::path("", CONTEXT, Gap::No);
        Self {
            text,
            file,
            facts,
            tags: Tags::of(text),
            uses: usage::variables(file),
            names: Names::default(),
            vars: BTreeMap::new(),
            macros: BTreeMap::new(),
            dot: root.clone(),
            own: root,
            current: None,
            in_else: false,
            guards: Vec::new(),
            done: Converted::default(),
            pieces: BTreeMap::new(),
            refused: Vec::new(),
        }
    }

    /// Converts the file.
    pub(super) fn run(mut self) -> Result<Converted, Vec<Refused>> {
        self.prepare();
        let file = self.file;
        self.items(&file.body);
        self.definitions();
        if self.refused.is_empty() {
            self.done.text = self.assemble();
            Ok(self.done)
        } else {
            Err(self.refused)
        }
    }

    fn prepare(&mut self) {
        self.names.namespaces = self.uses.values().any(|used| used.shared);
        let bodies = self.file.definitions.iter().map(|definition| &definition.body);
        for body in std::iter::once(&self.file.body).chain(bodies) {
            let fields = &mut self.names.fields;
            usage::walk(body, &mut |event| {
                if let Event::Dot { field: Some(chain), .. } | Event::Root { field: Some(chain) } = event {
                    fields.extend(chain.split('.').next().map(str::to_owned));
                }
            });
        }
        match self.find_macros() {
            Ok(macros) => self.macros = macros,
            Err(refused) => self.refused.push(refused),
        }
    }

    pub(super) fn items(&mut self, items: &[Item<'_>]) {
        for item in items {
            if let Err(refused) = self.item(item) {
                self.refused.push(refused);
            }
        }
    }

    fn item(&mut self, item: &Item<'_>) -> Result<(), Refused> {
        match item {
            Item::Text { .. } => Ok(()),
            Item::Action { at, pipe } => self.action(*at, pipe),
            Item::Branch { with, arms, otherwise } => self.branch(*with, arms, otherwise.as_deref()),
            Item::Range { at, pipe, body, otherwise } => self.range(*at, pipe, body, otherwise.as_deref()),
            Item::Break { at } if self.in_else => {
                refuse(*at, "`break` in the `else` of a `range`", "put what it skips into an `if`")
            }
            Item::Break { at } => {
                self.put(*at, vec![Piece::Block("break".to_owned())]);
                Ok(())
            }
            Item::Continue { at } => {
                self.put(*at, vec![Piece::Block("continue".to_owned())]);
                Ok(())
            }
            Item::Call { at, name, pipe } => self.template(*at, name, pipe.as_ref()),
        }
    }

    /// Fills in the tag that `at` is in.
    pub(super) fn put(&mut self, at: usize, pieces: Vec<Piece>) {
        self.put_tag(self.tags.at(at), pieces);
    }

    pub(super) fn put_tag(&mut self, tag: usize, pieces: Vec<Piece>) {
        self.pieces.entry(tag).or_default().extend(pieces);
    }

    fn action(&mut self, at: usize, pipe: &Pipe<'_>) -> Result<(), Refused> {
        if let ([id], true) = (&pipe.targets[..], self.own.is_root())
            && self.uses.get(id).is_some_and(|used| used.is_own())
        {
            self.vars.insert(*id, Var { read: self.own.clone(), set: String::new() });
            self.put(
                at,
                vec![Piece::Note(format!("{} is the context, whose names stand alone", self.go_name(at, 0)))],
            );
            return Ok(());
        }
        let value = self.pipe(pipe).inspect_err(|_| self.assume(pipe))?;
        let pieces = match pipe.targets[..] {
            [id, ..] => vec![self.bind(at, id, pipe.assign, &value)?],
            [] => match self.side_by_side(at, &value) {
                Some(pieces) => pieces,
                None if value.ty == Ty::Bool && self.is_when(at) => vec![Piece::Print(value.text)],
                None => vec![Piece::Print(value.printed(at)?)],
            },
        };
        self.put(at, pieces);
        Ok(())
    }

    /// Whether a tag is the whole value of a `when`, which is read in any case: `True` will do.
    fn is_when(&self, at: usize) -> bool {
        let tag = &self.tags.0[self.tags.at(at)];
        let before = self.text[..tag.open].rsplit('\n').next().unwrap_or_default();
        let after = self.text[tag.end..].split('\n').next().unwrap_or_default();
        let quotes = ['\'', '"'];
        let key = before.trim_end_matches(quotes).trim_start().trim_start_matches("- ");
        self.facts.when && key == "when: " && after.trim_end().trim_matches(quotes).is_empty()
    }

    /// `printf "%s-%s" .A .B` as `{{ A }}-{{ B }}`, where the text between cannot disturb what is around it.
    fn side_by_side(&self, at: usize, value: &Jx) -> Option<Vec<Piece>> {
        let parts = value.parts.as_ref().filter(|parts| parts.len() > 1)?;
        let tag = &self.tags.0[self.tags.at(at)];
        if self.text[tag.open..tag.end].contains('\n') {
            return None;
        }
        let starts_value = self.text[..tag.open].ends_with(": ");
        let ends_line = matches!(self.text.as_bytes().get(tag.end), None | Some(b'\n' | b'\r'));
        let harmless = |c: char| {
            c.is_ascii_alphanumeric() || "-_./:@".contains(c) || c == '"' && starts_value && ends_line
        };
        let is_text = |part: Option<&Part>| matches!(part, Some(Part::Text(_)));
        if tag.trim_left && is_text(parts.first()) || tag.trim_right && is_text(parts.last()) {
            return None;
        }
        parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => text.chars().all(harmless).then(|| Piece::Text(text.clone())),
                Part::Value(value) => value.printed(at).ok().map(Piece::Print),
            })
            .collect()
    }

    /// `$x := value` or `$x = value`.
    pub(super) fn bind(&mut self, at: usize, id: VarId, assign: bool, value: &Jx) -> Result<Piece, Refused> {
        let settled = value.settled();
        if assign {
            let Some(var) = self.vars.get(&id) else {
                return refuse(at, "an assignment to a variable that is not set here", "set it before");
            };
            if var.read.ty != settled.ty || settled.gap != Gap::No {
                return refuse(
                    at,
                    "a variable is assigned a value of another type than it was declared with",
                    "use two variables, or make both the same type",
                );
            }
            return Ok(Piece::Block(format!("set {} = {}", var.set, settled.text)));
        }
        let wanted = self.go_name(at, 0);
        Ok(self.declare(id, &wanted, &settled))
    }

    /// Variables whose value is refused already: what is made of them needs no refusals of its own.
    fn assume(&mut self, pipe: &Pipe<'_>) {
        if !pipe.assign {
            let read = Jx::path("none", Ty::Any, Gap::No);
            self.vars
                .extend(pipe.targets.iter().map(|id| (*id, Var { read: read.clone(), set: String::new() })));
        }
    }

    /// A new variable.
    pub(super) fn declare(&mut self, id: VarId, wanted: &str, settled: &Jx) -> Piece {
        let used = self.uses.get(&id).copied().unwrap_or_default();
        let name = self.names.take(wanted);
        let (path, code) = if used.shared {
            (format!("{name}.value"), format!("set {name} = namespace(value={})", settled.text))
        } else {
            (name.clone(), format!("set {name} = {}", settled.text))
        };
        let read = Jx { path: !used.assigned, ..Jx::path(path.clone(), settled.ty, settled.gap) };
        self.vars.insert(id, Var { read, set: path });
        Piece::Block(code)
    }

    /// The name that a tag declares, the first or (in `range`) the second.
    pub(super) fn go_name(&self, at: usize, position: usize) -> String {
        let tag = &self.tags.0[self.tags.at(at)];
        let declared = self.text[tag.open..tag.end].split(":=").next().unwrap_or_default();
        let name = declared.split('$').nth(position + 1).unwrap_or_default();
        name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    }

    /// `$` or a variable.
    pub(super) fn variable(&self, at: usize, id: Option<VarId>) -> Result<Jx, Refused> {
        let Some(id) = id else { return Ok(self.own.clone()) };
        let Some(var) = self.vars.get(&id) else {
            return refuse(
                at,
                "a variable is read in an `else`, and its name is set in the branch before",
                "give one of the two variables another name",
            );
        };
        let mut read = var.read.clone();
        if self.guards.contains(&read.text) {
            read.gap = Gap::No;
        }
        Ok(read)
    }

    /// The items of a block, whose variables end with it.
    pub(super) fn inner(&mut self, items: &[Item<'_>]) {
        let next = self.vars.last_key_value().map_or(0, |(id, _)| id + 1);
        self.items(items);
        self.vars.split_off(&next);
    }

    /// Whether offset `at` is inside a single-quoted value of its line.
    pub(super) fn inside_single_quotes(&self, at: usize) -> bool {
        let tag = &self.tags.0[self.tags.at(at)];
        let line = self.text[..tag.open].rfind('\n').map_or(0, |newline| newline + 1);
        self.text[line..tag.open].matches('\'').count() % 2 == 1
    }

    fn branch(
        &mut self,
        with: bool,
        arms: &[Arm<'_>],
        otherwise: Option<&[Item<'_>]>,
    ) -> Result<(), Refused> {
        let Some(first) = arms.first() else { return Ok(()) };
        let opener = self.tags.at(first.at);
        let (visible, guarded) = (self.names.visible.len(), self.guards.len());
        let mut closing = 0;
        let mut close = "endif";
        let mut failure = None;
        for (index, arm) in arms.iter().enumerate() {
            let (dot, known) = (self.dot.clone(), self.guards.len());
            match self.condition(with, arm, index > 0, arms.len() == 1 && otherwise.is_none()) {
                Ok((pieces, opens, word)) => {
                    closing += usize::from(opens);
                    close = word;
                    self.put(arm.at, pieces);
                }
                Err(refused) => failure = failure.or(Some(refused)),
            }
            self.inner(&arm.body);
            self.dot = dot;
            self.guards.truncate(known);
        }
        if let Some(items) = otherwise {
            if let Some(&tag) = self.tags.0[opener].elses.last() {
                self.put_tag(tag, vec![Piece::Block("else".to_owned())]);
            }
            self.inner(items);
        }
        self.names.visible.truncate(visible);
        self.guards.truncate(guarded);
        let end = self.tags.0[opener].close;
        self.put_tag(end, vec![Piece::Block(close.to_owned()); closing]);
        failure.map_or(Ok(()), Err)
    }

    /// The tags of a condition, whether they need an `endif` of their own, and what ends them. Sets the dot of `with`.
    fn condition(
        &mut self,
        with: bool,
        arm: &Arm<'_>,
        later: bool,
        alone: bool,
    ) -> Result<(Vec<Piece>, bool, &'static str), Refused> {
        let mut value = self.pipe(&arm.pipe).inspect_err(|_| self.assume(&arm.pipe))?;
        let mut pieces = Vec::new();
        let named = match arm.pipe.targets[..] {
            [id, ..] => {
                pieces.push(self.bind(arm.at, id, arm.pipe.assign, &value)?);
                value = self.variable(arm.at, Some(id))?;
                !arm.pipe.assign
            }
            [] => false,
        };
        let structure = matches!(value.ty, Ty::Struct(_));
        if with && structure && alone && !named && value.path && !usage::sets(&arm.body) {
            // Always true: only the shorter name is wanted.
            let wanted = value.text.rsplit('.').next().unwrap_or_default().to_lowercase();
            let name = self.names.take(&wanted);
            self.dot = Jx::path(name.clone(), value.ty, Gap::No);
            return Ok((vec![Piece::Block(format!("with {name} = {}", value.text))], true, "endwith"));
        }
        if with && !value.path {
            let settled = value.settled();
            let name = self.names.take("value");
            pieces.push(Piece::Block(format!("set {name} = {}", settled.text)));
            value = Jx::path(name, settled.ty, settled.gap);
        }
        let tested = value.tested();
        self.guards.extend(tested.truthy.iter().cloned());
        if with {
            self.dot = Jx { gap: Gap::No, ..value };
        }
        let sets = !pieces.is_empty();
        if later && sets {
            pieces.insert(0, Piece::Block("else".to_owned()));
        }
        let word = if later && !sets { "elif" } else { "if" };
        pieces.push(Piece::Block(format!("{word} {}", tested.wrap(prec::OR))));
        Ok((pieces, !later || sets, "endif"))
    }

    /// The source with every tag replaced.
    fn assemble(&self) -> String {
        let mut out = String::with_capacity(self.text.len() + self.text.len() / 8);
        let mut copied = 0;
        for (index, tag) in self.tags.0.iter().enumerate() {
            out.push_str(&words::text(&self.text[copied..tag.open]));
            copied = tag.end;
            let source = &self.text[tag.open..tag.end];
            if tag.comment {
                out.push_str(&words::comment(source, tag.trim_left, tag.trim_right));
            } else if let Some(pieces) = self.pieces.get(&index) {
                tags::write(&mut out, tag, source, pieces);
            }
        }
        out.push_str(&words::text(&self.text[copied..]));
        out
    }
}
