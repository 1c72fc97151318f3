//! What a kubelet refuses that nobody scheduled: pods that name their node themselves and do not fit there.
//!
//! Follows pkg/kubelet/lifecycle/predicate.go.

use super::worker::Worker;
use super::{Kubelet, ephemeral_storage, event_at, stop};
use crate::cluster::{Cluster, is_safe_sysctl, quantity_at};
use crate::controllers::Ctx;
use crate::model::conditions::all_conditions;
use crate::model::pod::{host_ports, is_over, is_same_host_port, node_of};
use crate::model::{Kind, Object, Quantity, Text, Value, pod};
use std::rc::Rc;

impl Kubelet {
    /// Takes up a pod that is new to its node; `None` if it is over already, or the node does not take it.
    pub(super) fn admit(&mut self, ctx: &mut Ctx<'_>, pod: &Rc<Object>, node: Text) -> Option<Worker> {
        if is_over(pod) {
            if pod.meta.is_terminating() {
                stop::let_go(ctx, pod);
            }
            return None;
        }
        if let Some((reason, text)) = refusal(ctx.cluster, pod) {
            refuse(ctx, pod, &node, reason, text);
            return None;
        }
        if ephemeral_storage::is_limited(pod) {
            Rc::make_mut(&mut self.limited).insert(pod.key());
        }
        Some(Worker::new(pod, node, ctx.now()))
    }
}

/// Fails a pod that does not fit on the node that it names.
fn refuse(ctx: &mut Ctx<'_>, pod: &Object, node: &Text, reason: &'static str, text: String) {
    let now = ctx.now().rfc3339();
    event_at(ctx, pod, node, ("", ""), true, reason, text.clone().into());
    // Read in this same step: nobody wrote it in between.
    _ = ctx.cluster.modify(&pod.key(), |pod| {
        pod.set_at(&["status", "phase"], "Failed");
        pod.set_at(&["status", "reason"], reason);
        pod.set_at(&["status", "message"], format!("Pod was rejected: {text}"));
        pod.set_at(&["status", "startTime"], now);
    });
}

/// Why a node does not take a pod that names it: the reason in one word, and the sentence.
fn refusal(cluster: &Cluster, pod: &Object) -> Option<(&'static str, String)> {
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
