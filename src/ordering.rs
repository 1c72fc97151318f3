//! Sorting of slices with the standard library's meaning; depends on nothing.
//!
//! The standard `sort` costs some 3 kB of WebAssembly for each type and comparison, a seventeenth of the page's code
//! when it was measured. Here the algorithm works on positions and exists once; a use costs two small closures.

use std::cmp::Ordering;

/// Stable sorting of slices.
pub trait Order<T> {
    /// Sorts by a comparison; what is equal keeps its order.
    fn order_by(&mut self, compare: impl FnMut(&T, &T) -> Ordering);

    /// Sorts by a key; what is equal keeps its order. The key is computed at each comparison.
    fn order_by_key<K: Ord>(&mut self, mut key: impl FnMut(&T) -> K) {
        self.order_by(|a, b| key(a).cmp(&key(b)));
    }

    /// Sorts by the elements' own order.
    fn order(&mut self)
    where
        T: Ord,
    {
        self.order_by(T::cmp);
    }
}

impl<T> Order<T> for [T] {
    fn order_by(&mut self, mut compare: impl FnMut(&T, &T) -> Ordering) {
        let mut order = positions(self.len(), &mut |a, b| compare(&self[a], &self[b]).is_le());
        arrange(&mut order, &mut |a, b| self.swap(a, b));
    }
}

/// The positions from 0 to `len` in order, by merging runs from the bottom up. `is_first(a, b)` tells whether `a`, which
/// stood before `b`, may stay before it.
fn positions(len: usize, is_first: &mut dyn FnMut(usize, usize) -> bool) -> Vec<usize> {
    let mut from: Vec<usize> = (0..len).collect();
    let mut to = from.clone();
    let mut run = 1;
    while run < len {
        let mut start = 0;
        while start < len {
            let (middle, end) = ((start + run).min(len), (start + 2 * run).min(len));
            let (mut left, mut right) = (start, middle);
            for place in &mut to[start..end] {
                let takes_left = right == end || (left < middle && is_first(from[left], from[right]));
                let next = if takes_left { &mut left } else { &mut right };
                *place = from[*next];
                *next += 1;
            }
            start = end;
        }
        std::mem::swap(&mut from, &mut to);
        run *= 2;
    }
    from
}

/// Swaps until at each place stands what `order` names for it, circle by circle.
fn arrange(order: &mut [usize], swap: &mut dyn FnMut(usize, usize)) {
    for start in 0..order.len() {
        let mut place = start;
        loop {
            let next = std::mem::replace(&mut order[place], place);
            if next == start {
                break;
            }
            swap(place, next);
            place = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_sorts_as_the_standard_library_does() {
        let mut state = 7_u32;
        let mut next = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) % below
        };
        for len in (0..70).chain([255, 256, 257, 1000]) {
            let items: Vec<(u32, u32)> = (0..len).map(|at| (next(20), at)).collect();
            let (mut ours, mut standard) = (items.clone(), items);
            ours.order_by_key(|item| item.0);
            standard.sort_by_key(|item| item.0);
            assert_eq!(ours, standard, "{len} by a part, stable");
            ours.order_by(|a, b| b.cmp(a));
            standard.sort_by(|a, b| b.cmp(a));
            assert_eq!(ours, standard, "{len} downwards");
            ours.order();
            standard.sort();
            assert_eq!(ours, standard, "{len}");
        }
    }
}
