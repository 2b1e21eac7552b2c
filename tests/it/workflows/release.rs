//! What a release holds: the static binary in an empty root, the archive, the sums, the image. scripts/test.sh builds it
//! (`CODEXCTL_TEST_RELEASE`); scripts/release.sh does the rest.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::docker_harness::have_docker;
use super::super::harness::Run;
use super::super::needs::{as_root, skipped};
use super::lab::{copy, sha256};
use super::runner::ROOT;

/// The built release and its target; without one a failure in CI, a line on stderr elsewhere.
fn release() -> Option<(PathBuf, String)> {
    let folder = std::env::var("CODEXCTL_TEST_RELEASE").unwrap_or_else(|_| format!("{ROOT}/target/dist"));
    let arch = std::env::consts::ARCH;
    let targets = ["musl", "gnu"].map(|libc| format!("{arch}-unknown-linux-{libc}"));
    let found = targets.into_iter().find(|target| Path::new(&folder).join(target).join("codexctl").is_file());
    if found.is_none() {
        skipped("release in target/dist");
    }
    Some((folder.into(), found?))
}

fn run(command: &mut Command) -> Run {
    Run::from(command.output().unwrap())
}

fn ok(command: &mut Command) -> String {
    let run = run(command);
    assert_eq!(run.code, 0, "{command:?}: {}{}", run.stdout, run.stderr);
    run.stdout
}

#[test]
fn the_binary_is_static_small_and_runs_where_nothing_else_is() {
    let Some((folder, target)) = release() else { return };
    let binary = folder.join(&target).join("codexctl");
    let bytes = std::fs::read(&binary).unwrap();
    assert!(bytes.len() < 8_000_000, "{} bytes", bytes.len());
    std::io::stderr().write_all(format!("release for {target}: {} bytes\n", bytes.len()).as_bytes()).unwrap();
    // An ELF file with an interpreter has a segment of that kind (PT_INTERP = 3) in its program headers.
    let word = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
    let headers = usize::try_from(word(0x20)).unwrap();
    let (size, count) = (usize::from(bytes[0x36]), usize::from(bytes[0x38]));
    let kinds: Vec<u8> = (0..count).map(|index| bytes[headers + index * size]).collect();
    assert_eq!(
        (&bytes[..4], kinds.contains(&1), kinds.contains(&3)),
        (&b"\x7fELF"[..], true, false),
        "{kinds:?}"
    );

    if as_root("chroot").is_none() {
        return;
    }
    let dir = tempfile::Builder::new().prefix("codexctl it ").tempdir().unwrap();
    std::fs::copy(&binary, dir.path().join("codexctl")).unwrap();
    copy(&Path::new(ROOT).join("examples/shop"), &dir.path().join("shop"));
    let inside = |args: &[&str]| {
        let mut command = as_root("chroot").unwrap();
        command.arg(dir.path()).arg("/codexctl").args(args).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap());
        command
    };
    assert_eq!(ok(&mut inside(&["--version"])), format!("codexctl {}\n", env!("CARGO_PKG_VERSION")));
    let args = ["--config", "shop/services.yaml", "render", "--env", "dev"];
    let there = ok(&mut inside(&args));
    let mut here = Command::new(env!("CARGO_BIN_EXE_codexctl"));
    here.args(args).current_dir(format!("{ROOT}/examples")).env_clear();
    // Paths of the project itself differ, as they must.
    let here = ok(&mut here).replace(&format!("{ROOT}/examples/shop"), "/shop");
    assert_eq!(there, here);
    let kubeconfig = ["--vars", "SHOP_KUBECONFIG=/shop/VERSIONS"];
    let none = run(&mut inside(
        &[&["--config", "shop/services.yaml", "status", "--env", "dev"], &kubeconfig[..]].concat(),
    ));
    assert_eq!(none.code, 1);
    assert!(none.stderr.contains("kubectl"), "{}", none.stderr);
}

#[test]
fn the_archive_holds_it_and_the_sums_are_right() {
    let Some((folder, target)) = release() else { return };
    let archive = folder.join(format!("codexctl-{target}.tar.gz"));
    let sums = std::fs::read_to_string(folder.join("SHA256SUMS")).unwrap();
    assert_eq!(sums, format!("{}  codexctl-{target}.tar.gz\n", sha256(&archive)));
    let list = ok(Command::new("tar").arg("-tzf").arg(&archive));
    for name in ["codexctl", "LICENSE", "README.md", "README.ru.md", "CHANGELOG.md"] {
        assert!(list.contains(&format!("codexctl-{target}/{name}\n")), "{list}");
    }
    // What is released is what the action installs.
    let dir = tempfile::Builder::new().prefix("codexctl it ").tempdir().unwrap();
    let mut install = Command::new("bash");
    install.arg(format!("{ROOT}/.github/actions/setup-codexctl/install.sh")).env_clear();
    install.env("PATH", std::env::var_os("PATH").unwrap()).env("RUNNER_TOOL_CACHE", dir.path());
    install.env("CODEXCTL_BASE_URL", format!("file://{}", folder.display())).env("CODEXCTL_TARGET", &target);
    install.env("CODEXCTL_VERSION", env!("CARGO_PKG_VERSION"));
    assert!(ok(&mut install).contains("SHA-256 checked"));
}

#[test]
fn completions_and_manual_pages_are_packed_where_the_binary_has_them() {
    let dir = tempfile::Builder::new().prefix("codexctl it ").tempdir().unwrap();
    let binary = dir.path().join("some-target/codexctl");
    std::fs::create_dir_all(binary.parent().unwrap()).unwrap();
    let script = "#!/bin/sh\ncase $1 in\n--help) printf 'Commands:\\n  completions  x\\n  man          x\\n' ;;\ncompletions) echo \"for $2\" ;;\nman) mkdir -p \"$2\" && echo page >\"$2/codexctl.1\" ;;\nesac\n";
    let pack = |script: &str| {
        std::fs::write(&binary, script).unwrap();
        std::fs::set_permissions(&binary, std::fs::Permissions::from_mode(0o755)).unwrap();
        ok(Command::new("bash")
            .arg(format!("{ROOT}/scripts/release.sh"))
            .args(["pack", "some-target"])
            .arg(dir.path()));
        let archive = dir.path().join("codexctl-some-target.tar.gz");
        (ok(Command::new("tar").arg("-tzf").arg(&archive)), sha256(&archive))
    };
    let (list, sum) = pack(script);
    for name in ["bash", "zsh", "fish", "powershell"] {
        assert!(list.contains(&format!("/completions/codexctl.{name}\n")), "{list}");
    }
    assert!(list.contains("/man/codexctl.1\n"), "{list}");
    assert_eq!(pack(script).1, sum, "the same content gives the same archive");
    let (list, _) = pack("#!/bin/sh\necho 'Commands:\n  render  x'\n");
    assert!(!list.contains("completions") && !list.contains("man"), "{list}");
}

#[test]
fn a_tag_that_is_not_the_version_is_refused() {
    let version = env!("CARGO_PKG_VERSION");
    let script =
        |args: &[&str]| run(Command::new("bash").arg(format!("{ROOT}/scripts/release.sh")).args(args));
    assert_eq!(script(&["check-tag", &format!("v{version}")]).code, 0);
    let wrong = script(&["check-tag", "v99.0.0"]);
    assert_eq!(wrong.code, 1);
    assert!(
        wrong.stderr.contains(&format!("the tag is v99.0.0, Cargo.toml says {version}")),
        "{}",
        wrong.stderr
    );
    assert!(script(&["notes", &format!("v{version}")]).stdout.contains("* "));
    assert_eq!(script(&["build"]).code, 2);
}

#[test]
fn the_image_holds_the_binary_and_nothing_else() {
    let Some((folder, target)) = release() else { return };
    if !have_docker() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    std::fs::create_dir_all(at("dist/amd64")).unwrap();
    let binary = folder.join(&target).join("codexctl");
    std::fs::copy(&binary, at("dist/amd64/codexctl")).unwrap();
    for name in ["Dockerfile", ".dockerignore"] {
        std::fs::copy(Path::new(ROOT).join(name), at(name)).unwrap();
    }
    let tag = format!("codexctl-it-{}", std::process::id());
    let docker = |args: &[&str]| {
        let mut command = Command::new("docker");
        command
            .args(args)
            .current_dir(dir.path())
            .env("DOCKER_CONFIG", at("docker"))
            .env("DOCKER_BUILDKIT", "0");
        ok(&mut command)
    };
    docker(&["build", "--quiet", "--build-arg", "TARGETARCH=amd64", "--tag", &tag, "."]);
    let image: serde_json::Value = serde_json::from_str(&docker(&["image", "inspect", &tag])).unwrap();
    assert_eq!(image[0]["Config"]["Entrypoint"], serde_json::json!(["/codexctl"]));
    assert_eq!(image[0]["Config"]["User"], "65532:65532");
    let id = docker(&["create", &tag, "--version"]).trim().to_string();
    docker(&["export", "--output", "tree.tar", &id]);
    docker(&["cp", &format!("{id}:/codexctl"), "taken"]);
    docker(&["rm", &id]);
    docker(&["image", "rm", "--force", &tag]);
    assert_eq!(sha256(&at("taken")), sha256(&binary));
    let list = ok(Command::new("tar").arg("-tf").arg(at("tree.tar")));
    let own = |line: &&str| {
        ["dev/", "etc/", "proc/", "sys/", ".dockerenv"].iter().all(|docker| !line.starts_with(docker))
    };
    assert_eq!(list.lines().filter(own).collect::<Vec<_>>(), ["codexctl", "work/"], "{list}");
}
