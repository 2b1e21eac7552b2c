//! What a caller can choose about a simulated cluster.

use std::time::Duration;

/// How the simulated cluster looks and how fast things happen in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// TCP port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Name of the context, cluster and user in the kubeconfig.
    pub context: String,
    /// `gitVersion` of the server, such as `v1.36.2`.
    pub version: String,
    /// From a pod's creation to its being ready (or to the state it was told to stay in).
    pub pod_ready: Duration,
    /// From a pod's deletion to its being gone.
    pub pod_stop: Duration,
    /// From the start of a Job's pod to its end.
    pub job_run: Duration,
    /// How long a deleted namespace is at least `Terminating`.
    pub namespace_delete: Duration,
    /// From a CRD's creation to its being Established and served.
    pub crd_establish: Duration,
    /// How often an idle watch that asked for bookmarks gets one.
    pub bookmark: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            context: "kubesim".into(),
            version: "v1.36.2".into(),
            pod_ready: Duration::from_millis(50),
            pod_stop: Duration::from_millis(20),
            job_run: Duration::from_millis(100),
            namespace_delete: Duration::from_millis(100),
            crd_establish: Duration::from_millis(100),
            bookmark: Duration::from_secs(5),
        }
    }
}
