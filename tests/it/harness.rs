//! A project in a temporary folder, and runs of the binary in it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::needs::skipped;

/// A folder with a project, gone with this.
pub struct Project {
    dir: tempfile::TempDir,
    env: Vec<(String, String)>,
}

/// What a run of the binary left.
pub struct Run {
    pub stdout: String,
    pub stderr: String,
    pub code: i32,
}

impl Project {
    /// A project with this services.yaml.
    pub fn new(services: &str) -> Self {
        let project = Self::empty();
        project.file("services.yaml", services);
        project
    }

    /// A folder with nothing in it.
    pub fn empty() -> Self {
        let dir = tempfile::Builder::new().prefix("codexctl it ").tempdir().unwrap();
        Self { dir, env: Vec::new() }
    }

    /// A project of one service `api` with this manifest.
    pub fn with_manifest(manifest: &str) -> Self {
        let project = Self::new(
            "project: demo\nenvironments: {dev: {}}\nservices: [{name: api, manifests: [{path: api.yaml}]}]\n",
        );
        project.file("api.yaml", manifest);
        project
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Writes a file; parent folders are made.
    pub fn file(&self, path: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.dir.path().join(path)).unwrap()
    }

    /// Sets a variable for all runs.
    pub fn env(&mut self, name: &str, value: impl AsRef<OsStr>) -> &mut Self {
        self.env.push((name.into(), value.as_ref().to_str().unwrap().into()));
        self
    }

    /// The command, not started yet: output piped, an environment without anything of the caller's CI.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = self.other(env!("CARGO_BIN_EXE_codexctl"));
        command.args(args);
        command
    }

    /// Another program in the same folder and environment.
    pub fn other(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.dir.path()).stdin(Stdio::null());
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if ["CODEX", "GITHUB_", "KUBE", "NO_COLOR"].iter().any(|prefix| name.starts_with(prefix)) {
                command.env_remove(name);
            }
        }
        command.env("PATH", path_with_kubectl());
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs to the end.
    pub fn run(&self, args: &[&str]) -> Run {
        Run::from(self.command(args).output().unwrap())
    }

    /// Runs and wants exit code 0; gives stdout.
    pub fn ok(&self, args: &[&str]) -> String {
        let run = self.run(args);
        assert_eq!(run.code, 0, "{args:?}\nstdout: {}\nstderr: {}", run.stdout, run.stderr);
        run.stdout
    }

    /// Runs and wants this exit code; gives stderr. stdout must be empty.
    pub fn fails(&self, code: i32, args: &[&str]) -> String {
        let run = self.run(args);
        assert_eq!(run.code, code, "{args:?}\nstdout: {}\nstderr: {}", run.stdout, run.stderr);
        assert_eq!(run.stdout, "", "a failed run prints no data");
        run.stderr
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        use std::os::unix::process::ExitStatusExt as _;
        Self {
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            code: output.status.code().unwrap_or_else(|| -output.status.signal().unwrap_or(0)),
        }
    }
}

/// The kubectl to test with: `CODEXCTL_TEST_KUBECTL`, else the one on PATH. Without one the test is skipped with a line
/// on stderr, or fails in CI.
pub fn kubectl() -> Option<PathBuf> {
    let named = std::env::var_os("CODEXCTL_TEST_KUBECTL").map(PathBuf::from);
    let found = named.or_else(|| {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).map(|dir| dir.join("kubectl")).find(|path| path.is_file())
    });
    if found.is_none() {
        skipped("kubectl");
    }
    found
}

fn path_with_kubectl() -> std::ffi::OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let named = std::env::var_os("CODEXCTL_TEST_KUBECTL").map(PathBuf::from);
    let first = named.and_then(|path| path.parent().map(Path::to_path_buf));
    std::env::join_paths(first.into_iter().chain(std::env::split_paths(&path))).unwrap()
}
