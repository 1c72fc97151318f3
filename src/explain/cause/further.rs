//! What else keeps an object from being as asked, beside the first cause: another thing that a pod lacks, another pod
//! of a set with a cause of its own.

use super::{End, Link, answer, container};
use crate::cluster::Cluster;
use crate::model::conditions::phase;
use crate::model::pod::{claims_of, is_over, is_ready, node_name};
use crate::model::{Key, Kind, Object};
use std::rc::Rc;

/// The most pods of one object that are gone through.
const PODS_MAX: usize = 24;

/// The causes beside the one at the head of `first`, each once: what waits for somebody, with what helps. They are the
/// object's own, those of its claims, and those of its pods.
pub fn further(cluster: &Cluster, key: &Key, first: &[Link]) -> Vec<Link> {
    let mut found: Vec<Link> = Vec::new();
    let mut add = |link: Link| {
        let is_new = first.iter().chain(&found).all(|known| !is_same(known, &link));
        if link.end == End::Somebody && is_new {
            found.push(link);
        }
    };
    for pod in pods_of(cluster, key).into_iter().filter(|pod| !is_over(pod)).take(PODS_MAX) {
        for link in of_pod(cluster, pod) {
            add(link);
        }
    }
    found
}

/// The pods that an object is about, as far as they are not as asked.
fn pods_of<'a>(cluster: &'a Cluster, key: &Key) -> Vec<&'a Rc<Object>> {
    let Some(object) = cluster.get(key) else { return Vec::new() };
    let below = |owner: &Object, kind: Kind| cluster.dependents_of(owner, kind).collect::<Vec<_>>();
    let mut pods = match key.kind {
        Kind::Pod => return vec![object],
        Kind::StatefulSet | Kind::ReplicaSet | Kind::DaemonSet | Kind::Job => below(object, Kind::Pod),
        Kind::Deployment => {
            let sets = below(object, Kind::ReplicaSet);
            sets.into_iter().flat_map(|set| below(set, Kind::Pod)).collect()
        }
        _ => Vec::new(),
    };
    pods.retain(|pod| pod.meta.is_terminating() || !is_ready(pod));
    pods
}

/// The causes of one pod: the first, and what else its claims and containers wait for.
fn of_pod(cluster: &Cluster, pod: &Rc<Object>) -> Vec<Link> {
    let mut found: Vec<Link> = answer(cluster, &pod.key()).into_iter().take(1).collect();
    if pod.meta.is_terminating() || is_ready(pod) {
        return found;
    }
    let is_unbound = |key: &&Key| cluster.get(key).is_some_and(|claim| phase(claim) != "Bound");
    let claims = claims_of(pod);
    found.extend(claims.iter().filter(is_unbound).filter_map(|claim| answer(cluster, claim).into_iter().next()));
    if !node_name(pod).is_empty() && cluster.runtime().stopped(node_name(pod)).is_none() {
        found.extend(container::all(cluster, pod));
    }
    found
}

/// What differs from pod to pod although the cause is the same.
const OF_ONE: [&str; 11] =
    ["claim", "code", "from", "pod", "restarts", "since", "until", "user", "victim", "volume", "words"];

/// Whether two links say the same, maybe of two pods.
fn is_same(one: &Link, other: &Link) -> bool {
    let told =
        |link: &Link| -> Vec<_> { link.facts.iter().filter(|(name, _)| !OF_ONE.contains(name)).cloned().collect() };
    one.rule == other.rule && told(one) == told(other)
}
