//! A finished picture: one SVG file without scripts, fonts or anything else from outside.
//!
//! `scene` makes panels of nodes, `columns` and `order` give them places, `nets`, `tracks` and `ports` find ways for
//! lines that cross no box, `layout` puts that together, and this file writes it down.

#[cfg(test)]
mod check;
mod columns;
mod layout;
mod legend;
mod nets;
mod order;
mod ports;
mod scene;
mod skyline;
mod text;
mod theme;
mod tracks;

use std::collections::BTreeSet;

use super::model::{Graph, Link, Node, Sort, State};
use super::style::Family;
use layout::{Layout, Rect, Wire};
use scene::{INSET, Look, Panel, caption, shown_name};
use text::{Cut, fit};

/// Blank around everything.
const MARGIN: i32 = 24;
/// Room for heading and facts.
const HEAD: i32 = 64;
/// Radius of the corners of lines.
const CORNER: i32 = 6;

/// The picture.
pub(super) fn write(graph: &Graph) -> String {
    let links = graph.links();
    let layout = layout::layout(graph, &links);
    let heading = graph.title();
    let facts = facts(graph);
    let least = text::bold_width(&heading, text::HEADING).max(text::width(&facts, text::NAME));
    let inner = layout.width.max(480).max((least.ceil() as i32).min(1200));
    let legend = legend::legend(graph, &links, inner);
    let width = inner + 2 * MARGIN;
    let height = MARGIN + HEAD + layout.height + MARGIN + legend.height + MARGIN;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"title desc\">\n\
         <title id=\"title\">{}</title>\n<desc id=\"desc\">{}</desc>\n<style>\n{}</style>\n",
        escape(&heading),
        escape(&description(graph)),
        theme::sheet()
    );
    out.push_str(&format!("<rect class=\"ground\" width=\"{width}\" height=\"{height}\"/>\n"));
    let fitted = fit(&heading, text::HEADING, f64::from(inner) / 1.12, Cut::Middle);
    out.push_str(&words(MARGIN, MARGIN + 20, "heading", &fitted));
    let facts = fit(&facts, text::NAME, f64::from(inner), Cut::Middle);
    out.push_str(&words(MARGIN, MARGIN + 42, "fact", &facts));
    out.push_str(&format!("<g transform=\"translate({MARGIN} {})\">\n", MARGIN + HEAD));
    for (panel, rect) in &layout.panels {
        frame(&mut out, panel, rect);
    }
    lines(&mut out, graph, &layout, &links);
    for (panel, _) in &layout.panels {
        for row in &panel.rows {
            node(&mut out, &graph.nodes[row.node], &layout.rows[row.node]);
        }
    }
    out.push_str("</g>\n");
    let top = height - MARGIN - legend.height;
    out.push_str(&format!("<g transform=\"translate({MARGIN} {top})\">\n{}</g>\n</svg>\n", legend.text));
    out
}

/// `namespace shop-dev · 3 groups · 3 services · 25 resources · 1 dangling reference`.
fn facts(graph: &Graph) -> String {
    let count = |number: usize, word: &str| match number {
        1 => format!("1 {word}"),
        number => format!("{number} {word}s"),
    };
    let units = |kind: &str| graph.units.iter().filter(|unit| unit.kind == kind && unit.selected).count();
    let declared = |node: &&Node| node.sort == Sort::Resource && node.state == State::Declared;
    let mut parts = vec![
        format!("namespace {}", graph.namespace),
        count(units("infrastructure"), "group"),
        count(units("services"), "service"),
        count(graph.nodes.iter().filter(declared).count(), "resource"),
    ];
    match graph.dangling() {
        0 => parts.push("no dangling references".into()),
        number => parts.push(count(number, "dangling reference")),
    }
    parts.join(" · ")
}

/// For those who cannot see it: the facts, and every reference that dangles.
fn description(graph: &Graph) -> String {
    let mut text = facts(graph);
    for link in graph.links().iter().filter(|link| link.dangling()) {
        text.push_str(&format!("; {}", reference(graph, link)));
    }
    text
}

fn reference(graph: &Graph, link: &Link) -> String {
    let (from, to) = (&graph.nodes[link.from], &graph.nodes[link.to]);
    let note = to.state.note().map(|note| format!(" ({note})")).unwrap_or_default();
    let ends = format!("{} {} → {} {}", from.caption(), from.name, to.caption(), to.name);
    format!("{ends}: {}{note}", link.words())
}

fn frame(out: &mut String, panel: &Panel, rect: &Rect) {
    let class = match panel.look {
        Look::Host | Look::Image => return,
        Look::Stack | Look::Unit => "p",
        Look::Faint => "p faint dash",
        Look::Missing => "p missing dash",
    };
    let Rect { x, y, width, height } = rect;
    out.push_str("<g>");
    out.push_str(&format!("<title>{} {}</title>", escape(panel.word), escape(&panel.title)));
    out.push_str(&format!(
        "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"8\"/>"
    ));
    let title = if panel.look == Look::Missing { "title missing" } else { "title" };
    out.push_str(words(x + 12, y + 21, title, &panel.fitted_title(*width)).trim_end());
    if !panel.word.is_empty() {
        let right = x + width - 12;
        out.push_str(&format!(
            "<text class=\"word\" x=\"{right}\" y=\"{}\" text-anchor=\"end\">{}</text>",
            y + 21,
            panel.word
        ));
    }
    if panel.rows.is_empty() {
        out.push_str(words(x + 12, y + 38, "word", "no resources").trim_end());
    }
    out.push_str("</g>\n");
}

/// All lines, then the heads of arrows: one for each target and side.
fn lines(out: &mut String, graph: &Graph, layout: &Layout, links: &[Link]) {
    let mut heads = BTreeSet::new();
    // Dangling ones last: they are on top.
    let mut order: Vec<usize> = (0..links.len()).collect();
    order.sort_by_key(|at| (links[*at].dangling(), *at));
    for at in order {
        let (link, wire) = (&links[at], &layout.wires[at]);
        let class = colour(&graph.nodes[link.to]);
        let stroke = match () {
            () if link.dangling() => " dash",
            () if link.optional() => " dots",
            () => "",
        };
        out.push_str(&format!(
            "<path class=\"w {class}{stroke}\" d=\"{}\"><title>{}</title></path>\n",
            path(wire),
            escape(&reference(graph, link))
        ));
        if let [start, next, ..] = wire.points.as_slice() {
            heads.insert((*start, next.0 < start.0, class));
        }
    }
    for ((x, y), from_left, class) in heads {
        let back = if from_left { x - 7 } else { x + 7 };
        out.push_str(&format!("<path class=\"h {class}\" d=\"M{x} {y}L{back} {}V{}Z\"/>\n", y - 4, y + 4));
    }
}

/// A line through its points, with round corners.
fn path(wire: &Wire) -> String {
    let mut points = wire.points.clone();
    points.dedup();
    let Some(first) = points.first() else { return String::new() };
    let mut path = format!("M{} {}", first.0, first.1);
    for at in 1..points.len() {
        let (x, y) = points[at];
        let Some(next) = points.get(at + 1) else {
            path.push_str(&format!("L{x} {y}"));
            continue;
        };
        // A short step is no reason for a sharp corner on its long side.
        let toward = |to: (i32, i32)| {
            let radius = CORNER.min(((to.0 - x).abs() + (to.1 - y).abs()) / 2);
            (x + (to.0 - x).signum() * radius, y + (to.1 - y).signum() * radius)
        };
        let (start, end) = (toward(points[at - 1]), toward(*next));
        path.push_str(&format!("L{} {}Q{x} {y} {} {}", start.0, start.1, end.0, end.1));
    }
    path
}

/// The class of a node's colours.
fn colour(node: &Node) -> &'static str {
    match node.state {
        State::Missing => "missing",
        State::Outside | State::Cluster | State::Optional => "faint",
        State::Declared | State::Made => Family::of(node).class(),
    }
}

fn node(out: &mut String, node: &Node, rect: &Rect) {
    let class = colour(node);
    let dash = if node.state == State::Declared { "" } else { " dash" };
    let Rect { x, y, width, height } = rect;
    out.push_str(&format!("<g><title>{}</title>", escape(&node.sentence())));
    let radius = match node.sort {
        Sort::Host | Sort::Hook => height / 2,
        Sort::Resource | Sort::Image => 6,
    };
    out.push_str(&format!(
        "<rect class=\"b {class}{dash}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{radius}\"/>"
    ));
    let faint = if matches!(class, "missing" | "faint") { class } else { "" };
    let room = f64::from(width - 2 * INSET);
    let left = x + INSET;
    if node.sort == Sort::Hook {
        let phase = node.caption();
        let used = text::bold_width(phase, text::CAPTION);
        let middle = y + height / 2 + 4;
        out.push_str(words(left, middle, &format!("caption {class}"), phase).trim_end());
        let name = fit(&node.name, text::TAG, room - used - 6.0, Cut::Middle);
        out.push_str(words(left + used.ceil() as i32 + 6, middle, "tag", &name).trim_end());
    } else {
        let first = y + height / 2 - 5;
        let above = fit(&caption(node), text::CAPTION, room / 1.12, Cut::Middle);
        out.push_str(words(left, first, &format!("caption {class}"), &above).trim_end());
        let cut = if node.sort == Sort::Image { Cut::Start } else { Cut::Middle };
        let name = fit(&shown_name(node), text::NAME, room, cut);
        out.push_str(words(left, first + 15, format!("name {faint}").trim_end(), &name).trim_end());
    }
    out.push_str("</g>\n");
}

/// A line of text.
fn words(x: i32, y: i32, class: &str, text: &str) -> String {
    format!("<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>\n", escape(text))
}

/// As XML text and attribute values.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
