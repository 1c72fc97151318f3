//! The map: a vector of short sorted vectors.

use super::iter::{Iter, Keys};
use super::piece::{PIECE_MAX, Piece};
use std::borrow::Borrow;
use std::fmt;
use std::ops::{Bound, Index, RangeBounds};
use std::rc::Rc;
use std::{slice, vec};

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
}

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
