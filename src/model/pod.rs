//! What a pod's object says, read by name; knows no other object.
//!
//! Every reader of a pod uses these: controllers, kubectl, the picture and the explanations see the same pod.

use super::conditions::{is_true, true_since};
use super::{Key, Kind, Millis, Object, Quantity, Text, Value, container_status};

/// The annotation of a Secret or ConfigMap that was made in place of a program that the lab cannot run: the pod that ran
/// it, as `NAMESPACE/NAME`.
pub const SUPPLIED_BY: &str = "statefulset-lab/taken-to-be-made-by";
/// The annotation of a pod that its kubelet keeps alive by itself.
pub const MIRROR: &str = "kubernetes.io/config.mirror";
/// The label with the revision that a pod of a StatefulSet or DaemonSet was made of.
pub const REVISION_LABEL: &str = "controller-revision-hash";
/// The label with its own name that a pod of a StatefulSet has, for Services that choose one pod.
pub const POD_NAME_LABEL: &str = "statefulset.kubernetes.io/pod-name";
/// The address of a port that is wanted on every address of a node.
const EVERY_ADDRESS: &str = "0.0.0.0";

/// Whether a pod is a static one, which its kubelet keeps alive.
pub fn is_static(pod: &Object) -> bool {
    !pod.meta.annotation(MIRROR).is_empty()
}

/// The class that a pod names for its priority; empty for none.
pub fn priority_class(pod: &Object) -> &str {
    pod.str_at(&["spec", "priorityClassName"])
}

/// Whether a pod is one that the cluster runs for itself, as each one has them: of its control plane, its network or its
/// addons.
pub fn is_system(pod: &Object) -> bool {
    pod.meta.namespace == "kube-system"
        && (is_static(pod)
            || priority_class(pod).starts_with("system-")
            || !pod.meta.label("addonmanager.kubernetes.io/mode").is_empty())
}

/// Whether all containers of a pod have ended for good.
pub fn is_over(pod: &Object) -> bool {
    matches!(pod.str_at(&["status", "phase"]), "Succeeded" | "Failed")
}

/// Whether all of a pod's containers have ended, as far as its status says it.
pub fn has_ended(pod: &Object) -> bool {
    let mut statuses = all_statuses(pod).peekable();
    is_over(pod) || (statuses.peek().is_some() && statuses.all(|status| container_status::ended(status).is_some()))
}

/// The containers of a pod, without those that run before or beside them.
pub fn containers(pod: &Object) -> &[Value] {
    pod.list_at(&["spec", "containers"])
}

/// What a pod says of its container of a name, of whatever sort.
pub fn container_of_name<'a>(pod: &'a Object, name: &str) -> Option<&'a Value> {
    let lists = ["containers", "initContainers", "ephemeralContainers"];
    lists.into_iter().flat_map(|list| pod.list_at(&["spec", list])).find(|it| it.str_at(&["name"]) == name)
}

/// The init containers of a pod, sidecars included.
pub fn init_containers(pod: &Object) -> &[Value] {
    pod.list_at(&["spec", "initContainers"])
}

/// The volumes of a pod.
pub fn volumes(pod: &Object) -> &[Value] {
    pod.list_at(&["spec", "volumes"])
}

/// What became of the containers of a pod. Shape of each: see [`super::container_status`].
pub fn container_statuses(pod: &Object) -> &[Value] {
    pod.list_at(&["status", "containerStatuses"])
}

/// What became of the init containers of a pod.
pub fn init_statuses(pod: &Object) -> &[Value] {
    pod.list_at(&["status", "initContainerStatuses"])
}

/// What became of the containers to debug with that were added to a pod.
pub fn debug_statuses(pod: &Object) -> &[Value] {
    pod.list_at(&["status", "ephemeralContainerStatuses"])
}

/// What became of all containers of a pod: its own, those before them, and those to debug with.
pub fn all_statuses(pod: &Object) -> impl Iterator<Item = &Value> {
    container_statuses(pod).iter().chain(init_statuses(pod)).chain(debug_statuses(pod))
}

/// What became of the container called `name`; `None` before its kubelet has told.
pub fn status_of<'a>(pod: &'a Object, name: &str) -> Option<&'a Value> {
    all_statuses(pod).find(|status| status.str_at(&["name"]) == name)
}

/// A port of its node that a pod wants: the address, the protocol and the number.
pub type HostPort<'a> = (&'a str, &'a str, i64);

/// The ports of its node that a pod wants.
pub fn host_ports(pod: &Object) -> Vec<HostPort<'_>> {
    let containers = pod.list_at(&["spec", "containers"]).iter();
    let ports = containers.flat_map(|container| container.list_at(&["ports"]));
    let wanted = ports.filter_map(|port| {
        let number = port.i64_at(&["hostPort"]).filter(|number| *number > 0)?;
        Some((port.str_at(&["hostIP"]), port.str_at(&["protocol"]), number))
    });
    wanted
        .map(|(address, protocol, number)| {
            let address = if address.is_empty() { EVERY_ADDRESS } else { address };
            (address, if protocol.is_empty() { "TCP" } else { protocol }, number)
        })
        .collect()
}

/// Whether two wants for ports of one node exclude each other.
///
/// Follows `HostPortInfo.CheckConflict` of the scheduler.
pub fn is_same_host_port(one: HostPort<'_>, other: HostPort<'_>) -> bool {
    let is_everywhere = one.0 == EVERY_ADDRESS || other.0 == EVERY_ADDRESS;
    (one.1, one.2) == (other.1, other.2) && (is_everywhere || one.0 == other.0)
}

/// Whether a pod's condition `Ready` is true.
///
/// Follows `IsPodReady` in pkg/api/v1/pod/util.go.
pub fn is_ready(pod: &Object) -> bool {
    is_true(pod, "Ready")
}

/// Whether a pod has been ready for `min_ready` at the moment `now`.
///
/// Follows `IsPodAvailable` in pkg/api/v1/pod/util.go.
pub fn is_available(pod: &Object, min_ready: Millis, now: Millis) -> bool {
    true_since(pod, "Ready").is_some_and(|since| since + min_ready <= now)
}

/// Whether a controller still counts on a pod: it has not ended and is not being deleted.
///
/// Follows `IsPodActive` in pkg/controller/controller_utils.go.
pub fn is_active(pod: &Object) -> bool {
    !is_over(pod) && !pod.meta.is_terminating()
}

/// A pod's priority; 0 where admission gave none.
pub fn priority(pod: &Object) -> i64 {
    given_priority(pod).unwrap_or(0)
}

/// The priority that stands in a pod; `None` before admission, unless somebody wrote one.
pub fn given_priority(pod: &Object) -> Option<i64> {
    pod.i64_at(&["spec", "priority"])
}

/// The name of the node that a pod is assigned to; empty for none.
pub fn node_name(pod: &Object) -> &str {
    pod.str_at(&["spec", "nodeName"])
}

/// The pod's address; empty before it has one.
pub fn ip(pod: &Object) -> &str {
    pod.str_at(&["status", "podIP"])
}

/// The node that a pod is bound to; empty for none.
pub fn node_of(pod: &Object) -> Text {
    pod.at(&["spec", "nodeName"]).and_then(Value::as_text).cloned().unwrap_or_default()
}

/// The claims that a pod's volumes name, in order; those of its ephemeral volumes, too.
pub fn claims_of(pod: &Object) -> Vec<Key> {
    let claims = volumes(pod).iter().filter_map(|volume| {
        let name = claim_name(volume);
        let named = |name: &Text| Key::new(Kind::PersistentVolumeClaim, pod.meta.namespace.clone(), name.clone());
        name.map(named).or_else(|| ephemeral_claim(pod, volume))
    });
    claims.collect()
}

/// The name of the claim that an entry of a pod's volumes stands for; `None` if it is no claim.
pub fn claim_name(volume: &Value) -> Option<&Text> {
    volume.at(&["persistentVolumeClaim", "claimName"]).and_then(Value::as_text)
}

/// What the claim of a generic ephemeral volume is made of; `None` if a volume is no such.
pub fn ephemeral_template(volume: &Value) -> Option<&Value> {
    volume.at(&["ephemeral", "volumeClaimTemplate"]).filter(|template| !template.is_null())
}

/// The claim of a pod's generic ephemeral volume, if the volume is one: named after both.
pub fn ephemeral_claim(pod: &Object, volume: &Value) -> Option<Key> {
    ephemeral_template(volume)?;
    let name = format!("{}-{}", pod.meta.name, volume.str_at(&["name"]));
    Some(Key::new(Kind::PersistentVolumeClaim, pod.meta.namespace.clone(), name))
}

pub use super::pod_resources::qos_class;

/// What `resourceFieldRef` says of a container's resources: so many divisors, rounded up; 0 where nothing is asked for.
/// `None` for a resource that there is not.
///
/// Follows `ExtractContainerResourceValue` in pkg/api/v1/resource/helpers.go.
pub fn resource_value(resources: &Value, reference: &Value) -> Option<i64> {
    let (list, name) = reference.str_at(&["resource"]).split_once('.')?;
    if !matches!(list, "limits" | "requests") {
        return None;
    }
    let amount = |text: &str| Quantity::parse(text).ok().map(|quantity| i128::from(quantity.milli_value()));
    let divisor = amount(reference.str_at(&["divisor"])).filter(|divisor| *divisor > 0).unwrap_or(1000);
    let asked = amount(resources.str_at(&[list, name])).unwrap_or(0);
    i64::try_from((asked + divisor - 1) / divisor).ok()
}

/// The init containers that go on beside the others.
pub fn sidecars(pod: &Object) -> impl Iterator<Item = &Value> {
    pod.list_at(&["spec", "initContainers"]).iter().filter(|it| it.str_at(&["restartPolicy"]) == "Always")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_of_a_node_is_one_address_protocol_and_number() {
        let every = ("0.0.0.0", "TCP", 53);
        assert!(is_same_host_port(every, ("10.0.0.1", "TCP", 53)));
        assert!(!is_same_host_port(every, ("0.0.0.0", "UDP", 53)));
        assert!(!is_same_host_port(("10.0.0.1", "TCP", 53), ("10.0.0.2", "TCP", 53)));
        assert!(!is_same_host_port(every, ("0.0.0.0", "TCP", 54)));
    }
}
