//! Named properties that hold for every cluster at any time, and checkers for them; they change nothing.

use crate::cluster::{Change, Cluster, Verb};
use crate::model::claim::volume_of;
use crate::model::conditions::phase;
use crate::model::pod::{POD_NAME_LABEL, claims_of, is_over, is_ready, node_name};
use crate::model::pod_ordinal::ordinal_in;
use crate::model::stateful_set::{first_ordinal, is_parallel};
use crate::model::volume::claim_uid;
use crate::model::workload::{available_replicas, current_replicas, ready_replicas, updated_replicas};
use crate::model::{Key, Kind, Object, Text};
use crate::ordering::Order;
use std::rc::Rc;

/// The properties, by name; their sentences are in the catalogue under `always.` and the name.
pub const PROPERTIES: &[&str] = &[
    "one-pod-per-identity",
    "pod-bears-its-name",
    "counts-fit",
    "volume-has-one-claim",
    "bound-on-both-sides",
    "mounted-claims-exist",
    "created-in-order",
    "claims-survive",
];

/// A property that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Its name.
    pub property: &'static str,
    /// The object with which it does not hold.
    pub key: Key,
    /// What was found.
    pub found: String,
}

/// Checks what must hold at any moment.
pub fn check(cluster: &Cluster) -> Vec<Violation> {
    let mut out = Vec::new();
    for set in cluster.list(Kind::StatefulSet) {
        check_set(cluster, set, &mut out);
    }
    check_volumes(cluster, &mut out);
    for pod in cluster.list(Kind::Pod) {
        check_pod(cluster, pod, &mut out);
    }
    out
}

/// Checks a write that a controller made, with the cluster as it is right after it.
pub fn check_change(cluster: &Cluster, change: &Change) -> Vec<Violation> {
    let mut out = Vec::new();
    match (change.kind(), change.verb) {
        (Kind::Pod, Verb::Added) => check_order(cluster, &change.object, &mut out),
        // Nobody but a user deletes a claim that belongs to nobody.
        (Kind::PersistentVolumeClaim, Verb::Deleted) if change.object.meta.owner_references.is_empty() => {
            report(&mut out, "claims-survive", &change.object, "it was deleted although nothing owns it");
        }
        _ => {}
    }
    out
}

fn report(out: &mut Vec<Violation>, property: &'static str, object: &Object, found: impl Into<String>) {
    out.push(Violation { property, key: object.key(), found: found.into() });
}

fn pods_of<'a>(cluster: &'a Cluster, set: &Object) -> Vec<(i64, &'a Rc<Object>)> {
    let all = cluster.dependents_of(set, Kind::Pod);
    let mut pods: Vec<(i64, &Rc<Object>)> =
        all.filter_map(|pod| Some((ordinal_in(&set.meta.name, &pod.meta.name)?, pod))).collect();
    pods.order_by_key(|entry| entry.0);
    pods
}

fn check_set(cluster: &Cluster, set: &Object, out: &mut Vec<Violation>) {
    let pods = pods_of(cluster, set);
    for pair in pods.windows(2) {
        if let [(left, _), (right, pod)] = pair
            && left == right
        {
            report(out, "one-pod-per-identity", pod, format!("ordinal {left} has two pods"));
        }
    }
    for (_, pod) in &pods {
        let label = pod.meta.label(POD_NAME_LABEL);
        if label != pod.meta.name.as_str() {
            report(out, "pod-bears-its-name", pod, format!("its label says {label:?}"));
        }
    }
    let (replicas, ready, available) = (current_replicas(set), ready_replicas(set), available_replicas(set));
    if ready > replicas || available > ready || updated_replicas(set) > replicas || available < 0 {
        report(out, "counts-fit", set, format!("replicas {replicas}, ready {ready}, available {available}"));
    }
}

fn check_volumes(cluster: &Cluster, out: &mut Vec<Violation>) {
    let mut taken: Vec<(Text, Key)> = Vec::new();
    for claim in cluster.list(Kind::PersistentVolumeClaim) {
        if phase(claim) != "Bound" {
            continue;
        }
        let name = volume_of(claim);
        let volume = cluster.find(Kind::PersistentVolume, &Text::default(), &name);
        let owner = volume.map(|volume| claim_uid(volume).to_string());
        // A volume that a user deleted leaves its claim bound until the binder notices.
        if owner.as_deref().is_some_and(|uid| claim.meta.uid != *uid) {
            report(out, "bound-on-both-sides", claim, format!("volume {name} is another claim's"));
        }
        if let Some((_, other)) = taken.iter().find(|entry| entry.0 == name) {
            report(out, "volume-has-one-claim", claim, format!("{name} is bound to {} as well", other.name));
        }
        taken.push((name, claim.key()));
    }
}

fn check_pod(cluster: &Cluster, pod: &Object, out: &mut Vec<Violation>) {
    let is_over = is_over(pod);
    if node_name(pod).is_empty() || is_over || pod.meta.is_terminating() {
        return;
    }
    for claim in claims_of(pod) {
        if cluster.get(&claim).is_none() {
            report(out, "mounted-claims-exist", pod, format!("claim {} is gone", claim.name));
        }
    }
}

/// With OrderedReady a pod is created only when all pods before it are ready.
fn check_order(cluster: &Cluster, pod: &Object, out: &mut Vec<Violation>) {
    let Some(owner) = pod.meta.controller().filter(|owner| owner.kind == "StatefulSet") else { return };
    let Some(set) = cluster.by_uid(&owner.uid) else { return };
    if is_parallel(set) {
        return;
    }
    let Some(ordinal) = ordinal_in(&set.meta.name, &pod.meta.name) else { return };
    let start = first_ordinal(set);
    // The new pod is not ready yet: if as many are as stand before it, those are. A set's status is written with its pods.
    if ready_replicas(set) >= ordinal - start {
        return;
    }
    for before in start..ordinal {
        let name = Text::from(format!("{}-{before}", set.meta.name));
        let found = cluster.find(Kind::Pod, &pod.meta.namespace, &name);
        let is_there = |pod: &Rc<Object>| pod.meta.is_controlled_by(set) && is_ready(pod) && !pod.meta.is_terminating();
        if !found.is_some_and(is_there) {
            report(out, "created-in-order", pod, format!("{name} is not ready"));
            return;
        }
    }
}
