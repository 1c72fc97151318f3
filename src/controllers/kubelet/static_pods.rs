//! Static pods: the control plane's, which their node's kubelet keeps alive; schedules nothing.
//!
//! Follows pkg/kubelet/config/file.go and pkg/kubelet/pod/mirror_client.go.

use crate::cluster::{DeleteOptions, Rng};
use crate::controllers::Ctx;
use crate::kubernetes::Version;
use crate::model::pod::{MIRROR, container_statuses, is_ready};
use crate::model::{Key, Kind, Object, OwnerReference, Text, Value};
use crate::world::{NodeProfile, SystemPod};
use crate::{list, obj};

const NAMESPACE: &str = "kube-system";

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

/// A system pod that nobody keeps.
pub fn bare(ctx: &Ctx<'_>, profile: &SystemPod) -> Option<Object> {
    let mut pod = object(profile, ctx.environment.nodes.get(profile.node)?, ctx.environment.kubernetes.version());
    pod.meta.annotations = Default::default();
    let spec = pod.at_mut(&["spec"]).map_mut();
    for field in ["priorityClassName", "tolerations", "automountServiceAccountToken"] {
        spec.remove(field);
    }
    Some(pod)
}

/// Creates a static pod that runs already.
pub fn start(ctx: &mut Ctx<'_>, profile: &SystemPod) {
    let Some(node) = ctx.environment.nodes.get(profile.node).cloned() else { return };
    let version = ctx.environment.kubernetes.version();
    let mut pod = object(profile, &node, version);
    if let Some(owner) = ctx.cluster.find(Kind::Node, &Text::default(), &node.name) {
        pod.meta.owner_references = vec![OwnerReference::controller_of(owner)].into();
    }
    // It fails only if the pod is there already.
    let Ok(pod) = ctx.cluster.create(pod) else { return };
    let now = ctx.now().rfc3339();
    _ = ctx.cluster.modify(&pod.key(), |pod| pod.set_at(&["status"], status(profile, &node, version, &now, 0)));
}

/// Gives a static pod the images of the environment's version.
pub fn upgrade(ctx: &mut Ctx<'_>, profile: &SystemPod) {
    let image = profile.image(ctx.environment.kubernetes.version());
    // A pod that is gone comes back with the new image.
    _ = ctx.cluster.modify(&Key::new(Kind::Pod, NAMESPACE, profile.name), |pod| {
        for containers in [["spec", "containers"], ["status", "containerStatuses"]] {
            if let Some(container) = pod.at_mut(&containers).list_mut().first_mut() {
                container.set_at(&["image"], &image);
                if containers[0] == "status" {
                    container.set_at(&["imageID"], &image);
                }
            }
        }
    });
}

/// Brings a static pod to what its kubelet wants: there, and ready.
pub fn keep(ctx: &mut Ctx<'_>, key: &Key) {
    let Some(profile) = ctx.environment.system.iter().find(|it| it.name == key.name.as_str()) else { return };
    let Some(node) = ctx.environment.nodes.get(profile.node).cloned() else { return };
    let version = ctx.environment.kubernetes.version();
    if ctx.cluster.runtime().stopped(&node.name).is_some() {
        return;
    }
    let Some(pod) = ctx.cluster.get(key).cloned() else { return start(ctx, profile) };
    if pod.meta.is_terminating() {
        // It comes back as soon as the deletion is seen.
        _ = ctx.cluster.delete(key, &DeleteOptions::FORCE);
        return;
    }
    if !is_ready(&pod) {
        let statuses = container_statuses(&pod);
        let restarts = statuses.first().and_then(|it| it.i64_at(&["restartCount"])).unwrap_or(0) + 1;
        let now = ctx.now().rfc3339();
        _ = ctx.cluster.modify(key, |pod| pod.set_at(&["status"], status(profile, &node, version, &now, restarts)));
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

fn object(profile: &SystemPod, node: &NodeProfile, version: Version) -> Object {
    let image = profile.image(version);
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
        "image" => &image, "imagePullPolicy" => "IfNotPresent", "name" => profile.container,
        "resources" => resources, "terminationMessagePath" => "/dev/termination-log",
        "terminationMessagePolicy" => "File",
    };
    let spec = obj! {
        "automountServiceAccountToken" => false, "containers" => list![container], "dnsPolicy" => "ClusterFirst",
        "hostNetwork" => true, "nodeName" => &node.name,
        "priorityClassName" => "system-node-critical", "restartPolicy" => "Always", "schedulerName" => "default-scheduler",
        "securityContext" => Value::map(), "terminationGracePeriodSeconds" => 30,
        "tolerations" => list![
            obj! { "effect" => "NoExecute", "operator" => "Exists" },
            obj! { "effect" => "NoSchedule", "operator" => "Exists" },
        ],
    };
    pod.set_at(&["spec"], spec);
    pod
}

fn status(profile: &SystemPod, node: &NodeProfile, version: Version, now: &str, restarts: i64) -> Value {
    let image = profile.image(version);
    let now = Text::new(now);
    let kinds = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"];
    let conditions = kinds.map(|kind| {
        obj! {
            "lastProbeTime" => Value::Null, "lastTransitionTime" => &now, "observedGeneration" => 1, "status" => "True",
            "type" => kind,
        }
    });
    let address = &node.internal_ip;
    let last = match restarts {
        0 => Value::map(),
        _ => obj! { "terminated" => obj! {
            "containerID" => format!("containerd://{0}{0}", digest(profile, restarts - 1)), "exitCode" => 255,
            "finishedAt" => &now, "reason" => "Unknown", "startedAt" => &now,
        } },
    };
    let container = obj! {
        "containerID" => format!("containerd://{0}{0}", digest(profile, restarts)), "image" => &image,
        "imageID" => &image, "lastState" => last, "name" => profile.container, "ready" => true,
        "restartCount" => restarts, "started" => true, "state" => obj! { "running" => obj! { "startedAt" => &now } },
    };
    let qos = if profile.requests == ("", "") { "BestEffort" } else { "Burstable" };
    obj! {
        "conditions" => Value::from(conditions.to_vec()), "containerStatuses" => list![container],
        "hostIP" => &node.internal_ip, "hostIPs" => list![obj! { "ip" => &node.internal_ip }],
        "observedGeneration" => 1, "phase" => "Running", "podIP" => address,
        "podIPs" => list![obj! { "ip" => address }], "qosClass" => qos, "startTime" => now,
    }
}
