//! What a set's controller remembers of the set's pods, in the orders in which it asks; decides nothing.

use super::claims::{ClaimFacts, ClaimOwner};
use super::identity;
use super::intervals::Intervals;
use super::ownership::{Ownership, ownership};
use super::spec::SetSpec;
use crate::cluster::Cluster;
use crate::model::conditions::{phase, true_since};
use crate::model::pod::{REVISION_LABEL, is_available};
use crate::model::{Key, Kind, Millis, Object, Text};
use crate::sorted::{SharedMap, SharedSet};
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
        match phase(pod) {
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
    /// Reads a pod. What `before` knew of the same pod and cannot have changed is taken from there.
    fn read(spec: &SetSpec, pod: &Rc<Object>, ordinal: i64, cluster: &Cluster, before: Option<&PodFacts>) -> PodFacts {
        let phase = Phase::of(pod);
        let ready_since = if phase == Phase::Running { true_since(pod, "Ready") } else { None };
        let before = before.filter(|before| before.pod.meta.uid == pod.meta.uid);
        let is_same_body = before.is_some_and(|before| {
            let (old, new) = (&before.pod, pod);
            old.meta.labels == new.meta.labels && old.body.get("spec") == new.body.get("spec")
        });
        let is_itself =
            || identity::identity_matches(spec, pod, ordinal) && identity::storage_matches(spec, pod, ordinal);
        let claims = || ClaimOwner { spec, ordinal, uid: pod.meta.uid.clone() }.facts(cluster);
        PodFacts {
            ordinal,
            phase,
            ready_since,
            is_available: phase == Phase::Running && is_available(pod, spec.min_ready, cluster.now()),
            is_terminating: pod.meta.is_terminating(),
            revision: pod.meta.labels.get(REVISION_LABEL).cloned().unwrap_or_default(),
            is_itself: before.filter(|_| is_same_body).map_or_else(is_itself, |before| before.is_itself),
            // Claims that change are looked at when they do.
            claims: before.map_or_else(claims, |before| before.claims),
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
    facts: SharedMap<i64, PodFacts>,
    strays: SharedMap<Text, PodFacts>,
    to_adopt: SharedSet<Key>,
    to_release: SharedSet<Key>,
    counts: Counts,
    /// Living pods of each revision, and all pods of it.
    revisions: SharedMap<Text, (i64, i64)>,
    /// The ordinals that have a pod.
    present: Intervals,
    unavailable: SharedSet<i64>,
    attention: SharedSet<i64>,
    living: SharedSet<i64>,
    /// The name of the revision that pods shall have.
    target: Text,
    /// Living pods of another revision.
    outdated: SharedSet<i64>,
    /// Ready pods that become available at a time.
    awaited: SharedSet<(Millis, i64)>,
}

impl Pods {
    /// Reads the pods of a set from the store.
    pub fn read(spec: &SetSpec, cluster: &Cluster) -> Pods {
        let mut pods = Pods {
            facts: SharedMap::new(),
            strays: SharedMap::new(),
            to_adopt: SharedSet::new(),
            to_release: SharedSet::new(),
            counts: Counts::default(),
            revisions: SharedMap::new(),
            present: Intervals::default(),
            unavailable: SharedSet::new(),
            attention: SharedSet::new(),
            living: SharedSet::new(),
            target: Text::default(),
            outdated: SharedSet::new(),
            awaited: SharedSet::new(),
        };
        for pod in cluster.list_in(Kind::Pod, spec.namespace()) {
            pods.put(spec, pod, cluster);
        }
        pods
    }

    /// Learns what a pod is like now.
    pub fn put(&mut self, spec: &SetSpec, pod: &Rc<Object>, cluster: &Cluster) {
        let before = self.remove(spec, pod);
        match ownership(spec, pod) {
            Ownership::Foreign => {}
            Ownership::ToAdopt => _ = self.to_adopt.insert(pod.key()),
            Ownership::ToRelease => _ = self.to_release.insert(pod.key()),
            Ownership::Owned => {
                let ordinal = identity::ordinal_in(spec.name(), &pod.meta.name).unwrap_or(-1);
                let facts = PodFacts::read(spec, pod, ordinal, cluster, before.as_ref());
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
    pub fn remove(&mut self, spec: &SetSpec, pod: &Object) -> Option<PodFacts> {
        if !self.to_adopt.is_empty() || !self.to_release.is_empty() {
            let key = pod.key();
            self.to_adopt.remove(&key);
            self.to_release.remove(&key);
        }
        if let Some(stray) = self.strays.remove(&pod.meta.name) {
            return Some(stray);
        }
        let ordinal = identity::ordinal_in(spec.name(), &pod.meta.name)?;
        self.facts.get(&ordinal).filter(|facts| facts.pod.meta.name == pod.meta.name)?;
        let gone = self.facts.remove(&ordinal)?;
        self.unindex(spec, &gone);
        let heir = self.strays.iter().find(|(_, stray)| stray.ordinal == ordinal).map(|(name, _)| name.clone());
        if let Some(facts) = heir.and_then(|name| self.strays.remove(&name)) {
            self.index(spec, &facts);
            self.facts.insert(ordinal, facts);
        }
        Some(gone)
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

    /// Learns which revision pods shall have.
    pub fn aim_at(&mut self, target: &Text) {
        if self.target != *target {
            self.target = target.clone();
            let old = self.facts.values().filter(|facts| !facts.is_terminating && facts.revision != *target);
            self.outdated = old.map(|facts| facts.ordinal).collect();
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
        if !facts.is_terminating {
            self.living.insert(ordinal);
            if facts.revision != self.target {
                self.outdated.insert(ordinal);
            }
        }
        self.present.insert(ordinal);
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
        self.living.remove(&ordinal);
        self.outdated.remove(&ordinal);
        self.present.remove(ordinal);
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
    pub fn to_adopt(&self) -> &SharedSet<Key> {
        &self.to_adopt
    }

    /// The pods to be released.
    pub fn to_release(&self) -> &SharedSet<Key> {
        &self.to_release
    }

    /// The ordinals of pods that are not available or terminating.
    pub fn unavailable(&self) -> &SharedSet<i64> {
        &self.unavailable
    }

    /// The ordinals of pods for which something may have to be written.
    pub fn attention(&self) -> &SharedSet<i64> {
        &self.attention
    }

    /// The ordinals of living pods that are not of the revision that pods shall have.
    pub fn outdated(&self) -> &SharedSet<i64> {
        &self.outdated
    }

    /// The ordinals of the pods that are not of a revision, wanted or not, in order.
    pub fn of_other_revisions<'a>(&'a self, revision: &'a str) -> impl Iterator<Item = i64> + 'a {
        let is_all = self.revisions.keys().all(|known| known == revision);
        let pods = self.facts.values().filter(move |facts| !is_all && facts.revision != revision);
        pods.map(|facts| facts.ordinal)
    }

    /// The ordinals of pods that nobody deletes.
    pub fn living(&self) -> &SharedSet<i64> {
        &self.living
    }

    /// The name of the revision that pods shall have.
    pub fn target(&self) -> &Text {
        &self.target
    }

    /// How many pods have a place.
    pub fn len(&self) -> usize {
        self.facts.len()
    }

    /// Whether no pod has a place.
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }

    /// When the next ready pod becomes available.
    pub fn waits_until(&self) -> Option<Millis> {
        self.awaited.first().map(|(at, _)| *at)
    }

    /// The pod with the highest ordinal that the set does not want.
    pub fn last_condemned(&self, spec: &SetSpec) -> Option<&PodFacts> {
        let above = self.facts.range(spec.end()..).next_back();
        above.or_else(|| self.facts.range(..spec.start).next_back()).map(|(_, facts)| facts)
    }

    /// How many pods with higher ordinals the set does not want either.
    pub fn condemned_above(&self, spec: &SetSpec, ordinal: i64) -> usize {
        let above = self.facts.range(spec.end().max(ordinal.saturating_add(1))..).count();
        let is_below = ordinal < spec.start;
        above + if is_below { self.facts.range(ordinal + 1..spec.start).count() } else { 0 }
    }

    /// The lowest ordinal at or after `from` without a pod.
    pub fn next_missing(&self, from: i64) -> i64 {
        self.present.next_missing(from)
    }
}
