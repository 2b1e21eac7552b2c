//! `docker`: the verbs codexctl uses, and what its engine says about itself. What its failures mean is in
//! `docker_words.rs`.
//!
//! Only the client's own verbs are used, so that its logins and credential helpers hold, and none that need buildx,
//! but for build contexts.

use std::ffi::OsString;
use std::net::{IpAddr, ToSocketAddrs as _};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result};
use ipnet::IpNet;
use serde_json::Value;

use super::docker_words::explained;
use crate::error::Fault;
use crate::process::{Failure, Finished, Invocation, Runner};

/// The docker client.
#[derive(Clone, Debug)]
pub struct Docker {
    runner: Runner,
}

/// One `docker build`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildSpec {
    /// Name of the result.
    pub reference: String,
    /// The Dockerfile; docker's own default without.
    pub dockerfile: Option<PathBuf>,
    /// Folder or URL.
    pub context: OsString,
    /// `--build-arg`: name and value, in this order.
    pub args: Vec<(String, String)>,
    /// `--build-context`: name and place, in this order. They need buildx.
    pub contexts: Vec<(String, String)>,
}

impl Docker {
    /// The client on PATH.
    pub fn new(runner: Runner) -> Self {
        Self { runner }
    }

    /// The runner its processes are started by.
    pub fn runner(&self) -> &Runner {
        &self.runner
    }

    /// Asks the engine what it is and which registries it trusts.
    ///
    /// # Errors
    /// No client, no engine, or no right to talk to it; with a hint.
    pub fn engine(&self, timeout: Option<Duration>) -> Result<Engine> {
        let invocation = Invocation::new("docker").args(["info", "--format", "{{json .}}"]).timeout(timeout);
        let finished = self.runner.run(&invocation).map_err(explained)?;
        let info: Value = serde_json::from_slice(&finished.stdout)
            .context("`docker info` gave no JSON; is it really docker?")?;
        // An older client ends with 0 and says there that it could not connect.
        let errors = info["ServerErrors"].as_array().filter(|errors| !errors.is_empty());
        match errors {
            None => Ok(Engine::of(&info)),
            Some(errors) => {
                let words: Vec<&str> = errors.iter().filter_map(Value::as_str).collect();
                Err(super::docker_words::fault(&words.join("\n")).into())
            }
        }
    }

    /// `docker manifest inspect`, with the client's debug lines: without them, every answer but "here it is" reads "no
    /// such manifest".
    ///
    /// # Errors
    /// As docker; see `docker_words::Answer`.
    pub fn manifest(
        &self,
        reference: &str,
        insecure: bool,
        verbose: bool,
        timeout: Option<Duration>,
    ) -> Result<Finished, Failure> {
        let mut invocation = Invocation::new("docker").args(["--debug", "manifest", "inspect"]);
        if insecure {
            invocation = invocation.arg("--insecure");
        }
        if verbose {
            invocation = invocation.arg("--verbose");
        }
        self.runner.run(&invocation.arg(reference).timeout(timeout))
    }

    /// `docker pull`.
    ///
    /// # Errors
    /// As docker.
    pub fn pull(&self, reference: &str) -> Result<Finished, Failure> {
        self.runner.run(&Invocation::new("docker").args(["pull", reference]))
    }

    /// `docker tag`.
    ///
    /// # Errors
    /// As docker.
    pub fn tag(&self, from: &str, to: &str) -> Result<Finished, Failure> {
        self.runner.run(&Invocation::new("docker").args(["tag", from, to]))
    }

    /// `docker push`.
    ///
    /// # Errors
    /// As docker.
    pub fn push(&self, reference: &str) -> Result<Finished, Failure> {
        self.runner.run(&Invocation::new("docker").args(["push", reference]))
    }

    /// Whether the engine itself holds the image.
    ///
    /// # Errors
    /// As docker, but for the image not being there.
    pub fn holds(&self, reference: &str, timeout: Option<Duration>) -> Result<bool> {
        let invocation =
            Invocation::new("docker").args(["image", "inspect", "--format", "{{.Id}}", reference]);
        match self.runner.run(&invocation.timeout(timeout)) {
            Ok(_) => Ok(true),
            Err(failure) if failure.message().to_lowercase().contains("no such image") => Ok(false),
            Err(failure) => Err(explained(failure)),
        }
    }

    /// The version of buildx.
    ///
    /// # Errors
    /// The plugin is not installed.
    pub fn buildx(&self, timeout: Option<Duration>) -> Result<String, Failure> {
        let invocation = Invocation::new("docker").args(["buildx", "version"]).timeout(timeout);
        self.runner.run(&invocation).map(|finished| finished.text().trim().to_string())
    }

    /// `docker build`; by buildx where there are build contexts.
    ///
    /// # Errors
    /// As docker.
    pub fn build(&self, spec: &BuildSpec) -> Result<Finished, Failure> {
        self.runner.run(&self.build_invocation(spec))
    }

    fn build_invocation(&self, spec: &BuildSpec) -> Invocation {
        let mut invocation = Invocation::new("docker");
        // A builder with a store of its own would keep the result where `docker push` does not see it.
        invocation = match spec.contexts.is_empty() {
            true => invocation.arg("build"),
            false => invocation.args(["buildx", "build", "--load"]),
        };
        invocation = invocation.args(["--tag", &spec.reference]);
        if let Some(path) = &spec.dockerfile {
            invocation = invocation.arg("--file").arg(path);
        }
        for (name, value) in &spec.args {
            invocation = invocation.arg("--build-arg");
            // Arguments can be read by every user of the machine. docker takes the value of a bare name from its own
            // environment; only secrets go there, because others (PATH, HOME) would change docker itself.
            invocation = if self.is_secret(name, value) {
                invocation.arg(name).env(name, value)
            } else {
                invocation.arg(format!("{name}={value}"))
            };
        }
        for (name, place) in &spec.contexts {
            invocation = invocation.arg("--build-context").arg(format!("{name}={place}"));
        }
        invocation.arg(&spec.context)
    }

    fn is_secret(&self, name: &str, value: &str) -> bool {
        crate::process::is_secret_name(name) || self.runner.secrets().mask(value) != value
    }
}

/// A running engine.
#[derive(Clone, Debug, Default)]
pub struct Engine {
    /// Its version.
    pub version: String,
    /// `linux`.
    pub os: String,
    /// As image manifests name it: `amd64`.
    pub arch: String,
    insecure_hosts: Vec<String>,
    insecure_nets: Vec<IpNet>,
}

impl Engine {
    fn of(info: &Value) -> Self {
        let text = |key: &str| info[key].as_str().unwrap_or_default().to_string();
        let registries = &info["RegistryConfig"];
        let nets = registries["InsecureRegistryCIDRs"].as_array().into_iter().flatten();
        let indexes = registries["IndexConfigs"].as_object().into_iter().flatten();
        Self {
            version: text("ServerVersion"),
            os: text("OSType"),
            arch: match text("Architecture").as_str() {
                "x86_64" => "amd64".into(),
                "aarch64" => "arm64".into(),
                other => other.to_string(),
            },
            insecure_hosts: indexes
                .filter(|(_, index)| index["Secure"] == false)
                .map(|(host, _)| host.clone())
                .collect(),
            insecure_nets: nets.filter_map(Value::as_str).filter_map(|net| net.parse().ok()).collect(),
        }
    }

    /// What holds where no engine can be asked: only registries on this machine are trusted blindly.
    pub fn unknown() -> Self {
        let nets = [IpAddr::from([127, 0, 0, 1])].into_iter().filter_map(|ip| IpNet::new(ip, 8).ok());
        Self { insecure_nets: nets.collect(), ..Self::default() }
    }

    /// Whether the engine accepts plain HTTP and any certificate from this registry (`host` or `host:port`): by the rule
    /// of its `insecure-registries`, to which 127.0.0.0/8 always belongs.
    pub fn trusts_blindly(&self, host: &str) -> bool {
        if self.insecure_hosts.iter().any(|known| known == host) {
            return true;
        }
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let in_nets = |ip: IpAddr| self.insecure_nets.iter().any(|net| net.contains(&ip));
        if let Ok(ip) = name.trim_matches(['[', ']']).parse::<IpAddr>() {
            return in_nets(ip);
        }
        // As the engine does: a name counts as the addresses it stands for.
        (name, 0).to_socket_addrs().is_ok_and(|mut addresses| addresses.any(|address| in_nets(address.ip())))
    }
}

/// The digest that `docker push` ends with: `1.0: digest: sha256:… size: 524`.
pub fn pushed_digest(output: &str) -> Option<String> {
    let line = output.lines().rev().find(|line| line.contains("digest: sha256:"))?;
    let digest = line.split("digest: ").nth(1)?.split_whitespace().next()?;
    Some(digest.to_string())
}

/// The error for an image whose build contexts need buildx where it is missing.
pub fn buildx_missing(names: &[&str]) -> Fault {
    let verb = if names.len() == 1 { "has" } else { "have" };
    Fault::failed(format!(
        "{} {verb} `buildContexts`, and docker's buildx plugin is missing",
        names.join(", ")
    ))
    .hint("install the plugin (package docker-buildx or docker-buildx-plugin), or remove `buildContexts`")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn insecure_registries_are_the_engines() {
        let engine = Engine::of(&json!({ "Architecture": "x86_64", "RegistryConfig": {
            "InsecureRegistryCIDRs": ["127.0.0.0/8", "10.1.0.0/16"],
            "IndexConfigs": { "docker.io": { "Secure": true }, "reg.test:5000": { "Secure": false } },
        } }));
        assert_eq!(engine.arch, "amd64");
        for host in ["127.0.0.1:5000", "localhost:5000", "10.1.2.3", "reg.test:5000"] {
            assert!(engine.trusts_blindly(host), "{host}");
        }
        for host in ["docker.io", "10.2.0.1:5000", "[::2]:5000", "reg.test"] {
            assert!(!engine.trusts_blindly(host), "{host}");
        }
    }

    #[test]
    fn secret_build_arguments_go_by_environment() {
        let secrets = crate::process::Secrets::default();
        secrets.learn([("A_TOKEN", "hunter22")]);
        let docker = Docker::new(Runner::new(secrets));
        let pair = |name: &str, value: &str| (name.to_string(), value.to_string());
        let spec = BuildSpec {
            reference: "r/a:1".into(),
            dockerfile: None,
            context: ".".into(),
            args: vec![pair("AUTH", "x hunter22"), pair("NPM_TOKEN", "t0ken"), pair("PATH", "/bin")],
            contexts: vec![pair("lib", "../lib")],
        };
        let line = format!("{:?}", docker.build_invocation(&spec));
        assert!(line.contains(r#""buildx", "build", "--load""#) && line.contains(r#""PATH=/bin""#), "{line}");
        let (args, env) = line.split_once("env:").unwrap_or_default();
        assert!(!args.contains("hunter22") && !args.contains("t0ken"), "{line}");
        assert!(env.contains("hunter22") && env.contains("t0ken"), "{line}");
    }

    #[test]
    fn the_digest_of_a_push() {
        let text = "The push refers to repository [r/a]\nabc: Pushed\n1.0: digest: sha256:5a06 size: 524\n";
        assert_eq!(pushed_digest(text).as_deref(), Some("sha256:5a06"));
        assert_eq!(pushed_digest("nothing"), None);
    }
}
