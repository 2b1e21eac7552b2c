//! Which state a pod is told to end up in.

use serde_json::Value;

use crate::json;

/// The annotation (or label) that tells.
pub const STATE: &str = "kubesim/state";
/// The annotation that says which container it is about; the first one otherwise.
const CONTAINER: &str = "kubesim/container";

/// Where a pod ends up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Running and ready; a Job's pod succeeds.
    Ready,
    /// Running, never ready.
    NotReady,
    /// Never scheduled.
    Unschedulable,
    /// Scheduled, containers never created.
    Pending,
    /// The image cannot be pulled.
    ImagePullBackOff,
    /// The container keeps failing.
    CrashLoopBackOff,
    /// The container keeps running out of memory.
    OomKilled,
    /// A ConfigMap or Secret it needs is not there.
    ConfigError,
    /// The container fails, and that is it.
    Failed,
}

/// Where a pod ends up, and the container that is to blame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Where it ends up.
    pub fate: Fate,
    /// Name of the container it is about.
    pub container: String,
}

impl Plan {
    /// Reads what a pod is told by its annotations, or by an image with the tag `missing…`.
    pub fn of(pod: &Value) -> Self {
        let all =
            || ["initContainers", "containers"].iter().flat_map(|list| json::list(pod, &["spec", list]));
        let first = json::list(pod, &["spec", "containers"]).first().map_or("", |c| json::text(c, &["name"]));
        let told = json::marked(pod, CONTAINER).unwrap_or(first).to_owned();
        let fate = match json::marked(pod, STATE).unwrap_or_default() {
            "ImagePullBackOff" | "ErrImagePull" => Fate::ImagePullBackOff,
            "CrashLoopBackOff" => Fate::CrashLoopBackOff,
            "OOMKilled" => Fate::OomKilled,
            "Unschedulable" => Fate::Unschedulable,
            "Pending" => Fate::Pending,
            "NotReady" => Fate::NotReady,
            "CreateContainerConfigError" => Fate::ConfigError,
            // What is always restarted never fails for good.
            "Failed" if json::text(pod, &["spec", "restartPolicy"]) == "Always" => Fate::CrashLoopBackOff,
            "Failed" => Fate::Failed,
            _ => {
                let missing = all().find(|c| json::text(c, &["image"]).contains(":missing"));
                return match missing {
                    Some(c) => {
                        Self { fate: Fate::ImagePullBackOff, container: json::text(c, &["name"]).to_owned() }
                    }
                    None => Self { fate: Fate::Ready, container: first.to_owned() },
                };
            }
        };
        Self { fate, container: told }
    }
}
