//! Go's template parser: blocks, definitions and scopes. Pipelines are in `pipeline`.
//!
//! Follows `text/template/parse/parse.go`. Variables are resolved here, because Go's scopes are lexical; the rest
//! (unknown functions aside) is left to run time, as Go does.

use super::ast::{Arm, Definition, File, Item, Pipe, VarId, Variable};
use super::lex::{Kind, Lexed, Token, lex};
use super::{Failure, literal};

/// Nesting of blocks, parentheses and `else if` chains. Far above what people write, far below the stack.
pub(super) const MAX_DEPTH: usize = 60;

/// Definitions in one file. Each becomes a source with all lines of the file before it.
const MAX_DEFINITIONS: usize = 1000;
/// Variables in one file, which are looked up one by one.
pub(super) const MAX_VARIABLES: usize = 10_000;

/// Parses a file.
pub(super) fn parse(text: &str) -> Result<File<'_>, Failure> {
    let lexed = lex(text);
    let mut parser = Parser {
        text,
        lexed,
        next: 0,
        depth: 0,
        loops: 0,
        variables: Vec::new(),
        scope: Vec::new(),
        dollar: None,
        definitions: Vec::new(),
    };
    let body = parser.file()?;
    let Parser { dollar, definitions, variables, .. } = parser;
    Ok(File { body, dollar, definitions, variables })
}

pub(super) struct Parser<'s> {
    pub(super) text: &'s str,
    lexed: Lexed,
    next: usize,
    depth: usize,
    loops: usize,
    pub(super) variables: Vec<Variable>,
    /// Visible variables, innermost last.
    pub(super) scope: Vec<(&'s str, VarId)>,
    /// What `$` is in the body at hand, once something is assigned to it.
    pub(super) dollar: Option<VarId>,
    definitions: Vec<Definition<'s>>,
}

/// What ended a list of items.
enum Stop {
    End,
    /// `{{ else }}`
    Else,
    /// `{{ else if` or `{{ else with`, with the parser at that word.
    ElseAnd,
}

type Body<'s> = Vec<Item<'s>>;

impl<'s> Parser<'s> {
    fn file(&mut self) -> Result<Body<'s>, Failure> {
        let mut body = Vec::new();
        loop {
            let token = self.take()?;
            match token.kind {
                Kind::Eof => return Ok(body),
                Kind::Text => body.push(self.text_item(token)),
                _ => {
                    let word = self.take_word()?;
                    match word.kind {
                        Kind::Define => self.define()?,
                        Kind::End => return Err(Failure::at(word.start, "unexpected {{end}}")),
                        Kind::Else => return Err(Failure::at(word.start, "unexpected {{else}}")),
                        _ => self.action(word, &mut body)?,
                    }
                }
            }
        }
    }

    fn text_item(&self, token: Token) -> Item<'s> {
        Item::Text { at: token.start, text: self.slice(token) }
    }

    pub(super) fn slice(&self, token: Token) -> &'s str {
        &self.text[token.start..token.end]
    }

    /// The next token as it is; lexing errors come out here.
    pub(super) fn take(&mut self) -> Result<Token, Failure> {
        let token = self.peek();
        if let Kind::Error(index) = token.kind {
            return Err(self.lexed.errors.swap_remove(index));
        }
        self.next += 1;
        Ok(token)
    }

    /// The next token, which stays; at the end, the end.
    pub(super) fn peek(&self) -> Token {
        let end = Token { kind: Kind::Eof, start: self.text.len(), end: self.text.len() };
        self.lexed.tokens.get(self.next).copied().unwrap_or(end)
    }

    pub(super) fn skip_space(&mut self) {
        while self.peek().kind == Kind::Space {
            self.next += 1;
        }
    }

    pub(super) fn take_word(&mut self) -> Result<Token, Failure> {
        self.skip_space();
        self.take()
    }

    /// A place to come back to with [`Self::rewind`].
    pub(super) fn mark(&self) -> usize {
        self.next
    }

    pub(super) fn rewind(&mut self, mark: usize) {
        self.next = mark;
    }

    pub(super) fn unexpected(&self, token: Token, context: &str) -> Failure {
        let what = match token.kind {
            Kind::Eof => "end of file".to_owned(),
            Kind::Close => "end of action".to_owned(),
            _ => format!("{:?}", self.slice(token)),
        };
        Failure::at(token.start, format!("unexpected {what} in {context}"))
    }

    pub(super) fn enter(&mut self, at: usize) -> Result<(), Failure> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Failure::at(at, format!("nested too deeply: the limit is {MAX_DEPTH} levels")));
        }
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    fn items(&mut self, opened: Token) -> Result<(Body<'s>, Stop, Token), Failure> {
        let mut body = Vec::new();
        loop {
            let token = self.take()?;
            match token.kind {
                Kind::Text => body.push(self.text_item(token)),
                Kind::Eof => {
                    let what = self.slice(opened);
                    let (line, _) = crate::template::error::position(self.text, opened.start);
                    return Err(Failure::at(token.start, "unexpected end of file")
                        .hint(format!("{{{{{what}}}}} of line {line} has no {{{{end}}}}")));
                }
                _ => {
                    let word = self.take_word()?;
                    match word.kind {
                        Kind::End => {
                            self.close("{{end}}")?;
                            return Ok((body, Stop::End, word));
                        }
                        Kind::Else => {
                            let stop = self.else_kind()?;
                            return Ok((body, stop, word));
                        }
                        _ => self.action(word, &mut body)?,
                    }
                }
            }
        }
    }

    fn else_kind(&mut self) -> Result<Stop, Failure> {
        self.skip_space();
        match self.peek().kind {
            Kind::If | Kind::With => Ok(Stop::ElseAnd),
            _ => self.close("{{else}}").map(|()| Stop::Else),
        }
    }

    fn close(&mut self, context: &str) -> Result<(), Failure> {
        let token = self.take_word()?;
        if token.kind == Kind::Close { Ok(()) } else { Err(self.unexpected(token, context)) }
    }

    fn action(&mut self, word: Token, body: &mut Body<'s>) -> Result<(), Failure> {
        let at = word.start;
        let item = match word.kind {
            Kind::If | Kind::With => self.scoped(at, |p| p.branch(word))?,
            Kind::Range => self.scoped(at, |p| p.range(word))?,
            Kind::Template => self.call(at)?,
            Kind::Block => self.block(word)?,
            Kind::Break | Kind::Continue => self.jump(word)?,
            Kind::Define => {
                return Err(self.unexpected(word, "action").hint("define stands at the top level of a file"));
            }
            _ => {
                self.next -= 1;
                Item::Action { at, pipe: self.pipeline("command", Kind::Close)? }
            }
        };
        body.push(item);
        Ok(())
    }

    /// Runs `parse` one level deeper, in a scope of its own.
    fn scoped<T>(
        &mut self,
        at: usize,
        parse: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.enter(at)?;
        let visible = self.scope.len();
        let parsed = parse(self)?;
        self.scope.truncate(visible);
        self.leave();
        Ok(parsed)
    }

    fn jump(&mut self, word: Token) -> Result<Item<'s>, Failure> {
        let at = word.start;
        let name = self.slice(word);
        self.close(&format!("{{{{{name}}}}}"))?;
        match word.kind {
            _ if self.loops == 0 => Err(Failure::at(at, format!("{{{{{name}}}}} outside {{{{range}}}}"))),
            Kind::Break => Ok(Item::Break { at }),
            _ => Ok(Item::Continue { at }),
        }
    }

    /// `if` or `with`. Chains of `else if` stay flat where Go nests, so that long chains need no depth.
    fn branch(&mut self, word: Token) -> Result<Item<'s>, Failure> {
        let with = word.kind == Kind::With;
        let context = if with { "with" } else { "if" };
        let mut arms = Vec::new();
        let mut at = word.start;
        let otherwise = loop {
            let pipe = self.pipeline(context, Kind::Close)?;
            let (body, stop, end) = self.arm(word)?;
            arms.push(Arm { at, pipe, body });
            match stop {
                Stop::End => break None,
                Stop::Else => break Some(self.last_branch(word)?),
                Stop::ElseAnd => {
                    let next = self.take()?;
                    if next.kind != word.kind {
                        return Err(self.unexpected(next, &format!("else of {context}")));
                    }
                    at = end.start;
                }
            }
        };
        Ok(Item::Branch { with, arms, otherwise })
    }

    /// What an `if`, `with` or `range` guards. When an `else` follows, Go's parser still knows the variables declared
    /// here, but they do not exist when it runs.
    fn arm(&mut self, opened: Token) -> Result<(Body<'s>, Stop, Token), Failure> {
        let visible = self.scope.len();
        let (body, stop, word) = self.items(opened)?;
        let gone = self.scope.split_off(visible);
        if !matches!(stop, Stop::End) {
            for (name, _) in gone {
                if let Err(undeclared) = self.resolve(name, word.start) {
                    self.declare(name, word.start, Variable { cell: true, undeclared: Some(undeclared) })?;
                }
            }
        }
        Ok((body, stop, word))
    }

    /// What follows `{{ else }}`, which must be ended by `{{ end }}`.
    fn last_branch(&mut self, opened: Token) -> Result<Body<'s>, Failure> {
        match self.items(opened)? {
            (body, Stop::End, _) => Ok(body),
            (_, _, word) => Err(Failure::at(word.start, "expected {{end}}, found {{else}}")),
        }
    }

    fn range(&mut self, word: Token) -> Result<Item<'s>, Failure> {
        let pipe = self.pipeline("range", Kind::Close)?;
        self.loops += 1;
        let (body, stop, end) = self.arm(word)?;
        self.loops -= 1;
        let otherwise = match stop {
            Stop::End => None,
            Stop::Else => Some(self.last_branch(word)?),
            Stop::ElseAnd => return Err(Failure::at(end.start, "range has no {{else if}} or {{else with}}")),
        };
        Ok(Item::Range { at: word.start, pipe, body, otherwise })
    }

    fn template_name(&mut self, context: &str) -> Result<String, Failure> {
        let token = self.take_word()?;
        match token.kind {
            Kind::String | Kind::RawString => literal::string(self.slice(token), token.start),
            _ => Err(self.unexpected(token, context).hint("the name of a template is a string: \"name\"")),
        }
    }

    fn call(&mut self, at: usize) -> Result<Item<'s>, Failure> {
        let name = self.template_name("template clause")?;
        self.skip_space();
        let pipe: Option<Pipe<'s>> = if self.peek().kind == Kind::Close {
            self.take()?;
            None
        } else {
            Some(self.pipeline("template clause", Kind::Close)?)
        };
        Ok(Item::Call { at, name, pipe })
    }

    fn define(&mut self) -> Result<(), Failure> {
        let word = self.lexed.tokens.get(self.next - 1).copied().unwrap_or_else(|| self.peek());
        let name = self.template_name("define clause")?;
        self.close("define clause")?;
        self.definition(word, name)
    }

    fn block(&mut self, word: Token) -> Result<Item<'s>, Failure> {
        let name = self.template_name("block clause")?;
        let pipe = self.pipeline("block clause", Kind::Close)?;
        self.definition(word, name.clone())?;
        Ok(Item::Call { at: word.start, name, pipe: Some(pipe) })
    }

    /// The body of a definition: it sees no variables but its own, and belongs to no loop.
    fn definition(&mut self, word: Token, name: String) -> Result<(), Failure> {
        self.enter(word.start)?;
        let scope = std::mem::take(&mut self.scope);
        let loops = std::mem::take(&mut self.loops);
        let dollar = self.dollar.take();
        let (body, stop, end) = self.items(word)?;
        if !matches!(stop, Stop::End) {
            return Err(Failure::at(end.start, "unexpected {{else}} in definition"));
        }
        self.scope = scope;
        self.loops = loops;
        let dollar = std::mem::replace(&mut self.dollar, dollar);
        self.leave();
        self.define_as(word, Definition { name, body, dollar })
    }

    /// Go: an empty definition never replaces, and may be replaced; two that say something are an error.
    fn define_as(&mut self, word: Token, definition: Definition<'s>) -> Result<(), Failure> {
        if self.definitions.len() >= MAX_DEFINITIONS {
            return Err(Failure::at(
                word.start,
                format!("more than {MAX_DEFINITIONS} definitions in one file"),
            ));
        }
        match self.definitions.iter_mut().find(|known| known.name == definition.name) {
            None => self.definitions.push(definition),
            Some(known) if is_empty(&known.body) => *known = definition,
            Some(_) if is_empty(&definition.body) => {}
            Some(Definition { name, .. }) => {
                return Err(Failure::at(word.start, format!("multiple definition of template {name:?}")));
            }
        }
        Ok(())
    }
}

fn is_empty(body: &[Item<'_>]) -> bool {
    body.iter().all(|item| matches!(item, Item::Text { text, .. } if text.trim().is_empty()))
}
