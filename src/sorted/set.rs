//! The set: a map without values.

use super::iter::Keys;
use super::map::SharedMap;
use std::borrow::Borrow;
use std::fmt;
use std::ops::RangeBounds;

/// A set in order.
pub struct SharedSet<K>(SharedMap<K, ()>);

impl<K> Clone for SharedSet<K> {
    fn clone(&self) -> Self {
        SharedSet(self.0.clone())
    }
}

impl<K> SharedSet<K> {
    /// An empty set.
    pub const fn new() -> SharedSet<K> {
        SharedSet(SharedMap::new())
    }

    /// The number of members.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no member.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The members in order.
    pub fn iter(&self) -> Keys<'_, K, ()> {
        self.0.keys()
    }

    /// The least member.
    pub fn first(&self) -> Option<&K> {
        self.0.first_key_value().map(|(key, ())| key)
    }

    /// The greatest member.
    pub fn last(&self) -> Option<&K> {
        self.0.last_key_value().map(|(key, ())| key)
    }
}

impl<K: Clone> SharedSet<K> {
    /// Removes the least member.
    pub fn pop_first(&mut self) -> Option<K> {
        self.0.pop_first().map(|(key, ())| key)
    }

    /// Removes the greatest member.
    pub fn pop_last(&mut self) -> Option<K> {
        self.0.pop_last().map(|(key, ())| key)
    }

    /// Keeps what `keeps` says.
    pub fn retain(&mut self, mut keeps: impl FnMut(&K) -> bool) {
        self.0.retain(|key, ()| keeps(key));
    }
}

impl<K: Ord> SharedSet<K> {
    /// The member that equals a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&K>
    where
        K: Borrow<Q>,
    {
        self.0.get_key_value(key).map(|(key, ())| key)
    }

    /// Whether a member is there.
    pub fn contains<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.0.contains_key(key)
    }

    /// The members within bounds, in order.
    pub fn range<Q: Ord + ?Sized>(&self, range: impl RangeBounds<Q>) -> Keys<'_, K, ()>
    where
        K: Borrow<Q>,
    {
        Keys(self.0.range(range))
    }

    /// The members that another set lacks, in order.
    pub fn difference<'a>(&'a self, other: &'a SharedSet<K>) -> impl Iterator<Item = &'a K> + Clone {
        self.iter().filter(|key| !other.contains(*key))
    }

    /// The members that another set has, too, in order.
    pub fn intersection<'a>(&'a self, other: &'a SharedSet<K>) -> impl Iterator<Item = &'a K> + Clone {
        self.iter().filter(|key| other.contains(*key))
    }

    /// Whether another set has all members.
    pub fn is_subset(&self, other: &SharedSet<K>) -> bool {
        self.iter().all(|key| other.contains(key))
    }

    /// Whether two sets have no common member.
    pub fn is_disjoint(&self, other: &SharedSet<K>) -> bool {
        !self.iter().any(|key| other.contains(key))
    }
}

impl<K: Ord + Clone> SharedSet<K> {
    /// Adds a member. Returns whether it is new.
    pub fn insert(&mut self, key: K) -> bool {
        self.0.insert(key, ()).is_none()
    }

    /// Removes a member. Returns whether it was there.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.0.remove(key).is_some()
    }

    /// Removes a member and returns it.
    pub fn take<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<K>
    where
        K: Borrow<Q>,
    {
        self.0.remove_entry(key).map(|(key, ())| key)
    }

    /// Moves everything out of another set.
    pub fn append(&mut self, other: &mut SharedSet<K>) {
        self.0.append(&mut other.0);
    }
}

impl<'a, K> IntoIterator for &'a SharedSet<K> {
    type Item = &'a K;
    type IntoIter = Keys<'a, K, ()>;

    fn into_iter(self) -> Keys<'a, K, ()> {
        self.iter()
    }
}

impl<K: Clone> IntoIterator for SharedSet<K> {
    type Item = K;
    type IntoIter = std::iter::Map<<SharedMap<K, ()> as IntoIterator>::IntoIter, fn((K, ())) -> K>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter().map(|(key, ())| key)
    }
}

impl<K: Ord + Clone> Extend<K> for SharedSet<K> {
    fn extend<I: IntoIterator<Item = K>>(&mut self, items: I) {
        for key in items {
            self.insert(key);
        }
    }
}

impl<'a, K: Ord + Copy> Extend<&'a K> for SharedSet<K> {
    fn extend<I: IntoIterator<Item = &'a K>>(&mut self, items: I) {
        self.extend(items.into_iter().copied());
    }
}

impl<K: Ord + Clone> FromIterator<K> for SharedSet<K> {
    fn from_iter<I: IntoIterator<Item = K>>(items: I) -> Self {
        let mut set = SharedSet::new();
        set.extend(items);
        set
    }
}

impl<K: Ord + Clone, const N: usize> From<[K; N]> for SharedSet<K> {
    fn from(items: [K; N]) -> Self {
        items.into_iter().collect()
    }
}

impl<K> Default for SharedSet<K> {
    fn default() -> Self {
        SharedSet::new()
    }
}

impl<K: PartialEq> PartialEq for SharedSet<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<K: Eq> Eq for SharedSet<K> {}

impl<K: fmt::Debug> fmt::Debug for SharedSet<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
