//! What a recorder makes of repeats, of many alike and of floods before it asks the API; writes nothing itself.
//!
//! Follows client-go's `tools/record/events_cache.go` (`EventCorrelator`): aggregation first, then the count, then the
//! flood control. What that holds back is counted all the same.

use crate::model::{Millis, Object, Text};
use crate::sorted::{SharedMap, SharedSet};
use std::rc::Rc;

/// An event that a component records.
#[derive(Clone, Debug)]
pub struct NewEvent<'a> {
    /// The object it is about.
    pub about: &'a Object,
    /// The part of the object: `spec.containers{nginx}`; empty for the whole.
    pub field_path: Text,
    /// Who tells it.
    pub component: Text,
    /// The machine it is told from; empty for controllers.
    pub host: Text,
    /// Whether it is a `Warning`; otherwise it is `Normal`.
    pub is_warning: bool,
    /// The reason in one word.
    pub reason: &'static str,
    /// The sentence.
    pub message: Text,
}

/// Who tells what sort about which object.
type Source = (Text, Text, bool);
/// Of what differs in the message alone.
type Group = (Source, &'static str);
/// What is counted under one name: group, message and part of the object.
type Series = (Group, Text, Text);

/// How often something was told, and where that is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Count {
    /// The name of the Event object.
    pub(super) name: Text,
    /// When it was told first.
    pub(super) first: Millis,
    /// How often until now.
    pub(super) times: i64,
}

/// What is to be written of an event.
#[derive(Debug)]
pub(super) struct Correlated {
    /// Its count.
    pub(super) count: Count,
    /// What stands for many that differ in the message alone.
    pub(super) combined: Option<Text>,
}

/// Messages of one group that differ.
#[derive(Clone, Debug)]
struct Similar {
    messages: SharedSet<Text>,
    latest: Millis,
}

/// What may still be told: an event costs `REFILL` of the credit, which grows with the time.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    credit: Millis,
    filled: Millis,
}

/// A map that forgets what was not used for long: when the young half is full, the old one goes.
#[derive(Clone, Debug)]
struct Recent<K, V> {
    young: SharedMap<K, V>,
    old: SharedMap<K, V>,
}

/// What the recorders remember.
#[derive(Clone, Debug, Default)]
pub(super) struct Correlator {
    memory: Rc<Memory>,
}

#[derive(Clone, Debug, Default)]
struct Memory {
    counts: Recent<Series, Count>,
    similar: Recent<Group, Similar>,
    buckets: Recent<Source, Bucket>,
}

/// How many entries of each sort are remembered at least (`maxLruCacheEntries`).
const ENTRIES: usize = 4096;
/// Events of one type about one object from one component before the flood is cut.
const BURST: i64 = 25;
/// One more event is let through in this time.
const REFILL: Millis = Millis::seconds(300);
/// From this many messages of one group on, each within `SIMILAR_WITHIN` of the one before, they count as one.
const SIMILAR_MAX: usize = 10;
const SIMILAR_WITHIN: Millis = Millis::seconds(600);

impl<K: Ord + Clone, V: Clone> Default for Recent<K, V> {
    fn default() -> Recent<K, V> {
        Recent { young: SharedMap::new(), old: SharedMap::new() }
    }
}

impl<K: Ord + Clone, V: Clone> Recent<K, V> {
    /// The value of `key`, made if it is not remembered.
    fn use_or(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        if self.young.len() >= ENTRIES && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        let Recent { young, old } = self;
        young.entry(key.clone()).or_insert_with(|| old.remove(&key).unwrap_or_else(make))
    }

    fn retain(&mut self, mut keeps: impl FnMut(&K) -> bool) {
        self.young.retain(|key, _| keeps(key));
        self.old.retain(|key, _| keeps(key));
    }
}

impl Correlator {
    /// Forgets what a component told, as it does when it is started anew.
    pub(super) fn forget(&mut self, component: &str) {
        let memory = Rc::make_mut(&mut self.memory);
        memory.counts.retain(|series| series.0.0.0 != component);
        memory.similar.retain(|group| group.0.0 != component);
        memory.buckets.retain(|source| source.0 != component);
    }

    /// Counts what is told; nothing is to be written where a flood is cut. `name` makes the name of a new Event object.
    pub(super) fn observe(
        &mut self,
        new: &NewEvent<'_>,
        now: Millis,
        name: impl FnOnce() -> Text,
    ) -> Option<Correlated> {
        let source: Source = (new.component.clone(), new.about.meta.uid.clone(), new.is_warning);
        let group: Group = (source.clone(), new.reason);
        let memory = Rc::make_mut(&mut self.memory);
        let is_combined = memory.is_one_of_many(group.clone(), &new.message, now);
        // What is combined counts on whatever its text is and whichever part of the object it is about.
        let (message, part) =
            if is_combined { Default::default() } else { (new.message.clone(), new.field_path.clone()) };
        let begin = || Count { name: name(), first: now, times: 0 };
        let count = memory.counts.use_or((group, message, part), begin);
        count.times = count.times.saturating_add(1);
        let count = count.clone();
        let combined = is_combined.then(|| Text::from(format!("(combined from similar events): {}", new.message)));
        memory.take_token(source, now).then_some(Correlated { count, combined })
    }
}

impl Memory {
    /// Follows `EventAggregate`.
    fn is_one_of_many(&mut self, group: Group, message: &Text, now: Millis) -> bool {
        let similar = self.similar.use_or(group, || Similar { messages: SharedSet::new(), latest: now });
        if now - similar.latest > SIMILAR_WITHIN {
            similar.messages.clear();
        }
        similar.latest = now;
        similar.messages.insert(message.clone());
        let are_many = similar.messages.len() >= SIMILAR_MAX;
        if are_many {
            similar.messages.pop_first();
        }
        are_many
    }

    /// Follows `EventSourceObjectSpamFilter`: warnings and others have a bucket each.
    fn take_token(&mut self, source: Source, now: Millis) -> bool {
        let full = Millis(REFILL.0 * BURST);
        let bucket = self.buckets.use_or(source, || Bucket { credit: full, filled: now });
        bucket.credit = (bucket.credit + (now - bucket.filled)).min(full);
        bucket.filled = now;
        let may_tell = bucket.credit >= REFILL;
        if may_tell {
            bucket.credit = bucket.credit - REFILL;
        }
        may_tell
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Kind;

    fn tell(correlator: &mut Correlator, is_warning: bool, message: &str, seconds: i64) -> Option<(String, i64, bool)> {
        let mut about = Object::new(Kind::Pod, "default", "web-0");
        about.meta.uid = "u".into();
        let new = NewEvent {
            about: &about,
            field_path: Text::default(),
            component: "kubelet".into(),
            host: "node-1".into(),
            is_warning,
            reason: "BackOff",
            message: Text::new(message),
        };
        let correlated = correlator.observe(&new, Millis::seconds(seconds), || Text::new(message))?;
        Some((correlated.count.name.to_string(), correlated.count.times, correlated.combined.is_some()))
    }

    #[test]
    fn a_flood_is_cut_and_counted_all_the_same() {
        let mut correlator = Correlator::default();
        for times in 1..=25 {
            assert_eq!(tell(&mut correlator, true, "a", times), Some(("a".into(), times, false)));
        }
        assert_eq!(tell(&mut correlator, true, "a", 30), None);
        assert_eq!(tell(&mut correlator, false, "a", 30), Some(("a".into(), 1, false)), "a bucket for each type");
        // Twenty-five looks within the first 300 seconds take nothing from what grows meanwhile.
        for look in 0..25 {
            assert_eq!(tell(&mut correlator, true, "a", 31 + look * 10), None);
        }
        assert_eq!(tell(&mut correlator, true, "a", 301), Some(("a".into(), 52, false)));
    }

    #[test]
    fn what_is_held_back_first_keeps_its_name_and_count() {
        let mut correlator = Correlator::default();
        for _ in 0..25 {
            tell(&mut correlator, true, "a", 0);
        }
        assert_eq!(tell(&mut correlator, true, "b", 1), None);
        assert_eq!(tell(&mut correlator, true, "b", 300), Some(("b".into(), 2, false)));
    }

    #[test]
    fn ten_that_differ_in_the_message_count_as_one() {
        let mut correlator = Correlator::default();
        for number in 0..9 {
            assert!(!tell(&mut correlator, true, &number.to_string(), number).unwrap().2);
        }
        assert_eq!(tell(&mut correlator, true, "x", 10), Some(("x".into(), 1, true)));
        assert_eq!(tell(&mut correlator, true, "y", 11), Some(("x".into(), 2, true)));
        assert_eq!(tell(&mut correlator, true, "z", 612), Some(("z".into(), 1, false)), "ten minutes of silence");
    }
}
