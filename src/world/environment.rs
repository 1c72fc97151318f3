//! The world around the control plane as data: nodes, storage classes, and how long things take. Those that come with the
//! program stand in `default_environments`. What processes have as their environment is another thing (`shell/environment.rs`).

use super::system_pods::SystemPod;
use crate::kubernetes::Kubernetes;
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
    /// The first three numbers of its pods' addresses: `10.244.1`.
    pub pod_network: Text,
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
    /// The name under which the provisioner writes events.
    pub identity: Text,
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
    /// From a claim's larger request to the larger volume.
    pub resize: Millis,
    /// Attaching a volume to a node, and detaching it.
    pub attach: Millis,
    /// How long a silent node counts as ready.
    pub node_monitor_grace: Millis,
    /// How often the node controller looks.
    pub node_monitor_period: Millis,
    /// How often a kubelet renews its lease.
    pub node_lease_renewal: Millis,
    /// How long the garbage collector takes from one object to the next.
    pub garbage_collection: Millis,
    /// A client's request to the API server and back: from one write of a command, or of a controller, to the next.
    pub request: Millis,
    /// From one command of a typed line to the next one's first request.
    pub command: Millis,
}

/// What runs on the nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KubeletKind {
    /// Behaves as the real one.
    Real,
    /// Behaves as the stand-in of the recorded sessions: fixed times, no init containers, no probes but readiness.
    Recorded,
}

/// A cluster's environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// The profile's name: `minikube`, `zones`, `recorder` or a user's own.
    pub name: Text,
    /// The version of Kubernetes with its feature gates.
    pub kubernetes: Kubernetes,
    /// The machines, in order.
    pub nodes: Vec<NodeProfile>,
    /// The storage classes.
    pub classes: Vec<ClassProfile>,
    /// How long things take.
    pub delays: Delays,
    /// What runs on the nodes.
    pub kubelet: KubeletKind,
    /// The last number of the first pod's address on a node.
    pub first_pod_address: i64,
    /// The control plane's host name, shown as the source of scheduler events.
    pub control_plane_host: Text,
    /// The pods that the cluster runs for itself; with one of them comes its DNS service.
    pub system: &'static [SystemPod],
}

impl Environment {
    /// The same environment with another Kubernetes.
    pub fn with_kubernetes(self, kubernetes: Kubernetes) -> Environment {
        Environment { kubernetes, ..self }
    }

    /// The machine called `name`.
    pub fn node(&self, name: &str) -> Option<&NodeProfile> {
        self.nodes.iter().find(|node| node.name == name)
    }

    /// The profile of the class or, failing that, of any class of the same provisioner.
    pub fn provisioner(&self, class: &str, provisioner: &str) -> Option<&ClassProfile> {
        let same = |profile: &&ClassProfile| profile.provisioner == provisioner;
        self.classes
            .iter()
            .filter(same)
            .find(|profile| profile.name == class)
            .or_else(|| self.classes.iter().find(same))
    }
}
