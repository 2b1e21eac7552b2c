//! validate: everything that can be known about a stack without a cluster, all at once.
//!
//! services.yaml is walked through for every environment as `render` does it, but nothing stops at the first problem:
//! `environment` is the file itself, `documents` its manifests, `object` the rules for one Kubernetes object, and
//! `references`, `images`, `hooks`, `agent` what the parts say about each other. `rules` lists every rule. Nothing is
//! started and nothing is asked of anyone; what needs a cluster, a registry or a program is `doctor`'s.

mod agent;
mod collect;
mod documents;
mod environment;
mod finding;
mod hooks;
mod images;
mod json;
mod object;
mod references;
mod rules;
mod sarif;
mod text;

use std::path::PathBuf;

use anyhow::Result;

use crate::app::{App, StackRequest};
use crate::config::{EnvName, Header, Slot, Source, Target, VariableInput, Variables};
use crate::error::Fault;
use crate::manifests::{Filters, Selected};
use collect::Collected;
use environment::Environment;

pub use finding::{Finding, Severity};
pub use json::json;
pub use rules::{ALL, Rule};
pub use sarif::sarif;
pub use text::text;

/// What validate was asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// `--env`; all environments without.
    pub env: Option<EnvName>,
    /// `--slot`; slot 1 without, for environments that exist as slots.
    pub slot: Option<Slot>,
    /// Variables of the command line.
    pub variables: VariableInput,
}

/// What was found, and what was looked at.
#[derive(Clone, Debug)]
pub struct Report {
    /// The findings: services.yaml first, then by file and line.
    pub findings: Vec<Finding>,
    /// The environments that were checked.
    pub environments: Vec<String>,
    /// How many documents they have together.
    pub documents: usize,
    /// services.yaml, as messages show it.
    pub file: String,
    /// The folder of services.yaml.
    pub root: PathBuf,
}

impl Report {
    /// How many findings of a severity there are.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}

/// Checks everything.
///
/// # Errors
/// There is no services.yaml, or `--vars` is no NAME=VALUE.
pub fn examine(app: &App, request: &Request) -> Result<Report> {
    let mut collected = Collected::default();
    let source = match Source::read(app.config.as_deref()) {
        Ok(source) => source,
        Err(error) => return unreadable(app, error),
    };
    let header = match Header::parse(&source) {
        Ok(header) => header,
        Err(error) => {
            collected.add("", "", vec![Finding::of_error(&rules::INVALID, source.name(), &error)]);
            return Ok(collected.into_report(app, &source, Vec::new()));
        }
    };
    let (variables, unread) = Variables::collect_readable(
        source.root(),
        &header.env_files,
        header.env_files_place(),
        &request.variables,
    )?;
    app.secrets().learn(variables.env_map.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    collected.add("", "", unread.iter().map(|error| of_variables(&header, &source, error)).collect());
    let walk =
        Walk { app, request, source: &source, header: &header, variables, incomplete: !unread.is_empty() };
    let names = match &request.env {
        Some(env) => {
            walk.one(env, &mut collected);
            vec![env.as_str().to_string()]
        }
        None => walk.all(&mut collected),
    };
    Ok(collected.into_report(app, &source, names))
}

/// A services.yaml that is there and is no text is a finding; one that is not there leaves nothing to check.
fn unreadable(app: &App, error: anyhow::Error) -> Result<Report> {
    let place = error.downcast_ref::<Fault>().and_then(Fault::place).filter(|place| place.line.is_some());
    let Some(place) = place.cloned() else { return Err(error) };
    let mut findings = vec![Finding::of_error(&rules::UNREADABLE_CONFIG, &place.file, &error)];
    collect::mask(app, &mut findings);
    let root = std::env::current_dir().unwrap_or_default();
    Ok(Report { findings, environments: Vec::new(), documents: 0, file: place.file, root })
}

fn of_variables(header: &Header, source: &Source, error: &anyhow::Error) -> Finding {
    let finding = Finding::of_error(&rules::VARIABLES, source.name(), error);
    // A file that is not there is found where it is named; the var-file has no such place.
    let place = header.env_files_place().rsplit_once(':');
    let line = place.and_then(|(_, line)| line.parse::<u32>().ok());
    match (finding.line, line) {
        (None, Some(_)) if header.env_files.contains(&finding.file) => {
            let cause = error.root_cause().to_string();
            let named = Finding::new(&rules::VARIABLES, source.name(), cause);
            named.at((line, None)).path("envFiles").hint(finding.hint)
        }
        _ => finding,
    }
}

/// One run: what all environments share.
struct Walk<'a> {
    app: &'a App,
    request: &'a Request,
    source: &'a Source,
    header: &'a Header,
    variables: Variables,
    /// Variables of a file that could not be read are missing.
    incomplete: bool,
}

impl Walk<'_> {
    /// Every environment: those that can be read before the file is rendered, and those that show up then.
    fn all(&self, collected: &mut Collected) -> Vec<String> {
        let mut names = self.header.environments.clone();
        if names.is_empty() {
            let known = self.header.patterns.keys().chain(self.header.base_domain.keys());
            let stand_in = EnvName::new(known.min().cloned().unwrap_or_default());
            let mut first = Collected::default();
            names = self.one(&stand_in, &mut first);
            if names.is_empty() {
                // Whatever is wrong, it is not that this one is unknown, or has no namespace.
                first.remove(&rules::UNKNOWN_ENVIRONMENT);
                first.remove(&rules::NAMESPACE);
                collected.append(first);
                if !collected.has_errors() {
                    let hint = "write `environments: {dev: {}}`, or what yours are called";
                    let finding = Finding::new(
                        &rules::NO_ENVIRONMENTS,
                        self.source.name(),
                        "there are no `environments`",
                    )
                    .at((Some(1), None))
                    .path("environments")
                    .hint(Some(hint.into()));
                    collected.add("", "", vec![finding]);
                }
                return Vec::new();
            }
        }
        let mut at = 0;
        while let Some(name) = names.get(at).cloned() {
            for more in self.one(&EnvName::new(name), collected) {
                if !names.contains(&more) {
                    names.push(more);
                }
            }
            at += 1;
        }
        names
    }

    fn stack_request(&self, env: &EnvName) -> StackRequest {
        let needs_slot = self.header.needs_slot(env);
        let wanted = self.request.slot.filter(|_| needs_slot || self.request.env.is_some());
        let slot = wanted.or_else(|| needs_slot.then_some(Slot::FIRST));
        let target = Target { env: env.clone(), slot, namespace: None };
        StackRequest { target, variables: self.request.variables.clone() }
    }

    /// Agents work in environments that exist as slots; in a project without any, they may work in each.
    fn agents_work_in(&self, env: &EnvName) -> bool {
        let mut names = self.header.environments.iter().chain(self.header.patterns.keys());
        self.header.needs_slot(env) || !names.any(|name| self.header.needs_slot(&EnvName::new(name.clone())))
    }

    /// One environment; gives the names of all that the file has.
    fn one(&self, env: &EnvName, collected: &mut Collected) -> Vec<String> {
        let request = self.stack_request(env);
        let variables = self.variables.clone();
        let examined = environment::examine(self.source, self.header, request.target.clone(), variables);
        let examined = match examined {
            Ok(examined) => examined,
            Err(error) => {
                self.add(collected, env, "", vec![documents::of_template(&error)]);
                return Vec::new();
            }
        };
        let problems = environment::problems(self.source, env.as_str(), &examined, self.app.strict);
        let Some((stack, context)) = &examined.stack else {
            self.add(collected, env, "", problems);
            return Vec::new();
        };
        let namespace = stack.namespace().map_or("", |namespace| namespace.as_str());
        let valid = !problems.iter().any(|finding| finding.severity == Severity::Error);
        self.add(collected, env, namespace, problems);
        let names = stack.file.environments.keys().cloned().collect();
        if examined.environment.is_some() {
            return names;
        }
        let environment = Environment::new(stack, context, &examined.root, &examined.problems);
        let selected = Selected::new(stack, &Filters::default()).map(|selected| selected.units);
        let (units, mut findings) = documents::look(&environment, selected.unwrap_or_default());
        let objects = units.iter().flat_map(documents::Unit::objects).filter(|object| !object.dropped);
        collected.documents += objects.count();
        findings.extend(references::check(&environment, &units));
        let (of_images, unused) = images::check(&environment, &units);
        findings.extend(of_images);
        collected.unused(env.as_str(), unused);
        findings.extend(hooks::check(&environment, &units));
        let agents_work_here = valid && !self.incomplete && self.agents_work_in(env);
        findings.extend(agent::check(&environment, self.app, agents_work_here.then_some(request)));
        self.add(collected, env, namespace, findings);
        names
    }

    fn add(&self, collected: &mut Collected, env: &EnvName, namespace: &str, mut findings: Vec<Finding>) {
        if self.incomplete {
            findings.retain(|finding| !environment::follows_from_variables(finding));
        }
        collected.add(env.as_str(), namespace, findings);
    }
}
