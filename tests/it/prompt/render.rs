//! Prompts as text: builtin ones, templates of either dialect, languages, variables.

use serde_json::Value;

use super::super::harness::Project;
use super::pod::services;

fn project(codex: &str) -> Project {
    Project::new(&services(codex))
}

const FULL: &str = "  projectContext: Read AGENTS.md first.\n  servicesOverview: api answers, web asks.\n  extraTools: [psql]\n  links: [{title: Admin, path: /admin/}]\n";

#[test]
fn builtin_prompts_say_what_an_agent_needs_in_both_languages() {
    let project = project(FULL);
    let shared = [
        "demo-dev-3",
        "Read AGENTS.md first.",
        "api answers, web asks.",
        "`psql`",
        "https://dev-3.demo.test",
        "/admin/",
    ];
    let issue = ["gh issue view 42 --comments", "codex/issue-42", "Closes #42", "force-push"];
    let review = ["gh pr view 57 --comments", "pulls/57/comments", "gh pr checkout 57", "force-push"];
    for (lang, own, other) in
        [("en", "What you never do", "Чего делать нельзя"), ("ru", "Чего делать нельзя", "What you never do")]
    {
        for (kind, wanted) in [("dev_issue", issue), ("review_fix", review)] {
            let text = project.ok(&[
                "prompt", "render", "--kind", kind, "--slot", "3", "--issue", "42", "--pr", "57", "--lang",
                lang,
            ]);
            for part in shared.iter().chain(&wanted).chain(&[own]) {
                assert!(
                    text.to_lowercase().contains(&part.to_lowercase()),
                    "{kind} {lang}: no {part:?} in\n{text}"
                );
            }
            assert!(!text.contains(other) && !text.contains("{{") && !text.contains("\n\n\n\n"), "{text}");
        }
    }
}

#[test]
fn a_prompt_without_slot_or_number_renders_too() {
    let project = project("");
    for kind in ["dev_issue", "review_fix"] {
        let text = project.ok(&["prompt", "render", "--kind", kind]);
        assert!(text.contains("you were given") && !text.contains("``"), "{text}");
    }
}

#[test]
fn the_language_is_chosen_in_order() {
    let mut project = project("  promptLang: ru\n");
    project.file("lang.md", "{{ PROMPT_LANG }}");
    let lang = |project: &Project, args: &[&str]| {
        project.ok(&[&["prompt", "render", "--template", "lang.md"], args].concat())
    };
    assert_eq!(lang(&project, &[]), "ru");
    project.env("CODEX_PROMPT_LANG", "en");
    assert_eq!(lang(&project, &[]), "en");
    project.env("CODEXCTL_LANG", "ru_RU.UTF-8");
    assert_eq!(lang(&project, &[]), "ru");
    assert_eq!(lang(&project, &["--lang", "de"]), "de");
    let run = project.run(&["prompt", "render", "--kind", "dev_issue", "--lang", "de"]);
    assert!(run.stdout.starts_with("You are"), "{}", run.stdout);
    assert!(run.stderr.contains("warning: there is no builtin prompt in `de`"), "{}", run.stderr);
    assert_eq!(self::project("").ok(&["prompt", "render", "--kind", "dev_issue"])[..7], *"You are");
}

#[test]
fn a_template_of_either_dialect_sees_the_task() {
    let project = project("  promptLang: ru\n");
    project.file(
        "j.md",
        "{{ Env }} {{ SLOT }} {{ ISSUE_NUMBER }} [{{ PR_NUMBER }}] {{ PROMPT_LANG }} {{ Vars.ISSUE_NUMBER }}",
    );
    project.file("g.md", "{{ .Env }} {{ .SLOT }} {{ .ISSUE_NUMBER }} [{{ .PR_NUMBER }}] {{ .PROMPT_LANG }} {{ envOr \"ISSUE_NUMBER\" \"-\" }}");
    for file in ["j.md", "g.md"] {
        let text = project.ok(&["prompt", "render", "--template", file, "--slot", "3", "--issue", "#42"]);
        assert_eq!(text, "ai 3 42 [] ru 42", "{file}");
    }
    project.ok(&[
        "prompt",
        "render",
        "--template",
        "g.md",
        "--slot",
        "3",
        "--issue",
        "42",
        "--out",
        "out/p.md",
    ]);
    assert_eq!(project.read("out/p.md"), "ai 3 42 [] ru 42");
    let error = project.fails(2, &["prompt", "render", "--template", "none.md"]);
    assert!(error.contains("none.md: no such file"), "{error}");
    project.file("bad.md", "one\n{{ ISSUE }}\n");
    let error = project.fails(2, &["prompt", "render", "--template", "bad.md"]);
    assert!(error.contains("bad.md:2") && error.contains("ISSUE"), "{error}");
    assert!(project.fails(2, &["prompt", "render"]).contains("--kind"));
    assert_eq!(project.run(&["prompt", "render", "--kind", "x"]).code, 2);
    assert_eq!(project.run(&["prompt", "render", "--kind", "dev_issue", "--issue", "none"]).code, 2);
}

#[test]
fn variables_set_by_hand_are_stronger() {
    let project = project("");
    project.file("t.md", "{{ EnvMap.ISSUE_NUMBER }}");
    let args = ["prompt", "render", "--template", "t.md", "--issue", "42", "--vars", "ISSUE_NUMBER=7"];
    assert_eq!(project.ok(&args), "7");
}

/// All template vectors, through the binary. Its clock is the real one, so the vector about `now` is compared with the
/// day and second of the test.
#[test]
fn every_template_vector() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance/gotemplate.json");
    let all: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let context = &all["context"];
    let quoted = |value: &Value| value.to_string();
    let mut project = Project::new(&format!(
        "project: {}\ntemplateSyntax: go\nversions: {}\nbaseDomain: {}\nenvironments: {{ai: {{}}}}\ncodex:\n  links: {}\n  extraTools: {}\n  projectContext: {}\n  timeouts: {{exec: {}}}\n",
        quoted(&context["Project"]),
        quoted(&context["Versions"]),
        quoted(&context["BaseDomain"]),
        quoted(&context["Codex"]["Links"]).replace("\"Title\"", "\"title\"").replace("\"Path\"", "\"path\""),
        quoted(&context["Codex"]["ExtraTools"]),
        quoted(&context["Codex"]["ProjectContext"]),
        quoted(&context["Codex"]["Timeouts"]["Exec"]),
    ));
    for (name, value) in context["EnvMap"].as_object().unwrap() {
        project.env(name, value.as_str().unwrap());
    }
    let vectors = all["vectors"].as_array().unwrap();
    let mut failures = Vec::new();
    let check = |vector: &Value, file: &str| -> Option<String> {
        let template = vector["template"].as_str().unwrap();
        project.file(file, template);
        let run =
            project.run(&["prompt", "render", "--template", file, "--slot", "3", "--vars", "TEAM=core"]);
        let now = jiff::Timestamp::now();
        let fits = match vector["expected"].as_str() {
            Some(_) if template.contains("Now") => {
                let words: Vec<&str> = run.stdout.split(' ').collect();
                words[..2] == [now.strftime("%Y-%m-%d").to_string(), now.strftime("%Y").to_string()]
                    && (now.as_second() - words[2].parse::<i64>().unwrap()).abs() < 60
            }
            Some(expected) => run.code == 0 && run.stdout == expected,
            None => run.code == 2 && run.stdout.is_empty() && run.stderr.contains(file),
        };
        (!fits).then(|| format!("{}: exit {}\n{}{}", vector["name"], run.code, run.stdout, run.stderr))
    };
    for (index, vector) in vectors.iter().enumerate() {
        failures.extend(check(vector, &format!("v{index}.tmpl")));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert_eq!(vectors.len(), 81);
}

#[test]
fn services_yaml_itself_sees_the_task() {
    let project = project(
        "  projectContext: 'issue {{ envOr(\"ISSUE_NUMBER\", \"none\") }} in slot {{ Vars.SLOT }}'\n",
    );
    project.file("t.md", "{{ Codex.ProjectContext }}");
    let args = ["prompt", "render", "--template", "t.md", "--slot", "3", "--issue", "42"];
    assert_eq!(project.ok(&args), "issue 42 in slot 3");
}

#[test]
fn half_a_secret_at_the_end_of_a_preview_is_none() {
    let mut project = project("");
    project.env("MY_TOKEN", "tok-secret-value");
    project.file("t.md", format!("{}tok-secret-value and more", "x".repeat(505)));
    let run = project.run(&["prompt", "render", "--template", "t.md", "--log-level", "debug"]);
    assert_eq!(run.code, 0);
    assert!(run.stderr.contains("x***") && !run.stderr.contains("xtok"), "{}", run.stderr);
}

#[test]
fn out_writes_to_pipes_through_links_and_keeps_modes() {
    use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _, symlink};
    let project = project("");
    project.file("t.md", "text");
    let render =
        |out: &str| project.ok(&["prompt", "render", "--template", "t.md", "--slot", "3", "--out", out]);
    assert_eq!(render("/dev/stdout"), "text");
    let pipe = project.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::read_to_string(pipe).unwrap()
    });
    render("pipe");
    assert!(std::fs::metadata(&pipe).unwrap().file_type().is_fifo(), "a pipe is written to, not replaced");
    assert_eq!(reader.join().unwrap(), "text");
    let file = project.file("real/p.md", "old");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    symlink("real/p.md", project.path().join("link")).unwrap();
    render("link");
    assert!(project.path().join("link").is_symlink());
    assert_eq!(project.read("real/p.md"), "text");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
}
