//! Which pods of lower priority make room for one that found none; deletes nothing.
//!
//! Follows pkg/scheduler/framework/preemption: on each node that other pods keep from fitting, all pods of lower
//! priority are thought away, and as many as fit are let back in, the most important first.

use super::filter::Query;
use super::miss::Miss;
use super::node_load::Loads;
use super::volumes;
use crate::cluster::Cluster;
use crate::cluster::eviction::covers;
use crate::model::conditions::all_conditions;
use crate::model::pod::{is_over, priority};
use crate::model::{Key, Kind, Millis, Object, Text, Value};
use crate::ordering::Order;
use std::rc::Rc;

/// Who goes, and from where.
pub(super) struct Plan {
    pub node: Text,
    pub victims: Vec<Rc<Object>>,
}

/// Why the pod may not preempt, in the scheduler's words.
pub(super) fn ineligible(cluster: &Cluster, pod: &Object) -> Option<&'static str> {
    if pod.str_at(&["spec", "preemptionPolicy"]) == "Never" {
        return Some("not eligible due to preemptionPolicy=Never.");
    }
    let node = pod.str_at(&["status", "nominatedNodeName"]);
    let is_leaving = |other: &Rc<Object>| {
        other.meta.is_terminating()
            && priority(other) < priority(pod)
            && all_conditions(other).iter().any(|it| it.str_at(&["reason"]) == REASON)
    };
    let mut pods = cluster.pods_on(node).filter_map(|key| cluster.get(key));
    pods.any(is_leaving).then_some("not eligible due to a terminating pod on the nominated node.")
}

/// The reason of the condition that a victim gets.
pub const REASON: &str = "PreemptionByScheduler";

/// The best place that could be made for the query's pod, if any.
pub(super) fn plan(query: &Query<'_>, misses: &[(Rc<Object>, Miss)]) -> Option<Plan> {
    let mut best: Option<(Cost, Plan)> = None;
    for (node, miss) in misses {
        if !miss.is_resolvable() {
            continue;
        }
        let Some(victims) = victims_on(query, node) else { continue };
        let cost = cost(query.cluster, &victims);
        if best.as_ref().is_none_or(|(least, _)| cost < *least) {
            best = Some((cost, Plan { node: node.meta.name.clone(), victims }));
        }
    }
    best.map(|(_, plan)| plan)
}

/// The pods that have to go from a node, the most important first.
fn victims_on(query: &Query<'_>, node: &Object) -> Option<Vec<Rc<Object>>> {
    let (cluster, own) = (query.cluster, priority(query.pod));
    if !query.loads.on(&node.meta.name).has_below(own) {
        return None;
    }
    let on_node = cluster.pods_on(&node.meta.name).filter_map(|key| cluster.get(key)).cloned();
    let mut lower: Vec<Rc<Object>> = on_node.filter(|pod| priority(pod) < own && !is_over(pod)).collect();
    if lower.is_empty() || !fits_without(query, node, &lower) {
        return None;
    }
    // Those whose budget would break come back first, then the more important ones, then the older ones.
    let breaking = breaks_budget(cluster, &lower);
    let breaks = |pod: &Object| breaking.contains(&pod.key());
    lower.order_by_key(|pod| (!breaks(pod), -priority(pod), started(pod)));
    let mut gone = lower.clone();
    for pod in &lower {
        let without: Vec<Rc<Object>> = gone.iter().filter(|it| it.meta.uid != pod.meta.uid).cloned().collect();
        if fits_without(query, node, &without) {
            gone = without;
        }
    }
    gone.order_by_key(|pod| (-priority(pod), started(pod)));
    Some(gone)
}

fn started(pod: &Object) -> Millis {
    Millis::parse_rfc3339(pod.str_at(&["status", "startTime"])).unwrap_or(pod.meta.created)
}

/// Whether the pod fits on a node on which some pods are thought away.
fn fits_without(query: &Query<'_>, node: &Object, gone: &[Rc<Object>]) -> bool {
    let mut cluster = query.cluster.clone();
    let mut loads: Loads = query.loads.clone();
    for pod in gone {
        cluster.remove(&pod.key());
        loads.remove(&pod.key());
    }
    let Ok(claims) = volumes::prefilter(&cluster, query.pod) else { return false };
    Query::new(&cluster, &loads, query.nominated, query.pod, claims).check(node).is_ok()
}

/// The pods whose deletion a disruption budget does not allow any more.
fn breaks_budget(cluster: &Cluster, pods: &[Rc<Object>]) -> Vec<Key> {
    let mut left: Vec<(Rc<Object>, i64)> = cluster
        .list(Kind::PodDisruptionBudget)
        .map(|budget| (Rc::clone(budget), budget.i64_at(&["status", "disruptionsAllowed"]).unwrap_or(0)))
        .collect();
    let mut breaking = Vec::new();
    for pod in pods {
        for (budget, allowed) in &mut left {
            if budget.meta.namespace == pod.meta.namespace && covers(budget, pod) {
                *allowed -= 1;
                if *allowed < 0 {
                    breaking.push(pod.key());
                }
            }
        }
    }
    breaking
}

/// What a plan costs; the least is taken: broken budgets, the highest priority, the sum of priorities, the number of
/// pods, and how long the most important has run.
type Cost = (usize, i64, i64, usize, std::cmp::Reverse<Millis>);

fn cost(cluster: &Cluster, victims: &[Rc<Object>]) -> Cost {
    let highest = victims.iter().map(|pod| priority(pod)).max().unwrap_or(i64::MIN);
    // Priorities may be negative; each counts at least a little.
    let sum = victims.iter().map(|pod| priority(pod).saturating_add(1 << 31)).fold(0, i64::saturating_add);
    let first = victims.iter().filter(|pod| priority(pod) == highest).map(|pod| started(pod)).min();
    let broken = breaks_budget(cluster, victims).len();
    (broken, highest, sum, victims.len(), std::cmp::Reverse(first.unwrap_or_default()))
}

/// The condition that says why a victim goes.
pub(super) fn condition(pod: &Object, now: &str) -> Value {
    crate::obj! {
        "lastProbeTime" => Value::Null, "lastTransitionTime" => Text::new(now),
        "message" => "default-scheduler: preempting to accommodate a higher priority pod",
        "observedGeneration" => pod.meta.generation, "reason" => REASON, "status" => "True",
        "type" => "DisruptionTarget",
    }
}

/// What the event about a victim says: which pod took its room, by its UID, and on which node.
pub fn said_of_victim(by: &Text, node: &Text) -> String {
    format!("Preempted by pod {by} on node {node}")
}

/// The UID and the node in such a sentence.
pub fn read_of_victim(message: &str) -> Option<(&str, &str)> {
    message.strip_prefix("Preempted by pod ")?.split_once(" on node ")
}
