//! Why a node takes no pods: its machine, its kubelet, a shortage. One that is cordoned or drained is `drain.rs`.

use super::{Link, NAMES_MAX, clock, condition, drain, listed};
use crate::cluster::Cluster;
use crate::model::Object;
use crate::model::node::{OUT_OF_SERVICE, is_cordoned, is_out_of_service};
use std::rc::Rc;

pub(super) fn link(cluster: &Cluster, node: &Rc<Object>) -> Option<Link> {
    let name = &node.meta.name;
    if let Some(stopped) = cluster.runtime().stopped(name) {
        if stopped.is_kubelet_alone {
            let link = Link::of(node, "node.kubelet-down").fact("since", &clock(stopped.since));
            let link = with_kept(cluster, node, link, "node.kubelet-keeps");
            return Some(link.remedy(format!("lab start-kubelet {name}"), "node.start-kubelet"));
        }
        return Some(down(cluster, node, Link::of(node, "node.down").fact("since", &clock(stopped.since))));
    }
    let shortage = cluster.runtime().shortage(name);
    if shortage.memory || shortage.disk {
        let (rule, word) = match shortage.memory {
            true => ("node.memory-pressure", "low-memory"),
            false => ("node.disk-pressure", "low-disk"),
        };
        let link = Link::of(node, rule);
        return Some(link.remedy(format!("lab {word} {name} off"), "lab.mend"));
    }
    if condition(node, "Ready").is_some_and(|ready| ready.str_at(&["status"]) != "True") {
        return Some(Link::of(node, "node.not-ready").by_itself());
    }
    (is_cordoned(node)).then(|| drain::link(cluster, node))
}

/// A machine that is off: what its pods wait for, and the two ways out.
fn down(cluster: &Cluster, node: &Object, link: Link) -> Link {
    let name = &node.meta.name;
    let start = format!("lab start {name}");
    if is_out_of_service(node) {
        let line = format!("{start} && kubectl taint nodes {name} {OUT_OF_SERVICE}-");
        return link.and("node.is-out").remedy(line, "node.start-out");
    }
    let taint = format!("kubectl taint nodes {name} {OUT_OF_SERVICE}=nodeshutdown:NoExecute");
    let link = with_kept(cluster, node, link, "node.down-keeps");
    link.remedy(start, "node.start").remedy(taint, "node.out-of-service")
}

/// With the pods that are being deleted and of which nobody knows whether they still run there.
fn with_kept(cluster: &Cluster, node: &Object, link: Link, rule: &'static str) -> Link {
    let pods = cluster.pods_on(&node.meta.name).filter_map(|key| cluster.get(key));
    // Those of the cluster itself are nobody's question.
    let kept = pods.filter(|pod| pod.meta.is_terminating() && pod.meta.namespace != "kube-system");
    let names: Vec<&str> = kept.map(|pod| pod.meta.name.as_str()).collect();
    if names.is_empty() { link } else { link.fact("pods", &listed(&names, NAMES_MAX)).and(rule) }
}
