//! kubectl verbs that change an object only if it is still what the caller saw: exclusive create, replace with a
//! resourceVersion, delete with preconditions. They are what slots are kept apart with.
//!
//! kubectl has one exit code for everything, so its reason words (`(AlreadyExists)`, `(Conflict)`, `(NotFound)`) decide.

use std::time::Duration;

use serde_json::{Value, json};

use super::kubectl::{Kubectl, program};
use super::kubectl_failure::messages;
use crate::process::{Failure, FailureKind};

/// Only if the object is still this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Precondition {
    /// `metadata.uid`.
    pub uid: String,
    /// `metadata.resourceVersion`, where the object must not have changed either.
    pub version: Option<String>,
}

/// What became of a deletion with a precondition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deleted {
    /// It is gone, or on its way.
    Done,
    /// It was gone before.
    Missing,
    /// It is not the object that was meant, or it changed meanwhile.
    Changed,
}

impl Kubectl {
    /// Creates the objects in one call, each only if its name is free; those that were made, as they are now.
    ///
    /// # Errors
    /// As kubectl, when any object failed for another reason than being there already.
    pub fn create_each(
        &self,
        objects: &[Value],
        timeout: Option<Duration>,
    ) -> Result<Vec<Option<Value>>, Failure> {
        // Objects are codexctl's own: to check them, kubectl would first download the server's whole schema.
        let command = self.command(["create", "--validate=false", "-f", "-", "-o", "json"]);
        let stdout = match self.runner().run(&command.stdin(lines(objects)).timeout(timeout)) {
            Ok(finished) => finished.text(),
            Err(failure) if all_say(&failure, "(AlreadyExists)") => failure.written.stdout.clone(),
            Err(failure) => return Err(failure),
        };
        // One object behind the other, not a list.
        let made: Vec<Value> = serde_json::Deserializer::from_str(&stdout)
            .into_iter()
            .collect::<Result<_, _>>()
            .map_err(|_| not_kubectl())?;
        let find = |object: &Value| made.iter().find(|made| same(made, object)).cloned();
        Ok(objects.iter().map(find).collect())
    }

    /// Replaces an object if its `metadata.resourceVersion` is still the cluster's; false when it changed or went
    /// meanwhile.
    ///
    /// # Errors
    /// As kubectl.
    pub fn replace(&self, object: &Value, timeout: Option<Duration>) -> Result<bool, Failure> {
        let command = self.command(["replace", "--validate=false", "-f", "-"]);
        let objects = std::slice::from_ref(object);
        match self.runner().run(&command.stdin(lines(objects)).timeout(timeout)) {
            Ok(_) => Ok(true),
            Err(failure) if all_say(&failure, "(Conflict)") || all_say(&failure, "(NotFound)") => Ok(false),
            Err(failure) => Err(failure),
        }
    }

    /// The objects of these kinds, `namespace`'s where a kind has one, in the order of the kinds.
    ///
    /// # Errors
    /// As kubectl.
    pub fn list(
        &self,
        kinds: &[&str],
        namespace: &str,
        timeout: Option<Duration>,
    ) -> Result<Vec<Value>, Failure> {
        let kinds = kinds.join(",");
        let command = self.command(["get", &kinds, "-n", namespace, "-o", "json"]);
        let finished = self.runner().run(&command.timeout(timeout))?;
        match serde_json::from_slice::<Value>(&finished.stdout) {
            Ok(mut list) => Ok(list["items"].as_array_mut().map(std::mem::take).unwrap_or_default()),
            Err(_) => Err(not_kubectl()),
        }
    }

    /// Deletes the object at an API path (`/api/v1/namespaces/x`) if it is still the one that is meant. Does not wait
    /// for finalizers.
    ///
    /// # Errors
    /// As kubectl.
    pub fn delete_exactly(
        &self,
        path: &str,
        only: &Precondition,
        timeout: Option<Duration>,
    ) -> Result<Deleted, Failure> {
        let mut preconditions = json!({ "uid": only.uid });
        if let Some(version) = &only.version {
            preconditions["resourceVersion"] = version.as_str().into();
        }
        let options = json!({
            "kind": "DeleteOptions",
            "apiVersion": "v1",
            "propagationPolicy": "Background",
            "preconditions": preconditions,
        });
        let path = format!("{}{path}", self.server_path(timeout)?);
        // `kubectl delete NAME` has no way to say preconditions; the raw call does.
        let command = self.command(["delete", "--raw", &path, "-f", "-"]);
        match self.runner().run(&command.stdin(options.to_string()).timeout(timeout)) {
            Ok(_) => Ok(Deleted::Done),
            Err(failure) if all_say(&failure, "(NotFound)") => Ok(Deleted::Missing),
            Err(failure) if all_say(&failure, "(Conflict)") => Ok(Deleted::Changed),
            Err(failure) => Err(failure),
        }
    }

    /// The path of the kubeconfig's server address (`/k8s/clusters/c-1` behind a proxy), where kubectl leaves it out of raw
    /// calls: 1.32 does, 1.36 puts it in front itself. Without a kubeconfig (inside a cluster) there is none.
    fn server_path(&self, timeout: Option<Duration>) -> Result<&str, Failure> {
        if let Some(path) = self.raw_path().get() {
            return Ok(path);
        }
        let query = "jsonpath={.clusters[0].cluster.server}";
        let command = self.command(["config", "view", "--minify", "-o", query]).timeout(timeout);
        let server = match self.runner().run(&command) {
            Ok(finished) => finished.text(),
            Err(failure) if failure.code().is_some() => String::new(),
            Err(failure) => return Err(failure),
        };
        let mut path = path_of(&server);
        if !path.is_empty() && self.keeps_path(&server, timeout)? {
            path = String::new();
        }
        Ok(self.raw_path().get_or_init(|| path))
    }

    /// Whether kubectl itself keeps the path of the server's address in raw calls; its log shows the URL that it asked.
    fn keeps_path(&self, server: &str, timeout: Option<Duration>) -> Result<bool, Failure> {
        let url = format!("{}/version", server.trim().trim_end_matches('/'));
        let command = self.command(["get", "--raw", "/version", "-v=6"]).timeout(timeout);
        match self.runner().run(&command) {
            Ok(finished) => Ok(finished.stderr.contains(&url)),
            // Without the path it may ask something that is not there.
            Err(failure) if failure.code().is_some() => Ok(failure.message().contains(&url)),
            Err(failure) => Err(failure),
        }
    }
}

/// A program that says it succeeded and gives no JSON is not kubectl.
fn not_kubectl() -> Failure {
    Failure {
        kind: FailureKind::Start("it gave no JSON; is it really kubectl?".into()),
        program: "kubectl".into(),
        line: program(),
        written: Box::default(),
    }
}

fn path_of(server: &str) -> String {
    let rest = server.trim().split_once("://").map_or("", |(_, rest)| rest);
    rest.find('/').map_or("", |at| rest[at..].trim_end_matches('/')).to_string()
}

/// Whether kubectl's errors are all of this kind.
fn all_say(failure: &Failure, reason: &str) -> bool {
    let errors = messages(failure);
    failure.code().is_some() && !errors.is_empty() && errors.iter().all(|error| error.contains(reason))
}

fn same(a: &Value, b: &Value) -> bool {
    a["kind"] == b["kind"] && a["metadata"]["name"] == b["metadata"]["name"]
}

fn lines(objects: &[Value]) -> String {
    objects.iter().map(|object| format!("{object}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_path_is_kept_for_raw_calls() {
        assert_eq!(path_of("https://rancher.test/k8s/clusters/c-1/"), "/k8s/clusters/c-1");
        assert_eq!(path_of("https://10.0.0.1:6443"), "");
        assert_eq!(path_of("https://10.0.0.1:6443/"), "");
        assert_eq!(path_of(""), "");
    }
}
