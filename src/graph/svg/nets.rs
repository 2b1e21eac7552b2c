//! Lines that lead to the same place share their way: a net. It crosses gutters between columns, and columns by lanes
//! between panels.

use std::collections::BTreeMap;

/// A place a line can end in or pass: a row (by node) of a column, or a net's lane through a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum End {
    /// The row of this node.
    Row(usize),
    /// The lane with this number.
    Lane(usize),
}

/// From where a net reaches its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    /// From columns to the left.
    Left,
    /// From the target's own column and those to the right.
    Right,
    /// From the same panel, by its inner space.
    Inner,
}

/// All lines to one node from one side.
#[derive(Clone, Debug)]
pub(super) struct Net {
    pub(super) target: usize,
    pub(super) side: Side,
    pub(super) sources: Vec<usize>,
    /// The target's column.
    pub(super) column: usize,
    /// Lanes by column.
    pub(super) lanes: BTreeMap<usize, usize>,
}

/// What a net does in one gutter: it joins the ends at the left with those at the right.
#[derive(Clone, Debug)]
pub(super) struct Hop {
    pub(super) net: usize,
    /// The gutter right of the column with this number.
    pub(super) gutter: usize,
    pub(super) left: Vec<End>,
    pub(super) right: Vec<End>,
}

/// Nets, the columns of their lanes, and their hops.
pub(super) struct Nets {
    pub(super) nets: Vec<Net>,
    /// The column of each lane.
    pub(super) lanes: Vec<usize>,
    pub(super) hops: Vec<Hop>,
}

/// Joins links (source and target nodes) to nets. `place` gives panel and column of a node.
pub(super) fn nets(links: &[(usize, usize)], place: &dyn Fn(usize) -> (usize, usize)) -> Nets {
    let mut grouped: BTreeMap<(usize, Side), Vec<usize>> = BTreeMap::new();
    for (from, to) in links {
        let ((from_panel, from_column), (to_panel, to_column)) = (place(*from), place(*to));
        let side = match () {
            () if from_panel == to_panel => Side::Inner,
            () if from_column < to_column => Side::Left,
            () => Side::Right,
        };
        grouped.entry((*to, side)).or_default().push(*from);
    }
    let mut all = Nets { nets: Vec::new(), lanes: Vec::new(), hops: Vec::new() };
    for ((target, side), sources) in grouped {
        let column = place(target).1;
        let mut net = Net { target, side, sources, column, lanes: BTreeMap::new() };
        all.cross(&mut net, place);
        all.nets.push(net);
    }
    all
}

impl Nets {
    /// Gives a net its lanes and hops.
    fn cross(&mut self, net: &mut Net, place: &dyn Fn(usize) -> (usize, usize)) {
        let columns: Vec<usize> = net.sources.iter().map(|source| place(*source).1).collect();
        let number = self.nets.len();
        let in_column = |wanted: usize| -> Vec<End> {
            let sources = net.sources.iter().zip(&columns);
            sources.filter(|(_, column)| **column == wanted).map(|(source, _)| End::Row(*source)).collect()
        };
        match net.side {
            Side::Inner => {}
            Side::Left => {
                let first = columns.iter().copied().min().unwrap_or(net.column);
                let mut outlet = End::Row(net.target);
                for gutter in (first..net.column).rev() {
                    let mut left = in_column(gutter);
                    let right = vec![outlet];
                    if gutter > first {
                        outlet = End::Lane(self.lanes.len());
                        net.lanes.insert(gutter, self.lanes.len());
                        self.lanes.push(gutter);
                        left.push(outlet);
                    }
                    self.hops.push(Hop { net: number, gutter, left, right });
                }
            }
            Side::Right => {
                let last = columns.iter().copied().max().unwrap_or(net.column);
                let mut outlet = End::Row(net.target);
                for gutter in net.column..last.max(net.column + 1) {
                    let mut left = vec![outlet];
                    let mut right = in_column(gutter + 1);
                    if gutter == net.column {
                        left.extend(in_column(gutter));
                    }
                    if gutter + 1 < last {
                        outlet = End::Lane(self.lanes.len());
                        net.lanes.insert(gutter + 1, self.lanes.len());
                        self.lanes.push(gutter + 1);
                        right.push(outlet);
                    }
                    self.hops.push(Hop { net: number, gutter, left, right });
                }
            }
        }
    }
}
