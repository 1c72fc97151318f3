//! The queue of due work, ordered by virtual time and then by the order of asking; runs nothing itself.

use super::ControllerId;
use crate::model::{Key, Millis};
use crate::sorted::SharedMap;

/// A piece of work for a controller. Work that is equal is done once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Work {
    /// Who does it.
    pub controller: ControllerId,
    /// The object it is about.
    pub key: Key,
    /// Which of the controller's tasks it is; the empty string is the ordinary reconcile.
    pub task: &'static str,
}

/// Timers in the order of `(time, sequence)`.
///
/// Invariants:
/// - A piece of work stands in the queue at most once.
/// - The sequence number settles ties: what was asked for first is done first.
#[derive(Clone, Debug, Default)]
pub struct Timers {
    due: SharedMap<(Millis, u64), Work>,
    places: SharedMap<Work, (Millis, u64)>,
    sequence: u64,
}

impl Timers {
    /// Asks for `work` at `at`. If it is already asked for earlier, that stays; if later, it moves forward.
    pub fn add(&mut self, at: Millis, work: Work) {
        match self.places.get(&work) {
            Some((before, _)) if *before <= at => {}
            _ => self.set(at, work),
        }
    }

    /// Asks for `work` at `at` and at no other time.
    pub fn set(&mut self, at: Millis, work: Work) {
        self.cancel(&work);
        self.sequence += 1;
        let place = (at, self.sequence);
        self.due.insert(place, work.clone());
        self.places.insert(work, place);
    }

    /// Forgets `work`.
    pub fn cancel(&mut self, work: &Work) {
        if let Some(place) = self.places.remove(work) {
            self.due.remove(&place);
        }
    }

    /// When `work` is due, if it is asked for.
    pub fn due_at(&self, work: &Work) -> Option<Millis> {
        self.places.get(work).map(|place| place.0)
    }

    /// The time of the earliest work.
    pub fn next_at(&self) -> Option<Millis> {
        self.due.first_key_value().map(|((at, _), _)| *at)
    }

    /// Takes the earliest work if it is due at `now` or before.
    pub fn pop(&mut self, now: Millis) -> Option<Work> {
        if self.next_at()? > now {
            return None;
        }
        let (_, work) = self.due.pop_first()?;
        self.places.remove(&work);
        Some(work)
    }

    /// All work in the order in which it is due.
    pub fn iter(&self) -> impl Iterator<Item = (Millis, &Work)> {
        self.due.iter().map(|((at, _), work)| (*at, work))
    }
}
