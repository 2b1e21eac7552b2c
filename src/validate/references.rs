//! What parts of services.yaml say about each other: environments, groups, workloads, hosts, kinds that are dropped.

use std::collections::BTreeSet;

use super::documents::Unit;
use super::environment::Environment;
use super::finding::Finding;
use super::object::is_ingress_host;
use super::rules;
use crate::config::schema::{ServiceSpec, Text};
use crate::manifests::UnitKind;
use crate::suggest::nearest;

pub(super) fn check(environment: &Environment<'_>, units: &[Unit<'_>]) -> Vec<Finding> {
    let mut findings = environment_keys(environment);
    findings.extend(groups(environment));
    for unit in units.iter().filter(|unit| unit.unit.kind == UnitKind::Service) {
        let service = &environment.stack.file.services[unit.unit.index];
        if environment.is_broken(&service.path) {
            continue;
        }
        findings.extend(host(environment, unit, &service.value));
        // What files that cannot be read would hold is not known.
        if unit.complete {
            findings.extend(workload(environment, unit, &service.value));
            findings.extend(drop_kinds(environment, unit, &service.value));
        }
    }
    findings
}

/// "did you mean", else the names there are.
pub(super) fn known<'a>(wanted: &str, names: impl Iterator<Item = &'a str> + Clone) -> Option<String> {
    if let Some(near) = nearest(wanted, names.clone()) {
        return Some(format!("did you mean `{near}`?"));
    }
    let names: Vec<&str> = names.take(20).collect();
    (!names.is_empty()).then(|| format!("known: {}", names.join(", ")))
}

/// Keys that are names of environments.
fn environment_keys(environment: &Environment<'_>) -> Vec<Finding> {
    let file = &environment.stack.file;
    let mut findings = Vec::new();
    let mut keys = |path: &[&str], names: &mut dyn Iterator<Item = &String>| {
        for name in names.filter(|name| !file.environments.contains_key(*name)) {
            let path: Vec<&str> = path.iter().copied().chain([name.as_str()]).collect();
            let message = format!("no environment is called `{name}`");
            let hint = known(name, file.environments.keys().map(String::as_str));
            findings.push(environment.key(&rules::UNKNOWN_ENVIRONMENT_KEY, &path, message).hint(hint));
        }
    };
    keys(&["namespace", "patterns"], &mut file.namespace.patterns.keys());
    keys(&["baseDomain"], &mut file.base_domain.keys());
    for (index, service) in file.services.iter().enumerate() {
        let index = index.to_string();
        keys(&["services", &index, "overlays"], &mut service.value.overlays.keys());
        keys(&["services", &index, "ingress", "hosts"], &mut service.value.ingress.hosts.keys());
    }
    findings
}

/// `slotBootstrapInfra` of the environment, which it may have from another one.
fn groups(environment: &Environment<'_>) -> Vec<Finding> {
    let file = &environment.stack.file;
    let groups = || file.infrastructure.iter().map(|group| group.value.name.value.as_str());
    let unknown = |name: &&Text| !name.value.is_empty() && !groups().any(|group| group == name.value);
    let names = bootstrap(environment);
    let finding = |name: &Text| {
        let message = format!("no infrastructure group is called `{}`", name.value);
        environment.at(&rules::UNKNOWN_GROUP, name, message).hint(known(&name.value, groups()))
    };
    names.iter().filter(unknown).map(finding).collect()
}

fn bootstrap<'a>(environment: &Environment<'a>) -> &'a [Text] {
    let specs = &environment.stack.file.environments;
    let (mut name, mut seen) = (environment.name().to_string(), BTreeSet::new());
    while let Some(spec) = specs.get(&name).filter(|_| seen.insert(name.clone())) {
        if let Some(names) = &spec.value.slot_bootstrap_infra {
            return names;
        }
        name = spec.value.from.as_ref().map(|from| from.value.clone()).unwrap_or_default();
    }
    &[]
}

/// Transforms apply to the workload of the service's name: without one they do nothing.
fn workload(environment: &Environment<'_>, unit: &Unit<'_>, service: &ServiceSpec) -> Option<Finding> {
    let overlay = service.overlays.get(environment.name()).map(|overlay| &overlay.value);
    let mounts = overlay.is_some_and(|o| !o.host_mounts.is_empty() || !o.pvc_mounts.is_empty());
    let what = match (&service.image, mounts) {
        (Some(_), true) => "its image and mounts go",
        (Some(_), false) => "its image goes",
        (None, true) => "its mounts go",
        (None, false) => return None,
    };
    let workloads = || unit.objects().filter(|object| object.is_workload());
    if workloads().any(|object| object.id.name == service.name.value) {
        return None;
    }
    let message = format!("{what} nowhere: no workload of its manifests is called `{}`", service.name.value);
    let names: BTreeSet<&str> = workloads().map(|object| object.id.name.as_str()).collect();
    let hint = match names.is_empty() {
        true => "its manifests have no Deployment, StatefulSet, DaemonSet, Job or CronJob".to_string(),
        false => {
            let names: Vec<&str> = names.into_iter().collect();
            format!("give the service or the workload the other's name; there is {}", names.join(", "))
        }
    };
    Some(environment.at(&rules::NO_WORKLOAD, &service.name, message).hint(Some(hint)))
}

fn drop_kinds(environment: &Environment<'_>, unit: &Unit<'_>, service: &ServiceSpec) -> Vec<Finding> {
    let env = environment.name();
    let Some(overlay) = service.overlays.get(env) else { return Vec::new() };
    let kinds: BTreeSet<&str> = unit.objects().map(|object| object.id.kind.as_str()).collect();
    let mut findings = Vec::new();
    for (at, kind) in overlay.value.drop_kinds.iter().enumerate() {
        if kinds.iter().any(|known| known.eq_ignore_ascii_case(kind)) {
            continue;
        }
        let (service, at) = (unit.unit.index.to_string(), at.to_string());
        let path = ["services", &service, "overlays", env, "dropKinds", &at];
        let message = format!("the service has no `{kind}` to drop");
        let hint = known(kind, kinds.iter().copied());
        findings.push(environment.key(&rules::DROP_KINDS, &path, message).hint(hint));
    }
    findings
}

fn host(environment: &Environment<'_>, unit: &Unit<'_>, service: &ServiceSpec) -> Option<Finding> {
    let env = environment.name();
    let host = service.ingress.hosts.get(env).filter(|host| !host.is_empty() && !is_ingress_host(host))?;
    let index = unit.unit.index.to_string();
    let path = ["services", &index, "ingress", "hosts", env];
    let hint = "a host is a DNS name in lower case, without scheme, port or path";
    Some(environment.key(&rules::INGRESS_HOST, &path, format!("`{host}` is no host")).hint(Some(hint.into())))
}
