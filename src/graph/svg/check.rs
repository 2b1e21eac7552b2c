//! Tests of the picture that need to know how wide letters are.

use super::super::model::{Edge, Graph, HookFacts, Node, Relation, Sort, State, Unit, VERSION};
use super::text;

fn node(sort: Sort, at: usize, name: &str, unit: Option<&str>, state: State) -> Node {
    Node {
        id: format!("{sort:?}{at}{name}"),
        sort,
        name: name.into(),
        unit: unit.map(String::from),
        state,
        kind: (sort == Sort::Resource).then(|| "ValidatingAdmissionPolicyBindingWithAVeryLongKind".into()),
        api_version: None,
        namespace: None,
        file: None,
        source: None,
        hook: (sort == Sort::Hook).then_some(HookFacts { phase: "beforeDestroy", action: "run" }),
    }
}

/// One of everything with each of these names, all referring to all that is only referred to.
fn graph(names: &[&str]) -> Graph {
    let mut graph = Graph {
        version: VERSION,
        project: names[0].into(),
        environment: "dev".into(),
        slot: None,
        namespace: "demo-dev".into(),
        units: Vec::new(),
        nodes: Vec::new(),
        edges: Vec::new(),
    };
    for (at, name) in names.iter().enumerate() {
        let id = format!("services/{at}");
        graph.units.push(Unit {
            id: id.clone(),
            name: (*name).into(),
            kind: "services",
            selected: at % 2 == 0,
        });
        for (sort, unit, state) in [
            (Sort::Hook, Some(id.as_str()), State::Declared),
            (Sort::Hook, None, State::Declared),
            (Sort::Resource, Some(&id), State::Declared),
            (Sort::Resource, None, State::Missing),
            (Sort::Resource, None, State::Cluster),
            (Sort::Host, None, State::Declared),
            (Sort::Image, None, State::Declared),
        ] {
            let number = graph.nodes.len();
            graph.nodes.push(node(sort, number, name, unit, state));
        }
    }
    let ids = |wanted: fn(&Node) -> bool| -> Vec<String> {
        graph.nodes.iter().filter(|node| wanted(node)).map(|node| node.id.clone()).collect()
    };
    let (from, to) = (ids(|n| n.unit.is_some()), ids(|n| n.unit.is_none() && n.sort != Sort::Hook));
    for from in &from {
        for to in &to {
            let relation = Relation::Volume;
            graph.edges.push(Edge {
                from: from.clone(),
                to: to.clone(),
                relation,
                optional: false,
                dangling: false,
            });
        }
    }
    graph
}

/// Each text ends within the box it follows, by the table of widths.
#[test]
fn texts_stay_in_their_boxes() {
    let long = "w".repeat(300);
    let names =
        ["a", &long, "МШЩЮЖ ".repeat(20).leak(), "漢字".repeat(40).leak(), "🔥🚀".repeat(20).leak(), ""];
    let svg = super::write(&graph(&names));
    let document = roxmltree::Document::parse(&svg).unwrap();
    let number = |node: roxmltree::Node, name: &str| node.attribute(name).unwrap().parse::<f64>().unwrap();
    let mut seen = 0;
    for group in document.descendants().filter(|node| node.has_tag_name("g")) {
        let Some(rect) = group.children().find(|node| node.has_tag_name("rect")) else { continue };
        if group.children().all(|node| !node.has_tag_name("title")) {
            continue;
        }
        let (left, right) = (number(rect, "x"), number(rect, "x") + number(rect, "width"));
        let (top, end) = (number(rect, "y"), number(rect, "y") + number(rect, "height"));
        for line in group.children().filter(|node| node.has_tag_name("text")) {
            let words = line.text().unwrap_or_default();
            let class = line.attribute("class").unwrap_or_default().split(' ').next().unwrap_or_default();
            let width = match class {
                "caption" => text::bold_width(words, text::CAPTION),
                "name" => text::width(words, text::NAME),
                "tag" => text::width(words, text::TAG),
                "title" => text::bold_width(words, text::TITLE),
                _ => text::width(words, text::CAPTION),
            };
            let x = number(line, "x");
            let start = if line.attribute("text-anchor") == Some("end") { x - width } else { x };
            assert!(start >= left && start + width <= right, "{words}: {start}+{width} in {left}..{right}");
            assert!(number(line, "y") > top && number(line, "y") < end, "{words}");
            seen += 1;
        }
    }
    assert!(seen > 80, "{seen}");
}

#[test]
fn an_empty_graph_is_a_picture() {
    let mut empty = graph(&["a"]);
    (empty.units, empty.nodes, empty.edges) = (Vec::new(), Vec::new(), Vec::new());
    assert!(roxmltree::Document::parse(&super::write(&empty)).is_ok());
}
