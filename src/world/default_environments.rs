//! The environments that come with the program: their nodes, storage classes and delays as a new cluster has them.

use super::environment::{ClassProfile, Delays, Environment, KubeletKind, NodeProfile};
use super::system_pods;
use crate::kubernetes::{Kubernetes, Version};
use crate::model::{Millis, Text};

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
                ClassProfile {
                    is_attachable: true,
                    ..class(
                        "csi-hostpath-sc",
                        "hostpath.csi.k8s.io",
                        "hostpath.csi.k8s.io_csi-hostpathplugin-0_6c0fb5f2-9a4e-4d3c-8d0b-5f0a7c1e2b3d",
                    )
                },
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
