//! From pipelines to the engine's expressions: calls of the `go` object, each with the offset it came from.

use super::super::Value;
use super::ast::{Command, Expr, ExprKind, Number, Pipe, VarId, Variable};
use super::{Failure, field};

/// What expressions need to know of where they stand.
pub(super) struct Scope<'a> {
    variables: &'a [Variable],
    /// Name of the current dot.
    dot: String,
    /// What `$` is, where it is assigned to.
    dollar: Option<VarId>,
    /// The value of [`ROOT`], where it is known: in the file itself, not in definitions.
    root: Option<&'a Value>,
    /// Variables declared inside parentheses, whose cells must be made before the tag.
    cells: Vec<VarId>,
}

/// Name of the first dot, which is also `$`.
pub(super) const ROOT: &str = "d0";

/// The engine's parser takes 150 levels; a call or a parenthesis takes two of them.
const MAX_LEVELS: usize = 140;

impl<'a> Scope<'a> {
    pub(super) fn new(variables: &'a [Variable], dollar: Option<VarId>, root: Option<&'a Value>) -> Self {
        Self { variables, dot: ROOT.to_owned(), dollar, root, cells: Vec::new() }
    }

    /// Changes the dot and gives the old one.
    pub(super) fn set_dot(&mut self, dot: String) -> String {
        std::mem::replace(&mut self.dot, dot)
    }

    pub(super) fn take_cells(&mut self) -> Vec<VarId> {
        std::mem::take(&mut self.cells)
    }

    pub(super) fn is_cell(&self, id: VarId) -> bool {
        self.variables.get(id).is_some_and(|variable| variable.cell)
    }

    /// How a variable is read.
    pub(super) fn variable(&self, at: usize, id: VarId) -> String {
        match self.undeclared(id) {
            Some(failure) => undeclared(at, failure, "none"),
            None if self.is_cell(id) => format!("v{id}.v"),
            None => format!("v{id}"),
        }
    }

    /// How a variable is assigned.
    pub(super) fn put(&self, at: usize, id: VarId, value: &str) -> String {
        match self.undeclared(id) {
            Some(failure) => undeclared(at, failure, value),
            None => format!("go.put(v{id},{value})"),
        }
    }

    fn undeclared(&self, id: VarId) -> Option<&Failure> {
        self.variables.get(id)?.undeclared.as_ref()
    }

    /// A string literal of the engine. Newlines and other control characters are escaped: they would count as lines, or
    /// be read by nobody.
    pub(super) fn string(text: &str) -> String {
        let mut out = String::with_capacity(text.len() + 2);
        out.push('"');
        for c in text.chars() {
            match c {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
                c => out.push(c),
            }
        }
        out.push('"');
        out
    }

    /// A pipeline, `level` levels deep in the engine's nesting. Its own declarations are the caller's to bind.
    pub(super) fn pipe(&mut self, pipe: &Pipe<'_>, level: usize) -> Result<String, Failure> {
        let deepest = level + 2 * pipe.commands.len().saturating_sub(1);
        let mut value = None;
        for (index, command) in pipe.commands.iter().enumerate() {
            value = Some(self.command(command, value, deepest - 2 * index)?);
        }
        Ok(value.unwrap_or_else(|| "none".to_owned()))
    }

    fn command(
        &mut self,
        command: &Command<'_>,
        piped: Option<String>,
        level: usize,
    ) -> Result<String, Failure> {
        let Some((first, rest)) = command.args.split_first() else {
            return Ok("none".to_owned());
        };
        if level > MAX_LEVELS {
            return Err(Failure::at(first.at, "nested too deeply: too many calls inside each other"));
        }
        let inner = match first.kind {
            ExprKind::Function("and" | "or") => {
                let count = rest.len().next_power_of_two().ilog2() as usize;
                level + 2 * (count + usize::from(piped.is_some()))
            }
            _ => level + 2,
        };
        let mut args = Vec::with_capacity(rest.len());
        for arg in rest {
            args.push(self.operand(arg, inner)?);
        }
        match (&first.kind, piped) {
            (ExprKind::Function("and" | "or"), Some(piped)) if args.is_empty() => Ok(piped),
            (ExprKind::Function(name @ ("and" | "or")), Some(piped)) => {
                Ok(format!("go.{name}_piped({piped},{})", balanced(&args, name)))
            }
            (ExprKind::Function(name @ ("and" | "or")), None) if !args.is_empty() => {
                Ok(balanced(&args, name))
            }
            (ExprKind::Function(name), piped) => {
                whole_numbers(name, rest, &mut args);
                Ok(match piped {
                    Some(piped) => call(first.at, "piped", &[quoted(name), piped], &args),
                    None => call(first.at, name, &[], &args),
                })
            }
            (ExprKind::Field(_) | ExprKind::Chain(..) | ExprKind::Variable(_, Some(_)), piped)
                if !args.is_empty() || piped.is_some() =>
            {
                self.method(first, rest, args, piped, level)
            }
            (ExprKind::Nil, _) => Ok(raise(first.at, "nil is not a command")),
            (_, piped) if !args.is_empty() || piped.is_some() => {
                let message = "can't give an argument to what is no function";
                Ok(raise(first.at, message))
            }
            _ => self.operand(first, level),
        }
    }

    fn method(
        &mut self,
        first: &Expr<'_>,
        operands: &[Expr<'_>],
        mut args: Vec<String>,
        piped: Option<String>,
        level: usize,
    ) -> Result<String, Failure> {
        let (receiver, chain) = match &first.kind {
            ExprKind::Field(chain) => (self.dot.clone(), chain),
            ExprKind::Variable(id, Some(chain)) => (self.variable_or_root(first.at, *id), chain),
            ExprKind::Chain(inner, chain) => (self.operand(inner, level + 2)?, chain),
            _ => return self.operand(first, level),
        };
        whole_numbers(chain.rsplit('.').next().unwrap_or(chain), operands, &mut args);
        Ok(match piped {
            Some(piped) => call(first.at, "mp", &[piped, receiver, quoted(chain)], &args),
            None => call(first.at, "m", &[receiver, quoted(chain)], &args),
        })
    }

    fn variable_or_root(&self, at: usize, id: Option<VarId>) -> String {
        id.or(self.dollar).map_or_else(|| ROOT.to_owned(), |id| self.variable(at, id))
    }

    fn operand(&mut self, expr: &Expr<'_>, level: usize) -> Result<String, Failure> {
        let at = expr.at;
        Ok(match &expr.kind {
            ExprKind::Dot => self.dot.clone(),
            ExprKind::Nil => "none".to_owned(),
            ExprKind::Bool(value) => value.to_string(),
            ExprKind::Number(value) => number(*value),
            ExprKind::String(text) => Self::string(text),
            ExprKind::Field(chain) => self.fields(at, &self.dot, chain),
            ExprKind::Variable(id, None) => self.variable_or_root(at, *id),
            ExprKind::Variable(id, Some(chain)) => self.fields(at, &self.variable_or_root(at, *id), chain),
            ExprKind::Function(name) => call(at, name, &[], &[]),
            ExprKind::Chain(inner, _) if matches!(inner.kind, ExprKind::Nil) => {
                raise(at, "indirection through explicit nil")
            }
            ExprKind::Chain(inner, chain) => {
                let receiver = self.operand(inner, level + 2)?;
                self.fields(at, &receiver, chain)
            }
            ExprKind::Pipe(pipe) => self.inner_pipe(pipe, level)?,
        })
    }

    /// Fields of a value. Those of the context that are known to be there are the engine's own attributes, which are
    /// read several times faster than a call.
    fn fields(&self, at: usize, receiver: &str, chain: &str) -> String {
        let known = self.root.filter(|_| receiver == ROOT).is_some_and(|root| field::is_known(root, chain));
        if known { format!("{ROOT}.{chain}") } else { format!("go.f({at},{receiver},\"{chain}\")") }
    }

    /// A pipeline in parentheses, which may declare or assign on the way.
    fn inner_pipe(&mut self, pipe: &Pipe<'_>, level: usize) -> Result<String, Failure> {
        let value = self.pipe(pipe, level)?;
        let Some(&id) = pipe.targets.first() else { return Ok(value) };
        if !pipe.assign {
            self.cells.push(id);
        }
        Ok(self.put(pipe.at, id, &value))
    }
}

/// `go.name(at,first…,rest…)`
fn call(at: usize, name: &str, first: &[String], rest: &[String]) -> String {
    let mut out = format!("go.{name}({at}");
    for arg in first.iter().chain(rest) {
        out.push(',');
        out.push_str(arg);
    }
    out.push(')');
    out
}

/// A name as a string of the engine.
fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

/// The use of a variable that nothing declares, after `value`, which Go evaluates first.
fn undeclared(at: usize, failure: &Failure, value: &str) -> String {
    let hint = failure.hint.as_deref().map_or_else(|| "none".to_owned(), Scope::string);
    format!("go.raise({at},{},{hint},{value})", Scope::string(&failure.message))
}

/// An error that is raised when the expression is evaluated, and only then, as in Go.
fn raise(at: usize, message: &str) -> String {
    format!("go.raise({at},{})", Scope::string(message))
}

/// `a or b or …` as a balanced tree: the same values and the same short circuit, without the depth.
fn balanced(args: &[String], word: &str) -> String {
    match args {
        [] => "none".to_owned(),
        [one] => one.clone(),
        _ => {
            let (left, right) = args.split_at(args.len() / 2);
            format!("({} {word} {})", balanced(left, word), balanced(right, word))
        }
    }
}

/// Go gives a whole constant (`2.0`) to a parameter that is an integer, or a named one; elsewhere it is what it looks
/// like. Only constants: a variable that holds an `int` is no duration.
fn whole_numbers(name: &str, operands: &[Expr<'_>], args: &mut [String]) {
    let (open, close) = match name {
        "indent" | "AddDate" => ("", ""),
        "Add" | "Round" | "Truncate" => ("go.duration(", ")"),
        _ => return,
    };
    for (arg, operand) in args.iter_mut().zip(operands) {
        if let ExprKind::Number(Number { int: Some(int), .. }) = operand.kind {
            *arg = format!("{open}{}{close}", number(Number::int(int)));
        }
    }
}

fn float(value: f64) -> String {
    if value.is_sign_negative() { format!("(-{:?})", -value) } else { format!("{value:?}") }
}

fn number(value: Number) -> String {
    if let Some((real, imaginary)) = value.complex {
        return format!("go.complex({},{})", float(real), float(imaginary));
    }
    match (value.float, value.int) {
        (Some(value), _) => float(value),
        // One more than the largest: has no positive counterpart to negate.
        (None, Some(i64::MIN)) => format!("(-{} - 1)", i64::MAX),
        (None, Some(int)) if int < 0 => format!("(-{})", int.unsigned_abs()),
        (None, int) => int.unwrap_or(0).to_string(),
    }
}
