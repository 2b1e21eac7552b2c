//! `convert`: Go templates become Jinja that renders the same, or stay as they are.

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use super::harness::Project;

const SERVICES: &str = r#"project: demo
environments: {dev: {}, stg: {from: dev}, ai: {}}
namespace:
  patterns:
    ai: '{{ printf "%s-dev-%d" .Project .Slot }}'
versions: {api: 1.2.3}
services:
  - name: api
    when: '{{ ne .Env "none" }}'
    manifests: [{path: api.yaml}, {path: 'more of it.yaml'}]
"#;

const API: &str =
    "kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: {{ .Project }}-{{ index .Versions \"api\" }}\n";
const MORE: &str = "# {{- $n := \"more\" }}\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: {{ $n }}}\n";

fn project() -> Project {
    let project = Project::new(SERVICES);
    project.file("api.yaml", API);
    project.file("more of it.yaml", MORE);
    project
}

/// Copies a folder into a project.
pub fn copy(from: &Path, project: &Project, below: &str) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{below}{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() {
            copy(&entry.path(), project, &format!("{name}/"));
        } else {
            project.file(&name, std::fs::read(entry.path()).unwrap());
        }
    }
}

/// The files of the shop that hold templates, as they are in a project.
fn texts(read: impl Fn(&str) -> String) -> Vec<(&'static str, String)> {
    let names = [
        "services.yaml",
        "deploy/codex/config.toml",
        "deploy/configmap.yaml",
        "deploy/ingress-nginx.controller.yaml",
        "deploy/postgres.yaml",
        "deploy/secret.yaml",
        "deploy/workspace.yaml",
        "services/codex/deploy.yaml",
        "services/django_backend/deploy.yaml",
        "services/django_backend/jobs.yaml",
        "services/user_gateway/deploy.yaml",
    ];
    names.into_iter().map(|name| (name, read(name))).collect()
}

#[test]
fn the_shop_renders_the_same_when_it_is_converted() {
    let project = Project::empty();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    copy(&examples.join("shop"), &project, "");
    let renders = || {
        let slots = [&["--env", "dev"][..], &["--env", "staging"], &["--env", "ai", "--slot", "3"]];
        slots.map(|args| project.ok(&[&["render"], args].concat()))
    };
    let config = || project.ok(&["prompt", "config", "--env", "ai", "--slot", "3"]);
    let (before, config_before) = (renders(), config());
    let go = texts(|name| project.read(name));

    let checked = project.ok(&["convert", "--all", "--check"]);
    assert_eq!(checked.matches("would be converted").count(), go.len(), "{checked}");
    assert!(checked.contains("same in dev, staging, ai (slots 1, 2, 17), "), "{checked}");
    assert_eq!(texts(|name| project.read(name)), go, "--check writes nothing");

    project.ok(&["convert", "--all"]);
    let jinja = texts(|name| project.read(name));
    for ((name, go), (_, jinja)) in go.iter().zip(&jinja) {
        assert_ne!(go, jinja, "{name}");
        assert_eq!(go.matches('\n').count(), jinja.matches('\n').count(), "{name}");
        assert!(
            !jinja.contains("{{ .") && !jinja.contains("{{ end") && !jinja.contains("$registry"),
            "{jinja}"
        );
    }
    assert_eq!((renders(), config()), (before, config_before));

    let again = project.run(&["convert", "--all"]);
    assert_eq!(
        (again.code, again.stderr.matches("left alone").count()),
        (0, go.len() + 1),
        "{}",
        again.stderr
    );
    assert_eq!(texts(|name| project.read(name)), jinja, "a second time changes nothing");
}

#[test]
fn the_shop_is_written_as_by_hand() {
    let project = Project::empty();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    copy(&examples.join("shop"), &project, "");
    project.ok(&["convert", "--all"]);
    let (mut tags, mut alike, mut other) = (0, 0, Vec::new());
    let by_hand = texts(|name| std::fs::read_to_string(examples.join("shop-jinja").join(name)).unwrap());
    for ((name, converted), (_, wanted)) in texts(|name| project.read(name)).iter().zip(&by_hand) {
        for line in converted.lines().filter(|line| line.contains("{{") || line.contains("{%")) {
            let found = wanted.lines().any(|wanted| wanted == line);
            tags += 1;
            alike += usize::from(found);
            if !found {
                other.push(format!("{name}: {line}"));
            }
        }
    }
    eprintln!("{alike} of {tags} lines with tags are as written by hand");
    assert!(alike * 100 > tags * 75, "{alike} of {tags}, others:\n{}", other.join("\n"));
}

#[test]
fn one_file_at_a_time() {
    let project = project();
    let before = project.ok(&["render", "--env", "stg"]);
    let run = project.run(&["convert", "more of it.yaml"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    assert!(
        run.stderr
            .contains("more of it.yaml: converted, same in dev, stg, ai (slots 1, 2, 17), 2 sets of values")
    );
    let wanted = "# {%- set n = \"more\" %}\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: {{ n }}}\n";
    assert_eq!(project.read("more of it.yaml"), wanted);
    assert_eq!((project.read("api.yaml"), project.read("services.yaml")), (API.into(), SERVICES.into()));
    assert_eq!(project.ok(&["render", "--env", "stg"]), before);
}

#[test]
fn a_name_for_the_context_is_not_needed_any_more() {
    let project = project();
    project.file(
        "deploy/root.yaml",
        "{{- $root := . }}\nlist:\n{{- range .Codex.Links }}\n  - {{ $root.Env }}{{ .Path }}\n{{- end }}\n",
    );
    let run = project.run(&["convert", "deploy/root.yaml"]);
    assert!(run.code == 0 && run.stderr.contains("deploy/root.yaml: converted, same in"), "{}", run.stderr);
    assert_eq!(
        project.read("deploy/root.yaml"),
        "{#- root is the context, whose names stand alone #}\nlist:\n{%- for link in Codex.Links %}\n  - {{ Env }}{{ link.Path }}\n\
         {%- endfor %}\n"
    );
}

#[test]
fn a_template_that_does_not_render_has_to_be_corrected_first() {
    let project = project();
    project.file("api.yaml", format!("{API}data: {{a: {{{{ .Nope }}}}}}\n"));
    let text = project.fails(1, &["convert", "api.yaml"]);
    assert!(
        text.contains("api.yaml:5: cannot be converted: in dev, the Go version does not render"),
        "{text}"
    );
    assert!(text.contains("hint: correct it first") && !text.contains("by hand"), "{text}");
}

#[test]
fn services_yaml_with_its_patterns_and_conditions() {
    let project = project();
    project.ok(&["convert", "services.yaml"]);
    let text = project.read("services.yaml");
    assert!(text.contains("    ai: '{{ Project }}-dev-{{ Slot }}'\n"), "{text}");
    assert!(text.contains("    when: '{{ Env != \"none\" }}'\n"), "{text}");
    assert!(project.ok(&["render", "--env", "ai", "--slot", "9"]).contains("namespace: demo-dev-9"));
}

#[test]
fn project_may_be_pulled_into_a_comment() {
    let services = "# {{- $r := envOr \"REGISTRY\" (printf \"registry.%s.svc:5000\" .Namespace) -}}\n# {{- $e := .Env -}}\n\
                    project: demo\nenvironments: {dev: {}}\nregistry: '{{ $r }}/{{ $e }}'\n";
    let project = Project::new(services);
    project.ok(&["convert", "--all"]);
    let wanted = "# {%- set r = envOr(\"REGISTRY\", \"registry.\" ~ Namespace ~ \".svc:5000\") -%}\n# {%- set e = Env -%}\n\
                  project: demo\nenvironments: {dev: {}}\nregistry: '{{ r }}/{{ e }}'\n";
    assert_eq!(project.read("services.yaml"), wanted);
}

#[test]
fn what_cannot_be_converted_is_named_and_left_alone() {
    let project = project();
    let odd = format!("{API}# {{{{ js .Env }}}}\n# {{{{ .Codex }}}}\n");
    project.file("api.yaml", &odd);
    let run = project.run(&["convert", "--all"]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{}", run.stderr);
    assert!(
        run.stderr.contains("api.yaml:5: cannot be converted: `js` of a value\nhint: "),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("api.yaml:6: cannot be converted: a whole struct is printed\nhint: "),
        "{}",
        run.stderr
    );
    assert_eq!(project.read("api.yaml"), odd);
    assert!(project.read("more of it.yaml").contains("{{ n }}"), "the others are converted");
}

#[test]
fn a_difference_in_any_branch_is_found() {
    for (text, place) in [
        // Go counts bytes, Jinja characters.
        ("# {{ len \"é\" }}\n", "api.yaml:5"),
        ("# {{ if eq (envOr \"DEMO_MODE\" \"\") \"rare\" }}{{ len \"é\" }}{{ end }}\n", "api.yaml:5"),
        ("# {{ if eq .Env \"stg\" }}{{ len \"é\" }}{{ end }}\n", "in stg"),
        ("# {{ if eq .Slot 17 }}{{ len \"é\" }}{{ end }}\n", "in ai (slot 17)"),
        ("# {{ if not .Codex.Links }}{{ len \"é\" }}{{ end }}\n", "api.yaml:5"),
        (
            "# {{ if envOr \"DEMO_A\" \"\" }}{{ if not .EnvMap.DEMO_B }}{{ len \"é\" }}{{ end }}{{ end }}\n",
            "api.yaml:5",
        ),
    ] {
        let project = project();
        let text = format!("{API}{text}");
        project.file("api.yaml", &text);
        let run = project.run(&["convert", "api.yaml"]);
        assert_eq!(run.code, 1, "{text}{}", run.stderr);
        assert!(
            run.stderr.contains(place) && run.stderr.contains("it would render differently"),
            "{text}{}",
            run.stderr
        );
        assert_eq!(project.read("api.yaml"), text);
    }
}

#[test]
fn keys_that_may_be_missing_get_a_default() {
    let project = project();
    project.file("api.yaml", format!("{API}# {{{{ index .Versions .Env }}}} {{{{ .Vars.NOPE }}}}\n"));
    project.ok(&["convert", "api.yaml"]);
    let text = project.read("api.yaml");
    let last = "# {{ Versions[Env] | default(\"\") }} {{ Vars.NOPE | default(\"<no value>\") }}\n";
    assert!(text.contains("name: {{ Project }}-{{ Versions[\"api\"] }}\n") && text.ends_with(last), "{text}");
}

#[test]
fn line_ends_byte_order_mark_mode_and_links_stay() {
    let project = project();
    let path = project.file("real/api.yaml", format!("\u{feff}{}", API.replace('\n', "\r\n")));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    std::fs::remove_file(project.path().join("api.yaml")).unwrap();
    symlink("real/api.yaml", project.path().join("api.yaml")).unwrap();
    project.ok(&["convert", "api.yaml", "--backup"]);
    let text = project.read("real/api.yaml");
    let name = "  name: {{ Project }}-{{ Versions[\"api\"] }}\r\n";
    assert!(text.starts_with("\u{feff}kind: ConfigMap\r\n") && text.ends_with(name), "{text:?}");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(project.path().join("api.yaml").symlink_metadata().unwrap().is_symlink());
    assert!(project.read("real/api.yaml.bak").contains("{{ .Project }}"));

    let elsewhere = Project::empty();
    elsewhere.file("x.yaml", API);
    symlink(elsewhere.path().join("x.yaml"), project.path().join("out.yaml")).unwrap();
    let stderr = project.fails(2, &["convert", "out.yaml"]);
    assert!(
        stderr.contains("out.yaml is a link to") && stderr.contains("outside of the project"),
        "{stderr}"
    );
    assert_eq!(elsewhere.read("x.yaml"), API);
}

#[test]
fn a_project_that_says_go_changes_as_a_whole() {
    let project = project();
    project.file("services.yaml", format!("templateSyntax: go # for now\n{SERVICES}"));
    project.file("more of it.yaml", format!("{MORE}# {{% raw %}} ${{#VAR}}\n"));
    let before = project.ok(&["render", "--env", "dev"]);
    let stderr = project.fails(2, &["convert", "api.yaml"]);
    assert!(stderr.contains("templateSyntax: go") && stderr.contains("--all"), "{stderr}");
    assert_eq!(project.ok(&["convert", "api.yaml", "--stdout"]).lines().count(), API.lines().count());

    project.file("api.yaml", format!("{API}# {{{{ js .Env }}}}\n"));
    let run = project.run(&["convert", "--all"]);
    assert!(run.code == 1 && run.stderr.contains("nothing was written"), "{}", run.stderr);
    assert_eq!(project.read("services.yaml").lines().next(), Some("templateSyntax: go # for now"));

    project.file("api.yaml", API);
    project.ok(&["convert", "--all"]);
    assert_eq!(project.read("services.yaml").lines().next(), Some("templateSyntax: jinja # for now"));
    assert!(project.read("more of it.yaml").ends_with("# {{ \"{%\" }} raw %} ${{ \"{#\" }}VAR}\n"));
    assert_eq!(project.ok(&["render", "--env", "dev"]), before);
}

#[test]
fn other_files_are_left_alone() {
    let project = project();
    project.file("jinja.yaml", "a: {{ Env }}{% if Slot %}b{% endif %}\n");
    project.file("plain.yaml", "a: b\n");
    project.file("empty.yaml", "");
    let run = project.run(&["convert", "jinja.yaml", "plain.yaml", "empty.yaml"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains("jinja.yaml: left alone, it is Jinja already"), "{}", run.stderr);
    assert_eq!(run.stderr.matches("there is no template syntax in it").count(), 2, "{}", run.stderr);

    let mixed = "a: {{ .Env }}\nb: {% if Slot %}b{% endif %}\n";
    project.file("mixed.yaml", mixed);
    let run = project.run(&["convert", "mixed.yaml", "--check"]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("Go syntax in line 1, Jinja syntax in line 2"), "{}", run.stdout);
    assert_eq!(project.read("mixed.yaml"), mixed);
}

#[test]
fn a_diff_and_the_text_alone() {
    let project = project();
    let diff = project.ok(&["convert", "api.yaml", "services.yaml", "--diff"]);
    assert!(
        diff.starts_with("--- a/api.yaml\n+++ b/api.yaml\n@@ -1,4 +1,4 @@\n kind: ConfigMap\n"),
        "{diff}"
    );
    assert!(diff.contains("-  name: {{ .Project }}-{{ index .Versions \"api\" }}\n+  name: {{ Project }}-{{ Versions[\"api\"] }}\n"));
    assert!(diff.contains("--- a/services.yaml\n"), "{diff}");
    let text = project.ok(&["convert", "api.yaml", "--stdout"]);
    assert!(text.ends_with("  name: {{ Project }}-{{ Versions[\"api\"] }}\n"), "{text}");
    assert_eq!((project.read("api.yaml"), project.read("services.yaml")), (API.into(), SERVICES.into()));
}

#[test]
fn a_prompt_template_that_nothing_names() {
    let project = project();
    project.file(
        "prompt.md",
        "Issue {{ .ISSUE_NUMBER }} in slot {{ .SLOT }}{{ with .PR_NUMBER }}, PR {{ . }}{{ end }}\n",
    );
    project.ok(&["convert", "prompt.md"]);
    let wanted =
        "Issue {{ ISSUE_NUMBER }} in slot {{ SLOT }}{% if PR_NUMBER %}, PR {{ PR_NUMBER }}{% endif %}\n";
    assert_eq!(project.read("prompt.md"), wanted);
}

#[test]
fn wrong_use() {
    let project = project();
    let stderr = project.fails(2, &["convert"]);
    assert!(stderr.contains("<FILE>"), "{stderr}");
    let stderr = project.fails(2, &["convert", "nowhere.yaml"]);
    assert!(stderr.contains("nowhere.yaml: no such file"), "{stderr}");
    let stderr = project.fails(2, &["convert", "api.yaml", "services.yaml", "--stdout"]);
    assert!(stderr.contains("--stdout prints one file"), "{stderr}");
    project.file("api.yaml", "a: {{ if .Env }}\n");
    let run = project.run(&["convert", "api.yaml"]);
    assert!(
        run.code == 1 && run.stderr.contains("cannot be converted: no valid Go template"),
        "{}",
        run.stderr
    );
    project.file("api.yaml", "\n{{ .Nope }}\n");
    let run = project.run(&["convert", "api.yaml"]);
    assert!(
        run.code == 1
            && run.stderr.contains("api.yaml:2: cannot be converted: in dev, the Go version does not render"),
        "{}",
        run.stderr
    );
    project.file("services.yaml", "project: demo\n");
    let stderr = project.fails(2, &["convert", "api.yaml"]);
    assert!(stderr.contains("declares no `environments`"), "{stderr}");
    let empty = Project::empty();
    empty.file("a.yaml", "{{ .Env }}");
    let stderr = empty.fails(2, &["convert", "a.yaml"]);
    assert!(stderr.contains("no services.yaml"), "{stderr}");
}

#[test]
fn a_backup_that_is_there_keeps_every_file_as_it_is() {
    let project = project();
    project.file("sub/x.yaml", API);
    let backup = project.file("sub/x.yaml.bak", "kept");
    let run = project.run(&["convert", "api.yaml", "sub/x.yaml", "--backup"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(
        run.stderr.contains("x.yaml.bak is there already") && !run.stderr.contains("converted"),
        "{}",
        run.stderr
    );
    assert_eq!((project.read("api.yaml"), project.read("sub/x.yaml")), (API.into(), API.into()));
    assert_eq!(std::fs::read_to_string(backup).unwrap(), "kept");
    assert!(!project.path().join("api.yaml.bak").exists(), "a second try would stumble over it");
    let left = std::fs::read_dir(project.path().join("sub")).unwrap().count();
    assert_eq!(left, 2, "no temporary file stays");
}
