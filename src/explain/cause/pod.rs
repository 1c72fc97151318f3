//! Why a pod is not ready, or not gone.

use super::template::with_template_remedy;
use super::{End, Link, clock, container, held_by_finalizer, in_namespace, placing, workload};
use crate::cluster::Cluster;
use crate::model::conditions::{phase, status_reason};
use crate::model::pod::{is_ready, node_name};
use crate::model::{Key, Kind, Object, Text};
use std::rc::Rc;

pub(super) fn link(cluster: &Cluster, pod: &Rc<Object>) -> Option<Link> {
    if pod.meta.is_terminating() {
        return terminating(cluster, pod);
    }
    match phase(pod) {
        "Succeeded" => return None,
        "Failed" => return failed(cluster, pod),
        _ => {}
    }
    if node_name(pod).is_empty() {
        return Some(placing::link(cluster, pod));
    }
    if let Some(link) = on_dead_node(cluster, pod, "pod.node-down") {
        return Some(link);
    }
    if is_ready(pod) {
        return container::of_ready(cluster, pod);
    }
    Some(container::link(cluster, pod))
}

/// A pod whose machine does not answer waits for that machine.
fn on_dead_node(cluster: &Cluster, pod: &Object, rule: &'static str) -> Option<Link> {
    let node = Text::new(node_name(pod));
    if cluster.find(Kind::Node, &Text::default(), &node).is_none() {
        return Some(Link::of(pod, "pod.node-gone").fact("node", &node).by_itself());
    }
    let is_down = cluster.runtime().stopped(&node).is_some();
    is_down.then(|| Link::of(pod, rule).fact("node", &node).waits_for(Key::new(Kind::Node, "", node)))
}

fn terminating(cluster: &Cluster, pod: &Rc<Object>) -> Option<Link> {
    if let Some(link) = on_dead_node(cluster, pod, "pod.terminating-unreachable") {
        return Some(link.remedy(
            format!(
                "kubectl delete pod {}{} --force --grace-period=0",
                pod.meta.name,
                in_namespace(&pod.meta.namespace)
            ),
            "pod.force",
        ));
    }
    let until = pod.meta.deletion_timestamp?;
    if until <= cluster.now()
        && let Some(link) = held_by_finalizer(pod)
    {
        return Some(link);
    }
    let link = Link::of(pod, "pod.terminating").fact("until", &clock(until));
    Some(link.ends(End::ByItself(Some(until))))
}

fn failed(cluster: &Cluster, pod: &Object) -> Option<Link> {
    let reason = status_reason(pod);
    let message = pod.str_at(&["status", "message"]);
    let named = |rule| Link::of(pod, rule).fact("reason", reason).fact("message", message.trim_end_matches('.'));
    let link = match reason {
        "" => container::failed(cluster, pod).unwrap_or_else(|| named("pod.failed")),
        _ => named("pod.failed-because"),
    };
    match (workload::has_given_up(cluster, pod), pod.meta.controller()) {
        (Some(true), _) | (None, None) => Some(with_template_remedy(cluster, pod, link)),
        // A Job tries again, and what it needs no more is nobody's affair.
        (Some(false), _) if workload::is_over(cluster, pod) => None,
        // Its controller takes it away and makes it anew.
        _ => Some(link.by_itself()),
    }
}
