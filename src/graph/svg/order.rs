//! The order of panels and lanes inside of columns, and their heights on the page: near to what they are joined with,
//! with few crossings.

/// What stands in a column.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) column: usize,
    pub(super) height: i32,
    /// Free room above and below; between two items the larger counts.
    pub(super) margin: i32,
}

/// A line between items of neighbouring columns; offsets are below the items' tops.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tie {
    pub(super) left: (usize, i32),
    pub(super) right: (usize, i32),
}

/// How often the columns are gone through.
const SWEEPS: usize = 12;
/// By how much the page may be taller than its tallest column: straight lines are nice, a compact picture nicer.
const SLACK: f64 = 40.0;
/// What a crossing costs, in pixels of line.
const CROSSING: f64 = 60.0;

/// The top of each item, on a grid of `grid` pixels, the topmost at 0.
pub(super) fn arrange(items: &[Item], ties: &[Tie], grid: i32) -> Vec<i32> {
    let count = items.iter().map(|item| item.column + 1).max().unwrap_or_default();
    let mut columns = vec![Vec::new(); count];
    for (at, item) in items.iter().enumerate() {
        columns[item.column].push(at);
    }
    let mut joined = vec![Vec::new(); items.len()];
    for Tie { left, right } in ties {
        joined[left.0].push(End { offset: left.1, other: *right, is_right: false });
        joined[right.0].push(End { offset: right.1, other: *left, is_right: true });
    }
    let mut state = State { items, ties, joined, columns, tops: vec![0.0; items.len()], page: 0.0 };
    for column in 0..count {
        let end = state.stack(column);
        state.page = state.page.max(end + SLACK);
    }
    let mut best = (state.cost(), state.columns.clone(), state.tops.clone());
    for sweep in 0..SWEEPS {
        let order: Vec<usize> =
            if sweep % 2 == 0 { (0..count).collect() } else { (0..count).rev().collect() };
        for column in order {
            state.place(column, Some(sweep % 2 == 0), true);
        }
        for _ in 0..3 {
            (0..count).for_each(|column| state.place(column, None, false));
        }
        let cost = state.cost();
        if cost < best.0 {
            best = (cost, state.columns.clone(), state.tops.clone());
        }
    }
    (state.columns, state.tops) = (best.1, best.2);
    state.snapped(grid)
}

/// A tie as one of its items has it.
#[derive(Clone, Copy)]
struct End {
    offset: i32,
    other: (usize, i32),
    /// Whether this end is the right one, and the other item stands to the left.
    is_right: bool,
}

struct State<'a> {
    items: &'a [Item],
    ties: &'a [Tie],
    /// The ties of each item.
    joined: Vec<Vec<End>>,
    columns: Vec<Vec<usize>>,
    tops: Vec<f64>,
    /// Height of the page.
    page: f64,
}

impl State<'_> {
    /// Puts the items of a column below each other; the end of the last.
    fn stack(&mut self, column: usize) -> f64 {
        let mut top = 0.0;
        for (at, item) in self.columns[column].clone().into_iter().enumerate() {
            if at > 0 {
                top += f64::from(self.gap(self.columns[column][at - 1], item));
            }
            self.tops[item] = top;
            top += f64::from(self.items[item].height);
        }
        top
    }

    /// Moves a column's items back onto the page, in their order.
    fn keep_on_page(&mut self, column: usize) {
        let list = self.columns[column].clone();
        let mut free = 0.0;
        for (at, item) in list.iter().enumerate() {
            if at > 0 {
                free += f64::from(self.gap(list[at - 1], *item));
            }
            self.tops[*item] = self.tops[*item].max(free);
            free = self.tops[*item] + f64::from(self.items[*item].height);
        }
        let mut end = self.page;
        for (at, item) in list.iter().enumerate().rev() {
            let most = end - f64::from(self.items[*item].height);
            self.tops[*item] = self.tops[*item].min(most);
            end = self.tops[*item];
            if at > 0 {
                end -= f64::from(self.gap(list[at - 1], *item));
            }
        }
    }

    fn gap(&self, above: usize, below: usize) -> i32 {
        self.items[above].margin.max(self.items[below].margin)
    }

    /// Where an item would like to be, and how much; `left`: only because of the column to its left or right.
    fn wish(&self, item: usize, left: Option<bool>) -> Option<(f64, f64)> {
        let (mut sum, mut count) = (0.0, 0.0);
        for End { offset, other, is_right } in &self.joined[item] {
            if left.is_none_or(|left| left == *is_right) {
                sum += self.tops[other.0] + f64::from(other.1 - offset);
                count += 1.0;
            }
        }
        (count > 0.0).then(|| (sum / count, count))
    }

    /// Moves the items of a column to where they like to be, in a new order if `sort` says so, without overlaps.
    fn place(&mut self, column: usize, left: Option<bool>, sort: bool) {
        let mut list: Vec<(usize, f64, f64)> = self.columns[column]
            .iter()
            .map(|item| {
                let (wish, weight) = self.wish(*item, left).unwrap_or((self.tops[*item], 0.05));
                (*item, wish, weight)
            })
            .collect();
        if sort {
            let middle =
                |(item, wish, _): &(usize, f64, f64)| wish + f64::from(self.items[*item].height) / 2.0;
            list.sort_by(|a, b| middle(a).total_cmp(&middle(b)));
        }
        // The nearest tops that keep order and gaps: items that push each other move as one block (the usual way to
        // fit a rising line to points).
        let mut offset = 0.0;
        let mut offsets = Vec::new();
        let mut blocks: Vec<(f64, f64, usize)> = Vec::new();
        for (at, (item, wish, weight)) in list.iter().enumerate() {
            if at > 0 {
                offset += f64::from(self.items[list[at - 1].0].height + self.gap(list[at - 1].0, *item));
            }
            offsets.push(offset);
            blocks.push((wish - offset, *weight, 1));
            while let [.., above, below] = blocks.as_slice() {
                if above.0 <= below.0 {
                    break;
                }
                let weight = above.1 + below.1;
                let joined = ((above.0 * above.1 + below.0 * below.1) / weight, weight, above.2 + below.2);
                blocks.truncate(blocks.len() - 2);
                blocks.push(joined);
            }
        }
        let starts = blocks.iter().flat_map(|(start, _, count)| std::iter::repeat_n(*start, *count));
        for (((item, _, _), offset), start) in list.iter().zip(offsets).zip(starts) {
            self.tops[*item] = start + offset;
        }
        self.columns[column] = list.into_iter().map(|(item, _, _)| item).collect();
        self.keep_on_page(column);
    }

    /// Length of all lines, crossings, and the height of the page.
    fn cost(&self) -> f64 {
        let mut cost = 0.0;
        let mut gutters: Vec<Vec<(f64, f64)>> = vec![Vec::new(); self.columns.len()];
        for tie in self.ties {
            let y = |end: (usize, i32)| self.tops[end.0] + f64::from(end.1);
            let ends = (y(tie.left), y(tie.right));
            cost += (ends.0 - ends.1).abs();
            gutters[self.items[tie.left.0].column].push(ends);
        }
        cost += CROSSING * gutters.into_iter().map(crossings).sum::<usize>() as f64;
        let bottom = |at: usize| self.tops[at] + f64::from(self.items[at].height);
        let top = self.tops.iter().copied().fold(f64::INFINITY, f64::min);
        let end = (0..self.items.len()).map(bottom).fold(f64::NEG_INFINITY, f64::max);
        if self.items.is_empty() { 0.0 } else { cost + (end - top) * 4.0 }
    }

    fn snapped(&self, grid: i32) -> Vec<i32> {
        let least = self.tops.iter().copied().fold(f64::INFINITY, f64::min);
        let mut tops = vec![0; self.items.len()];
        for column in &self.columns {
            let mut free = 0;
            for (at, item) in column.iter().enumerate() {
                if at > 0 {
                    free += self.gap(column[at - 1], *item);
                }
                let wish = ((self.tops[*item] - least) / f64::from(grid)).round() as i32 * grid;
                let top = wish.max((free + grid - 1) / grid * grid);
                tops[*item] = top;
                free = top + self.items[*item].height;
            }
        }
        tops
    }
}

/// How many of these lines cross each other; those that begin or end at one height do not.
fn crossings(mut lines: Vec<(f64, f64)>) -> usize {
    lines.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut ends: Vec<f64> = lines.iter().map(|line| line.1).collect();
    ends.sort_by(f64::total_cmp);
    // How many of the lines seen end at each height: sums over stretches, as a Fenwick tree has them.
    let mut seen = vec![0; ends.len() + 1];
    let mut found = 0;
    for (before, (_, end)) in lines.iter().enumerate() {
        let mut at = ends.partition_point(|other| other <= end);
        let mut not_lower = 0;
        while at > 0 {
            not_lower += seen[at];
            at &= at - 1;
        }
        found += before - not_lower;
        let mut at = ends.partition_point(|other| other < end) + 1;
        while at < seen.len() {
            seen[at] += 1;
            at += at & at.wrapping_neg();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against the definition, with many equal heights.
    #[test]
    fn crossings_are_counted() {
        let mut seed = 3_u32;
        let mut number = || {
            seed = (seed * 75 + 74) % 65537;
            f64::from(seed % 9) / 2.0
        };
        for count in 0..40 {
            let lines: Vec<(f64, f64)> = (0..count).map(|_| (number(), number())).collect();
            let pairs = lines.iter().enumerate().flat_map(|(at, a)| lines[..at].iter().map(move |b| (a, b)));
            let wanted = pairs.filter(|(a, b)| (a.0 - b.0) * (a.1 - b.1) < 0.0).count();
            assert_eq!(crossings(lines.clone()), wanted, "{lines:?}");
        }
    }
}
