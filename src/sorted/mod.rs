//! Maps and sets in the order of their keys, with the methods of the standard library's; depends on nothing.
//!
//! The standard `BTreeMap` costs some 8 kB of WebAssembly for each pair of types, a fifth of the page's code when it
//! was measured. These are vectors of short sorted vectors: a tenth of the code, and as fast for thousands of keys.
//! Copies share their pieces until one of them writes, so that a checkpoint of a large cluster costs little.

mod iter;
mod map;
mod piece;
mod set;

pub use iter::{Iter, Keys};
pub use map::{Entry, SharedMap};
pub use set::SharedSet;

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap as Standard;

    /// Small numbers from a fixed start, as random as this needs.
    fn numbers() -> impl Iterator<Item = u32> {
        let mut state = 1_u32;
        std::iter::repeat_with(move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 8
        })
    }

    #[test]
    fn it_does_what_the_standard_map_does() {
        let (mut ours, mut standard) = (SharedMap::new(), Standard::new());
        let mut numbers = numbers();
        let mut next = |below: u32| numbers.next().unwrap() % below;
        for round in 0..20_000 {
            let (what, key) = (next(10), next(if round < 10_000 { 2_000 } else { 50 }));
            match what {
                0..=4 => assert_eq!(ours.insert(key, round), standard.insert(key, round)),
                5 => *ours.entry(key).or_default() += 1,
                6 | 7 => assert_eq!(ours.remove(&key), standard.remove(&key)),
                8 => assert_eq!(ours.pop_first(), standard.pop_first()),
                _ => assert_eq!(ours.get(&key), standard.get(&key)),
            }
            if what == 5 {
                *standard.entry(key).or_default() += 1;
            }
            assert_eq!(ours.len(), standard.len());
            if round % 500 == 0 {
                assert!(ours.iter().eq(standard.iter()));
                assert!(ours.iter().rev().eq(standard.iter().rev()));
                let (a, b) = (key.min(700), key.max(700));
                assert!(ours.range(a..b).eq(standard.range(a..b)));
                assert!(ours.range(a..=b).rev().eq(standard.range(a..=b).rev()));
                assert!(ours.range(b..).eq(standard.range(b..)));
                assert!(ours.range_mut(..b).rev().eq(standard.range_mut(..b).rev()));
                assert!(ours.range_mut(a..b).eq(standard.range_mut(a..b)));
                assert!(ours.range_mut(a..).eq(standard.range_mut(a..)));
                assert_eq!(ours.range(a..b).len(), standard.range(a..b).count());
                ours.retain(|key, _| key % 7 != 3);
                standard.retain(|key, _| key % 7 != 3);
                assert_eq!(format!("{ours:?}"), format!("{standard:?}"));
                assert_eq!(ours, ours.clone());
            }
        }
        assert!(ours.into_iter().eq(standard));
    }

    #[test]
    fn both_ends_meet() {
        let map: SharedMap<i32, ()> = (0..300).map(|key| (key, ())).collect();
        let mut iter = map.keys();
        let mut seen = Vec::new();
        while let Some(key) = iter.next() {
            seen.push(*key);
            seen.extend(iter.next_back());
        }
        seen.sort_unstable();
        assert_eq!(seen, (0..300).collect::<Vec<_>>());
    }

    #[test]
    fn sets_know_their_relations() {
        let (a, b): (SharedSet<i32>, SharedSet<i32>) = ((0..6).collect(), (4..9).collect());
        assert!(a.difference(&b).eq(&[0, 1, 2, 3]) && a.intersection(&b).eq(&[4, 5]));
        assert!(!a.is_subset(&b) && !a.is_disjoint(&b) && SharedSet::from([4]).is_subset(&b));
        assert_eq!(a.range(2..4).collect::<Vec<_>>(), [&2, &3]);
    }
}
