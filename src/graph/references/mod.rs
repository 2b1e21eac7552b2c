//! What one rendered object refers to. Pure: an object in, references out; whether their targets exist is not known
//! here (see `super::build`).

mod network;
mod pod;
mod rights;

use serde_json::Value;

use super::model::Relation;
use super::selector::Selector;

pub(super) use pod::pod_labels;

/// What a reference names.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Target {
    /// An object.
    Object {
        /// API group, empty for the core one.
        group: String,
        /// Its kind.
        kind: String,
        /// Namespace; `None`: the referring object's.
        namespace: Option<String>,
        /// Its name.
        name: String,
    },
    /// Pods with these labels, in the referring object's namespace.
    Pods(Selector),
    /// A container image.
    Image(String),
    /// A host name.
    Host(String),
}

/// How much a reference wants its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// It dangles without.
    Must,
    /// It says `optional: true`.
    Optional,
    /// Clusters bring such things along: shown only where the stack declares it.
    Soft,
    /// Not a need: the object brings its target about.
    Makes,
}

/// One reference.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reference {
    /// How it refers.
    pub(super) relation: Relation,
    /// To what.
    pub(super) target: Target,
    /// How much it wants it.
    pub(super) need: Need,
}

impl Reference {
    fn to(relation: Relation, kind: (&str, &str), name: Option<&str>) -> Option<Self> {
        let (group, kind) = kind;
        let name = name.filter(|name| !name.is_empty())?.to_string();
        let target = Target::Object { group: group.into(), kind: kind.into(), namespace: None, name };
        Some(Self { relation, target, need: Need::Must })
    }

    fn need(mut self, need: Need) -> Self {
        self.need = need;
        self
    }

    fn namespace(mut self, name: Option<&str>) -> Self {
        if let Target::Object { namespace, .. } = &mut self.target {
            *namespace = name.filter(|name| !name.is_empty()).map(String::from);
        }
        self
    }
}

/// The core kinds that references name, as group and kind.
const CONFIG_MAP: (&str, &str) = ("", "ConfigMap");
const SECRET: (&str, &str) = ("", "Secret");
const CLAIM: (&str, &str) = ("", "PersistentVolumeClaim");
const SERVICE: (&str, &str) = ("", "Service");
const ACCOUNT: (&str, &str) = ("", "ServiceAccount");

/// The references of an object, in the order of its fields. Kinds that are not known here have none.
pub(super) fn references(group: &str, kind: &str, object: &Value) -> Vec<Reference> {
    let mut found = pod::references(group, kind, object);
    let spec = &object["spec"];
    match (group, kind) {
        ("", "Service") => found.extend(network::service(spec)),
        ("networking.k8s.io" | "extensions", "Ingress") => found.extend(network::ingress(object)),
        ("networking.k8s.io", "NetworkPolicy") => found.extend(network::policy(spec)),
        ("policy", "PodDisruptionBudget") => found.extend(network::budget(spec)),
        ("autoscaling", "HorizontalPodAutoscaler") => found.extend(network::scaler(spec)),
        ("", "PersistentVolumeClaim") => found.extend(storage(spec)),
        ("", "ServiceAccount") => found.extend(rights::account(object)),
        ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => {
            found.extend(rights::binding(object));
        }
        _ => found.extend(rights::makers(group, kind, object)),
    }
    found
}

/// A claim's volume and class, where the stack itself declares them.
fn storage(spec: &Value) -> Vec<Reference> {
    let class = ("storage.k8s.io", "StorageClass");
    [
        Reference::to(Relation::Class, class, text(&spec["storageClassName"])),
        Reference::to(Relation::Volume, ("", "PersistentVolume"), text(&spec["volumeName"])),
    ]
    .into_iter()
    .flatten()
    .map(|reference| reference.need(Need::Soft))
    .collect()
}

fn text(value: &Value) -> Option<&str> {
    value.as_str()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn optional(value: &Value) -> Need {
    if value["optional"].as_bool() == Some(true) { Need::Optional } else { Need::Must }
}
