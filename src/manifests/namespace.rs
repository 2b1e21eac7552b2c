//! Puts a service's objects into the stack's namespace.

use super::document::ResourceId;
use crate::config::Namespace;
use crate::yaml::Node;

/// Kinds that have no namespace (spec section 3).
const CLUSTER_SCOPED: [&str; 25] = [
    "Namespace",
    "Node",
    "PersistentVolume",
    "StorageClass",
    "ClusterRole",
    "ClusterRoleBinding",
    "CustomResourceDefinition",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "PriorityClass",
    "RuntimeClass",
    "IngressClass",
    "CSIDriver",
    "CSINode",
    "VolumeAttachment",
    "APIService",
    "ClusterIssuer",
    "FlowSchema",
    "PriorityLevelConfiguration",
    "CertificateSigningRequest",
    "VolumeSnapshotClass",
];

/// Whether objects of this kind live outside namespaces.
pub fn is_cluster_scoped(kind: &str) -> bool {
    CLUSTER_SCOPED.contains(&kind) || kind.ends_with("WebhookConfiguration")
}

/// Sets `metadata.namespace` where the kind has one and the object does not name its own.
pub(super) fn set(node: &mut Node, id: &mut ResourceId, namespace: &Namespace) {
    if is_cluster_scoped(&id.kind) || id.namespace.is_some() {
        return;
    }
    if let Some(metadata) = node.get_mut("metadata").and_then(Node::as_map_mut) {
        id.namespace = Some(namespace.as_str().to_string());
        // A reader looks for the namespace beside the name.
        metadata.insert_after("name", "namespace", Node::string(namespace.as_str()));
    }
}
