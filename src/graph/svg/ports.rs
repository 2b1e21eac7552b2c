//! Where lines leave and enter rows.

use std::collections::BTreeMap;

use super::layout::Rect;
use super::scene::GRID;

/// The side of a row that lines leave from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Exit {
    Left,
    Right,
}

/// Where arrows enter a row: near its middle, between two lines of the grid.
pub(super) fn entry(row: &Rect) -> i32 {
    row.y + row.height / 2 / GRID * GRID + GRID / 2
}

/// Where each line leaves: `lines` are (line, node, side, height it is bound for). Lines of a row leave in the order of
/// where they go, on the grid; when there are more than the row has room for, some share a place.
pub(super) fn exits(
    lines: &[(usize, usize, Exit, i32)],
    row: &dyn Fn(usize) -> Rect,
) -> BTreeMap<usize, i32> {
    let mut sides: BTreeMap<(usize, Exit), Vec<(i32, usize)>> = BTreeMap::new();
    for (line, node, exit, bound) in lines {
        sides.entry((*node, *exit)).or_default().push((*bound, *line));
    }
    let mut exits = BTreeMap::new();
    for ((node, _), mut list) in sides {
        list.sort_unstable();
        let row = row(node);
        let places = (row.height / GRID - 1).max(1);
        let count = list.len() as i32;
        for (at, (_, line)) in (0..).zip(list) {
            let place = if count <= places { (places - count) / 2 + at } else { at * places / count };
            exits.insert(line, row.y + (place + 1) * GRID);
        }
    }
    exits
}
