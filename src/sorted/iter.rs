//! Going through a map in the order of its keys.

use super::piece::Piece;
use std::slice;

/// Goes through a map in order.
pub struct Iter<'a, K, V> {
    pub(super) front: slice::Iter<'a, (K, V)>,
    pub(super) pieces: slice::Iter<'a, Piece<K, V>>,
    pub(super) back: slice::Iter<'a, (K, V)>,
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
pub struct Keys<'a, K, V>(pub(super) Iter<'a, K, V>);

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
