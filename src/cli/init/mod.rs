//! `codexctl init`: answers from flags, from questions (`ask`) or from defaults. What is written is in [`crate::init`].

mod ask;

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::ValueHint;

use crate::error::Fault;
use crate::init::{self, Answers, Dialect, Planned, SLOTS, Site, rules};
use crate::output;
use ask::Questions;

/// Environments where nobody names any.
const ENVIRONMENTS: &str = "dev,staging";
/// The first service where nobody names one.
const SERVICE: &str = "web";
/// Its image.
const IMAGE: &str = "nginx:1.29-alpine";
/// Its port.
const PORT: &str = "80";

/// Start a project: services.yaml, manifests, and a workflow
///
/// On a terminal it asks what no flag says; elsewhere, and with --yes, defaults stand in. What it writes renders at once
/// in every environment. All files are written or none; files that are there are left alone without --force.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  codexctl init shop --service api --image registry.test/shop/api:1.0.0 --port 8080\n  codexctl init --yes --ai --no-workflow --dry-run"
)]
pub(super) struct Args {
    /// Folder of the project, made where it is missing [default: the current one]
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    dir: Option<PathBuf>,
    /// Name of the project [default: the folder's name]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Environments, the default one first (comma-separated, or repeated) [default: dev,staging]
    #[arg(short, long, value_name = "NAMES", value_delimiter = ',')]
    env: Vec<String>,
    /// Dialect of the templates [default: jinja]
    #[arg(long, value_name = "DIALECT")]
    syntax: Option<SyntaxArg>,
    /// Name of the first service [default: web]
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Its image [default: nginx:1.29-alpine]
    #[arg(long, value_name = "IMAGE")]
    image: Option<String>,
    /// The port it listens on [default: 80]
    #[arg(long, value_name = "PORT")]
    port: Option<String>,
    /// Add an Ingress for each environment: <ENV>.<DOMAIN>, slots: dev-<N>.<DOMAIN>
    #[arg(long, value_name = "DOMAIN")]
    host: Option<String>,
    /// Add slots with an AI agent
    #[arg(long, overrides_with = "no_ai")]
    ai: bool,
    /// No slots (the default)
    #[arg(long)]
    no_ai: bool,
    /// A GitHub workflow that deploys (the default)
    #[arg(long, overrides_with = "no_workflow")]
    workflow: bool,
    /// No workflow
    #[arg(long)]
    no_workflow: bool,
    /// Ask nothing
    #[arg(short, long)]
    yes: bool,
    /// Print the files, write nothing
    #[arg(long)]
    dry_run: bool,
    /// Overwrite files that are there
    #[arg(long)]
    force: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum SyntaxArg {
    Jinja,
    Go,
}

impl Args {
    pub(super) fn run(self) -> Result<()> {
        let dir = self.dir.clone().unwrap_or_else(|| PathBuf::from("."));
        let site = Site::at(&dir)?;
        let (dry_run, force) = (self.dry_run, self.force);
        // A question that can be shown and answered.
        let terminal = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        let mut answers = self.clone().answers(&mut Questions::none(), site.folder())?;
        if terminal && !self.yes {
            // Nobody should answer questions for nothing: flags are right by now, and the main file is not in the way.
            if !force && !dry_run {
                site.refuse_existing(&[Planned { path: init::MAIN.into(), text: String::new() }])?;
            }
            answers = self.answers(&mut Questions::on_the_terminal(), site.folder())?;
        }
        answers.check()?;
        let files = init::files(&answers);
        if dry_run {
            let shown = files.iter().map(|file| format!("==> {} <==\n{}", file.path, file.text));
            output::print(&shown.collect::<Vec<_>>().join("\n"))?;
            for path in site.existing(&files) {
                tracing::warn!("{} exists already", site.shown(path));
            }
            return Ok(());
        }
        if !force {
            site.refuse_existing(&files)?;
        }
        if let Some(outer) =
            site.folder().ancestors().skip(1).map(|dir| dir.join(init::MAIN)).find(|path| path.exists())
        {
            tracing::warn!(
                "{} is another project; below {} the new one counts",
                outer.display(),
                dir.display()
            );
        }
        site.write(&files, force)?;
        output::print(&files.iter().map(|file| site.shown(&file.path) + "\n").collect::<String>())?;
        if let (true, Some(root)) = (answers.workflow, repository_above(site.folder())) {
            tracing::warn!(
                "GitHub reads workflows at the root of a repository only: move {} to {}, and give its job the variable \
                 CODEXCTL_CONFIG: {}",
                site.shown(init::WORKFLOW),
                root.join(init::WORKFLOW).display(),
                site.folder().join(init::MAIN).strip_prefix(root)?.display()
            );
        }
        tracing::info!("{}", next_steps(&dir, first_env(&answers), &answers));
        Ok(())
    }

    /// Each answer: the flag, else the question's, else the default.
    fn answers(self, questions: &mut Questions, folder: &Path) -> Result<Answers> {
        let name = init::default_project(folder);
        let project = questions.text(self.name, "Project name", &name, rules::project)?;
        let given = (!self.env.is_empty()).then(|| self.env.join(","));
        let environments = questions.text(given, "Environments, with commas", ENVIRONMENTS, environments)?;
        let syntax = self.syntax.map(|syntax| match syntax {
            SyntaxArg::Jinja => Dialect::Jinja,
            SyntaxArg::Go => Dialect::Go,
        });
        let syntax = match syntax {
            Some(syntax) => syntax,
            None => questions.text(None, "Template dialect, jinja or go", "jinja", dialect)?,
        };
        let service = questions.text(self.service, "First service", SERVICE, rules::service)?;
        let image = questions.text(self.image, "Its image", IMAGE, rules::image)?;
        let port = questions.text(self.port, "Its port", PORT, rules::port)?;
        let host = self.host.as_deref().map(rules::host).transpose()?;
        // `ai` among the environments says it all.
        let named = environments.iter().any(|name| name == SLOTS);
        if named && self.no_ai {
            return Err(Fault::invalid(format!("--env names `{SLOTS}`, which --no-ai leaves out"))
                .hint("leave out one of the two")
                .into());
        }
        let flag = |yes: bool, no: bool| (yes || no).then_some(yes);
        let ai = questions.confirm(flag(self.ai || named, self.no_ai), "Slots with an AI agent", false)?;
        let workflow =
            questions.confirm(flag(self.workflow, self.no_workflow), "GitHub workflow that deploys", true)?;
        let environments = environments.into_iter().filter(|name| name != SLOTS).collect();
        Ok(Answers { project, environments, syntax, service, image, port, host, ai, workflow })
    }
}

fn environments(text: &str) -> Result<Vec<String>, Fault> {
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    let names: Vec<String> = names.map(rules::environment).collect::<Result<_, _>>()?;
    match names.is_empty() {
        true => Err(Fault::invalid("environments: nothing is given").hint("name one, for example dev")),
        false => Ok(names),
    }
}

fn dialect(text: &str) -> Result<Dialect, Fault> {
    match text.trim().to_lowercase().as_str() {
        "jinja" => Ok(Dialect::Jinja),
        "go" => Ok(Dialect::Go),
        other => Err(Fault::invalid(format!("`{other}` is no dialect")).hint("jinja or go")),
    }
}

fn first_env(answers: &Answers) -> &str {
    answers.environments.first().map_or("", String::as_str)
}

/// The root of the Git repository that the folder is a part of, where it is not the root itself.
fn repository_above(folder: &Path) -> Option<&Path> {
    folder.ancestors().find(|dir| dir.join(".git").exists()).filter(|root| *root != folder)
}

/// What to do now, as commands.
fn next_steps(dir: &Path, env: &str, answers: &Answers) -> String {
    let mut steps = vec![String::from("Next:")];
    if dir != Path::new(".") {
        steps.push(format!("  cd {}", quoted(&dir.display().to_string())));
    }
    steps.push(format!("  codexctl render --env {env}          # what the cluster would get"));
    steps.push(format!("  codexctl doctor --env {env}          # what is missing on this machine"));
    steps.push(format!("  codexctl apply --env {env} --wait"));
    if answers.ai {
        steps.push(format!("  codexctl manage-env create --env {SLOTS} --issue 1"));
    }
    if answers.workflow {
        steps.push(format!(
            "The workflow needs a GitHub environment `{env}` with the secret KUBECONFIG_CONTENT."
        ));
    }
    steps.join("\n")
}

/// A path as a shell takes it.
fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+@:,~".contains(c);
    if path.chars().all(plain) { path.to_string() } else { format!("'{}'", path.replace('\'', "'\\''")) }
}
