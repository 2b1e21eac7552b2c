//! Which column a panel stands in: hosts and the stack's own hooks first, images last, and between them groups and services so that references
//! lead to the right where they can.

use std::collections::{BTreeMap, BTreeSet};

use super::scene::{Look, Panel};

/// Room between two panels of a column.
pub(super) const GAP: i32 = 24;
/// What a column may measure before it is split, however small the rest.
const TALL: i32 = 960;
/// Width to height of the whole picture, aimed at.
const ASPECT: f64 = 1.5;
/// About the width of a column with its gutter.
const COLUMN: f64 = 340.0;

/// The panels of each column, from left to right, none empty. `edges` are references between panels.
pub(super) fn columns(panels: &[Panel], edges: &BTreeSet<(usize, usize)>) -> Vec<Vec<usize>> {
    let of = |look: Look| (0..panels.len()).filter(|at| panels[*at].look == look).collect::<Vec<_>>();
    let first: Vec<usize> = of(Look::Stack).into_iter().chain(of(Look::Host)).collect();
    let is_unit = |at: usize| panels[at].look.framed() && panels[at].look != Look::Stack;
    let units: Vec<usize> = (0..panels.len()).filter(|at| is_unit(*at)).collect();
    let inner: BTreeSet<(usize, usize)> =
        edges.iter().copied().filter(|(from, to)| from != to && is_unit(*from) && is_unit(*to)).collect();
    let height = |list: &[usize]| list.iter().map(|at| panels[*at].height() + GAP).sum::<i32>();
    let total = f64::from(height(&units));
    let wanted = (total * ASPECT / COLUMN).sqrt().max(1.0);
    let tallest = units.iter().map(|at| panels[*at].height() + GAP).max().unwrap_or_default();
    let most = TALL.max(tallest).max((total / wanted).ceil() as i32);
    let mut columns = split(first, most, &height);
    for layer in layers(&units, &inner) {
        columns.extend(split(layer, most, &height));
    }
    columns.extend(split(of(Look::Image), most, &height));
    columns.retain(|column| !column.is_empty());
    columns
}

/// Each panel as far right as the longest chain of references that leads to it; references that close a circle do not
/// count. Panels without any reference fill up the lowest layer.
fn layers(units: &[usize], edges: &BTreeSet<(usize, usize)>) -> Vec<Vec<usize>> {
    let kept = without_circles(units, edges);
    let size = units.iter().max().map_or(0, |most| most + 1);
    let mut layer = vec![0_usize; size];
    // A longest path has fewer edges than there are panels.
    for _ in 0..units.len() {
        let before = layer.clone();
        for (from, to) in &kept {
            layer[*to] = layer[*to].max(layer[*from] + 1);
        }
        if layer == before {
            break;
        }
    }
    let mut layers: Vec<Vec<usize>> = Vec::new();
    for unit in units {
        let at = layer[*unit];
        layers.resize_with(layers.len().max(at + 1), Vec::new);
        layers[at].push(*unit);
    }
    layers
}

/// The edges but for those that lead back to a panel they came from, looked at in the file's order.
fn without_circles(units: &[usize], edges: &BTreeSet<(usize, usize)>) -> Vec<(usize, usize)> {
    let mut kept: Vec<(usize, usize)> = Vec::new();
    let mut next: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    // References out of services come first: they decide when a group also refers to a service.
    for from in units.iter().rev() {
        for (_, to) in edges.range((*from, 0)..(*from + 1, 0)) {
            if !reaches(&next, *to, *from) {
                kept.push((*from, *to));
                next.entry(*from).or_default().push(*to);
            }
        }
    }
    kept
}

fn reaches(next: &BTreeMap<usize, Vec<usize>>, from: usize, to: usize) -> bool {
    let mut open = vec![from];
    let mut seen = BTreeSet::new();
    while let Some(at) = open.pop() {
        if at == to {
            return true;
        }
        if seen.insert(at) {
            open.extend(next.get(&at).into_iter().flatten());
        }
    }
    false
}

/// A column that is too tall becomes several of about the same height.
fn split(column: Vec<usize>, most: i32, height: &dyn Fn(&[usize]) -> i32) -> Vec<Vec<usize>> {
    let total = height(&column);
    let parts = (total + most - 1) / most.max(1);
    if parts < 2 {
        return vec![column];
    }
    let each = total / parts;
    let mut columns = vec![Vec::new()];
    let mut used = 0;
    for panel in column {
        let own = height(&[panel]);
        if used + own / 2 > each && columns.len() < parts as usize {
            columns.push(Vec::new());
            used = 0;
        }
        used += own;
        if let Some(last) = columns.last_mut() {
            last.push(panel);
        }
    }
    columns
}
