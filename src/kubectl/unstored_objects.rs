//! Objects that the API server answers with and nobody stores here: the leases by which machines and the control plane
//! say that they are alive, and the health of its parts. They follow from what the lab knows anyway.
//!
//! Storing each renewal would be a write every ten seconds for each machine.

use crate::cluster::Cluster;
use crate::model::{Kind, Millis, Object, OwnerReference, Text, Value};
use crate::obj;
use std::rc::Rc;

/// The objects of a kind that follow from the rest.
pub fn objects(kind: Kind, cluster: &Cluster) -> Vec<Rc<Object>> {
    match kind {
        Kind::Lease => leases(cluster),
        Kind::ComponentStatus => {
            ["controller-manager", "etcd-0", "scheduler"].map(|name| Rc::new(component(name))).to_vec()
        }
        _ => Vec::new(),
    }
}

fn component(name: &'static str) -> Object {
    let mut object = Object::new(Kind::ComponentStatus, "", name);
    let condition = obj! { "message" => "ok", "status" => "True", "type" => "Healthy" };
    object.set_at(&["conditions"], vec![condition]);
    object
}

/// A lease of each machine, and those of the control plane's programs that lead.
fn leases(cluster: &Cluster) -> Vec<Rc<Object>> {
    let mut all = Vec::new();
    for node in cluster.list(Kind::Node) {
        let stopped = cluster.runtime().stopped(&node.meta.name).map(|stopped| stopped.since);
        let renewed = stopped.unwrap_or(cluster.now());
        let mut own = lease(node, "kube-node-lease", &node.meta.name, &node.meta.name, (renewed, 40));
        own.meta.owner_references = Rc::new(vec![OwnerReference {
            api_version: "v1".into(),
            kind: "Node".into(),
            name: node.meta.name.clone(),
            uid: node.meta.uid.clone(),
            controller: None,
            block_owner_deletion: None,
        }]);
        all.push(Rc::new(own));
    }
    let leader = cluster.list(Kind::Node).find(|node| node.meta.labels.contains_key(CONTROL_PLANE));
    for name in ["kube-controller-manager", "kube-scheduler"] {
        let Some(node) = leader else { break };
        let holder = format!("{}_{}", node.meta.name, node.meta.uid);
        all.push(Rc::new(lease(node, "kube-system", name, &holder, (cluster.now(), 15))));
    }
    all
}

/// The label of the machine that the control plane runs on.
const CONTROL_PLANE: &str = "node-role.kubernetes.io/control-plane";

/// A lease that lives as long as a machine; it is renewed at a moment and lasts so many seconds.
fn lease(node: &Object, namespace: &'static str, name: &str, holder: &str, (renewed, lasts): (Millis, i64)) -> Object {
    let mut object = Object::new(Kind::Lease, namespace, Text::new(name));
    object.meta.created = node.meta.created;
    object.meta.resource_version = node.meta.resource_version;
    let micro = |at: Millis| Value::text(&at.rfc3339_micro());
    object.set_at(
        &["spec"],
        obj! {
            "holderIdentity" => Text::new(holder), "leaseDurationSeconds" => lasts, "renewTime" => micro(renewed),
        },
    );
    if namespace == "kube-system" {
        object.set_at(&["spec", "acquireTime"], micro(node.meta.created));
        object.set_at(&["spec", "leaseTransitions"], 0);
    }
    object
}
