//! The jinja dialect: plain minijinja, strict about what is undefined.

mod explain;
mod functions;
mod guard;
mod view;

use super::context::Context;
use super::{Environment, FUEL, TemplateError, Value, lines};
use minijinja::UndefinedBehavior;

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
        Ok(lines::from_spans(&output, &spans))
    }
}
