//! Where blocks of the pages are played: a folder, a cluster, and stand-ins for what a test cannot have (GitHub, the
//! agent's pod, a docker engine with images from elsewhere).

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::ROOT;
use super::blocks::{Block, shows};
use crate::cluster_harness::Lab;
use crate::docker_harness::fake;
use crate::harness::{Project, Run, kubectl};
use crate::needs::skipped;
use crate::prompt::pod::Pod;

/// A place where blocks run, one after the other.
pub trait Place {
    /// Its variables and its programs.
    fn project(&self) -> &Project;
    /// The folder the commands run in.
    fn dir(&self) -> PathBuf;
    /// Text of a page that names something of the reader's machine → what stands for it here.
    fn here(&self, text: &str) -> String {
        text.to_string()
    }
    /// A server that runs until the place goes.
    fn keep(&mut self, _server: Child) {}
}

/// Runs a block, or writes its file.
pub fn play(place: &mut dyn Place, block: &Block) {
    let words: Vec<&str> = block.directive.iter().skip(1).map(String::as_str).collect();
    if let ["file", name] = words.as_slice() {
        let path = place.dir().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        return std::fs::write(path, &block.text).unwrap();
    }
    let code = match words.as_slice() {
        [] => 0,
        ["exit", code] => code.parse().unwrap(),
        _ => panic!("{}: {words:?}", block.at),
    };
    let steps = block.steps();
    let last = steps.len() - 1;
    for (at, (typed, shown)) in steps.into_iter().enumerate() {
        let mut script = String::new();
        for line in place.here(&typed).lines() {
            match line.split_once("  # in another terminal") {
                Some((server, _)) => serve(place, server),
                None => script.push_str(&format!("{line}\n")),
            }
        }
        let run = bash(place, &script);
        let told = format!("{}: {typed}\n{}", block.at, run.stdout);
        assert_eq!(run.code, if at == last { code } else { 0 }, "{told}");
        if let Some(shown) = shown {
            assert!(shows(&place.here(&shown), &run.stdout), "{told}\nbut the page shows:\n{shown}");
        }
    }
}

/// Runs a script as a reader's shell would: what it exports is there in the next block. stdout holds both streams.
fn bash(place: &dyn Place, script: &str) -> Run {
    let state = place.project().path().join("exported");
    let text = format!(
        "if [ -e '{0}' ]; then . '{0}'; fi\nexec 2>&1\nset -eo pipefail\n{script}\nexport -p >'{0}'\n",
        state.display()
    );
    let mut command = shell(place.project());
    command.args(["-c", &text]).current_dir(place.dir()).stdin(Stdio::null());
    Run::from(command.stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap())
}

/// Starts a server in the repository and waits for the file it writes when it is ready.
fn serve(place: &mut dyn Place, line: &str) {
    let ready = line.split('\'').nth(1).map(PathBuf::from).expect("a server names a file of the place");
    let mut command = shell(place.project());
    command.args(["-c", &format!("exec {line}")]).current_dir(ROOT).stdin(Stdio::null());
    let mut server = command.process_group(0).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // cargo may have to build it first.
    let deadline = Instant::now() + Duration::from_secs(600);
    while !ready.exists() {
        assert_eq!(server.try_wait().unwrap(), None, "`{line}` ended");
        assert!(Instant::now() < deadline, "`{line}` does not come up");
        std::thread::sleep(Duration::from_millis(50));
    }
    place.keep(server);
}

/// bash with a project's variables, the built binary first on PATH.
fn shell(project: &Project) -> Command {
    let mut command = Command::new("bash");
    let mut path = std::env::var_os("PATH").unwrap();
    for (name, value) in project.command(&[]).get_envs() {
        match value {
            Some(value) if name == "PATH" => path = value.into(),
            Some(value) => _ = command.env(name, value),
            None => _ = command.env_remove(name),
        }
    }
    let bin = project.path().join("built");
    if !bin.exists() {
        std::fs::create_dir_all(&bin).unwrap();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_codexctl"), bin.join("codexctl")).unwrap();
    }
    let all = std::iter::once(bin).chain(std::env::split_paths(&path));
    command.env("PATH", std::env::join_paths(all).unwrap());
    command
}

fn copy_tree(from: &Path, to: &Path) {
    let done = Command::new("cp").arg("-R").arg(from).arg(to).status().unwrap();
    assert!(done.success(), "cannot copy {}", from.display());
}

/// The tutorial's empty folder.
pub struct Hello {
    project: Project,
    servers: Vec<Child>,
}

impl Hello {
    pub fn new() -> Option<Self> {
        kubectl()?;
        let mut project = Project::empty();
        let cache = project.path().join("kube-cache");
        project.env("KUBECACHEDIR", cache);
        std::fs::create_dir(project.path().join("hello")).unwrap();
        Some(Self { project, servers: Vec::new() })
    }
}

impl Place for Hello {
    fn dir(&self) -> PathBuf {
        self.project.path().join("hello")
    }

    fn project(&self) -> &Project {
        &self.project
    }

    fn here(&self, text: &str) -> String {
        let kubeconfig = self.project.path().join("hello.kubeconfig");
        text.replace("/tmp/hello.kubeconfig", &format!("'{}'", kubeconfig.display()))
    }

    fn keep(&mut self, server: Child) {
        self.servers.push(server);
    }
}

impl Drop for Hello {
    fn drop(&mut self) {
        for server in &mut self.servers {
            // Its group: cargo, and what cargo started.
            if let Some(group) = rustix::process::Pid::from_raw(server.id().cast_signed()) {
                let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
            }
            drop(server.wait());
        }
    }
}

/// An empty folder, and an empty home: for what needs neither project nor cluster.
pub struct Empty {
    project: Project,
}

impl Empty {
    pub fn new() -> Self {
        let mut project = Project::empty();
        let home = project.path().join("home");
        for folder in ["home", "empty"] {
            std::fs::create_dir(project.path().join(folder)).unwrap();
        }
        project.env("HOME", home);
        Self { project }
    }
}

impl Place for Empty {
    fn project(&self) -> &Project {
        &self.project
    }

    fn dir(&self) -> PathBuf {
        self.project.path().join("empty")
    }
}

/// `examples/shop` on a cluster, with stand-ins for gh and docker that have what is asked for.
pub struct Shop {
    lab: Lab,
}

impl Shop {
    pub fn new() -> Option<Self> {
        let mut lab = Lab::new("")?;
        copy_tree(&Path::new(ROOT).join("examples/shop"), &lab.path().join("shop"));
        let kubeconfig = lab.path().join("kube.yaml");
        lab.env("SHOP_KUBECONFIG", kubeconfig).env("SHOP_CONTEXT", "kubesim");
        lab.env("OPENAI_API_KEY", "sk-readme-test").env("CODEXCTL_GH_PAT", "ghp-readme-test");
        fake(
            &mut lab,
            "gh",
            "case \"$*\" in 'auth status') ;; 'issue comment 12 --body-file -') grep -q https:// ;; *) exit 9 ;; esac",
        );
        fake(&mut lab, "docker", DOCKER);
        Some(Self { lab })
    }
}

/// An engine whose registries have everything, and which builds and pushes at once.
const DOCKER: &str = r#"case "$1 $2" in
  'info '*) echo '{"OSType":"linux","ServerVersion":"28.0.0","RegistryConfig":{"InsecureRegistryCIDRs":["127.0.0.0/8"]}}' ;;
  'manifest inspect') echo '{"schemaVersion":2,"config":{"digest":"sha256:aa"}}' ;;
  'image inspect') echo '[{"Id":"sha256:aa"}]' ;;
  *) ;;
esac"#;

impl Place for Shop {
    fn dir(&self) -> PathBuf {
        self.lab.path().join("shop")
    }

    fn project(&self) -> &Project {
        &self.lab
    }

    fn here(&self, text: &str) -> String {
        text.replace("/srv/code", &format!("'{}'/code", self.lab.path().display()))
    }
}

/// A slot whose pod a stand-in plays, with an agent that is content at once.
pub struct Agent {
    pod: Pod,
}

impl Agent {
    pub fn new() -> Option<Self> {
        Some(Self { pod: Pod::new("")? })
    }
}

impl Place for Agent {
    fn dir(&self) -> PathBuf {
        self.pod.path().to_path_buf()
    }

    fn project(&self) -> &Project {
        &self.pod
    }
}

/// The repository: what a newcomer types there. Programs are installed into a folder of the test's.
pub struct Repository {
    project: Project,
}

impl Repository {
    /// `None` where no release has been built: that takes minutes, and `scripts/test.sh` does it first.
    pub fn new() -> Option<Self> {
        kubectl()?;
        if !Path::new(ROOT).join("target/release/codexctl").exists() {
            skipped("release build");
            return None;
        }
        let mut project = Project::empty();
        let root = project.path().join("cargo");
        let path = std::env::var_os("PATH").unwrap();
        let path =
            std::env::join_paths(std::iter::once(root.join("bin")).chain(std::env::split_paths(&path)));
        project.env("PATH", path.unwrap()).env("CARGO_INSTALL_ROOT", root);
        project.env("CARGO_TARGET_DIR", format!("{ROOT}/target"));
        Some(Self { project })
    }
}

impl Place for Repository {
    fn project(&self) -> &Project {
        &self.project
    }

    fn dir(&self) -> PathBuf {
        ROOT.into()
    }
}
