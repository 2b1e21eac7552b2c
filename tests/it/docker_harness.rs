//! Real docker against real registries on loopback: the engine that DOCKER_HOST names (scripts/test.sh starts one where
//! none runs), and one `docker-registry` process per [`Registry`].

use std::io::Write as _;
use std::ops::{Deref, DerefMut};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::harness::Project;
use super::needs::skipped;

/// What a registry asks of its clients.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Access {
    pub tls: bool,
    pub login: bool,
}

/// User and password of registries that want a login.
pub const USER: &str = "tim";
pub const PASSWORD: &str = "hunter22-of-the-registry";

/// A registry of its own, gone with this, its images in the engine too.
pub struct Registry {
    child: Child,
    dir: tempfile::TempDir,
    port: u16,
}

/// A project with docker's client configuration of its own.
pub struct DockerLab {
    project: Project,
}

impl Deref for DockerLab {
    type Target = Project;

    fn deref(&self) -> &Project {
        &self.project
    }
}

impl DerefMut for DockerLab {
    fn deref_mut(&mut self) -> &mut Project {
        &mut self.project
    }
}

/// Whether engine and programs are there. Where not: a failure in CI, a counted line elsewhere.
pub fn have_docker() -> bool {
    let runs = |program: &str, args: &[&str]| {
        Command::new(program).args(args).output().is_ok_and(|output| output.status.success())
    };
    let missing: Vec<&str> = [
        ("docker engine", runs("docker", &["version"])),
        ("docker-registry", runs("docker-registry", &["--version"])),
        ("htpasswd", Command::new("htpasswd").output().is_ok()),
        ("openssl", runs("openssl", &["version"])),
    ]
    .into_iter()
    .filter_map(|(what, there)| (!there).then_some(what))
    .collect();
    if missing.is_empty() {
        return true;
    }
    skipped(&missing.join(", no "));
    false
}

impl Registry {
    pub fn start(access: Access) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name).display().to_string();
        let mut http = "{addr: '127.0.0.1:0'".to_string();
        if access.tls {
            let subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
            let args = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout"];
            let mut made = Command::new("openssl");
            made.args(args).arg(at("key")).arg("-out").arg(at("cert")).args(subject);
            assert!(made.output().unwrap().status.success());
            http.push_str(&format!(", tls: {{certificate: '{}', key: '{}'}}", at("cert"), at("key")));
        }
        let mut config = format!(
            "version: 0.1\nlog: {{accesslog: {{disabled: false}}}}\nstorage: {{filesystem: {{rootdirectory: '{}'}}}}\nhttp: {http}}}\n",
            at("data")
        );
        if access.login {
            let made = Command::new("htpasswd").args(["-Bbn", USER, PASSWORD]).output().unwrap();
            std::fs::write(dir.path().join("users"), made.stdout).unwrap();
            config.push_str(&format!("auth: {{htpasswd: {{realm: test, path: '{}'}}}}\n", at("users")));
        }
        std::fs::write(dir.path().join("config.yml"), config).unwrap();
        let log = std::fs::File::create(dir.path().join("log")).unwrap();
        let child = Command::new("docker-registry")
            .arg("serve")
            .arg(at("config.yml"))
            .stdout(Stdio::from(log.try_clone().unwrap()))
            .stderr(Stdio::from(log))
            .spawn()
            .unwrap();
        let mut registry = Self { child, dir, port: 0 };
        let deadline = Instant::now() + Duration::from_secs(30);
        while registry.port == 0 {
            assert!(Instant::now() < deadline, "docker-registry did not start:\n{}", registry.log());
            std::thread::sleep(Duration::from_millis(20));
            let log = registry.log();
            // With TLS the same line goes on: `listening on 127.0.0.1:4711, tls`.
            let rest = log.split("listening on 127.0.0.1:").nth(1).unwrap_or_default();
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            if rest.len() > digits.len() {
                registry.port = digits.parse().unwrap_or(0);
            }
        }
        registry
    }

    pub fn plain() -> Self {
        Self::start(Access::default())
    }

    /// `localhost:PORT`.
    pub fn host(&self) -> String {
        format!("localhost:{}", self.port)
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("log")).unwrap()
    }

    /// The requests so far by which the engine moved image content: uploads and manifests that are written, blobs that
    /// are read. What the client reads to look at an image does not count.
    pub fn transfers(&self) -> Vec<String> {
        let log = self.log();
        let moves = |line: &&str| {
            ["\"POST /v2/", "\"PUT /v2/", "\"PATCH /v2/"].iter().any(|verb| line.contains(verb))
                || (line.contains("\"GET /v2/") && line.contains("/blobs/"))
        };
        let by_engine = |line: &&str| !line.contains("\"Docker-Client/");
        let request =
            |line: &str| line.split('"').nth(1).unwrap_or_default().split('?').next().unwrap().to_string();
        log.lines().filter(moves).filter(by_engine).map(request).collect()
    }

    /// Ends it; its address stays known, and nobody listens there.
    pub fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.stop();
        // The engine may be the developer's own.
        let host = self.host();
        for pattern in [format!("{host}/*"), format!("{host}/*/*")] {
            let list = ["image", "ls", "--format", "{{.Repository}}:{{.Tag}}", "--filter"];
            let found = Command::new("docker").args(list).arg(format!("reference={pattern}")).output();
            let names =
                found.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
            for name in names.lines() {
                let _ = Command::new("docker").args(["image", "rm", "--force", name]).output();
            }
        }
    }
}

impl DockerLab {
    /// A lab with this services.yaml; `None` where docker or the registry is missing (a failure in CI).
    pub fn new(services: &str) -> Option<Self> {
        have_docker().then(|| {
            let mut project = Project::new(services);
            let config = project.path().join("docker-config");
            std::fs::create_dir_all(&config).unwrap();
            project.env("DOCKER_CONFIG", config);
            Self { project }
        })
    }

    /// Real docker, with this lab's logins; its output.
    pub fn docker(&self, args: &[&str]) -> String {
        let output = self.client(args).output().unwrap();
        let text =
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "docker {args:?}: {text}");
        text
    }

    fn client(&self, args: &[&str]) -> Command {
        let mut command = Command::new("docker");
        command.args(args).env("DOCKER_CONFIG", self.path().join("docker-config"));
        command
    }

    pub fn login(&self, registry: &Registry) {
        let host = registry.host();
        let args = ["login", "--username", USER, "--password-stdin", host.as_str()];
        let mut child = self
            .client(&args)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
    }

    /// A Dockerfile from scratch with these steps. Its layers are the lab's own: others on the same engine remove theirs at
    /// any time, and what is shared with them in the middle of a build.
    pub fn dockerfile(&self, steps: &str) -> String {
        format!("FROM scratch\nLABEL lab=\"{}\"\n{steps}", self.path().display())
    }

    /// Puts an image whose only file holds `content` into a registry.
    pub fn publish(&self, reference: &str, content: &str) {
        self.file("origin/content", content);
        self.file("origin/Dockerfile", self.dockerfile("COPY content /content\n"));
        let context = self.path().join("origin");
        self.docker(&["build", "--quiet", "--tag", reference, context.to_str().unwrap()]);
        self.docker(&["push", reference]);
        self.docker(&["image", "rm", reference]);
    }

    /// What the only file of an image in a registry holds.
    pub fn content(&self, reference: &str) -> String {
        self.docker(&["pull", reference]);
        let id = self.docker(&["create", reference, "none"]);
        let id = id.lines().next().unwrap().trim().to_string();
        let into = self.path().join("taken");
        self.docker(&["cp", &format!("{id}:/content"), into.to_str().unwrap()]);
        self.docker(&["rm", &id]);
        self.read("taken")
    }

    /// Puts a `docker` on PATH: this shell script, with `$REAL` for the real one.
    pub fn wrap_docker(&mut self, script: &str) -> PathBuf {
        let real = real_docker();
        fake(&mut self.project, "docker", &script.replace("$REAL", &real.display().to_string()))
    }
}

/// Puts a program on PATH.
pub fn fake(project: &mut Project, name: &str, script: &str) -> PathBuf {
    let path = project.file(&format!("bin/{name}"), format!("#!/bin/sh\n{script}\n"));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    let bin = path.parent().map(Path::to_path_buf).unwrap();
    let kubectl = std::env::var_os("CODEXCTL_TEST_KUBECTL").map(PathBuf::from);
    let tools = kubectl.and_then(|path| path.parent().map(Path::to_path_buf));
    let rest = std::env::var_os("PATH").unwrap_or_default();
    let dirs = std::iter::once(bin).chain(tools).chain(std::env::split_paths(&rest));
    project.env("PATH", std::env::join_paths(dirs).unwrap());
    path
}

fn real_docker() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap();
    std::env::split_paths(&path).map(|dir| dir.join("docker")).find(|path| path.is_file()).unwrap()
}
