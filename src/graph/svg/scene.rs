//! What is drawn: panels with rows, before they have a place. A panel is a group or service with its resources stacked
//! inside; hosts and images are panels of one row without a frame.

use super::super::Groups;
use super::super::model::{Graph, Node, Sort, State};
use super::super::style::Family;
use super::text::{self, Cut, fit};

/// Everything stands on this grid: rows begin on it, arrows arrive between its lines, so that lines never lie upon
/// each other by chance.
pub(super) const GRID: i32 = 8;
const HEADER: i32 = 32;
const GAP: i32 = 8;
const ROW: i32 = 40;
const TAG_ROW: i32 = 24;
/// The widest row.
const WIDEST: i32 = 264;
const NARROWEST: i32 = 152;
/// Digits of a digest that are shown.
const DIGEST: usize = 8;
/// Blank on both sides of the text in a row.
pub(super) const INSET: i32 = 10;

/// How a panel looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// The stack's own hooks.
    Stack,
    /// A group or service.
    Unit,
    /// One that the filters leave out, or what the cluster brings along.
    Faint,
    /// What nothing declares.
    Missing,
    /// No frame: a host.
    Host,
    /// No frame: an image.
    Image,
}

impl Look {
    pub(super) fn framed(self) -> bool {
        !matches!(self, Self::Host | Self::Image)
    }
}

#[derive(Clone, Debug)]
pub(super) struct Panel {
    pub(super) look: Look,
    pub(super) title: String,
    /// The small word behind the title.
    pub(super) word: &'static str,
    pub(super) rows: Vec<Row>,
    /// Width of the space for lines inside, left of the rows.
    pub(super) inner: i32,
}

#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Position in the graph's nodes.
    pub(super) node: usize,
    /// Below the panel's top.
    pub(super) top: i32,
    pub(super) height: i32,
}

impl Panel {
    pub(super) fn height(&self) -> i32 {
        let end = self.rows.last().map(|row| row.top + row.height);
        match (self.look.framed(), end) {
            (true, Some(end)) => end + GAP + GRID,
            (true, None) => HEADER + GRID * 2,
            (false, end) => end.unwrap_or(ROW),
        }
    }

    /// The width that shows all names whole, within bounds.
    pub(super) fn wanted_width(&self, graph: &Graph) -> i32 {
        let rows = self.rows.iter().map(|row| row_width(&graph.nodes[row.node]));
        let row = rows.fold(f64::from(NARROWEST), f64::max).min(f64::from(WIDEST));
        if !self.look.framed() {
            return round_up(row);
        }
        let title = text::bold_width(&self.title, text::TITLE) + text::width(self.word, text::CAPTION) + 36.0;
        round_up((row + f64::from(self.inner + self.right_pad())).max(title.min(f64::from(WIDEST) + 24.0)))
    }

    pub(super) fn right_pad(&self) -> i32 {
        if self.look.framed() { 12 } else { 0 }
    }

    /// The title, shortened to what its line has room for.
    pub(super) fn fitted_title(&self, width: i32) -> String {
        let room = f64::from(width) - text::width(self.word, text::CAPTION) - 32.0;
        fit(&self.title, text::TITLE, room / 1.12, Cut::Middle)
    }
}

fn row_width(node: &Node) -> f64 {
    let insets = f64::from(2 * INSET);
    match node.sort {
        Sort::Hook => tag_width(node),
        _ => {
            let caption = text::bold_width(&caption(node), text::CAPTION);
            text::width(&shown_name(node), text::NAME).max(caption) + insets + 4.0
        }
    }
}

/// Width of a hook's tag with its whole text.
fn tag_width(node: &Node) -> f64 {
    text::bold_width(node.caption(), text::CAPTION)
        + text::width(&node.name, text::TAG)
        + 8.0
        + f64::from(2 * INSET)
}

/// The name of a node as it is drawn: of a digest, as much as people compare.
pub(super) fn shown_name(node: &Node) -> String {
    match node.name.split_once("@sha256:") {
        Some((image, digest)) if node.sort == Sort::Image && digest.chars().count() > DIGEST => {
            let start: String = digest.chars().take(DIGEST).collect();
            format!("{image}@sha256:{start}…")
        }
        _ => node.name.clone(),
    }
}

/// The small line of a node.
pub(super) fn caption(node: &Node) -> String {
    let mut text = node.caption().to_string();
    if let Some(source) = &node.source {
        let how = if source.from.is_some() { "copied" } else { "built" };
        text.push_str(&format!(" · {how}: {}", source.entry));
    }
    match node.state {
        State::Made => text.push_str(" · made while applying"),
        State::Optional => text.push_str(" · optional"),
        _ => {}
    }
    text
}

fn round_up(width: f64) -> i32 {
    let whole = width.ceil() as i32;
    (whole + GRID - 1) / GRID * GRID
}

/// The panels of a graph, in the order of the file; `outs` says how many lines leave a node.
pub(super) fn panels(graph: &Graph, outs: &[usize]) -> Vec<Panel> {
    let Groups { own, units, loose } = graph.groups();
    let mut panels = Vec::new();
    let of_stack = |at: &usize| graph.nodes[*at].state == State::Made;
    let made: Vec<usize> = loose.iter().copied().filter(of_stack).filter(|at| resource(graph, *at)).collect();
    let stack: Vec<usize> = own.into_iter().chain(made).collect();
    if !stack.is_empty() {
        panels.push(panel(graph, outs, Look::Stack, "whole stack", "hooks", stack));
    }
    for (unit, nodes) in units {
        let (look, word) = match (unit.selected, unit.kind) {
            (false, _) => (Look::Faint, "outside the selection"),
            (true, "services") => (Look::Unit, "service"),
            (true, _) => (Look::Unit, "group"),
        };
        panels.push(panel(graph, outs, look, &unit.name, word, nodes));
    }
    let absent = |wanted: &[State]| -> Vec<usize> {
        let is = |at: &usize| resource(graph, *at) && wanted.contains(&graph.nodes[*at].state);
        loose.iter().copied().filter(is).collect()
    };
    for (look, title, word, states) in [
        (Look::Faint, "the cluster's", "", &[State::Cluster][..]),
        (Look::Missing, "not declared", "", &[State::Missing, State::Optional]),
    ] {
        let nodes = absent(states);
        if !nodes.is_empty() {
            panels.push(panel(graph, outs, look, title, word, nodes));
        }
    }
    for (sort, look) in [(Sort::Host, Look::Host), (Sort::Image, Look::Image)] {
        for at in loose.iter().filter(|at| graph.nodes[**at].sort == sort) {
            panels.push(panel(graph, outs, look, "", "", vec![*at]));
        }
    }
    panels
}

fn resource(graph: &Graph, at: usize) -> bool {
    graph.nodes[at].sort == Sort::Resource
}

fn panel(
    graph: &Graph,
    outs: &[usize],
    look: Look,
    title: &str,
    word: &'static str,
    mut nodes: Vec<usize>,
) -> Panel {
    nodes.sort_by_key(|at| rank(&graph.nodes[*at]));
    let mut top = if look.framed() { HEADER } else { 0 };
    let rows = nodes.into_iter().map(|node| {
        let height = match graph.nodes[node].sort {
            Sort::Hook => TAG_ROW,
            // Room for the lines that leave it, up to a point.
            _ => ROW.max(GRID * (outs[node].min(7) as i32 + 1)),
        };
        let row = Row { node, top, height };
        top += height + GAP;
        row
    });
    let rows = rows.collect();
    Panel { look, title: title.to_string(), word, rows, inner: 12 }
}

/// The order inside of a panel: as requests go, hooks around it.
fn rank(node: &Node) -> usize {
    if let Some(hook) = &node.hook {
        return if hook.phase.starts_with("before") { 0 } else { 99 };
    }
    const KINDS: [&str; 17] = [
        "Namespace",
        "IngressClass",
        "Ingress",
        "Service",
        "HorizontalPodAutoscaler",
        "PodDisruptionBudget",
        "NetworkPolicy",
        "Deployment",
        "StatefulSet",
        "DaemonSet",
        "CronJob",
        "Job",
        "ServiceAccount",
        "RoleBinding",
        "ClusterRoleBinding",
        "Role",
        "ClusterRole",
    ];
    let kind = node.kind.as_deref().unwrap_or_default();
    match KINDS.iter().position(|known| *known == kind) {
        Some(at) => at + 1,
        None => 30 + Family::ALL.iter().position(|family| *family == Family::of(node)).unwrap_or_default(),
    }
}
