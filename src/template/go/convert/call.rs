//! Expressions: pipelines, calls and operands, each as Jinja has it.

use super::super::ast::{Command, Expr, ExprKind, Number, Pipe};
use super::body::Writer;
use super::types::{Ty, field};
use super::value::{Gap, Jx, prec};
use super::words::{is_name, literal};
use super::{Refused, format, refuse};

type Written = Result<Jx, Refused>;

impl Writer<'_> {
    /// A pipeline; its own declarations are the caller's.
    pub(super) fn pipe(&mut self, pipe: &Pipe<'_>) -> Written {
        let mut value = None;
        for command in &pipe.commands {
            value = Some(self.command(command, value)?);
        }
        Ok(value.unwrap_or_else(|| Jx::new("none", prec::ATOM, Ty::Nil)))
    }

    fn command(&mut self, command: &Command<'_>, piped: Option<Jx>) -> Written {
        let Some((first, rest)) = command.args.split_first() else {
            return Ok(Jx::new("none", prec::ATOM, Ty::Nil));
        };
        let mut args = Vec::with_capacity(rest.len() + 1);
        for arg in rest {
            args.push(self.operand(arg)?);
        }
        args.extend(piped);
        match &first.kind {
            ExprKind::Function(name) => self.call(first.at, name, &args),
            _ if args.is_empty() => self.operand(first),
            ExprKind::Field(chain) => {
                let dot = self.dot.clone();
                self.method(first.at, &dot, chain, &args)
            }
            ExprKind::Variable(id, Some(chain)) => {
                let holder = self.variable(first.at, *id)?;
                self.method(first.at, &holder, chain, &args)
            }
            ExprKind::Chain(inner, chain) => {
                let holder = self.operand(inner)?;
                self.method(first.at, &holder, chain, &args)
            }
            _ => refuse(
                first.at,
                "arguments for something that is no function",
                "it fails in Go as well: correct it",
            ),
        }
    }

    /// `.Now.Format "2006"` as `Now.Format("2006")`.
    fn method(&mut self, at: usize, holder: &Jx, chain: &str, args: &[Jx]) -> Written {
        let called = self.fields(at, holder, chain)?;
        let args: Vec<String> = args.iter().map(|arg| arg.settled().text).collect();
        Ok(Jx::new(format!("{}({})", called.text, args.join(", ")), prec::ATOM, called.ty))
    }

    fn operand(&mut self, expr: &Expr<'_>) -> Written {
        Ok(match &expr.kind {
            ExprKind::Dot if self.dot.is_root() => return whole(expr.at),
            ExprKind::Dot => self.dot.clone(),
            ExprKind::Nil => Jx::new("none", prec::ATOM, Ty::Nil),
            ExprKind::Bool(value) => Jx::new(value.to_string(), prec::ATOM, Ty::Bool),
            ExprKind::Number(value) => number(*value),
            ExprKind::String(text) => {
                let single = self.text[expr.at..].starts_with('`') && !self.inside_single_quotes(expr.at);
                Jx::string(text, single)
            }
            ExprKind::Field(chain) => {
                let dot = self.dot.clone();
                self.fields(expr.at, &dot, chain)?
            }
            ExprKind::Variable(id, None) => match self.variable(expr.at, *id)? {
                root if root.is_root() => return whole(expr.at),
                value => value,
            },
            ExprKind::Variable(id, Some(chain)) => {
                let holder = self.variable(expr.at, *id)?;
                self.fields(expr.at, &holder, chain)?
            }
            ExprKind::Function(name) => self.call(expr.at, name, &[])?,
            ExprKind::Chain(inner, chain) => {
                let holder = self.operand(inner)?;
                self.fields(expr.at, &holder, chain)?
            }
            ExprKind::Pipe(pipe) if !pipe.targets.is_empty() => {
                return refuse(
                    pipe.at,
                    "a variable is set inside parentheses",
                    "set it in a tag of its own before",
                );
            }
            ExprKind::Pipe(pipe) => self.pipe(pipe)?,
        })
    }

    fn fields(&mut self, at: usize, holder: &Jx, chain: &str) -> Written {
        let mut value = holder.clone();
        for name in chain.split('.') {
            let text = match (value.is_root(), is_name(name)) {
                (true, true) => name.to_owned(),
                (true, false) => {
                    return refuse(
                        at,
                        format!("the name `.{name}`"),
                        "Jinja takes ASCII names only: rename it",
                    );
                }
                (false, true) => format!("{}.{name}", value.wrap(prec::ATOM)),
                (false, false) => format!("{}[{}]", value.wrap(prec::ATOM), literal(name, false)),
            };
            let gap = self.gap(value.ty, Some(name), &text, Gap::Field);
            let path = value.path || value.is_root();
            value = Jx { path, ..Jx::path(text, field(value.ty, name), gap) };
        }
        Ok(value)
    }

    /// Whether a key of a map may be missing here.
    fn gap(&mut self, holder: Ty, key: Option<&str>, text: &str, gap: Gap) -> Gap {
        let Ty::Map(map) = holder else { return Gap::No };
        if let Some(key) = key {
            self.done.reads.insert((map.to_owned(), key.to_owned()));
        }
        let there = key.map_or(!self.facts.cautious, |key| self.facts.has(map, key));
        if there || self.guards.iter().any(|known| known == text) { Gap::No } else { gap }
    }

    fn call(&mut self, at: usize, name: &str, args: &[Jx]) -> Written {
        let least = match name {
            "now" | "print" | "println" | "html" | "js" | "urlquery" => 0,
            "eq" | "ne" | "lt" | "le" | "gt" | "ge" => 2,
            _ => 1,
        };
        if args.len() < least {
            return refuse(
                at,
                format!("too few arguments for `{name}`"),
                "it fails in Go as well: correct it",
            );
        }
        match name {
            "eq" | "ne" | "lt" | "le" | "gt" | "ge" => self.compare(at, name, args),
            "and" | "or" => Ok(logic(name, args)),
            "not" => Ok(negation(&args[0].tested())),
            "index" => self.index(at, args),
            "slice" => slice(at, args),
            "len" => Ok(args[0].settled().filter("length", Ty::Int)),
            "printf" => format::printf(at, args),
            "print" => format::print(at, args),
            "println" => format::println(at, args),
            "html" | "js" | "urlquery" => format::escaped(at, name, args),
            "ternary" if args.len() == 3 && args[0].ty == Ty::Bool => {
                let [condition, yes, no] = [args[0].tested(), args[1].settled(), args[2].settled()];
                let text = format!(
                    "{} if {} else {}",
                    yes.wrap(prec::OR),
                    condition.wrap(prec::OR),
                    no.wrap(prec::OR)
                );
                let gap = if yes.gap == no.gap { yes.gap } else { Gap::Nil };
                Ok(Jx { gap, ..Jx::new(text, prec::TERNARY, yes.ty.or(no.ty)) })
            }
            "join" if args.len() == 2 && args[0].ty == Ty::Strings => {
                Ok(args[0].filter(&format!("join({})", args[1].settled().text), Ty::Str))
            }
            "call" => refuse(at, "`call`", "nothing in the context can be called: remove it"),
            _ => Ok(self.own_function(name, args)),
        }
    }

    /// Functions that both dialects have, with the same arguments.
    fn own_function(&mut self, name: &str, args: &[Jx]) -> Jx {
        if let (Some(key), "envOr") = (args.first().and_then(|key| key.constant.clone()), name) {
            self.done.reads.insert(("EnvMap".to_owned(), key));
        }
        let ty = match name {
            "now" => Ty::Shown,
            "ternary" => Ty::Any,
            _ => Ty::Str,
        };
        match (name, args) {
            ("toLower" | "slug" | "truncSHA" | "toml", [value]) => return value.settled().filter(name, ty),
            ("trimPrefix", [value, prefix]) if value.constant.is_none() => {
                return value.settled().filter(&format!("trimPrefix({})", prefix.settled().text), ty);
            }
            _ => {}
        }
        // `default` takes what is not there, as its first argument.
        let word = |(index, arg): (usize, &Jx)| match (name, index) {
            ("default", 0) => arg.text.clone(),
            _ => arg.settled().text,
        };
        let words: Vec<String> = args.iter().enumerate().map(word).collect();
        Jx::new(format!("{name}({})", words.join(", ")), prec::ATOM, ty)
    }

    fn compare(&mut self, at: usize, name: &str, args: &[Jx]) -> Written {
        let by_hand = |what: &str, how: &str| refuse(at, format!("`{name}` {what}"), how);
        if args.iter().any(|arg| arg.ty == Ty::Nil) {
            return by_hand("with nil", "write `is none` or `is defined`, whichever is meant");
        }
        if args
            .iter()
            .any(|arg| matches!(arg.ty, Ty::Shown | Ty::Struct(_) | Ty::Links | Ty::Map(_) | Ty::Strings))
        {
            return by_hand("of values that are no texts or numbers", "compare a text or a number of them");
        }
        // A missing value is equal to no text, not even to the empty one that stands for it in Jinja.
        let telling = |arg: &Jx| arg.constant.as_deref().is_some_and(|text| !text.is_empty());
        let missing = |arg: &Jx| matches!(arg.gap, Gap::Field | Gap::Nil);
        let gaps = args.iter().filter(|arg| missing(arg)).count();
        if gaps > 1
            || gaps == 1
                && !(matches!(name, "eq" | "ne") && args.iter().all(|arg| missing(arg) || telling(arg)))
        {
            return by_hand("with a value that may be missing", "give it one with `default` first");
        }
        let mut known = args.iter().map(|arg| arg.ty).filter(|ty| *ty != Ty::Any);
        if let Some(first) = known.next()
            && known.any(|ty| ty != first)
        {
            return by_hand("of different types", "it fails in Go as well: correct it");
        }
        self.done.literals.extend(args.iter().filter_map(|arg| arg.constant.clone()));
        let (left, rights) = (args[0].tested().wrap(prec::CONCAT), &args[1..]);
        let rights: Vec<String> = rights.iter().map(|arg| arg.tested().wrap(prec::CONCAT)).collect();
        if name == "eq" {
            return Ok(equals(&left, rights));
        }
        if rights.len() > 1 {
            return by_hand("with more than two arguments", "it fails in Go as well: correct it");
        }
        let operator = match name {
            "ne" => "!=",
            "lt" => "<",
            "le" => "<=",
            "gt" => ">",
            _ => ">=",
        };
        let right = &rights[0];
        let negated = (name == "ne").then(|| format!("{left} == {right}"));
        Ok(Jx { negated, ..Jx::new(format!("{left} {operator} {right}"), prec::COMPARE, Ty::Bool) })
    }

    fn index(&mut self, at: usize, args: &[Jx]) -> Written {
        let Some((first, keys)) = args.split_first() else { return whole(at) };
        let mut value = first.settled();
        value.path = first.path;
        for key in keys {
            if value.ty == Ty::Str {
                return refuse(at, "`index` of a text", "Go gives the number of a byte: say what is meant");
            }
            if let (Ty::Map("EnvMap"), Some(name)) = (value.ty, &key.constant)
                && value.text == "EnvMap"
                && !self.facts.has("EnvMap", name)
            {
                self.done.reads.insert(("EnvMap".to_owned(), name.clone()));
                value = Jx::new(format!("envOr({}, \"\")", key.text), prec::ATOM, Ty::Str);
                continue;
            }
            let text = format!("{}[{}]", value.wrap(prec::ATOM), key.settled().text);
            let gap = self.gap(value.ty, key.constant.as_deref(), &text, Gap::Index);
            value = Jx { path: false, ..Jx::path(text, value.ty.element(), gap) };
        }
        Ok(value)
    }
}

fn whole<T>(at: usize) -> Result<T, Refused> {
    refuse(at, "the whole context as a value (`.` or `$`)", "name the fields that are wanted")
}

/// `left == right`, or `left in [right, …]`.
fn equals(left: &str, rights: Vec<String>) -> Jx {
    let (text, negated) = match &rights[..] {
        [right] => (format!("{left} == {right}"), format!("{left} != {right}")),
        _ => {
            let list = rights.join(", ");
            (format!("{left} in [{list}]"), format!("{left} not in [{list}]"))
        }
    };
    let equal = Some((left.to_owned(), rights));
    Jx { equal, negated: Some(negated), ..Jx::new(text, prec::COMPARE, Ty::Bool) }
}

fn logic(name: &str, args: &[Jx]) -> Jx {
    if let [one] = args {
        return one.clone();
    }
    // `Env == "dev" or Env == "ai"` is what people write as `Env in ["dev", "ai"]`.
    let equals_of: Option<Vec<&(String, Vec<String>)>> = args.iter().map(|arg| arg.equal.as_ref()).collect();
    if let (Some(all), "or") = (equals_of, name)
        && all.iter().all(|(left, _)| *left == all[0].0)
    {
        return equals(&all[0].0, all.iter().flat_map(|(_, rights)| rights.iter().cloned()).collect());
    }
    let level = if name == "or" { prec::OR } else { prec::AND };
    let join = |args: &[Jx]| {
        let words: Vec<String> = args.iter().map(|arg| arg.wrap(level)).collect();
        words.join(&format!(" {name} "))
    };
    let tested: Vec<Jx> = args.iter().map(Jx::tested).collect();
    let values: Vec<Jx> = args.iter().map(Jx::settled).collect();
    let text = join(&values);
    let test = Some(join(&tested)).filter(|test| *test != text);
    let ty = args.iter().skip(1).fold(args[0].ty, |ty, arg| ty.or(arg.ty));
    let truthy =
        if name == "and" { tested.iter().flat_map(|arg| arg.truthy.clone()).collect() } else { Vec::new() };
    let gap = if values.iter().any(|arg| arg.gap == Gap::Nil) { Gap::Nil } else { Gap::No };
    Jx { truthy, gap, test, ..Jx::new(text, level, ty) }
}

fn negation(value: &Jx) -> Jx {
    match &value.negated {
        Some(text) => {
            let negated = Some(value.text.clone());
            Jx { negated, ..Jx::new(text.clone(), prec::COMPARE, Ty::Bool) }
        }
        None => Jx::new(format!("not {}", value.wrap(prec::NOT)), prec::NOT, Ty::Bool),
    }
}

fn slice(at: usize, args: &[Jx]) -> Written {
    let value = args[0].settled();
    let bounds: Vec<String> = args[1..].iter().map(|arg| arg.settled().text).collect();
    let range = match &bounds[..] {
        [] => ":".to_owned(),
        [from] => format!("{from}:"),
        [from, to] => format!("{from}:{to}"),
        _ => return refuse(at, "`slice` with a capacity", "leave the third number out"),
    };
    Ok(Jx::new(format!("{}[{range}]", value.wrap(prec::ATOM)), prec::ATOM, value.ty))
}

fn number(value: Number) -> Jx {
    let ty = if value.float.is_some() { Ty::Float } else { Ty::Int };
    let text = match (value.float, value.int) {
        (Some(float), _) => format!("{float:?}"),
        (None, int) => int.unwrap_or(0).to_string(),
    };
    let level = if text.starts_with('-') { prec::UNARY } else { prec::ATOM };
    // Written in full, Go and Jinja agree; not on `1.0` and `1e21`.
    let plain = text
        .split_once('.')
        .is_some_and(|(_, digits)| digits != "0" && digits.len() < 10 && !digits.contains('e'));
    let ty = if ty == Ty::Float && plain { Ty::Shown } else { ty };
    Jx::new(text, level, ty)
}
