//! How high things are stacked over each stretch of a line.

/// Heights over stretches between given places; 0 everywhere at first.
pub(super) struct Skyline {
    places: Vec<i32>,
    /// A binary tree over the stretches, from 1: the highest in each part, and what the part as a whole was raised to.
    highest: Vec<usize>,
    raised: Vec<usize>,
}

impl Skyline {
    /// A line on which stretches begin and end at these places only.
    pub(super) fn new(places: impl IntoIterator<Item = i32>) -> Self {
        let mut places: Vec<i32> = places.into_iter().collect();
        places.sort_unstable();
        places.dedup();
        let size = 2 * places.len().next_power_of_two().max(1);
        Self { places, highest: vec![0; size], raised: vec![0; size] }
    }

    /// The highest between two places.
    pub(super) fn highest(&self, from: i32, to: i32) -> usize {
        let (from, to) = (self.index(from), self.index(to));
        self.look(1, (0, self.highest.len() / 2), (from, to))
    }

    /// Makes all between two places at least this high.
    pub(super) fn raise(&mut self, from: i32, to: i32, height: usize) {
        let (from, to) = (self.index(from), self.index(to));
        self.lift(1, (0, self.highest.len() / 2), (from, to), height);
    }

    fn index(&self, place: i32) -> usize {
        self.places.partition_point(|known| *known < place)
    }

    fn look(&self, part: usize, (start, end): (usize, usize), wanted: (usize, usize)) -> usize {
        if wanted.1 <= start || end <= wanted.0 {
            return 0;
        }
        if wanted.0 <= start && end <= wanted.1 {
            return self.highest[part];
        }
        let middle = start.midpoint(end);
        let below =
            self.look(2 * part, (start, middle), wanted).max(self.look(2 * part + 1, (middle, end), wanted));
        below.max(self.raised[part])
    }

    fn lift(&mut self, part: usize, (start, end): (usize, usize), wanted: (usize, usize), height: usize) {
        if wanted.1 <= start || end <= wanted.0 {
            return;
        }
        self.highest[part] = self.highest[part].max(height);
        if wanted.0 <= start && end <= wanted.1 {
            self.raised[part] = self.raised[part].max(height);
            return;
        }
        let middle = start.midpoint(end);
        self.lift(2 * part, (start, middle), wanted, height);
        self.lift(2 * part + 1, (middle, end), wanted, height);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against a plain list of heights.
    #[test]
    fn as_a_list_would_have_it() {
        for count in [1, 2, 3, 7, 8, 13] {
            let mut skyline = Skyline::new((0..=count).map(|at| at * 3));
            let mut plain = vec![0; count as usize];
            let mut seed = 7_usize;
            for height in [4, 2, 9, 1, 7, 7, 12, 3] {
                seed = (seed * 31 + 11) % 101;
                let from = seed % plain.len();
                let to = from + 1 + seed / 7 % (plain.len() - from);
                skyline.raise(from as i32 * 3, to as i32 * 3, height);
                plain[from..to].iter_mut().for_each(|known| *known = height.max(*known));
                for from in 0..plain.len() {
                    for to in from + 1..=plain.len() {
                        let wanted = plain[from..to].iter().max().copied().unwrap();
                        assert_eq!(skyline.highest(from as i32 * 3, to as i32 * 3), wanted, "{plain:?}");
                    }
                }
            }
        }
    }
}
