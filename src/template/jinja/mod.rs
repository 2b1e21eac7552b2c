//! The jinja dialect: plain minijinja, strict about what is undefined.

mod explain;
mod functions;
mod guard;
mod mark;
mod view;

use super::context::Context;
use super::{Environment, FUEL, TemplateError, Value, lines};
use minijinja::{OutputSpan, OutputSpanKind, UndefinedBehavior};

/// The jinja dialect, set up once for a context.
#[derive(Debug)]
pub(crate) struct Jinja {
    environment: Environment<'static>,
    root: Value,
}

impl Jinja {
    pub(crate) fn new(context: &std::sync::Arc<Context>) -> Self {
        let mut environment = super::environment(Environment::new());
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        functions::register(&mut environment, context);
        Self { environment, root: view::root(context) }
    }

    /// Renders a template.
    pub(crate) fn render(&self, name: &str, text: &str) -> Result<String, TemplateError> {
        guard::check(name, text)?;
        self.environment
            .render_named_str(name, text, self.root.clone())
            .map_err(|error| explain::explain(name, text, &error, &self.environment, &self.root))
    }

    /// For each line of the output, the line of the template it came from.
    pub(crate) fn line_map(&self, name: &str, text: &str) -> Result<Vec<u32>, TemplateError> {
        guard::check(name, text)?;
        let (output, spans) = self
            .environment
            .template_from_named_str(name, text)
            .and_then(|template| template.render_with_spans(self.root.clone()))
            .map_err(|error| explain::explain(name, text, &error, &self.environment, &self.root))?;
        let map = lines::from_spans(&output, &spans, |_| None);
        Ok(self.captured_lines(name, text, &output, &spans, &map).unwrap_or(map))
    }

    /// The map with the lines that a captured text wrote corrected by marks; nothing when marks change the output.
    fn captured_lines(
        &self,
        name: &str,
        text: &str,
        output: &str,
        spans: &[OutputSpan],
        map: &[u32],
    ) -> Option<Vec<u32>> {
        let marked = mark::mark(text)?;
        let (same, marks) =
            mark::read(&self.environment.render_named_str(name, &marked, self.root.clone()).ok()?);
        if same != output {
            return None;
        }
        let corrected = lines::firsts(output).zip(map).zip(marks).map(|((at, line), mark)| {
            // Spans are in order: the one at `at` is the last that does not begin behind it.
            let span = spans.partition_point(|span| span.output_range().start <= at).checked_sub(1);
            let raw = span.is_some_and(|index| spans[index].kind() == OutputSpanKind::Raw);
            if raw { *line } else { mark.unwrap_or(*line) }
        });
        Some(corrected.collect())
    }
}
