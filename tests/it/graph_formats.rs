//! `codexctl graph`: mermaid and Graphviz texts, files, errors. Whether they are valid is asked of the real programs.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::harness::Project;
use super::needs::{program, skipped};

/// Names that each format could take for something else.
const NASTY: [&str; 10] = [
    r#"quote " and \ back\N"#,
    "brackets [a](b){c}<d>",
    "#35; &amp; 100%",
    "end",
    "1. list",
    "`code` **bold** _x_",
    "https://www.shop.test/?a=b",
    "магазин 店舗 😀",
    "--> arrow | bar ; semi",
    "<script>alert(1)</script>",
];

/// A project whose hooks, hosts and resources have such names.
pub fn nasty() -> Project {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let hooks: String =
        NASTY.iter().map(|name| format!("        - {{name: {}, run: echo}}\n", quoted(name))).collect();
    let project = Project::new(&format!(
        "project: demo\nenvironments: {{dev: {{}}}}\nservices:\n  - name: api\n    manifests: [{{path: api.yaml}}]\n    hooks:\n      afterApply:\n{hooks}  - name: empty\n"
    ));
    let manifests: String = NASTY
        .iter()
        .map(|name| {
            let name = quoted(name);
            format!(
                "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n---\napiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\n\
                 spec: {{containers: [{{name: c, image: {name}, envFrom: [{{configMapRef: {{name: {name}}}}}, {{secretRef: {{name: {name}}}}}]}}]}}\n---\n\
                 apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: {name}}}\nspec: {{rules: [{{host: {name}}}]}}\n"
            )
        })
        .collect();
    project.file("api.yaml", manifests);
    project
}

/// A shop as the examples have it, and what stands in a picture of it.
fn shop() -> String {
    format!("{}/examples/shop/services.yaml", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn mermaid_has_a_subgraph_for_each_unit_and_a_class_for_each_kind() {
    let text = Project::empty().ok(&["graph", "--env", "dev", "--config", &shop()]);
    assert!(text.starts_with("%% shop, environment dev, namespace shop-dev\nflowchart LR\n"), "{text}");
    for line in [
        "  subgraph stack[\"the whole stack\"]\n",
        "  subgraph u1[\"group core-config\"]\n",
        "  subgraph u3[\"service django-backend\"]\n",
        "[\"Deployment<br/>django-backend\"]:::workload\n",
        "{{\"afterApply<br/>ingress controller is up\"}}:::hook\n",
        "([\"host<br/>dev.shop.test\"]):::host\n",
        "[[\"image<br/>localhost:32000/shop/django-backend:dev-1.4.2<br/>built by images.django-backend\"]]:::image\n",
        "[\"Secret<br/>shop-tls<br/>(made while applying)\"]:::secret\n",
        "-->|\"envFrom, volume\"| n",
        "-->|\"tls\"| n",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(!text.contains("missing") && !text.contains("linkStyle"), "nothing dangles: {text}");
}

/// An Ingress whose certificate nobody makes.
fn dangling() -> Project {
    Project::with_manifest(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\nspec:\n  tls: [{secretName: web-tls}]\n  defaultBackend: {service: {name: web, port: {number: 80}}}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n",
    )
}

#[test]
fn mermaid_marks_what_dangles() {
    let text = dangling().ok(&["graph", "--env", "dev"]);
    assert!(text.contains("[\"Secret<br/>web-tls<br/>(not declared)\"]:::missing\n"), "{text}");
    assert!(text.contains("  classDef missing fill:"), "{text}");
    // The dangling line, and only that, is red.
    let lines: Vec<&str> = text.lines().filter(|line| line.contains("|\"")).collect();
    let tls = lines.iter().position(|line| line.contains("-.->|\"tls\"|")).unwrap();
    assert_eq!(lines.len(), 2, "{text}");
    assert_eq!(text.matches("linkStyle").count(), 1, "{text}");
    assert!(text.contains(&format!("  linkStyle {tls} stroke:#d1242f")), "{text}");
}

#[test]
fn mermaid_labels_hold_no_markup() {
    let text = nasty().ok(&["graph", "--env", "dev"]);
    for line in text.lines().filter(|line| line.trim_start().starts_with('n') && line.contains(":::")) {
        let label = line.split('"').nth(1).unwrap();
        assert_eq!(line.matches('"').count(), 2, "{line}");
        let bare = label.replace("<br/>", "");
        assert!(!bare.contains(['[', ']', '{', '}', '<', '>', '`', '\\', '|', '*', '_', '&']), "{line}");
        let digits = |rest: &str| rest.split_once(';').is_some_and(|(n, _)| n.parse::<u32>().is_ok());
        assert!(bare.split('#').skip(1).all(digits), "{line}");
    }
    assert!(text.contains("магазин 店舗 😀"), "{text}");
}

#[test]
fn mermaid_itself_accepts_them() {
    let module = std::env::var_os("CODEXCTL_TEST_MERMAID").filter(|dir| dir != "none").map(PathBuf::from);
    let Some(module) = module else {
        return skipped("mermaid");
    };
    let project = nasty();
    let fixed = ["graph", "--env", "dev", "-o"];
    project.ok(&[&fixed[..], &["nasty.mmd"]].concat());
    project.ok(&[&fixed[..], &["shop.mmd", "--config", &shop()]].concat());
    // The shop's slot has hooks that make Secrets.
    project.ok(&["graph", "--env", "ai", "--slot", "3", "-o", "slot.mmd", "--config", &shop()]);
    let script = "
        import fs from 'fs';
        import { JSDOM } from 'jsdom';
        const dom = new JSDOM('<!DOCTYPE html><body></body>');
        globalThis.window = dom.window;
        globalThis.document = dom.window.document;
        const mermaid = (await import('mermaid')).default;
        for (const file of process.argv.slice(1)) {
            const found = await mermaid.parse(fs.readFileSync(file, 'utf8'));
            console.log(found.diagramType);
        }";
    let files = ["nasty.mmd", "shop.mmd", "slot.mmd"].map(|name| project.path().join(name));
    let out = Command::new("node")
        .args(["--input-type=module", "-e", script])
        .args(files)
        .current_dir(module)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&out.stdout);
    assert_eq!(text, "flowchart-v2\n".repeat(3), "{}", String::from_utf8_lossy(&out.stderr));
}

#[test]
fn graphviz_draws_what_it_is_given() {
    let Some(dot) = program("dot") else { return };
    let project = nasty();
    project.ok(&["graph", "--env", "dev", "-o", "a b.gv"]);
    let out = Command::new(dot)
        .args(["-Tsvg", "a b.gv"])
        .current_dir(project.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    // Fonts may be missing, labels and attributes may not be wrong.
    let said = String::from_utf8_lossy(&out.stderr).to_lowercase();
    assert!(!said.contains("syntax") && !said.contains("error") && !said.contains("unknown"), "{said}");
    let svg = String::from_utf8(out.stdout).unwrap();
    let document = roxmltree::Document::parse_with_options(
        &svg,
        roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() },
    )
    .unwrap();
    let texts: Vec<&str> =
        document.descendants().filter(|node| node.has_tag_name("text")).filter_map(|n| n.text()).collect();
    for name in NASTY {
        let found = texts.iter().filter(|text| text.replace('\u{a0}', " ") == name).count();
        // A ConfigMap, a Secret, a Pod, an Ingress, an image, a host, a hook.
        assert_eq!(found, 7, "{name}: {texts:?}");
    }
}

#[test]
fn dot_marks_what_dangles() {
    let text = dangling().ok(&["graph", "--env", "dev", "--format", "dot"]);
    assert!(text.contains("label=\"Secret\\nweb-tls\\n(not declared)\""), "{text}");
    assert_eq!(text.matches("style=dashed, color=\"#d1242f\"").count(), 1, "{text}");
    let text = Project::empty().ok(&["graph", "--env", "dev", "--format", "dot", "--config", &shop()]);
    assert!(text.starts_with("digraph \"shop\" {\n") && text.ends_with("}\n"), "{text}");
    assert!(!text.contains("style=dashed, color=\"#d1242f\""), "nothing dangles: {text}");
    assert!(text.contains("subgraph cluster_stack {\n    label=\"the whole stack\";\n"), "{text}");
}

#[test]
fn the_same_stack_gives_the_same_bytes() {
    for format in ["mermaid", "dot", "svg", "json"] {
        let draw =
            || Project::empty().ok(&["graph", "--env", "staging", "--format", format, "--config", &shop()]);
        let first = draw();
        assert_eq!(first, draw(), "{format}");
        assert!(!first.contains(env!("CARGO_MANIFEST_DIR")), "{format} says nothing of the machine");
    }
}

#[test]
fn the_extension_says_the_format_and_the_flag_is_stronger() {
    let project = nasty();
    for (file, start) in [
        ("out/a.svg", "<svg "),
        ("a.mmd", "%% demo"),
        ("a.mermaid", "%% demo"),
        ("a.dot", "digraph "),
        ("a.GV", "digraph "),
        ("a.json", "{\n  \"version\": 1,"),
    ] {
        assert_eq!(project.ok(&["graph", "--env", "dev", "-o", file]), "", "data goes to the file");
        assert!(project.read(file).starts_with(start), "{file}");
    }
    project.ok(&["graph", "--env", "dev", "-o", "a.txt", "--format", "svg"]);
    assert!(project.read("a.txt").starts_with("<svg "));
    let text = project.fails(2, &["graph", "--env", "dev", "-o", "a.png"]);
    assert!(
        text.contains("a.png: the extension names no format") && text.contains("hint: use .svg"),
        "{text}"
    );
    let text = project.fails(2, &["graph", "--env", "dev", "-o", "out"]);
    assert!(text.contains("--output out is a folder") && text.contains("hint: name a file"), "{text}");
    // A failed run leaves the old file alone.
    project.file("api.yaml", "kind: [");
    let old = project.read("a.json");
    project.fails(2, &["graph", "--env", "dev", "-o", "a.json"]);
    assert_eq!(project.read("a.json"), old);
}

#[test]
fn errors_are_those_of_render() {
    let project = Project::new(
        "project: demo\nenvironments: {dev: {}, ai: {}}\nservices: [{name: api, manifests: [{path: api.yaml}]}]\n",
    );
    let text = project.fails(2, &["graph", "--env", "dev"]);
    assert!(text.contains("api.yaml: no such file") && text.contains("services.yaml:3"), "{text}");
    assert!(project.fails(2, &["graph", "--env", "ai"]).contains("--slot"));
    assert!(project.fails(2, &["graph", "--env", "dve"]).contains("unknown environment `dve`"));
    let text = project.fails(2, &["graph", "--env", "dev", "--only-services", "ap"]);
    assert!(text.contains("unknown name `ap`") && text.contains("did you mean `api`?"), "{text}");
    assert!(project.fails(2, &["graph", "--env", "dev", "--format", "png"]).contains("mermaid"));
    let help = project.ok(&["graph", "--help"]);
    assert!(help.contains("Examples:\n") && help.matches("codexctl graph").count() >= 2, "{help}");
}

#[test]
fn a_stack_of_nothing_is_a_picture_too() {
    let project = Project::new("project: demo\nenvironments: {dev: {}}\nservices: [{name: api}]\n");
    assert!(project.ok(&["graph", "--env", "dev"]).contains("subgraph u0[\"service api\"]\n  end\n"));
    assert!(project.ok(&["graph", "--env", "dev", "--format", "dot"]).contains("no resources"));
    assert!(project.ok(&["graph", "--env", "dev", "--format", "svg"]).contains("no resources"));
}

#[test]
fn secrets_are_in_no_picture() {
    let mut project = Project::new(
        "project: demo\nenvironments: {dev: {}}\nhooks: {beforeAll: [{run: 'curl -H {{ EnvMap.MY_TOKEN }} x'}]}\nservices: []\n",
    );
    project.env("MY_TOKEN", "hunter2-hunter2");
    for format in ["mermaid", "dot", "svg", "json"] {
        let text = project.ok(&["graph", "--env", "dev", "--format", format]);
        assert!(!text.contains("hunter2") && text.contains("curl -H"), "{text}");
    }
}
