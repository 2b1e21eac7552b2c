//! `manage-env sync-code`: the same tree by rsync and by the own copy, and never a half one.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::harness::{Project, Run};
use super::needs;

const SERVICES: &str = "project: demo\nenvironments: {ai: {}}\nservices: []\n";

/// What a tree holds: path → kind, mode, time, content or link target.
type Picture = BTreeMap<OsString, (char, u32, i64, Vec<u8>)>;

fn picture(root: &Path) -> Picture {
    let mut seen = Picture::new();
    let mut open = vec![PathBuf::new()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(root.join(&folder)).unwrap() {
            let path = folder.join(entry.unwrap().file_name());
            let meta = root.join(&path).symlink_metadata().unwrap();
            let (kind, content) = if meta.is_symlink() {
                ('l', fs::read_link(root.join(&path)).unwrap().as_os_str().as_bytes().to_vec())
            } else if meta.is_dir() {
                open.push(path.clone());
                ('d', Vec::new())
            } else {
                ('f', fs::read(root.join(&path)).unwrap())
            };
            seen.insert(path.into_os_string(), (kind, meta.mode() & 0o7777, meta.mtime(), content));
        }
    }
    seen
}

/// A project with odd names and modes, and `files` plain files.
fn odd_tree(files: usize) -> Project {
    let project = Project::new(SERVICES);
    let root = project.path().join("code");
    for at in 0..files {
        let folder = root.join(format!("dir {}/sub{}", at % 20, at % 7));
        if at < 140 {
            fs::create_dir_all(&folder).unwrap();
        }
        fs::write(folder.join(format!("file {at}")), format!("content {at}\n").repeat(at % 50)).unwrap();
    }
    fs::create_dir_all(root.join("empty/inside")).unwrap();
    fs::write(root.join("run.sh"), "#!/bin/sh\n").unwrap();
    fs::set_permissions(root.join("run.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(root.join("read-only"), "x").unwrap();
    fs::set_permissions(root.join("read-only"), fs::Permissions::from_mode(0o444)).unwrap();
    fs::write(root.join("line\nbreak and 'quotes'"), "y").unwrap();
    fs::write(root.join(OsStr::from_bytes(b"not-utf8-\xff\xfe")), "z").unwrap();
    symlink("run.sh", root.join("link")).unwrap();
    symlink("nowhere/at/all", root.join("dangling")).unwrap();
    symlink("/etc/passwd", root.join("outside")).unwrap();
    symlink("empty", root.join("link-to-folder")).unwrap();
    fs::create_dir(root.join("closed")).unwrap();
    fs::write(root.join("closed/in"), "w").unwrap();
    fs::set_permissions(root.join("closed"), fs::Permissions::from_mode(0o555)).unwrap();
    project
}

/// A PATH without rsync.
fn without_rsync(project: &Project) -> OsString {
    let bin = project.path().join("no-rsync");
    fs::create_dir_all(&bin).unwrap();
    bin.into_os_string()
}

fn has_rsync() -> bool {
    needs::program("rsync").is_some()
}

fn args(base: &Path) -> [&str; 9] {
    [
        "manage-env",
        "sync-code",
        "--slot",
        "3",
        "--source",
        "code",
        "--code-root-base",
        base.to_str().unwrap(),
        "-ojson",
    ]
}

/// Copies, by rsync or not; the time it took.
fn copy(project: &Project, base: &str, rsync: bool) -> Duration {
    let base = project.path().join(base);
    let mut command = project.command(&args(&base));
    if !rsync {
        command.env("PATH", without_rsync(project));
    }
    let began = Instant::now();
    let run = Run::from(command.output().unwrap());
    assert_eq!(run.code, 0, "{}", run.stderr);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["method"], if rsync { "rsync" } else { "copy" });
    began.elapsed()
}

#[test]
fn rsync_and_the_own_copy_give_the_same_tree() {
    let project = odd_tree(20_000);
    let source = picture(&project.path().join("code"));
    copy(&project, "own", false);
    assert!(picture(&project.path().join("own/3/src")) == source, "the own copy differs from the source");
    if has_rsync() {
        copy(&project, "by-rsync", true);
        assert!(picture(&project.path().join("by-rsync/3/src")) == source, "rsync's copy differs");
    }
}

#[test]
fn a_second_run_brings_what_is_new_and_takes_what_is_gone() {
    let project = odd_tree(50);
    copy(&project, "base", false);
    let target = project.path().join("base/3/src");
    let inode = target.symlink_metadata().unwrap().ino();
    let code = project.path().join("code");
    fs::remove_file(code.join("run.sh")).unwrap();
    fs::create_dir(code.join("run.sh")).unwrap();
    fs::remove_dir_all(code.join("empty")).unwrap();
    fs::write(code.join("empty"), "a file now").unwrap();
    fs::remove_file(code.join("dangling")).unwrap();
    fs::write(target.join("of the pod"), "gone after the next run").unwrap();
    copy(&project, "base", false);
    assert!(picture(&target) == picture(&code));
    assert_eq!(
        target.symlink_metadata().unwrap().ino(),
        inode,
        "a pod that has it mounted sees the new files"
    );
    let left: Vec<_> =
        fs::read_dir(project.path().join("base/3")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn killed_in_the_middle_it_leaves_the_old_tree_or_is_completed() {
    for rsync in [false, true] {
        if rsync && !has_rsync() {
            continue;
        }
        let project = odd_tree(3000);
        let code = project.path().join("code");
        let took = copy(&project, "base", rsync);
        let target = project.path().join("base/3/src");
        let mut old = picture(&target);
        for step in 0..12_u32 {
            fs::write(code.join("version"), step.to_string()).unwrap();
            fs::write(code.join(format!("new {step}")), "n").unwrap();
            let new = picture(&code);
            let base = project.path().join("base");
            let mut command = project.command(&args(&base));
            if !rsync {
                command.env("PATH", without_rsync(&project));
            }
            let mut child = command.spawn().unwrap();
            std::thread::sleep(took * step / 11);
            child.kill().unwrap();
            child.wait().unwrap();
            let seen = picture(&target);
            let whole = |picture: &Picture| seen.iter().all(|(path, entry)| picture.get(path) == Some(entry));
            if !whole(&old) && !whole(&new) {
                // Killed among the exchanges: every entry is either the old or the new one.
                let either =
                    |path: &OsString, entry| old.get(path) == Some(entry) || new.get(path) == Some(entry);
                assert!(seen.iter().all(|(path, entry)| either(path, entry)), "step {step}");
            }
            assert!(seen.len() >= old.len().min(new.len()), "step {step}: nothing is missing");
            if step % 3 == 2 {
                copy(&project, "base", rsync);
                assert!(picture(&target) == new, "step {step}");
            }
            old = picture(&target);
        }
    }
}

#[test]
fn dangerous_targets_are_refused() {
    let mut project = odd_tree(3);
    let home = project.path().join("home/3/src");
    fs::create_dir_all(&home).unwrap();
    project.env("HOME", &home);
    let root = project.path().to_path_buf();
    let refused = |base: &str, source: &str| {
        let args = ["manage-env", "sync-code", "--slot", "3", "--code-root-base", base, "--source", source];
        project.fails(2, &args)
    };
    assert!(refused("/", "code").contains("is the root of the file system"));
    assert!(refused("home", "code").contains("is the home folder"));
    let mut above = project.command(&[
        "manage-env",
        "sync-code",
        "--env",
        "ai",
        "--slot",
        "3",
        "--code-root-base",
        "home",
        "--source",
        "code",
    ]);
    let run = Run::from(above.env("HOME", home.join("me")).output().unwrap());
    assert_eq!(run.code, 2, "a target that holds the home folder");
    assert!(run.stderr.contains("the home folder lies beside it or in it"), "{}", run.stderr);
    assert!(refused("code", "code").contains("overlaps the source"));
    assert!(refused(".", ".").contains("overlaps the source"));
    fs::create_dir_all(root.join("base/3/src/inner")).unwrap();
    assert!(refused("base", "base/3/src/inner").contains("overlaps the source"));
    assert!(refused("base", "nowhere").contains("--source nowhere"));
    fs::create_dir_all(root.join("linked/3")).unwrap();
    fs::create_dir_all(root.join("elsewhere")).unwrap();
    fs::write(root.join("elsewhere/kept"), "x").unwrap();
    symlink(root.join("elsewhere"), root.join("linked/3/src")).unwrap();
    assert!(refused("linked", "code").contains("it is a symlink to somewhere else"));
    fs::create_dir_all(root.join("linked2")).unwrap();
    symlink(root.join("elsewhere"), root.join("linked2/3")).unwrap();
    assert!(refused("linked2", "code").contains("it is a symlink to somewhere else"));
    // A way through folders that are not there is no way around.
    assert!(refused("linked2/missing/..", "code").contains("it is a symlink to somewhere else"));
    assert!(refused("linked2/missing/deeper/../..", "code").contains("it is a symlink to somewhere else"));
    assert!(refused("base/missing/..", "base/3").contains("overlaps the source"));
    assert!(refused("missing/../home", "code").contains("is the home folder"));
    assert!(!root.join("linked2/missing").exists() && !root.join("missing").exists());
    assert!(root.join("elsewhere/kept").is_file());
}

#[test]
fn a_pod_that_cannot_take_the_files_is_a_warning() {
    let project = odd_tree(3);
    let bin = project
        .file("bin/kubectl", "#!/bin/sh\necho \"$@\" >>\"$CALLS\"\necho 'error: no pod' >&2\nexit 1\n");
    fs::set_permissions(&bin, fs::Permissions::from_mode(0o755)).unwrap();
    let base = project.path().join("base");
    let args = [&args(&base)[..], &["--namespace", "demo-dev-3"]].concat();
    let mut command = project.command(&args);
    let path = format!("{}:/usr/bin:/bin", bin.parent().unwrap().display());
    let run =
        Run::from(command.env("PATH", path).env("CALLS", project.path().join("calls")).output().unwrap());
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stderr.contains("not handed to the user of deploy/codex in demo-dev-3: no pod"),
        "{}",
        run.stderr
    );
    assert!(project.read("calls").starts_with("exec deploy/codex -n demo-dev-3 -- sh -c chown -R"));
}

#[test]
#[ignore = "a measurement: run alone, on a quiet machine, with --release"]
fn the_own_copy_is_nearly_as_fast_as_rsync() {
    let project = odd_tree(20_000);
    let mut own = Vec::new();
    let mut rsync = Vec::new();
    for round in 0..3 {
        own.push(copy(&project, &format!("own{round}"), false));
        rsync.push(copy(&project, &format!("rsync{round}"), true));
    }
    let (own, rsync) = (own.iter().min().unwrap(), rsync.iter().min().unwrap());
    eprintln!("own copy {own:?}, rsync {rsync:?}, ratio {:.2}", own.as_secs_f64() / rsync.as_secs_f64());
    assert!(own.as_secs_f64() <= 1.5 * rsync.as_secs_f64());
}
