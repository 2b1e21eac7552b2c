//! Renders Go templates: the engine set up for the dialect, one run, and what its errors mean in Go.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::{Error, ErrorKind, Output, OutputSpan, State, Template, UndefinedBehavior};

use super::super::context::{Context, Strings};
use super::super::{Environment, FUEL, Value, gofmt};
use super::emit::{Program, emit};
use super::runtime::Runtime;
use super::{Failure, parse, view};

/// The go dialect, set up once for a context.
#[derive(Debug)]
pub(crate) struct Go {
    environment: Environment<'static>,
    root: Value,
    env: Arc<Strings>,
    now: jiff::Timestamp,
}

/// What a render gave: the text, and warnings by offset.
pub(crate) struct Rendered {
    pub text: String,
    pub warnings: Vec<(usize, String)>,
}

impl Go {
    pub(crate) fn new(context: &Context) -> Self {
        let mut environment = super::super::environment(Environment::empty());
        environment.set_undefined_behavior(UndefinedBehavior::Lenient);
        environment.set_formatter(print);
        environment.set_fuel(Some(FUEL));
        Self {
            environment,
            root: view::root(context),
            env: Arc::new(context.env_map.clone()),
            now: context.now,
        }
    }

    /// Renders a template.
    pub(crate) fn render(&self, text: &str) -> Result<Rendered, Failure> {
        let program = self.program(text)?;
        let runtime = Arc::new(Runtime::new(Arc::clone(&self.env), self.now, false));
        let context = self.context(&runtime);
        let environment = self.with_definitions(text, &program)?;
        let environment = environment.as_ref().unwrap_or(&self.environment);
        let output = environment
            .render_named_str("", &program.main, context)
            .map_err(|error| explain(text, &error))?;
        let warnings = std::mem::take(&mut *runtime.warnings.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(Rendered { text: output, warnings })
    }

    /// For each line of the output, the line of the template it came from.
    pub(crate) fn line_map(&self, text: &str) -> Result<Vec<u32>, Failure> {
        let program = self.program(text)?;
        let runtime = Arc::new(Runtime::new(Arc::clone(&self.env), self.now, true));
        let environment = self.with_definitions(text, &program)?;
        let environment = environment.as_ref().unwrap_or(&self.environment);
        environment
            .template_from_named_str("", &program.main)
            .and_then(|template| trace(&template, self.context(&runtime), &runtime.lines))
            .map_err(|error| explain(text, &error))?;
        let mut lines = runtime.lines.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(lines.pop().unwrap_or_default())
    }

    fn program(&self, text: &str) -> Result<Program, Failure> {
        let read = || emit(text, &parse::parse(text)?, &self.root);
        read().map_err(|failure| failure.while_reading().in_open_action(text))
    }

    fn context(&self, runtime: &Arc<Runtime>) -> Value {
        Value::from_pairs([("go", Value::from_dyn_object(Arc::clone(runtime))), ("d0", self.root.clone())])
    }

    /// An environment that knows the file's definitions, if it has any. Cloning one costs next to nothing.
    fn with_definitions(
        &self,
        text: &str,
        program: &Program,
    ) -> Result<Option<Environment<'static>>, Failure> {
        if program.definitions.is_empty() {
            return Ok(None);
        }
        let mut environment = self.environment.clone();
        for (name, source) in &program.definitions {
            environment
                .add_template_owned(name.clone(), source.clone())
                .map_err(|error| explain(text, &error))?;
        }
        Ok(Some(environment))
    }
}

/// Renders with spans, and appends the line of each line of the output to `lines` as one entry. Entries that appear
/// meanwhile are those of the templates it calls, and are taken up into its own.
pub(super) fn trace(
    template: &Template<'_, '_>,
    context: Value,
    lines: &Mutex<Vec<Vec<u32>>>,
) -> Result<String, Error> {
    let locked = || lines.lock().unwrap_or_else(PoisonError::into_inner);
    let before = locked().len();
    let (output, spans) = template.render_with_spans(context)?;
    let mut called = locked().split_off(before).into_iter();
    let is_call = |span: &OutputSpan| {
        let code = template.source().get(span.source_range()).unwrap_or_default();
        code.starts_with("go.template(") || code.starts_with(".template(")
    };
    // Nothing written, no span: such calls leave no entry either.
    let inner = |span: &OutputSpan| if is_call(span) { called.next() } else { None };
    let map = super::super::lines::from_spans(&output, &spans, inner);
    if !output.is_empty() || before == 0 {
        locked().push(map);
    }
    Ok(output)
}

/// What a `{{ pipeline }}` writes.
fn print(out: &mut Output<'_>, _state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    let written = match value.as_str() {
        Some(text) => out.write_str(text),
        None if value.is_none() || value.is_undefined() => out.write_str("<no value>"),
        None => out.write_str(&gofmt::sprint(std::slice::from_ref(value))),
    };
    written.map_err(Error::from)
}

/// The failure behind an engine's error. Those that carry none are limits of the engine.
fn explain(text: &str, error: &Error) -> Failure {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(current) = cause {
        if let Some(failure) = current.downcast_ref::<Failure>() {
            return failure.clone();
        }
        cause = current.source();
    }
    let line = error.line().unwrap_or(1);
    let offset = line_start(text, line);
    let mut message = match error.kind() {
        ErrorKind::OutOfFuel => "the template does too much: it loops or writes without end".to_owned(),
        ErrorKind::SyntaxError | ErrorKind::InvalidOperation => "nested too deeply".to_owned(),
        _ => "the template cannot be evaluated".to_owned(),
    };
    if cfg!(debug_assertions) {
        // Never seen in a release: such an error is a mistake of the translation.
        let _ = write!(message, " [{error}]");
    }
    Failure::at(offset, message)
}

fn line_start(text: &str, line: usize) -> usize {
    let newline = text.bytes().enumerate().filter(|(_, b)| *b == b'\n').nth(line.saturating_sub(2));
    if line < 2 { 0 } else { newline.map_or(0, |(at, _)| at + 1) }
}
