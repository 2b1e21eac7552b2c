//! Manifests of one environment: each file read, rendered and taken apart, and each of its objects checked as it would
//! reach the cluster. Files are looked at side by side.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use rayon::prelude::*;

use super::environment::Environment;
use super::finding::Finding;
use super::object;
use super::rules::{self, Rule};
use crate::config::schema::{ManifestRef, ServiceSpec, Text};
use crate::config::{LineMap, Namespace};
use crate::manifests::{
    Broken, Document, RenderedFile, ResourceId, UnitKind, UnitRef, is_cluster_scoped, is_workload, transform,
};
use crate::template::{TemplateError, TemplateErrorKind, Warning, WarningKind};
use crate::yaml::{Mark, YamlError};

/// Kinds that live in namespaces and that stacks are made of.
const NAMESPACED: [&str; 16] = [
    "ConfigMap",
    "CronJob",
    "DaemonSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "Ingress",
    "Job",
    "NetworkPolicy",
    "PersistentVolumeClaim",
    "PodDisruptionBudget",
    "Role",
    "RoleBinding",
    "Secret",
    "Service",
    "ServiceAccount",
    "StatefulSet",
];

/// How Go writes a value that is not there.
const NO_VALUE: &str = "<no value>";

/// A manifest file, and how places of what it rendered become places of what was written.
pub(super) struct FileView<'a> {
    environment: &'a Environment<'a>,
    file: RenderedFile,
    /// Made for the first finding: it renders once more.
    lines: OnceLock<LineMap>,
    /// Where services.yaml names it.
    path: &'a str,
}

impl FileView<'_> {
    /// A finding at a place of the rendered text.
    pub(super) fn finding(&self, rule: &'static Rule, mark: Mark, message: impl Into<String>) -> Finding {
        Finding::new(rule, &self.file.name, message).at(self.written(mark)).path(self.path)
    }

    fn written(&self, mark: Mark) -> (Option<u32>, Option<u32>) {
        let make = || {
            let lines = self.file.line_map(&self.environment.context, &self.environment.engine);
            LineMap::new(&self.file.output.text, &self.file.text, &lines)
        };
        let (line, column) = self.lines.get_or_init(make).place(mark);
        (Some(line), column)
    }

    /// `file:line` of a place of the rendered text.
    fn place(&self, mark: Mark) -> String {
        let (line, _) = self.written(mark);
        format!("{}:{}", self.file.name, line.unwrap_or(mark.line))
    }
}

/// One object that a unit has, as it would reach the cluster.
pub(super) struct Object {
    /// What it is.
    pub(super) id: ResourceId,
    /// Images of its containers.
    pub(super) images: Vec<String>,
    /// Left out by `dropKinds`.
    pub(super) dropped: bool,
    mark: Mark,
}

impl Object {
    pub(super) fn is_workload(&self) -> bool {
        is_workload(&self.id.kind)
    }
}

/// The objects of one group or service.
pub(super) struct Unit<'a> {
    pub(super) unit: UnitRef,
    pub(super) files: Vec<Looked<'a>>,
    /// Every file gave objects: what is not there is missing.
    pub(super) complete: bool,
}

impl Unit<'_> {
    /// Whether the text of one of its files holds this.
    pub(super) fn mentions(&self, text: &str) -> bool {
        self.files.iter().any(|looked| looked.view.file.output.text.contains(text))
    }

    pub(super) fn objects(&self) -> impl Iterator<Item = &Object> {
        self.files.iter().flat_map(|file| &file.objects)
    }
}

/// A file that was looked at.
pub(super) struct Looked<'a> {
    view: FileView<'a>,
    objects: Vec<Object>,
}

/// Looks at every manifest of the units that take part.
pub(super) fn look<'a>(
    environment: &'a Environment<'a>,
    selected: Vec<UnitRef>,
) -> (Vec<Unit<'a>>, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut jobs = Vec::new();
    for (at, unit) in selected.iter().enumerate() {
        let (manifests, service) = manifests_of(environment, unit);
        let mut seen = BTreeSet::new();
        for manifest in manifests.iter().filter(|manifest| !manifest.path.value.is_empty()) {
            let path = &manifest.path;
            if seen.insert(path.value.as_str()) {
                jobs.push((at, service, path));
            } else {
                let message = format!("{} names {} twice", unit.name, path.value);
                findings
                    .push(environment.at(&rules::NAMED_TWICE, path, message).hint(Some("remove one".into())));
            }
        }
    }
    let looked: Vec<(usize, Option<Looked<'a>>, Vec<Finding>)> = jobs
        .into_par_iter()
        .map(|(at, service, path)| {
            let (looked, findings) = file(environment, service, path);
            (at, looked, findings)
        })
        .collect();
    let unit = |unit| Unit { unit, files: Vec::new(), complete: true };
    let mut units: Vec<Unit<'a>> = selected.into_iter().map(unit).collect();
    for (at, looked, found) in looked {
        findings.extend(found);
        match looked {
            Some(looked) => units[at].files.push(looked),
            None => units[at].complete = false,
        }
    }
    findings.extend(duplicates(environment, &units));
    (units, findings)
}

fn manifests_of<'a>(
    environment: &'a Environment<'a>,
    unit: &UnitRef,
) -> (&'a [ManifestRef], Option<&'a ServiceSpec>) {
    let file = &environment.stack.file;
    match unit.kind {
        UnitKind::Infrastructure => (&file.infrastructure[unit.index].value.manifests, None),
        UnitKind::Service => {
            let service = &file.services[unit.index].value;
            (&service.manifests, Some(service))
        }
    }
}

fn file<'a>(
    environment: &'a Environment<'a>,
    service: Option<&ServiceSpec>,
    path: &'a Text,
) -> (Option<Looked<'a>>, Vec<Finding>) {
    let broken = |finding: Finding| (None, vec![finding]);
    let file = match RenderedFile::read(environment.stack, &environment.context, &environment.engine, path) {
        Ok(file) => file,
        Err(Broken::Template(error)) => return broken(of_template(&error).path(&path.path)),
        Err(Broken::Unreadable(error)) => {
            return broken(environment.unreadable(&path.value, path.mark, &path.path, &error));
        }
    };
    let view = FileView { environment, file, lines: OnceLock::new(), path: &path.path };
    let mut findings: Vec<Finding> =
        view.file.output.warnings.iter().map(|warning| of_warning(&view.file.name, warning)).collect();
    findings.extend(no_values(&view));
    let nodes = match view.file.objects() {
        Ok(nodes) => nodes,
        Err(error) => {
            findings.push(of_yaml(&view, &error));
            return (None, findings);
        }
    };
    let written_only = environment.is_broken(&path.path);
    let mut objects = Vec::new();
    for mut node in nodes {
        match ResourceId::of(&node) {
            Err(_) => findings.extend(object::missing(&view, &node)),
            Ok(mut id) => {
                let dropped = !transform(environment.stack, service, &mut node, &mut id);
                if !dropped {
                    findings.extend(object::check(&view, &node, &id, written_only));
                }
                if service.is_none() && id.namespace.is_none() && NAMESPACED.contains(&id.kind.as_str()) {
                    findings.push(no_namespace(&view, node.mark, &id));
                }
                let images = Document::images_of(&node, &id.kind);
                objects.push(Object { id, images, dropped, mark: node.mark });
            }
        }
    }
    (Some(Looked { view, objects }), findings)
}

/// Documents of infrastructure are left as they are: without a namespace they go wherever kubectl's context points.
fn no_namespace(view: &FileView<'_>, mark: Mark, id: &ResourceId) -> Finding {
    let message =
        format!("{} {} goes to the namespace of kubectl's context: it names none", id.kind, id.name);
    let hint = "infrastructure is left as it is; name one, such as the template variable Namespace";
    view.finding(&rules::NO_NAMESPACE, mark, message).hint(Some(hint.into()))
}

fn duplicates(environment: &Environment<'_>, units: &[Unit<'_>]) -> Vec<Finding> {
    let mut seen = BTreeMap::<_, (&FileView<'_>, Mark)>::new();
    let own = environment.stack.namespace().map(Namespace::as_str);
    let mut findings = Vec::new();
    for looked in units.iter().flat_map(|unit| &unit.files) {
        for object in looked.objects.iter().filter(|object| !object.dropped && !object.id.is_generated()) {
            let id = &object.id;
            let namespace = id.namespace.as_deref().filter(|_| !is_cluster_scoped(&id.kind));
            let key = (id.group(), id.kind.as_str(), namespace, id.name.as_str());
            let Some((first, mark)) = seen.get(&key) else {
                seen.insert(key, (&looked.view, object.mark));
                continue;
            };
            // The stack's own namespace goes without saying, and differs from one environment to the next.
            let elsewhere = match namespace.filter(|namespace| Some(*namespace) != own) {
                Some(namespace) => format!(" in namespace {namespace}"),
                None => String::new(),
            };
            let message = format!(
                "{} {}{elsewhere} is declared twice, first in {}",
                id.kind,
                id.name,
                first.place(*mark)
            );
            let hint = "the later one would overwrite the first; rename or remove one";
            findings
                .push(looked.view.finding(&rules::DUPLICATE, object.mark, message).hint(Some(hint.into())));
        }
    }
    findings
}

/// The finding a template error is.
pub(super) fn of_template(error: &TemplateError) -> Finding {
    let rule = match error.kind() {
        TemplateErrorKind::Syntax => &rules::TEMPLATE_SYNTAX,
        TemplateErrorKind::Undefined => &rules::TEMPLATE_UNDEFINED,
        TemplateErrorKind::Failed => &rules::TEMPLATE_FAILED,
    };
    let finding = Finding::new(rule, error.name(), error.message());
    finding.at((Some(error.line()), error.column())).hint(error.hint().map(String::from))
}

/// The finding a warning of the template engine is.
pub(super) fn of_warning(file: &str, warning: &Warning) -> Finding {
    let (rule, hint) = match warning.kind {
        WarningKind::MissingKey => {
            (&rules::TEMPLATE_MISSING_KEY, Some("add the key to `versions`, or correct its name"))
        }
        WarningKind::Comment => (&rules::TEMPLATE_COMMENT, None),
    };
    let finding = Finding::new(rule, file, &warning.message).at((Some(warning.line), None));
    finding.hint(hint.map(String::from))
}

fn of_yaml(view: &FileView<'_>, error: &YamlError) -> Finding {
    let rule = if error.also().is_some() { &rules::YAML_DUPLICATE_KEY } else { &rules::YAML_SYNTAX };
    let also = error.also().map_or_else(String::new, |mark| {
        format!(", first in line {}", view.written(mark).0.unwrap_or(mark.line))
    });
    let message = format!("not YAML after rendering: {}{also}", error.message());
    view.finding(rule, error.mark(), message).hint(error.hint().map(String::from))
}

fn no_values(view: &FileView<'_>) -> Vec<Finding> {
    let text = &view.file.output.text;
    if !text.contains(NO_VALUE) || view.file.text.contains(NO_VALUE) {
        return Vec::new();
    }
    let lines = text.lines().enumerate().filter(|(_, line)| line.contains(NO_VALUE));
    lines
        .map(|(index, _)| {
            let mark = Mark::new(u32::try_from(index + 1).unwrap_or(u32::MAX), 1);
            let message = "an expression renders as `<no value>`: what it names is not there";
            let hint = "correct the name, or give a `default`";
            let mut finding = view.finding(&rules::TEMPLATE_NO_VALUE, mark, message).hint(Some(hint.into()));
            finding.column = None;
            finding
        })
        .collect()
}
