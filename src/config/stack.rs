//! Stages 5 and 6: the parsed and checked stack, and the context its manifests are rendered with.

use std::path::Path;
use std::sync::OnceLock;

use anyhow::Result;

use super::check::{self, Steps};
use super::context::{LoadContext, Rendered, Target};
use super::names::{EnvName, Namespace, Slot};
use super::report::{LineMap, Placed, Report, not_yaml};
use super::resolve::{self, Environment};
use super::schema::{CodexSpec, StackFile, StorageSpec, SyntaxName, VolumeSpec};
use super::source::{Source, shown};
use super::steps::Step;
use crate::error::Fault;
use crate::template::{CodexView, Context, LinkView, StorageView, Syntax, TimeoutsView, VolumeView, Warning};
use crate::yaml::{self, Located, Mark, Node};

/// A checked services.yaml for one environment.
#[derive(Debug)]
pub struct Stack {
    /// The parsed file.
    pub file: StackFile,
    /// The project's name (the header's: see spec section 1, stage 6).
    pub project: String,
    /// The environment, inheritance resolved.
    pub environment: Environment,
    /// Steps around everything.
    pub hooks: StackSteps,
    /// Steps of `infrastructure[i]`, then of `services[i]`, in file order.
    pub infra_hooks: Vec<UnitSteps>,
    /// See `infra_hooks`.
    pub service_hooks: Vec<UnitSteps>,
    /// What is odd about the file but no error; the log has it too.
    pub warnings: Vec<String>,
    source: Source,
    rendered: String,
    /// For each line of `rendered` the line of the file; made for the first message that asks.
    lines: OnceLock<LineMap>,
    namespace: Option<Namespace>,
    load: LoadContext,
}

/// What an examination of services.yaml found, for those who list problems rather than stop at them.
#[derive(Debug)]
pub struct Examined {
    /// The stack, as far as it can be made: what is wrong has fallbacks in its place. Nothing for text that is no YAML.
    pub stack: Option<(Stack, StackContext)>,
    /// The rendered file, with the places of its keys.
    pub root: Node,
    /// What is wrong with the file.
    pub problems: Vec<Placed>,
    /// What template rendering warned of.
    pub template_warnings: Vec<Warning>,
    /// The environment is unknown.
    pub environment: Option<Fault>,
    /// The namespace cannot be had.
    pub namespace: Option<Fault>,
}

/// Checked steps of the stack's `hooks`.
#[derive(Debug, Default)]
pub struct StackSteps {
    /// `beforeAll`.
    pub before_all: Vec<Step>,
    /// `afterAll`.
    pub after_all: Vec<Step>,
}

/// Checked steps of a group's or service's `hooks`.
#[derive(Debug, Default)]
pub struct UnitSteps {
    /// `beforeApply`.
    pub before_apply: Vec<Step>,
    /// `afterApply`.
    pub after_apply: Vec<Step>,
    /// `beforeDestroy`.
    pub before_destroy: Vec<Step>,
    /// `afterDestroy`.
    pub after_destroy: Vec<Step>,
}

/// What manifests are rendered with: the load context plus what the parsed file says.
#[derive(Clone, Debug)]
pub struct StackContext {
    /// The names templates see.
    pub context: Context,
    /// Dialect of the manifests.
    pub syntax: Syntax,
}

impl Stack {
    /// Parses and checks the rendered file; `strict` makes unknown keys errors. Warnings go to the log.
    ///
    /// # Errors
    /// All problems of the file at once, each with its place.
    pub fn parse(rendered: Rendered, strict: bool) -> Result<(Self, StackContext)> {
        let root = match yaml::parse_one(rendered.source.name(), &rendered.text) {
            Ok(root) => root.unwrap_or_else(Node::null),
            Err(error) => {
                not_yaml(&rendered, &error).finish(true)?;
                return Err(error.into());
            }
        };
        let (file, problems) = yaml::decode::<StackFile>(&root);
        let mut report = Report::new(&rendered, problems);
        let steps = check::check(&file, &rendered.load.header.project, &mut report);
        let mut warnings = report.finish(strict)?;
        for warning in &rendered.warnings {
            let warning = format!("{}:{}: {}", rendered.source.name(), warning.line, warning.message);
            tracing::warn!("{warning}");
            warnings.push(warning);
        }
        let environment = resolve::resolve(&file.environments, rendered.load.target.env.as_str())?;
        env_files_were_read(&rendered.load, &file)?;
        pattern_was_read(&rendered.load, &file)?;
        let namespace = rendered.load.namespace.clone()?;
        Ok(Self::of(rendered, file, steps, environment, namespace, warnings))
    }

    /// Parses and checks the rendered file and goes on whatever is wrong with it. Nothing goes to the log.
    pub fn examine(mut rendered: Rendered) -> Examined {
        let template_warnings = std::mem::take(&mut rendered.warnings);
        let root = match yaml::parse_one(rendered.source.name(), &rendered.text) {
            Ok(root) => root.unwrap_or_else(Node::null),
            Err(error) => {
                let problems = not_yaml(&rendered, &error).placed();
                let (root, environment, namespace) = (Node::null(), None, None);
                return Examined { stack: None, root, problems, template_warnings, environment, namespace };
            }
        };
        let (file, problems) = yaml::decode::<StackFile>(&root);
        let mut report = Report::new(&rendered, problems);
        let steps = check::check(&file, &rendered.load.header.project, &mut report);
        let problems = report.placed();
        let name = rendered.load.target.env.as_str();
        let resolved = resolve::resolve(&file.environments, name);
        // A chain that is broken is a problem of the file already.
        let environment = resolved.as_ref().err().filter(|_| !file.environments.contains_key(name)).cloned();
        let fallback = || Environment { name: name.to_string(), ..Environment::default() };
        let resolved = resolved.unwrap_or_else(|_| fallback());
        let namespace = rendered.load.namespace.clone();
        let fault = namespace.as_ref().err().cloned();
        let stack = Self::of(rendered, file, steps, resolved, namespace.unwrap_or_default(), Vec::new());
        Examined { stack: Some(stack), root, problems, template_warnings, environment, namespace: fault }
    }

    fn of(
        rendered: Rendered,
        file: StackFile,
        steps: Steps,
        environment: Environment,
        namespace: Option<Namespace>,
        warnings: Vec<String>,
    ) -> (Self, StackContext) {
        let context = StackContext {
            syntax: syntax(file.template_syntax),
            context: Context {
                versions: file.versions.clone(),
                base_domain: file.base_domain.clone(),
                codex: codex_view(&file.codex),
                storage: storage_view(&file.storage),
                ..rendered.load.context.clone()
            },
        };
        let stack = Self {
            project: rendered.load.header.project.clone(),
            environment,
            hooks: steps.stack,
            infra_hooks: steps.infrastructure,
            service_hooks: steps.services,
            warnings,
            source: rendered.source,
            rendered: rendered.text,
            lines: OnceLock::new(),
            namespace,
            load: rendered.load,
            file,
        };
        (stack, context)
    }

    /// The folder all relative paths start from.
    pub fn root(&self) -> &Path {
        self.source.root()
    }

    /// The file's path as messages show it.
    pub fn source_name(&self) -> &str {
        self.source.name()
    }

    /// What the command line asked for.
    pub fn target(&self) -> &Target {
        &self.load.target
    }

    /// The namespace, if the environment has one without (another) slot.
    pub fn namespace(&self) -> Option<&Namespace> {
        self.namespace.as_ref()
    }

    /// The namespace of another environment or slot of this stack.
    ///
    /// # Errors
    /// A pattern that does not render, or gives no namespace name.
    pub fn namespace_for(&self, env: &EnvName, slot: Option<Slot>) -> Result<Option<Namespace>, Fault> {
        self.load.namespace_for(env, slot)
    }

    /// The namespace, for commands that cannot work without.
    ///
    /// # Errors
    /// Asks for `--slot` when the environment only exists as slots.
    pub fn require_namespace(&self) -> Result<&Namespace, Fault> {
        self.namespace.as_ref().ok_or_else(|| {
            let env = &self.environment.name;
            Fault::invalid(format!("environment `{env}` has a namespace per slot"))
                .hint("name one with --slot N (or a namespace with --namespace)")
        })
    }

    /// A path as messages show it: relative to the current folder where it lies below.
    pub fn shown(&self, path: &Path) -> String {
        std::env::current_dir().map_or_else(|_| path.display().to_string(), |here| shown(path, &here))
    }

    /// `file:line` of a value, for messages about it.
    pub fn place<T>(&self, value: &Located<T>) -> String {
        format!("{}:{}", self.source.name(), self.written(value.mark).0)
    }

    /// Line and column in services.yaml as it was written; no column where templating changed the line.
    pub fn written(&self, mark: Mark) -> (u32, Option<u32>) {
        let make = || LineMap::new(&self.rendered, self.source.text(), &self.load.line_map(&self.source));
        self.lines.get_or_init(make).place(mark)
    }
}

fn syntax(name: SyntaxName) -> Syntax {
    match name {
        SyntaxName::Auto => Syntax::Auto,
        SyntaxName::Jinja => Syntax::Jinja,
        SyntaxName::Go => Syntax::Go,
    }
}

fn codex_view(spec: &CodexSpec) -> CodexView {
    let text = |value: &Option<Located<String>>| value.as_ref().map(|v| v.value.clone()).unwrap_or_default();
    CodexView {
        config_template: spec.config_template.clone(),
        prompt_lang: spec.prompt_lang.clone(),
        model: spec.model.clone(),
        model_reasoning_effort: spec.model_reasoning_effort.clone(),
        links: spec
            .links
            .iter()
            .map(|link| LinkView { title: link.title.clone(), path: link.path.clone() })
            .collect(),
        extra_tools: spec.extra_tools.clone(),
        project_context: spec.project_context.clone(),
        services_overview: spec.services_overview.clone(),
        timeouts: TimeoutsView {
            exec: text(&spec.timeouts.exec),
            rollout: text(&spec.timeouts.rollout),
            deploy_wait: text(&spec.timeouts.deploy_wait),
        },
    }
}

fn storage_view(spec: &StorageSpec) -> StorageView {
    let volume = |volume: &VolumeSpec| VolumeView {
        size: volume.size.clone(),
        storage_class: volume.storage_class.clone(),
        access_modes: volume.access_modes.clone(),
    };
    StorageView {
        workspace: volume(&spec.workspace),
        data: volume(&spec.data),
        registry: volume(&spec.registry),
    }
}

/// A pattern that only rendering brings to light came too late to count: the default must not stand in for it.
fn pattern_was_read(load: &LoadContext, file: &StackFile) -> Result<(), Fault> {
    let env = load.target.env.as_str();
    // null is no pattern.
    let there = file.namespace.patterns.get(env).is_some_and(|pattern| !pattern.is_empty());
    let late = there && !load.header.patterns.contains_key(env);
    if !late || load.target.namespace.is_some() {
        return Ok(());
    }
    let place = &load.header.namespace_place;
    let message = format!("{place}: namespace.patterns.{env} cannot be read before the file is rendered");
    let hint = format!("write it as a line of its own, `{env}: \"…\"`, with the template in quotes");
    Err(Fault::invalid(message).hint(hint))
}

/// The same for dotenv files: their variables would be missing without a word.
fn env_files_were_read(load: &LoadContext, file: &StackFile) -> Result<(), Fault> {
    let named = file.env_files.iter().filter(|path| !path.value.is_empty()).count();
    if named <= load.header.env_files.len() {
        return Ok(());
    }
    let place = load.header.env_files_place();
    Err(Fault::invalid(format!("{place}: `envFiles` cannot be read before the file is rendered"))
        .hint("write plain paths: templates are rendered with what these files say"))
}
