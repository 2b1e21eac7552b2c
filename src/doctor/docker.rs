//! Checks of docker and of the registries images go to; only where the stack has images or a local registry.

use std::time::Duration;

use super::facts::Facts;
use super::finding::Finding;
use super::run::Check;
use crate::images::{ImageRef, Presence, Registry};
use crate::process::Runner;
use crate::tools::docker::{Docker, Engine};
use crate::tools::docker_words;

/// The engine, buildx where it is needed, and each registry by itself.
pub(super) fn checks(runner: &Runner, facts: &Facts) -> Vec<Check> {
    if !facts.docker {
        return Vec::new();
    }
    let docker = Docker::new(runner.clone());
    let client = docker.clone();
    let mut checks = vec![Check::new("docker", move |limit| vec![engine(&client, limit)])];
    if !facts.build_contexts.is_empty() {
        let (client, names) = (docker.clone(), facts.build_contexts.join(", "));
        checks.push(Check::new("buildx", move |limit| vec![buildx(&client, &names, limit)]));
    }
    for (host, image) in &facts.registries {
        let (client, image) = (docker.clone(), image.clone());
        let name = format!("registry {host}");
        let check = name.clone();
        checks.push(Check::new(&name, move |limit| vec![registry(&client, &check, &image, limit)]));
    }
    checks
}

fn engine(docker: &Docker, limit: Duration) -> Finding {
    match docker.engine(Some(limit)) {
        Ok(engine) if engine.os != "linux" => {
            let detail = format!("engine {} runs {} containers", engine.version, engine.os);
            Finding::warning("docker", detail).fix("switch the engine to Linux containers")
        }
        Ok(engine) => {
            Finding::ok("docker", format!("engine {}, {}/{}", engine.version, engine.os, engine.arch))
        }
        Err(error) => Finding::of_error("docker", &error, "install docker, and start its engine"),
    }
}

fn buildx(docker: &Docker, names: &str, limit: Duration) -> Finding {
    match docker.buildx(Some(limit)) {
        Ok(version) => Finding::ok("buildx", version),
        Err(_) => {
            Finding::failed("buildx", format!("docker has no buildx; `buildContexts` of {names} need it"))
                .fix("install the plugin (package docker-buildx or docker-buildx-plugin)")
        }
    }
}

/// Asks about an image: any answer but a refusal means that the registry is there.
fn registry(docker: &Docker, check: &str, image: &ImageRef, limit: Duration) -> Finding {
    if which::which("docker").is_err() {
        return Finding::warning(check, "not checked: docker is not on PATH").fix("install docker");
    }
    // Which registries may be asked without TLS is the engine's to say; without one, those on this machine.
    let half = limit / 2;
    let engine = docker.engine(Some(half)).unwrap_or_else(|_| Engine::unknown());
    match Registry::new(docker, &engine).timeout(half).look(image) {
        Presence::Present | Presence::Missing => Finding::ok(check, "answers"),
        Presence::Login(words) => {
            Finding::warning(check, words).fix(format!("log in with `docker login {}`", image.host()))
        }
        Presence::Failed(words) => {
            let fault = docker_words::fault(&words);
            Finding::of_error(check, &fault.into(), "check the registry's address in services.yaml")
        }
    }
}
