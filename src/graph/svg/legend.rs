//! What colours and lines mean: only those that the picture has.

use super::super::model::{Graph, Link, State};
use super::super::style::Family;
use super::{colour, text, words};

const LINE: i32 = 24;
/// From the end of a word to the next sign.
const BETWEEN: i32 = 22;

/// The legend, drawn from 0, and its height.
pub(super) struct Legend {
    pub(super) text: String,
    pub(super) height: i32,
}

pub(super) fn legend(graph: &Graph, links: &[Link], width: i32) -> Legend {
    let mut entries: Vec<(&'static str, String, bool)> = Vec::new();
    for family in Family::ALL {
        let has = |class: &str| graph.nodes.iter().any(|node| colour(node) == class);
        if has(family.class()) {
            entries.push((family.title(), family.class().to_string(), false));
        }
    }
    let state = |wanted: &[State]| graph.nodes.iter().any(|node| wanted.contains(&node.state));
    let boxes = [
        (state(&[State::Outside]), "outside the selection", "faint dash"),
        (state(&[State::Cluster]), "the cluster's", "faint dash"),
        (state(&[State::Missing]), "not declared", "missing dash"),
    ];
    for (_, word, class) in boxes.iter().filter(|(there, _, _)| *there) {
        entries.push((word, (*class).to_string(), false));
    }
    let lines = [
        (links.iter().any(|link| !link.dangling() && !link.optional()), "refers to", "other"),
        (links.iter().any(Link::optional), "refers to, optional", "faint dots"),
        (links.iter().any(Link::dangling), "dangling", "missing dash"),
    ];
    for (_, word, class) in lines.iter().filter(|(there, _, _)| *there) {
        entries.push((word, (*class).to_string(), true));
    }
    let (mut x, mut y, mut out) = (0, 0, String::new());
    for (word, class, is_line) in entries {
        let sign = if is_line { 28 } else { 16 };
        let own = sign + 7 + text::width(word, text::TAG).ceil() as i32;
        if x > 0 && x + own > width {
            (x, y) = (0, y + LINE);
        }
        out.push_str(&if is_line {
            format!("<path class=\"w {class}\" d=\"M{x} {}h28\"/>\n", y + 10)
        } else {
            format!(
                "<rect class=\"b {class}\" x=\"{x}\" y=\"{}\" width=\"16\" height=\"12\" rx=\"3\"/>\n",
                y + 4
            )
        });
        out.push_str(&words(x + sign + 7, y + 14, "tag", word));
        x += own + BETWEEN;
    }
    Legend { text: out, height: if x > 0 { y + LINE } else { 0 } }
}
