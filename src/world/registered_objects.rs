//! The objects that machines and provisioners register: nodes, their conditions, storage classes. Watches nothing.

use super::environment::{ClassProfile, Environment, NodeProfile};
use crate::kubernetes::Version;
use crate::model::node::ZONE;
use crate::model::{Kind, Millis, Object, Text, Value};
use crate::{list, obj};

/// The annotation of the storage class that claims without one get.
pub const DEFAULT_CLASS: &str = "storageclass.kubernetes.io/is-default-class";

/// The Node object that a machine's kubelet registers.
pub fn node(profile: &NodeProfile, version: Version) -> Object {
    let mut node = Object::new(Kind::Node, "", profile.name.clone());
    let labels = &mut node.meta.labels;
    for (key, value) in [
        ("beta.kubernetes.io/arch", "amd64"),
        ("beta.kubernetes.io/os", "linux"),
        ("kubernetes.io/arch", "amd64"),
        ("kubernetes.io/os", "linux"),
    ] {
        labels.insert(key, value.into());
    }
    labels.insert("kubernetes.io/hostname", profile.name.clone());
    if !profile.zone.is_empty() {
        labels.insert(ZONE, profile.zone.clone());
    }
    if !profile.region.is_empty() {
        labels.insert("topology.kubernetes.io/region", profile.region.clone());
    }
    if profile.is_control_plane {
        labels.insert("node-role.kubernetes.io/control-plane", "".into());
    }
    node.meta.annotations.insert("node.alpha.kubernetes.io/ttl", "0".into());
    node.set_at(&["spec"], Value::map());
    let resources = obj! {
        "cpu" => profile.cpu.to_string(), "ephemeral-storage" => "100Gi",
        "memory" => format!("{}Gi", profile.memory_gib), "pods" => profile.pods.to_string(),
    };
    let number = profile.internal_ip.rsplit('.').next().and_then(|n| n.parse::<i64>().ok()).unwrap_or(2) - 1;
    node.set_at(
        &["status"],
        obj! {
            "addresses" => list![
                obj! { "address" => &profile.internal_ip, "type" => "InternalIP" },
                obj! { "address" => &profile.name, "type" => "Hostname" },
            ],
            "allocatable" => resources.clone(),
            "capacity" => resources,
            "conditions" => ready_conditions(Millis::ZERO, Millis::ZERO),
            "daemonEndpoints" => obj! { "kubeletEndpoint" => obj! { "Port" => 10250 } },
            "nodeInfo" => obj! {
                "architecture" => "amd64", "bootID" => format!("b{number}"),
                "containerRuntimeVersion" => "containerd://2.1.0", "kernelVersion" => "6.8.0",
                "kubeProxyVersion" => "", "kubeletVersion" => version.to_string(), "machineID" => format!("m{number}"),
                "operatingSystem" => "linux", "osImage" => "Debian GNU/Linux 12 (bookworm)",
                "systemUUID" => format!("s{number}"),
            },
        },
    );
    node
}

/// The conditions of a node in good health.
pub fn ready_conditions(heartbeat: Millis, transition: Millis) -> Value {
    let (heartbeat, transition) = (Text::from(heartbeat.rfc3339()), Text::from(transition.rfc3339()));
    let condition = |kind: &'static str, status: &'static str, reason: &'static str, message: &'static str| {
        obj! {
            "lastHeartbeatTime" => &heartbeat, "lastTransitionTime" => &transition, "message" => message,
            "reason" => reason, "status" => status, "type" => kind,
        }
    };
    list![
        condition("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
        condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
        condition("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
        condition("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
    ]
}

/// The StorageClass object of a profile.
pub fn class(profile: &ClassProfile) -> Object {
    let mut class = Object::new(Kind::StorageClass, "", profile.name.clone());
    if profile.is_default {
        class.meta.annotations.insert(DEFAULT_CLASS, "true".into());
    }
    class.set_at(&["provisioner"], &profile.provisioner);
    class.set_at(&["reclaimPolicy"], "Delete");
    class.set_at(&["volumeBindingMode"], if profile.waits_for_consumer { "WaitForFirstConsumer" } else { "Immediate" });
    if profile.allows_expansion {
        class.set_at(&["allowVolumeExpansion"], true);
    }
    class
}

/// The service `kubernetes` with its endpoints.
pub fn api_service(environment: &Environment) -> [Object; 3] {
    let labels = [("component", Text::from("apiserver")), ("provider", Text::from("kubernetes"))];
    let mut service = Object::new(Kind::Service, "default", "kubernetes");
    service.meta.labels = labels.into_iter().collect();
    let port = obj! { "name" => "https", "port" => 443, "protocol" => "TCP", "targetPort" => 8443 };
    service.set_at(
        &["spec"],
        obj! {
            "clusterIP" => "10.96.0.1", "clusterIPs" => list!["10.96.0.1"], "internalTrafficPolicy" => "Cluster",
            "ipFamilies" => list!["IPv4"], "ipFamilyPolicy" => "SingleStack", "ports" => list![port],
            "sessionAffinity" => "None", "type" => "ClusterIP",
        },
    );
    let address = environment.nodes.first().map_or(Text::from("172.18.0.1"), |node| node.internal_ip.clone());
    let port = obj! { "name" => "https", "port" => 8443, "protocol" => "TCP" };
    let mut endpoints = Object::new(Kind::Endpoints, "default", "kubernetes");
    endpoints.meta.labels.insert("endpointslice.kubernetes.io/skip-mirror", "true".into());
    let subset = obj! { "addresses" => list![obj! { "ip" => &address }], "ports" => list![port.clone()] };
    endpoints.set_at(&["subsets"], list![subset]);
    let mut slice = Object::new(Kind::EndpointSlice, "default", "kubernetes");
    slice.meta.labels.insert("kubernetes.io/service-name", "kubernetes".into());
    slice.set_at(&["addressType"], "IPv4");
    let endpoint = obj! { "addresses" => list![address], "conditions" => obj! { "ready" => true } };
    slice.set_at(&["endpoints"], list![endpoint]);
    slice.set_at(&["ports"], list![port]);
    [service, endpoints, slice]
}
