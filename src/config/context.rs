//! Stages 3 and 4: the context services.yaml is rendered with, and its rendered text.

use std::collections::BTreeMap;

use super::header::{Header, Unread};
use super::names::{EnvName, Namespace, Slot};
use super::source::Source;
use super::variables::Variables;
use crate::error::Fault;
use crate::template::{Context, Engine, Syntax, TemplateError, Warning};
use crate::yaml;

/// What the command line says about where to work.
#[derive(Clone, Debug)]
pub struct Target {
    /// `--env`.
    pub env: EnvName,
    /// `--slot`.
    pub slot: Option<Slot>,
    /// `--namespace`.
    pub namespace: Option<String>,
}

/// What templates see while services.yaml itself is rendered: header values, variables, and the namespace, but
/// nothing that is only known after parsing.
#[derive(Clone, Debug)]
pub struct LoadContext {
    pub(super) header: Header,
    pub(super) target: Target,
    pub(super) context: Context,
    /// A namespace that cannot be had is an error only once the rest of the file is known to be right: its
    /// problems come first.
    pub(super) namespace: Result<Option<Namespace>, Fault>,
}

impl LoadContext {
    /// Builds the context and works out the namespace: `--namespace`, else the environment's pattern, else
    /// `<project>-dev-<slot>` for `ai`, else `<project>-<env>` (spec section 1, stage 3).
    pub fn build(header: Header, source: &Source, target: Target, variables: Variables) -> Self {
        Self::build_at(header, source, target, variables, jiff::Timestamp::now())
    }

    /// The same as of a given time, for those who compare two renders.
    pub(crate) fn build_at(
        header: Header,
        source: &Source,
        target: Target,
        variables: Variables,
        now: jiff::Timestamp,
    ) -> Self {
        let mut context = Context {
            env: target.env.as_str().to_string(),
            project: header.project.clone(),
            project_root: source.root().display().to_string(),
            slot: target.slot.map_or(0, |slot| i64::from(slot.number())),
            now,
            user_vars: variables.user_vars,
            vars: variables.vars,
            env_map: variables.env_map,
            ..Context::default()
        };
        let engine = Engine::new(context.clone());
        context.versions = rendered_values(&engine, &header.versions, header.syntax);
        context.base_domain = rendered_values(&engine, &header.base_domain, header.syntax);
        for block in &header.unread {
            if let Some(values) = rendered_block(&engine, block, header.syntax) {
                match block.key {
                    "versions" => context.versions = values,
                    _ => context.base_domain = values,
                }
            }
        }
        let namespace = namespace(&header, &target, &context);
        context.namespace = match &namespace {
            Ok(Some(name)) => name.as_str().to_string(),
            _ => String::new(),
        };
        Self { header, target, context, namespace }
    }

    /// For each line of the rendered file the line of the file it came from; nothing where it cannot be told.
    pub(super) fn line_map(&self, source: &Source) -> Vec<u32> {
        let engine = Engine::new(self.context.clone());
        engine.line_map(source.name(), source.text(), self.header.syntax).unwrap_or_default()
    }

    /// The namespace another environment or slot of the same stack has; `--namespace` does not count for it.
    pub(super) fn namespace_for(
        &self,
        env: &EnvName,
        slot: Option<Slot>,
    ) -> Result<Option<Namespace>, Fault> {
        let target = Target { env: env.clone(), slot, namespace: None };
        let context = Context {
            env: env.as_str().to_string(),
            slot: slot.map_or(0, |slot| i64::from(slot.number())),
            namespace: String::new(),
            ..self.context.clone()
        };
        namespace(&self.header, &target, &context)
    }
}

/// Header values may hold templates themselves. One that does not render yet keeps its text: the rendered file
/// reports what is wrong with it.
fn rendered_values(
    engine: &Engine,
    values: &BTreeMap<String, String>,
    syntax: Syntax,
) -> BTreeMap<String, String> {
    let render = |text: &String| {
        if !text.contains('{') {
            return text.clone();
        }
        engine.render("services.yaml", text, syntax).map_or_else(|_| text.clone(), |output| output.text)
    };
    values.iter().map(|(key, value)| (key.clone(), render(value))).collect()
}

/// A header block whose lines are templates (`{{ if … }}` around entries); `None` where it makes no sense by itself.
fn rendered_block(engine: &Engine, block: &Unread, syntax: Syntax) -> Option<BTreeMap<String, String>> {
    let output = engine.render("services.yaml", &block.text, syntax).ok()?;
    let node = yaml::parse_one("services.yaml", &output.text).ok()??;
    strings(node.get(block.key)?)
}

/// The plain values of a map.
fn strings(node: &yaml::Node) -> Option<BTreeMap<String, String>> {
    let entries = node.as_map()?.iter();
    Some(entries.filter_map(|(key, value)| Some((key.to_string(), value.text()?.into_owned()))).collect())
}

fn namespace(header: &Header, target: &Target, context: &Context) -> Result<Option<Namespace>, Fault> {
    if let Some(name) = &target.namespace {
        return Ok(Some(Namespace::new(name, "--namespace")?));
    }
    let env = target.env.as_str();
    let pattern = header.patterns.get(env);
    if needs_slot(env, pattern) && target.slot.is_none() {
        return Ok(None);
    }
    let (name, origin) = match pattern {
        Some(pattern) => {
            let origin = format!("{}: namespace.patterns.{env}", header.namespace_place);
            let output = Engine::new(context.clone())
                .render(&origin, pattern, header.syntax)
                .map_err(|error| Fault::invalid(error.to_string()))?;
            (output.text.trim().to_string(), origin)
        }
        None => match target.slot {
            Some(slot) if env == "ai" => {
                (format!("{}-dev-{slot}", header.project), "the default for ai".into())
            }
            _ => (format!("{}-{env}", header.project), "<project>-<env>, the default".into()),
        },
    };
    Ok(Some(Namespace::new(&name, &origin)?))
}

/// Whether an environment exists only as slots: `ai`, and those whose pattern speaks of `Slot`.
pub(super) fn needs_slot(env: &str, pattern: Option<&String>) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    match pattern {
        Some(pattern) => pattern.split(|c| !word(c)).any(|part| part == "Slot"),
        None => env == "ai",
    }
}

/// services.yaml after templating: text that should be YAML now.
#[derive(Debug)]
pub struct Rendered {
    pub(super) load: LoadContext,
    pub(super) source: Source,
    pub(super) text: String,
    pub(super) warnings: Vec<Warning>,
}

impl Rendered {
    /// Renders the file.
    ///
    /// # Errors
    /// A template error, with its place in the file.
    pub fn from(mut load: LoadContext, source: Source) -> Result<Self, TemplateError> {
        let render = |context: &Context| {
            Engine::new(context.clone()).render(source.name(), source.text(), load.header.syntax)
        };
        let mut output = render(&load.context)?;
        // Values of the header may be made of variables that only the whole file defines: then they are known now.
        if load
            .context
            .versions
            .values()
            .chain(load.context.base_domain.values())
            .any(|text| text.contains("{{"))
        {
            let node = yaml::parse_one(source.name(), &output.text).ok().flatten();
            let values = |key| node.as_ref().and_then(|node| strings(node.get(key)?));
            let (versions, base_domain) = (values("versions"), values("baseDomain"));
            load.context.versions = versions.unwrap_or(load.context.versions);
            load.context.base_domain = base_domain.unwrap_or(load.context.base_domain);
            output = render(&load.context)?;
        }
        Ok(Self { load, source, text: output.text, warnings: output.warnings })
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it was rendered with.
    pub(crate) fn context(&self) -> &Context {
        &self.load.context
    }

    /// For each line of the rendered text the line of the file it came from; where it cannot be told, its own.
    pub(crate) fn line_map(&self) -> Vec<u32> {
        self.load.line_map(&self.source)
    }
}
