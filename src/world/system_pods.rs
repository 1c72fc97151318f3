//! The pods that a cluster runs for itself from its first moment, as data; starts none of them.

use crate::kubernetes::Version;
use crate::model::Text;

/// Who brings a system pod back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeper {
    /// Its node's kubelet, from a file: it is a static pod.
    Kubelet,
    /// The Deployment or the DaemonSet of this name.
    Workload(&'static str),
    /// Nobody.
    Nobody,
}

/// A pod of the namespace `kube-system`.
#[derive(Debug, PartialEq, Eq)]
pub struct SystemPod {
    /// Its name.
    pub name: &'static str,
    /// Who keeps it; what a workload keeps is as its template says.
    pub keeper: Keeper,
    /// The place of its node among the environment's nodes.
    pub node: usize,
    /// Its only container; empty if a workload's template says it.
    pub container: &'static str,
    /// The container's image; one that ends in `:v` belongs to Kubernetes and has its version.
    pub image: &'static str,
    /// What it asks for; empty for nothing.
    pub requests: (&'static str, &'static str),
    /// Its label.
    pub label: (&'static str, &'static str),
    /// The last number of its address; `None` if it has its node's.
    pub address: Option<i64>,
}

impl SystemPod {
    /// The container's image in a version of Kubernetes.
    pub fn image(&self, version: Version) -> Text {
        match self.image.strip_suffix(":v") {
            Some(name) => format!("{name}:{version}").into(),
            None => Text::new(self.image),
        }
    }
}

const fn static_pod(name: &'static str, container: &'static str, image: &'static str, cpu: &'static str) -> SystemPod {
    SystemPod {
        name,
        keeper: Keeper::Kubelet,
        node: 0,
        container,
        image,
        requests: (cpu, ""),
        label: ("component", container),
        address: None,
    }
}

const fn kept_by(workload: &'static str, name: &'static str, node: usize, address: Option<i64>) -> SystemPod {
    SystemPod { keeper: Keeper::Workload(workload), node, address, ..static_pod(name, "", "", "") }
}

const fn proxy(name: &'static str, node: usize) -> SystemPod {
    kept_by("kube-proxy", name, node, None)
}

const fn dns(name: &'static str, node: usize) -> SystemPod {
    kept_by("coredns", name, node, Some(2))
}

/// Those of a minikube.
pub static MINIKUBE: &[SystemPod] = &[
    dns("coredns-674b8bbfcf-8t2vq", 0),
    SystemPod {
        requests: ("100m", "100Mi"),
        ..static_pod("etcd-minikube", "etcd", "registry.k8s.io/etcd:3.6.6-0", "")
    },
    static_pod("kube-apiserver-minikube", "kube-apiserver", "registry.k8s.io/kube-apiserver:v", "250m"),
    static_pod(
        "kube-controller-manager-minikube",
        "kube-controller-manager",
        "registry.k8s.io/kube-controller-manager:v",
        "200m",
    ),
    proxy("kube-proxy-n5x9d", 0),
    static_pod("kube-scheduler-minikube", "kube-scheduler", "registry.k8s.io/kube-scheduler:v", "100m"),
    SystemPod {
        keeper: Keeper::Nobody,
        label: ("addonmanager.kubernetes.io/mode", "Reconcile"),
        ..static_pod("storage-provisioner", "storage-provisioner", "gcr.io/k8s-minikube/storage-provisioner:v5", "")
    },
];

/// Those of three nodes whose control plane runs elsewhere.
pub static ZONES: &[SystemPod] = &[
    dns("coredns-674b8bbfcf-8t2vq", 0),
    dns("coredns-674b8bbfcf-x6zkm", 1),
    proxy("kube-proxy-7lq4w", 0),
    proxy("kube-proxy-n5x9d", 1),
    proxy("kube-proxy-vc2hj", 2),
];
