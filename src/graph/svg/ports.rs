//! Where lines leave and enter rows.

use std::collections::{BTreeMap, BTreeSet};

use super::layout::Rect;
use super::scene::GRID;

/// The side of a row that lines leave from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Exit {
    Left,
    Right,
}

/// Where arrows enter a row of this height, below its top: near the middle, between two lines of the grid.
pub(super) fn entry_offset(height: i32) -> i32 {
    height / 2 / GRID * GRID + GRID / 2
}

/// Where arrows enter a row.
pub(super) fn entry(row: &Rect) -> i32 {
    row.y + entry_offset(row.height)
}

/// Where each line leaves: `lines` are (line, node, side, height it is bound for); `entered` are the sides of nodes where
/// arrows come in. Lines of a row leave in the order of where they go, on the grid, away from an arrow that comes in
/// between; a single one leaves as if it came in, so that it can go straight on. When there are more than the row has
/// room for, some share a place.
pub(super) fn exits(
    lines: &[(usize, usize, Exit, i32)],
    entered: &BTreeSet<(usize, Exit)>,
    row: &dyn Fn(usize) -> Rect,
) -> BTreeMap<usize, i32> {
    let mut sides: BTreeMap<(usize, Exit), Vec<(i32, usize)>> = BTreeMap::new();
    for (line, node, exit, bound) in lines {
        sides.entry((*node, *exit)).or_default().push((*bound, *line));
    }
    let mut exits = BTreeMap::new();
    for ((node, side), mut list) in sides {
        list.sort_unstable();
        let row = row(node);
        let shared = entered.contains(&(node, side));
        if let ([(_, line)], false) = (list.as_slice(), shared) {
            exits.insert(*line, entry(&row));
            continue;
        }
        let places = (row.height / GRID - 1).max(1);
        let count = list.len() as i32;
        let middle = entry(&row);
        for (at, (bound, line)) in (0..).zip(list) {
            let place = match () {
                () if count > places => at * places / count,
                () if shared && bound < middle => at,
                () if shared => places - count + at,
                () => (places - count) / 2 + at,
            };
            exits.insert(line, row.y + (place + 1) * GRID);
        }
    }
    exits
}
