//! The pods that a cluster runs for itself, as data, and how they come back when they are deleted. Schedules nothing.
//!
//! All of them are static pods here, which their node's kubelet keeps alive: the lab has neither Deployments nor
//! DaemonSets. They run from the start.

use super::Ctx;
use super::environment::NodeProfile;
use crate::cluster::{DeleteOptions, Rng};
use crate::model::{Key, Kind, Object, OwnerReference, Text, Value};
use crate::{list, obj};

/// A pod of the namespace `kube-system`.
#[derive(Debug, PartialEq, Eq)]
pub struct SystemPod {
    /// Its name.
    pub name: &'static str,
    /// The place of its node among the environment's nodes.
    pub node: usize,
    /// Its only container.
    pub container: &'static str,
    /// The container's image.
    pub image: &'static str,
    /// What it asks for; empty for nothing.
    pub requests: (&'static str, &'static str),
    /// Its label.
    pub label: (&'static str, &'static str),
    /// The last number of its address; `None` if it has its node's.
    pub address: Option<i64>,
}

const fn static_pod(name: &'static str, container: &'static str, image: &'static str, cpu: &'static str) -> SystemPod {
    SystemPod { name, node: 0, container, image, requests: (cpu, ""), label: ("component", container), address: None }
}

const fn proxy(name: &'static str, node: usize) -> SystemPod {
    SystemPod {
        name,
        node,
        container: "kube-proxy",
        image: "registry.k8s.io/kube-proxy:v1.36.2",
        requests: ("", ""),
        label: ("k8s-app", "kube-proxy"),
        address: None,
    }
}

const fn dns(name: &'static str, node: usize) -> SystemPod {
    SystemPod {
        name,
        node,
        container: "coredns",
        image: "registry.k8s.io/coredns/coredns:v1.13.1",
        requests: ("100m", "70Mi"),
        label: ("k8s-app", "kube-dns"),
        address: Some(2),
    }
}

/// Those of a minikube.
pub static MINIKUBE: &[SystemPod] = &[
    dns("coredns-674b8bbfcf-8t2vq", 0),
    SystemPod {
        requests: ("100m", "100Mi"),
        ..static_pod("etcd-minikube", "etcd", "registry.k8s.io/etcd:3.6.6-0", "")
    },
    static_pod("kube-apiserver-minikube", "kube-apiserver", "registry.k8s.io/kube-apiserver:v1.36.2", "250m"),
    static_pod(
        "kube-controller-manager-minikube",
        "kube-controller-manager",
        "registry.k8s.io/kube-controller-manager:v1.36.2",
        "200m",
    ),
    proxy("kube-proxy-n5x9d", 0),
    static_pod("kube-scheduler-minikube", "kube-scheduler", "registry.k8s.io/kube-scheduler:v1.36.2", "100m"),
    static_pod("storage-provisioner", "storage-provisioner", "gcr.io/k8s-minikube/storage-provisioner:v5", ""),
];

/// Those of three nodes whose control plane runs elsewhere.
pub static ZONES: &[SystemPod] = &[
    dns("coredns-674b8bbfcf-8t2vq", 0),
    dns("coredns-674b8bbfcf-x6zkm", 1),
    proxy("kube-proxy-7lq4w", 0),
    proxy("kube-proxy-n5x9d", 1),
    proxy("kube-proxy-vc2hj", 2),
];

const NAMESPACE: &str = "kube-system";
const MIRROR: &str = "kubernetes.io/config.mirror";

/// Whether a pod is one that its kubelet keeps alive.
pub fn is_static(pod: &Object) -> bool {
    !pod.meta.annotation(MIRROR).is_empty()
}

/// The service of the cluster's DNS.
pub fn dns_service() -> Object {
    let mut service = Object::new(Kind::Service, NAMESPACE, "kube-dns");
    let labels =
        [("k8s-app", "kube-dns"), ("kubernetes.io/cluster-service", "true"), ("kubernetes.io/name", "CoreDNS")];
    service.meta.labels = labels.into_iter().map(|(key, value)| (Text::from(key), Text::from(value))).collect();
    let port = |name: &'static str, port: i64, protocol: &'static str| {
        obj! { "name" => name, "port" => port, "protocol" => protocol, "targetPort" => port }
    };
    let address = crate::cluster::dns::SERVER;
    service.set_at(
        &["spec"],
        obj! {
            "clusterIP" => address, "clusterIPs" => list![address], "internalTrafficPolicy" => "Cluster",
            "ipFamilies" => list!["IPv4"], "ipFamilyPolicy" => "SingleStack",
            "ports" => list![port("dns", 53, "UDP"), port("dns-tcp", 53, "TCP"), port("metrics", 9153, "TCP")],
            "selector" => obj! { "k8s-app" => "kube-dns" }, "sessionAffinity" => "None", "type" => "ClusterIP",
        },
    );
    service
}

/// Creates a system pod that runs already.
pub fn start(ctx: &mut Ctx<'_>, profile: &SystemPod) {
    let Some(node) = ctx.environment.nodes.get(profile.node).cloned() else { return };
    let mut pod = object(profile, &node);
    if let Some(owner) = ctx.cluster.find(Kind::Node, &Text::default(), &node.name) {
        pod.meta.owner_references = vec![OwnerReference::controller_of(owner)].into();
    }
    // It fails only if the pod is there already.
    let Ok(pod) = ctx.cluster.create(pod) else { return };
    let now = ctx.now().rfc3339();
    _ = ctx.cluster.modify(&pod.key(), |pod| pod.set_at(&["status"], status(profile, &node, &now, 0)));
}

/// Brings a static pod to what its kubelet wants: there, and ready.
pub fn keep(ctx: &mut Ctx<'_>, key: &Key) {
    let Some(profile) = ctx.environment.system.iter().find(|it| it.name == key.name.as_str()) else { return };
    let Some(node) = ctx.environment.nodes.get(profile.node).cloned() else { return };
    if ctx.cluster.runtime().stopped(&node.name).is_some() {
        return;
    }
    let Some(pod) = ctx.cluster.get(key).cloned() else { return start(ctx, profile) };
    if pod.meta.is_terminating() {
        // It comes back as soon as the deletion is seen.
        _ = ctx.cluster.delete(key, &DeleteOptions::FORCE);
        return;
    }
    let conditions = pod.list_at(&["status", "conditions"]);
    let is_ready = conditions.iter().any(|it| it.str_at(&["type"]) == "Ready" && it.str_at(&["status"]) == "True");
    if !is_ready {
        let statuses = pod.list_at(&["status", "containerStatuses"]);
        let restarts = statuses.first().and_then(|it| it.i64_at(&["restartCount"])).unwrap_or(0) + 1;
        let now = ctx.now().rfc3339();
        _ = ctx.cluster.modify(key, |pod| pod.set_at(&["status"], status(profile, &node, &now, restarts)));
    }
}

/// 32 hexadecimal digits that depend on a pod's name and a number alone.
fn digest(profile: &SystemPod, number: i64) -> String {
    let seed = profile
        .name
        .bytes()
        .fold(number.unsigned_abs(), |sum, byte| sum.wrapping_mul(0x0000_0100_0000_01b3).wrapping_add(u64::from(byte)));
    let mut rng = Rng::new(seed);
    format!("{:016x}{:016x}", rng.next_u64(), rng.next_u64())
}

fn object(profile: &SystemPod, node: &NodeProfile) -> Object {
    let mut pod = Object::new(Kind::Pod, NAMESPACE, profile.name);
    pod.meta.labels.insert(profile.label.0, profile.label.1.into());
    for (key, value) in [(MIRROR, digest(profile, 0)), ("kubernetes.io/config.source", "file".to_string())] {
        pod.meta.annotations.insert(key, value.into());
    }
    let mut requests = Value::map();
    for (name, quantity) in [("cpu", profile.requests.0), ("memory", profile.requests.1)] {
        if !quantity.is_empty() {
            requests.set_at(&[name], quantity);
        }
    }
    let resources = match requests.as_map().is_some_and(|map| map.is_empty()) {
        true => Value::map(),
        false => obj! { "requests" => requests },
    };
    let container = obj! {
        "image" => profile.image, "imagePullPolicy" => "IfNotPresent", "name" => profile.container,
        "resources" => resources, "terminationMessagePath" => "/dev/termination-log",
        "terminationMessagePolicy" => "File",
    };
    let class = if profile.address.is_some() { "system-cluster-critical" } else { "system-node-critical" };
    let mut spec = obj! {
        "containers" => list![container], "dnsPolicy" => "ClusterFirst", "nodeName" => &node.name,
        "priorityClassName" => class, "restartPolicy" => "Always", "schedulerName" => "default-scheduler",
        "securityContext" => Value::map(), "terminationGracePeriodSeconds" => 30,
        "tolerations" => list![
            obj! { "effect" => "NoExecute", "operator" => "Exists" },
            obj! { "effect" => "NoSchedule", "operator" => "Exists" },
        ],
    };
    if profile.address.is_none() {
        spec.set_at(&["automountServiceAccountToken"], false);
        spec.set_at(&["hostNetwork"], true);
    }
    pod.set_at(&["spec"], spec);
    pod
}

fn status(profile: &SystemPod, node: &NodeProfile, now: &str, restarts: i64) -> Value {
    let now = Text::new(now);
    let kinds = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"];
    let conditions = kinds.map(|kind| {
        obj! {
            "lastProbeTime" => Value::Null, "lastTransitionTime" => &now, "observedGeneration" => 1, "status" => "True",
            "type" => kind,
        }
    });
    let address = match profile.address {
        Some(last) => format!("{}.{last}", node.pod_network).into(),
        None => node.internal_ip.clone(),
    };
    let last = match restarts {
        0 => Value::map(),
        _ => obj! { "terminated" => obj! {
            "containerID" => format!("containerd://{0}{0}", digest(profile, restarts - 1)), "exitCode" => 255,
            "finishedAt" => &now, "reason" => "Unknown", "startedAt" => &now,
        } },
    };
    let container = obj! {
        "containerID" => format!("containerd://{0}{0}", digest(profile, restarts)), "image" => profile.image,
        "imageID" => profile.image, "lastState" => last, "name" => profile.container, "ready" => true,
        "restartCount" => restarts, "started" => true, "state" => obj! { "running" => obj! { "startedAt" => &now } },
    };
    let qos = if profile.requests == ("", "") { "BestEffort" } else { "Burstable" };
    obj! {
        "conditions" => Value::from(conditions.to_vec()), "containerStatuses" => list![container],
        "hostIP" => &node.internal_ip, "hostIPs" => list![obj! { "ip" => &node.internal_ip }],
        "observedGeneration" => 1, "phase" => "Running", "podIP" => &address,
        "podIPs" => list![obj! { "ip" => &address }], "qosClass" => qos, "startTime" => now,
    }
}
