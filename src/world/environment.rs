//! The world around the control plane as data: nodes, storage classes, and how long things take.

use super::system_pods::{self, SystemPod};
use crate::kubernetes::{Kubernetes, Version};
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

const DELAYS: Delays = Delays {
    pull: Millis(2_000),
    start: Millis(1_000),
    stop: Millis(200),
    provision: Millis(1_000),
    reclaim: Millis(1_000),
    resize: Millis(3_000),
    attach: Millis(1_000),
    node_monitor_grace: Millis::seconds(50),
    node_monitor_period: Millis::seconds(5),
    node_lease_renewal: Millis::seconds(10),
    garbage_collection: Millis(10),
    request: Millis(5),
    command: Millis(50),
};

impl Environment {
    /// The names of the profiles that come with the program.
    pub const NAMES: [&'static str; 3] = ["minikube", "zones", "recorder"];

    /// The profile called `name`, if there is one.
    pub fn named(name: &str) -> Option<Environment> {
        match name {
            "minikube" => Some(Environment::minikube()),
            "zones" => Some(Environment::zones()),
            "recorder" => Some(Environment::recorder()),
            _ => None,
        }
    }

    /// One node, as `minikube start` makes it, with the CSI driver of its addon.
    pub fn minikube() -> Environment {
        let csi = "hostpath.csi.k8s.io_csi-hostpathplugin-0_6c0fb5f2-9a4e-4d3c-8d0b-5f0a7c1e2b3d";
        Environment {
            name: "minikube".into(),
            kubernetes: Kubernetes::default(),
            nodes: vec![node("minikube", "", 8, 16, "192.168.49.2", "10.244.0")],
            classes: vec![
                ClassProfile { is_attachable: true, ..class("csi-hostpath-sc", "hostpath.csi.k8s.io", csi) },
                ClassProfile {
                    is_default: true,
                    ..class(
                        "standard",
                        "k8s.io/minikube-hostpath",
                        "k8s.io/minikube-hostpath_minikube_2f9d7c1a-5b3e-4c68-9f0d-8e1a6b4c2d70",
                    )
                },
            ],
            delays: DELAYS,
            kubelet: KubeletKind::Real,
            // The addons' pods have the addresses before it, as in a tutorial's cluster.
            first_pod_address: 16,
            control_plane_host: "minikube".into(),
            system: system_pods::MINIKUBE,
        }
    }

    /// Three nodes in three zones; the default class makes volumes that belong to a zone once the pod's node is known.
    pub fn zones() -> Environment {
        let identity = "disk.csi.example.com_disk-csi-controller-0_0d4b7a9e-3c52-4f1b-a6e8-91c7d2f0b345";
        let zonal = |name, waits_for_consumer| ClassProfile {
            waits_for_consumer,
            is_zonal: true,
            is_attachable: true,
            allows_expansion: true,
            ..class(name, "disk.csi.example.com", identity)
        };
        Environment {
            name: "zones".into(),
            kubernetes: Kubernetes::default(),
            nodes: vec![
                roomy(node("node-a", "zone-a", 4, 16, "172.18.0.2", "10.244.1")),
                roomy(node("node-b", "zone-b", 4, 16, "172.18.0.3", "10.244.2")),
                roomy(node("node-c", "zone-c", 4, 16, "172.18.0.4", "10.244.3")),
            ],
            classes: vec![
                class(
                    "csi-hostpath-sc",
                    "hostpath.csi.k8s.io",
                    "hostpath.csi.k8s.io_csi-hostpathplugin-0_6c0fb5f2-9a4e-4d3c-8d0b-5f0a7c1e2b3d",
                ),
                ClassProfile { is_default: true, ..zonal("standard", true) },
                zonal("zonal-immediate", false),
            ],
            delays: DELAYS,
            kubelet: KubeletKind::Real,
            // Those before it belong to the bridge and to the system's pods.
            first_pod_address: 4,
            control_plane_host: "control-plane".into(),
            system: system_pods::ZONES,
        }
    }

    /// The cluster of the recorded sessions, with its stand-in kubelets and provisioners.
    pub fn recorder() -> Environment {
        let identity = "_provisioner-0_00000000-0000-0000-0000-000000000001";
        let recorded = |name, provisioner: &str| ClassProfile {
            provisioner: Text::new(provisioner),
            identity: format!("{provisioner}{identity}").into(),
            ..class(name, "", "")
        };
        Environment {
            name: "recorder".into(),
            kubernetes: Kubernetes::of(Version::RECORDED),
            nodes: vec![
                node("node-1", "a", 8, 32, "172.18.0.2", "10.244.1"),
                node("node-2", "b", 4, 16, "172.18.0.3", "10.244.2"),
                node("node-3", "c", 2, 8, "172.18.0.4", "10.244.3"),
            ],
            classes: vec![
                recorded("csi-hostpath-sc", "hostpath.csi.k8s.io"),
                ClassProfile {
                    is_default: true,
                    allows_expansion: true,
                    ..recorded("standard", "example.com/hostpath")
                },
                ClassProfile {
                    waits_for_consumer: true,
                    is_zonal: true,
                    ..recorded("zonal-wffc", "example.com/zonal")
                },
            ],
            delays: Delays {
                pull: Millis(500),
                // A second and half a second, and the round trips that the recorded cluster took.
                start: Millis(1_100),
                stop: Millis(1_100),
                provision: Millis(900),
                reclaim: Millis(500),
                node_monitor_grace: Millis::seconds(12),
                node_monitor_period: Millis::seconds(2),
                node_lease_renewal: Millis::seconds(2),
                ..DELAYS
            },
            kubelet: KubeletKind::Recorded,
            first_pod_address: 1,
            control_plane_host: "cp".into(),
            system: &[],
        }
    }

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

/// A machine with room for the pods of large sets.
fn roomy(node: NodeProfile) -> NodeProfile {
    NodeProfile { pods: 400, ..node }
}

fn node(
    name: &'static str,
    zone: &'static str,
    cpu: i64,
    memory_gib: i64,
    internal_ip: &'static str,
    pod_network: &'static str,
) -> NodeProfile {
    NodeProfile {
        name: name.into(),
        zone: zone.into(),
        region: if zone.is_empty() { "" } else { "local" }.into(),
        cpu,
        memory_gib,
        pods: 110,
        internal_ip: internal_ip.into(),
        pod_network: pod_network.into(),
        is_control_plane: name == "minikube",
    }
}

fn class(name: &'static str, provisioner: &'static str, identity: &'static str) -> ClassProfile {
    ClassProfile {
        name: name.into(),
        provisioner: provisioner.into(),
        identity: identity.into(),
        is_default: false,
        waits_for_consumer: false,
        allows_expansion: false,
        is_zonal: false,
        is_attachable: false,
    }
}
