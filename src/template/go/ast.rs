//! The tree of a Go template, with variables already resolved to their declarations.

use super::Failure;

/// Index of a variable's declaration in [`File::variables`].
pub(super) type VarId = usize;

/// A whole file: its own body and the templates it defines.
pub(super) struct File<'s> {
    pub body: Vec<Item<'s>>,
    /// The variable that `$` is, where something is assigned to it.
    pub dollar: Option<VarId>,
    pub definitions: Vec<Definition<'s>>,
    pub variables: Vec<Variable>,
}

/// A `define`, or the body of a `block`.
pub(super) struct Definition<'s> {
    pub name: String,
    pub body: Vec<Item<'s>>,
    /// As in [`File::dollar`].
    pub dollar: Option<VarId>,
}

/// How a declared variable is used, which decides how it is kept.
#[derive(Default)]
pub(super) struct Variable {
    /// Assigned with `=` somewhere, or declared inside parentheses: needs a cell.
    pub cell: bool,
    /// Assigned without a declaration: a mistake, but only once it is reached.
    pub undeclared: Option<Failure>,
}

/// One piece of a body. `at` is the byte offset of the action.
pub(super) enum Item<'s> {
    /// Text from `at`, already trimmed.
    Text { at: usize, text: &'s str },
    /// `{{ pipeline }}`
    Action { at: usize, pipe: Pipe<'s> },
    /// `{{ if }}…{{ else if }}…{{ else }}…{{ end }}` and the same with `with`.
    Branch { with: bool, arms: Vec<Arm<'s>>, otherwise: Option<Vec<Item<'s>>> },
    /// `{{ range }}…{{ else }}…{{ end }}`
    Range { at: usize, pipe: Pipe<'s>, body: Vec<Item<'s>>, otherwise: Option<Vec<Item<'s>>> },
    /// `{{ break }}`
    Break { at: usize },
    /// `{{ continue }}`
    Continue { at: usize },
    /// `{{ template "name" pipeline }}`, and where a `block` stands.
    Call { at: usize, name: String, pipe: Option<Pipe<'s>> },
}

/// A condition and what it guards.
pub(super) struct Arm<'s> {
    pub at: usize,
    pub pipe: Pipe<'s>,
    pub body: Vec<Item<'s>>,
}

/// `$x := a | b | c`
pub(super) struct Pipe<'s> {
    pub at: usize,
    pub targets: Vec<VarId>,
    pub assign: bool,
    pub commands: Vec<Command<'s>>,
}

/// A first word and its arguments.
pub(super) struct Command<'s> {
    pub args: Vec<Expr<'s>>,
}

/// An operand and where it stands.
pub(super) struct Expr<'s> {
    pub at: usize,
    pub kind: ExprKind<'s>,
}

/// Operands. Field chains are kept as written, without the leading dot: `Codex.Model`.
pub(super) enum ExprKind<'s> {
    Dot,
    Nil,
    Bool(bool),
    Number(Number),
    String(String),
    Field(String),
    /// A variable (`None`: `$`) and perhaps fields of it.
    Variable(Option<VarId>, Option<String>),
    Function(&'s str),
    /// Fields of anything else: `(index .X 0).Title`, `now.Year`.
    Chain(Box<Expr<'s>>, String),
    Pipe(Box<Pipe<'s>>),
}

/// A number literal; a float or complex that is whole has an integer too.
#[derive(Clone, Copy)]
pub(super) struct Number {
    pub complex: Option<(f64, f64)>,
    pub float: Option<f64>,
    pub int: Option<i64>,
}

impl Number {
    pub(super) fn int(value: i64) -> Self {
        Self { complex: None, float: None, int: Some(value) }
    }
}

impl ExprKind<'_> {
    /// Operands that cannot receive a piped value nor be followed by arguments.
    pub(super) fn is_literal(&self) -> bool {
        matches!(self, Self::Dot | Self::Nil | Self::Bool(_) | Self::Number(_) | Self::String(_))
    }
}
