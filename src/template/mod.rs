//! Door 3: templates. One engine (minijinja), two dialects of source text.
//!
//! * [`Dialect::Jinja`] is plain minijinja with strict undefined.
//! * [`Dialect::Go`] is Go `text/template`, translated line for line into minijinja source (`go`).
//! * [`detect()`] tells them apart, per file.
//!
//! [`Engine::render`] is what the rest of the tool uses, [`Engine::line_map`] is for those who find something wrong in
//! what was rendered, [`convert()`] rewrites Go as Jinja. Errors are [`TemplateError`]: position and line of the
//! author's text, a message in the words of the dialect, and what may help. Not here: files, YAML, and where the values
//! of a [`Context`] come from.

mod context;
mod detect;
mod engine;
mod error;
mod foreign;
mod functions;
mod go;
mod gofmt;
mod gotime;
mod jinja;
mod lines;
mod syntax;

pub use context::{CodexView, Context, LinkView, StorageView, Strings, TimeoutsView, VolumeView};
pub use detect::detect;
pub(crate) use detect::tags;
pub use engine::{Engine, Output, Warning, WarningKind};
pub use error::{TemplateError, TemplateErrorKind};
pub(crate) use functions::slug;
pub use go::convert::{Converted, Facts, Refusal, Unconverted, convert};
pub use syntax::{Dialect, Syntax, UnknownSyntax};

use minijinja::AutoEscape;
use minijinja::syntax::SyntaxConfig;

#[expect(clippy::disallowed_types, reason = "this is the door")]
type Value = minijinja::Value;
#[expect(clippy::disallowed_types, reason = "this is the door")]
type Environment<'s> = minijinja::Environment<'s>;

/// What one render may spend: instructions, and bytes at 64 to one. Far more than a manifest needs, little enough
/// that a template without end fails within a second.
const FUEL: u64 = 4_000_000;

/// What both dialects want of the engine: nothing escaped whatever a file is called, and no newline dropped.
fn environment(mut environment: Environment<'static>) -> Environment<'static> {
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    if let Ok(syntax) = SyntaxConfig::builder().keep_trailing_newline(true).build() {
        environment.set_syntax(syntax);
    }
    environment.set_fuel(Some(FUEL));
    environment.set_debug(true);
    environment
}
