//! What stands beside the sets: the pods of Deployments, DaemonSets, Jobs and CronJobs by the object that one created, oldest
//! revision first; knows no place.

use super::item::WorkloadPart;
use crate::cluster::Cluster;
use crate::model::pod::REVISION_LABEL;
use crate::model::{Key, Kind, Object};
use crate::ordering::Order;
use std::rc::Rc;

/// The kinds that have a row of their own, in the order of the picture. ReplicaSets and Jobs stand with their owner.
const KINDS: [Kind; 5] = [Kind::Deployment, Kind::ReplicaSet, Kind::DaemonSet, Kind::CronJob, Kind::Job];

/// An object that keeps pods, and its pods.
#[derive(Clone, Debug)]
pub struct Workload {
    /// The object that a user made.
    pub object: Rc<Object>,
    /// Its pods, also those of its ReplicaSets and Jobs.
    pub pods: Vec<Rc<Object>>,
}

/// Whether an object of this kind has a row, or decides about one.
pub fn is_workload(kind: Kind) -> bool {
    KINDS.contains(&kind)
}

/// The rows, and the pods that belong to none.
pub fn workloads(cluster: &Cluster, pods: Vec<Rc<Object>>) -> (Vec<Workload>, Vec<Rc<Object>>) {
    let mut rows: Vec<Workload> = Vec::new();
    for kind in KINDS {
        // The cluster's own are not what one looks at.
        let all = cluster.list(kind).filter(|object| object.meta.namespace != "kube-system");
        let tops = all.filter(|object| owner_of(object, cluster).is_none());
        rows.extend(tops.map(|object| Workload { object: Rc::clone(object), pods: Vec::new() }));
    }
    let mut bare = Vec::new();
    for pod in pods {
        let top = top_of(&pod, cluster);
        match rows.iter_mut().find(|row| top.as_ref().is_some_and(|top| row.object.key() == *top)) {
            Some(row) => row.pods.push(pod),
            None => bare.push(pod),
        }
    }
    for row in &mut rows {
        row.pods.order_by(|a, b| (a.meta.created, &a.meta.name).cmp(&(b.meta.created, &b.meta.name)));
    }
    (rows, bare)
}

/// The living object of these kinds that controls another.
fn owner_of(object: &Object, cluster: &Cluster) -> Option<Key> {
    let owner = object.meta.controller()?;
    let kind = KINDS.into_iter().find(|kind| kind.names().kind == owner.kind.as_str())?;
    let found = cluster.find(kind, &object.meta.namespace, &owner.name)?;
    (found.meta.uid == owner.uid).then(|| found.key())
}

/// The object at the end of a pod's owners.
fn top_of(pod: &Object, cluster: &Cluster) -> Option<Key> {
    let mut top = owner_of(pod, cluster)?;
    // A pod's owner has an owner of its own at most.
    if let Some(next) = cluster.get(&top).and_then(|object| owner_of(object, cluster)) {
        top = next;
    }
    Some(top)
}

impl Workload {
    /// The row's heading.
    pub fn part(&self) -> WorkloadPart {
        let object = &self.object;
        let number = |path: &[&str]| object.i64_at(path).unwrap_or(0);
        let (have, want) = match object.kind {
            Kind::DaemonSet => {
                (number(&["status", "numberReady"]), Some(number(&["status", "desiredNumberScheduled"])))
            }
            Kind::Job => (number(&["status", "succeeded"]), object.i64_at(&["spec", "completions"])),
            Kind::CronJob => (object.list_at(&["status", "active"]).len() as i64, None),
            _ => (number(&["status", "readyReplicas"]), Some(number(&["spec", "replicas"]))),
        };
        WorkloadPart { kind: object.kind, name: object.meta.name.clone(), have, want }
    }
}

/// The hash of the template that a pod was made of; empty for none.
pub(super) fn revision_of(pod: &Object) -> &str {
    match pod.meta.label(REVISION_LABEL) {
        "" => pod.meta.label("pod-template-hash"),
        hash => hash,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::OwnerReference;

    fn stored(cluster: &mut Cluster, kind: Kind, name: &'static str, owner: Option<&Object>) -> Rc<Object> {
        let mut object = Object::new(kind, "default", name);
        let owner = owner.map(OwnerReference::controller_of);
        object.meta.owner_references = Rc::new(owner.into_iter().collect());
        cluster.insert(object).unwrap()
    }

    #[test]
    fn pods_stand_with_the_object_that_a_user_made() {
        let mut cluster = Cluster::new(1);
        let deployment = stored(&mut cluster, Kind::Deployment, "shop", None);
        let set = stored(&mut cluster, Kind::ReplicaSet, "shop-1", Some(&deployment));
        let job = stored(&mut cluster, Kind::Job, "sum", None);
        let pods = vec![
            stored(&mut cluster, Kind::Pod, "shop-1-a", Some(&set)),
            stored(&mut cluster, Kind::Pod, "sum-a", Some(&job)),
            stored(&mut cluster, Kind::Pod, "bare", None),
        ];
        let (rows, bare) = workloads(&cluster, pods);
        let shown: Vec<_> = rows.iter().map(|row| (row.object.meta.name.as_str(), row.pods.len())).collect();
        assert_eq!(shown, [("shop", 1), ("sum", 1)]);
        assert_eq!(bare[0].meta.name, "bare");
    }
}
