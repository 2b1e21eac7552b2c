//! A slot with an agent's pod: kubesim for everything but `exec`, and `pod.py` for that. The agent is a checking fake
//! unless a test puts the real one there.

use std::io::{BufRead as _, BufReader};
use std::ops::{Deref, DerefMut};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::super::cluster_harness::Lab;
use super::super::harness::kubectl;
use super::super::needs::program;

/// The shells a pod may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shell {
    Dash,
    Busybox,
}

/// The arguments every run here has.
pub const RUN: [&str; 6] = ["prompt", "run", "--slot", "3", "--issue", "42"];

const PLAYER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/prompt/pod.py");

const DEPLOYMENT: &str = r"apiVersion: apps/v1
kind: Deployment
metadata: {name: codex}
spec:
  selector: {matchLabels: {app: codex}}
  template:
    metadata: {labels: {app: codex}}
    spec: {containers: [{name: codex, image: 'reg.test/codex:1'}]}
";

/// The slot, its project and its pod.
pub struct Pod {
    lab: Lab,
    folder: PathBuf,
    server: Child,
}

impl Deref for Pod {
    type Target = Lab;

    fn deref(&self) -> &Lab {
        &self.lab
    }
}

impl DerefMut for Pod {
    fn deref_mut(&mut self) -> &mut Lab {
        &mut self.lab
    }
}

impl Pod {
    /// A pod with dash; `codex` are lines below that key of services.yaml.
    pub fn new(codex: &str) -> Option<Self> {
        Self::with(Shell::Dash, codex)
    }

    pub fn with(shell: Shell, codex: &str) -> Option<Self> {
        let lab = Lab::new("")?;
        lab.file("services.yaml", services(codex));
        lab.file("codex.yaml", DEPLOYMENT);
        let pod = Self::beside(lab, shell)?;
        pod.ok(&["apply", "--env", "ai", "--slot", "3"]);
        Some(pod)
    }

    /// The pod of a lab that has a stack of its own: `exec` ends here, whatever it is applied to.
    pub fn beside(mut lab: Lab, shell: Shell) -> Option<Self> {
        let real = kubectl()?;
        let python = python()?;
        let shell_path = program(if shell == Shell::Dash { "dash" } else { "busybox" })?;
        let folder = lab.path().join("pod");
        for part in ["home", "workspace", "bin"] {
            std::fs::create_dir_all(folder.join(part)).unwrap();
        }
        let bin = folder.join("bin");
        if shell == Shell::Busybox {
            let done = Command::new(&shell_path).args(["--install", "-s"]).arg(&bin).status().unwrap();
            assert!(done.success());
        } else {
            std::os::unix::fs::symlink(&shell_path, bin.join("sh")).unwrap();
        }
        executable(&bin.join("codex"), include_str!("codex.sh"));
        executable(&bin.join("gh"), include_str!("gh.sh"));
        let script = format!(
            "#!/bin/sh\nexec '{}' -S -E '{PLAYER}' kubectl '{}' '{}' \"$@\"\n",
            python.display(),
            real.display(),
            folder.display()
        );
        let wrapper = lab.path().join("bin");
        std::fs::create_dir_all(&wrapper).unwrap();
        executable(&wrapper.join("kubectl"), &script);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path =
            std::env::join_paths(std::iter::once(wrapper).chain(std::env::split_paths(&path))).unwrap();
        lab.env("PATH", path);
        let mut server = Command::new(&python)
            .args(["-S", "-E", PLAYER, "serve"])
            .arg(&folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n");
        let pod = Self { lab, folder, server };
        pod.variables("OPENAI_API_KEY=sk-in-the-pod\nCODEXCTL_GH_PAT=ghp-in-the-pod\n");
        pod.faults(&json!([]));
        pod.behave(DONE);
        Some(pod)
    }

    /// Variables of the container.
    pub fn variables(&self, lines: &str) {
        std::fs::write(self.folder.join("env"), lines).unwrap();
    }

    /// How connections will break.
    pub fn faults(&self, faults: &Value) {
        std::fs::write(self.folder.join("faults"), faults.to_string()).unwrap();
    }

    /// What the fake agent does: a piece of shell.
    pub fn behave(&self, script: &str) {
        std::fs::write(self.folder.join("behave"), script).unwrap();
    }

    /// A file of the pod.
    pub fn file_in(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    pub fn read_in(&self, path: &str) -> String {
        std::fs::read_to_string(self.folder.join(path)).unwrap_or_default()
    }

    /// The verbs of the pod's script that were called so far, and kubectl's arguments for each.
    pub fn calls(&self) -> Vec<(String, Vec<String>)> {
        let call = |line: &str| {
            let call: Value = serde_json::from_str(line).unwrap();
            let args = call["args"].as_array().unwrap().iter().map(|arg| arg.as_str().unwrap().to_string());
            (call["verb"].as_str().unwrap().to_string(), args.collect())
        };
        self.read_in("calls").lines().map(call).collect()
    }

    pub fn count(&self, verb: &str) -> usize {
        self.calls().iter().filter(|(called, _)| called == verb).count()
    }

    /// Waits until something about the pod is true.
    pub fn until(&self, what: &str, mut holds: impl FnMut(&Self) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while !holds(self) {
            assert!(Instant::now() < deadline, "never: {what}");
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// The processes of runs in this pod that are alive: those with the mark of a run, whose pod this is.
    pub fn agents(&self) -> Vec<String> {
        let pod = format!("POD={}", self.folder.display());
        let mut found = Vec::new();
        for entry in std::fs::read_dir("/proc").unwrap().flatten() {
            let Ok(bytes) = std::fs::read(entry.path().join("environ")) else { continue };
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let has = |wanted: &str| text.split('\0').any(|one| one.starts_with(wanted));
            if has(&pod) && has("CODEXCTL_RUN=") {
                let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
                found.push(String::from_utf8_lossy(&line).replace('\0', " "));
            }
        }
        found
    }
}

impl Drop for Pod {
    fn drop(&mut self) {
        // What a failed test left running in the pod goes with it.
        let pod = format!("POD={}", self.folder.display());
        for entry in std::fs::read_dir("/proc").unwrap().flatten() {
            let own = std::fs::read(entry.path().join("environ"))
                .is_ok_and(|bytes| String::from_utf8_lossy(&bytes).split('\0').any(|one| one == pod));
            let name = entry.file_name().to_string_lossy().into_owned();
            if own && let Some(pid) = name.parse().ok().and_then(rustix::process::Pid::from_raw) {
                let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
            }
        }
        drop(self.server.kill());
        drop(self.server.wait());
    }
}

/// An agent that takes one turn and is content.
pub const DONE: &str = r#"
echo '{"type":"thread.started","thread_id":"t1"}'
echo '{"type":"turn.started"}'
echo '{"type":"item.completed","item":{"id":"item_0","type":"agent_message","text":"all done"}}'
echo '{"type":"turn.completed","usage":{"input_tokens":1200,"cached_input_tokens":200,"output_tokens":34}}'
"#;

/// The events of [`DONE`].
pub const DONE_EVENTS: &str = r#"{"type":"thread.started","thread_id":"t1"}
{"type":"turn.started"}
{"type":"item.completed","item":{"id":"item_0","type":"agent_message","text":"all done"}}
{"type":"turn.completed","usage":{"input_tokens":1200,"cached_input_tokens":200,"output_tokens":34}}
"#;

/// services.yaml of a project with slots; `codex` are lines below that key.
pub fn services(codex: &str) -> String {
    let codex = if codex.is_empty() { String::new() } else { format!("codex:\n{codex}") };
    format!(
        "project: demo\nenvironments:\n  ai: {{kubeconfig: kube.yaml, context: kubesim}}\nbaseDomain: {{ai: demo.test}}\nservices:\n  - name: codex\n    manifests: [{{path: codex.yaml}}]\n{codex}"
    )
}

fn executable(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// The interpreter itself: version managers put slow wrappers on PATH.
pub fn python() -> Option<PathBuf> {
    let output = Command::new(program("python3")?).args(["-c", "import sys; print(sys.executable)"]).output();
    Some(PathBuf::from(String::from_utf8(output.unwrap().stdout).unwrap().trim()))
}

/// The real Codex: `CODEXCTL_TEST_CODEX`, else the one below target/tools. `none`, which scripts/test.sh says where the
/// npm registry cannot be reached, skips its tests with a line on stderr; the fake has seen the same flags and prompt.
pub fn codex() -> Option<PathBuf> {
    let named = std::env::var_os("CODEXCTL_TEST_CODEX").map(PathBuf::from);
    if named.as_deref() == Some(Path::new("none")) {
        eprintln!("SKIPPED: no real Codex (CODEXCTL_TEST_CODEX=none)");
        return None;
    }
    let installed = concat!(env!("CARGO_MANIFEST_DIR"), "/target/tools/codex/node_modules/.bin/codex");
    program(named.unwrap_or_else(|| PathBuf::from(installed)).to_str().unwrap())
}
