//! A cluster and a kubectl that talks to it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kubesim::{Options, Sim};
use serde_json::Value;
use tempfile::TempDir;

/// A running cluster with a home for kubectl.
pub struct Cluster {
    pub sim: Sim,
    home: TempDir,
    kubectl: PathBuf,
}

/// What a kubectl run left behind.
#[derive(Debug)]
pub struct Run {
    pub ok: bool,
    pub out: String,
    pub err: String,
}

/// The kubectl to test with.
pub fn find_kubectl() -> Option<PathBuf> {
    let found = match std::env::var_os("CODEXCTL_TEST_KUBECTL") {
        Some(path) => Some(PathBuf::from(path)),
        None => std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
            .map(|dir| dir.join("kubectl"))
            .find(|path| path.is_file()),
    };
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none(), "no kubectl: set CODEXCTL_TEST_KUBECTL or put one on PATH");
        eprintln!("SKIPPED: no kubectl (set CODEXCTL_TEST_KUBECTL or put one on PATH)");
    }
    found
}

/// Short delays, so that tests are quick.
pub fn quick() -> Options {
    Options {
        pod_ready: Duration::from_millis(30),
        pod_stop: Duration::from_millis(10),
        job_run: Duration::from_millis(20),
        namespace_delete: Duration::from_millis(60),
        crd_establish: Duration::from_millis(30),
        ..Options::default()
    }
}

impl Cluster {
    /// A cluster with short delays and a namespace `t`; `None` without kubectl.
    pub fn start() -> Option<Self> {
        Self::with(quick())
    }

    /// A cluster with these options and a namespace `t`; `None` without kubectl.
    pub fn with(options: Options) -> Option<Self> {
        let kubectl = find_kubectl()?;
        let home = TempDir::new().unwrap();
        let sim = Sim::start(options).unwrap();
        sim.write_kubeconfig(&home.path().join("config")).unwrap();
        let namespace =
            serde_json::json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "t"}});
        sim.put(namespace).unwrap();
        Some(Self { sim, home, kubectl })
    }

    /// A kubectl about to run; words are split at spaces.
    pub fn command(&self, line: &str) -> Command {
        self.command_as(&self.home.path().join("config"), line)
    }

    fn command_as(&self, config: &Path, line: &str) -> Command {
        let mut command = Command::new(&self.kubectl);
        command
            .args(line.split(' '))
            .env("HOME", self.home.path())
            .env("KUBECONFIG", config)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs kubectl.
    pub fn kubectl(&self, line: &str) -> Run {
        run(self.command(line), "")
    }

    /// Runs kubectl with `input` on stdin.
    pub fn pipe(&self, line: &str, input: &str) -> Run {
        run(self.command(line), input)
    }

    /// Runs kubectl as a named user.
    pub fn kubectl_as(&self, user: &str, line: &str) -> Run {
        let config = self.home.path().join(format!("config-{user}"));
        std::fs::write(&config, self.sim.kubeconfig_as(user)).unwrap();
        run(self.command_as(&config, line), "")
    }

    /// Runs kubectl, which has to succeed; its output.
    pub fn ok(&self, line: &str) -> String {
        let run = self.kubectl(line);
        assert!(run.ok, "kubectl {line}: {run:?}");
        run.out
    }

    /// `apply -f -`, which has to succeed; its output.
    pub fn apply(&self, input: &str) -> String {
        let run = self.pipe("apply -f -", input);
        assert!(run.ok, "apply: {run:?}\n{input}");
        run.out
    }

    /// Starts kubectl in the background.
    pub fn spawn(&self, line: &str) -> Child {
        self.command(line).spawn().unwrap()
    }

    /// Waits until `test` holds for the object; the object.
    pub fn until(&self, version: &str, kind: &str, name: &str, test: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let found = self.sim.get(version, kind, "t", name);
            if let Some(object) = found.as_ref().filter(|o| test(o)) {
                return object.clone();
            }
            assert!(Instant::now() < deadline, "{kind} {name} is {found:#?}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until `test` holds for the cluster.
    pub fn wait(&self, what: &str, test: impl Fn(&Sim) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(10);
        while !test(&self.sim) {
            assert!(Instant::now() < deadline, "still waiting: {what}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// How many requests of a method went to paths with this part.
    pub fn count(&self, method: &str, part: &str) -> usize {
        self.sim.requests().iter().filter(|r| r.method == method && r.path.contains(part)).count()
    }
}

fn run(mut command: Command, input: &str) -> Run {
    if !input.is_empty() {
        command.stdin(Stdio::piped());
    }
    let mut child = command.spawn().unwrap();
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes()).unwrap();
    }
    finish(child)
}

/// Waits for a kubectl to end.
pub fn finish(child: Child) -> Run {
    let output = child.wait_with_output().unwrap();
    Run {
        ok: output.status.success(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A ConfigMap in namespace `t`.
pub fn config(name: &str, data: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, namespace: t}}\ndata: {data}\n")
}

/// A Deployment in namespace `t` with one container; `container` and `spec` add fields in flow style.
pub fn deployment(name: &str, container: &str, spec: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}, namespace: t}}\nspec:\n\
         \x20 selector: {{matchLabels: {{app: {name}}}}}\n{spec}\
         \x20 template:\n    metadata: {{labels: {{app: {name}}}}}\n    spec:\n      containers:\n\
         \x20     - {{name: main, image: \"app:1\"{container}}}\n"
    )
}
