//! From the stack to the documents of one environment: which groups and services, their files rendered, split,
//! transformed and written out. Pure but for reading the files.
//!
//! Files are rendered side by side; each document becomes text inside its worker, so that memory holds the output
//! once and never all trees (spec section 3).

mod document;
mod file;
mod image;
mod ingress;
mod mounts;
mod namespace;
mod select;
mod split;
mod workload;

use std::collections::HashMap;

use anyhow::Result;
use rayon::prelude::*;

pub use document::{Document, Format, Images, Origin, ResourceId};
pub(crate) use file::{Broken, RenderedFile};
pub(crate) use image::reference as service_image;
pub use namespace::is_cluster_scoped;
pub use select::{Filters, Selected, UnitKind, UnitRef};
pub use split::split_files;
pub(crate) use workload::{is_workload, pod_spec};

use crate::config::schema::{ServiceSpec, Text};
use crate::config::{Stack, StackContext};
use crate::error::Fault;
use crate::template::Engine;
use crate::yaml::{Node, YamlError};

/// How many broken files one error lists.
const ERRORS_SHOWN: usize = 20;

/// The documents of one unit: an infrastructure group or a service.
#[derive(Debug)]
pub struct Unit {
    /// Group or service.
    pub kind: UnitKind,
    /// Position in its list in services.yaml.
    pub index: usize,
    /// Its name.
    pub name: String,
    /// Its documents, in file order.
    pub documents: Vec<Document>,
}

/// Every selected document of a stack in one environment, groups first, in file order.
#[derive(Debug)]
pub struct ManifestSet {
    /// The units that were selected and whose `when` holds.
    pub units: Vec<Unit>,
}

impl ManifestSet {
    /// Renders what `selected` names. Template warnings and duplicate resources go to the log.
    ///
    /// # Errors
    /// Everything wrong with the files at once: missing, not renderable, not YAML, not a Kubernetes object.
    pub fn render(
        stack: &Stack,
        context: &StackContext,
        selected: &Selected,
        format: Format,
    ) -> Result<Self> {
        let engine = Engine::new(context.context.clone());
        let jobs: Vec<(usize, Job)> =
            selected.units.iter().enumerate().flat_map(|(at, unit)| jobs(stack, at, unit)).collect();
        let results: Vec<(usize, Result<Vec<Document>>)> =
            jobs.par_iter().map(|(at, job)| (*at, job.render(stack, context, &engine, format))).collect();
        let mut units: Vec<Unit> = selected
            .units
            .iter()
            .map(|unit| Unit {
                kind: unit.kind,
                index: unit.index,
                name: unit.name.clone(),
                documents: Vec::new(),
            })
            .collect();
        let mut errors = Vec::new();
        for (at, result) in results {
            match result {
                Ok(documents) => units[at].documents.extend(documents),
                Err(error) => errors.push(error),
            }
        }
        if let Some(fault) = together(errors) {
            return Err(fault);
        }
        let set = Self { units };
        set.warn_of_duplicates(|origin| written_at(origin, &jobs, stack, context, &engine));
        Ok(set)
    }

    /// All documents, in order.
    pub fn documents(&self) -> impl DoubleEndedIterator<Item = &Document> {
        self.units.iter().flat_map(|unit| unit.documents.iter())
    }

    /// The documents as one stream: YAML documents with `---` between them, or one JSON `List`.
    pub fn stream(&self, format: Format) -> String {
        document::stream(self.documents(), format)
    }

    fn warn_of_duplicates(&self, place: impl Fn(&Origin) -> String) {
        let mut seen = HashMap::new();
        for document in self.documents().filter(|document| !document.id.is_generated()) {
            let first = *seen.entry(&document.id).or_insert(&document.origin);
            if !std::ptr::eq(first, &document.origin) {
                let (place, first) = (place(&document.origin), place(first));
                tracing::warn!("{place}: {} is declared twice, first at {first}", document.id);
            }
        }
    }
}

/// The line of the file in which a document was written, with the file. Renders it again.
fn written_at(
    origin: &Origin,
    jobs: &[(usize, Job<'_>)],
    stack: &Stack,
    context: &StackContext,
    engine: &Engine,
) -> String {
    let job = jobs.iter().find(|(_, job)| stack.shown(&stack.root().join(&job.path.value)) == origin.file);
    let file = job.and_then(|(_, job)| RenderedFile::read(stack, context, engine, job.path).ok());
    let lines = file.map(|file| file.line_map(context, engine)).unwrap_or_default();
    let line = lines.get(origin.line.saturating_sub(1) as usize).copied().unwrap_or(origin.line);
    format!("{}:{line}", origin.file)
}

/// One error for all broken files; a single one keeps its own words and chain.
fn together(mut errors: Vec<anyhow::Error>) -> Option<anyhow::Error> {
    if errors.len() < 2 {
        return errors.pop();
    }
    let more = errors.len().saturating_sub(ERRORS_SHOWN);
    let mut lines: Vec<String> = errors.iter().take(ERRORS_SHOWN).filter_map(crate::error::report).collect();
    if more > 0 {
        lines.push(format!("… and {more} more"));
    }
    lines.push(format!("{} manifests cannot be rendered", errors.len()));
    Some(Fault::invalid(lines.join("\n")).into())
}

/// One manifest file to render.
struct Job<'a> {
    path: &'a Text,
    service: Option<&'a ServiceSpec>,
}

fn jobs<'a>(stack: &'a Stack, at: usize, unit: &UnitRef) -> Vec<(usize, Job<'a>)> {
    let (manifests, service) = match unit.kind {
        UnitKind::Infrastructure => (&stack.file.infrastructure[unit.index].value.manifests, None),
        UnitKind::Service => {
            let service = &stack.file.services[unit.index].value;
            (&service.manifests, Some(service))
        }
    };
    manifests.iter().map(|manifest| (at, Job { path: &manifest.path, service })).collect()
}

impl Job<'_> {
    fn render(
        &self,
        stack: &Stack,
        context: &StackContext,
        engine: &Engine,
        format: Format,
    ) -> Result<Vec<Document>> {
        let place = || format!("{}: {}", stack.place(self.path), self.path.path);
        let file = RenderedFile::read(stack, context, engine, self.path).map_err(|broken| match broken {
            Broken::Unreadable(error) => error.context(place()),
            Broken::Template(error) => Fault::invalid(error.to_string()).into(),
        })?;
        let name = &file.name;
        for warning in &file.output.warnings {
            tracing::warn!("{name}:{}: {}", warning.line, warning.message);
        }
        // Only a broken file pays for the map from rendered to written lines.
        let lines = || file.line_map(context, engine);
        let nodes = file.objects().map_err(|error| not_yaml(name, &file.text, &error, &lines()))?;
        let written = |line: u32| lines().get(line.saturating_sub(1) as usize).copied().unwrap_or(line);
        let mut documents = Vec::new();
        for mut node in nodes {
            let line = node.mark.line;
            let mut id = ResourceId::of(&node).map_err(|what| {
                Fault::invalid(format!("{name}:{}: {what}", written(line)))
                    .hint("a manifest holds Kubernetes objects: `apiVersion`, `kind`, `metadata.name`")
            })?;
            let origin = Origin { file: name.clone(), line };
            if transform(stack, self.service, &mut node, &mut id) {
                documents.push(Document::new(&node, id, origin, format));
            }
        }
        Ok(documents)
    }
}

/// The changes of spec section 3, for documents of a service only; false when the document is dropped.
pub(crate) fn transform(
    stack: &Stack,
    service: Option<&ServiceSpec>,
    node: &mut Node,
    id: &mut ResourceId,
) -> bool {
    let Some(service) = service else { return true };
    let env = stack.environment.name.as_str();
    let overlay = service.overlays.get(env).map(|overlay| &overlay.value);
    if overlay.is_some_and(|o| o.drop_kinds.iter().any(|kind| kind.eq_ignore_ascii_case(&id.kind))) {
        return false;
    }
    if let Some(namespace) = stack.namespace() {
        namespace::set(node, id, namespace);
    }
    if is_workload(&id.kind) && id.name == service.name.value {
        if let Some(image) = &service.image {
            image::set(node, image, stack.environment.pull_policy);
        }
        if let Some(overlay) = overlay {
            mounts::apply(node, overlay);
        }
    }
    if let Some(host) = service.ingress.hosts.get(env).filter(|_| id.kind == "Ingress") {
        ingress::set_host(node, host);
    }
    true
}

fn not_yaml(name: &str, text: &str, error: &YamlError, lines: &[u32]) -> Fault {
    let written = |line: u32| lines.get(line.saturating_sub(1) as usize).copied().unwrap_or(line);
    let line = written(error.mark().line);
    let also =
        error.also().map_or_else(String::new, |mark| format!(", first in line {}", written(mark.line)));
    let shown = text.lines().nth(line.saturating_sub(1) as usize).unwrap_or_default().trim_end();
    let message = error.message();
    let fault = Fault::invalid(format!(
        "{name}:{line}: not YAML after rendering: {message}{also}\n  {line} | {shown}"
    ));
    match error.hint() {
        Some(hint) => fault.hint(hint),
        None => fault,
    }
}
