//! What needs no manifest: things every cluster has.

/// Namespaces that belong to Kubernetes itself.
const SYSTEM_NAMESPACES: [&str; 3] = ["kube-system", "kube-public", "kube-node-lease"];

/// Roles that the API server makes when it starts.
const BUILTIN_ROLES: [&str; 4] = ["cluster-admin", "admin", "edit", "view"];

/// Whether every cluster has this object.
pub(super) fn in_every_cluster(kind: &str, namespace: Option<&str>, name: &str) -> bool {
    if namespace.is_some_and(|namespace| SYSTEM_NAMESPACES.contains(&namespace)) {
        return true;
    }
    match kind {
        "ServiceAccount" => name == "default",
        "ConfigMap" => name == "kube-root-ca.crt",
        "Service" => name == "kubernetes" && namespace == Some("default"),
        "ClusterRole" => name.starts_with("system:") || BUILTIN_ROLES.contains(&name),
        "PriorityClass" => name.starts_with("system-"),
        _ => false,
    }
}

/// The API group that has the kind today, for the spellings of old manifests.
pub(super) fn current_group<'a>(group: &'a str, kind: &str) -> &'a str {
    match (group, kind) {
        ("extensions", "Ingress" | "NetworkPolicy") => "networking.k8s.io",
        ("extensions", "Deployment" | "DaemonSet" | "ReplicaSet") => "apps",
        _ => group,
    }
}

/// kubectl's short names, for `kubectl.wait` hooks.
const SHORT_NAMES: [(&str, &str); 11] = [
    ("cm", "configmap"),
    ("crd", "customresourcedefinition"),
    ("deploy", "deployment"),
    ("ds", "daemonset"),
    ("hpa", "horizontalpodautoscaler"),
    ("ing", "ingress"),
    ("ns", "namespace"),
    ("po", "pod"),
    ("pvc", "persistentvolumeclaim"),
    ("sts", "statefulset"),
    ("svc", "service"),
];

/// Whether `word` (`deploy`, `deployments.apps`, `Deployment`) means this kind, as kubectl reads it.
pub(super) fn names_kind(word: &str, kind: &str) -> bool {
    let word = word.split('.').next().unwrap_or_default().to_lowercase();
    let kind = kind.to_lowercase();
    let long = SHORT_NAMES.iter().find(|(short, _)| *short == word).map_or(word.as_str(), |(_, long)| *long);
    long == kind || long.strip_suffix("es") == Some(&kind) || long.strip_suffix('s') == Some(&kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_as_kubectl_reads_them() {
        for word in ["deploy", "Deployment", "deployments", "deployment.apps", "deployments.v1.apps"] {
            assert!(names_kind(word, "Deployment"), "{word}");
        }
        assert!(names_kind("ingresses", "Ingress") && names_kind("sts", "StatefulSet"));
        assert!(!names_kind("deployment", "DaemonSet") && !names_kind("", "Job"));
    }
}
