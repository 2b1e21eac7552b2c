//! `codexctl completions`: the scripts at work in real shells. bash and zsh are driven on a terminal, by Tab; what their
//! completion functions offer is written down by a wrapper. fish has a command that tells what Tab would offer.

mod shells;

use std::process::Command;

use self::shells::{Shell, all_offer, fish_offers, names, offers, project};
use super::harness::{Project, Run};
use super::needs::{self, program};
use super::terminal::on_a_terminal;

const STACK: &str = r"project: demo
environments:
  dev: {context: kind-demo}
  staging: {from: dev}
  ai: {from: staging}
images:
  postgres: {type: external, from: 'registry.test/postgres:17', local: 'localhost:5000/postgres:17'}
  redis: {from: 'registry.test/redis:8', local: 'localhost:5000/redis:8'}
  api: {type: build, repository: 'localhost:5000/api', tag: '1'}
infrastructure:
  - name: config
  - name: database
services:
  - name: api
  - name: web
  - name: worker
";

#[test]
fn names_come_from_services_yaml() {
    all_offer(
        &mut project(STACK),
        &[
            ("codexctl apply --env ", &["ai", "dev", "staging"]),
            ("codexctl render --env=", &["ai", "dev", "staging"]),
            ("codexctl status -e s", &["staging"]),
            ("codexctl apply --env dev --only-services ", &["api", "web", "worker"]),
            ("codexctl apply --only-services web,", &["web,api", "web,worker"]),
            ("codexctl apply --only-services web,a", &["web,api"]),
            ("codexctl apply --only-services=web,wo", &["web,worker"]),
            ("codexctl apply --only-services web --only-services ", &["api", "worker"]),
            ("codexctl diff --skip-services api,worker,", &["api,worker,web"]),
            ("codexctl destroy --only-infra ", &["config", "database"]),
            ("codexctl render --skip-infra config,", &["config,database"]),
            ("codexctl images mirror --only ", &["postgres", "redis"]),
            ("codexctl images build --only ", &["api"]),
        ],
    );
}

#[test]
fn commands_flags_and_values_are_those_of_the_program() {
    let mut project = project("");
    all_offer(
        &mut project,
        &[
            ("codexctl im", &["images"]),
            ("codexctl manage-env c", &["cleanup", "comment", "create"]),
            ("codexctl completions ", &["bash", "fish", "powershell", "zsh"]),
            ("codexctl render --form", &["--format"]),
            ("codexctl render --format ", &["json", "yaml"]),
            ("codexctl apply --dry-run=", &["client", "none", "server"]),
            ("codexctl apply --wait --wai", &["--wait-timeout"]),
            ("codexctl apply --log-level w", &["warn"]),
            ("codexctl help images b", &["build"]),
            ("codexctl apply --slot ", &[]),
        ],
    );
}

#[test]
fn the_line_says_which_file_counts() {
    let mut project = project(STACK);
    let other = "environments: {one: {}, two: {}}\n";
    project.file("my dir/other.yaml", other);
    project.file("outer/services.yaml", "environments: {outer: {}}\n");
    project.file("outer/inner/deep/x", "");
    let home = project.file("home.yaml", "environments: {home: {}}\n");
    assert!(home.is_file());
    all_offer(
        &mut project,
        &[
            ("codexctl apply --config my\\ dir/other.yaml --env ", &["one", "two"]),
            ("codexctl -c \"my dir/other.yaml\" apply --env t", &["two"]),
            ("codexctl apply --config='my dir/other.yaml' --env ", &["one", "two"]),
            ("codexctl apply -c ~/home.yaml --env ", &["home"]),
            ("codexctl apply -c no-such-file --env ", &[]),
        ],
    );
    // zsh and fish show assignments to the completion, bash does not.
    for shell in [Shell::Zsh, Shell::Fish] {
        let line = "CODEXCTL_CONFIG=my\\ dir/other.yaml codexctl apply --env ";
        let Some(found) = offers(shell, &mut project, &[line]) else { continue };
        assert_eq!(found[0], ["one", "two"], "{shell:?}");
    }
    project.env("CODEXCTL_CONFIG", "my dir/other.yaml");
    all_offer(&mut project, &[("codexctl apply --env ", &["one", "two"])]);
    project.env("CODEXCTL_CONFIG", "");
    all_offer(&mut project, &[("codexctl apply --env ", &["ai", "dev", "staging"])]);
    let below = |dir: &str| {
        let mut command = project.command(&["__complete", "bash", "3", "codexctl", "apply", "--env", ""]);
        Run::from(command.current_dir(project.path().join(dir)).output().unwrap()).stdout
    };
    assert_eq!(below("outer/inner/deep"), "values\nouter\n", "the nearest parent folder");
}

#[test]
fn half_written_and_templated_files_give_what_they_have() {
    let broken = "project: x\nenvironments:\n  dev: {\n  staging:\n    from: dev\nservices:\n  - name: api\n    manifests: [\n  - name: web\n";
    all_offer(
        &mut project(broken),
        &[
            ("codexctl apply --env ", &["dev", "staging"]),
            ("codexctl apply --only-services ", &["api", "web"]),
        ],
    );
    let templated = r#"{%- set names = ["a", "b"] %}
project: x
environments:
  dev: {context: '{{ EnvMap.NOT_SET_HERE }}'}
  ai: {}
services:
{%- for name in names %}
  - name: {{ name }}
{%- endfor %}
{%- if Env == "ai" %}
  - name: agent
{%- endif %}
"#;
    // What needs a variable that nobody has set is left to the raw text.
    all_offer(&mut project(templated), &[("codexctl apply --only-services ", &["agent"])]);
    let mut set = project(templated);
    set.env("NOT_SET_HERE", "x");
    all_offer(
        &mut set,
        &[
            ("codexctl apply --env dev --only-services ", &["a", "b"]),
            ("codexctl apply --env ai --only-services ", &["a", "agent", "b"]),
            ("codexctl apply --only-services a,", &["a,agent", "a,b"]),
        ],
    );
    let all =
        "project: x\nenvironments:\n{% for name in [\"one\", \"two\"] %}\n  {{ name }}: {}\n{% endfor %}\n";
    all_offer(&mut project(all), &[("codexctl apply --env ", &["one", "two"])]);
    let go = "{{- $names := list -}}\nproject: x\nenvironments: {dev: {}}\nservices:\n{{- if eq .Env \"dev\" }}\n  - name: api\n{{- end }}\n";
    all_offer(&mut project(go), &[("codexctl apply --only-services ", &["api"])]);
}

#[test]
fn nothing_is_said_and_nothing_hangs_whatever_the_file_is() {
    let question = ["__complete", "zsh", "3", "codexctl", "apply", "--env", ""];
    let silent = |project: &Project, args: &[&str]| {
        let run = project.run(args);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{args:?}");
        run.stdout
    };
    assert_eq!(silent(&Project::empty(), &question), "values\n");
    for text in
        [&b""[..], b"\xff\xfe\x00", b"{{", b"- a\n- b\n", b"environments: [\n", b"environments:\n\t- x"]
    {
        let project = Project::empty();
        project.file("services.yaml", text);
        assert_eq!(silent(&project, &question), "values\n", "{text:?}");
    }
    // A template without end, a pipe nobody writes to, a folder.
    let project = Project::new(
        "environments: {dev: {}}\nservices:\n{% for a in range(99999) %}\n{% for b in range(99999) %}\n  - name: a\n{% endfor %}\n{% endfor %}\n",
    );
    assert_eq!(silent(&project, &question), "values\ndev\n");
    let pipe = Project::empty();
    let made = Command::new("mkfifo").arg(pipe.path().join("services.yaml")).status().unwrap();
    assert!(made.success());
    assert_eq!(silent(&pipe, &question), "values\n");
    assert_eq!(
        silent(&pipe, &["__complete", "zsh", "5", "codexctl", "-c", ".", "apply", "--env", ""]),
        "values\n"
    );
    // Settings that the program itself would refuse.
    let mut project = Project::new(STACK);
    project.env("CODEXCTL_LOG_LEVEL", "nonsense").env("PATH", "");
    assert_eq!(
        silent(&project, &question),
        "values\ndev\tkind-demo\nstaging\tinherits from dev\nai\tinherits from staging\n"
    );
    for nonsense in [
        &["__complete"][..],
        &["__complete", "tcsh", "1", "x"],
        &["__complete", "bash", "-1"],
        &["__complete", "bash", "18446744073709551615"],
    ] {
        assert_eq!(silent(&project, nonsense), "");
    }
}

#[test]
fn names_a_shell_would_run_are_not_offered() {
    let services = "environments: {'$(touch hacked)': {}, 'a b': {}, \"x\\e[31m\": {}, ok: {context: \"c\\e[31m\\n2\"}, '-x': {}}\n";
    let mut project = project(services);
    all_offer(&mut project, &[("codexctl apply --env ", &["ok"])]);
    assert!(!project.path().join("hacked").exists());
    let answer = project.ok(&["__complete", "fish", "3", "codexctl", "apply", "--env", ""]);
    assert_eq!(answer, "values\nok\tc[31m\n", "no control characters reach the terminal");
}

#[test]
fn descriptions_show_inheritance_in_fish() {
    let Some(fish) = program("fish") else { return };
    let project = project(STACK);
    let mut lines: Vec<String> =
        fish_offers(&project, &fish, "codexctl apply --env ").lines().map(String::from).collect();
    lines.sort();
    assert_eq!(lines, ["ai\tinherits from staging", "dev\tkind-demo", "staging\tinherits from dev"]);
    let images = fish_offers(&project, &fish, "codexctl images build --only ");
    assert_eq!(images.trim_end(), "api\tlocalhost:5000/api");
}

#[test]
fn paths_are_left_to_the_shell() {
    let mut project = project(STACK);
    project.file("my dir/values.yaml", "");
    project.file("my file", "");
    let rc = project.file("bashrc", "source <(codexctl completions bash)\nPS1='READY '\n");
    project.file(
        "zdot/.zshrc",
        "autoload -Uz compinit && compinit -u -D\nsource <(codexctl completions zsh)\nPS1='READY '\n",
    );
    let zdot = project.path().join("zdot");
    project.env("ZDOTDIR", zdot);
    let bash = ["bash", "--noprofile", "--rcfile", rc.to_str().unwrap(), "-i"];
    for program in [&bash[..], &["zsh", "-d", "-i"]] {
        if needs::program(program[0]).is_none() {
            continue;
        }
        // Each Tab completes one part of a path that has a blank in it.
        let steps = [
            ("READY ", "codexctl apply --var-file my\\ di\t"),
            ("my\\ dir", "va\t"),
            ("lues.yaml", "\u{15}codexctl render --output=my\t"),
            ("my\\ dir", "\u{15}codexctl man my\t"),
            ("my\\ dir", "\u{15}exit\n"),
        ];
        on_a_terminal(&project, program, &steps);
    }
    let Some(fish) = program("fish") else { return };
    assert_eq!(names(&fish_offers(&project, &fish, "codexctl apply --var-file my")), ["my dir/", "my file"]);
    assert_eq!(
        names(&fish_offers(&project, &fish, "codexctl apply --config=my")),
        ["--config=my dir/", "--config=my file"]
    );
    assert_eq!(names(&fish_offers(&project, &fish, "codexctl render -o my")), ["my dir/"]);
}

#[test]
fn a_script_without_its_program_says_nothing() {
    let project = Project::new(STACK);
    for (name, script) in [("bash", "s.bash"), ("zsh", "s.zsh"), ("fish", "s.fish")] {
        project.file(script, project.ok(&["completions", name]));
    }
    // Only what the shells themselves need.
    for shell in ["bash", "zsh", "fish"] {
        let Some(found) = program(shell) else { return };
        std::fs::create_dir_all(project.path().join("bin")).unwrap();
        std::os::unix::fs::symlink(found, project.path().join("bin").join(shell)).unwrap();
    }
    let bash = "source s.bash; COMP_LINE='codexctl apply --env ' COMP_POINT=21 COMP_CWORD=3 COMP_WORDS=(codexctl apply --env ''); _codexctl; echo \"$? ${#COMPREPLY[@]}\"";
    let zsh = "source s.zsh; words=(codexctl apply --env '') CURRENT=4; _codexctl; echo \"$? 0\"";
    let fish = "source s.fish; complete -C 'codexctl apply --env '; echo \"$status 0\"";
    for (program, args, wanted) in [
        ("bash", &["--norc", "-c", bash][..], "0 0\n"),
        ("zsh", &["-f", "-c", zsh], "1 0\n"),
        ("fish", &["--no-config", "-c", fish], "0 0\n"),
    ] {
        let mut command = Command::new(project.path().join("bin").join(program));
        command.args(args).current_dir(project.path()).env("PATH", project.path().join("bin"));
        let run = Run::from(command.env("HOME", project.path()).output().unwrap());
        assert_eq!((run.stdout.as_str(), run.stderr.as_str()), (wanted, ""), "{program}");
    }
}

#[test]
fn powershell_asks_in_the_same_way() {
    // No PowerShell to run it in: the question its script puts, and what makes the answer its own.
    let project = Project::new(STACK);
    let script = project.ok(&["completions", "powershell"]);
    assert!(script.contains("Register-ArgumentCompleter -Native -CommandName 'codexctl'"), "{script}");
    assert!(script.contains("__complete powershell $index @words"), "{script}");
    for (open, close) in [('{', '}'), ('(', ')'), ('[', ']')] {
        assert_eq!(script.matches(open).count(), script.matches(close).count(), "{open}{close}");
    }
    // The word that has not begun is not among the arguments.
    let new = project.ok(&["__complete", "powershell", "3", "codexctl", "apply", "--env"]);
    assert_eq!(names(&new), ["ai", "dev", "staging", "values"]);
    let begun = project.ok(&["__complete", "powershell", "3", "codexctl", "apply", "--env", "d"]);
    assert_eq!(begun, "values\ndev\tkind-demo\n");
}
