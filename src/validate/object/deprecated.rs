//! apiVersions that Kubernetes serves no longer. Source: its deprecated API migration guide.

/// One that is gone.
pub(super) struct Gone {
    /// Where to go; none where nothing took its place.
    pub(super) replacement: Option<&'static str>,
    /// The minor version of Kubernetes 1 that removed it.
    pub(super) removed: u32,
}

type Entry = (&'static str, &'static [&'static str], Option<&'static str>, u32);

/// apiVersion, kinds (none: all of it), replacement, removed in Kubernetes 1.N.
const TABLE: &[Entry] = &[
    ("extensions/v1beta1", &["Ingress"], Some("networking.k8s.io/v1"), 22),
    ("extensions/v1beta1", &["NetworkPolicy"], Some("networking.k8s.io/v1"), 16),
    ("extensions/v1beta1", &["PodSecurityPolicy"], None, 16),
    ("extensions/v1beta1", &["Deployment", "DaemonSet", "ReplicaSet"], Some("apps/v1"), 16),
    ("apps/v1beta1", &[], Some("apps/v1"), 16),
    ("apps/v1beta2", &[], Some("apps/v1"), 16),
    ("networking.k8s.io/v1beta1", &["Ingress", "IngressClass"], Some("networking.k8s.io/v1"), 22),
    ("policy/v1beta1", &["PodDisruptionBudget"], Some("policy/v1"), 25),
    ("policy/v1beta1", &["PodSecurityPolicy"], None, 25),
    ("batch/v1beta1", &["CronJob"], Some("batch/v1"), 25),
    ("batch/v2alpha1", &["CronJob"], Some("batch/v1"), 21),
    ("autoscaling/v2beta1", &[], Some("autoscaling/v2"), 25),
    ("autoscaling/v2beta2", &[], Some("autoscaling/v2"), 26),
    ("rbac.authorization.k8s.io/v1beta1", &[], Some("rbac.authorization.k8s.io/v1"), 22),
    ("rbac.authorization.k8s.io/v1alpha1", &[], Some("rbac.authorization.k8s.io/v1"), 22),
    ("apiextensions.k8s.io/v1beta1", &[], Some("apiextensions.k8s.io/v1"), 22),
    (
        "admissionregistration.k8s.io/v1beta1",
        &["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"],
        Some("admissionregistration.k8s.io/v1"),
        22,
    ),
    ("apiregistration.k8s.io/v1beta1", &[], Some("apiregistration.k8s.io/v1"), 22),
    ("certificates.k8s.io/v1beta1", &["CertificateSigningRequest"], Some("certificates.k8s.io/v1"), 22),
    ("coordination.k8s.io/v1beta1", &["Lease"], Some("coordination.k8s.io/v1"), 22),
    ("scheduling.k8s.io/v1beta1", &[], Some("scheduling.k8s.io/v1"), 22),
    ("scheduling.k8s.io/v1alpha1", &["PriorityClass"], Some("scheduling.k8s.io/v1"), 17),
    (
        "storage.k8s.io/v1beta1",
        &["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment"],
        Some("storage.k8s.io/v1"),
        22,
    ),
    ("storage.k8s.io/v1beta1", &["CSIStorageCapacity"], Some("storage.k8s.io/v1"), 27),
    ("discovery.k8s.io/v1beta1", &["EndpointSlice"], Some("discovery.k8s.io/v1"), 25),
    ("events.k8s.io/v1beta1", &["Event"], Some("events.k8s.io/v1"), 25),
    ("node.k8s.io/v1beta1", &["RuntimeClass"], Some("node.k8s.io/v1"), 25),
    ("flowcontrol.apiserver.k8s.io/v1beta1", &[], Some("flowcontrol.apiserver.k8s.io/v1"), 26),
    ("flowcontrol.apiserver.k8s.io/v1beta2", &[], Some("flowcontrol.apiserver.k8s.io/v1"), 29),
    ("flowcontrol.apiserver.k8s.io/v1beta3", &[], Some("flowcontrol.apiserver.k8s.io/v1"), 32),
];

/// Whether an apiVersion of a kind is gone.
pub(super) fn gone(api_version: &str, kind: &str) -> Option<Gone> {
    let holds = |entry: &&Entry| entry.0 == api_version && (entry.1.is_empty() || entry.1.contains(&kind));
    TABLE
        .iter()
        .find(holds)
        .map(|(_, _, replacement, removed)| Gone { replacement: *replacement, removed: *removed })
}
