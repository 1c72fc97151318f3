//! A set of whole numbers kept as intervals, so that the first number that lacks is found at once; knows nothing of pods.

use crate::sorted::SharedMap;

/// Numbers as intervals without gaps.
///
/// Invariants:
/// - Intervals are not empty and neither touch nor overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Intervals {
    /// The first number of each run, and the number behind its last.
    intervals: SharedMap<i64, i64>,
}

impl Intervals {
    /// Puts a number in.
    pub fn insert(&mut self, number: i64) {
        if self.next_missing(number) != number {
            return;
        }
        let behind = number.saturating_add(1);
        let end = self.intervals.remove(&behind).unwrap_or(behind);
        let before = self.intervals.range_mut(..number).next_back();
        match before {
            Some((_, before)) if *before == number => *before = end,
            _ => _ = self.intervals.insert(number, end),
        }
    }

    /// Takes a number out.
    pub fn remove(&mut self, number: i64) {
        let Some((&start, &end)) = self.intervals.range(..=number).next_back().filter(|(_, end)| **end > number) else {
            return;
        };
        self.intervals.remove(&start);
        if start < number {
            self.intervals.insert(start, number);
        }
        if number + 1 < end {
            self.intervals.insert(number + 1, end);
        }
    }

    /// The lowest number at or after `from` that is not in.
    pub fn next_missing(&self, from: i64) -> i64 {
        match self.intervals.range(..=from).next_back() {
            Some((_, &end)) if end > from => end,
            _ => from,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sorted::SharedSet;

    #[test]
    fn runs_hold_what_a_plain_set_holds() {
        let (mut intervals, mut plain) = (Intervals::default(), SharedSet::new());
        let mut seed: u64 = 7;
        for _ in 0..5000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let number = ((seed >> 40) % 40) as i64;
            if seed >> 63 == 0 {
                intervals.insert(number);
                plain.insert(number);
            } else {
                intervals.remove(number);
                plain.remove(&number);
            }
            for from in 0..41 {
                let expected = (from..).find(|n| !plain.contains(n)).unwrap_or(i64::MAX);
                assert_eq!(intervals.next_missing(from), expected);
            }
        }
        assert!(
            intervals
                .intervals
                .iter()
                .zip(intervals.intervals.iter().skip(1))
                .all(|((_, end), (start, _))| end < start)
        );
    }
}
