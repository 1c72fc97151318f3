//! Where each set's controller stands: its last decision that is more than "nothing to do"; reads no words.

use crate::controllers::{ControllerId, Decision, Outcome, Subject};
use crate::model::{Key, Millis};
use crate::sorted::SharedMap;
use std::rc::Rc;

/// The place of the StatefulSet controller in every set.
#[derive(Clone, Debug, Default)]
pub struct Cursors {
    latest: SharedMap<Key, (Millis, Option<Rc<Decision>>)>,
}

impl Cursors {
    /// Learns of a decision; they come in order of time.
    pub fn note(&mut self, decision: &Decision) {
        if decision.controller != ControllerId::StatefulSet {
            return;
        }
        let place = self.latest.entry(decision.key.clone()).or_insert((decision.at, None));
        if place.0 != decision.at {
            *place = (decision.at, None);
        }
        if decision.outcome != Outcome::Skips && is_a_place(decision) {
            place.1 = Some(Rc::new(decision.clone()));
        }
    }

    /// Why the controller of the set at `key` stands where it does.
    pub fn at(&self, key: &Key) -> Option<&Rc<Decision>> {
        self.latest.get(key)?.1.as_ref()
    }
}

/// Whether a decision says where the controller stands: at an ordinal, or waiting as a whole. That it keeps its books
/// (status, revisions, history) does not.
fn is_a_place(decision: &Decision) -> bool {
    let groups = ["sts.replica.", "sts.condemned.", "sts.update.", "sts.recreate."];
    let is_work = groups.iter().any(|group| decision.rule.starts_with(group));
    is_work || (decision.subject == Subject::Whole && decision.outcome == Outcome::Waits)
}
