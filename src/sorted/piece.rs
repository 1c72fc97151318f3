//! Runs of keys with their values, which copies of a map share.

use std::ops::Deref;
use std::rc::Rc;

/// How many keys stand in one piece at most.
pub(super) const PIECE_MAX: usize = 16;

/// A run of keys with their values, shared between copies of a map.
pub struct Piece<K, V>(pub(super) Rc<Vec<(K, V)>>);

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
    pub(super) fn own(&mut self) -> &mut Vec<(K, V)> {
        Rc::make_mut(&mut self.0)
    }

    pub(super) fn into_vec(self) -> Vec<(K, V)> {
        Rc::unwrap_or_clone(self.0)
    }
}
