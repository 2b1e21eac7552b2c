//! services.yaml: where it is found, what is wrong with it, environments and namespaces, variables.

use super::harness::Project;

const MANIFEST: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";

fn render(project: &Project, env: &str) -> String {
    project.ok(&["render", "--env", env])
}

#[test]
fn the_file_is_found_in_a_parent_folder_and_paths_start_from_it() {
    let project = Project::with_manifest(MANIFEST);
    let sub = project.path().join("deep/er");
    std::fs::create_dir_all(&sub).unwrap();
    let output = project.command(&["render", "--env", "dev"]).current_dir(&sub).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("kind: ConfigMap"));
    let elsewhere = Project::empty();
    let config = project.path().join("services.yaml");
    let text = elsewhere.ok(&["render", "--env", "dev", "--config", config.to_str().unwrap()]);
    assert!(text.contains("kind: ConfigMap"));
}

#[test]
fn a_file_that_cannot_be_read_is_one_clear_error() {
    let project = Project::empty();
    let text = project.fails(2, &["render", "--env", "dev"]);
    assert!(text.contains("no services.yaml") && text.contains("hint:"), "{text}");
    let cases: [(&str, &[u8], &str); 4] = [
        ("empty.yaml", b"", "empty.yaml is empty"),
        ("blank.yaml", b"\n  \n", "blank.yaml is empty"),
        ("latin.yaml", b"project: demo\nx: \xe9\n", "latin.yaml:2: not UTF-8"),
        ("scalar.yaml", b"just text\n", "`project` is missing"),
    ];
    for (name, bytes, wanted) in cases {
        project.file(name, bytes);
        let text = project.fails(2, &["render", "--env", "dev", "-c", name]);
        assert!(text.contains(wanted), "{name}: {text}");
        assert_eq!(text.matches("error:").count(), 1, "{text}");
    }
    std::fs::create_dir(project.path().join("folder")).unwrap();
    assert!(project.fails(2, &["render", "--env", "dev", "-c", "folder"]).contains("is a folder"));
    assert!(
        project.fails(2, &["render", "--env", "dev", "-c", "nope.yaml"]).contains("nope.yaml: no such file")
    );
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_are_fine() {
    let project = Project::new(
        "\u{feff}project: demo\r\nenvironments:\r\n  dev: {}\r\nservices:\r\n  - name: api\r\n    manifests:\r\n      - path: a.yaml\r\n",
    );
    project.file("a.yaml", MANIFEST.replace('\n', "\r\n"));
    assert_eq!(
        render(&project, "dev"),
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: demo-dev\n"
    );
}

#[test]
fn all_problems_are_reported_at_once_with_place_path_and_hint() {
    let project = Project::new(
        "project: demo\nenviroments: {}\nenvironments:\n  dev: {from: a}\n  a: {from: dev}\n  b: {from: devv}\nmaxSlots: -1\nservices:\n  - name: api\n    manifets: []\n  - name: api\n    hooks:\n      beforeApply:\n        - use: kubectl.wit\n        - run: x\n          timeout: 5\n  - name: Not A Label\n    manifests: {}\n",
    );
    let text = project.fails(2, &["render", "--env", "dev"]);
    for wanted in [
        "warning: services.yaml:2:1: enviroments: unknown key `enviroments`; did you mean `environments`?",
        "warning: services.yaml:10:5: services[0].manifets: unknown key `manifets`; did you mean `manifests`?",
        "services.yaml:5:13: environments.a.from: environments inherit in a circle: a → dev → a",
        "services.yaml:6:13: environments.b.from: `from` names an unknown environment: b → devv",
        "services.yaml:7:11: maxSlots: must not be negative",
        "services.yaml:11:11: services[1].name: `api` is used twice, first in line 9",
        "services.yaml:14:16: services[1].hooks.beforeApply[0]: unknown builtin `kubectl.wit`",
        "help: did you mean `kubectl.wait`?",
        "services.yaml:16:20: services[1].hooks.beforeApply[1].timeout: `5` is no duration",
        "services.yaml:17:11: services[2].name: `Not A Label` is no DNS-1123 label",
        "services.yaml:18:16: services[2].manifests: expected a list, found a map",
        "8 problems in services.yaml",
    ] {
        assert!(text.contains(wanted), "missing {wanted:?} in\n{text}");
    }
}

#[test]
fn unknown_keys_are_errors_with_strict() {
    let project = Project::new("project: demo\nenvironments: {dev: {}}\nservices: []\nhoks: {}\n");
    project.ok(&["render", "--env", "dev"]);
    let text = project.fails(2, &["render", "--env", "dev", "--strict"]);
    assert!(
        text.contains("services.yaml:4:1: hoks: unknown key `hoks`")
            && text.contains("did you mean `hooks`?"),
        "{text}"
    );
}

#[test]
fn namespaces_follow_flag_pattern_and_defaults() {
    let project = Project::new(
        "project: demo\nnamespace:\n  patterns:\n    dev: \"{{ .Project }}-x\"\n    ai: '{{ .Project }}-s{{ .Slot }}'\nenvironments: {dev: {}, stg: {}, ai: {}, ai2: {}}\nservices: [{name: api, manifests: [{path: a.yaml}]}]\n",
    );
    project.file("a.yaml", MANIFEST);
    assert!(render(&project, "dev").contains("namespace: demo-x"));
    assert!(render(&project, "stg").contains("namespace: demo-stg"));
    assert!(project.ok(&["render", "--env", "ai", "--slot", "7"]).contains("namespace: demo-s7"));
    assert!(project.ok(&["render", "--env", "ai", "--namespace", "own"]).contains("namespace: own"));
    let run = project.run(&["render", "--env", "ai"]);
    assert!(
        run.code == 0 && !run.stdout.contains("namespace:") && run.stderr.contains("--slot"),
        "{}",
        run.stderr
    );
    for verb in ["apply", "status"] {
        assert!(project.fails(2, &[verb, "--env", "ai"]).contains("--slot N"));
    }
    let text = project.fails(2, &["render", "--env", "dev", "--namespace", "Not_Valid"]);
    assert!(text.contains("`Not_Valid` (--namespace) is no valid namespace"), "{text}");
    let text = project.fails(2, &["render", "--env", "dev", "--namespace", &"a".repeat(64)]);
    assert!(text.contains("64 characters, at most 63"), "{text}");
}

#[test]
fn ai_without_a_pattern_has_a_namespace_per_slot() {
    let project = Project::new(
        "project: demo\nenvironments: {ai: {}}\nservices: [{name: api, manifests: [{path: a.yaml}]}]\n",
    );
    project.file("a.yaml", MANIFEST);
    assert!(project.ok(&["render", "--env", "ai", "--slot", "2"]).contains("namespace: demo-dev-2"));
    assert!(project.fails(2, &["destroy", "--env", "ai", "--yes"]).contains("namespace per slot"));
}

#[test]
fn variables_come_from_four_places_and_the_later_wins() {
    let mut project = Project::new(
        "project: demo\nenvFiles: [one.env, two.env]\nenvironments: {dev: {}}\nservices: [{name: api, manifests: [{path: a.yaml}]}]\n",
    );
    project.file("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  all: '{{ envOr \"A\" \"-\" }} {{ envOr \"B\" \"-\" }} {{ envOr \"C\" \"-\" }} {{ envOr \"D\" \"-\" }} {{ envOr \"E\" \"-\" }}'\n  vars: '{{ len .Vars }}/{{ len .UserVars }}'\n");
    project.file("one.env", "# comment\nexport B=one\nC=\"one ${B}\"\nD=one\n");
    project.file("two.env", "C=two\r\nD='two'\r\n");
    project.file("vars.yaml", "D: 1.10\nE: file\n");
    project.env("A", "os").env("B", "os");
    let text = project.ok(&["render", "--env", "dev", "--var-file", "vars.yaml", "--vars", "E=flag"]);
    assert!(text.contains("all: os one two 1.10 flag\n") && text.contains("vars: 2/1\n"), "{text}");
    project.file("two.env", "C=two\nwhat is this\n");
    let text = project.fails(2, &["render", "--env", "dev"]);
    assert!(text.contains("two.env:2: not a dotenv line"), "{text}");
    std::fs::remove_file(project.path().join("two.env")).unwrap();
    let text = project.fails(2, &["render", "--env", "dev"]);
    assert!(text.contains("two.env: no such file") && text.contains("envFiles"), "{text}");
}

#[test]
fn text_that_is_not_yaml_after_rendering_points_at_the_template_line() {
    let project = Project::new(
        "project: demo\nenvironments: {dev: {}}\n{{ if true }}\n\n{{- range list }}{{ end }}\nservices: []\n{{ end }}\n",
    );
    assert!(project.fails(2, &["render", "--env", "dev"]).contains("services.yaml:5"));
    let project = Project::new(
        "project: demo\n{{- range $i := 3 }}\n# {{ $i }}\n{{- end }}\nenvironments: {dev: {}}\nservices:\n  - name: api\n   manifests: []\n",
    );
    let text = project.fails(2, &["render", "--env", "dev"]);
    assert!(text.contains("services.yaml:8") && text.contains("not YAML after rendering"), "{text}");
    assert!(text.contains("   manifests: []"), "shows the line: {text}");
}

#[test]
fn a_wrong_value_below_template_blocks_is_placed_in_the_written_file() {
    let project = Project::new(
        "project: demo\n{{- if eq .Env \"dev\" }}\nversions:\n  a: b\n{{- end }}\nenvironments:\n  dev: {}\nservices: {{ printf \"%q\" .Env }}\n",
    );
    let text = project.fails(2, &["render", "--env", "dev"]);
    assert!(text.contains("services.yaml:8: services: expected a list, found the string"), "{text}");
}

#[test]
fn commented_go_variables_may_swallow_the_project_line() {
    let project = Project::new(
        "# {{- $host := envOr \"REGISTRY\" (printf \"registry.%s.svc:5000\" .Namespace) -}}\n# {{- $x := \"y\" -}}\nproject: demo\nenvironments: {dev: {}}\nservices:\n{{- range $name := index .Vars \"NAMES\" | printf \"%s\" | slice 0 0 }}{{ end }}\n  - name: api\n    manifests: [{path: a.yaml}]\n    image: {repository: '{{ $host }}/api', tagTemplate: '{{ $x }}'}\n",
    );
    // `slice 0 0` on a string as last argument is a wrong call in Go too; the variables alone are what counts here.
    let text = project.fails(2, &["render", "--env", "dev"]);
    assert!(text.contains("services.yaml:6"), "{text}");
    let fixed = project
        .read("services.yaml")
        .replace("{{- range $name := index .Vars \"NAMES\" | printf \"%s\" | slice 0 0 }}{{ end }}\n", "");
    project.file("services.yaml", fixed);
    project.file("a.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec: {template: {spec: {containers: [{name: c}]}}}\n");
    assert!(render(&project, "dev").contains("image: registry.demo-dev.svc:5000/api:y"));
}

#[test]
fn a_var_file_that_is_wrong_shows_no_value() {
    let project = Project::with_manifest(MANIFEST);
    for text in [
        "DB_PASSWORD: hunter2222\nDB_PASSWORD: hunter2222\n",
        "DB_PASSWORD: a: hunter2222\n",
        "DB_PASSWORD: \"hunter2222\n",
        "OK=1\nhunter2222 hunter2222\n",
    ] {
        project.file("v", text);
        let text = project.fails(2, &["render", "--env", "dev", "--var-file", "v"]);
        assert!(text.contains("error: v:") && !text.contains("hunter2222"), "{text}");
    }
}

#[test]
fn header_values_below_template_lines_and_aliases_are_read() {
    let manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
    for versions in [
        "versions:\n  {{- if eq .Env \"dev\" }}\n  api: \"1\"\n  {{- else }}\n  api: \"2\"\n  {{- end }}\n",
        "x: &c {api: '1'}\nversions: *c\n",
        "x: &c {api: '1'}\nversions: {<<: *c}\n",
    ] {
        let project = Project::new(&format!(
            "project: demo\n{versions}environments: {{dev: {{}}}}\nservices:\n  - name: 'v{{{{ .Versions.api }}}}'\n    manifests: [{{path: a.yaml}}]\n"
        ));
        project.file("a.yaml", manifest);
        let run = project.run(&["render", "--env", "dev", "--only-services", "v1"]);
        assert_eq!(run.code, 0, "{versions}: {}", run.stderr);
    }
    let project = Project::new(
        "  project: demo\n  environments: {dev: {}}\n  services:\n  {{- if true }}\n    - name: api\n  {{- end }}\n",
    );
    project.ok(&["render", "--env", "dev"]);
}

#[test]
fn places_are_those_of_the_written_file() {
    let project = Project::new(
        "project: demo\nenvironments: {dev: {}}\n{{- range $k, $v := .Versions }}\n{{- end }}\nservices:\n  - name: web\n  - name: web\n    image: foo\nversions: {a: b, c: d}\n",
    );
    let text = project.fails(2, &["render", "--env", "dev"]);
    assert!(
        text.contains("services.yaml:7:11: services[1].name: `web` is used twice, first in line 6"),
        "{text}"
    );
    assert_eq!(text.matches("services[1].image").count(), 1, "one problem, said once: {text}");
    let project = Project::with_manifest(
        "{{- range 2 }}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: 'a{{ . }}'}\ndata:\n  a: b\n  a: c\n{{- end }}\n",
    );
    let text = project.fails(2, &["render", "--env", "dev"]);
    assert!(
        text.contains("api.yaml:8: not YAML after rendering: duplicate key `a`, first in line 7"),
        "{text}"
    );
}

#[test]
fn without_a_project_the_other_problems_are_told_too() {
    let text = Project::new("environments: {dev: {from: x}}\nservices: {a: b}\n")
        .fails(2, &["render", "--env", "dev"]);
    assert!(
        text.contains("`project` is missing")
            && text.contains("unknown environment: dev → x")
            && text.contains("3 problems"),
        "{text}"
    );
}

#[test]
fn versions_made_of_the_files_own_variables_are_known_in_the_file() {
    let project = Project::new(
        "# {{- $tag := envOr \"TAG\" \"v7\" -}}\nproject: demo\nversions: {api: '{{ $tag }}'}\nenvironments: {dev: {}}\nservices:\n  - name: api\n    manifests: [{path: a.yaml}]\n    image: {repository: r, tagTemplate: '{{ index .Versions \"api\" }}'}\n",
    );
    project.file("a.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec: {template: {spec: {containers: [{name: c}]}}}\n");
    assert!(render(&project, "dev").contains("image: r:v7\n"));
}

#[test]
fn a_manifest_without_a_path_is_shown_where_it_stands() {
    for (manifest, place) in [
        ("{}", "4:5: services[0].manifests[0]: a manifest needs"),
        ("{path: ''}", "4:5: services[0].manifests[0]: a manifest needs"),
        ("a.yaml", "5:17: services[0].manifests[0]: expected a map"),
    ] {
        let text = format!(
            "project: demo\nenvironments: {{dev: {{}}}}\nservices:\n  - name: api\n    manifests: [{manifest}]\n"
        );
        let error = Project::new(&text).fails(2, &["render", "--env", "dev"]);
        assert!(error.contains(place) && error.ends_with("1 problem in services.yaml\n"), "{error}");
    }
}

#[test]
fn a_namespace_pattern_is_read_without_quotes_too_and_never_passed_over() {
    let namespace = |pattern: &str| {
        let project = Project::new(&format!(
            "project: demo\nenvironments: {{ai: {{}}}}\nnamespace:\n{pattern}\nservices: [{{name: a, manifests: [{{path: a.yaml}}]}}]\n"
        ));
        project.file("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
        project.run(&["render", "--env", "ai", "--slot", "3"])
    };
    for pattern in [
        "  patterns:\n    ai: {{ Project }}-x-{{ Slot }}",
        "  patterns:\n    ai: {{ .Project }}-x-{{ .Slot }}",
        "  patterns:\n    ai: {{ printf \"%s-x-%d\" .Project .Slot }}\n",
    ] {
        let run = namespace(pattern);
        assert!(run.stdout.contains("namespace: demo-x-3\n"), "{pattern}: {}{}", run.stdout, run.stderr);
    }
    let run = namespace("  patterns: {ai: {{ Project }}-x-{{ Slot }} }");
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("services.yaml:3: namespace.patterns.ai cannot be read"), "{}", run.stderr);
}

#[test]
fn dotenv_files_that_only_rendering_names_are_not_passed_over() {
    let project = Project::new(
        "project: demo\nenvironments: {dev: {}}\nenvFiles:\n  - {{ envOr(\"FILE\", \"x.env\") }}\nservices: []\n",
    );
    project.file("x.env", "A=1\n");
    let error = project.fails(2, &["render", "--env", "dev"]);
    assert!(error.contains("services.yaml:3: `envFiles` cannot be read before"), "{error}");
}

/// Values that are no YAML before they are rendered: quotes within quotes, comments behind bare templates and in front of
/// everything.
const HEADER: &str = r#"{{- /*
  Notes:
  project: wrong
  key: value
*/ -}}
project: demo
versions:
  {{- /* api: old
     web: 9 */}}
  api: "{{ envOr "API" "1.2.3" }}" # a comment
  web: {{ envOr "WEB" "2" }} # another
  plain: x-{{ .Env }}
baseDomain:
  dev: "{{ printf "%s.test" .Env }}"
namespace:
  patterns:
    dev: "{{ printf "%s-%s" .Project .Env }}" # why
    ai: {{ .Project }}-{{ .Slot }} # slots
    st: '{{ printf `%s` .Project }}-st'
environments:
  dev: {}
  ai: {from: dev}
  st: {}
services:
  - name: api
    manifests: [{path: a.yaml}]
    image: {repository: r/a, tagTemplate: '{{ index .Versions "api" }}'}
    ingress: {hosts: {dev: 'api.{{ index .BaseDomain "dev" }}'}}
"#;

#[test]
fn the_header_is_read_whatever_its_values_look_like() {
    let project = Project::new(HEADER);
    project.file(
        "a.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {v: '{{ .Versions }}', d: '{{ .BaseDomain }}'}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec: {template: {spec: {containers: [{name: a}]}}}\n---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\nspec: {rules: [{http: {}}]}\n",
    );
    for (env, namespace) in [("dev", "demo-dev"), ("ai", "demo-7"), ("st", "demo-st")] {
        let text = project.ok(&["render", "--env", env, "--slot", "7"]);
        let versions = format!("v: map[api:1.2.3 plain:x-{env} web:2]\n  d: map[dev:{env}.test]\n");
        assert!(text.contains(&format!("namespace: {namespace}\n")) && text.contains(&versions), "{text}");
        assert!(text.contains("image: r/a:1.2.3\n"), "{text}");
        assert_eq!(text.contains("host: api.dev.test\n"), env == "dev", "{text}");
    }
    // The same where the block alone makes no sense: its variable stands at the top of the file.
    let top = HEADER.replace("project: demo", "# {{- $v := envOr \"V\" \"9\" -}}\nproject: demo");
    project.file("services.yaml", top.replace("web: {{ envOr \"WEB\" \"2\" }}", "web: {{ $v }}"));
    let text = project.ok(&["render", "--env", "dev"]);
    assert!(
        text.contains("v: map[api:1.2.3 plain:x-dev web:9]") && text.contains("image: r/a:1.2.3\n"),
        "{text}"
    );
}
