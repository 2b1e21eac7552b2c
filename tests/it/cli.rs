//! The command line itself: help, wrong usage, environment twins, streams.

use super::harness::Project;

const STACK: &str = "project: demo\nenvironments: {dev: {}, stg: {}}\nservices: []\n";

#[test]
fn version_and_help_go_to_stdout() {
    let project = Project::empty();
    assert!(project.ok(&["--version"]).starts_with("codexctl "));
    for verb in ["render", "apply", "destroy", "status"] {
        let help = project.ok(&[verb, "--help"]);
        assert!(help.contains("Examples:\n") && help.contains("--env"), "{help}");
        assert!(help.matches("codexctl ").count() >= 3, "two real examples: {help}");
    }
}

#[test]
fn wrong_usage_is_exit_code_2_and_says_what() {
    let project = Project::new(STACK);
    assert!(project.fails(2, &["rendr", "--env", "dev"]).contains("render"));
    assert!(project.fails(2, &["render"]).contains("--env"));
    assert!(
        project
            .fails(2, &["render", "--env", "dev", "--slot", "-1"])
            .contains("a slot is a whole number from 1")
    );
    assert!(project.fails(2, &["render", "--env", "dev", "--slot", "0"]).contains("whole number"));
    assert!(project.fails(2, &["apply", "--env", "dev", "--timeout", "5"]).contains("no duration"));
    let text = project.fails(2, &["render", "--env", "dev", "--vars", "nonsense"]);
    assert!(text.contains("`nonsense` is no NAME=VALUE pair"), "{text}");
    assert!(!text.contains("Usage:"), "no usage dump for a failed run: {text}");
}

#[test]
fn variables_of_several_lines_stay_whole() {
    let mut project = Project::with_manifest(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: {{ printf \"%q\" .Vars.A }}, b: {{ printf \"%q\" (envOr \"B\" \"none\") }}}\n",
    );
    for (vars, a, b) in [
        (
            "A=-----BEGIN-----\nabcd\nef==\n-----END-----\n,B=2",
            "-----BEGIN-----\nabcd\nef==\n-----END-----\n",
            "2",
        ),
        ("A=first\nhunter22,B=x", "first\nhunter22", "x"),
        ("A=aaa\nbbbb=", "aaa\nbbbb=", "none"),
        ("A=1\r\n\nB=2\n", "1", "2"),
        ("A=1,B=2", "1", "2"),
    ] {
        let wanted =
            |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap()["items"][0]["data"].clone();
        let given = project.ok(&["render", "--env", "dev", "--format", "json", "--vars", vars]);
        let twin = {
            project.env("CODEXCTL_VARS", vars);
            let text = project.ok(&["render", "--env", "dev", "--format", "json"]);
            project.env("CODEXCTL_VARS", "");
            text
        };
        let data = wanted(&given);
        assert_eq!((data["a"].as_str(), data["b"].as_str(), &given), (Some(a), Some(b), &twin), "{vars:?}");
    }
    let text = project.fails(2, &["render", "--env", "dev", "--vars", "BEGIN KEY\nhunter22"]);
    assert!(text.contains("`BEGIN KEY` is no NAME=VALUE pair") && !text.contains("hunter22"), "{text}");
}

#[test]
fn an_unknown_environment_lists_the_known_ones() {
    let text = Project::new(STACK).fails(2, &["render", "--env", "dve"]);
    assert!(
        text.contains("unknown environment `dve`") && text.contains("`dev`") && text.contains("stg"),
        "{text}"
    );
}

#[test]
fn flags_have_environment_twins_and_an_empty_one_counts_as_unset() {
    let mut project = Project::new(
        "project: demo\nenvironments: {dev: {}}\nservices: [{name: api, manifests: [{path: a.yaml}]}]\n",
    );
    project.file("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
    project.env("CODEXCTL_ENV", "dev").env("CODEXCTL_SLOT", "").env("CODEXCTL_NAMESPACE", "other");
    assert!(project.ok(&["render"]).contains("namespace: other"));
    assert!(
        project.ok(&["render", "--namespace", "mine"]).contains("namespace: mine"),
        "a flag beats its twin"
    );
    // A value that does not fit: said to come from the variable, where it does.
    project.env("CODEXCTL_SLOT", "x");
    let text = project.fails(2, &["render"]);
    assert!(
        text.contains("invalid value 'x' for '--slot <N>'") && text.contains("variable CODEXCTL_SLOT\n"),
        "{text}"
    );
    for given in [&["render", "--slot", "y"][..], &["render", "--slot=y"]] {
        let text = project.fails(2, given);
        assert!(text.contains("invalid value 'y'") && !text.contains("CODEXCTL_SLOT"), "{text}");
    }
}

#[test]
fn the_log_goes_to_stderr_as_text_or_json() {
    let project = Project::new("project: demo\nenvironments: {dev: {}}\nsurvices: []\n");
    let run = project.run(&["render", "--env", "dev"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
    assert!(run.stderr.starts_with("warning: services.yaml:3:1: "), "{}", run.stderr);
    assert!(run.stderr.contains("did you mean `services`?"), "{}", run.stderr);
    let run = project.run(&["render", "--env", "dev", "--log-format", "json"]);
    let line: serde_json::Value = serde_json::from_str(run.stderr.lines().next().unwrap()).unwrap();
    assert_eq!(line["level"], "warning");
    let mut project = project;
    project.env("GITHUB_ACTIONS", "true");
    assert!(project.run(&["render", "--env", "dev"]).stderr.starts_with("::warning::services.yaml:3:1"));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    use std::io::Read as _;
    let manifest: String = (0..2000)
        .map(|n| {
            format!(
                "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{n}}}\ndata: {{a: {}}}\n",
                "x".repeat(100)
            )
        })
        .collect();
    let project = Project::with_manifest(&manifest);
    let mut child = project.command(&["render", "--env", "dev"]).spawn().unwrap();
    let mut some = [0_u8; 10];
    child.stdout.take().unwrap().read_exact(&mut some).unwrap();
    let run = super::harness::Run::from(child.wait_with_output().unwrap());
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
}

#[test]
fn secrets_never_reach_the_log() {
    let mut project = Project::new(STACK);
    project.env("MY_API_TOKEN", "hunter2-hunter2");
    let text = project
        .fails(2, &["render", "--env", "dev", "--skip-infra", "hunter2-hunter2", "--log-level", "debug"]);
    assert!(text.contains("unknown name `***`") && !text.contains("hunter2"), "{text}");
}

#[test]
fn a_preview_that_is_cut_in_a_secret_shows_no_part_of_it() {
    let mut project = Project::new("");
    project.env("MY_API_TOKEN", "hunter2-hunter2-hunter2");
    // The rendered file reaches its 512th character inside the value.
    let filling = "#".repeat(500 - STACK.len());
    project.file("services.yaml", format!("{STACK}{filling}{{{{ .EnvMap.MY_API_TOKEN }}}}\n"));
    let run = project.run(&["render", "--env", "dev", "--log-level", "debug"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains("##***") && !run.stderr.contains("hunter"), "{}", run.stderr);
}
