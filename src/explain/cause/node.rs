//! Why a node takes no pods, a budget allows nothing, a namespace does not go.

use super::{Link, clock, condition, held_by_finalizer, in_namespace};
use crate::cluster::Cluster;
use crate::cluster::eviction::covers;
use crate::model::conditions::phase;
use crate::model::node::is_cordoned;
use crate::model::pod::is_ready;
use crate::model::{Kind, Object, Text, budget};
use std::rc::Rc;

pub(super) fn link(cluster: &Cluster, node: &Rc<Object>) -> Option<Link> {
    let name = &node.meta.name;
    if let Some(stopped) = cluster.runtime().stopped(name) {
        if stopped.is_kubelet_alone {
            let link = Link::of(node, "node.kubelet-down").fact("since", &clock(stopped.since));
            return Some(link.remedy(format!("lab start-kubelet {name}"), "node.start-kubelet"));
        }
        let taint = "node.kubernetes.io/out-of-service=nodeshutdown:NoExecute";
        let link = Link::of(node, "node.down").fact("since", &clock(stopped.since));
        return Some(
            link.remedy(format!("lab start {name}"), "node.start")
                .remedy(format!("kubectl taint nodes {name} {taint}"), "node.out-of-service"),
        );
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

/// A node that takes no new pods; one that is being drained waits for a budget.
fn cordoned(cluster: &Cluster, node: &Object) -> Link {
    let name = &node.meta.name;
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

/// A budget that allows no disruption: of a pod that is not healthy, or of its own arithmetic.
pub(super) fn budget_link(cluster: &Cluster, budget: &Rc<Object>) -> Option<Link> {
    if budget::disruptions_allowed(budget) > 0 || budget::expected_pods(budget) == 0 {
        return None;
    }
    let link = |rule| {
        let link = Link::of(budget, rule).number("healthy", budget::current_healthy(budget));
        link.number("expected", budget::expected_pods(budget)).number("desired", budget::desired_healthy(budget))
    };
    let unwell = cluster.list_in(Kind::Pod, &budget.meta.namespace).find(|pod| covers(budget, pod) && !is_ready(pod));
    if let Some(pod) = unwell {
        return Some(link("budget.unhealthy").fact("pod", &pod.meta.name).waits_for(pod.key()));
    }
    let place = in_namespace(&budget.meta.namespace);
    let name = &budget.meta.name;
    let (field, value) = match budget.at(&["spec", "maxUnavailable"]).is_some() {
        true => ("maxUnavailable", 1),
        false => ("minAvailable", (budget::expected_pods(budget) - 1).max(0)),
    };
    let line = format!("kubectl patch pdb {name}{place} --type=merge -p '{{\"spec\":{{\"{field}\":{value}}}}}'");
    Some(link("budget.zero").remedy(line, "budget.relax"))
}

/// A namespace that is being deleted and still has something in it.
pub(super) fn namespace_link(cluster: &Cluster, namespace: &Rc<Object>) -> Option<Link> {
    if phase(namespace) != "Terminating" && !namespace.meta.is_terminating() {
        return None;
    }
    let name = Text::new(&namespace.meta.name);
    let kinds =
        [Kind::Pod, Kind::PersistentVolumeClaim, Kind::StatefulSet, Kind::ConfigMap, Kind::Secret, Kind::Service];
    let left = kinds.into_iter().find_map(|kind| cluster.list_in(kind, &name).next());
    let link = Link::new(namespace.key(), "namespace.not-empty").fact("namespace", &name);
    match left {
        Some(object) => {
            let what = format!("{}/{}", object.kind.names().singular, object.meta.name);
            Some(link.fact("what", &what).waits_for(object.key()))
        }
        None => held_by_finalizer(namespace),
    }
}
