//! `codexctl schema`: what it prints, and whether an independent validator and codexctl agree on what services.yaml is.

mod documents;
mod judge;
mod mutations;

use codexctl::config::{EnvName, Header, LoadContext, Rendered, Source, Target, VariableInput, Variables};
use serde_json::Value;

use super::harness::Project;
use judge::{Judge, json_of};

fn repository(path: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn text_of(path: &str) -> String {
    std::fs::read_to_string(repository(path)).unwrap()
}

/// A services.yaml of the repository after rendering. `project` is read before, and may be gone from the rendered text: the
/// trim of a variable in the comment above it may take it along.
fn rendered(path: &str, env: &str, slot: Option<&str>) -> Value {
    let source = Source::read(Some(&repository(path))).unwrap();
    let header = Header::parse(&source).unwrap();
    let project = header.project.clone();
    let none = VariableInput::default();
    let variables =
        Variables::collect(source.root(), &header.env_files, header.env_files_place(), &none).unwrap();
    let target =
        Target { env: EnvName::new(env), slot: slot.map(|slot| slot.parse().unwrap()), namespace: None };
    let load = LoadContext::build(header, &source, target, variables);
    let mut document = json_of(Rendered::from(load, source).unwrap().text());
    document["project"] = project.into();
    document
}

#[test]
fn the_files_in_the_repository_are_what_the_command_writes() {
    let project = Project::empty();
    for (file, args) in [
        ("schema/services.schema.json", &["schema"][..]),
        ("docs/keys.md", &["schema", "--format", "markdown"]),
    ] {
        let output = project.ok(args);
        assert!(
            output == text_of(file),
            "{file} is old; write it again: cargo run -- {} -o {file}",
            args.join(" ")
        );
        assert_eq!(output, project.ok(args), "the same each time");
        let run = project.run(&[args, &["-o", "new folder/file"]].concat());
        assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{}", run.stderr);
        assert!(run.stderr.contains("wrote new folder/file"), "{}", run.stderr);
        assert_eq!(project.read("new folder/file"), output);
    }
    let help = project.ok(&["schema", "--help"]);
    assert!(help.contains("Examples:\n") && help.matches("codexctl schema -").count() == 2, "{help}");
    assert!(project.fails(2, &["schema", "--format", "xml"]).contains("possible values: json, markdown"));
    assert!(project.fails(2, &["schema", "-o", "."]).contains("--output . is a folder, not a file"));
    let piped = project.command(&["schema", "-o", "/dev/stdout"]).output().unwrap();
    assert_eq!(piped.stdout, text_of("schema/services.schema.json").as_bytes(), "a device is written to");
    project.file("taken", "");
    assert!(project.fails(1, &["schema", "-o", "taken/file"]).contains("cannot write taken/file"));
}

#[test]
fn the_schema_is_one_of_draft_2020_12() {
    let schema = Judge::schema();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["$id"], "urn:codexctl:services.yaml");
    assert_eq!(schema["title"], "services.yaml");
    assert_eq!(schema["required"], serde_json::json!(["project"]));
}

/// Calls `visit` with each map of known keys: its name, and its schema.
fn for_each_map(schema: &Value, mut visit: impl FnMut(&str, &Value)) {
    visit("services.yaml", schema);
    for (name, def) in schema["$defs"].as_object().unwrap() {
        if def.get("properties").is_some() {
            visit(name, def);
        }
    }
}

#[test]
fn every_key_says_what_it_is_and_shows_how() {
    let mut keys = 0;
    for_each_map(&Judge::schema(), |name, def| {
        assert!(def["description"].as_str().is_some_and(|text| text.len() > 8), "{name}");
        assert_eq!(def["additionalProperties"], false, "{name}: unknown keys are mistakes");
        for (key, value) in def["properties"].as_object().unwrap() {
            let text = value["description"].as_str().unwrap_or_default();
            assert!(text.ends_with('.') && text.len() > 8 && !text.contains('\n'), "{name}.{key}: {text:?}");
            if let Some(default) = value.get("default") {
                let default = default.as_str().map_or_else(|| default.to_string(), String::from);
                assert!(text.ends_with(&format!("Default: `{default}`.")), "{name}.{key}: {text}");
            }
            let kinds = value["type"].as_array();
            let is_text = kinds.is_some_and(|kinds| kinds.contains(&"string".into()));
            assert!(
                !is_text || value.get("examples").is_some() || value.get("default").is_some(),
                "{name}.{key}: text without an example"
            );
            keys += 1;
        }
    });
    assert!(keys > 120, "{keys}");
}

#[test]
fn every_example_in_the_schema_is_valid_itself() {
    let schema = Judge::schema();
    let mut examples = 0;
    let mut check = |place: &str, path: &str, value: &Value| {
        let mut whole = schema.clone();
        whole["$ref"] = format!("#{path}").into();
        for root in ["type", "required", "properties", "patternProperties", "additionalProperties"] {
            whole.as_object_mut().unwrap().shift_remove(root);
        }
        // What the reference points at is all that is left to hold.
        whole["$defs"]["Root"] = schema.clone();
        let judge = jsonschema::draft202012::new(&whole).unwrap();
        for example in value["examples"].as_array().into_iter().flatten().chain(value.get("default")) {
            let errors: Vec<String> = judge.iter_errors(example).map(|error| error.to_string()).collect();
            assert_eq!(errors, [""; 0], "{place}: {example}");
            examples += 1;
        }
    };
    for (name, def) in schema["$defs"].as_object().unwrap() {
        check(name, &format!("/$defs/{name}"), def);
        for (key, value) in def["properties"].as_object().into_iter().flatten() {
            check(&format!("{name}.{key}"), &format!("/$defs/{name}/properties/{key}"), value);
        }
    }
    assert!(examples > 120, "{examples}");
    let judge = Judge::new();
    for (key, value) in schema["properties"].as_object().unwrap() {
        for example in value["examples"].as_array().into_iter().flatten() {
            let document = serde_json::json!({ "project": "shop", key: example });
            assert_eq!(judge.complaints(&document), [""; 0], "{key}");
        }
    }
}

#[test]
fn the_reference_has_a_row_for_every_key_and_examples_that_are_yaml() {
    let text = text_of("docs/keys.md");
    let mut keys = std::collections::BTreeSet::new();
    for_each_map(&Judge::schema(), |name, def| {
        let title = def["title"].as_str().unwrap();
        let section = text.split(&format!("\n## {title}\n")).nth(1).unwrap_or_else(|| panic!("no {title}"));
        let section = section.split("\n## ").next().unwrap();
        for key in def["properties"].as_object().unwrap().keys() {
            assert_eq!(section.matches(&format!("\n| `{key}` | ")).count(), 1, "{name}.{key}");
            keys.insert(key.clone());
        }
    });
    let blocks: Vec<&str> =
        text.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(blocks.len() > 20, "{} examples", blocks.len());
    for block in blocks {
        for key in json_of(block).as_object().unwrap().keys() {
            assert!(keys.contains(key), "{key:?} in\n{block}");
        }
    }
}

#[test]
fn every_services_yaml_is_valid_as_written_and_as_rendered() {
    let judge = Judge::new();
    for (path, envs) in [
        ("examples/shop/services.yaml", &[("dev", None), ("staging", None), ("ai", Some("3"))][..]),
        ("examples/shop-jinja/services.yaml", &[("dev", None), ("staging", None), ("ai", Some("3"))]),
        ("tests/fixtures/minimal/services.yaml", &[("dev", None), ("staging", None), ("ai", Some("3"))]),
        ("tests/fixtures/every-key/services.yaml", &[("dev", None), ("ai", Some("1"))]),
    ] {
        assert_eq!(judge.complaints(&json_of(&text_of(path))), [""; 0], "{path} as written");
        for (env, slot) in envs {
            let document = rendered(path, env, *slot);
            assert_eq!(judge.complaints(&document), [""; 0], "{path} rendered for {env}");
        }
    }
}

#[test]
fn examples_tell_editors_where_the_schema_is() {
    for folder in ["examples/shop", "examples/shop-jinja"] {
        let text = text_of(&format!("{folder}/services.yaml"));
        let first = text.lines().next().unwrap();
        let path = first.strip_prefix("# yaml-language-server: $schema=").unwrap();
        let schema: Value = serde_json::from_str(&text_of(&format!("{folder}/{path}"))).unwrap();
        assert_eq!(schema, Judge::schema());
    }
}

#[test]
fn the_editors_line_changes_nothing() {
    let line = "# yaml-language-server: $schema=services.schema.json\n";
    for (text, dialect) in [
        ("project: demo\nversions: {a: '{{ .Env }}'}\nenvironments: {dev: {}}\nhoks: {}\n", "go"),
        ("project: demo\nversions: {a: '{{ Env }}'}\nenvironments: {dev: {}}\nhoks: {}\n", "jinja"),
    ] {
        let project = Project::new(&format!("{line}{text}"));
        let run = project.run(&["render", "--env", "dev"]);
        assert_eq!(run.code, 0, "{dialect}: {}", run.stderr);
        assert!(run.stderr.starts_with("warning: services.yaml:5:1: hoks"), "{dialect}: {}", run.stderr);
    }
}
