//! Vertical tracks: nets that pass each other in a gutter, or inside of a panel, get ways of their own.

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

impl Strand {
    fn range(&self) -> (i32, i32) {
        let all = || self.left.iter().chain(&self.right).copied();
        (all().min().unwrap_or_default(), all().max().unwrap_or_default())
    }

    fn overlaps(&self, other: &Self) -> bool {
        let ((top, end), (other_top, other_end)) = (self.range(), other.range());
        top < other_end + NEAR && other_top < end + NEAR
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
    let cost: Vec<Vec<u32>> =
        bent.iter().map(|a| bent.iter().map(|b| strands[*a].cost_left_of(&strands[*b])).collect()).collect();
    let order = improved(&cost);
    let mut tracks = vec![0; strands.len()];
    let mut count = 0;
    for (at, this) in order.iter().enumerate() {
        let this = bent[*this];
        let before = order[..at].iter().map(|other| bent[*other]);
        let blocking = before.filter(|other| strands[*other].overlaps(&strands[this]));
        tracks[this] = blocking.map(|other| tracks[other] + 1).max().unwrap_or_default();
        count = count.max(tracks[this] + 1);
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
    let mut found = Vec::new();
    for (a, one) in strands.iter().enumerate() {
        for (b, other) in strands.iter().enumerate() {
            if a != b && tracks[a] < tracks[b] {
                found.extend(one.upon(other).into_iter().map(|y| (a, b, y)));
            }
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
    for (at, this) in order.iter().enumerate() {
        let (top, end) = ranges[*this];
        let blocking = order[..at].iter().filter(|other| {
            let (other_top, other_end) = ranges[**other];
            top < other_end && other_top < end
        });
        tracks[*this] = blocking.map(|other| tracks[*other] + 1).max().unwrap_or_default();
        count = count.max(tracks[*this] + 1);
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
}
