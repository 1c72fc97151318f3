//! `kubectl describe node`.

use super::{Page, amount, joined, or_none, written_time};
use crate::kubernetes::Difference;
use crate::model::conditions::all_conditions;
use crate::model::node::{self, addresses, is_cordoned, roles};
use crate::model::pod::{is_over, node_name};
use crate::model::pod_resources::{limits, requests};
use crate::model::{Kind, Map, Object, Quantity, Value};
use crate::ordering::Order;

/// Writes a node. Always ends with its events.
pub(in crate::kubectl) fn node(page: &mut Page<'_>, node: &Object) -> bool {
    page.name(node);
    page.field(0, "Roles", or_none(&roles(node)));
    page.metadata(node);
    page.field(0, "CreationTimestamp", node.meta.created.rfc1123z());
    taints(page, node::taints(node));
    let is_unschedulable = is_cordoned(node);
    page.field(0, "Unschedulable", is_unschedulable);
    lease(page, node);
    node_conditions(page, node);
    page.line(0, "Addresses:");
    for address in addresses(node) {
        page.field(1, address.str_at(&["type"]), address.str_at(&["address"]));
    }
    for (label, field) in [("Capacity", "capacity"), ("Allocatable", "allocatable")] {
        page.line(0, format_args!("{label}:"));
        for (name, value) in node.at(&["status", field]).and_then(Value::as_map).into_iter().flat_map(Map::iter) {
            page.field(1, name, amount(Some(value)));
        }
    }
    system_info(page, node);
    page.optional(0, "PodCIDR", node.str_at(&["spec", "podCIDR"]));
    let ranges = joined(node.list_at(&["spec", "podCIDRs"]), ",");
    page.optional(0, "PodCIDRs", &ranges);
    page.optional(0, "ProviderID", node.str_at(&["spec", "providerID"]));
    pods_on_node(page, node);
    true
}

fn taints(page: &mut Page<'_>, taints: &[Value]) {
    let mut texts: Vec<String> = taints
        .iter()
        .map(|taint| {
            let text = |key: &str| taint.str_at(&[key]);
            match text("value") {
                "" => format!("{}:{}", text("key"), text("effect")),
                value => format!("{}={value}:{}", text("key"), text("effect")),
            }
        })
        .collect();
    texts.order();
    page.lines(0, "Taints", texts);
}

fn lease(page: &mut Page<'_>, node: &Object) {
    page.line(0, "Lease:");
    page.field(1, "HolderIdentity", &node.meta.name);
    page.field(1, "AcquireTime", "<unset>");
    let renewed = page.cluster.runtime().stopped(&node.meta.name).map_or(page.now, |stopped| stopped.since);
    page.field(1, "RenewTime", renewed.rfc1123z());
}

fn node_conditions(page: &mut Page<'_>, node: &Object) {
    let conditions = all_conditions(node);
    if conditions.is_empty() {
        return;
    }
    page.line(0, "Conditions:");
    page.line(1, "Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage");
    page.line(1, "----\t------\t-----------------\t------------------\t------\t-------");
    for condition in conditions {
        let text = |key: &str| condition.str_at(&[key]);
        let (beat, moved) = (condition.get("lastHeartbeatTime"), condition.get("lastTransitionTime"));
        let (beat, moved) = (written_time(beat), written_time(moved));
        let (kind, status) = (text("type"), text("status"));
        let line = format!("{kind} \t{status} \t{beat} \t{moved} \t{} \t{}", text("reason"), text("message"));
        page.line(1, line);
    }
}

fn system_info(page: &mut Page<'_>, node: &Object) {
    page.line(0, "System Info:");
    for (label, field) in [
        ("Machine ID", "machineID"),
        ("System UUID", "systemUUID"),
        ("Boot ID", "bootID"),
        ("Kernel Version", "kernelVersion"),
        ("OS Image", "osImage"),
        ("Operating System", "operatingSystem"),
        ("Architecture", "architecture"),
        ("Container Runtime Version", "containerRuntimeVersion"),
        ("Kubelet Version", "kubeletVersion"),
    ] {
        page.field(1, label, node.str_at(&["status", "nodeInfo", field]));
    }
    if !page.cluster.kubernetes().has(Difference::NoKubeProxyLine) {
        page.field(1, "Kube-Proxy Version", node.str_at(&["status", "nodeInfo", "kubeProxyVersion"]));
    }
}

/// An amount with its share of a node's: `100m (1%)`.
fn with_share(part: Quantity, node: &Object, resource: &str) -> String {
    let whole = amount(node.at(&["status", "allocatable", resource]));
    let (part_units, whole_units) = match resource {
        "cpu" => (part.milli_value(), whole.milli_value()),
        _ => (part.value(), whole.value()),
    };
    let share = if whole_units == 0 { 0 } else { i128::from(part_units) * 100 / i128::from(whole_units) };
    format!("{part} ({share}%)")
}

fn pods_on_node(page: &mut Page<'_>, node: &Object) {
    let is_here = |pod: &Object| node_name(pod) == node.meta.name.as_str() && !is_over(pod);
    let pods: Vec<_> = page.cluster.list(Kind::Pod).filter(|pod| is_here(pod)).cloned().collect();
    page.field(0, "Non-terminated Pods", format_args!("({} in total)", pods.len()));
    page.line(1, "Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge");
    page.line(1, "---------\t----\t\t------------\t----------\t---------------\t-------------\t---");
    for pod in &pods {
        let line = format!(
            "{}\t{}\t\t{}\t{}\t{}\t{}\t{}",
            pod.meta.namespace,
            pod.meta.name,
            with_share(requests(pod, "cpu"), node, "cpu"),
            with_share(limits(pod, "cpu"), node, "cpu"),
            with_share(requests(pod, "memory"), node, "memory"),
            with_share(limits(pod, "memory"), node, "memory"),
            page.since(pod.meta.created)
        );
        page.line(1, line);
    }
    page.line(0, "Allocated resources:");
    page.line(1, "(Total limits may be over 100 percent, i.e., overcommitted.)");
    page.line(1, "Resource\tRequests\tLimits");
    page.line(1, "--------\t--------\t------");
    for resource in ["cpu", "memory", "ephemeral-storage"] {
        let sum = |of: fn(&Object, &str) -> Quantity| {
            let all = pods.iter().map(|pod| of(pod, resource));
            with_share(all.fold(Quantity::ZERO, Quantity::plus), node, resource)
        };
        page.line(1, format_args!("{resource}\t{}\t{}", sum(requests), sum(limits)));
    }
}
