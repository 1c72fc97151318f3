//! Why a pod is not ready, or not gone.

use super::{End, Link, clock, condition, container, held_by_finalizer, in_namespace, placing};
use crate::cluster::Cluster;
use crate::model::{Key, Kind, Object, Text};
use std::rc::Rc;

pub(super) fn link(cluster: &Cluster, pod: &Rc<Object>) -> Option<Link> {
    if pod.meta.is_terminating() {
        return terminating(cluster, pod);
    }
    match pod.str_at(&["status", "phase"]) {
        "Succeeded" => return None,
        "Failed" => return Some(failed(pod)),
        _ => {}
    }
    if pod.str_at(&["spec", "nodeName"]).is_empty() {
        return Some(placing::link(cluster, pod));
    }
    if let Some(link) = on_dead_node(cluster, pod, "pod.node-down") {
        return Some(link);
    }
    if condition(pod, "Ready").is_some_and(|ready| ready.str_at(&["status"]) == "True") {
        return None;
    }
    Some(container::link(cluster, pod))
}

/// A pod whose machine does not answer waits for that machine.
fn on_dead_node(cluster: &Cluster, pod: &Object, rule: &'static str) -> Option<Link> {
    let node = Text::new(pod.str_at(&["spec", "nodeName"]));
    let is_down =
        cluster.runtime().stopped(&node).is_some() || cluster.find(Kind::Node, &Text::default(), &node).is_none();
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

fn failed(pod: &Object) -> Link {
    let reason = pod.str_at(&["status", "reason"]);
    let message = pod.str_at(&["status", "message"]);
    let link = Link::of(pod, if reason.is_empty() { "pod.failed" } else { "pod.failed-because" });
    let link = link.fact("reason", reason).fact("message", message.trim_end_matches('.'));
    match pod.meta.controller() {
        // The set's controller takes it away and makes it anew.
        Some(_) => link.by_itself(),
        None => {
            let line = format!("kubectl delete pod {}{}", pod.meta.name, in_namespace(&pod.meta.namespace));
            link.remedy(line, "pod.delete-alone")
        }
    }
}
