//! The `infrastructure` and `services` keys of services.yaml: what is rendered and applied (spec sections 1 and 3).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::kinds::{Filled, Label};
use super::{Text, UnitHooks};
use crate::yaml::Located;

/// A group of manifests that services need: ingress controller, configuration, databases. Its documents are rendered
/// before those of services, and namespaces in them are left as they are.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(
    rename = "Group",
    title = "Infrastructure group",
    extend("required" = ["name"], "examples" = [{
        "name": "postgres",
        "when": "{{ Env != \"staging\" }}",
        "manifests": [{ "path": "deploy/postgres.yaml" }],
    }])
)]
pub struct GroupSpec {
    /// Name for messages and for `--only-infra` and `--skip-infra`; no two groups share one.
    #[schemars(with = "Label", extend("examples" = ["postgres"]))]
    pub name: Text,
    /// Condition, a template: `false`, `no` and `0` in any case leave the group out. Empty means yes.
    #[schemars(extend("examples" = ["{{ Env != \"ai\" }}"]))]
    pub when: Option<Text>,
    /// Manifest files, rendered in this order.
    #[schemars(extend("examples" = [[{ "path": "deploy/postgres.yaml" }]]))]
    pub manifests: Vec<ManifestRef>,
    /// Steps around this group.
    pub hooks: UnitHooks,
}

/// A service: manifests, and what codexctl changes in them for an environment. Its documents get the stack's namespace
/// where they have none; image and mounts go into the workload (Deployment, StatefulSet, DaemonSet, Job, CronJob) that
/// has the service's name.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(
    rename = "Service",
    title = "Service",
    extend("required" = ["name"], "examples" = [{
        "name": "api",
        "manifests": [{ "path": "services/api/deploy.yaml" }],
        "image": {
            "repository": "localhost:32000/shop/api",
            "tagTemplate": "{{ Env }}-{{ Versions[\"api\"] }}",
        },
        "ingress": { "hosts": { "dev": "api.dev.shop.test" } },
        "overlays": { "ai": { "dropKinds": ["HorizontalPodAutoscaler"] } },
    }])
)]
pub struct ServiceSpec {
    /// Name of the service, and of its workload. For `--only-services` and `--skip-services`; no two services share one.
    #[schemars(with = "Label", extend("examples" = ["api"]))]
    pub name: Text,
    /// Condition, a template: `false`, `no` and `0` in any case leave the service out. Empty means yes.
    #[schemars(extend("examples" = ["{{ Env in [\"dev\", \"ai\"] }}"]))]
    pub when: Option<Text>,
    /// Manifest files, rendered in this order.
    #[schemars(extend("examples" = [[{ "path": "services/api/deploy.yaml" }]]))]
    pub manifests: Vec<ManifestRef>,
    /// The image of the workload's first container, and of init containers that have none or the first one's.
    pub image: Option<ServiceImage>,
    /// Hosts of the service's Ingress.
    pub ingress: IngressSpec,
    /// Changes for one environment each, by its name.
    #[schemars(extend(
        "propertyNames" = { "title": "env" },
        "examples" = [{
            "dev": {
                "hostMounts": [
                    { "name": "src", "hostPath": "{{ ProjectRoot }}/services/api", "mountPath": "/app" },
                ],
            },
            "ai": { "dropKinds": ["CronJob", "HorizontalPodAutoscaler"] },
        }]
    ))]
    pub overlays: BTreeMap<String, Located<OverlaySpec>>,
    /// Steps around this service.
    pub hooks: UnitHooks,
}

/// A manifest file: YAML documents, rendered as a template.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(
    rename = "Manifest",
    title = "Manifest file",
    extend("required" = ["path"], "examples" = [{ "path": "services/api/deploy.yaml" }])
)]
pub struct ManifestRef {
    /// The file, relative to the folder of services.yaml.
    #[schemars(with = "Filled", extend("examples" = ["services/api/deploy.yaml"]))]
    pub path: Text,
}

/// The image that a service runs.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(
    rename = "ServiceImage",
    title = "Image of a service",
    extend("required" = ["repository"], "examples" = [{
        "repository": "localhost:32000/shop/api",
        "tagTemplate": "{{ Env }}-{{ Versions[\"api\"] }}",
    }])
)]
pub struct ServiceImage {
    /// The image's name without a tag.
    #[schemars(with = "Filled", extend("examples" = ["localhost:32000/shop/api"]))]
    pub repository: Text,
    /// The tag. Without it the repository stands alone.
    #[schemars(extend("examples" = ["{{ Env }}-{{ Versions[\"api\"] }}"]))]
    pub tag_template: String,
}

/// What becomes of a service's Ingress.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(
    rename = "Ingress",
    title = "Ingress of a service",
    extend("examples" = [{ "hosts": { "dev": "dev.shop.test", "ai": "dev-{{ Slot }}.shop.test" } }])
)]
pub struct IngressSpec {
    /// The host of each environment, by its name: of the rules and of TLS.
    #[schemars(extend("examples" = [{ "dev": "dev.shop.test" }], "propertyNames" = { "title": "env" }))]
    pub hosts: BTreeMap<String, String>,
}

/// Changes to a service's documents in one environment.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(rename = "Overlay", title = "Overlay of a service")]
pub struct OverlaySpec {
    /// Folders of the node, for the workload's first container and its init containers. They replace volumes and mounts
    /// of the same name.
    pub host_mounts: Vec<HostMount>,
    /// Persistent volume claims, for the workload's first container and its init containers. They replace volumes and
    /// mounts of the same name.
    pub pvc_mounts: Vec<PvcMount>,
    /// Kinds of documents to leave out, in any case.
    #[schemars(extend("examples" = [["CronJob", "HorizontalPodAutoscaler"]]))]
    pub drop_kinds: Vec<String>,
}

/// A folder or file of the node.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(
    rename = "HostMount",
    title = "Host mount",
    extend("required" = ["name", "hostPath", "mountPath"], "examples" = [{
        "name": "src",
        "hostPath": "{{ ProjectRoot }}/services/api",
        "mountPath": "/app",
        "hostPathType": "DirectoryOrCreate",
    }])
)]
pub struct HostMount {
    /// Name of the volume.
    #[schemars(with = "Filled", extend("examples" = ["src"]))]
    pub name: Text,
    /// Path on the node.
    #[schemars(with = "Filled", extend("examples" = ["{{ ProjectRoot }}/services/api"]))]
    pub host_path: Text,
    /// Path in the container.
    #[schemars(with = "Filled", extend("examples" = ["/app"]))]
    pub mount_path: Text,
    /// Kubernetes' type of the hostPath volume: `Directory`, `DirectoryOrCreate`, `File`, `FileOrCreate`, `Socket`,
    /// `CharDevice`, `BlockDevice`.
    #[schemars(extend("default" = "Directory", "examples" = ["DirectoryOrCreate"]))]
    pub host_path_type: Option<String>,
}

/// A persistent volume claim.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(
    rename = "PvcMount",
    title = "Claim mount",
    extend("required" = ["name", "claimName", "mountPath"], "examples" = [{
        "name": "workspace",
        "claimName": "workspace",
        "mountPath": "/workspace",
        "subPath": "src",
        "readOnly": true,
    }])
)]
pub struct PvcMount {
    /// Name of the volume.
    #[schemars(with = "Filled", extend("examples" = ["workspace"]))]
    pub name: Text,
    /// Name of the PersistentVolumeClaim.
    #[schemars(with = "Filled", extend("examples" = ["workspace"]))]
    pub claim_name: Text,
    /// Path in the container.
    #[schemars(with = "Filled", extend("examples" = ["/workspace"]))]
    pub mount_path: Text,
    /// Folder inside the volume. Without it the whole volume.
    #[schemars(extend("examples" = ["src"]))]
    pub sub_path: Option<String>,
    /// Whether it is mounted read-only.
    #[schemars(extend("default" = false))]
    pub read_only: Option<bool>,
}
