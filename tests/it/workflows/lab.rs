//! What a workflow meets: a project, a simulated cluster with the agent's pod, GitHub by a fake `gh`, and a release of
//! codexctl in a folder.

use std::io::Write as _;
use std::ops::Deref;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::super::cluster_harness::Lab;
use super::super::needs::program;
use super::super::prompt::pod::{Pod, Shell};
use super::runner::{Call, Machine, ROOT};

/// Everything around a workflow.
pub struct World {
    pub pod: Pod,
    pub machine: Machine,
    kubeconfig: String,
}

impl Deref for World {
    type Target = Pod;

    fn deref(&self) -> &Pod {
        &self.pod
    }
}

impl World {
    /// A world whose project is the shop; `None` where a program is missing (a failure in CI).
    pub fn shop() -> Option<Self> {
        let world = Self::new()?;
        copy(&Path::new(ROOT).join("examples/shop"), &world.machine.project);
        Some(world)
    }

    /// A world with an empty project.
    pub fn new() -> Option<Self> {
        program("jq")?;
        let pod = Pod::beside(Lab::new("")?, Shell::Dash)?;
        let kubeconfig = std::fs::read_to_string(pod.path().join("kube.yaml")).unwrap();
        let folder = pod.path().join("machine");
        std::fs::create_dir_all(folder.join("gh")).unwrap();
        let gh = pod.file("gh bin/gh", include_str!("gh.sh"));
        std::fs::set_permissions(&gh, std::fs::Permissions::from_mode(0o755)).unwrap();
        let release = folder.join("release files");
        // The binary of this test, by a script: the archive of the real one would be large.
        publish(&release, &format!("#!/bin/sh\nexec '{}' \"$@\"\n", env!("CARGO_BIN_EXE_codexctl")));
        let set = |name: &str| {
            let command = pod.command(&[]);
            let value = command.get_envs().find(|(key, _)| *key == name).and_then(|(_, value)| value);
            value.unwrap().to_str().unwrap().to_string()
        };
        let mut variables: std::collections::BTreeMap<String, String> =
            ["HOME", "KUBECACHEDIR"].into_iter().map(|name| (name.to_string(), set(name))).collect();
        variables.insert("PATH".into(), format!("{}:{}", gh.parent().unwrap().display(), set("PATH")));
        variables.insert("GH_FOLDER".into(), folder.join("gh").display().to_string());
        let machine = Machine { project: folder.join("project"), folder, variables };
        let world = Self { pod, machine, kubeconfig };
        world.github("permission.ann", "write");
        world.github("permission.bob", "read");
        world.github("pulls", "[]");
        Some(world)
    }

    /// A file the fake `gh` answers from.
    pub fn github(&self, name: &str, text: &str) {
        std::fs::write(self.machine.folder.join("gh").join(name), text).unwrap();
    }

    /// What the fake `gh` noted: `calls` or `comments`.
    pub fn noted(&self, name: &str) -> String {
        std::fs::read_to_string(self.machine.folder.join("gh").join(name)).unwrap_or_default()
    }

    /// A call of a workflow by ann, with the inputs that all have and these.
    pub fn call(&self, workflow: &'static str, inputs: &Value) -> Call {
        let mut all = json!({
            "codexctl-repository": "OWNER/codexctl",
            "codexctl-base-url": format!("file://{}", self.machine.folder.join("release files").display()),
            "kubeconfig-variable": "SHOP_KUBECONFIG",
            "vars": "SHOP_CONTEXT=kubesim",
        });
        all.as_object_mut().unwrap().extend(inputs.as_object().unwrap().clone());
        Call {
            workflow,
            inputs: all,
            secrets: json!({ "CODEXCTL_KUBECONFIG": base64(&self.kubeconfig) }),
            actor: "ann".into(),
            triggering_actor: "ann".into(),
            event: json!({ "repository": { "default_branch": "main" } }),
        }
    }

    /// The kubeconfig as text.
    pub fn kubeconfig(&self) -> &str {
        &self.kubeconfig
    }

    /// Whether any file with this name came to be on the machine.
    pub fn has_file(&self, name: &str) -> bool {
        let found = Command::new("find").arg(self.pod.path()).args(["-name", name]).output().unwrap();
        !found.stdout.is_empty()
    }

    /// Slot and issue of each record.
    pub fn slots(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
        let all = self.sim.list("v1", "ConfigMap", "shop-slots");
        let records = all.iter().filter(|object| text(&object["metadata"]["name"]).starts_with("codex-env-"));
        records.map(|object| (text(&object["data"]["slot"]), text(&object["data"]["issue"]))).collect()
    }
}

/// Makes a release folder whose archive for this machine holds this as codexctl; gives the archive's name and SHA-256.
pub fn publish(folder: &Path, binary: &str) -> (String, String) {
    let name = format!("codexctl-{}-unknown-linux-musl", std::env::consts::ARCH);
    let inside = folder.join(&name);
    std::fs::create_dir_all(&inside).unwrap();
    std::fs::write(inside.join("codexctl"), binary).unwrap();
    std::fs::set_permissions(inside.join("codexctl"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let archive = format!("{name}.tar.gz");
    let made = Command::new("tar")
        .arg("-C")
        .arg(folder)
        .args(["-czf"])
        .arg(folder.join(&archive))
        .arg(&name)
        .status();
    assert!(made.unwrap().success());
    std::fs::remove_dir_all(inside).unwrap();
    let sum = sha256(&folder.join(&archive));
    std::fs::write(
        folder.join("SHA256SUMS"),
        format!("{}  codexctl-other.tar.gz\n{sum}  {archive}\n", "0".repeat(64)),
    )
    .unwrap();
    (archive, sum)
}

pub fn sha256(path: &Path) -> String {
    let output = Command::new("sha256sum").arg(path).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    // A name with special characters makes a backslash the first character.
    text.trim_start_matches('\\').split(' ').next().unwrap().to_string()
}

pub fn base64(text: &str) -> String {
    let mut child = Command::new("base64").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}

/// Copies a folder.
pub fn copy(from: &Path, into: &Path) {
    std::fs::create_dir_all(into).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let (from, into): (PathBuf, PathBuf) = (entry.path(), into.join(entry.file_name()));
        if entry.file_type().unwrap().is_dir() {
            copy(&from, &into);
        } else {
            std::fs::copy(&from, &into).unwrap();
        }
    }
}
