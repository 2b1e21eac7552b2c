//! `codexctl graph --format svg`: the picture stands alone, nothing lies upon anything else, and lines go around boxes.

use roxmltree::{Document, Node};

use super::graph_formats::nasty;
use super::harness::Project;

#[derive(Clone, Copy, Debug)]
struct Rect {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

impl Rect {
    fn of(node: Node) -> Self {
        let number = |name: &str| node.attribute(name).unwrap().parse::<f64>().unwrap();
        Self { x: number("x"), y: number("y"), width: number("width"), height: number("height") }
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.x < other.x + other.width
            && other.x < self.x + self.width
            && self.y < other.y + other.height
            && other.y < self.y + self.height
    }

    fn holds(&self, other: &Self) -> bool {
        other.x >= self.x
            && other.y >= self.y
            && other.x + other.width <= self.x + self.width
            && other.y + other.height <= self.y + self.height
    }
}

/// Boxes whose class begins with `class`: `b` are nodes, `p` panels. Signs of the legend have no title.
fn boxes(document: &Document, class: &str) -> Vec<Rect> {
    let is = |node: &Node| {
        let own = node.attribute("class").unwrap_or_default().split(' ').next() == Some(class);
        let titled = node.parent().is_some_and(|group| group.children().any(|n| n.has_tag_name("title")));
        node.has_tag_name("rect") && own && titled
    };
    document.descendants().filter(is).map(Rect::of).collect()
}

/// The straight parts of a line, as thin rectangles: `M x y L x y Q …` with whole numbers.
fn segments(path: &str) -> Vec<Rect> {
    let mut points: Vec<(f64, f64)> = Vec::new();
    for part in path.split_inclusive(['M', 'L', 'Q']) {
        let numbers: Vec<f64> =
            part.trim_end_matches(['M', 'L', 'Q']).split_whitespace().map(|n| n.parse().unwrap()).collect();
        points.extend(numbers.chunks(2).map(|pair| (pair[0], pair[1])));
    }
    let between = |pair: &[(f64, f64)]| Rect {
        x: pair[0].0.min(pair[1].0),
        y: pair[0].1.min(pair[1].1),
        width: (pair[0].0 - pair[1].0).abs().max(0.1),
        height: (pair[0].1 - pair[1].1).abs().max(0.1),
    };
    points.windows(2).map(between).collect()
}

/// Lines to different places cross, but never lie upon each other: nobody could tell which is which.
fn check_apart(lines: &[Node]) {
    let mut all: Vec<(&str, Rect)> = Vec::new();
    for line in lines {
        let title = line.children().find_map(|child| child.text()).unwrap();
        let (_, target) = title.split_once(" → ").unwrap();
        let target = target.rsplit_once(": ").unwrap().0;
        for segment in segments(line.attribute("d").unwrap()) {
            // Corners are short, and slanting.
            if segment.width.min(segment.height) < 0.2 && segment.width.max(segment.height) > 4.0 {
                all.push((target, segment));
            }
        }
    }
    for (at, (target, one)) in all.iter().enumerate() {
        for (other_target, other) in &all[at + 1..] {
            let along = (one.width > one.height) == (other.width > other.height);
            assert!(
                target == other_target || !along || !one.overlaps(other),
                "{one:?} to {target} and {other:?} to {other_target}"
            );
        }
    }
}

/// Looks at a picture; how many nodes and lines it has.
fn check(svg: &str) -> (usize, usize) {
    let document = Document::parse(svg).unwrap();
    let root = document.root_element();
    assert_eq!(root.attribute("role"), Some("img"));
    for (id, tag) in [("title", "title"), ("desc", "desc")] {
        let named = document.descendants().find(|node| node.attribute("id") == Some(id)).unwrap();
        assert!(named.has_tag_name(tag) && !named.text().unwrap().is_empty());
    }
    let (nodes, panels) = (boxes(&document, "b"), boxes(&document, "p"));
    for list in [&nodes, &panels] {
        for (at, one) in list.iter().enumerate() {
            for other in &list[at + 1..] {
                assert!(!one.overlaps(other), "{one:?} and {other:?}");
            }
        }
    }
    for node in &nodes {
        assert!(panels.iter().all(|panel| panel.holds(node) || !panel.overlaps(node)), "{node:?}");
    }
    let lines: Vec<Node> = document
        .descendants()
        .filter(|node| node.attribute("class").is_some_and(|class| class.starts_with("w ")))
        .filter(|node| node.children().any(|child| child.has_tag_name("title")))
        .collect();
    for line in &lines {
        for segment in segments(line.attribute("d").unwrap()) {
            for node in &nodes {
                let inside = Rect {
                    x: node.x + 1.0,
                    y: node.y + 1.0,
                    width: node.width - 2.0,
                    height: node.height - 2.0,
                };
                assert!(!segment.overlaps(&inside), "{segment:?} runs through {node:?}");
            }
        }
    }
    check_apart(&lines);
    let size = |name: &str| root.attribute(name).unwrap().parse::<f64>().unwrap();
    let whole = Rect { x: 0.0, y: 0.0, width: size("width"), height: size("height") };
    assert!(panels.iter().all(|panel| whole.holds(panel)));
    (nodes.len(), lines.len())
}

/// A stack of services that share configuration, two of them with mistakes.
fn stack(services: usize) -> Project {
    let mut list = String::from(
        "project: demo\nenvironments: {dev: {}}\nhooks: {beforeAll: [{name: hello, run: echo}]}\ninfrastructure: [{name: config, manifests: [{path: config.yaml}]}]\nservices:\n",
    );
    let mut files = Vec::new();
    for at in 0..services {
        let name =
            if at % 5 == 0 { format!("a-service-with-a-rather-long-name-{at}") } else { format!("s{at}") };
        list.push_str(&format!(
            "  - name: {name}\n    manifests: [{{path: s{at}.yaml}}]\n    hooks: {{afterApply: [{{name: 'дым 🔥 test', run: echo}}]}}\n"
        ));
        let wrong = if at % 9 == 4 { "typo" } else { "config" };
        let image = if at == 1 {
            format!("reg.test/db@sha256:{}", "01234567".repeat(8))
        } else {
            format!("reg.test/team/{name}:{at}")
        };
        let host = if at % 2 == 0 { "магазин.test" } else { "店舗.test" };
        let other = (at + 1) % services;
        files.push(format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\nspec:\n  template:\n    metadata: {{labels: {{app: a{at}}}}}\n    spec:\n\
             \x20     containers: [{{name: c, image: '{image}', envFrom: [{{configMapRef: {{name: {wrong}-{}}}}}, {{secretRef: {{name: made-{other}}}}}]}}]\n\
             \x20     volumes: [{{name: a, configMap: {{name: maybe, optional: true}}}}, {{name: b, persistentVolumeClaim: {{claimName: c{at}}}}}]\n---\n\
             apiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\nspec: {{selector: {{app: a{at}}}}}\n---\n\
             apiVersion: v1\nkind: Secret\nmetadata: {{name: made-{at}}}\n---\n\
             apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {{name: c{at}}}\n---\n\
             apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: {name}}}\nspec: {{rules: [{{host: {host}, http: {{paths: [{{backend: {{service: {{name: {name}}}}}}}]}}}}]}}\n",
            at % 4
        ));
    }
    let project = Project::new(&list);
    for (at, text) in files.iter().enumerate() {
        project.file(&format!("s{at}.yaml"), text);
    }
    let maps = (0..4).map(|at| {
        format!(
            "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: config-{at}, namespace: demo-dev}}\n"
        )
    });
    project.file("config.yaml", maps.collect::<String>());
    project
}

#[test]
fn boxes_keep_apart_and_lines_go_around_them() {
    // Nodes: the stack's hook, 4 ConfigMaps, `maybe`, hosts; 7 of each service, and what is misspelt.
    for (services, expected) in [(1, (14, 8)), (5, (44, 40)), (40, (292, 320))] {
        let svg = stack(services).ok(&["graph", "--env", "dev", "--format", "svg"]);
        assert_eq!(check(&svg), expected, "{services} services");
    }
    assert_eq!(check(&nasty().ok(&["graph", "--env", "dev", "--format", "svg"])).1, 40);
}

#[test]
fn the_picture_stands_alone() {
    let svg = stack(5).ok(&["graph", "--env", "dev", "--format", "svg"]);
    let nasty = nasty().ok(&["graph", "--env", "dev", "--format", "svg"]);
    for svg in [&svg, &nasty] {
        let document = Document::parse(svg).unwrap();
        for node in document.descendants().filter(Node::is_element) {
            let name = node.tag_name().name();
            assert!(["svg", "title", "desc", "style", "rect", "g", "text", "path"].contains(&name), "{name}");
            for attribute in node.attributes() {
                let link = attribute.name().contains("href") || attribute.name().starts_with("on");
                assert!(!link && !attribute.value().contains("url("), "{attribute:?}");
            }
        }
        let style = document.descendants().find(|node| node.has_tag_name("style")).unwrap().text().unwrap();
        assert!(
            !style.contains("url(") && !style.contains("@import") && !style.contains("@font-face"),
            "{style}"
        );
        assert!(style.contains("prefers-color-scheme:dark"), "dark screens");
    }
}

#[test]
fn what_is_cut_or_missing_is_said_in_words() {
    let svg = stack(5).ok(&["graph", "--env", "dev", "--format", "svg"]);
    let document = Document::parse(&svg).unwrap();
    let texts = |tag: &str| -> Vec<String> {
        document
            .descendants()
            .filter(|node| node.has_tag_name(tag))
            .filter_map(|node| node.text().map(String::from))
            .collect()
    };
    let (titles, words) = (texts("title"), texts("text"));
    assert!(words.iter().any(|word| word == "reg.test/db@sha256:01234567…"), "{words:?}");
    let whole = "image reg.test/team/a-service-with-a-rather-long-name-0:0";
    assert!(titles.iter().any(|title| title == whole), "{titles:?}");
    assert!(words.iter().any(|word| word.starts_with('…') && word.ends_with("name-0:0")), "{words:?}");
    let desc = &texts("desc")[0];
    assert!(desc.contains("1 group · 5 services · 29 resources · 1 dangling reference"), "{desc}");
    assert!(desc.contains("Deployment s4 → ConfigMap typo-0: envFrom (not declared)"), "{desc}");
    for word in ["not declared", "optional, not declared", "дым 🔥 test", "магазин.test", "店舗.test"]
    {
        assert!(words.iter().chain(&titles).any(|text| text.contains(word)), "{word}: {words:?}");
    }
    assert!(svg.contains("class=\"w missing dash\"") && svg.contains("class=\"w faint dots\""));
}

#[test]
fn the_picture_of_the_documentation_is_the_commands() {
    let root = env!("CARGO_MANIFEST_DIR");
    let mut project = Project::empty();
    project.env("REGISTRY_HOST", "").env("SHOP_CONTEXT", "").env("SHOP_KUBECONFIG", "");
    let config = format!("{root}/examples/shop/services.yaml");
    let svg = project.ok(&["graph", "--env", "dev", "--format", "svg", "--config", &config]);
    check(&svg);
    let path = format!("{root}/docs/graph.svg");
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == svg,
        "docs/graph.svg is old: codexctl graph -c examples/shop/services.yaml --env dev -o docs/graph.svg"
    );
}
