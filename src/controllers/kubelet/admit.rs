//! What a kubelet refuses that nobody scheduled: pods that name their node themselves and do not fit there.
//!
//! Follows pkg/kubelet/lifecycle/predicate.go.

use crate::cluster::{Cluster, is_safe_sysctl, quantity_at};
use crate::model::conditions::all_conditions;
use crate::model::pod::{host_ports, is_over, is_same_host_port, node_of};
use crate::model::{Kind, Object, Quantity, Text, Value, pod};

/// Why a node does not take a pod that names it: the reason in one word, and the sentence.
pub(super) fn refusal(cluster: &Cluster, pod: &Object) -> Option<(&'static str, String)> {
    let minor = cluster.kubernetes().version().minor;
    let mut sysctls = pod.list_at(&["spec", "securityContext", "sysctls"]).iter();
    if let Some(unsafe_one) = sysctls.find(|sysctl| !is_safe_sysctl(sysctl.str_at(&["name"]), minor)) {
        let name = unsafe_one.str_at(&["name"]);
        return Some(("SysctlForbidden", format!("forbidden sysctl: \"{name}\" not allowlisted")));
    }
    let is_scheduled = |pod: &Object| all_conditions(pod).iter().any(|it| it.str_at(&["type"]) == "PodScheduled");
    // What the scheduler placed was checked by it.
    if is_scheduled(pod) {
        return None;
    }
    let name = node_of(pod);
    let node = cluster.find(Kind::Node, &Text::default(), &name)?;
    let selector = pod.at(&["spec", "nodeSelector"]).and_then(Value::as_map).cloned().unwrap_or_default();
    if selector.iter().any(|(key, value)| node.meta.label(key) != value.as_str().unwrap_or("")) {
        let text = "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector";
        return Some(("NodeAffinity", text.to_string()));
    }
    let others = || {
        let pods = cluster.pods_on(&name).filter_map(|key| cluster.get(key));
        pods.filter(|other| other.meta.uid != pod.meta.uid && !is_over(other))
    };
    let ports = host_ports(pod);
    if others().flat_map(|other| host_ports(other)).any(|port| ports.iter().any(|own| is_same_host_port(*own, port))) {
        let text = "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports";
        return Some(("NodePorts", text.to_string()));
    }
    for (resource, reason) in [("cpu", "OutOfcpu"), ("memory", "OutOfmemory")] {
        let amount = |quantity: Quantity| if resource == "cpu" { quantity.milli_value() } else { quantity.value() };
        let asked = amount_of(pod, resource, &amount);
        let capacity = amount(quantity_at(node, &["status", "allocatable", resource]));
        let used: i64 = others().map(|other| amount_of(other, resource, &amount)).sum();
        if asked > 0 && asked > capacity - used {
            let text = format!(
                "Node didn't have enough resource: {resource}, requested: {asked}, used: {used}, capacity: {capacity}"
            );
            return Some((reason, text));
        }
    }
    None
}

/// What a pod's regular containers ask for together.
fn amount_of(pod: &Object, resource: &str, amount: &dyn Fn(Quantity) -> i64) -> i64 {
    let containers = pod::containers(pod).iter();
    let requests = containers.map(|container| container.str_at(&["resources", "requests", resource]));
    requests.filter_map(|text| Quantity::parse(text).ok()).map(amount).fold(0, i64::saturating_add)
}
