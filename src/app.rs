//! What one invocation shares: global settings, the runner of child processes, and the way to a loaded stack.

use std::path::PathBuf;

use anyhow::Result;

use crate::config::{
    Header, LoadContext, Rendered, Source, Stack, StackContext, Target, VariableInput, Variables,
};
use crate::process::{Runner, Secrets};

/// One run of codexctl.
#[derive(Debug)]
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
    /// An invocation with these settings; values of secret variables of the OS environment are masked from now on.
    pub fn new(config: Option<PathBuf>, strict: bool, secrets: Secrets) -> Self {
        Self { config, strict, runner: Runner::new(secrets) }
    }

    /// The known secrets.
    pub fn secrets(&self) -> &Secrets {
        self.runner.secrets()
    }

    /// Walks the corridor from services.yaml to the checked stack and its context.
    ///
    /// # Errors
    /// Whatever is wrong with the file, its dotenv files, or the request.
    pub fn load(&self, request: &StackRequest) -> Result<(Stack, StackContext)> {
        let source = Source::read(self.config.as_deref())?;
        let header = Header::parse(&source)?;
        let variables = Variables::collect(source.root(), &header.env_files, &request.variables)?;
        self.secrets().learn(variables.env_map.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let load = LoadContext::build(header, &source, request.target.clone(), variables);
        let rendered = Rendered::from(load, source)?;
        Stack::parse(rendered, self.strict)
    }
}
