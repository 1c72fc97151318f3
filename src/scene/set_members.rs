//! Which pods and claims belong to which set and ordinal, whether the set still exists or not; knows no place.

use super::item::{Item, Place};
use super::style::{PodStyle, pod_status, pod_style};
use super::workloads::{Workload, is_workload, workloads};
use crate::cluster::{Change, Cluster, Verb};
use crate::model::conditions::phase;
use crate::model::pod::{POD_NAME_LABEL, is_system};
use crate::model::pod_ordinal::parent_and_ordinal;
use crate::model::stateful_set::{claim_templates, first_ordinal};
use crate::model::workload::replicas;
use crate::model::{Kind, Object, Text, Value};
use crate::sorted::SharedMap;
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

/// The sets that were ever seen: what is left of a deleted set is still drawn where it belongs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Memory {
    /// By namespace and name: the names of the claim templates.
    sets: SharedMap<(Text, Text), Vec<Text>>,
}

impl Memory {
    /// Learns of a stored write.
    pub fn note(&mut self, change: &Change) {
        if change.kind() == Kind::StatefulSet && change.verb == Verb::Added {
            self.note_set(&change.object);
        }
    }

    /// The set and ordinal that a claim's name stands for.
    pub fn place_of(&self, claim: &Object) -> Option<(Text, i64)> {
        let (prefix, ordinal) = split_ordinal(&claim.meta.name)?;
        let mut sets = self.sets.iter().filter(|((namespace, _), _)| *namespace == claim.meta.namespace);
        let own = |set: &Text, template: &Text| {
            prefix.strip_prefix(template.as_str()).and_then(|rest| rest.strip_prefix('-')) == Some(set.as_str())
        };
        let ((_, set), _) = sets.find(|((_, set), templates)| templates.iter().any(|template| own(set, template)))?;
        Some((set.clone(), ordinal))
    }

    fn note_set(&mut self, set: &Object) {
        let key = (set.meta.namespace.clone(), set.meta.name.clone());
        let templates = self.sets.entry(key).or_default();
        for name in templates_of(set) {
            if !templates.contains(&name) {
                templates.push(name);
            }
        }
    }
}

/// One ordinal of a set.
#[derive(Clone, Debug, Default)]
pub struct Column {
    /// Its pod.
    pub pod: Option<Rc<Object>>,
    /// Its claims, in the order of the templates.
    pub claims: Vec<Rc<Object>>,
    /// Whether the set wants it.
    pub is_wanted: bool,
    /// How the pod looks and what kubectl calls it, once somebody asked.
    known: OnceCell<(PodStyle, Text)>,
    /// The item that it was drawn as in a dense picture, and what that depends on besides the column.
    pub(super) drawn: RefCell<Option<(Sign, Rc<Item>)>>,
}

/// What an item of a dense picture depends on besides its column.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sign {
    pub place: Place,
    /// The set's current and update revision.
    pub revisions: (Text, Text),
    pub is_at_cursor: bool,
    pub is_lost: bool,
}

impl Column {
    /// How the pod looks and what kubectl calls it, if it stands on no lost node.
    pub(super) fn look(&self) -> Option<&(PodStyle, Text)> {
        let pod = self.pod.as_deref()?;
        Some(self.known.get_or_init(|| {
            let status = pod_status(pod);
            (pod_style(pod, &status, false), status)
        }))
    }

    /// Puts another pod, or none, into the column.
    fn set_pod(&mut self, pod: Option<Rc<Object>>) {
        self.pod = pod;
        self.known = OnceCell::new();
        self.drawn.take();
    }
}

/// A set, or what is left of it.
#[derive(Clone, Debug)]
pub struct SetRow {
    /// The namespace.
    pub namespace: Text,
    /// The set's name.
    pub name: Text,
    /// The set.
    pub set: Option<Rc<Object>>,
    /// Its ordinals, in order.
    pub columns: SharedMap<i64, Column>,
}

/// Everything that has a place.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    /// The sets, in order of namespace and name.
    pub set_rows: Vec<SetRow>,
    /// Deployments, DaemonSets, Jobs and CronJobs with their pods.
    pub workloads: Vec<Workload>,
    /// Pods that belong to none of them.
    pub pods: Vec<Rc<Object>>,
    /// Claims that belong to no set.
    pub claims: Vec<Rc<Object>>,
    /// Volumes whose claim is gone, or that were never claimed.
    pub volumes: Vec<Rc<Object>>,
}

impl Groups {
    /// Takes over how the columns looked that hold the same objects as in another moment's groups.
    pub fn learn_from(&mut self, other: Groups) {
        let is_same = |own: &Column, other: &Column| {
            let same_pod = own.pod.as_ref().map(Rc::as_ptr) == other.pod.as_ref().map(Rc::as_ptr);
            let claims = own.claims.iter().map(Rc::as_ptr).eq(other.claims.iter().map(Rc::as_ptr));
            same_pod && claims && own.is_wanted == other.is_wanted
        };
        for mut old in other.set_rows {
            let own =
                self.set_rows.iter_mut().find(|set_row| set_row.namespace == old.namespace && set_row.name == old.name);
            for (ordinal, column) in own.into_iter().flat_map(|set_row| set_row.columns.iter_mut()) {
                if let Some(old) = old.columns.get_mut(ordinal).filter(|old| is_same(column, old)) {
                    *column = std::mem::take(old);
                }
            }
        }
    }

    /// Takes up a stored write. Returns whether it could; if not, everything has to be sorted anew.
    pub fn apply(&mut self, change: &Change, memory: &Memory) -> bool {
        match change.kind() {
            Kind::Pod => self.apply_pod(change),
            Kind::PersistentVolumeClaim => self.apply_claim(change, memory),
            Kind::StatefulSet => self.apply_set(change),
            // A volume that comes to its claim, as most do, changes nothing.
            Kind::PersistentVolume => {
                let was_loose = self.volumes.iter().any(|volume| volume.meta.name == change.object.meta.name);
                change.verb != Verb::Deleted && !was_loose && !is_loose(&change.object)
            }
            kind if is_workload(kind) => self.apply_workload(change),
            _ => true,
        }
    }

    fn apply_pod(&mut self, change: &Change) -> bool {
        let pod = &change.object;
        let Some((set, ordinal)) = identity_of(pod) else { return false };
        let is_same =
            change.old.as_deref().is_none_or(|old| identity_of(old).is_some_and(|it| it == (set.clone(), ordinal)));
        let Some(set_row) = self.set_row_mut(&pod.meta.namespace, &set).filter(|_| is_same) else { return false };
        let column = set_row.columns.entry(ordinal).or_default();
        if change.verb == Verb::Deleted {
            column.set_pod(None);
            if !column.is_wanted && column.claims.is_empty() {
                set_row.columns.remove(&ordinal);
            }
        } else {
            column.set_pod(Some(Rc::clone(pod)));
        }
        true
    }

    fn apply_claim(&mut self, change: &Change, memory: &Memory) -> bool {
        let claim = &change.object;
        let place = memory.place_of(claim).filter(|_| change.verb == Verb::Modified);
        let Some((set, ordinal)) = place else { return false };
        let column =
            self.set_row_mut(&claim.meta.namespace, &set).and_then(|set_row| set_row.columns.get_mut(&ordinal));
        let Some(column) = column else { return false };
        let own = column.claims.iter_mut().find(|own| own.meta.name == claim.meta.name);
        column.drawn.take();
        own.map(|own| *own = Rc::clone(claim)).is_some()
    }

    fn apply_set(&mut self, change: &Change) -> bool {
        let set = &change.object;
        let is_same =
            |old: &Object| wanted_ordinals(old) == wanted_ordinals(set) && templates_of(old) == templates_of(set);
        if change.verb != Verb::Modified || !change.old.as_deref().is_some_and(is_same) {
            return false;
        }
        let set_row = self.set_row_mut(&set.meta.namespace, &set.meta.name);
        set_row.map(|set_row| set_row.set = Some(Rc::clone(set))).is_some()
    }

    fn apply_workload(&mut self, change: &Change) -> bool {
        let is_same = |old: &Rc<Object>| old.meta.owner_references == change.object.meta.owner_references;
        if change.verb != Verb::Modified || !change.old.as_ref().is_some_and(is_same) {
            return false;
        }
        // ReplicaSets and Jobs that stand with their owner have no row of their own.
        let key = change.object.key();
        if let Some(row) = self.workloads.iter_mut().find(|row| row.object.key() == key) {
            row.object = Rc::clone(&change.object);
        }
        true
    }

    fn set_row_mut(&mut self, namespace: &Text, name: &Text) -> Option<&mut SetRow> {
        self.set_rows.iter_mut().find(|set_row| set_row.name == *name && set_row.namespace == *namespace)
    }
}

/// More ordinals than this are not drawn as outlines.
const OUTLINES_MAX: i64 = 5000;

type SetRows = SharedMap<(Text, Text), SetRow>;

/// Sorts a cluster's pods and claims by set and ordinal.
pub fn groups(cluster: &Cluster, memory: &Memory) -> Groups {
    let mut known = memory.clone();
    let mut set_rows = SetRows::new();
    for set in cluster.list(Kind::StatefulSet) {
        known.note_set(set);
        let set_row = set_row_of(&mut set_rows, &set.meta.namespace, &set.meta.name);
        let (from, to) = wanted_ordinals(set);
        for ordinal in from..to {
            set_row.columns.insert(ordinal, Column { is_wanted: true, ..Column::default() });
        }
        set_row.set = Some(Rc::clone(set));
    }
    let mut groups = Groups::default();
    // The cluster's own pods are not what one looks at.
    for pod in cluster.list(Kind::Pod).filter(|pod| !is_system(pod)) {
        match identity_of(pod) {
            Some((set, ordinal)) => {
                let set_row = set_row_of(&mut set_rows, &pod.meta.namespace, &set);
                set_row.columns.entry(ordinal).or_default().pod = Some(Rc::clone(pod));
            }
            None => groups.pods.push(Rc::clone(pod)),
        }
    }
    (groups.workloads, groups.pods) = workloads(cluster, std::mem::take(&mut groups.pods));
    let prefixes = prefixes(&known);
    for claim in cluster.list(Kind::PersistentVolumeClaim) {
        let place = split_ordinal(&claim.meta.name).and_then(|(prefix, ordinal)| {
            let (set, rank) = prefixes.get(claim.meta.namespace.as_str())?.get(prefix)?;
            Some((set, *rank, ordinal))
        });
        match place {
            Some((set, rank, ordinal)) => {
                let set_row = set_row_of(&mut set_rows, &claim.meta.namespace, set);
                let claims = &mut set_row.columns.entry(ordinal).or_default().claims;
                claims.insert(rank.min(claims.len()), Rc::clone(claim));
            }
            None => groups.claims.push(Rc::clone(claim)),
        }
    }
    groups.volumes = cluster.list(Kind::PersistentVolume).filter(|volume| is_loose(volume)).map(Rc::clone).collect();
    groups.set_rows = set_rows.into_values().collect();
    groups
}

/// Whether nobody uses a volume, as its phase tells.
fn is_loose(volume: &Object) -> bool {
    matches!(phase(volume), "Available" | "Released" | "Failed")
}

/// The ordinals that a set wants: from its start, as many as its replicas.
pub fn wanted_ordinals(set: &Object) -> (i64, i64) {
    let from = first_ordinal(set);
    let count = replicas(set).clamp(0, OUTLINES_MAX);
    (from, from.saturating_add(count))
}

/// The set and ordinal that a pod's owner, or its labels, name.
pub fn identity_of(pod: &Object) -> Option<(Text, i64)> {
    let (prefix, ordinal) = split_ordinal(&pod.meta.name)?;
    match pod.meta.controller() {
        Some(owner) if owner.kind == "StatefulSet" && owner.name == prefix => Some((owner.name.clone(), ordinal)),
        Some(_) => None,
        None if pod.meta.label(POD_NAME_LABEL) == pod.meta.name.as_str() => Some((Text::new(prefix), ordinal)),
        None => None,
    }
}

/// The names of a set's claim templates.
pub fn templates_of(set: &Object) -> Vec<Text> {
    let templates = claim_templates(set).iter();
    templates.filter_map(|template| template.at(&["metadata", "name"]).and_then(Value::as_text).cloned()).collect()
}

fn set_row_of<'a>(set_rows: &'a mut SetRows, namespace: &Text, name: &Text) -> &'a mut SetRow {
    set_rows.entry((namespace.clone(), name.clone())).or_insert_with(|| SetRow {
        namespace: namespace.clone(),
        name: name.clone(),
        set: None,
        columns: SharedMap::new(),
    })
}

/// By namespace, what a claim's name begins with: the set and the template's rank.
fn prefixes(memory: &Memory) -> SharedMap<Text, SharedMap<Text, (Text, usize)>> {
    let mut prefixes: SharedMap<Text, SharedMap<Text, (Text, usize)>> = SharedMap::new();
    for ((namespace, set), templates) in &memory.sets {
        let inside = prefixes.entry(namespace.clone()).or_default();
        for (rank, template) in templates.iter().enumerate() {
            inside.insert(format!("{template}-{set}").into(), (set.clone(), rank));
        }
    }
    prefixes
}

/// `web-12` is `web` and 12.
pub fn split_ordinal(name: &str) -> Option<(&str, i64)> {
    parent_and_ordinal(name).filter(|(_, ordinal)| *ordinal >= 0)
}
