//! Why a cordoned node still has its pods: a drain that was refused, and budgets that allow no eviction.

use super::{Link, NAMES_MAX, Remedy, in_namespace, listed};
use crate::cluster::Cluster;
use crate::model::pod::node_name;
use crate::model::{Key, Object, budget};

/// A node that takes no new pods; one that is being drained waits for a budget, or its drain was refused.
pub(super) fn link(cluster: &Cluster, node: &Object) -> Link {
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
