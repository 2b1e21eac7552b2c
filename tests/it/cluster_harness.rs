//! A project whose `dev` environment is a kubesim cluster of its own, reached by real kubectl.

use std::ops::{Deref, DerefMut};
use std::os::unix::fs::PermissionsExt as _;

use kubesim::{Options, Sim};

use super::harness::{Project, kubectl};

/// Project and cluster.
pub struct Lab {
    pub sim: Sim,
    project: Project,
}

impl Deref for Lab {
    type Target = Project;

    fn deref(&self) -> &Project {
        &self.project
    }
}

impl DerefMut for Lab {
    fn deref_mut(&mut self) -> &mut Project {
        &mut self.project
    }
}

/// services.yaml of a lab; `rest` comes below `environments`.
pub fn services(rest: &str) -> String {
    format!("project: demo\nenvironments:\n  dev: {{kubeconfig: kube.yaml, context: kubesim}}\n{rest}")
}

/// One service `api` whose manifest is `api.yaml`.
pub const API: &str = "services:\n  - name: api\n    manifests: [{path: api.yaml}]\n";

/// A Deployment that becomes ready, and a Service.
pub const WEB: &str = r"apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replicas: 2
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers: [{name: main, image: 'reg.test/api:1', ports: [{containerPort: 80}]}]
---
apiVersion: v1
kind: Service
metadata: {name: api}
spec: {selector: {app: api}, ports: [{port: 80}]}
";

impl Lab {
    /// A lab with this stack; `None` where there is no kubectl (a failure in CI).
    pub fn new(rest: &str) -> Option<Self> {
        Self::with(Options::default(), rest)
    }

    pub fn with(options: Options, rest: &str) -> Option<Self> {
        kubectl()?;
        let sim = Sim::start(options).unwrap();
        let mut project = Project::new(&services(rest));
        sim.write_kubeconfig(&project.path().join("kube.yaml")).unwrap();
        // kubectl's discovery cache is the test's own.
        let home = project.path().join("home");
        std::fs::create_dir_all(&home).unwrap();
        project.env("HOME", &home).env("KUBECACHEDIR", home.join("cache"));
        Some(Self { sim, project })
    }

    /// A lab with the service `api` of [`WEB`].
    pub fn web() -> Option<Self> {
        let lab = Self::new(API)?;
        lab.file("api.yaml", WEB);
        Some(lab)
    }

    /// Puts a kubectl on PATH that notes each call in `calls` and hands it to the real one.
    pub fn count_kubectl(&mut self) {
        let real = kubectl().unwrap();
        let log = self.path().join("calls");
        let script =
            format!("#!/bin/sh\necho \"$*\" >>'{}'\nexec '{}' \"$@\"\n", log.display(), real.display());
        let path = self.file("bin/kubectl", script);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        let bin = path.parent().unwrap().to_path_buf();
        let rest = std::env::var_os("PATH").unwrap_or_default();
        let all = std::env::join_paths(std::iter::once(bin).chain(std::env::split_paths(&rest))).unwrap();
        self.env("PATH", all);
    }

    /// The calls since the last question.
    pub fn kubectl_calls(&self) -> Vec<String> {
        let path = self.path().join("calls");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        std::fs::write(&path, "").unwrap();
        text.lines().map(String::from).collect()
    }

    /// An object of the stack's namespace.
    pub fn object(&self, group_version: &str, kind: &str, name: &str) -> Option<serde_json::Value> {
        self.sim.get(group_version, kind, "demo-dev", name)
    }
}
