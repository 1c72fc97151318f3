//! The world around the control plane as data: nodes, storage classes, and how long things take.

use crate::model::{Millis, Text};

/// A machine of the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeProfile {
    /// The node's name.
    pub name: Text,
    /// Its `topology.kubernetes.io/zone`; empty for none.
    pub zone: Text,
    /// Its `topology.kubernetes.io/region`; empty for none.
    pub region: Text,
    /// Allocatable CPU cores.
    pub cpu: i64,
    /// Allocatable memory in GiB.
    pub memory_gib: i64,
    /// How many pods it takes.
    pub pods: i64,
    /// Its address.
    pub internal_ip: Text,
    /// Whether it also runs the control plane.
    pub is_control_plane: bool,
}

/// A storage class and the provisioner behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassProfile {
    /// The class's name.
    pub name: Text,
    /// The provisioner's name.
    pub provisioner: Text,
    /// Whether claims without a class get this one.
    pub is_default: bool,
    /// Whether volumes wait for the pod's node (`WaitForFirstConsumer`).
    pub waits_for_consumer: bool,
    /// Whether claims may grow.
    pub allows_expansion: bool,
    /// Whether a volume can be used only in the zone where it was made.
    pub is_zonal: bool,
    /// Whether a volume has to be attached to a node.
    pub is_attachable: bool,
}

/// How long things take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delays {
    /// Pulling an image that the node does not have.
    pub pull: Millis,
    /// From a pod bound to a node to its container running, the pull not counted.
    pub start: Millis,
    /// From the stop signal to the container's end.
    pub stop: Millis,
    /// From a claim asking to its volume being there.
    pub provision: Millis,
    /// From a released volume to its removal.
    pub reclaim: Millis,
    /// How long a silent node counts as ready.
    pub node_monitor_grace: Millis,
    /// How often the node controller looks.
    pub node_monitor_period: Millis,
    /// How often a kubelet renews its lease.
    pub node_lease_renewal: Millis,
    /// How long the garbage collector takes from one object to the next.
    pub garbage_collection: Millis,
}

/// A cluster's surroundings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// The profile's name: `minikube`, `zones`, `recorder` or a user's own.
    pub name: Text,
    /// The machines, in order.
    pub nodes: Vec<NodeProfile>,
    /// The storage classes.
    pub classes: Vec<ClassProfile>,
    /// How long things take.
    pub delays: Delays,
    /// The control plane's host name, shown as the source of scheduler events.
    pub control_plane_host: Text,
}

impl Environment {
    /// The profile called `name`, if there is one.
    pub fn named(name: &str) -> Option<Environment> {
        (name == "minikube").then(|| Environment {
            name: "minikube".into(),
            nodes: Vec::new(),
            classes: Vec::new(),
            delays: Delays {
                pull: Millis(500),
                start: Millis(1000),
                stop: Millis(1000),
                provision: Millis(500),
                reclaim: Millis(500),
                node_monitor_grace: Millis::seconds(50),
                node_monitor_period: Millis::seconds(5),
                node_lease_renewal: Millis::seconds(10),
                garbage_collection: Millis(10),
            },
            control_plane_host: "minikube".into(),
        })
    }
}
