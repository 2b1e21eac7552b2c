//! What must hold beyond the types: names, uniqueness, chains, durations, hooks. Everything wrong is collected,
//! nothing stops at the first.

use std::collections::BTreeMap;

use super::duration::parse_duration;
use super::names::is_dns_label;
use super::report::Report;
use super::resolve;
use super::schema::{HookSpec, ManifestRef, ServiceSpec, StackFile, Text, UnitHooks};
use super::stack::{StackSteps, UnitSteps};
use super::steps::{self, Step};
use crate::yaml::{Located, Mark};

/// All hooks of the file, read.
pub(super) struct Steps {
    pub(super) stack: StackSteps,
    pub(super) infrastructure: Vec<UnitSteps>,
    pub(super) services: Vec<UnitSteps>,
}

/// Checks the file; `project` is the header's.
pub(super) fn check(file: &StackFile, project: &str, report: &mut Report) -> Steps {
    let place = file.project.as_ref().map_or(Mark { line: 1, column: 1 }, |project| project.mark);
    if project.is_empty() {
        report.add(
            place,
            "project",
            "`project` is missing",
            Some("write `project: my-project` at the top".into()),
        );
    } else if !is_dns_label(project) {
        report.add(place, "project", not_a_label(project), Some(LABEL_HINT.into()));
    }
    for name in file.environments.keys() {
        if let Err(broken) = resolve::chain(&file.environments, name)
            && broken.env == *name
        {
            let spec = &file.environments[name];
            let from = spec.value.from.as_ref().map_or(spec.mark, |from| from.mark);
            report.add(from, &format!("environments.{name}.from"), broken.message, broken.hint);
        }
    }
    if file.max_slots.value < 0 {
        let hint = Some("0 means no limit".into());
        report.add(file.max_slots.mark, "maxSlots", "must not be negative", hint);
    }
    if let Some(namespace) = &file.state.configmap_namespace
        && !namespace.value.is_empty()
        && !is_dns_label(&namespace.value)
    {
        report.add(namespace.mark, &namespace.path, not_a_label(&namespace.value), Some(LABEL_HINT.into()));
    }
    let timeouts = &file.codex.timeouts;
    for text in [&timeouts.exec, &timeouts.rollout, &timeouts.deploy_wait].into_iter().flatten() {
        // Go's zero value: an empty string is a time limit that is not set.
        if let (false, Err(message)) = (text.value.is_empty(), parse_duration(&text.value)) {
            report.add(text.mark, &text.path, message, None);
        }
    }
    units(file, report);
    Steps {
        stack: StackSteps {
            before_all: read(&file.hooks.before_all, report),
            after_all: read(&file.hooks.after_all, report),
        },
        infrastructure: file
            .infrastructure
            .iter()
            .map(|group| unit_steps(&group.value.hooks, report))
            .collect(),
        services: file.services.iter().map(|service| unit_steps(&service.value.hooks, report)).collect(),
    }
}

const LABEL_HINT: &str = "lower-case letters, digits and `-`, at most 63 characters";

fn not_a_label(name: &str) -> String {
    format!("`{name}` is no DNS-1123 label")
}

fn units(file: &StackFile, report: &mut Report) {
    let mut seen = BTreeMap::new();
    for group in &file.infrastructure {
        name(&group.value.name, group.mark, &group.path, &mut seen, report);
        manifests(&group.value.manifests, group.mark, &group.path, report);
    }
    let mut seen = BTreeMap::new();
    for service in &file.services {
        name(&service.value.name, service.mark, &service.path, &mut seen, report);
        manifests(&service.value.manifests, service.mark, &service.path, report);
        overlays(&service.value, report);
        if let Some(image) = &service.value.image
            && image.repository.value.is_empty()
        {
            report.add(service.mark, &format!("{}.image", service.path), "`repository` is missing", None);
        }
    }
}

fn name<'a>(name: &'a Text, unit: Mark, path: &str, seen: &mut BTreeMap<&'a str, Mark>, report: &mut Report) {
    let path = format!("{path}.name");
    if name.value.is_empty() {
        report.add(unit, &path, "`name` is missing", None);
    } else if !is_dns_label(&name.value) {
        report.add(name.mark, &path, not_a_label(&name.value), Some(LABEL_HINT.into()));
    } else if let Some(first) = seen.insert(&name.value, name.mark) {
        let hint = Some("names are unique; rename one".into());
        report.add_with(name.mark, &path, format!("`{}` is used twice", name.value), Some(first), hint);
    }
}

fn manifests(manifests: &[ManifestRef], unit: Mark, path: &str, report: &mut Report) {
    for (at, _) in manifests.iter().enumerate().filter(|(_, manifest)| manifest.path.value.is_empty()) {
        // A `path` that is not there has no place of its own.
        let hint = Some("write `- path: FILE`".into());
        report.add(unit, &format!("{path}.manifests[{at}]"), "a manifest needs a `path`", hint);
    }
}

fn overlays(service: &ServiceSpec, report: &mut Report) {
    for overlay in service.overlays.values() {
        let mut required = |text: &Text, what: &str| {
            if text.value.is_empty() {
                report.add(overlay.mark, &overlay.path, format!("a mount needs `{what}`"), None);
            }
        };
        for mount in &overlay.value.host_mounts {
            required(&mount.name, "name");
            required(&mount.host_path, "hostPath");
            required(&mount.mount_path, "mountPath");
        }
        for mount in &overlay.value.pvc_mounts {
            required(&mount.name, "name");
            required(&mount.claim_name, "claimName");
            required(&mount.mount_path, "mountPath");
        }
    }
}

fn unit_steps(hooks: &UnitHooks, report: &mut Report) -> UnitSteps {
    UnitSteps {
        before_apply: read(&hooks.before_apply, report),
        after_apply: read(&hooks.after_apply, report),
        before_destroy: read(&hooks.before_destroy, report),
        after_destroy: read(&hooks.after_destroy, report),
    }
}

fn read(specs: &[Located<HookSpec>], report: &mut Report) -> Vec<Step> {
    steps::read(specs, report)
}
