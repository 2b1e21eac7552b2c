//! From the tree to the engine's source, line for line.
//!
//! Each file and each definition becomes one source in which everything stands on the line it has in the Go text;
//! lines that Go swallows (comments, trimmed space, other definitions) are kept as newlines inside tags. Not here: the
//! expressions inside the tags (`expression`).

use super::super::Value;
use super::Failure;
use super::ast::{Arm, File, Item, Pipe, VarId};
use super::expression::{ROOT, Scope};

/// A translated file.
#[derive(Debug)]
pub(crate) struct Program {
    /// Source of the file itself.
    pub main: String,
    /// Name and source of each definition.
    pub definitions: Vec<(String, String)>,
}

/// Translates a file; `text` is what it was parsed from, `root` what it will be rendered over.
pub(super) fn emit(text: &str, file: &File<'_>, root: &Value) -> Result<Program, Failure> {
    let lines: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
    let body = |items: &[Item<'_>], dollar: Option<VarId>, root: Option<&Value>| {
        // A guess: text is mostly the file's own, and an action becomes about this much.
        let size = items.len() * 64 + root.map_or(0, |_| text.len());
        let mut emitter = Emitter {
            scope: Scope::new(&file.variables, dollar, root),
            lines: &lines,
            out: String::with_capacity(size),
            line: 0,
            blocks: 0,
            names: 0,
            loops: Vec::new(),
        };
        if let Some(id) = dollar {
            emitter.block(0, &format!("set v{id} = go.cell({ROOT})"));
        }
        emitter.items(items)?;
        Ok(emitter.out)
    };
    let main = body(&file.body, file.dollar, Some(root))?;
    let mut definitions = Vec::with_capacity(file.definitions.len());
    for definition in &file.definitions {
        definitions.push((definition.name.clone(), body(&definition.body, definition.dollar, None)?));
    }
    Ok(Program { main, definitions })
}

struct Emitter<'a> {
    scope: Scope<'a>,
    /// Offsets of the newlines of the Go text.
    lines: &'a [usize],
    out: String,
    /// Newlines written so far.
    line: usize,
    blocks: usize,
    names: usize,
    loops: Vec<Loop>,
}

/// A loop of the engine.
enum Loop {
    /// The body of a `range`.
    Body,
    /// The `else` of one, as a loop of one turn, which its `break` leaves: what is set when a `continue` leaves it,
    /// which is the surrounding loop's.
    Else(String),
}

/// What the engine's parser takes, less what one tag needs.
const MAX_BLOCKS: usize = 60;
/// `elif` chains are recursive in the engine's parser.
const MAX_ARMS: usize = 150;

impl Emitter<'_> {
    fn items(&mut self, items: &[Item<'_>]) -> Result<(), Failure> {
        items.iter().try_for_each(|item| self.item(item))
    }

    fn item(&mut self, item: &Item<'_>) -> Result<(), Failure> {
        match item {
            Item::Text { at, text } => self.text(*at, text),
            Item::Action { at, pipe } => self.action(*at, pipe)?,
            Item::Branch { with, arms, otherwise } => self.branch(*with, arms, otherwise.as_deref())?,
            Item::Range { at, pipe, body, otherwise } => self.range(*at, pipe, body, otherwise.as_deref())?,
            Item::Break { at } => self.block(*at, "break"),
            Item::Continue { at } => self.go_on(*at),
            Item::Call { at, name, pipe } => self.call(*at, name, pipe.as_ref())?,
        }
        Ok(())
    }

    /// Newlines that are still owed before offset `at`; only valid inside a tag.
    fn catch_up(&mut self, at: usize) {
        let wanted = self.lines.partition_point(|&newline| newline < at);
        while self.line < wanted {
            self.out.push('\n');
            self.line += 1;
        }
    }

    fn behind(&self, at: usize) -> bool {
        self.line < self.lines.partition_point(|&newline| newline < at)
    }

    fn text(&mut self, at: usize, text: &str) {
        if self.behind(at) {
            self.out.push_str("{#");
            self.catch_up(at);
            self.out.push_str("#}");
        }
        self.line += text.bytes().filter(|&b| b == b'\n').count();
        // What looks like a tag of the engine is text in Go. A brace at the end could meet the next tag's.
        let mut rest = text;
        while let Some(brace) = rest.find('{') {
            let (before, after) = rest.split_at(brace);
            self.out.push_str(before);
            rest = &after[1..];
            let tag = rest.is_empty() || rest.starts_with(['{', '%', '#']);
            self.out.push_str(if tag { "{{'{'}}" } else { "{" });
        }
        self.out.push_str(rest);
    }

    fn block(&mut self, at: usize, code: &str) {
        self.tag(at, "{% ", code, " %}");
    }

    fn tag(&mut self, at: usize, open: &str, code: &str, close: &str) {
        self.out.push_str(open);
        self.catch_up(at);
        self.out.push_str(code);
        self.out.push_str(close);
    }

    /// The value of a pipeline, with the cells that declarations in its parentheses need made first.
    fn value(&mut self, at: usize, pipe: &Pipe<'_>) -> Result<String, Failure> {
        let value = self.scope.pipe(pipe, self.blocks)?;
        for id in self.scope.take_cells() {
            self.block(at, &format!("set v{id} = go.cell(none)"));
        }
        Ok(value)
    }

    /// `$x := value` or `$x = value`.
    fn bind(&mut self, at: usize, id: VarId, assign: bool, value: &str) {
        let code = match (assign, self.scope.is_cell(id)) {
            (true, _) => format!("do {}", self.scope.put(at, id, value)),
            (false, true) => format!("set v{id} = go.cell({value})"),
            (false, false) => format!("set v{id} = {value}"),
        };
        self.block(at, &code);
    }

    fn action(&mut self, at: usize, pipe: &Pipe<'_>) -> Result<(), Failure> {
        let value = self.value(at, pipe)?;
        match pipe.targets[..] {
            [] => self.tag(at, "{{ ", &value, " }}"),
            [id, ..] => self.bind(at, id, pipe.assign, &value),
        }
        Ok(())
    }

    fn call(&mut self, at: usize, name: &str, pipe: Option<&Pipe<'_>>) -> Result<(), Failure> {
        let mut value = match pipe {
            Some(pipe) => self.value(at, pipe)?,
            None => "none".to_owned(),
        };
        if let Some(Pipe { targets, assign, .. }) = pipe.filter(|pipe| !pipe.targets.is_empty()) {
            self.bind(at, targets[0], *assign, &value);
            value = self.scope.variable(at, targets[0]);
        }
        let name = Scope::string(name);
        self.tag(at, "{{ ", &format!("go.template({at}, {name}, {value})"), " }}");
        Ok(())
    }

    fn fresh(&mut self, prefix: char) -> String {
        self.names += 1;
        format!("{prefix}{}", self.names)
    }

    fn nest(&mut self, at: usize) -> Result<(), Failure> {
        self.blocks += 1;
        if self.blocks > MAX_BLOCKS {
            return Err(Failure::at(at, "nested too deeply: too many blocks inside each other"));
        }
        Ok(())
    }

    fn branch(
        &mut self,
        with: bool,
        arms: &[Arm<'_>],
        otherwise: Option<&[Item<'_>]>,
    ) -> Result<(), Failure> {
        let mut closing = 1;
        for (index, arm) in arms.iter().enumerate() {
            if index > MAX_ARMS {
                return Err(Failure::at(arm.at, format!("more than {MAX_ARMS} branches in one {{{{if}}}}")));
            }
            let value = self.scope.pipe(&arm.pipe, self.blocks)?;
            let cells = self.scope.take_cells();
            // A condition that sets something first cannot be an `elif`.
            let sets = with || !arm.pipe.targets.is_empty() || !cells.is_empty();
            if index > 0 && sets {
                self.block(arm.at, "else");
                closing += 1;
            }
            if index == 0 || sets {
                self.nest(arm.at)?;
            }
            for id in cells {
                self.block(arm.at, &format!("set v{id} = go.cell(none)"));
            }
            let (condition, dot) = self.condition(with, arm, value);
            let word = if index > 0 && !sets { "elif" } else { "if" };
            self.block(arm.at, &format!("{word} {condition}"));
            let outer = dot.map(|dot| self.scope.set_dot(dot));
            self.items(&arm.body)?;
            if let Some(outer) = outer {
                self.scope.set_dot(outer);
            }
        }
        if let Some(items) = otherwise {
            self.out.push_str("{% else %}");
            self.items(items)?;
        }
        self.blocks -= closing;
        for _ in 0..closing {
            self.out.push_str("{% endif %}");
        }
        Ok(())
    }

    /// The condition of an arm, and for `with` the name of the new dot.
    fn condition(&mut self, with: bool, arm: &Arm<'_>, value: String) -> (String, Option<String>) {
        let mut value = value;
        if let [id, ..] = arm.pipe.targets[..] {
            self.bind(arm.at, id, arm.pipe.assign, &value);
            value = self.scope.variable(arm.at, id);
        }
        if !with {
            return (value, None);
        }
        let dot = self.fresh('d');
        self.block(arm.at, &format!("set {dot} = {value}"));
        (dot.clone(), Some(dot))
    }

    fn range(
        &mut self,
        at: usize,
        pipe: &Pipe<'_>,
        body: &[Item<'_>],
        otherwise: Option<&[Item<'_>]>,
    ) -> Result<(), Failure> {
        let mut value = self.value(at, pipe)?;
        let whole = self.fresh('r');
        if !pipe.targets.is_empty() && (pipe.assign || otherwise.is_some()) {
            self.block(at, &format!("set {whole} = {value}"));
            value.clone_from(&whole);
        }
        if pipe.assign {
            for &id in &pipe.targets {
                self.bind(at, id, true, &whole);
            }
        }
        let dot = self.fresh('d');
        let key = self.fresh('i');
        let (names, method) = match pipe.targets.len() {
            2 => (format!("{key}, {dot}"), "pairs"),
            _ => (dot.clone(), "range"),
        };
        let mut elements = format!("go.{method}({}, {value})", pipe.at);
        self.nest(at)?;
        if otherwise.is_some() {
            // Not the engine's for-else, which also runs after a break in the first iteration.
            let all = self.fresh('e');
            self.block(at, &format!("set {all} = {elements}"));
            self.block(at, &format!("if {all}"));
            elements = all;
        }
        self.block(at, &format!("for {names} in {elements}"));
        match pipe.targets[..] {
            [index, element] => {
                self.bind(at, index, pipe.assign, &key);
                self.bind(at, element, pipe.assign, &dot);
            }
            [element] => self.bind(at, element, pipe.assign, &dot),
            _ => {}
        }
        let outer = self.scope.set_dot(dot);
        self.loops.push(Loop::Body);
        self.items(body)?;
        self.loops.pop();
        self.scope.set_dot(outer);
        self.out.push_str("{% endfor %}");
        if let Some(items) = otherwise {
            self.out.push_str("{% else %}");
            if !pipe.assign {
                // Go: without an iteration the variables still hold what was ranged over.
                for &id in &pipe.targets {
                    self.bind(at, id, false, &whole);
                }
            }
            if leaves(items) {
                self.leavable(at, items)?;
            } else {
                self.items(items)?;
            }
            self.out.push_str("{% endif %}");
        }
        self.blocks -= 1;
        Ok(())
    }

    /// The `else` of a `range` with a `break`, which in Go belongs to that `range`.
    fn leavable(&mut self, at: usize, items: &[Item<'_>]) -> Result<(), Failure> {
        self.nest(at)?;
        let goes_on = self.fresh('c');
        self.block(at, &format!("set {goes_on} = go.cell(false)"));
        self.block(at, "for _ in [none]");
        self.loops.push(Loop::Else(goes_on.clone()));
        self.items(items)?;
        self.loops.pop();
        self.out.push_str("{% endfor %}");
        self.block(at, &format!("if {goes_on}.v"));
        self.go_on(at);
        self.out.push_str("{% endif %}");
        self.blocks -= 1;
        Ok(())
    }

    /// `continue`
    fn go_on(&mut self, at: usize) {
        match self.loops.last() {
            Some(Loop::Else(goes_on)) => {
                let code = format!("do go.put({goes_on}, true)");
                self.block(at, &code);
                self.block(at, "break");
            }
            Some(Loop::Body) | None => self.block(at, "continue"),
        }
    }
}

/// Whether what a `range` guards, or its `else`, holds a `break` of its own.
fn leaves(items: &[Item<'_>]) -> bool {
    items.iter().any(|item| match item {
        Item::Break { .. } => true,
        Item::Branch { arms, otherwise, .. } => {
            arms.iter().any(|arm| leaves(&arm.body)) || otherwise.as_deref().is_some_and(leaves)
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::super::{parse, view};
    use super::*;
    use crate::template::Context;

    fn translate(text: &str) -> Program {
        let root = view::root(&Context::default());
        emit(text, &parse::parse(text).unwrap(), &root).unwrap()
    }

    /// The line (from 1) of `part` in a source.
    fn line_of(source: &str, part: &str) -> usize {
        source[..source.find(part).unwrap()].matches('\n').count() + 1
    }

    #[test]
    fn everything_stays_on_its_line() {
        let text = "a {{ .Env }}\n{{/* two\nlines */}}b {{- if true -}}\n\n{{ printf\n.Slot }}\n{{ end }}{{ define \"d\" }}\n\
                    in {{ . }}\n{{ end }}\n{{ range 2 }}{{ `raw\nstring` }}\nc{{ end }}";
        let program = translate(text);
        for (part, line) in [("d0.Env", 1), ("b", 3), ("go.printf", 5), ("for", 10), ("raw", 10), ("c{%", 12)]
        {
            let source = &program.main;
            assert_eq!(line_of(source, part), line, "{part} in\n{source}");
        }
        assert_eq!(line_of(&program.definitions[0].1, "in "), 8);
    }

    #[test]
    fn what_looks_like_a_tag_is_text() {
        assert_eq!(translate("{% x %} {# y #} {z}").main, "{{'{'}}% x %} {{'{'}}# y #} {z}");
        assert_eq!(translate("{").main, "{{'{'}}");
    }
}
