//! A cluster put together by hand, for tests of the picture; runs no controller.

use crate::cluster::Cluster;
use crate::model::node::ZONE;
use crate::model::pod::{POD_NAME_LABEL, REVISION_LABEL};
use crate::model::{Kind, Millis, Object, OwnerReference, Value};
use crate::{list, obj};

/// A pod's state in short.
#[derive(Clone, Copy)]
pub enum State {
    /// Bound to no node.
    Pending,
    /// `ContainerCreating`.
    Creating,
    /// Running; ready or not.
    Running(bool),
    /// Waiting for this reason.
    Waiting(&'static str),
    /// Being deleted.
    Terminating,
}

/// An empty cluster with three nodes in three zones; the last one is not heard of.
pub fn cluster() -> Cluster {
    let mut cluster = Cluster::new(1);
    for (name, zone, status) in [("node-1", "a", "True"), ("node-2", "b", "True"), ("node-3", "c", "Unknown")] {
        let mut node = Object::new(Kind::Node, "", name);
        node.meta.labels.insert(ZONE, zone.into());
        node.set_at(&["status", "conditions"], list![obj! { "type" => "Ready", "status" => status }]);
        _ = cluster.insert(node);
    }
    cluster
}

/// Adds a set with a claim template `data` and a Service `nginx`.
pub fn set(cluster: &mut Cluster, name: &'static str, replicas: i64) {
    let mut service = Object::new(Kind::Service, "default", "nginx");
    service.set_at(&["spec", "clusterIP"], "None");
    _ = cluster.insert(service);
    let mut set = Object::new(Kind::StatefulSet, "default", name);
    set.meta.generation = 1;
    set.set_at(&["spec", "replicas"], replicas);
    set.set_at(&["spec", "serviceName"], "nginx");
    set.set_at(&["spec", "podManagementPolicy"], "OrderedReady");
    let template = obj! { "metadata" => obj! { "name" => "data" } };
    set.set_at(&["spec", "volumeClaimTemplates"], list![template]);
    let numbers = [("replicas", 3), ("readyReplicas", 2), ("availableReplicas", 2), ("updatedReplicas", 1)];
    for (field, value) in numbers {
        set.set_at(&["status", field], value);
    }
    set.set_at(&["status", "observedGeneration"], 1);
    set.set_at(&["status", "currentRevision"], format!("{name}-6646c5d8b"));
    set.set_at(&["status", "updateRevision"], format!("{name}-5b5dc8d9c7"));
    _ = cluster.insert(set);
}

/// Adds a pod of a set.
pub fn pod(cluster: &mut Cluster, set: &'static str, ordinal: i64, node: &'static str, state: State) {
    let name = format!("{set}-{ordinal}");
    let mut pod = Object::new(Kind::Pod, "default", name.clone());
    pod.meta.labels.insert(REVISION_LABEL, format!("{set}-6646c5d8b").into());
    pod.meta.labels.insert(POD_NAME_LABEL, name.into());
    if let Some(owner) = cluster.find(Kind::StatefulSet, &"default".into(), &set.into()) {
        pod.meta.owner_references = vec![OwnerReference::controller_of(owner)].into();
    }
    pod.set_at(&["spec", "containers"], list![obj! { "name" => "nginx" }]);
    if !matches!(state, State::Pending) {
        pod.set_at(&["spec", "nodeName"], node);
    }
    let waiting = |reason: &'static str| obj! { "waiting" => obj! { "reason" => reason } };
    let (phase, inner, is_ready) = match state {
        State::Pending => ("Pending", waiting(""), false),
        State::Creating => ("Pending", waiting("ContainerCreating"), false),
        State::Running(is_ready) => ("Running", obj! { "running" => Value::map() }, is_ready),
        State::Waiting(reason) => ("Pending", waiting(reason), false),
        State::Terminating => ("Running", obj! { "running" => Value::map() }, true),
    };
    pod.set_at(&["status", "phase"], phase);
    let status = if is_ready { "True" } else { "False" };
    pod.set_at(&["status", "conditions"], list![obj! { "type" => "Ready", "status" => status }]);
    let restarts = i64::from(matches!(state, State::Waiting(_))) * 3;
    let container = obj! { "name" => "nginx", "ready" => is_ready, "restartCount" => restarts, "state" => inner };
    pod.set_at(&["status", "containerStatuses"], list![container]);
    if matches!(state, State::Terminating) {
        pod.meta.deletion_timestamp = Some(cluster.now() + Millis::seconds(30));
        pod.meta.deletion_grace_period_seconds = Some(30);
    }
    _ = cluster.insert(pod);
}

/// Adds a claim of a set; with a volume if it is bound.
pub fn claim(cluster: &mut Cluster, set: &'static str, ordinal: i64, is_bound: bool) {
    let mut claim = Object::new(Kind::PersistentVolumeClaim, "default", format!("data-{set}-{ordinal}"));
    claim.set_at(&["spec", "accessModes"], list!["ReadWriteOnce"]);
    claim.set_at(&["spec", "storageClassName"], "standard");
    claim.set_at(&["status", "phase"], if is_bound { "Bound" } else { "Pending" });
    if is_bound {
        let volume = format!("pvc-{ordinal}");
        claim.set_at(&["spec", "volumeName"], volume.clone());
        claim.set_at(&["status", "capacity", "storage"], "256Mi");
        let mut object = Object::new(Kind::PersistentVolume, "", volume);
        object.set_at(&["spec", "claimRef"], obj! { "namespace" => "default", "name" => &claim.meta.name });
        _ = cluster.insert(object);
    }
    _ = cluster.insert(claim);
}
