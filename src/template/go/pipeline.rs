//! Go's template parser, the inside of actions: declarations, pipelines, commands and operands.

use super::ast::{Command, Expr, ExprKind, Pipe, VarId, Variable};
use super::lex::{Kind, Token};
use super::parse::{MAX_VARIABLES, Parser};
use super::{Failure, functions, literal};

/// Targets of a declaration before they are resolved: names, and whether they are declared or assigned.
struct Targets<'s> {
    names: Vec<(&'s str, usize)>,
    assign: bool,
}

impl<'s> Parser<'s> {
    /// A pipeline up to and including its `end` token (the action's or a parenthesis).
    pub(super) fn pipeline(&mut self, context: &str, end: Kind) -> Result<Pipe<'s>, Failure> {
        self.skip_space();
        let at = self.peek().start;
        let targets = self.targets(context)?;
        let commands = self.commands(context, end)?;
        check_stages(at, &commands, context)?;
        let mut pipe = Pipe { at, targets: Vec::new(), assign: targets.assign, commands };
        // After the value: in `{{ $x := f $x }}` the right `$x` is the outer one.
        for (name, offset) in targets.names {
            let id = self.target(name, offset, targets.assign, end)?;
            pipe.targets.push(id);
        }
        Ok(pipe)
    }

    fn target(&mut self, name: &'s str, offset: usize, assign: bool, end: Kind) -> Result<VarId, Failure> {
        if !assign {
            let variable = Variable { cell: end == Kind::RightParen, undeclared: None };
            return self.declare(name, offset, variable);
        }
        match self.resolve(name, offset) {
            Ok(Some(id)) => {
                self.variables[id].cell = true;
                Ok(id)
            }
            Ok(None) => self.dollar(offset),
            // Go finds out when it gets there, which may be never.
            Err(undeclared) => {
                self.declare(name, offset, Variable { cell: true, undeclared: Some(undeclared) })
            }
        }
    }

    pub(super) fn declare(
        &mut self,
        name: &'s str,
        offset: usize,
        variable: Variable,
    ) -> Result<VarId, Failure> {
        let id = self.variable(offset, variable)?;
        self.scope.push((name, id));
        Ok(id)
    }

    fn variable(&mut self, offset: usize, variable: Variable) -> Result<VarId, Failure> {
        if self.variables.len() >= MAX_VARIABLES {
            return Err(Failure::at(offset, format!("more than {MAX_VARIABLES} variables in one file")));
        }
        self.variables.push(variable);
        Ok(self.variables.len() - 1)
    }

    /// `$` as a variable that can be assigned to.
    fn dollar(&mut self, offset: usize) -> Result<VarId, Failure> {
        match self.dollar {
            Some(id) => Ok(id),
            None => {
                let id = self.variable(offset, Variable { cell: true, undeclared: None })?;
                self.dollar = Some(id);
                Ok(id)
            }
        }
    }

    fn targets(&mut self, context: &str) -> Result<Targets<'s>, Failure> {
        let mut found = Targets { names: Vec::new(), assign: false };
        loop {
            let start = self.mark();
            self.skip_space();
            let variable = self.peek();
            if variable.kind != Kind::Variable {
                return if found.names.is_empty() {
                    Ok(found)
                } else {
                    Err(self.unexpected(variable, context))
                };
            }
            self.take()?;
            let next = self.take_word()?;
            match next.kind {
                Kind::Assign | Kind::Declare => {
                    found.names.push((self.slice(variable), variable.start));
                    found.assign = next.kind == Kind::Assign;
                    return Ok(found);
                }
                Kind::Other if self.slice(next) == "," => {
                    found.names.push((self.slice(variable), variable.start));
                    if context != "range" || found.names.len() > 1 {
                        return Err(Failure::at(next.start, format!("too many declarations in {context}")));
                    }
                }
                _ if found.names.is_empty() => {
                    self.rewind(start);
                    return Ok(found);
                }
                _ => return Err(self.unexpected(next, context)),
            }
        }
    }

    fn commands(&mut self, context: &str, end: Kind) -> Result<Vec<Command<'s>>, Failure> {
        let mut commands: Vec<Command<'s>> = Vec::new();
        loop {
            self.skip_space();
            let token = self.peek();
            if token.kind == end {
                // Also after a `|`: Go accepts `{{ x | }}`.
                self.take()?;
                return Ok(commands);
            }
            if commands.len() > super::parse::MAX_DEPTH {
                return Err(Failure::at(token.start, "pipeline has too many stages"));
            }
            let command = self.command(context)?;
            commands.push(command);
        }
    }

    /// One command, with the `|` behind it.
    fn command(&mut self, context: &str) -> Result<Command<'s>, Failure> {
        let mut args = Vec::new();
        loop {
            self.skip_space();
            match self.operand()? {
                Some(operand) => args.push(operand),
                None if args.is_empty() => {
                    let token = self.take()?;
                    return Err(self.unexpected(token, context));
                }
                None => {}
            }
            match self.peek().kind {
                Kind::Space => {}
                Kind::Pipe => {
                    self.take()?;
                    return Ok(Command { args });
                }
                Kind::Close | Kind::RightParen => return Ok(Command { args }),
                _ => {
                    let token = self.take()?;
                    return Err(self.unexpected(token, "operand"));
                }
            }
        }
    }

    fn operand(&mut self) -> Result<Option<Expr<'s>>, Failure> {
        let Some(term) = self.term()? else { return Ok(None) };
        let fields = self.fields()?;
        if fields.is_empty() {
            return Ok(Some(term));
        }
        let at = term.at;
        let kind = match term.kind {
            ExprKind::Field(first) => ExprKind::Field(join(first, fields)),
            ExprKind::Variable(id, None) => ExprKind::Variable(id, Some(fields)),
            literal if literal.is_literal() => {
                return Err(Failure::at(at, "unexpected . after a literal"));
            }
            _ => ExprKind::Chain(Box::new(term), fields),
        };
        Ok(Some(Expr { at, kind }))
    }

    /// `.a.b` that follow at once, without the first dot.
    fn fields(&mut self) -> Result<String, Failure> {
        let mut fields = String::new();
        while self.peek().kind == Kind::Field {
            let token = self.take()?;
            fields = join(fields, self.slice(token)[1..].to_owned());
        }
        Ok(fields)
    }

    fn term(&mut self) -> Result<Option<Expr<'s>>, Failure> {
        let token = self.peek();
        let at = token.start;
        let text = self.slice(token);
        let kind = match token.kind {
            Kind::Identifier => {
                functions::check(text, at)?;
                ExprKind::Function(text)
            }
            Kind::Dot => ExprKind::Dot,
            Kind::Nil => ExprKind::Nil,
            Kind::Variable => ExprKind::Variable(self.resolve(text, at)?, None),
            Kind::Field => ExprKind::Field(text[1..].to_owned()),
            Kind::Bool => ExprKind::Bool(text == "true"),
            Kind::Char | Kind::Number => ExprKind::Number(literal::number(text, at)?),
            Kind::String | Kind::RawString => ExprKind::String(literal::string(text, at)?),
            Kind::LeftParen => return self.parenthesised(token).map(Some),
            Kind::Error(_) => return self.take().map(|_| None),
            _ => return Ok(None),
        };
        self.take()?;
        Ok(Some(Expr { at, kind }))
    }

    fn parenthesised(&mut self, open: Token) -> Result<Expr<'s>, Failure> {
        self.take()?;
        self.enter(open.start)?;
        let pipe = self.pipeline("parenthesized pipeline", Kind::RightParen)?;
        self.leave();
        Ok(Expr { at: open.start, kind: ExprKind::Pipe(Box::new(pipe)) })
    }

    /// The declaration of a visible variable; `None` for `$`, the argument of the template.
    pub(super) fn resolve(&self, name: &str, offset: usize) -> Result<Option<VarId>, Failure> {
        if let Some((_, id)) = self.scope.iter().rev().find(|(known, _)| *known == name) {
            return Ok(Some(*id));
        }
        if name == "$" {
            return Ok(None);
        }
        let known = self.scope.iter().map(|(known, _)| *known);
        let hint = crate::template::error::near(name, known);
        Err(Failure { hint, ..Failure::undefined(offset, format!("undefined variable {name:?}")) })
    }
}

fn join(first: String, more: String) -> String {
    if first.is_empty() { more } else { first + "." + &more }
}

/// Only the first stage of a pipeline may be a plain value.
fn check_stages(at: usize, commands: &[Command<'_>], context: &str) -> Result<(), Failure> {
    if commands.is_empty() {
        return Err(Failure::at(at, format!("missing value for {context}")));
    }
    for (index, command) in commands.iter().enumerate().skip(1) {
        if let Some(first) = command.args.first().filter(|first| first.kind.is_literal()) {
            let stage = index + 1;
            return Err(Failure::at(first.at, format!("non executable command in pipeline stage {stage}")));
        }
    }
    Ok(())
}
