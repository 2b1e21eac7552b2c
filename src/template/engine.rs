//! The engine as the rest of the tool sees it: both dialects over one context.

use super::context::Context;
use super::detect::{detect, swallowed};
use super::error::position;
use super::go::{Failure, Go};
use super::jinja::Jinja;
use super::{Dialect, Syntax, TemplateError, TemplateErrorKind, foreign};

/// Renders templates over one [`Context`].
///
/// Built once; what templates see is made then and shared. Many threads may render at the same time.
#[derive(Debug)]
pub struct Engine {
    go: Go,
    jinja: Jinja,
}

/// What a render gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The rendered text.
    pub text: String,
    /// The dialect the template was read as.
    pub dialect: Dialect,
    /// Things that are no errors, in the order they came up, each once per line.
    pub warnings: Vec<Warning>,
}

/// Something that is probably a mistake, such as a missing key of `Versions` in a Go template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The line of the template, from 1.
    pub line: u32,
    /// What is odd about it.
    pub message: String,
    /// Which oddity it is.
    pub kind: WarningKind,
}

/// What templates are warned of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WarningKind {
    /// A key that `Versions` has not.
    MissingKey,
    /// Text that Jinja takes for a comment.
    Comment,
}

impl Engine {
    /// Takes the context and prepares both dialects for it.
    pub fn new(context: Context) -> Self {
        let context = std::sync::Arc::new(context);
        Self { go: Go::new(&context), jinja: Jinja::new(&context) }
    }

    /// Renders `text`. `name` is what errors call it, usually its path.
    ///
    /// # Errors
    /// Syntax errors, unknown names, wrong types, templates without end, and under [`Syntax::Auto`] a mix of dialects.
    pub fn render(&self, name: &str, text: &str, syntax: Syntax) -> Result<Output, TemplateError> {
        match dialect(name, text, syntax)? {
            Dialect::Go => {
                let rendered = self.go.render(text).map_err(|failure| go_error(name, text, failure))?;
                let mut warnings: Vec<Warning> = Vec::new();
                for (offset, message) in rendered.warnings {
                    let (line, kind) = (position(text, offset).0, WarningKind::MissingKey);
                    let warning = Warning { line, message, kind };
                    if !warnings.contains(&warning) {
                        warnings.push(warning);
                    }
                }
                Ok(Output { text: rendered.text, dialect: Dialect::Go, warnings })
            }
            Dialect::Jinja => {
                let rendered = self.jinja.render(name, text)?;
                let swallowed = swallowed(text).map(|offset| Warning {
                    line: position(text, offset).0,
                    message: "the shell's `${#` begins a comment in Jinja, and what follows is dropped; put the script between {% raw %} and {% endraw %}".into(),
                    kind: WarningKind::Comment,
                });
                Ok(Output {
                    text: rendered,
                    dialect: Dialect::Jinja,
                    warnings: swallowed.into_iter().collect(),
                })
            }
        }
    }

    /// For each line of the rendered text (from 0), the line of the template it came from (from 1).
    ///
    /// Renders again, more slowly: for messages about what is wrong with the output.
    ///
    /// # Errors
    /// Those of [`Engine::render`].
    pub fn line_map(&self, name: &str, text: &str, syntax: Syntax) -> Result<Vec<u32>, TemplateError> {
        match dialect(name, text, syntax)? {
            Dialect::Go => self.go.line_map(text).map_err(|failure| go_error(name, text, failure)),
            Dialect::Jinja => self.jinja.line_map(name, text),
        }
    }
}

fn dialect(name: &str, text: &str, syntax: Syntax) -> Result<Dialect, TemplateError> {
    match syntax {
        Syntax::Auto => detect(text).map_err(|error| error.renamed(name)),
        Syntax::Jinja => Ok(Dialect::Jinja),
        Syntax::Go => Ok(Dialect::Go),
    }
}

fn go_error(name: &str, text: &str, failure: Failure) -> TemplateError {
    let unknown = failure.kind == TemplateErrorKind::Undefined;
    let foreign = unknown.then(|| foreign::hint(text, failure.offset, Dialect::Go)).flatten();
    TemplateError::at_offset(name, text, failure.offset, failure.message)
        .with_hint(foreign.or(failure.hint))
        .of_kind(failure.kind)
}
