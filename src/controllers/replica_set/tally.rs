//! What the pods of each ReplicaSet count for its status, kept up to date pod by pod; adopts and releases none.

use crate::cluster::{Change, Cluster, Verb};
use crate::controllers::workload::{controller_of, owned_pods};
use crate::model::object::labels_from_value;
use crate::model::pod::{is_active, is_available, is_over, is_ready};
use crate::model::workload::min_ready;
use crate::model::{Key, Kind, Labels, Millis, Object, Text, selector_matches};
use crate::sorted::SharedMap;
use std::rc::Rc;

/// How many pods of a set are what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Neither over nor on their way out: the others count only those among them.
    pub(super) active: i64,
    /// With all labels of the template.
    pub(super) labeled: i64,
    pub(super) ready: i64,
    /// Ready for long enough.
    pub(super) available: i64,
    /// On their way out, and not over.
    pub(super) going: i64,
}

impl Counts {
    /// What one pod counts.
    fn of(pod: &Object, labels: &Labels, min_ready: Millis, now: Millis) -> Counts {
        let one = |test: bool| i64::from(test);
        if !is_active(pod) {
            return Counts { going: one(pod.meta.is_terminating() && !is_over(pod)), ..Counts::default() };
        }
        Counts {
            active: 1,
            labeled: one(labels.iter().all(|(key, value)| pod.meta.labels.get(key) == Some(value))),
            ready: one(is_ready(pod)),
            available: one(is_available(pod, min_ready, now)),
            going: 0,
        }
    }

    /// Adds what other pods count, or takes it away.
    fn add(&mut self, other: Counts, sign: i64) {
        for (own, other) in [
            (&mut self.active, other.active),
            (&mut self.labeled, other.labeled),
            (&mut self.ready, other.ready),
            (&mut self.available, other.available),
            (&mut self.going, other.going),
        ] {
            *own += sign * other;
        }
    }
}

/// The pods of one set, each with what it counts.
#[derive(Clone, Debug)]
struct Tally {
    uid: Text,
    pods: Rc<SharedMap<Key, Counts>>,
    sum: Counts,
}

/// The sets whose pods are counted. Of a set that is not among them, or whose pods have to wait until they are available,
/// all pods are looked at.
#[derive(Clone, Debug, Default)]
pub(super) struct Tallies(Rc<SharedMap<Key, Tally>>);

impl Tallies {
    /// What a set's pods count, if that is known.
    pub(super) fn of(&self, set: &Object) -> Option<Counts> {
        let tally = self.0.get(&set.key()).filter(|tally| tally.uid == set.meta.uid)?;
        is_countable(set).then_some(tally.sum)
    }

    /// Counts all pods of a set, and keeps count of them from then on where the count can be used.
    pub(super) fn count(&mut self, set: &Object, cluster: &Cluster) -> Counts {
        let (labels, wait, now) = (template_labels(set), min_ready(set), cluster.now());
        let (mut pods, mut sum, is_kept) = (SharedMap::new(), Counts::default(), is_countable(set));
        for pod in owned_pods(cluster, set) {
            let counts = Counts::of(pod, &labels, wait, now);
            sum.add(counts, 1);
            if is_kept {
                pods.insert(pod.key(), counts);
            }
        }
        if !is_kept {
            self.forget(&set.key());
            return sum;
        }
        let tally = Tally { uid: set.meta.uid.clone(), pods: Rc::new(pods), sum };
        Rc::make_mut(&mut self.0).insert(set.key(), tally);
        sum
    }

    /// Forgets what it knew of a set that asks for something else, or is gone.
    pub(super) fn observe_set(&mut self, change: &Change) {
        let set = &change.object;
        let is_same = change.verb == Verb::Modified
            && change.old.as_ref().is_some_and(|old| {
                let fields = [&["spec", "selector"][..], &["spec", "template"], &["spec", "minReadySeconds"]];
                fields.iter().all(|field| old.at(field) == set.at(field))
            });
        if !is_same {
            self.forget(&set.key());
        }
    }

    fn forget(&mut self, key: &Key) {
        if self.0.contains_key(key) {
            Rc::make_mut(&mut self.0).remove(key);
        }
    }

    /// Counts a pod as it is now. A set that may have to adopt it, or to let it go, looks at all of its own again.
    pub(super) fn observe_pod(&mut self, change: &Change, cluster: &Cluster) {
        if self.0.is_empty() {
            return;
        }
        let pod = &change.object;
        let own = controller_of(pod, Kind::ReplicaSet, cluster);
        let old = change.old.as_ref().and_then(|old| controller_of(old, Kind::ReplicaSet, cluster));
        let (new, gone) = if change.verb == Verb::Deleted { (None, own) } else { (own, None) };
        for key in old.iter().chain(&gone).filter(|key| Some(*key) != new.as_ref()) {
            self.set(key, &pod.key(), None);
        }
        let counted = new.as_ref().filter(|key| self.0.contains_key(key));
        if let Some(set) = counted.and_then(|key| cluster.get(key)) {
            let is_odd = |set: &Object| {
                set.at(&["spec", "selector"]).is_none_or(|selector| !selector_matches(selector, &pod.meta.labels))
            };
            match is_odd(set) {
                true => self.forget(&set.key()),
                false => {
                    let counts = Counts::of(pod, &template_labels(set), min_ready(set), cluster.now());
                    self.set(&set.key(), &pod.key(), Some(counts));
                }
            }
        }
        if pod.meta.controller().is_none() && change.verb != Verb::Deleted {
            let may_adopt = |set: &&Rc<Object>| {
                set.at(&["spec", "selector"]).is_some_and(|selector| selector_matches(selector, &pod.meta.labels))
            };
            let sets = cluster.list_in(Kind::ReplicaSet, &pod.meta.namespace).filter(may_adopt);
            sets.for_each(|set| self.forget(&set.key()));
        }
    }

    fn set(&mut self, set: &Key, pod: &Key, now: Option<Counts>) {
        let Some(before) = self.0.get(set).map(|tally| tally.pods.get(pod).copied()) else { return };
        if before == now {
            return;
        }
        let Some(tally) = Rc::make_mut(&mut self.0).get_mut(set) else { return };
        if let Some(before) = before {
            tally.sum.add(before, -1);
        }
        match now {
            Some(now) => {
                tally.sum.add(now, 1);
                Rc::make_mut(&mut tally.pods).insert(pod.clone(), now);
            }
            None => _ = Rc::make_mut(&mut tally.pods).remove(pod),
        }
    }
}

/// Whether a count of a set's pods stays right from one of their changes to the next.
fn is_countable(set: &Object) -> bool {
    !set.meta.is_terminating() && min_ready(set) == Millis::ZERO
}

fn template_labels(set: &Object) -> Labels {
    labels_from_value(set.at(&["spec", "template", "metadata", "labels"]))
}
