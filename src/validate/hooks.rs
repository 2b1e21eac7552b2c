//! Hook steps: what they wait for. That they are well-formed is checked where services.yaml is parsed.

use super::documents::{Object, Unit};
use super::environment::Environment;
use super::finding::Finding;
use super::references::known;
use super::rules;
use crate::config::steps::{Action, Step};
use crate::config::{Namespace, UnitSteps, holds};
use crate::manifests::{UnitKind, is_cluster_scoped};

/// Kinds that stacks declare themselves, with kubectl's short names. Others (Pods, Secrets, certificates) are often
/// made by controllers.
const KINDS: [(&str, &str, &str); 12] = [
    ("Deployment", "deployments", "deploy"),
    ("StatefulSet", "statefulsets", "sts"),
    ("DaemonSet", "daemonsets", "ds"),
    ("Job", "jobs", "job"),
    ("CronJob", "cronjobs", "cj"),
    ("Service", "services", "svc"),
    ("Ingress", "ingresses", "ing"),
    ("ConfigMap", "configmaps", "cm"),
    ("PersistentVolumeClaim", "persistentvolumeclaims", "pvc"),
    ("HorizontalPodAutoscaler", "horizontalpodautoscalers", "hpa"),
    ("Namespace", "namespaces", "ns"),
    ("CustomResourceDefinition", "customresourcedefinitions", "crd"),
];

pub(super) fn check(environment: &Environment<'_>, units: &[Unit<'_>]) -> Vec<Finding> {
    let stack = environment.stack;
    if units.iter().any(|unit| !unit.complete) {
        return Vec::new();
    }
    let of_units = units.iter().filter_map(|unit| {
        let lists = match unit.unit.kind {
            UnitKind::Infrastructure => &stack.infra_hooks,
            UnitKind::Service => &stack.service_hooks,
        };
        lists.get(unit.unit.index)
    });
    let lists = of_units.flat_map(|steps: &UnitSteps| [&steps.before_apply, &steps.after_apply]);
    let steps = lists.chain([&stack.hooks.before_all, &stack.hooks.after_all]).flatten();
    let run = steps.filter(|step| holds(step.when.as_deref(), false));
    run.filter_map(|step| wait(environment, units, step)).collect()
}

fn wait(environment: &Environment<'_>, units: &[Unit<'_>], step: &Step) -> Option<Finding> {
    let Action::Wait { kind: wanted, name, namespace, condition, .. } = &step.action else { return None };
    let own = environment.stack.namespace().map(Namespace::as_str);
    let base = wanted.split(['.', '/']).next().unwrap_or_default().to_ascii_lowercase();
    let (kind, ..) = KINDS.iter().find(|(kind, plural, short)| {
        base == kind.to_ascii_lowercase() || base == *plural || base == *short
    })?;
    let clustered = is_cluster_scoped(kind);
    // What is waited for until it is gone need not be there; other namespaces are other stacks' business.
    let elsewhere = !clustered && namespace.as_deref().is_some_and(|namespace| Some(namespace) != own);
    if elsewhere || condition.eq_ignore_ascii_case("delete") || name.starts_with('-') {
        return None;
    }
    // The stack's namespace is made by `apply` itself.
    if *kind == "Namespace" && Some(name.as_str()) == own {
        return None;
    }
    let there = |object: &&Object| {
        object.id.kind == *kind && !object.dropped && (clustered || object.id.namespace.as_deref() == own)
    };
    let names: Vec<&str> =
        units.iter().flat_map(Unit::objects).filter(there).map(|object| object.id.name.as_str()).collect();
    if names.contains(&name.as_str()) {
        return None;
    }
    let message = format!("waits for {kind} {name}, which the stack does not declare");
    let hint = known(name, names.iter().copied());
    Some(environment.marked(&rules::HOOK_WAIT, step.mark, message).path(&step.path).hint(hint))
}
