//! What a set's controller remembers of the set's pods, in the orders in which it asks; decides nothing.

use super::claiming::{Claiming, claiming};
use super::claims::{ClaimFacts, ClaimOwner};
use super::identity::{self, REVISION_LABEL};
use super::spec::SetSpec;
use crate::cluster::Cluster;
use crate::model::{Key, Kind, Millis, Object, Text, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// A pod's phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the API's own")]
pub enum Phase {
    /// No phase is written yet.
    Unset,
    Pending,
    Running,
    Succeeded,
    Failed,
    Unknown,
}

impl Phase {
    fn of(pod: &Object) -> Phase {
        match pod.str_at(&["status", "phase"]) {
            "" => Phase::Unset,
            "Pending" => Phase::Pending,
            "Running" => Phase::Running,
            "Succeeded" => Phase::Succeeded,
            "Failed" => Phase::Failed,
            _ => Phase::Unknown,
        }
    }

    /// Whether the pod has ended.
    pub fn is_over(self) -> bool {
        matches!(self, Phase::Succeeded | Phase::Failed)
    }
}

/// One pod of the set, as far as the controller cares.
#[derive(Clone, Debug, PartialEq)]
pub struct PodFacts {
    /// The pod as stored.
    pub pod: Rc<Object>,
    /// Its ordinal.
    pub ordinal: i64,
    /// Its phase.
    pub phase: Phase,
    /// Since when it runs and is ready.
    pub ready_since: Option<Millis>,
    /// Whether it has been ready for `minReadySeconds`.
    pub is_available: bool,
    /// Whether it is being deleted.
    pub is_terminating: bool,
    /// The name of its revision.
    pub revision: Text,
    /// Whether name, label and volumes are those of its ordinal.
    pub is_itself: bool,
    /// What is to be done about its claims.
    pub claims: ClaimFacts,
}

impl PodFacts {
    fn read(spec: &SetSpec, pod: &Rc<Object>, ordinal: i64, cluster: &Cluster) -> PodFacts {
        let phase = Phase::of(pod);
        let ready_since = if phase == Phase::Running { ready_since(pod) } else { None };
        PodFacts {
            ordinal,
            phase,
            ready_since,
            is_available: ready_since.is_some_and(|since| since + spec.min_ready <= cluster.now()),
            is_terminating: pod.meta.is_terminating(),
            revision: pod.meta.labels.get(REVISION_LABEL).cloned().unwrap_or_default(),
            is_itself: identity::identity_matches(spec, pod, ordinal) && identity::storage_matches(spec, pod, ordinal),
            claims: ClaimOwner { spec, ordinal, uid: pod.meta.uid.clone() }.facts(cluster),
            pod: Rc::clone(pod),
        }
    }

    /// Whether it runs and is ready.
    pub fn is_ready(&self) -> bool {
        self.ready_since.is_some()
    }

    /// Whether it cannot serve, or soon will not.
    pub fn is_unavailable(&self) -> bool {
        !self.is_available || self.is_terminating
    }

    /// Whether the controller may have to write something for it, whatever the others do.
    fn needs_attention(&self) -> bool {
        self.phase.is_over()
            || !self.is_itself
            || self.claims.has_wrong_owners
            || (self.phase == Phase::Pending && !self.claims.are_complete())
    }
}

/// Since when the pod's `Ready` condition is true.
fn ready_since(pod: &Object) -> Option<Millis> {
    let mut conditions = pod.list_at(&["status", "conditions"]).iter();
    let ready = conditions.rfind(|condition| condition.str_at(&["type"]) == "Ready")?;
    if ready.str_at(&["status"]) != "True" {
        return None;
    }
    let since = ready.get("lastTransitionTime").and_then(Value::as_str).and_then(Millis::parse_rfc3339);
    Some(since.unwrap_or(Millis(i64::MIN / 2)))
}

/// How many pods there are of each sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Pods with a phase.
    pub existing: i64,
    /// Pods that run and are ready.
    pub ready: i64,
    /// Pods that have been ready for `minReadySeconds`.
    pub available: i64,
}

/// The pods of one StatefulSet, by ordinal.
///
/// Invariants:
/// - A pod stands under its ordinal, or among the strays if its name holds none or another pod has its place.
/// - Every index agrees with the facts: it follows from them by [`Pods::read`].
#[derive(Clone, Debug, PartialEq)]
pub struct Pods {
    facts: BTreeMap<i64, PodFacts>,
    strays: BTreeMap<Text, PodFacts>,
    to_adopt: BTreeSet<Key>,
    to_release: BTreeSet<Key>,
    counts: Counts,
    /// Living pods of each revision, and all pods of it.
    revisions: BTreeMap<Text, (i64, i64)>,
    unavailable: BTreeSet<i64>,
    attention: BTreeSet<i64>,
    terminating: BTreeSet<i64>,
    /// Ready pods that become available at a time.
    awaited: BTreeSet<(Millis, i64)>,
}

impl Pods {
    /// Reads the pods of a set from the store.
    pub fn read(spec: &SetSpec, cluster: &Cluster) -> Pods {
        let mut pods = Pods {
            facts: BTreeMap::new(),
            strays: BTreeMap::new(),
            to_adopt: BTreeSet::new(),
            to_release: BTreeSet::new(),
            counts: Counts::default(),
            revisions: BTreeMap::new(),
            unavailable: BTreeSet::new(),
            attention: BTreeSet::new(),
            terminating: BTreeSet::new(),
            awaited: BTreeSet::new(),
        };
        for pod in cluster.list_in(Kind::Pod, spec.namespace()) {
            pods.put(spec, pod, cluster);
        }
        pods
    }

    /// Learns what a pod is like now.
    pub fn put(&mut self, spec: &SetSpec, pod: &Rc<Object>, cluster: &Cluster) {
        self.remove(spec, pod);
        let key = pod.key();
        match claiming(spec, pod) {
            Claiming::Foreign => {}
            Claiming::ToAdopt => _ = self.to_adopt.insert(key),
            Claiming::ToRelease => _ = self.to_release.insert(key),
            Claiming::Claimed => {
                let ordinal = identity::ordinal_in(spec.name(), &pod.meta.name).unwrap_or(-1);
                let facts = PodFacts::read(spec, pod, ordinal, cluster);
                if ordinal < 0 || self.facts.contains_key(&ordinal) {
                    self.strays.insert(pod.meta.name.clone(), facts);
                } else {
                    self.index(spec, &facts);
                    self.facts.insert(ordinal, facts);
                }
            }
        }
    }

    /// Forgets a pod.
    pub fn remove(&mut self, spec: &SetSpec, pod: &Object) {
        if !self.to_adopt.is_empty() || !self.to_release.is_empty() {
            let key = pod.key();
            self.to_adopt.remove(&key);
            self.to_release.remove(&key);
        }
        if self.strays.remove(&pod.meta.name).is_some() {
            return;
        }
        let Some(ordinal) = identity::ordinal_in(spec.name(), &pod.meta.name) else { return };
        if self.facts.get(&ordinal).is_some_and(|facts| facts.pod.meta.name == pod.meta.name)
            && let Some(facts) = self.facts.remove(&ordinal)
        {
            self.unindex(spec, &facts);
            let heir = self.strays.iter().find(|(_, stray)| stray.ordinal == ordinal).map(|(name, _)| name.clone());
            if let Some(facts) = heir.and_then(|name| self.strays.remove(&name)) {
                self.index(spec, &facts);
                self.facts.insert(ordinal, facts);
            }
        }
    }

    /// Looks again at the claims of an ordinal's pod.
    pub fn look_at_claims(&mut self, spec: &SetSpec, ordinal: i64, cluster: &Cluster) {
        if let Some(facts) = self.facts.get_mut(&ordinal) {
            facts.claims = ClaimOwner { spec, ordinal, uid: facts.pod.meta.uid.clone() }.facts(cluster);
            if facts.needs_attention() {
                self.attention.insert(ordinal);
            } else {
                self.attention.remove(&ordinal);
            }
        }
    }

    /// Notices the pods that have become available by `now`.
    pub fn pass_time(&mut self, now: Millis) {
        while let Some((_, ordinal)) = self.awaited.first().filter(|(at, _)| *at <= now).copied() {
            self.awaited.pop_first();
            if let Some(facts) = self.facts.get_mut(&ordinal) {
                facts.is_available = true;
                self.counts.available += 1;
                if !facts.is_terminating {
                    self.unavailable.remove(&ordinal);
                }
            }
        }
    }

    fn index(&mut self, spec: &SetSpec, facts: &PodFacts) {
        let ordinal = facts.ordinal;
        self.counts.existing += i64::from(facts.phase != Phase::Unset);
        self.counts.ready += i64::from(facts.is_ready());
        self.counts.available += i64::from(facts.is_available);
        let of_revision = self.revisions.entry(facts.revision.clone()).or_default();
        of_revision.0 += i64::from(!facts.is_terminating && facts.phase != Phase::Unset);
        of_revision.1 += 1;
        if facts.is_unavailable() {
            self.unavailable.insert(ordinal);
        }
        if facts.needs_attention() {
            self.attention.insert(ordinal);
        }
        if facts.is_terminating {
            self.terminating.insert(ordinal);
        }
        if let Some(since) = facts.ready_since.filter(|_| !facts.is_available) {
            self.awaited.insert((since + spec.min_ready, ordinal));
        }
    }

    fn unindex(&mut self, spec: &SetSpec, facts: &PodFacts) {
        let ordinal = facts.ordinal;
        self.counts.existing -= i64::from(facts.phase != Phase::Unset);
        self.counts.ready -= i64::from(facts.is_ready());
        self.counts.available -= i64::from(facts.is_available);
        if let Some(of_revision) = self.revisions.get_mut(&facts.revision) {
            of_revision.0 -= i64::from(!facts.is_terminating && facts.phase != Phase::Unset);
            of_revision.1 -= 1;
            if of_revision.1 == 0 {
                self.revisions.remove(&facts.revision);
            }
        }
        self.unavailable.remove(&ordinal);
        self.attention.remove(&ordinal);
        self.terminating.remove(&ordinal);
        if let Some(since) = facts.ready_since {
            self.awaited.remove(&(since + spec.min_ready, ordinal));
        }
    }

    /// The pod of an ordinal.
    pub fn get(&self, ordinal: i64) -> Option<&PodFacts> {
        self.facts.get(&ordinal)
    }

    /// How many pods there are of each sort, strays not counted.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// How many living pods a revision has.
    pub fn living_of(&self, revision: &str) -> i64 {
        self.revisions.get(revision).map_or(0, |counts| counts.0)
    }

    /// The names of the revisions that pods have.
    pub fn revisions(&self) -> impl Iterator<Item = &Text> {
        self.revisions.keys().chain(self.strays.values().map(|facts| &facts.revision))
    }

    /// Pods whose place is taken or unknown.
    pub fn strays(&self) -> impl Iterator<Item = &PodFacts> {
        self.strays.values()
    }

    /// The pods to be adopted.
    pub fn to_adopt(&self) -> &BTreeSet<Key> {
        &self.to_adopt
    }

    /// The pods to be released.
    pub fn to_release(&self) -> &BTreeSet<Key> {
        &self.to_release
    }

    /// The ordinals of pods that are not available or terminating.
    pub fn unavailable(&self) -> &BTreeSet<i64> {
        &self.unavailable
    }

    /// The ordinals of pods for which something may have to be written.
    pub fn attention(&self) -> &BTreeSet<i64> {
        &self.attention
    }

    /// When the next ready pod becomes available.
    pub fn next_available_at(&self) -> Option<Millis> {
        self.awaited.first().map(|(at, _)| *at)
    }

    /// The pods that the set does not want, highest ordinal first.
    pub fn condemned(&self, spec: &SetSpec) -> impl DoubleEndedIterator<Item = &PodFacts> {
        let above = self.facts.range(spec.end()..).rev();
        above.chain(self.facts.range(..spec.start).rev()).map(|(_, facts)| facts)
    }

    /// The pods that the set wants, lowest ordinal first.
    pub fn wanted(&self, spec: &SetSpec) -> impl DoubleEndedIterator<Item = &PodFacts> {
        self.facts.range(spec.start..spec.end()).map(|(_, facts)| facts)
    }

    /// The lowest ordinal at or after `from` without a pod.
    pub fn next_missing(&self, from: i64) -> i64 {
        let mut at = from;
        for (ordinal, _) in self.facts.range(from..) {
            if *ordinal != at {
                break;
            }
            at = at.saturating_add(1);
        }
        at
    }
}
