//! `codexctl man`: pages that strict readers accept, one for each command.

use std::process::Command;

use super::harness::{Project, Run};
use super::needs::program;

#[test]
fn one_page_for_each_command_and_no_lint() {
    let project = Project::empty();
    let run = project.run(&["man", "share/man 1"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    let folder = project.path().join("share/man 1");
    let mut pages: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    pages.sort();
    // What --help lists has a page, and so has what is below it.
    let commands = |help: &str| -> Vec<String> {
        let list = help.split("Commands:\n").nth(1).unwrap_or_default().split("\n\n").next().unwrap();
        let names = list.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
        names
            .map(|line| line.split_whitespace().next().unwrap().to_string())
            .filter(|name| name != "help")
            .collect()
    };
    let mut wanted = vec!["codexctl.1".to_string()];
    for command in commands(&project.ok(&["--help"])) {
        wanted.push(format!("codexctl-{command}.1"));
        let below = commands(&project.ok(&[&command, "--help"]));
        wanted.extend(below.iter().map(|name| format!("codexctl-{command}-{name}.1")));
    }
    wanted.sort();
    assert_eq!(pages, wanted);
    assert!(pages.contains(&"codexctl-images-build.1".into()) && pages.len() > 20, "{pages:?}");
    assert!(run.stderr.contains(&format!("wrote {} pages to share/man 1", pages.len())), "{}", run.stderr);

    if let Some(mandoc) = program("mandoc") {
        let mut lint = Command::new(mandoc);
        lint.args(["-T", "lint", "-W", "warning"]).args(pages.iter().map(|page| folder.join(page)));
        let run = Run::from(lint.output().unwrap());
        assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    }
    if let Some(groff) = program("groff") {
        let mut lint = Command::new(groff);
        lint.args(["-ww", "-man", "-Tutf8", "-z"]).args(pages.iter().map(|page| folder.join(page)));
        let run = Run::from(lint.output().unwrap());
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    }
}

#[test]
fn a_page_says_what_help_says() {
    let Some(mandoc) = program("mandoc") else { return };
    let project = Project::empty();
    project.ok(&["man", "."]);
    let mut read = Command::new(mandoc);
    let run = Run::from(
        read.args(["-T", "ascii", "-O", "width=100"])
            .arg(project.path().join("codexctl-apply.1"))
            .output()
            .unwrap(),
    );
    // Bold and underline are made by overstriking.
    let mut text = String::new();
    for c in run.stdout.chars() {
        match c {
            '\u{8}' => _ = text.pop(),
            c => text.push(c),
        }
    }
    for part in [
        "codexctl-apply - Apply an environment's manifests to its cluster",
        "-e, --env <ENV>",
        "CODEXCTL_ENV",
        "FILTERS",
        "EXAMPLES\n       codexctl apply --env dev --wait\n       codexctl apply --env ai --slot 3 --vars TAG=1.2.3 --only-services api",
        "codexctl(1), kubectl(1)",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn without_a_folder_the_main_page_is_printed() {
    let mut project = Project::empty();
    project.env("SOURCE_DATE_EPOCH", "86400");
    let page = project.ok(&["man"]);
    assert!(page.contains(".TH CODEXCTL 1 1970-01-02 \"codexctl "), "{page}");
    assert!(page.contains("codexctl\\-render(1)") || page.contains("codexctl-render(1)"), "{page}");
    assert_eq!(page, project.ok(&["man"]), "the same date gives the same page");
    assert_eq!(std::fs::read_dir(project.path()).unwrap().count(), 0);
}

#[test]
fn what_is_no_folder_or_no_date_is_refused() {
    let mut project = Project::empty();
    project.file("taken", "");
    assert!(project.fails(2, &["man", "taken"]).contains("taken is not a folder"));
    assert!(project.fails(1, &["man", "taken/below"]).contains("cannot write taken/below/codexctl.1"));
    project.env("SOURCE_DATE_EPOCH", "soon");
    let text = project.fails(2, &["man"]);
    assert!(text.contains("SOURCE_DATE_EPOCH=`soon`") && text.contains("hint:"), "{text}");
}
