//! What the controller holds of one set between syncs, kept up to date change by change; everything in it follows
//! from the store.

use super::RevisionCache;
use super::identity::parent_and_ordinal;
use super::pod_cache::Pods;
use super::spec::SetSpec;
use crate::cluster::{Change, Cluster, Verb};
use crate::model::{Key, Kind, Object, Text};
use crate::sorted::SharedMap;
use std::rc::Rc;

/// A set, its pods, and what was worked out about it.
#[derive(Clone, Debug)]
pub struct CachedSet {
    /// What the set asks for.
    pub spec: SetSpec,
    /// Its pods.
    pub pods: Pods,
    /// What need not be worked out again.
    pub revisions_known: RevisionCache,
}

/// Everything that is cached, by set. A copy shares it.
#[derive(Clone, Debug, Default)]
pub struct SetCache {
    sets: SharedMap<Key, Rc<CachedSet>>,
}

/// With more pods than this, what is cached is no longer compared with what the store says after each change.
const COMPARED_MAX: usize = 64;

impl SetCache {
    /// Takes what is cached of `set`, or reads it anew if that is not up to date.
    pub fn take(&mut self, set: &Rc<Object>, cluster: &Cluster) -> Rc<CachedSet> {
        let mut cached = match self.sets.remove(&set.key()) {
            Some(cached) if Rc::ptr_eq(&cached.spec.set, set) => cached,
            other => {
                let spec = SetSpec::read(set);
                let revisions_known = other.map(|cached| cached.revisions_known.clone()).unwrap_or_default();
                Rc::new(CachedSet { pods: Pods::read(&spec, cluster), spec, revisions_known })
            }
        };
        if cached.pods.waits_until().is_some_and(|at| at <= cluster.now()) {
            Rc::make_mut(&mut cached).pods.pass_time(cluster.now());
        }
        debug_assert!(cached.pods.len() > COMPARED_MAX || cached.is_as_read(cluster), "{:?}", set.key());
        cached
    }

    /// Gives back what was taken.
    pub fn put(&mut self, cached: Rc<CachedSet>) {
        self.sets.insert(cached.spec.set.key(), cached);
    }

    /// Learns of a stored write.
    pub fn observe(&mut self, change: &Change, cluster: &Cluster) {
        match change.kind() {
            Kind::StatefulSet => self.observe_set(change),
            Kind::Pod => self.observe_pod(change, cluster),
            Kind::PersistentVolumeClaim => self.observe_claim(&change.object, cluster),
            _ => {}
        }
    }

    fn observe_set(&mut self, change: &Change) {
        let key = change.object.key();
        let Some(cached) = self.sets.get_mut(&key) else { return };
        if change.verb == Verb::Deleted {
            self.sets.remove(&key);
            return;
        }
        // A status alone changes nothing of what is cached; anything else is read anew by the next sync.
        let (old, new) = (&cached.spec.set, &change.object);
        if old.meta.uid == new.meta.uid
            && old.meta.deletion_timestamp == new.meta.deletion_timestamp
            && old.body.get("spec") == new.body.get("spec")
        {
            Rc::make_mut(cached).spec.set = Rc::clone(new);
        }
    }

    fn observe_pod(&mut self, change: &Change, cluster: &Cluster) {
        let pod = &change.object;
        let mut names: Vec<&str> = Vec::new();
        names.extend(parent_and_ordinal(&pod.meta.name).map(|(parent, _)| parent));
        let owners = change.old.iter().chain([pod]).filter_map(|pod| pod.meta.controller());
        for owner in owners.filter(|owner| owner.kind == "StatefulSet") {
            if !names.contains(&owner.name.as_str()) {
                names.push(&owner.name);
            }
        }
        for name in names {
            let key = Key::new(Kind::StatefulSet, pod.meta.namespace.clone(), Text::new(name));
            let Some(cached) = self.sets.get_mut(&key) else { continue };
            let CachedSet { spec, pods, .. } = Rc::make_mut(cached);
            if change.verb == Verb::Deleted {
                pods.remove(spec, pod);
            } else {
                pods.put(spec, pod, cluster);
            }
        }
    }

    fn observe_claim(&mut self, claim: &Object, cluster: &Cluster) {
        let Some((parent, ordinal)) = parent_and_ordinal(&claim.meta.name) else { return };
        for (key, cached) in &mut self.sets {
            let template = parent.strip_suffix(key.name.as_str()).and_then(|rest| rest.strip_suffix('-'));
            let is_ours = key.namespace == claim.meta.namespace
                && template.is_some_and(|name| cached.spec.claims.iter().any(|template| template.name == name));
            if is_ours {
                let CachedSet { spec, pods, .. } = Rc::make_mut(cached);
                pods.look_at_claims(spec, ordinal, cluster);
            }
        }
    }
}

impl CachedSet {
    /// Whether reading the store anew gives the same.
    fn is_as_read(&self, cluster: &Cluster) -> bool {
        let mut read = Pods::read(&self.spec, cluster);
        read.aim_at(self.pods.target());
        self.pods == read
    }
}
