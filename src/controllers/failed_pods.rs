//! How long the failed pods of a DaemonSet stay before they are taken away; takes none away.

use super::back_off::BackOff;
use crate::model::workload::observed_generation;
use crate::model::{Millis, Object, Text};
use crate::sorted::SharedMap;
use std::rc::Rc;

/// How long a failed pod stays, at first and at most.
const STAYS: (Millis, Millis) = (Millis(1000), Millis(900_000));

/// The UID of a set, the generation that it saw last, and a node.
type Place = (Text, i64, Text);

/// When a failed pod was last taken away, and how long the next one stays.
#[derive(Clone, Debug, Default)]
pub(super) struct FailedPods(Rc<SharedMap<Place, BackOff>>);

impl FailedPods {
    /// How long a failed pod stays on a node, since one was taken away there not long ago: what makes pods fail makes the
    /// next one fail as well. `None` if it is to go now.
    pub(super) fn wait(&mut self, set: &Object, node: &Text, now: Millis) -> Option<Millis> {
        let seen = observed_generation(set).unwrap_or(0);
        let place = (set.meta.uid.clone(), seen, node.clone());
        let old = self.0.get(&place).copied();
        if let Some(kept) = old.filter(|old| old.left(old.raised, now).is_some()) {
            return Some(kept.delay);
        }
        let all = Rc::make_mut(&mut self.0);
        if old.is_none() {
            // What counts no more is not kept.
            all.retain(|(uid, generation, _), kept| {
                !kept.is_forgotten(now) && (*uid != set.meta.uid || *generation == seen)
            });
        }
        all.insert(place, BackOff::raise(old, STAYS, now, now));
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Kind;

    #[test]
    fn waits_double_and_what_counts_no_more_is_forgotten() {
        let mut set = Object::new(Kind::DaemonSet, "default", "d");
        (set.meta.uid, set.meta.generation) = ("1".into(), 1);
        set.set_at(&["status", "observedGeneration"], 1);
        let mut failed = FailedPods::default();
        let seconds = Millis::seconds;
        let node = Text::from("n");
        assert_eq!(failed.wait(&set, &node, seconds(0)), None);
        assert_eq!(failed.wait(&set, &node, Millis(500)), Some(seconds(1)));
        assert_eq!(failed.wait(&set, &node, seconds(1)), None);
        assert_eq!(failed.wait(&set, &node, seconds(2)), Some(seconds(2)));
        set.set_at(&["status", "observedGeneration"], 2);
        assert_eq!(failed.wait(&set, &node, seconds(2)), None);
        assert_eq!(failed.0.len(), 1);
        set.meta.uid = "2".into();
        assert_eq!(failed.wait(&set, &node, seconds(3)), None);
        assert_eq!(failed.0.len(), 2);
        assert_eq!(failed.wait(&set, &"m".into(), seconds(3 + 1801)), None);
        assert_eq!(failed.0.len(), 1);
    }
}
