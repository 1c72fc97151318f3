//! What a pod says of itself, for variables and files: its fields, and the resources of its containers.
//!
//! Follows pkg/fieldpath and pkg/api/v1/resource.

use crate::cluster::Cluster;
use crate::model::node::internal_ip;
use crate::model::pod::node_name;
use crate::model::{Kind, Labels, Object, Quantity, Text, Value, pod};

/// A field of a pod; labels and annotations as a whole are one a line. `ip` is the pod's address if its status does not
/// show it yet. `None` if there is no such field.
pub fn field(cluster: &Cluster, pod: &Object, path: &str, ip: &str) -> Option<String> {
    let lines = |pairs: &Labels| {
        pairs.iter().map(|(key, value)| format!("{key}={:?}", value.as_str())).collect::<Vec<_>>().join("\n")
    };
    let entry = |pairs: &Labels, prefix: &str| {
        let key = path.strip_prefix(prefix)?.strip_prefix("['")?.strip_suffix("']")?;
        Some(pairs.get(key).map(|value| value.to_string()).unwrap_or_default())
    };
    Some(match path {
        "metadata.name" => pod.meta.name.to_string(),
        "metadata.namespace" => pod.meta.namespace.to_string(),
        "metadata.uid" => pod.meta.uid.to_string(),
        "metadata.labels" => lines(&pod.meta.labels),
        "metadata.annotations" => lines(&pod.meta.annotations),
        "spec.nodeName" => node_name(pod).to_string(),
        "spec.serviceAccountName" => pod.str_at(&["spec", "serviceAccountName"]).to_string(),
        "status.podIP" | "status.podIPs" if ip.is_empty() => pod::ip(pod).to_string(),
        "status.podIP" | "status.podIPs" => ip.to_string(),
        "status.hostIP" | "status.hostIPs" => host_ip(cluster, pod),
        _ => {
            let label = entry(&pod.meta.labels, "metadata.labels");
            return label.or_else(|| entry(&pod.meta.annotations, "metadata.annotations"));
        }
    })
}

/// The address of a pod's node.
fn host_ip(cluster: &Cluster, pod: &Object) -> String {
    let node = cluster.find(Kind::Node, &Text::default(), &crate::model::pod::node_of(pod));
    match node.map_or("", |node| internal_ip(node)) {
        "" => pod.str_at(&["status", "hostIP"]).to_string(),
        address => address.to_string(),
    }
}

/// What a container may use of a resource, in units of the divisor and rounded up; without a limit, what its node has.
/// Follows `ExtractContainerResourceValue`.
pub fn resource(cluster: &Cluster, pod: &Object, container: &Value, reference: &Value) -> Option<String> {
    let (list, resource) = reference.str_at(&["resource"]).split_once('.')?;
    let own = container.str_at(&["resources", list, resource]);
    let own = if own.is_empty() { container.str_at(&["resources", "limits", resource]) } else { own };
    let node = || cluster.find(Kind::Node, &Text::default(), &crate::model::pod::node_of(pod));
    let amount = match own {
        "" if list == "requests" => Quantity::ZERO,
        "" => Quantity::parse(node()?.str_at(&["status", "allocatable", resource])).ok()?,
        text => Quantity::parse(text).ok()?,
    };
    let divisor = Quantity::parse(reference.str_at(&["divisor"])).ok().filter(|divisor| *divisor != Quantity::ZERO);
    let (amount, divisor) = match resource {
        "cpu" => (amount.milli_value(), divisor.map_or(1000, Quantity::milli_value)),
        _ => (amount.value(), divisor.map_or(1, Quantity::value)),
    };
    let divisor = divisor.max(1);
    Some((amount / divisor + i64::from(amount % divisor > 0)).to_string())
}
