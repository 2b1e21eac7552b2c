//! `convert`: Go templates of a project as Jinja, proved before anything is written.
//!
//! [`plan`] says for each file what would become of it; [`Plan::write`] writes. The translation is `crate::template`'s
//! work; here are the project (`project`), the values a proof is made with (`values`), the proof (`proof`), and files
//! on disk (`file`).

mod file;
mod project;
mod proof;
mod values;

use std::path::PathBuf;

use anyhow::{Context as _, Result};

pub use file::TextFile;

use crate::app::App;
use crate::config::VariableInput;
use crate::error::Fault;
use crate::template::{Converted, Dialect, Facts, Syntax, Unconverted, convert, detect};
use project::{Place, Project};
use proof::{Doubt, Proof, Versions};

/// What the command line asks for.
#[derive(Debug)]
pub struct Request {
    /// Files, relative to the current folder.
    pub files: Vec<PathBuf>,
    /// services.yaml and everything it names, too.
    pub all: bool,
    /// Whether files are to be written, which must not leave a project half in one dialect.
    pub writes: bool,
    /// Variables of the command line.
    pub variables: VariableInput,
}

/// What becomes of the files.
#[derive(Debug)]
pub struct Plan {
    /// One for each file, in the order asked for; services.yaml last.
    pub reports: Vec<Report>,
    /// All or none: services.yaml says `templateSyntax: go`, and that line changes with them.
    pub together: bool,
}

/// What becomes of one file.
#[derive(Debug)]
pub struct Report {
    /// Its path as messages show it.
    pub shown: String,
    /// Its path from the project's folder.
    below: String,
    /// The file, where it could be read.
    pub file: Option<TextFile>,
    /// What becomes of it.
    pub outcome: Outcome,
}

/// What becomes of a file.
#[derive(Debug)]
pub enum Outcome {
    /// It has a proved Jinja version.
    Converted {
        /// Its text.
        text: String,
        /// What was compared.
        proof: String,
    },
    /// There is nothing to do.
    Untouched(&'static str),
    /// It has to be converted by hand.
    Refused(Vec<Reason>),
}

/// One thing that stands in the way.
#[derive(Debug, Clone)]
pub struct Reason {
    /// Line of the file, where it is known.
    pub line: Option<u32>,
    /// What it is.
    pub what: String,
    /// What to do by hand.
    pub advice: String,
}

/// Converts and proves; nothing is written.
///
/// # Errors
/// services.yaml cannot be loaded for every environment; a file that was named cannot be read; files of a project
/// whose services.yaml says `templateSyntax: go`, without the rest of it.
pub fn plan(app: &App, request: &Request) -> Result<Plan> {
    let project = Project::load(app, &request.variables)?;
    let together = project.syntax == Syntax::Go;
    if together && request.writes && !request.all {
        let name = project.source.name();
        return Err(Fault::invalid(format!("{name} says `templateSyntax: go`, so its files can only change together"))
            .hint("convert them at once with --all, or write `templateSyntax: auto` first: then each file is told by itself")
            .into());
    }
    let mut files: Vec<(TextFile, bool)> = Vec::new();
    let mut reports = Vec::new();
    let mut add = |file: TextFile| {
        let services = is_services(&project, &file);
        if !files.iter().any(|(known, _)| known.path == file.path) {
            files.push((file, services));
        }
    };
    let here = std::env::current_dir().context("cannot tell the current folder")?;
    for path in &request.files {
        add(TextFile::read(&here.join(path), &path.display().to_string(), project.source.root())?);
    }
    if request.all {
        for named in project.named.values() {
            let path = project.source.root().join(&named.written);
            let shown = project.shown_path(&path);
            match TextFile::read(&path, &shown, project.source.root()) {
                Ok(file) => add(file),
                // Named for an environment that leaves it out: nobody misses it.
                Err(_) if named.places.is_empty() && !path.exists() => {}
                Err(error) => reports.push(unreadable(shown, &error)),
            }
        }
        let name = project.source.name().to_owned();
        add(TextFile::read(project.source.path(), &name, project.source.root())?);
    }
    files.sort_by_key(|(_, services)| *services);
    for (file, services) in files {
        let outcome = if services { project.services(&file) } else { project.template(&file) };
        let below = file.path.strip_prefix(project.source.root()).unwrap_or(&file.path).display().to_string();
        reports.push(Report { shown: file.shown.clone(), below, file: Some(file), outcome });
    }
    Ok(Plan { reports, together })
}

fn is_services(project: &Project, file: &TextFile) -> bool {
    project.source.path().canonicalize().is_ok_and(|path| path == file.path)
}

fn unreadable(shown: String, error: &anyhow::Error) -> Report {
    let reason = Reason {
        line: None,
        what: format!("{error:#}"),
        advice: "correct its path in services.yaml, or the file".to_owned(),
    };
    Report { below: shown.clone(), shown, file: None, outcome: Outcome::Refused(vec![reason]) }
}

impl Plan {
    /// How many files have to be converted by hand.
    pub fn refused(&self) -> usize {
        self.reports.iter().filter(|report| matches!(report.outcome, Outcome::Refused(_))).count()
    }

    /// Whether anything may be written.
    pub fn may_write(&self) -> bool {
        !self.together || self.refused() == 0
    }

    /// Writes what is proved: first everything beside its file, then all files are replaced.
    ///
    /// # Errors
    /// A file cannot be written; where its folder is the reason, none is.
    pub fn write(&self, backup: bool) -> Result<()> {
        let mut ready = Vec::new();
        for report in &self.reports {
            if let (Outcome::Converted { text, .. }, Some(file)) = (&report.outcome, &report.file) {
                ready.push(file.prepare(text, backup)?);
            }
        }
        ready.into_iter().try_for_each(file::Prepared::commit)
    }
}

impl Project {
    /// What becomes of a manifest or another template.
    fn template(&self, file: &TextFile) -> Outcome {
        if self.syntax != Syntax::Go
            && let Some(outcome) = untouched(&file.text)
        {
            return outcome;
        }
        let named = self.named.get(&file.path);
        let used = named.is_some_and(|named| !named.places.is_empty());
        let places: Vec<&Place> = match named {
            Some(named) if used => named.places.iter().filter_map(|index| self.places.get(*index)).collect(),
            _ => self.places.iter().collect(),
        };
        let prompt = named.is_none_or(|named| named.prompt);
        let syntax = if self.syntax == Syntax::Auto { Syntax::Auto } else { Syntax::Jinja };
        attempt(file, &self.facts(), |converted| {
            let versions = Versions { name: &file.shown, go: &file.text, jinja: converted, syntax };
            self.prove(&versions, &places, prompt, used).map(|proof| (converted.text.clone(), proof))
        })
    }

    /// What becomes of services.yaml.
    fn services(&self, file: &TextFile) -> Outcome {
        if self.syntax == Syntax::Jinja {
            return Outcome::Untouched("it is Jinja already");
        }
        if self.syntax == Syntax::Auto
            && let Some(outcome) = untouched(&file.text)
        {
            return outcome;
        }
        if let Some(reason) = self.late_templates() {
            return Outcome::Refused(vec![reason]);
        }
        attempt(file, &Facts { when: true, ..self.facts() }, |converted| {
            let text = switched(&converted.text);
            let versions =
                Versions { name: &file.shown, go: &file.text, jinja: converted, syntax: self.syntax };
            self.prove_services(&versions, &text).map(|proof| (text, proof))
        })
    }

    /// Text of services.yaml that is rendered once more later, and would then be read as Jinja.
    fn late_templates(&self) -> Option<Reason> {
        if self.syntax != Syntax::Go {
            return None;
        }
        let blocks = self.places.iter().flat_map(|place| &place.stack.file.codex.config_blocks);
        let late = blocks
            .filter_map(|block| block.toml.as_ref())
            .any(|toml| matches!(detect(toml), Ok(Dialect::Go)));
        late.then(|| Reason {
            line: None,
            what: "a `toml` of codex.configBlocks still holds Go syntax once services.yaml is rendered"
                .to_owned(),
            advice: "move it to a `file`, which is converted, or write it in Jinja by hand".to_owned(),
        })
    }
}

/// Files that need no conversion, where the dialect is told by the file.
fn untouched(text: &str) -> Option<Outcome> {
    match detect(text) {
        Ok(Dialect::Go) => None,
        Ok(Dialect::Jinja) if ["{{", "{%", "{#"].iter().any(|tag| text.contains(tag)) => {
            Some(Outcome::Untouched("it is Jinja already"))
        }
        Ok(Dialect::Jinja) => Some(Outcome::Untouched("there is no template syntax in it")),
        Err(error) => Some(Outcome::Refused(vec![Reason {
            line: Some(error.line()),
            what: error.message().to_owned(),
            advice: "write the file in one dialect".to_owned(),
        }])),
    }
}

/// Converts and proves; where only missing keys are in the way, once more with defaults for them.
fn attempt(
    file: &TextFile,
    facts: &Facts,
    prove: impl Fn(&Converted) -> Result<(String, Proof), Doubt>,
) -> Outcome {
    let once = |facts: &Facts| convert(&file.shown, &file.text, facts);
    let (first, doubt) = match once(facts) {
        Err(why) => return Outcome::Refused(reasons(why)),
        Ok(converted) => match prove(&converted) {
            Ok(proved) => return proved_outcome(file, proved),
            Err(doubt) => (converted, doubt),
        },
    };
    if doubt.undefined
        && let Ok(second) = once(&Facts { cautious: true, ..facts.clone() })
        && second.text != first.text
        && let Ok(proved) = prove(&second)
    {
        return proved_outcome(file, proved);
    }
    Outcome::Refused(vec![doubtful(&file.text, &doubt)])
}

fn proved_outcome(file: &TextFile, (text, proof): (String, Proof)) -> Outcome {
    if text == file.text {
        return Outcome::Untouched("there is nothing in it that Jinja would read differently");
    }
    let sets = if proof.sets == 1 { "set" } else { "sets" };
    let proof = format!("same in {}, {} {sets} of values", proof.places, proof.sets);
    Outcome::Converted { text, proof }
}

fn reasons(why: Unconverted) -> Vec<Reason> {
    match why {
        Unconverted::Invalid(error) => vec![Reason {
            line: Some(error.line()),
            what: format!("no valid Go template: {}", error.message()),
            advice: error.hint().unwrap_or("correct it first").to_owned(),
        }],
        Unconverted::Refused(all) => all
            .into_iter()
            .map(|one| Reason { line: Some(one.line), what: one.construct, advice: one.advice })
            .collect(),
    }
}

/// A doubt with the line it is about: the template's own text, never what it renders to.
fn doubtful(text: &str, doubt: &Doubt) -> Reason {
    let line = doubt.line.and_then(|line| text.lines().nth(line.saturating_sub(1) as usize));
    let shown =
        line.map(|line| line.trim().chars().take(100).collect::<String>()).filter(|line| !line.is_empty());
    let what = match shown {
        Some(line) => format!("{}\n    {line}", doubt.what),
        None => doubt.what.clone(),
    };
    let advice = match doubt.broken {
        true => "correct it first, or give the variables it needs with --vars or --var-file",
        false => "convert it by hand",
    };
    Reason { line: doubt.line, what, advice: advice.to_owned() }
}

/// services.yaml with `templateSyntax: jinja`, where it says `go`.
fn switched(text: &str) -> String {
    let line = |line: &str| {
        let is_key = line.trim_start().starts_with("templateSyntax:");
        match line.split_once(':').filter(|_| is_key) {
            Some((key, value)) => format!("{key}:{}", value.replacen("go", "jinja", 1)),
            None => line.to_owned(),
        }
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

impl Report {
    /// A unified diff of what would be written, with paths from the project's folder as `git apply` wants them.
    pub fn diff(&self) -> String {
        let (Outcome::Converted { text, .. }, Some(file)) = (&self.outcome, &self.file) else {
            return String::new();
        };
        let (before, after) = (format!("a/{}", self.below), format!("b/{}", self.below));
        similar::TextDiff::from_lines(&file.text, text).unified_diff().header(&before, &after).to_string()
    }
}
