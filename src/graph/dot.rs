//! A Graphviz graph, for `dot -Tsvg`, `-Tpng`, `-Tpdf`.

use super::Groups;
use super::label::shorten;
use super::model::{Graph, Link, Node, Sort, State};
use super::style::Family;

/// The longest name on a node; tooltips have it all.
const LONGEST: usize = 60;

const HEAD: &str = r##"  graph [rankdir=LR, charset="UTF-8", fontname="Helvetica,Arial,sans-serif", labelloc=t, nodesep=0.2, ranksep=0.9, tooltip=" "];
  node [shape=box, style="rounded,filled", fontname="Helvetica,Arial,sans-serif", fontsize=11, color="#5f6368", fillcolor="#f4f4f5", fontcolor="#1f2328", margin="0.12,0.06"];
  edge [fontname="Helvetica,Arial,sans-serif", fontsize=9, color="#6e7781", fontcolor="#59636e", arrowsize=0.7];
"##;

pub(super) fn write(graph: &Graph) -> String {
    let mut out = format!("digraph {} {{\n", quote(&graph.project));
    out.push_str(HEAD);
    let title = format!("{}\\nnamespace {}", escape(&graph.title()), escape(&graph.namespace));
    out.push_str(&format!("  label=\"{title}\";\n"));
    let Groups { own, units, loose } = graph.groups();
    if !own.is_empty() {
        cluster(&mut out, graph, "stack", "the whole stack", "rounded", &own);
    }
    for (at, (unit, nodes)) in units.iter().enumerate() {
        let left_out = if unit.selected { "" } else { ", outside the selection" };
        let word = if unit.kind == "services" { "service" } else { "group" };
        let title = format!("{word} {}{left_out}", shorten(&unit.name, LONGEST));
        let style = if unit.selected { "rounded" } else { "rounded,dashed" };
        cluster(&mut out, graph, &at.to_string(), &title, style, nodes);
    }
    for at in loose {
        node(&mut out, "  ", at, &graph.nodes[at]);
    }
    for link in graph.links() {
        edge(&mut out, graph, &link);
    }
    out.push_str("}\n");
    out
}

fn cluster(out: &mut String, graph: &Graph, id: &str, title: &str, style: &str, nodes: &[usize]) {
    let title = quote(title);
    out.push_str(&format!("  subgraph cluster_{id} {{\n    label={title};\n    style=\"{style}\";\n"));
    out.push_str("    color=\"#afb8c1\";\n    fontsize=12;\n");
    // A cluster without nodes is not drawn; a service without resources shall be.
    if nodes.is_empty() {
        out.push_str(&format!("    empty_{id} [label=\"no resources\", style=\"\", shape=plaintext];\n"));
    }
    for at in nodes {
        node(out, "    ", *at, &graph.nodes[*at]);
    }
    out.push_str("  }\n");
}

fn node(out: &mut String, indent: &str, at: usize, node: &Node) {
    let mut lines = vec![node.caption().to_string(), shorten(&node.name, LONGEST)];
    lines.extend(node.source.as_ref().map(|source| shorten(&source.word(), LONGEST)));
    lines.extend(node.state.note().map(|note| format!("({note})")));
    let label: Vec<String> = lines.iter().map(|line| escape(line)).collect();
    let mut attributes =
        vec![format!("label=\"{}\"", label.join("\\n")), format!("tooltip={}", quote(&node.sentence()))];
    match node.state {
        State::Missing => attributes.push(
            r##"style="rounded,filled,dashed", color="#d1242f", fillcolor="#fff5f5", fontcolor="#a40e26""##
                .into(),
        ),
        State::Outside | State::Cluster | State::Optional => attributes.push(
            r##"style="rounded,filled,dashed", color="#818b98", fillcolor="#f6f8fa", fontcolor="#59636e""##
                .into(),
        ),
        State::Declared | State::Made => {
            let (accent, fill) = Family::of(node).colours().light;
            attributes.push(format!("color=\"{accent}\", fillcolor=\"{fill}\""));
        }
    }
    match node.sort {
        Sort::Resource => {}
        Sort::Host => attributes.push("shape=oval".into()),
        Sort::Image => attributes.push("shape=box3d".into()),
        Sort::Hook => attributes.push("shape=cds".into()),
    }
    out.push_str(&format!("{indent}n{at} [{}];\n", attributes.join(", ")));
}

fn edge(out: &mut String, graph: &Graph, link: &Link) {
    let (from, to) = (&graph.nodes[link.from], &graph.nodes[link.to]);
    let words = link.words();
    let tooltip = format!("{} {} → {} {}: {words}", from.caption(), from.name, to.caption(), to.name);
    let tooltip = quote(&tooltip);
    let style = match () {
        () if link.dangling() => r##", style=dashed, color="#d1242f", fontcolor="#d1242f""##,
        () if link.optional() => ", style=dotted",
        () => "",
    };
    let label = quote(&words);
    let ends = format!("n{} -> n{}", link.from, link.to);
    out.push_str(&format!("  {ends} [label={label}, tooltip={tooltip}, labeltooltip={tooltip}{style}];\n"));
}

fn quote(text: &str) -> String {
    format!("\"{}\"", escape(text))
}

/// Inside of quotes. `&` begins an HTML entity in dot's labels, `\` an escape such as `\N`.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('&', "&amp;")
}
