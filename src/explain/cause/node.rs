//! Why a node takes no pods.

use super::{Link, Remedy, clock, condition, in_namespace, listed};
use crate::cluster::Cluster;
use crate::model::node::{OUT_OF_SERVICE, is_cordoned, is_out_of_service};
use crate::model::pod::node_name;
use crate::model::{Key, Object, budget};
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
    (is_cordoned(node)).then(|| cordoned(cluster, node))
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

/// A node that takes no new pods; one that is being drained waits for a budget, or its drain was refused.
fn cordoned(cluster: &Cluster, node: &Object) -> Link {
    let name = &node.meta.name;
    if let Some(link) = refused(cluster, node) {
        return link;
    }
    if let Some(link) = covered_twice(cluster, node) {
        return link;
    }
    let pods = cluster.pods_on(name).filter_map(|key| cluster.get(key));
    let held = pods.filter(|pod| pod.meta.controller().is_some()).find_map(|pod| {
        let budget = cluster.budgets_of(pod).next()?;
        (budget::disruptions_allowed(budget) <= 0).then_some((pod, budget))
    });
    let link = Link::of(node, if held.is_some() { "node.drain-waits" } else { "node.cordoned" });
    let link = link.remedy(format!("kubectl uncordon {name}"), "node.uncordon");
    match held {
        Some((pod, budget)) => {
            link.fact("pod", &pod.meta.name).fact("budget", &budget.meta.name).waits_for(budget.key())
        }
        None => link,
    }
}

/// The most names that a sentence lists.
const NAMES_MAX: usize = 6;

/// A node whose drain was refused because of pods that are still there: why, and the same line with what allows it.
fn refused(cluster: &Cluster, node: &Object) -> Option<Link> {
    let name = &node.meta.name;
    let refused = cluster.runtime().refused_drain(name).filter(|it| it.node_uid == node.meta.uid)?;
    let is_here = |key: &&Key| cluster.get(key).is_some_and(|pod| node_name(pod) == name.as_str());
    let mut link = Link::of(node, "node.drain-refused");
    let mut remedy = Remedy::new(format!("kubectl drain {name}"), "node.drain-anyway");
    for (fact, rule, option, effect, keys) in [
        ("daemons", "node.drain-daemons", "--ignore-daemonsets", "node.drain-leaves-daemons", &refused.daemons),
        ("local", "node.drain-local", "--delete-emptydir-data", "node.drain-loses-data", &refused.local),
        ("bare", "node.drain-bare", "--force", "node.drain-loses-pods", &refused.bare),
    ] {
        let names: Vec<&str> = keys.iter().filter(is_here).map(|key| key.name.as_str()).collect();
        if !names.is_empty() {
            link = link.fact(fact, &listed(&names, NAMES_MAX)).and(rule);
            remedy.line = format!("{} {option}", remedy.line);
            remedy.also.push(effect);
        }
    }
    if remedy.also.is_empty() {
        return None;
    }
    for option in &refused.options {
        remedy.line = format!("{} {option}", remedy.line);
    }
    link.remedies.push(remedy);
    Some(link.remedy(format!("kubectl uncordon {name}"), "node.uncordon"))
}

/// A pod on a cordoned node that two budgets cover: nobody may evict it.
fn covered_twice(cluster: &Cluster, node: &Object) -> Option<Link> {
    let mut pods = cluster.pods_on(&node.meta.name).filter_map(|key| cluster.get(key));
    let (pod, one, other) = pods.find_map(|pod| {
        let mut budgets = cluster.budgets_of(pod);
        Some((pod, budgets.next()?, budgets.next()?))
    })?;
    let link = Link::of(node, "node.covered-twice").fact("pod", &pod.meta.name);
    let link = link.fact("budget", &one.meta.name).fact("other", &other.meta.name);
    let line = format!("kubectl delete pdb {}{}", other.meta.name, in_namespace(&pod.meta.namespace));
    let link = link.remedy(line, "node.one-budget");
    Some(link.remedy(format!("kubectl uncordon {}", node.meta.name), "node.uncordon"))
}
