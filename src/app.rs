//! What one invocation shares: global settings, the runner of child processes, and the way to a loaded stack.

use std::path::PathBuf;

use anyhow::Result;

use crate::config::{
    Header, LoadContext, Rendered, Source, Stack, StackContext, Target, VariableInput, Variables,
};
use crate::deploy::Session;
use crate::manifests::{Filters, Format, ManifestSet, Selected};
use crate::process::{Runner, Secrets, mask_named};
use crate::tools::kubectl::{Cluster, Kubectl};

/// One run of codexctl.
#[derive(Clone, Debug)]
pub struct App {
    /// `--config`.
    pub config: Option<PathBuf>,
    /// Unknown keys are errors.
    pub strict: bool,
    /// Starts child processes.
    pub runner: Runner,
}

/// What a command that works on a stack was asked for.
#[derive(Clone, Debug)]
pub struct StackRequest {
    /// Where to work.
    pub target: Target,
    /// Variables of the command line.
    pub variables: VariableInput,
}

impl App {
    /// The known secrets.
    pub fn secrets(&self) -> &Secrets {
        self.runner.secrets()
    }

    /// Loads the stack, renders the selected manifests, and points kubectl at the environment's cluster. Nothing is
    /// asked of the cluster yet.
    ///
    /// # Errors
    /// As [`App::load`]; manifests that cannot be rendered; an environment that needs a slot; a kubeconfig that is
    /// not there.
    pub fn session(&self, request: &StackRequest, filters: &Filters) -> Result<Session> {
        let (stack, context) = self.load(request)?;
        stack.require_namespace()?;
        let selected = Selected::new(&stack, filters)?;
        let set = ManifestSet::render(&stack, &context, &selected, Format::Compact)?;
        let kubectl = self.kubectl(&stack, &context)?;
        Ok(Session { stack, context, set, kubectl })
    }

    /// kubectl, pointed at the environment's cluster.
    ///
    /// # Errors
    /// A kubeconfig that is not there.
    pub fn kubectl(&self, stack: &Stack, context: &StackContext) -> Result<Kubectl> {
        let cluster =
            Cluster::of(&stack.environment, stack.source_name(), stack.root(), &context.context.env_map)?;
        Ok(Kubectl::new(self.runner.clone(), cluster))
    }

    /// Walks the corridor from services.yaml to the checked stack and its context.
    ///
    /// # Errors
    /// Whatever is wrong with the file, its dotenv files, or the request.
    pub fn load(&self, request: &StackRequest) -> Result<(Stack, StackContext)> {
        self.load_with(request, &[])
    }

    /// The same, with facts that are variables too (`ISSUE_NUMBER`); those of `--var-file` and `--vars` are stronger.
    ///
    /// # Errors
    /// As [`App::load`].
    pub fn load_with(
        &self,
        request: &StackRequest,
        facts: &[(&str, String)],
    ) -> Result<(Stack, StackContext)> {
        let source = Source::read(self.config.as_deref())?;
        let header = Header::parse(&source)?;
        let mut variables = Variables::collect(
            source.root(),
            &header.env_files,
            header.env_files_place(),
            &request.variables,
        )?;
        for (name, value) in facts {
            if !variables.vars.contains_key(*name) {
                variables.vars.insert((*name).into(), value.clone());
                variables.env_map.insert((*name).into(), value.clone());
            }
        }
        self.secrets().learn(variables.env_map.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let load = LoadContext::build(header, &source, request.target.clone(), variables);
        let rendered = Rendered::from(load, source)?;
        if tracing::enabled!(tracing::Level::DEBUG) {
            let (length, start) = (Secrets::PREVIEW, self.secrets().preview(&mask_named(rendered.text())));
            tracing::debug!("services.yaml rendered, its first {length} characters:\n{start}");
        }
        Stack::parse(rendered, self.strict)
    }
}
