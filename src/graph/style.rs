//! Which family a node belongs to, and the colours of families: the same in every picture.

use super::model::{Node, Sort};

/// What a node is about. The order is that of legends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Family {
    Host,
    Traffic,
    Workload,
    Scaling,
    Config,
    Secret,
    Storage,
    Rights,
    Image,
    Hook,
    Other,
}

/// Colours of a family: (accent, soft fill) on light and on dark ground.
pub(super) struct Colours {
    pub(super) light: (&'static str, &'static str),
    pub(super) dark: (&'static str, &'static str),
}

impl Family {
    pub(super) const ALL: [Self; 11] = [
        Self::Host,
        Self::Traffic,
        Self::Workload,
        Self::Scaling,
        Self::Config,
        Self::Secret,
        Self::Storage,
        Self::Rights,
        Self::Image,
        Self::Hook,
        Self::Other,
    ];

    /// The family of a node.
    pub(super) fn of(node: &Node) -> Self {
        match node.sort {
            Sort::Host => return Self::Host,
            Sort::Image => return Self::Image,
            Sort::Hook => return Self::Hook,
            Sort::Resource => {}
        }
        match node.kind.as_deref().unwrap_or_default() {
            "Service" | "Ingress" | "IngressClass" | "Endpoints" | "EndpointSlice" | "NetworkPolicy"
            | "Gateway" | "HTTPRoute" => Self::Traffic,
            "Deployment"
            | "StatefulSet"
            | "DaemonSet"
            | "Job"
            | "CronJob"
            | "Pod"
            | "Pods"
            | "ReplicaSet"
            | "ReplicationController" => Self::Workload,
            "HorizontalPodAutoscaler"
            | "PodDisruptionBudget"
            | "PriorityClass"
            | "RuntimeClass"
            | "VerticalPodAutoscaler" => Self::Scaling,
            "ConfigMap" => Self::Config,
            "Secret" | "SealedSecret" | "ExternalSecret" | "Certificate" => Self::Secret,
            "PersistentVolumeClaim" | "PersistentVolume" | "StorageClass" => Self::Storage,
            "ServiceAccount" | "Role" | "ClusterRole" | "RoleBinding" | "ClusterRoleBinding" => Self::Rights,
            _ => Self::Other,
        }
    }

    /// As a class name.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Traffic => "traffic",
            Self::Workload => "workload",
            Self::Scaling => "scaling",
            Self::Config => "config",
            Self::Secret => "secret",
            Self::Storage => "storage",
            Self::Rights => "rights",
            Self::Image => "image",
            Self::Hook => "hook",
            Self::Other => "other",
        }
    }

    /// In a legend.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Config => "configuration",
            other => other.class(),
        }
    }

    pub(super) fn colours(self) -> Colours {
        let (light, dark) = match self {
            Self::Host => (("#0f766e", "#ecfdf8"), ("#4fd1c0", "#12312f")),
            Self::Traffic => (("#0b7a3b", "#effaf2"), ("#5fd38d", "#14301f")),
            Self::Workload => (("#1d5fd1", "#eef4ff"), ("#7db1ff", "#17294a")),
            Self::Scaling => (("#0b7491", "#ecf8fc"), ("#5cc8e6", "#112f3a")),
            Self::Config => (("#8a6100", "#fff8e3"), ("#e6bd55", "#352a10")),
            Self::Secret => (("#9a3f8f", "#fdf0fb"), ("#e697dc", "#3a1c36")),
            Self::Storage => (("#a1490f", "#fff3ea"), ("#f2a06b", "#3a2314")),
            Self::Rights => (("#4c5a70", "#f2f4f8"), ("#a9b8d0", "#232b38")),
            Self::Image => (("#5b3fc4", "#f4f1ff"), ("#b3a2ff", "#282048")),
            Self::Hook => (("#6b6f12", "#fbfbe6"), ("#d3d65f", "#2d2e10")),
            Self::Other => (("#5f6368", "#f4f4f5"), ("#b4b8be", "#292c30")),
        };
        Colours { light, dark }
    }
}
