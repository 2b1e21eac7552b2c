//! `kubectl`: which cluster it is pointed at, and the verbs codexctl uses.
//!
//! `KUBECONFIG` and `--context` are set only where the environment names them; with neither, kubectl's own default
//! holds, in-cluster too (spec section 4).

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::Value;

pub use super::kubectl_failure::{
    already_exists, being_deleted, explained, forbidden, only_unknown_kinds, words,
};
use super::kubectl_failure::{warn, without_warnings};
use crate::config::Environment;
use crate::error::Fault;
use crate::process::{Failure, Finished, Gate, Invocation, Output, Runner};
use crate::yaml::Located;

/// Which cluster: kubeconfig and context of an environment.
#[derive(Clone, Debug, Default)]
pub struct Cluster {
    /// Value for `KUBECONFIG`: absolute paths, `~` and variables expanded.
    pub kubeconfig: Option<OsString>,
    /// Context name.
    pub context: Option<String>,
}

impl Cluster {
    /// Reads an environment's settings; relative paths start from `root`, and `file` is services.yaml in messages.
    ///
    /// # Errors
    /// A variable in the path that is not set; a file that is not there.
    pub fn of(
        environment: &Environment,
        file: &str,
        root: &Path,
        env_map: &BTreeMap<String, String>,
    ) -> Result<Self> {
        let name = &environment.name;
        let expand = |text: &Located<String>| -> Result<OsString> {
            let home = || dirs::home_dir().map(|home| home.display().to_string());
            let lookup = |variable: &str| match env_map.get(variable) {
                Some(value) => Ok(Some(value.clone())),
                None => Err(format!("${variable} is not set")),
            };
            let place = format!("{file}:{}: environments.{name}.kubeconfig", text.mark.line);
            let expanded = shellexpand::full_with_context(text.value.as_str(), home, lookup)
                .map_err(|error| Fault::invalid(format!("{place}: `{}`: {}", text.value, error.cause)))?;
            // As for the variable KUBECONFIG, it may be a list, of which some may be missing.
            let paths: Vec<PathBuf> =
                std::env::split_paths(expanded.as_ref()).map(|path| root.join(path)).collect();
            if !paths.iter().any(|path| path.exists() && !path.is_dir()) {
                let path = root.join(expanded.as_ref());
                let what =
                    if path.is_dir() { "this is a folder, not a file" } else { "there is no such file" };
                let message = format!("{place}: {what}: {}", path.display());
                let hint = "create it, or change the path in services.yaml";
                return Err(Fault::failed(message).hint(hint).into());
            }
            std::env::join_paths(paths).context(place)
        };
        let kubeconfig = environment.kubeconfig.as_ref().map(expand).transpose()?;
        Ok(Self { kubeconfig, context: environment.context.clone() })
    }
}

/// How `kubectl apply` is to treat the objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DryRun {
    /// They are applied.
    Off,
    /// The server checks and changes nothing.
    Server,
    /// Only kubectl looks at them.
    Client,
}

/// kubectl for one cluster.
#[derive(Clone, Debug)]
pub struct Kubectl {
    runner: Runner,
    cluster: Cluster,
    raw_path: Arc<OnceLock<String>>,
}

impl Kubectl {
    /// kubectl as this environment needs it.
    pub fn new(runner: Runner, cluster: Cluster) -> Self {
        Self { runner, cluster, raw_path: Arc::default() }
    }

    /// The cluster it is pointed at.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// The runner its processes are started by.
    pub fn runner(&self) -> &Runner {
        &self.runner
    }

    /// The path of the server's address, once it is known; see `delete_exactly`.
    pub(super) fn raw_path(&self) -> &OnceLock<String> {
        &self.raw_path
    }

    pub(super) fn command<const N: usize>(&self, args: [&str; N]) -> Invocation {
        let mut invocation = Invocation::new("kubectl");
        if let Some(path) = &self.cluster.kubeconfig {
            invocation = invocation.env("KUBECONFIG", path);
        }
        if let Some(context) = &self.cluster.context {
            invocation = invocation.arg("--context").arg(context);
        }
        invocation.args(args)
    }

    /// `kubectl apply -f -`. `echo` says where its result lines go; it starts at once and does nothing before the gate
    /// opens.
    ///
    /// # Errors
    /// As kubectl: some objects may have been applied; the failure holds its result lines.
    pub fn apply(
        &self,
        documents: &str,
        dry_run: DryRun,
        server_side: bool,
        echo: Output,
        gate: Option<&Gate>,
        timeout: Option<Duration>,
    ) -> Result<Finished, Failure> {
        let input = self.command(["apply", "-f", "-"]).stdin(documents).behind(gate);
        let mut invocation = input.stdout(echo).timeout(timeout);
        if server_side {
            invocation = invocation.args(["--server-side", "--force-conflicts", "--field-manager=codexctl"]);
        }
        match dry_run {
            DryRun::Off => {}
            DryRun::Server => invocation = invocation.arg("--dry-run=server"),
            DryRun::Client => invocation = invocation.arg("--dry-run=client"),
        }
        self.runner.run(&invocation)
    }

    /// Server-side apply of objects that are codexctl's own: no last-applied annotation keeps a Secret's values.
    ///
    /// # Errors
    /// As [`Kubectl::apply`].
    pub fn put(&self, documents: &str, timeout: Option<Duration>) -> Result<Finished, Failure> {
        self.apply(documents, DryRun::Off, true, Output::Capture, None, timeout)
    }

    /// `kubectl diff -f -`: what it wrote, secrets masked; nothing where there are no differences. A diff program of the
    /// user's own may have shown them elsewhere: then the text is empty.
    ///
    /// # Errors
    /// As kubectl: its exit code 1 means differences, everything above is a failure.
    pub fn diff(&self, documents: &str) -> Result<Option<String>> {
        let own = std::env::var_os("KUBECTL_EXTERNAL_DIFF").is_some_and(|value| !value.is_empty());
        let invocation = self.command(["diff", "-f", "-"]).stdin(documents);
        let (text, stderr) = match self.runner.run(&invocation) {
            Ok(finished) if finished.text().trim().is_empty() => {
                warn(&finished.stderr);
                return Ok(None);
            }
            // A diff program of the user's own may tell of differences and end with 0.
            Ok(finished) if own => (self.runner.secrets().mask(&finished.text()), finished.stderr),
            Ok(_) => return Err(not_kubectl(&"differences").into()),
            // What the server warns of stands on the same stream as errors.
            Err(failure) if failure.code() == Some(1) && without_warnings(failure.message()).is_empty() => {
                let text = failure.written.stdout.clone();
                if text.trim().is_empty() && !own {
                    return Err(not_kubectl(&"differences").into());
                }
                (text, failure.message().to_string())
            }
            Err(failure) => return Err(explained(failure)),
        };
        warn(&stderr);
        Ok(Some(text))
    }

    /// `kubectl create -f -`, remembering the manifest so that a later apply does not complain.
    ///
    /// # Errors
    /// As kubectl; see [`already_exists`].
    pub fn create(&self, documents: &str, timeout: Option<Duration>) -> Result<Finished, Failure> {
        // The object is codexctl's own: to check it, kubectl would first download the server's whole schema.
        let invocation = self.command(["create", "--save-config", "--validate=false", "-f", "-"]);
        let finished = self.runner.run(&invocation.stdin(documents).timeout(timeout))?;
        Ok(finished)
    }

    /// `kubectl create -f - -o json`: for reviews, whose answer is the created object.
    ///
    /// # Errors
    /// As kubectl, or an answer that is no JSON.
    pub fn review(&self, documents: &str, timeout: Option<Duration>) -> Result<Vec<Value>> {
        let invocation = self.command(["create", "--validate=false", "-f", "-", "-o", "json"]);
        let finished = self.runner.run(&invocation.stdin(documents).timeout(timeout)).map_err(explained)?;
        // One object behind the other, not a list.
        let answers = serde_json::Deserializer::from_slice(&finished.stdout).into_iter();
        answers.collect::<Result<_, _>>().with_context(no_json)
    }

    /// `kubectl delete --ignore-not-found -f -`: waits until the objects are gone.
    ///
    /// # Errors
    /// As kubectl.
    pub fn delete(
        &self,
        documents: &str,
        echo: Output,
        timeout: Option<Duration>,
    ) -> Result<Finished, Failure> {
        let invocation = self.command(["delete", "--ignore-not-found", "-f", "-"]);
        self.runner.run(&invocation.stdin(documents).stdout(echo).timeout(timeout))
    }

    /// `kubectl delete namespace`: waits until it is gone.
    ///
    /// # Errors
    /// As kubectl.
    pub fn delete_namespace(
        &self,
        name: &str,
        echo: Output,
        timeout: Option<Duration>,
    ) -> Result<Finished, Failure> {
        let invocation = self.command(["delete", "namespace", name, "--ignore-not-found"]);
        self.runner.run(&invocation.stdout(echo).timeout(timeout))
    }

    /// `kubectl get … -o json`; `namespace` `None` leaves it to the context.
    ///
    /// # Errors
    /// As kubectl, with a hint; or an answer that is no JSON.
    pub fn get(&self, what: &[&str], namespace: Option<&str>, timeout: Option<Duration>) -> Result<Value> {
        let mut invocation = self.command(["get", "-o", "json", "--ignore-not-found"]).args(what);
        if let Some(namespace) = namespace {
            invocation = invocation.arg("-n").arg(namespace);
        }
        let finished = self.runner.run(&invocation.timeout(timeout)).map_err(explained)?;
        if finished.stdout.is_empty() { Ok(Value::Null) } else { json(&finished) }
    }

    /// `kubectl wait --for=… TARGET`, for `timeout`.
    ///
    /// # Errors
    /// As kubectl: not there, or the time is over.
    pub fn wait(
        &self,
        condition: &str,
        targets: &[String],
        namespace: Option<&str>,
        timeout: Duration,
    ) -> Result<Finished, Failure> {
        let plain = condition.contains('=') || matches!(condition, "delete" | "create");
        let condition = if plain { condition.to_string() } else { format!("condition={condition}") };
        let mut invocation = self
            .command(["wait"])
            .arg(format!("--for={condition}"))
            .arg(format!("--timeout={}ms", timeout.as_millis().max(1)))
            .args(targets);
        if let Some(namespace) = namespace {
            invocation = invocation.arg("-n").arg(namespace);
        }
        self.runner.run(&invocation)
    }

    /// The last lines of a container's log; of its previous run where `previous` says so.
    ///
    /// # Errors
    /// As kubectl (no such run, a container that has not started).
    pub fn logs(
        &self,
        pod: &str,
        container: &str,
        namespace: Option<&str>,
        previous: bool,
    ) -> Result<String, Failure> {
        let mut invocation = self.command(["logs", pod, "-c", container, "--tail=10"]);
        if let Some(namespace) = namespace {
            invocation = invocation.arg("-n").arg(namespace);
        }
        if previous {
            invocation = invocation.arg("--previous");
        }
        self.runner.run(&invocation.timeout(Some(Duration::from_secs(15)))).map(|finished| finished.text())
    }

    /// Runs a program in a pod of `target` (`deploy/codex`).
    ///
    /// # Errors
    /// As kubectl, or as the program.
    pub fn exec(
        &self,
        target: &str,
        namespace: &str,
        program: &[&str],
        timeout: Option<Duration>,
    ) -> Result<Finished, Failure> {
        let invocation = self.command(["exec", target, "-n", namespace, "--"]).args(program.iter().copied());
        self.runner.run(&invocation.timeout(timeout))
    }

    /// `kubectl exec` of a command in a pod, not run yet. Input goes through only with `-i`, which is set where there is
    /// some; kubectl may end with 0 although its connection broke.
    pub fn exec_command(
        &self,
        namespace: &str,
        target: &str,
        command: &[&str],
        stdin: Option<&[u8]>,
    ) -> Invocation {
        let mut invocation = self.command(["exec", "-n", namespace, target]);
        if let Some(bytes) = stdin {
            invocation = invocation.arg("-i").stdin(bytes);
        }
        invocation.arg("--").args(command)
    }

    /// `kubectl version -o json`, of client and server.
    ///
    /// # Errors
    /// As kubectl, with a hint.
    pub fn version(&self, timeout: Option<Duration>) -> Result<Value> {
        let finished =
            self.runner.run(&self.command(["version", "-o", "json"]).timeout(timeout)).map_err(explained)?;
        json(&finished)
    }

    /// `kubectl version --client -o json`: no cluster is asked.
    ///
    /// # Errors
    /// As kubectl, with a hint.
    pub fn client_version(&self, timeout: Option<Duration>) -> Result<Value> {
        let invocation = self.command(["version", "--client", "-o", "json"]);
        let finished = self.runner.run(&invocation.timeout(timeout)).map_err(explained)?;
        json(&finished)
    }
}

fn json(finished: &Finished) -> Result<Value> {
    serde_json::from_slice(&finished.stdout).with_context(no_json)
}

fn no_json() -> String {
    format!("{} gave no JSON; is it really kubectl?", program())
}

/// The error for a program that ends well and says nothing of what it was asked for.
pub fn not_kubectl(about: &dyn std::fmt::Display) -> Fault {
    Fault::failed(format!("{} ended well and said nothing about {about}", program()))
        .hint("is it really kubectl? `kubectl version --client` shows")
}

/// Where kubectl is, for messages.
pub fn program() -> String {
    which::which("kubectl").map_or_else(|_| "kubectl".into(), |path| path.display().to_string())
}
