//! Vertical tracks: nets that pass each other in a gutter, or inside of a panel, get ways of their own.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use super::skyline::Skyline;

/// What a net does in a gutter, as heights.
#[derive(Clone, Debug)]
pub(super) struct Strand {
    /// Where it is joined with what stands left.
    pub(super) left: Vec<i32>,
    /// Where it is joined with what stands right.
    pub(super) right: Vec<i32>,
}

/// How near the ends of two strands may come on one track.
const NEAR: i32 = 10;
/// Two lines upon each other are worse than any crossing.
const UPON: u32 = 400;
/// How often the order is improved.
const PASSES: usize = 6;
/// Of more strands than these no order with few crossings is looked for: it would take ever longer, and what nobody
/// can follow had better be narrow.
const MANY: usize = 300;

impl Strand {
    fn range(&self) -> (i32, i32) {
        let all = || self.left.iter().chain(&self.right).copied();
        (all().min().unwrap_or_default(), all().max().unwrap_or_default())
    }

    /// What it takes of its track; others keep away by `NEAR`.
    fn stretch(&self) -> (i32, i32) {
        let (top, end) = self.range();
        (top, end + NEAR)
    }

    /// Whether it goes down from the left to the right.
    fn goes_down(&self) -> bool {
        self.left.iter().min() < self.right.iter().min()
    }

    /// What it costs when this one's track is left of the other's.
    fn cost_left_of(&self, other: &Self) -> u32 {
        let inside = |heights: &[i32], (top, end): (i32, i32)| {
            heights.iter().filter(|y| (top..=end).contains(*y)).count() as u32
        };
        let crossings = inside(&self.right, other.range()) + inside(&other.left, self.range());
        crossings + UPON * self.upon(other).len() as u32
    }

    /// The heights at which the two lie upon each other when this one's track is left of the other's.
    fn upon(&self, other: &Self) -> Vec<i32> {
        self.right.iter().copied().filter(|y| other.left.contains(y)).collect()
    }
}

/// The track of each strand, counted from the left, and how many there are. A strand that only goes straight on needs
/// none and is given the first.
pub(super) fn assign(strands: &[Strand]) -> (Vec<usize>, usize) {
    let bent: Vec<usize> = (0..strands.len())
        .filter(|at| {
            let (top, end) = strands[*at].range();
            top != end
        })
        .collect();
    if bent.len() > MANY {
        return packed(strands, &bent);
    }
    let cost: Vec<Vec<u32>> =
        bent.iter().map(|a| bent.iter().map(|b| strands[*a].cost_left_of(&strands[*b])).collect()).collect();
    let order = improved(&cost).into_iter().map(|at| bent[at]);
    let mut taken = Skyline::new(bent.iter().flat_map(|at| <[i32; 2]>::from(strands[*at].stretch())));
    let mut tracks = vec![0; strands.len()];
    let mut count = 0;
    for this in order {
        let (from, to) = strands[this].stretch();
        tracks[this] = taken.highest(from, to);
        taken.raise(from, to, tracks[this] + 1);
        count = count.max(tracks[this] + 1);
    }
    (tracks, count)
}

/// As few tracks as there can be for the strands that go down, and behind them for those that go up. In both,
/// neighbours that go side by side seldom cross.
fn packed(strands: &[Strand], bent: &[usize]) -> (Vec<usize>, usize) {
    let mut tracks = vec![0; strands.len()];
    let mut count = 0;
    let (down, up): (Vec<usize>, Vec<usize>) = bent.iter().partition(|at| strands[**at].goes_down());
    for (group, from_below) in [(down, true), (up, false)] {
        let range = |at: usize| match strands[at].range() {
            (top, end) if from_below => (-end, -top),
            range => range,
        };
        let mut order = group;
        order.sort_by_key(|at| range(*at));
        let mut taken: BinaryHeap<Reverse<(i32, usize)>> = BinaryHeap::new();
        let mut free: BinaryHeap<Reverse<usize>> = BinaryHeap::new();
        for this in order {
            let (start, end) = range(this);
            while taken.peek().is_some_and(|Reverse((end, _))| end + NEAR <= start) {
                free.extend(taken.pop().map(|Reverse((_, track))| Reverse(track)));
            }
            tracks[this] = free.pop().map_or(count, |Reverse(track)| track);
            count = count.max(tracks[this] + 1);
            taken.push(Reverse((end, tracks[this])));
        }
    }
    (tracks, count)
}

/// An order with few crossings: each is moved to its best place among the others, again and again.
fn improved(cost: &[Vec<u32>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..cost.len()).collect();
    for _ in 0..PASSES {
        let mut moved = false;
        for (this, own) in cost.iter().enumerate() {
            let Some(old) = order.iter().position(|other| *other == this) else { continue };
            order.remove(old);
            // The cost of standing before all others, then of each place further right.
            let mut now: i64 = order.iter().map(|other| i64::from(own[*other])).sum();
            let (mut best, mut place) = (now, 0);
            for (at, other) in order.iter().enumerate() {
                now += i64::from(cost[*other][this]) - i64::from(own[*other]);
                if now < best {
                    (best, place) = (now, at + 1);
                }
            }
            moved |= place != old;
            order.insert(place, this);
        }
        if !moved {
            break;
        }
    }
    order
}

/// Where strands on these tracks lie upon each other: the one that is there from its track to the right, the one from
/// the left to its track, and the height.
pub(super) fn clashes(strands: &[Strand], tracks: &[usize]) -> Vec<(usize, usize, i32)> {
    let mut from_left: HashMap<i32, Vec<usize>> = HashMap::new();
    for (at, strand) in strands.iter().enumerate() {
        for y in &strand.left {
            from_left.entry(*y).or_default().push(at);
        }
    }
    let mut found = Vec::new();
    for (a, one) in strands.iter().enumerate() {
        for y in &one.right {
            let others = from_left.get(y).into_iter().flatten();
            found.extend(others.filter(|b| tracks[a] < tracks[**b]).map(|b| (a, *b, *y)));
        }
    }
    found
}

/// Tracks for arcs inside of a panel: short ones near the rows, so that long ones go around them.
pub(super) fn nest(ranges: &[(i32, i32)]) -> (Vec<usize>, usize) {
    let mut order: Vec<usize> = (0..ranges.len()).collect();
    order.sort_by_key(|at| (ranges[*at].1 - ranges[*at].0, *at));
    let mut tracks = vec![0; ranges.len()];
    let mut count = 0;
    let mut taken = Skyline::new(ranges.iter().flat_map(|range| <[i32; 2]>::from(*range)));
    for this in order {
        let (top, end) = ranges[this];
        tracks[this] = taken.highest(top, end);
        taken.raise(top, end, tracks[this] + 1);
        count = count.max(tracks[this] + 1);
    }
    (tracks, count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_go_down_side_by_side_do_not_cross() {
        let down = |from: i32, to: i32| Strand { left: vec![from], right: vec![to] };
        let (tracks, count) = assign(&[down(10, 110), down(20, 120), down(30, 130)]);
        assert_eq!((tracks, count), (vec![2, 1, 0], 3));
        let (tracks, count) = assign(&[down(10, 50), down(100, 150), down(7, 7)]);
        assert_eq!((tracks, count), (vec![0, 0, 0], 1));
    }

    #[test]
    fn long_arcs_go_around_short_ones() {
        assert_eq!(nest(&[(0, 100), (10, 40), (50, 90)]), (vec![1, 0, 0], 2));
    }

    /// However many there are: no two upon each other, on few tracks.
    #[test]
    fn many_strands_are_packed() {
        let count = MANY as i32 + 100;
        let strand = |at: i32| match at % 2 {
            0 => Strand { left: vec![at * 10], right: vec![at * 10 + 95] },
            _ => Strand { left: vec![at * 10 + 95], right: vec![at * 10] },
        };
        let strands: Vec<Strand> = (0..count).map(strand).collect();
        let (tracks, count) = assign(&strands);
        assert_eq!(count, 12);
        for (a, one) in strands.iter().enumerate() {
            for (b, other) in strands.iter().enumerate() {
                let ((top, end), (other_top, other_end)) = (one.range(), other.range());
                let overlap = a != b && top < other_end + NEAR && other_top < end + NEAR;
                assert!(!overlap || tracks[a] != tracks[b], "{one:?} {other:?}");
            }
        }
    }
}
