//! Checks of the files: services.yaml for an environment, and its manifests.

use std::sync::mpsc::channel;

use super::Request;
use super::facts::Facts;
use super::finding::Finding;
use crate::app::App;
use crate::config::{EnvName, Header, Source, Stack, StackContext};
use crate::manifests::{Filters, Format, ManifestSet, Selected};

/// An environment whose services.yaml is valid.
struct Loaded {
    stack: Stack,
    context: StackContext,
    set: Option<ManifestSet>,
}

impl Loaded {
    fn facts(&self) -> Facts {
        Facts::of(&self.stack, &self.context, self.set.as_ref())
    }
}

/// The findings about files, and what the valid ones need.
pub(super) fn in_time(app: &App, request: &Request) -> (Vec<Finding>, Vec<Facts>) {
    let (tell, told) = channel();
    let (own_app, own_request) = (app.clone(), request.clone());
    // Left behind where a file hangs (a named pipe, a dead network disk).
    std::thread::spawn(move || {
        let (findings, loaded) = match &own_request.env {
            Some(env) => one(&own_app, &own_request, env),
            None => all(&own_app, &own_request),
        };
        tell.send((findings, loaded.iter().map(Loaded::facts).collect()))
    });
    told.recv_timeout(request.timeout).unwrap_or_else(|_| {
        let detail = format!("not read and rendered within {:?}", request.timeout);
        (
            vec![Finding::failed(FILE, detail).fix("look for a file that hangs, or give a longer --timeout")],
            Vec::new(),
        )
    })
}

/// The check of services.yaml itself.
const FILE: &str = "services.yaml";

/// Findings for one environment: `services.yaml` and `manifests`.
fn one(app: &App, request: &Request, env: &EnvName) -> (Vec<Finding>, Vec<Loaded>) {
    let (file, documents, loaded) = look(app, request, env, FILE, "manifests");
    (std::iter::once(file).chain(documents).collect(), loaded.into_iter().collect())
}

/// Findings for every environment: one each, of file and manifests together.
fn all(app: &App, request: &Request) -> (Vec<Finding>, Vec<Loaded>) {
    let names = match environments(app) {
        Ok(names) => names,
        Err(error) => return (vec![Finding::of_error(FILE, &error, MEND)], Vec::new()),
    };
    if names.is_empty() {
        let finding = Finding::failed(FILE, "it declares no `environments`");
        return (vec![finding.fix("add at least one below `environments`")], Vec::new());
    }
    let (mut findings, mut loaded) = (Vec::new(), Vec::new());
    for name in names {
        let check = format!("environment {name}");
        let (file, documents, one) = look(app, request, &EnvName::new(name), &check, &check);
        // One line each: the worse one, else that of the documents.
        findings.extend(std::iter::once(file).chain(documents).max_by_key(|finding| finding.status));
        loaded.extend(one);
    }
    (findings, loaded)
}

const MEND: &str = "correct services.yaml";

/// The names of all environments, as far as they can be read before the file is rendered for one of them.
fn environments(app: &App) -> anyhow::Result<Vec<String>> {
    let source = Source::read(app.config.as_deref())?;
    Ok(Header::parse(&source)?.environment_names())
}

fn exists_as_slots(app: &App, env: &EnvName) -> bool {
    let header = Source::read(app.config.as_deref()).and_then(|source| Header::parse(&source));
    header.is_ok_and(|header| header.needs_slot(env))
}

fn look(
    app: &App,
    request: &Request,
    env: &EnvName,
    file_check: &str,
    documents_check: &str,
) -> (Finding, Option<Finding>, Option<Loaded>) {
    let mut wanted = request.of(env);
    // What exists only as slots is checked as the first of them.
    let stand_in =
        wanted.target.slot.is_none() && wanted.target.namespace.is_none() && exists_as_slots(app, env);
    if stand_in {
        wanted.target.slot = "1".parse().ok();
    }
    let (stack, context) = match app.load(&wanted) {
        Ok(loaded) => loaded,
        Err(error) => return (Finding::of_error(file_check, &error, MEND), None, None),
    };
    let place = match stack.namespace() {
        Some(namespace) if stand_in => format!("namespace {namespace} (as slot 1)"),
        Some(namespace) => format!("namespace {namespace}"),
        None => "no namespace".into(),
    };
    let file = match stack.warnings.as_slice() {
        [] => Finding::ok(file_check, format!("valid for {env}, {place}")),
        warnings => Finding::warning(file_check, warnings.join("\n")).fix("correct or remove these keys"),
    };
    let rendered = Selected::new(&stack, &Filters::default())
        .and_then(|selected| ManifestSet::render(&stack, &context, &selected, Format::Compact));
    let (finding, set) = match rendered {
        Ok(set) => (of_set(documents_check, &place, &set), Some(set)),
        Err(error) => (Finding::of_error(documents_check, &error, "correct the manifests"), None),
    };
    (file, Some(finding), Some(Loaded { stack, context, set }))
}

/// What manifests that can be rendered say.
pub(super) fn of_set(check: &str, place: &str, set: &ManifestSet) -> Finding {
    match set.documents().count() {
        0 => Finding::warning(check, format!("no document is rendered, {place}"))
            .fix("name manifests below `services` or `infrastructure`, and look at each `when`"),
        1 => Finding::ok(check, format!("1 document, {place}")),
        count => Finding::ok(check, format!("{count} documents, {place}")),
    }
}
