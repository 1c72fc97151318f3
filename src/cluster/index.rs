//! Indices beside the store: the pods of a node and of a claim, the free volumes; kept by the store alone.

use crate::model::conditions::phase;
use crate::model::pod::{claims_of, node_of};
use crate::model::volume::claim_of_volume;
use crate::model::{Key, Object, Text};
use crate::sorted::{SharedMap, SharedSet};
use std::rc::Rc;

/// Which pods stand on a node, and which use a claim.
#[derive(Clone, Debug, Default)]
pub(super) struct PodIndex {
    by_node: Rc<SharedMap<Text, SharedSet<Key>>>,
    by_claim: Rc<SharedMap<Key, SharedSet<Key>>>,
}

impl PodIndex {
    pub(super) fn on_node<'a>(&'a self, node: &str) -> impl Iterator<Item = &'a Key> + Clone + use<'a> {
        self.by_node.get(node).into_iter().flatten()
    }

    pub(super) fn of_claim<'a>(&'a self, claim: &Key) -> impl Iterator<Item = &'a Key> + Clone + use<'a> {
        self.by_claim.get(claim).into_iter().flatten()
    }

    /// Takes note of a write: `old` as it was, `new` as it is.
    pub(super) fn update(&mut self, key: &Key, old: Option<&Object>, new: Option<&Object>) {
        let node = |pod: Option<&Object>| pod.map_or(Text::default(), node_of);
        let (before, after) = (node(old), node(new));
        if before != after {
            if !before.is_empty() {
                remove(Rc::make_mut(&mut self.by_node), &before, key);
            }
            if !after.is_empty() {
                Rc::make_mut(&mut self.by_node).entry(after).or_default().insert(key.clone());
            }
        }
        match (old, new) {
            (None, Some(pod)) => {
                for claim in claims_of(pod) {
                    Rc::make_mut(&mut self.by_claim).entry(claim).or_default().insert(key.clone());
                }
            }
            (Some(pod), None) => {
                for claim in claims_of(pod) {
                    remove(Rc::make_mut(&mut self.by_claim), &claim, key);
                }
            }
            _ => {}
        }
    }
}

/// The volumes that are neither bound nor released: by name those kept for nobody, by claim the others.
#[derive(Clone, Debug, Default)]
pub(super) struct VolumeIndex {
    free: Rc<SharedSet<Text>>,
    kept: Rc<SharedMap<Key, SharedSet<Key>>>,
}

impl VolumeIndex {
    pub(super) fn free(&self) -> impl Iterator<Item = &Text> {
        self.free.iter()
    }

    pub(super) fn kept_for(&self, claim: &Key) -> impl Iterator<Item = &Key> {
        self.kept.get(claim).into_iter().flatten()
    }

    /// Takes note of a write: `old` as it was, `new` as it is.
    pub(super) fn update(&mut self, key: &Key, old: Option<&Object>, new: Option<&Object>) {
        let is_open = |v: &&Object| matches!(phase(v), "" | "Pending" | "Available");
        let claim = |v: Option<&Object>| v.filter(is_open).map(claim_of_volume);
        let (before, after) = (claim(old), claim(new));
        if before == after {
            return;
        }
        match before {
            Some(None) => _ = Rc::make_mut(&mut self.free).remove(&key.name),
            Some(Some(claim)) => remove(Rc::make_mut(&mut self.kept), &claim, key),
            None => {}
        }
        match after {
            Some(None) => _ = Rc::make_mut(&mut self.free).insert(key.name.clone()),
            Some(Some(claim)) => _ = Rc::make_mut(&mut self.kept).entry(claim).or_default().insert(key.clone()),
            None => {}
        }
    }
}

fn remove<K: Ord + Clone>(index: &mut SharedMap<K, SharedSet<Key>>, at: &K, key: &Key) {
    if let Some(keys) = index.get_mut(at) {
        keys.remove(key);
        if keys.is_empty() {
            index.remove(at);
        }
    }
}
