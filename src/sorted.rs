//! Maps and sets in the order of their keys, with the methods of the standard library's; depends on nothing.
//!
//! The standard `BTreeMap` costs some 8 kB of WebAssembly for each pair of types, a fifth of the page's code when it
//! was measured. These are vectors of short sorted vectors: a tenth of the code, and as fast for thousands of keys.
//! Copies share their pieces until one of them writes, so that a checkpoint of a large cluster costs little.

use std::borrow::Borrow;
use std::fmt;
use std::ops::{Bound, Deref, Index, RangeBounds};
use std::rc::Rc;
use std::{slice, vec};

/// How many keys stand in one piece at most.
const PIECE_MAX: usize = 16;

/// A run of keys with their values, shared between copies of a map.
pub struct Piece<K, V>(Rc<Vec<(K, V)>>);

impl<K, V> Clone for Piece<K, V> {
    fn clone(&self) -> Self {
        Piece(Rc::clone(&self.0))
    }
}

impl<K, V> Deref for Piece<K, V> {
    type Target = [(K, V)];

    fn deref(&self) -> &[(K, V)] {
        &self.0
    }
}

impl<K: Clone, V: Clone> Piece<K, V> {
    /// The run to write to: a copy of its own if it is shared.
    fn own(&mut self) -> &mut Vec<(K, V)> {
        Rc::make_mut(&mut self.0)
    }

    fn into_vec(self) -> Vec<(K, V)> {
        Rc::unwrap_or_clone(self.0)
    }
}

/// A place: the piece, and the index inside it.
type Place = (usize, usize);

/// A map in the order of its keys.
///
/// Invariants:
/// - No piece is empty or longer than `PIECE_MAX`; keys rise strictly through all pieces.
/// - `len` is the sum of the pieces' lengths.
pub struct SharedMap<K, V> {
    pieces: Vec<Piece<K, V>>,
    len: usize,
}

impl<K, V> Clone for SharedMap<K, V> {
    fn clone(&self) -> Self {
        SharedMap { pieces: self.pieces.clone(), len: self.len }
    }
}

impl<K, V> SharedMap<K, V> {
    /// An empty map.
    pub const fn new() -> SharedMap<K, V> {
        SharedMap { pieces: Vec::new(), len: 0 }
    }

    /// The number of keys.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no key.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        *self = SharedMap::new();
    }

    /// Keys and values in order.
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter { front: [].iter(), pieces: self.pieces.iter(), back: [].iter() }
    }

    /// The keys in order.
    pub fn keys(&self) -> Keys<'_, K, V> {
        Keys(self.iter())
    }

    /// The values in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator + Clone {
        self.iter().map(|(_, value)| value)
    }

    /// The least key with its value.
    pub fn first_key_value(&self) -> Option<(&K, &V)> {
        self.pieces.first()?.first().map(|(key, value)| (key, value))
    }

    /// The greatest key with its value.
    pub fn last_key_value(&self) -> Option<(&K, &V)> {
        self.pieces.last()?.last().map(|(key, value)| (key, value))
    }

    /// The first place whose key is not before: `is_before` is true up to some key and false from there.
    fn place(&self, is_before: impl Fn(&K) -> bool) -> Place {
        let piece = self.pieces.partition_point(|piece| piece.last().is_some_and(|(key, _)| is_before(key)));
        (piece, self.pieces.get(piece).map_or(0, |it| it.partition_point(|(key, _)| is_before(key))))
    }

    fn between(&self, from: Place, to: Place) -> Iter<'_, K, V> {
        let none = Iter { front: [].iter(), pieces: [].iter(), back: [].iter() };
        let Some(first) = self.pieces.get(from.0) else { return none };
        if from >= to {
            none
        } else if from.0 == to.0 {
            Iter { front: first[from.1..to.1].iter(), ..none }
        } else {
            let back = self.pieces.get(to.0).map_or([].iter(), |last| last[..to.1].iter());
            Iter { front: first[from.1..].iter(), pieces: self.pieces[from.0 + 1..to.0].iter(), back }
        }
    }
}

impl<K: Clone, V: Clone> SharedMap<K, V> {
    /// Keys and values in order; the values can be changed.
    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = (&K, &mut V)> {
        self.pieces.iter_mut().flat_map(Piece::own).map(|(key, value)| (&*key, value))
    }

    /// The values in the order of their keys, to change.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut V> {
        self.pieces.iter_mut().flat_map(Piece::own).map(|(_, value)| value)
    }

    /// The keys in order, owned.
    pub fn into_keys(self) -> impl DoubleEndedIterator<Item = K> {
        self.into_iter().map(|(key, _)| key)
    }

    /// The values in the order of their keys, owned.
    pub fn into_values(self) -> impl DoubleEndedIterator<Item = V> {
        self.into_iter().map(|(_, value)| value)
    }

    /// Removes the least key.
    pub fn pop_first(&mut self) -> Option<(K, V)> {
        (self.len > 0).then(|| self.take((0, 0)))
    }

    /// Removes the greatest key.
    pub fn pop_last(&mut self) -> Option<(K, V)> {
        let piece = self.pieces.len().checked_sub(1)?;
        let at = self.pieces.get(piece)?.len().checked_sub(1)?;
        Some(self.take((piece, at)))
    }

    /// Keeps what `keeps` says.
    pub fn retain(&mut self, mut keeps: impl FnMut(&K, &mut V) -> bool) {
        self.len = 0;
        for piece in &mut self.pieces {
            piece.own().retain_mut(|(key, value)| keeps(key, value));
            self.len += piece.len();
        }
        self.pieces.retain(|piece| !piece.is_empty());
    }

    fn take(&mut self, (piece, at): Place) -> (K, V) {
        let taken = self.pieces[piece].own().remove(at);
        if self.pieces[piece].is_empty() {
            self.pieces.remove(piece);
        }
        self.len -= 1;
        taken
    }

    /// Inserts at the place where the key belongs; returns where that is now.
    fn put(&mut self, (mut piece, mut at): Place, key: K, value: V) -> Place {
        self.len += 1;
        if piece == self.pieces.len() {
            // Behind everything: into the last piece, or a new one.
            match piece.checked_sub(1).filter(|last| self.pieces[*last].len() < PIECE_MAX) {
                Some(last) => (piece, at) = (last, self.pieces[last].len()),
                None => self.pieces.push(Piece(Rc::default())),
            }
        } else if self.pieces[piece].len() == PIECE_MAX {
            let tail = self.pieces[piece].own().split_off(PIECE_MAX / 2);
            self.pieces.insert(piece + 1, Piece(Rc::new(tail)));
            if at > PIECE_MAX / 2 {
                (piece, at) = (piece + 1, at - PIECE_MAX / 2);
            }
        }
        self.pieces[piece].own().insert(at, (key, value));
        (piece, at)
    }
}

impl<K: Ord, V> SharedMap<K, V> {
    /// Where the key stands, or where it would.
    fn find<Q: Ord + ?Sized>(&self, key: &Q) -> Result<Place, Place>
    where
        K: Borrow<Q>,
    {
        let place = self.place(|it| it.borrow() < key);
        let found = self.pieces.get(place.0).and_then(|piece| piece.get(place.1));
        if found.is_some_and(|(it, _)| it.borrow() == key) { Ok(place) } else { Err(place) }
    }

    /// The value under a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.get_key_value(key).map(|(_, value)| value)
    }

    /// The key that equals a key, and its value.
    pub fn get_key_value<Q: Ord + ?Sized>(&self, key: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q>,
    {
        let (piece, at) = self.find(key).ok()?;
        self.pieces[piece].get(at).map(|(key, value)| (key, value))
    }

    /// Whether a key is there.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.find(key).is_ok()
    }

    /// The keys and values within bounds, in order.
    pub fn range<Q: Ord + ?Sized>(&self, range: impl RangeBounds<Q>) -> Iter<'_, K, V>
    where
        K: Borrow<Q>,
    {
        let (from, to) = self.bounds(&range);
        self.between(from, to)
    }

    fn bounds<Q: Ord + ?Sized>(&self, range: &impl RangeBounds<Q>) -> (Place, Place)
    where
        K: Borrow<Q>,
    {
        let from = match range.start_bound() {
            Bound::Included(key) => self.place(|it| it.borrow() < key),
            Bound::Excluded(key) => self.place(|it| it.borrow() <= key),
            Bound::Unbounded => (0, 0),
        };
        let to = match range.end_bound() {
            Bound::Included(key) => self.place(|it| it.borrow() <= key),
            Bound::Excluded(key) => self.place(|it| it.borrow() < key),
            Bound::Unbounded => (self.pieces.len(), 0),
        };
        (from, to)
    }
}

impl<K: Ord + Clone, V: Clone> SharedMap<K, V> {
    /// The value under a key, to change.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let (piece, at) = self.find(key).ok()?;
        self.pieces[piece].own().get_mut(at).map(|(_, value)| value)
    }

    /// Puts a value under a key; returns the one that stood there. The key that stood there stays.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.find(&key) {
            Ok((piece, at)) => Some(std::mem::replace(&mut self.pieces[piece].own()[at].1, value)),
            Err(place) => {
                self.put(place, key, value);
                None
            }
        }
    }

    /// Removes a key; returns its value.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.remove_entry(key).map(|(_, value)| value)
    }

    /// Removes a key; returns it with its value.
    pub fn remove_entry<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<(K, V)>
    where
        K: Borrow<Q>,
    {
        let place = self.find(key).ok()?;
        Some(self.take(place))
    }

    /// The place of a key, to fill or to change.
    pub fn entry(&mut self, key: K) -> Entry<'_, K, V> {
        let place = self.find(&key);
        Entry { map: self, key, place }
    }

    /// The keys and values within bounds, in order; the values can be changed.
    pub fn range_mut<Q: Ord + ?Sized>(
        &mut self,
        range: impl RangeBounds<Q>,
    ) -> impl DoubleEndedIterator<Item = (&K, &mut V)>
    where
        K: Borrow<Q>,
    {
        let (from, to) = self.bounds(&range);
        let end = (to.0 + 1).min(self.pieces.len());
        let start = from.0.min(end);
        let pieces = self.pieces[start..end].iter_mut().enumerate().flat_map(move |(number, piece)| {
            let low = if number + start == from.0 { from.1 } else { 0 };
            let high = if number + start == to.0 { to.1 } else { piece.len() };
            piece.own()[low.min(high)..high].iter_mut()
        });
        pieces.map(|(key, value)| (&*key, value))
    }

    /// Moves everything out of another map.
    pub fn append(&mut self, other: &mut SharedMap<K, V>) {
        self.extend(std::mem::take(other));
    }
}

/// The place of a key in a map.
pub struct Entry<'a, K, V> {
    map: &'a mut SharedMap<K, V>,
    key: K,
    place: Result<Place, Place>,
}

impl<'a, K: Clone, V: Clone> Entry<'a, K, V> {
    /// The value that stands there, or else the one that `make` makes.
    pub fn or_insert_with(self, make: impl FnOnce() -> V) -> &'a mut V {
        let (piece, at) = match self.place {
            Ok(place) => place,
            Err(place) => self.map.put(place, self.key, make()),
        };
        &mut self.map.pieces[piece].own()[at].1
    }

    /// The value that stands there, or else `value`.
    pub fn or_insert(self, value: V) -> &'a mut V {
        self.or_insert_with(|| value)
    }

    /// The value that stands there, or else an empty one.
    pub fn or_default(self) -> &'a mut V
    where
        V: Default,
    {
        self.or_insert_with(V::default)
    }

    /// Changes the value that stands there, if any.
    pub fn and_modify(self, change: impl FnOnce(&mut V)) -> Entry<'a, K, V> {
        if let Ok((piece, at)) = self.place {
            change(&mut self.map.pieces[piece].own()[at].1);
        }
        self
    }
}

/// Goes through a map in order.
pub struct Iter<'a, K, V> {
    front: slice::Iter<'a, (K, V)>,
    pieces: slice::Iter<'a, Piece<K, V>>,
    back: slice::Iter<'a, (K, V)>,
}

impl<K, V> Clone for Iter<'_, K, V> {
    fn clone(&self) -> Self {
        Iter { front: self.front.clone(), pieces: self.pieces.clone(), back: self.back.clone() }
    }
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        let (key, value) = loop {
            if let Some(found) = self.front.next() {
                break found;
            }
            match self.pieces.next() {
                Some(piece) => self.front = piece.iter(),
                None => break self.back.next()?,
            }
        };
        Some((key, value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let within = self.pieces.as_slice().iter().map(|piece| piece.len()).sum::<usize>();
        let left = self.front.len() + within + self.back.len();
        (left, Some(left))
    }
}

impl<K, V> DoubleEndedIterator for Iter<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let (key, value) = loop {
            if let Some(found) = self.back.next_back() {
                break found;
            }
            match self.pieces.next_back() {
                Some(piece) => self.back = piece.iter(),
                None => break self.front.next_back()?,
            }
        };
        Some((key, value))
    }
}

impl<K, V> ExactSizeIterator for Iter<'_, K, V> {}

/// Goes through the keys of a map in order.
pub struct Keys<'a, K, V>(Iter<'a, K, V>);

impl<K, V> Clone for Keys<'_, K, V> {
    fn clone(&self) -> Self {
        Keys(self.0.clone())
    }
}

impl<'a, K, V> Iterator for Keys<'a, K, V> {
    type Item = &'a K;

    fn next(&mut self) -> Option<&'a K> {
        self.0.next().map(|(key, _)| key)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<K, V> DoubleEndedIterator for Keys<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.next_back().map(|(key, _)| key)
    }
}

impl<K, V> ExactSizeIterator for Keys<'_, K, V> {}

impl<'a, K, V> IntoIterator for &'a SharedMap<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Iter<'a, K, V> {
        self.iter()
    }
}

type OwnMut<'a, K, V> = fn(&'a mut Piece<K, V>) -> &'a mut Vec<(K, V)>;
type FlatMut<'a, K, V> = std::iter::FlatMap<slice::IterMut<'a, Piece<K, V>>, &'a mut Vec<(K, V)>, OwnMut<'a, K, V>>;

impl<'a, K: Clone, V: Clone> IntoIterator for &'a mut SharedMap<K, V> {
    type Item = (&'a K, &'a mut V);
    type IntoIter = std::iter::Map<FlatMut<'a, K, V>, fn(&'a mut (K, V)) -> (&'a K, &'a mut V)>;

    fn into_iter(self) -> Self::IntoIter {
        let own: OwnMut<'a, K, V> = Piece::own;
        self.pieces.iter_mut().flat_map(own).map(|(key, value)| (&*key, value))
    }
}

type IntoVec<K, V> = fn(Piece<K, V>) -> Vec<(K, V)>;

impl<K: Clone, V: Clone> IntoIterator for SharedMap<K, V> {
    type Item = (K, V);
    type IntoIter = std::iter::FlatMap<vec::IntoIter<Piece<K, V>>, Vec<(K, V)>, IntoVec<K, V>>;

    fn into_iter(self) -> Self::IntoIter {
        let into_vec: IntoVec<K, V> = Piece::into_vec;
        self.pieces.into_iter().flat_map(into_vec)
    }
}

impl<K: Ord + Clone, V: Clone> Extend<(K, V)> for SharedMap<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, items: I) {
        for (key, value) in items {
            self.insert(key, value);
        }
    }
}

impl<K: Ord + Clone, V: Clone> FromIterator<(K, V)> for SharedMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(items: I) -> Self {
        let mut map = SharedMap::new();
        map.extend(items);
        map
    }
}

impl<K: Ord + Clone, V: Clone, const N: usize> From<[(K, V); N]> for SharedMap<K, V> {
    fn from(items: [(K, V); N]) -> Self {
        items.into_iter().collect()
    }
}

impl<K, V> Default for SharedMap<K, V> {
    fn default() -> Self {
        SharedMap::new()
    }
}

impl<K: PartialEq, V: PartialEq> PartialEq for SharedMap<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl<K: Eq, V: Eq> Eq for SharedMap<K, V> {}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for SharedMap<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<K: Ord + Borrow<Q>, Q: Ord + ?Sized, V> Index<&Q> for SharedMap<K, V> {
    type Output = V;

    fn index(&self, key: &Q) -> &V {
        self.get(key).expect("no entry found for key")
    }
}

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
