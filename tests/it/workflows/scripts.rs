//! The scripts of the workflows on their own: what a whole run does not show.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use super::super::harness::Run;
use super::lab::base64;
use super::runner::ROOT;

const KUBECONFIG: &str = "apiVersion: v1\nclusters: [{name: a, cluster: {server: 'https://127.0.0.1:1'}}]\nusers:\n- name: u\n  user:\n    token: \"tok-of-the-account\"\n    client-key-data: a2V5LW9mLXRoZS1hY2NvdW50\n";

fn script(dir: &Path, name: &str, args: &[&str], variables: &[(&str, &str)]) -> Run {
    let mut command = Command::new("bash");
    command.arg(Path::new(ROOT).join(".github/scripts").join(name)).args(args).env_clear();
    command
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("RUNNER_TEMP", dir)
        .env("GITHUB_ENV", dir.join("env"));
    command.envs(variables.iter().copied()).current_dir(dir);
    Run::from(command.output().unwrap())
}

fn folder() -> tempfile::TempDir {
    tempfile::Builder::new().prefix("codexctl it ").tempdir().unwrap()
}

#[test]
fn credentials_are_private_masked_and_go() {
    let dir = folder();
    let path = dir.path().join("codexctl-credentials/kubeconfig");
    for data in [KUBECONFIG.to_string(), base64(KUBECONFIG), KUBECONFIG.replace('\n', "\r\n")] {
        let variables = [
            ("KUBECONFIG_DATA", data.as_str()),
            ("KUBECONFIG_VARIABLE", "SHOP_KUBECONFIG"),
            ("VARIABLES", "A: b"),
        ];
        let run = script(dir.path(), "credentials.sh", &["write"], &variables);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
        assert!(run.stdout.contains("::add-mask::tok-of-the-account"), "{}", run.stdout);
        assert!(run.stdout.contains("::add-mask::a2V5LW9mLXRoZS1hY2NvdW50"), "{}", run.stdout);
        assert_eq!(
            std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n").trim_end(),
            KUBECONFIG.trim_end()
        );
        for (path, mode) in [(path.as_path(), 0o600), (path.parent().unwrap(), 0o700)] {
            assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, mode);
        }
        let written = std::fs::read_to_string(dir.path().join("env")).unwrap();
        let shown = path.display();
        let variables = path.parent().unwrap().join("variables");
        assert_eq!(
            written,
            format!(
                "KUBECONFIG={shown}\nSHOP_KUBECONFIG={shown}\nCODEXCTL_VAR_FILE={}\n",
                variables.display()
            )
        );
        std::fs::remove_file(dir.path().join("env")).unwrap();
        assert_eq!(script(dir.path(), "credentials.sh", &["remove"], &[]).code, 0);
        assert!(!path.parent().unwrap().exists());
    }
    // Without secrets there is nothing to write: kubectl's default holds.
    assert_eq!(script(dir.path(), "credentials.sh", &["write"], &[]).code, 0);
    assert!(!dir.path().join("env").exists());
    for name in ["PATH", "LD_PRELOAD", "GITHUB_TOKEN", "lower", "A=B", "A\nPATH"] {
        let variables = [("KUBECONFIG_DATA", KUBECONFIG), ("KUBECONFIG_VARIABLE", name)];
        let run = script(dir.path(), "credentials.sh", &["write"], &variables);
        assert_eq!(run.code, 1, "{name}");
        assert!(run.stderr.contains("::error::kubeconfig-variable "), "{}", run.stderr);
    }
}

#[test]
fn who_is_named_needs_no_permission_where_none_is_asked_for() {
    let dir = folder();
    // Taken as a pattern, the bot's name would be this file's.
    std::fs::write(dir.path().join("dependabotb"), "").unwrap();
    let verdict = |actor: &str, allowed: &str| {
        drop(std::fs::remove_file(dir.path().join("output")));
        let output = dir.path().join("output").display().to_string();
        let variables = [
            ("ACTOR", actor),
            ("TRIGGERING_ACTOR", actor),
            ("ALLOWED_ACTORS", allowed),
            ("REQUIRED_PERMISSION", "none"),
            ("GITHUB_OUTPUT", output.as_str()),
            ("GITHUB_REPOSITORY", "shop-team/shop"),
        ];
        let run = script(dir.path(), "allowed.sh", &[], &variables);
        assert_eq!(run.code, 0, "{}", run.stderr);
        std::fs::read_to_string(output).unwrap()
    };
    for (actor, allowed, wanted) in [
        ("eve", "Ann,EVE", "allowed=true\n"),
        ("dependabot[bot]", "ann\n  dependabot[bot]\n", "allowed=true\n"),
        ("dependabotb", "dependabot[bot]", "allowed=false\n"),
        ("ev", "eve", "allowed=false\n"),
        ("eve", "*", "allowed=false\n"),
    ] {
        assert_eq!(verdict(actor, allowed), wanted, "{actor} of {allowed}");
    }
}

#[test]
fn logged_keeps_both_streams_and_the_exit_code() {
    let dir = folder();
    let run = script(dir.path(), "logged.sh", &["a", "sh", "-c", "echo data; echo problem >&2; exit 7"], &[]);
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (7, "data\n", "problem\n"));
    let read = |name: &str| std::fs::read_to_string(dir.path().join("codexctl-report").join(name)).unwrap();
    assert_eq!(
        (read("a.out").as_str(), read("a.err").as_str(), read("failed").as_str()),
        ("data\n", "problem\n", "a\n")
    );
    // A later success is not taken for the failure before it.
    assert_eq!(script(dir.path(), "logged.sh", &["b", "true"], &[]).code, 0);
    assert!(!dir.path().join("codexctl-report/failed").exists());
    let none = script(dir.path(), "why.sh", &[], &[]);
    assert_eq!((none.code, none.stdout.contains("the log of the run tells which")), (0, true));
}

#[test]
fn why_shows_errors_as_people_read_them_and_not_without_end() {
    let dir = folder();
    let long = "x".repeat(9000);
    let text = format!(
        "printf '%s\\n' '::warning::w' 'progress' '::error::one%0A  two 100%25' 'hint' '::debug::d' '{long}' >&2; exit 1"
    );
    script(dir.path(), "logged.sh", &["apply", "sh", "-c", &text], &[]);
    let said = script(dir.path(), "why.sh", &[], &[]).stdout;
    assert!(said.starts_with("Failed: `apply`\n\n```\nerror: one\n  two 100%\nhint\nxxx"), "{said}");
    assert!(
        said.ends_with("\n… (the log of the run has the rest)\n```\n") && said.len() < 6200,
        "{}",
        said.len()
    );
}
