//! setup-codexctl's install.sh against folders and servers of release files, good ones and bad ones.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::harness::Run;
use super::lab::{publish, sha256};
use super::runner::ROOT;

/// What plays codexctl in the archives.
const BINARY: &str = "#!/bin/sh\necho codexctl 0.1.0\n";

/// A runner's folders, with a blank in their names, and a release.
struct Setup {
    dir: tempfile::TempDir,
    archive: String,
    sum: String,
}

impl Setup {
    fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("codexctl it ").tempdir().unwrap();
        let (archive, sum) = publish(&dir.path().join("the release"), BINARY);
        Self { dir, archive, sum }
    }

    fn at(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    fn url(&self) -> String {
        format!("file://{}", self.at("the release").display())
    }

    fn command(&self, variables: &[(&str, &str)]) -> Command {
        let mut command = Command::new("bash");
        command.arg(Path::new(ROOT).join(".github/actions/setup-codexctl/install.sh")).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", self.at("home"));
        command.env("RUNNER_TOOL_CACHE", self.at("tool cache"));
        command.env("GITHUB_OUTPUT", self.at("output")).env("GITHUB_PATH", self.at("path"));
        command.env("CODEXCTL_BASE_URL", self.url()).envs(variables.iter().copied());
        command.current_dir(self.dir.path());
        command
    }

    fn run(&self, variables: &[(&str, &str)]) -> Run {
        Run::from(self.command(variables).output().unwrap())
    }

    fn ok(&self, variables: &[(&str, &str)]) -> String {
        let run = self.run(variables);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.stdout);
        run.stdout
    }

    /// A run that must install nothing.
    fn fails(&self, variables: &[(&str, &str)], reason: &str) {
        let run = self.run(variables);
        assert_eq!(run.code, 1, "{variables:?}: {}{}", run.stdout, run.stderr);
        assert!(run.stderr.contains("error: ") && run.stderr.contains(reason), "{reason}: {}", run.stderr);
        assert!(!self.at("path").exists() && !self.at("output").exists());
        let cached = std::fs::read_dir(self.at("tool cache/codexctl"));
        assert_eq!(cached.map(Iterator::count).unwrap_or_default(), 0, "something is left in the cache");
    }

    fn sums(&self, text: &str) {
        std::fs::write(self.at("the release/SHA256SUMS"), text).unwrap();
    }
}

#[test]
fn a_release_is_installed_and_kept() {
    let setup = Setup::new();
    let said = setup.ok(&[]);
    let binary = setup.at("tool cache/codexctl").join(&setup.sum).join("codexctl");
    assert_eq!(said, format!("codexctl 0.1.0: {} ({}, SHA-256 checked)\n", binary.display(), setup.archive));
    let output = std::fs::read_to_string(setup.at("output")).unwrap();
    assert_eq!(output, format!("version=0.1.0\npath={}\nsha256={}\n", binary.display(), setup.sum));
    let path = std::fs::read_to_string(setup.at("path")).unwrap();
    assert_eq!(path, format!("{}\n", binary.parent().unwrap().display()));
    assert_eq!(
        std::fs::read_dir(setup.at("tool cache/codexctl")).unwrap().count(),
        1,
        "nothing else is left"
    );

    // Only the sums are asked for again, and with a given sum nothing is.
    std::fs::remove_file(setup.at("the release").join(&setup.archive)).unwrap();
    assert!(setup.ok(&[("CODEXCTL_VERSION", "v0.1.0")]).ends_with("(from the cache)\n"));
    std::fs::remove_dir_all(setup.at("the release")).unwrap();
    let upper = setup.sum.to_uppercase();
    assert!(
        setup
            .ok(&[("CODEXCTL_SHA256", &upper), ("CODEXCTL_VERSION", "0.1.0")])
            .ends_with("(from the cache)\n")
    );

    // What is damaged in the cache is fetched anew.
    std::fs::write(&binary, "#!/bin/sh\necho tampered\n").unwrap();
    publish(&setup.at("the release"), BINARY);
    let sum = sha256(&setup.at("the release").join(&setup.archive));
    setup.sums(&format!("{sum}  {}\n", setup.archive));
    assert!(setup.ok(&[]).starts_with("codexctl 0.1.0: "));
}

#[test]
fn what_is_not_as_it_should_be_is_not_installed() {
    let setup = Setup::new();
    let other = "a".repeat(64);
    setup.fails(&[("CODEXCTL_SHA256", &other)], "the release says");
    setup.fails(&[("CODEXCTL_SHA256", "abc")], "no 64 hexadecimal digits");
    for wrong in ["1.2.3;touch pwned", "$(touch pwned)", "v../../x", "main"] {
        setup.fails(&[("CODEXCTL_VERSION", wrong)], "is no version");
    }
    setup.fails(&[("CODEXCTL_BASE_URL", ""), ("CODEXCTL_REPOSITORY", "a b/c")], "is no owner/name");
    setup.fails(&[("RUNNER_OS", "Windows"), ("RUNNER_ARCH", "X64")], "no codexctl for Windows");
    setup.fails(&[("RUNNER_OS", "Linux"), ("RUNNER_ARCH", "X86")], "architecture X86");
    setup.fails(&[("CODEXCTL_TARGET", "other")], "codexctl-other.tar.gz is not at ");

    setup.sums(&format!("{other}  {}\n", setup.archive));
    setup.fails(&[], &format!("SHA256SUMS says {other}"));
    setup.sums(&format!("{}  codexctl-other.tar.gz\n", setup.sum));
    setup.fails(&[], &format!("has no line for {}", setup.archive));
    setup.sums(&format!("{}  {}\n{other}  {}\n", setup.sum, setup.archive, setup.archive));
    setup.fails(&[], "has 2 lines for");
    setup.sums(&format!("{}zz  {}\n", &setup.sum[..62], setup.archive));
    setup.fails(&[], "has no SHA-256 for");
    setup.sums("");
    setup.fails(&[], "has no line for");
    std::fs::remove_file(setup.at("the release/SHA256SUMS")).unwrap();
    setup.fails(&[], "SHA256SUMS is not at ");
    // The form for binary files, and a file that does not end in a newline.
    setup.sums(&format!("{} *{}", setup.sum, setup.archive));
    std::fs::rename(setup.at("the release").join(&setup.archive), setup.at("aside")).unwrap();
    setup.fails(&[], &format!("{} is not at ", setup.archive));
    std::fs::rename(setup.at("aside"), setup.at("the release").join(&setup.archive)).unwrap();
    setup.ok(&[]);
    assert!(!setup.at("pwned").exists());
}

#[test]
fn another_version_than_asked_for_is_an_error() {
    let setup = Setup::new();
    let run = setup.run(&[("CODEXCTL_VERSION", "v0.2.0")]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("the archive holds codexctl 0.1.0, not 0.2.0"), "{}", run.stderr);
    assert!(!setup.at("path").exists(), "it is not on PATH");
}

/// A server on loopback that gives a folder's files; of archives only the half it announces when `half`.
fn serve(folder: PathBuf, half: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/releases", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut reader = BufReader::new(connection.try_clone().unwrap());
            let mut request = String::new();
            reader.read_line(&mut request).unwrap();
            let mut line = String::new();
            while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                line.clear();
            }
            let path = request.split(' ').nth(1).unwrap().rsplit('/').next().unwrap().to_string();
            let Ok(body) = std::fs::read(folder.join(&path)) else {
                write!(
                    connection,
                    "HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\nConnection: close\r\n\r\nnone\n"
                )
                .unwrap();
                continue;
            };
            write!(
                connection,
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            )
            .unwrap();
            let sent = if half && path.ends_with(".gz") { body.len() / 2 } else { body.len() };
            connection.write_all(&body[..sent]).unwrap();
        }
    });
    url
}

#[test]
fn by_http_whole_half_and_not_at_all() {
    let setup = Setup::new();
    let url = serve(setup.at("the release"), true);
    setup.fails(&[("CODEXCTL_BASE_URL", &url)], "broke off");
    setup.fails(&[("CODEXCTL_BASE_URL", &serve(setup.at("nowhere"), false))], "SHA256SUMS is not at http://");
    setup.fails(&[("CODEXCTL_BASE_URL", "ftp://127.0.0.1/x")], "cannot download");
    setup.ok(&[("CODEXCTL_BASE_URL", &format!("{}/", serve(setup.at("the release"), false)))]);
}

#[test]
fn a_github_release_is_asked_at_its_address() {
    let setup = Setup::new();
    // A curl that only says what it is asked for.
    let bin = setup.at("bin");
    std::fs::create_dir_all(&bin).unwrap();
    std::fs::write(
        bin.join("curl"),
        "#!/bin/sh\nfor last in \"$@\"; do :; done\necho \"$last\" >>asked\nexit 22\n",
    )
    .unwrap();
    let done = Command::new("chmod").arg("755").arg(bin.join("curl")).status().unwrap();
    assert!(done.success());
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    for version in ["latest", "v0.1.0"] {
        let variables = [
            ("CODEXCTL_BASE_URL", ""),
            ("CODEXCTL_REPOSITORY", "team/codexctl"),
            ("CODEXCTL_VERSION", version),
            ("PATH", &path),
        ];
        setup.fails(&variables, "does the release exist");
    }
    assert_eq!(
        std::fs::read_to_string(setup.at("asked")).unwrap(),
        "https://github.com/team/codexctl/releases/latest/download/SHA256SUMS\nhttps://github.com/team/codexctl/releases/download/v0.1.0/SHA256SUMS\n"
    );
}

#[test]
fn many_at_once_do_not_disturb_each_other() {
    let setup = Setup::new();
    let all: Vec<_> =
        (0..8).map(|_| setup.command(&[]).stdout(std::process::Stdio::null()).spawn().unwrap()).collect();
    for mut one in all {
        assert!(one.wait().unwrap().success());
    }
    assert!(setup.ok(&[]).ends_with("(from the cache)\n"));
}
