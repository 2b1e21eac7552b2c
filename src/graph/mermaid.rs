//! A mermaid flowchart: text that GitHub and others draw where Markdown is read.
//!
//! Labels stand in quotes and hold no character that mermaid, its Markdown or HTML could take for markup: those are
//! written as numbers (`#35;`).

use std::fmt::Write as _;

use super::Groups;
use super::label::shorten;
use super::model::{Graph, Link, Node, Sort, State};
use super::style::Family;

/// The longest name on a node.
const LONGEST: usize = 60;
/// As many edges mermaid draws unless it is told otherwise.
pub(super) const MOST_EDGES: usize = 500;

pub(super) fn write(graph: &Graph) -> String {
    let mut out = String::new();
    let title = comment(&graph.title());
    out.push_str(&format!("%% {title}, namespace {}\nflowchart LR\n", comment(&graph.namespace)));
    let Groups { own, units, loose } = graph.groups();
    if !own.is_empty() {
        subgraph(&mut out, graph, "stack", "the whole stack", &own);
    }
    for (at, (unit, nodes)) in units.iter().enumerate() {
        let left_out = if unit.selected { "" } else { ", outside the selection" };
        let word = if unit.kind == "services" { "service" } else { "group" };
        let title = format!("{word} {}{left_out}", shorten(&unit.name, LONGEST));
        subgraph(&mut out, graph, &format!("u{at}"), &title, nodes);
    }
    for at in loose {
        node(&mut out, "  ", at, &graph.nodes[at]);
    }
    let links = graph.links();
    for link in &links {
        edge(&mut out, link);
    }
    let red: Vec<String> =
        (0..links.len()).filter(|at| links[*at].dangling()).map(|at| at.to_string()).collect();
    if !red.is_empty() {
        out.push_str(&format!("  linkStyle {} stroke:#d1242f,color:#d1242f\n", red.join(",")));
    }
    classes(&mut out, graph);
    out
}

fn subgraph(out: &mut String, graph: &Graph, id: &str, title: &str, nodes: &[usize]) {
    out.push_str(&format!("  subgraph {id}[\"{}\"]\n", escape(title)));
    for at in nodes {
        node(out, "    ", *at, &graph.nodes[*at]);
    }
    out.push_str("  end\n");
    // No fill, and the title in the page's own colour: good on light and dark pages.
    out.push_str(&format!("  style {id} fill:none,stroke:#818b98\n"));
}

fn node(out: &mut String, indent: &str, at: usize, node: &Node) {
    let mut label = format!("{}<br/>{}", escape(node.caption()), escape(&shorten(&node.name, LONGEST)));
    if let Some(source) = &node.source {
        label.push_str(&format!("<br/>{}", escape(&shorten(&source.word(), LONGEST))));
    }
    if let Some(note) = node.state.note() {
        label.push_str(&format!("<br/>({})", escape(note)));
    }
    let (open, close) = match node.sort {
        Sort::Resource => ("[", "]"),
        Sort::Host => ("([", "])"),
        Sort::Image => ("[[", "]]"),
        Sort::Hook => ("{{", "}}"),
    };
    let class = class(node);
    out.push_str(&format!("{indent}n{at}{open}\"{label}\"{close}:::{class}\n"));
}

fn edge(out: &mut String, link: &Link) {
    let arrow = if link.dangling() || link.optional() { "-.->" } else { "-->" };
    out.push_str(&format!("  n{} {arrow}|\"{}\"| n{}\n", link.from, escape(&link.words()), link.to));
}

fn class(node: &Node) -> &'static str {
    match node.state {
        State::Missing => "missing",
        State::Outside | State::Cluster | State::Optional => "absent",
        State::Declared | State::Made => Family::of(node).class(),
    }
}

fn classes(out: &mut String, graph: &Graph) {
    let used = |name: &str| graph.nodes.iter().any(|node| class(node) == name);
    for family in Family::ALL.iter().filter(|family| used(family.class())) {
        let (accent, fill) = family.colours().light;
        // Writing to a String cannot fail.
        let _ = writeln!(out, "  classDef {} fill:{fill},stroke:{accent},color:#1f2328", family.class());
    }
    if used("missing") {
        out.push_str("  classDef missing fill:#fff5f5,stroke:#d1242f,color:#a40e26,stroke-dasharray:5 3\n");
    }
    if used("absent") {
        out.push_str("  classDef absent fill:#f6f8fa,stroke:#818b98,color:#59636e,stroke-dasharray:5 3\n");
    }
}

/// A comment ends with its line, and `{` begins a directive in it.
fn comment(text: &str) -> String {
    text.replace(['{', '}', '%'], " ")
}

/// Letters, digits and harmless marks as they are, the rest of ASCII by number. Marks that Markdown would turn into a
/// list or a link count as harmful where they do so.
fn escape(text: &str) -> String {
    let mut out = String::new();
    let chars: Vec<char> = text.chars().collect();
    for (at, c) in chars.iter().enumerate() {
        let next = chars.get(at + 1);
        let harmless = match c {
            c if c.is_ascii_alphanumeric() || !c.is_ascii() => true,
            ' ' => at > 0 && chars[at - 1] != ' ',
            '/' | ',' | '=' => true,
            // `- x` and `1. x` begin lists, `www.` a link.
            '-' => at > 0,
            '.' => next != Some(&' ') && !out.to_ascii_lowercase().ends_with("www"),
            ':' => next != Some(&'/'),
            _ => false,
        };
        if harmless {
            out.push(*c);
        } else {
            out.push_str(&format!("#{};", u32::from(*c)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_hold_no_markup() {
        assert_eq!(escape(r#"a"b[c]#`"#), "a#34;b#91;c#93;#35;#96;");
        assert_eq!(escape("<b> & 1. x"), "#60;b#62; #38; 1#46; x");
        assert_eq!(
            escape("https://www.shop.test/_x_ пример"),
            "https#58;//www#46;shop.test/#95;x#95; пример"
        );
        assert_eq!(escape("localhost:32000/a:1"), "localhost:32000/a:1");
    }
}
