//! What a kubelet refuses that nobody scheduled: pods that name their node themselves and do not fit there.
//!
//! Follows pkg/kubelet/lifecycle/predicate.go.

use super::worker::Worker;
use super::{Kubelet, TASK_REFUSE, ephemeral_storage, event_at, stop, work};
use crate::cluster::{Cluster, is_safe_sysctl, quantity_at};
use crate::controllers::Ctx;
use crate::controllers::scheduler::node_match::{selects, tolerates};
use crate::model::conditions::all_conditions;
use crate::model::node::no_execute_taints;
use crate::model::pod::{host_ports, is_over, is_same_host_port, is_static, node_of};
use crate::model::pod_resources::requests;
use crate::model::{Kind, Millis, Object, Quantity, Text};
use std::rc::Rc;

/// From when a kubelet sees a pod until its refusal is written, if somebody makes a new pod for each that failed: without
/// it time would never go on.
const REFUSED_AFTER: Millis = Millis(200);

impl Kubelet {
    /// Takes up a pod that is new to its node; `None` if it is over already, or the node does not take it. `is_due` says
    /// that the time of a refusal has come.
    pub(super) fn admit(&mut self, ctx: &mut Ctx<'_>, pod: &Rc<Object>, node: Text, is_due: bool) -> Option<Worker> {
        if is_over(pod) {
            if pod.meta.is_terminating() {
                stop::let_go(ctx, pod);
            }
            return None;
        }
        if let Some((reason, text)) = self.refusal(ctx.cluster, pod) {
            if is_due || pod.meta.controller().is_none() {
                refuse(ctx, pod, &node, reason, text);
            } else {
                ctx.timers.set(ctx.now() + REFUSED_AFTER, work(&pod.key(), TASK_REFUSE));
            }
            return None;
        }
        if ephemeral_storage::is_limited(pod) {
            Rc::make_mut(&mut self.limited).insert(pod.key());
        }
        Some(Worker::new(pod, node, ctx.now()))
    }

    /// Why a node does not take a pod that names it: the reason in one word, and the sentence.
    fn refusal(&self, cluster: &Cluster, pod: &Object) -> Option<(&'static str, String)> {
        let minor = cluster.kubernetes().version().minor;
        let mut sysctls = pod.list_at(&["spec", "securityContext", "sysctls"]).iter();
        if let Some(unsafe_one) = sysctls.find(|sysctl| !is_safe_sysctl(sysctl.str_at(&["name"]), minor)) {
            let name = unsafe_one.str_at(&["name"]);
            return Some(("SysctlForbidden", format!("forbidden sysctl: \"{name}\" not allowlisted")));
        }
        if let Some(refusal) = wrong_system(cluster, pod) {
            return Some(refusal);
        }
        let is_scheduled = |pod: &Object| all_conditions(pod).iter().any(|it| it.str_at(&["type"]) == "PodScheduled");
        // What the scheduler placed was checked by it.
        if is_scheduled(pod) {
            return None;
        }
        let name = node_of(pod);
        let node = cluster.find(Kind::Node, &Text::default(), &name)?;
        // What nobody has taken up yet takes no room.
        let is_known = |other: &Object| {
            is_static(other) || self.workers.get(&other.key()).is_some_and(|worker| worker.uid == other.meta.uid)
        };
        let others = || {
            let pods = cluster.pods_on(&name).filter_map(|key| cluster.get(key));
            pods.filter(|other| other.meta.uid != pod.meta.uid && !is_over(other) && is_known(other))
        };
        // All that is short comes before all else, and the first reason is the one that counts.
        for (resource, reason) in [("pods", "OutOfpods"), ("cpu", "OutOfcpu"), ("memory", "OutOfmemory")] {
            let amount = |quantity: Quantity| if resource == "cpu" { quantity.milli_value() } else { quantity.value() };
            let asks = |pod: &Object| if resource == "pods" { 1 } else { amount(requests(pod, resource)) };
            let asked = asks(pod);
            if asked <= 0 {
                continue;
            }
            let capacity = amount(quantity_at(node, &["status", "allocatable", resource]));
            let used = others().map(|other| asks(other)).fold(0, i64::saturating_add);
            if asked > capacity - used {
                let why = format!("{resource}, requested: {asked}, used: {used}, capacity: {capacity}");
                return Some((reason, format!("Node didn't have enough resource: {why}")));
            }
        }
        let failed = |predicate: &str, why: &str| format!("Predicate {predicate} failed: {why}");
        if !selects(pod, node) {
            return Some(("NodeAffinity", failed("NodeAffinity", "node(s) didn't match Pod's node affinity/selector")));
        }
        let ports = host_ports(pod);
        if others()
            .flat_map(|other| host_ports(other))
            .any(|port| ports.iter().any(|own| is_same_host_port(*own, port)))
        {
            let why = "node(s) didn't have free ports for the requested pod ports";
            return Some(("NodePorts", failed("NodePorts", why)));
        }
        if no_execute_taints(node).any(|taint| !tolerates(pod, taint)) {
            let why = "node(s) had taints that the pod didn't tolerate";
            return Some(("TaintToleration", failed("TaintToleration", why)));
        }
        None
    }
}

/// Why a node's system is not the pod's. Follows `rejectPodAdmissionBasedOnOSSelector` and
/// `rejectPodAdmissionBasedOnOSField`.
fn wrong_system(cluster: &Cluster, pod: &Object) -> Option<(&'static str, String)> {
    const LABEL: &str = "kubernetes.io/os";
    const FAILED: &str = "Failed to admit pod as the";
    let node = cluster.find(Kind::Node, &Text::default(), &node_of(pod))?;
    let own = node.meta.labels.get(LABEL).map_or("linux", |label| label.as_str());
    let is_other = |wanted: &str| !wanted.is_empty() && wanted != own;
    if is_other(pod.str_at(&["spec", "nodeSelector", LABEL])) {
        return Some((
            "PodOSSelectorNodeLabelDoesNotMatch",
            format!("{FAILED} `{LABEL}` label doesn't match node label"),
        ));
    }
    let is_refused = is_other(pod.str_at(&["spec", "os", "name"]));
    is_refused.then(|| ("PodOSNotSupported", format!("{FAILED} OS field doesn't match node OS")))
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
    if let Some(failed) = ctx.cluster.get(&pod.key()).filter(|pod| pod.meta.is_terminating()).cloned() {
        stop::let_go(ctx, &failed);
    }
}
