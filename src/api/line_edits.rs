//! The shortest way from one list of lines to another.
//!
//! Follows E. Myers, "An O(ND) difference algorithm and its variations" (1986).

use std::ops::Range;

/// Beyond this many changes everything between the first and the last one counts as changed.
const CHANGES_MAX: usize = 1_500;
/// The same beyond this many pairs of equal lines that were gone along.
const PAIRS_MAX: usize = 10_000_000;

/// What becomes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// It stands in both lists.
    Keep,
    /// It stands in the old list alone.
    Remove,
    /// It stands in the new list alone.
    Add,
}

/// What stays, goes and comes: as few changes as possible, and of two ways the one that removes earlier.
pub fn line_edits<T: PartialEq>(old: &[T], new: &[T]) -> Vec<Edit> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old, new) = (old.get(head..).unwrap_or(&[]), new.get(head..).unwrap_or(&[]));
    let mut edits = vec![Edit::Keep; head];
    match Ends::of(old, new) {
        Some(ends) => ends.follow(old, new, &mut edits),
        None => {
            let tail = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
            edits.extend(std::iter::repeat_n(Edit::Remove, old.len() - tail));
            edits.extend(std::iter::repeat_n(Edit::Add, new.len() - tail));
            edits.extend(std::iter::repeat_n(Edit::Keep, tail));
        }
    }
    edits
}

/// How far one comes from the lists' ends: for each number of changes, on each diagonal, how many old lines at most.
///
/// Diagonal `k` has the places where the old lines are `k` more than the new ones; with `d` changes one reaches those
/// from `-d` to `d`, each second one.
struct Ends(Vec<Vec<usize>>);

impl Ends {
    /// `None` if it takes too many changes.
    fn of<T: PartialEq>(old: &[T], new: &[T]) -> Option<Ends> {
        let mut ends = Ends(Vec::new());
        let mut pairs = 0;
        for changes in 0..=CHANGES_MAX.min(old.len() + new.len()) {
            let mut row = Vec::with_capacity(changes + 1);
            for step in 0..=changes {
                let k = diagonal(changes, step);
                // One change more on the diagonals beside: a new line, or an old one.
                let by_new = ends.reach(changes, k + 1);
                let by_old = ends.reach(changes, k - 1).map(|x| x + 1);
                let most = usize::try_from(k + new.len() as i64).unwrap_or(0).min(old.len());
                let mut x = if changes == 0 { 0 } else { by_new.max(by_old).unwrap_or(0).min(most) };
                let mut y = usize::try_from(x as i64 - k).unwrap_or(0);
                while x < old.len() && y < new.len() && old[old.len() - 1 - x] == new[new.len() - 1 - y] {
                    (x, y, pairs) = (x + 1, y + 1, pairs + 1);
                }
                row.push(x);
                if x >= old.len() && y >= new.len() {
                    ends.0.push(row);
                    return Some(ends);
                }
                if pairs > PAIRS_MAX {
                    return None;
                }
            }
            ends.0.push(row);
        }
        None
    }

    /// How many old lines one comes to on a diagonal with fewer changes than `changes`, by one.
    fn reach(&self, changes: usize, k: i64) -> Option<usize> {
        let row = self.0.get(changes.checked_sub(1)?)?;
        let step = usize::try_from(k + row.len() as i64 - 1).ok()? / 2;
        row.get(step).copied()
    }

    /// Goes the way from the beginning.
    fn follow<T: PartialEq>(&self, old: &[T], new: &[T], edits: &mut Vec<Edit>) {
        let (mut x, mut y, mut left) = (old.len(), new.len(), self.0.len() - 1);
        while x > 0 || y > 0 {
            if x > 0 && y > 0 && old[old.len() - x] == new[new.len() - y] {
                edits.push(Edit::Keep);
                (x, y) = (x - 1, y - 1);
                continue;
            }
            let removed = x as i64 - 1 - y as i64;
            let removes = x > 0 && self.reach(left, removed).is_some_and(|most| x - 1 <= most);
            if removes || y == 0 {
                edits.push(Edit::Remove);
                x -= 1;
            } else {
                edits.push(Edit::Add);
                y -= 1;
            }
            left = left.saturating_sub(1);
        }
    }
}

/// The diagonal number `step` of those that so many changes lead to.
fn diagonal(changes: usize, step: usize) -> i64 {
    2 * step as i64 - changes as i64
}

/// Changes that stand near each other, with lines around them that stay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// Its edits among all of them.
    edits: Range<usize>,
    /// Its lines in the list before.
    pub old: Range<usize>,
    /// Its lines in the list afterwards.
    pub new: Range<usize>,
}

impl Hunk {
    /// Its lines, each with its sign: a blank for what stays, `-` and `+`.
    pub fn lines<'a, T: AsRef<str>>(&self, edits: &[Edit], old: &'a [T], new: &'a [T]) -> Vec<(char, &'a str)> {
        let (mut i, mut j) = (self.old.start, self.new.start);
        let line = |edit: &Edit| {
            let (sign, text) = match edit {
                Edit::Keep => (' ', old.get(i)),
                Edit::Remove => ('-', old.get(i)),
                Edit::Add => ('+', new.get(j)),
            };
            i += usize::from(*edit != Edit::Add);
            j += usize::from(*edit != Edit::Remove);
            (sign, text.map_or("", AsRef::as_ref))
        };
        edits.get(self.edits.clone()).unwrap_or(&[]).iter().map(line).collect()
    }
}

/// The hunks of edits with so many lines around each change.
pub fn hunks(edits: &[Edit], around: usize) -> Vec<Hunk> {
    let is_change = |at: &usize| edits.get(*at).is_some_and(|edit| *edit != Edit::Keep);
    let mut out = Vec::new();
    let (mut at, mut i, mut j) = (0, 0, 0);
    while let Some(first) = (at..edits.len()).find(is_change) {
        let from = first.saturating_sub(around).max(at);
        let mut to = first + 1;
        while let Some(next) = (to..edits.len().min(to + 2 * around + 1)).find(is_change) {
            to = next + 1;
        }
        let to = (to + around).min(edits.len());
        let without = |other: Edit| edits.get(from..to).unwrap_or(&[]).iter().filter(|edit| **edit != other).count();
        let (old, new) = (i + from - at, j + from - at);
        (at, i, j) = (to, old + without(Edit::Add), new + without(Edit::Remove));
        out.push(Hunk { edits: from..to, old: old..i, new: new..j });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ways(old: &str, new: &str) -> String {
        let (old, new): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
        let sign = |edit: &Edit| match edit {
            Edit::Keep => '=',
            Edit::Remove => '-',
            Edit::Add => '+',
        };
        line_edits(&old, &new).iter().map(sign).collect()
    }

    #[test]
    fn the_way_is_the_shortest_and_removes_first() {
        let cases = [
            ("", "", ""),
            ("abc", "abc", "==="),
            ("abc", "", "---"),
            ("", "ab", "++"),
            ("abcd", "axcd", "=-+=="),
            ("ab", "ba", "-=+"),
            ("abcabba", "cbabac", "--=-=+==+"),
            ("xaay", "aaa", "-==-+"),
        ];
        for (old, new, expected) in cases {
            assert_eq!(ways(old, new), expected, "{old} {new}");
        }
    }

    #[test]
    fn no_way_is_shorter_by_the_table_of_common_parts() {
        let mut seed = 7_u32;
        let mut word = |length: usize| -> Vec<u32> {
            let mut next = || {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                seed >> 24
            };
            (0..length).map(|_| next() % 4).collect()
        };
        for round in 0..300 {
            let (old, new) = (word(round % 17), word(round % 13));
            let mut common = vec![vec![0; new.len() + 1]; old.len() + 1];
            for (i, j) in (0..old.len()).rev().flat_map(|i| (0..new.len()).rev().map(move |j| (i, j))) {
                common[i][j] = match old[i] == new[j] {
                    true => common[i + 1][j + 1] + 1,
                    false => common[i + 1][j].max(common[i][j + 1]),
                };
            }
            let (mut expected, mut i, mut j) = (Vec::new(), 0, 0);
            while i < old.len() || j < new.len() {
                let is_kept = i < old.len() && j < new.len() && old[i] == new[j];
                let removes = i < old.len() && (j >= new.len() || common[i + 1][j] >= common[i][j + 1]);
                expected.push(if is_kept {
                    Edit::Keep
                } else if removes {
                    Edit::Remove
                } else {
                    Edit::Add
                });
                i += usize::from(is_kept || removes);
                j += usize::from(is_kept || !removes);
            }
            assert_eq!(line_edits(&old, &new), expected, "{old:?} {new:?}");
        }
    }

    #[test]
    fn texts_that_differ_everywhere_end_soon() {
        let (old, mut new): (Vec<u32>, Vec<u32>) = ((0..20_000).collect(), (30_000..50_000).collect());
        new[0] = 0;
        new[19_999] = 19_999;
        let edits = line_edits(&old, &new);
        let count = |wanted: Edit| edits.iter().filter(|edit| **edit == wanted).count();
        assert_eq!((count(Edit::Keep), count(Edit::Remove), count(Edit::Add)), (2, 19_998, 19_998));
        // Few changes of a long text are found, wherever they stand.
        let mut few = old.clone();
        few[3] = 99_999;
        few.remove(15_000);
        assert_eq!(line_edits(&old, &few).iter().filter(|edit| **edit != Edit::Keep).count(), 3);
    }
}
