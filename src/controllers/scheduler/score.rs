//! Which of several possible nodes is best, in whole numbers. Filters nothing.
//!
//! Follows the default plugins and weights; ties, which the real scheduler settles by chance, go to the first node.

use super::affinity::matches_by_domain;
use super::filter::Query;
use super::node_load::owner_uid;
use super::node_match::{node_terms_match, tolerates, topology};
use super::topology_spread::counts_by_domain;
use crate::cluster::quantity_at;
use crate::model::node::{ZONE, taints};
use crate::model::{Object, Text, Value};
use crate::sorted::SharedMap;
use std::rc::Rc;

const SCORE_MAX: i64 = 100;
const HOSTNAME: &str = "kubernetes.io/hostname";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

/// The name of the best node.
pub(super) fn best(query: &Query<'_>, nodes: &[&Rc<Object>]) -> Text {
    let mut totals = vec![0i64; nodes.len()];
    let mut add = |scores: Vec<i64>, weight: i64| {
        for (total, score) in totals.iter_mut().zip(scores) {
            *total += score * weight;
        }
    };
    let each = |score: &dyn Fn(&Object) -> i64| nodes.iter().map(|node| score(node)).collect::<Vec<_>>();
    add(normalised(each(&|node| untolerated_preferences(query.pod, node)), true), 3);
    add(normalised(each(&|node| node_preferences(query.pod, node)), false), 2);
    add(topology_spread(query, nodes), 2);
    add(pod_preferences(query, nodes), 2);
    add(each(&|node| least_allocated(query, node)), 1);
    if query.request.cpu_milli > 0 || query.request.memory > 0 {
        add(each(&|node| balanced(query, node)), 1);
    }
    let best = totals.iter().enumerate().max_by_key(|(at, total)| (**total, std::cmp::Reverse(*at)));
    best.and_then(|(at, _)| nodes.get(at)).map_or(Text::default(), |node| node.meta.name.clone())
}

/// Scales scores to 0..=100; `reversed` makes the least the best.
fn normalised(scores: Vec<i64>, reversed: bool) -> Vec<i64> {
    let max = scores.iter().copied().max().unwrap_or(0);
    if max == 0 {
        return vec![if reversed { SCORE_MAX } else { 0 }; scores.len()];
    }
    let scale = |score: i64| score * SCORE_MAX / max;
    scores.into_iter().map(|score| if reversed { SCORE_MAX - scale(score) } else { scale(score) }).collect()
}

fn untolerated_preferences(pod: &Object, node: &Object) -> i64 {
    let taints = taints(node).iter();
    let soft = taints.filter(|taint| taint.str_at(&["effect"]) == "PreferNoSchedule");
    soft.filter(|taint| !tolerates(pod, taint)).map(|_| 1).sum()
}

fn node_preferences(pod: &Object, node: &Object) -> i64 {
    let terms = pod.list_at(&["spec", "affinity", "nodeAffinity", PREFERRED]).iter();
    let liked = terms.filter(|term| {
        term.get("preference").is_some_and(|preference| node_terms_match(std::slice::from_ref(preference), node))
    });
    liked.map(|term| term.i64_at(&["weight"]).unwrap_or(0)).sum()
}

fn pod_preferences(query: &Query<'_>, nodes: &[&Rc<Object>]) -> Vec<i64> {
    let mut scores = vec![0i64; nodes.len()];
    for (rule, sign) in [("podAffinity", 1), ("podAntiAffinity", -1)] {
        for preference in query.pod.list_at(&["spec", "affinity", rule, PREFERRED]) {
            let Some(term) = preference.get("podAffinityTerm") else { continue };
            let weight = sign * preference.i64_at(&["weight"]).unwrap_or(0);
            let counts = matches_by_domain(query.cluster, query.loads, query.pod, term);
            for (score, node) in scores.iter_mut().zip(nodes) {
                let here = topology(&node.meta.labels, term.str_at(&["topologyKey"]));
                *score += weight * here.and_then(|here| counts.get(here)).copied().unwrap_or(0);
            }
        }
    }
    let min = scores.iter().copied().min().unwrap_or(0);
    let max = scores.iter().copied().max().unwrap_or(0);
    if max == min {
        return vec![0; scores.len()];
    }
    scores.into_iter().map(|score| SCORE_MAX * (score - min) / (max - min)).collect()
}

fn least_allocated(query: &Query<'_>, node: &Object) -> i64 {
    let sum = query.loads.on(&node.meta.name).sum.plus(query.request);
    let free = |all: i64, used: i64| if used > all || all == 0 { 0 } else { (all - used) * SCORE_MAX / all };
    let cpu = quantity_at(node, &["status", "allocatable", "cpu"]).milli_value();
    let memory = quantity_at(node, &["status", "allocatable", "memory"]).value() / 1024;
    (free(cpu, sum.score_cpu_milli) + free(memory, sum.score_memory / 1024)) / 2
}

/// How evenly cpu and memory would be used: the less their shares differ, the better.
fn balanced(query: &Query<'_>, node: &Object) -> i64 {
    let sum = query.loads.on(&node.meta.name).sum.plus(query.request);
    let share = |all: i64, used: i64| if all == 0 { 1000 } else { (used.saturating_mul(1000) / all).min(1000) };
    let cpu = share(quantity_at(node, &["status", "allocatable", "cpu"]).milli_value(), sum.cpu_milli);
    let memory = share(quantity_at(node, &["status", "allocatable", "memory"]).value() / 1024, sum.memory / 1024);
    (1000 - (cpu - memory).abs() / 2) * SCORE_MAX / 1000
}

/// Soft spreading: the pod's own constraints, or the default ones over the pods of its controller.
fn topology_spread(query: &Query<'_>, nodes: &[&Rc<Object>]) -> Vec<i64> {
    let own: Vec<&Value> = query
        .pod
        .list_at(&["spec", "topologySpreadConstraints"])
        .iter()
        .filter(|constraint| constraint.str_at(&["whenUnsatisfiable"]) == "ScheduleAnyway")
        .collect();
    let mut costs = vec![0i64; nodes.len()];
    if own.is_empty() {
        let owner = owner_uid(query.pod);
        if owner.is_empty() || !query.pod.list_at(&["spec", "topologySpreadConstraints"]).is_empty() {
            return vec![0; nodes.len()];
        }
        for (key, skew) in [(HOSTNAME, 3), (ZONE, 5)] {
            let mut counts: SharedMap<Text, i64> = SharedMap::new();
            for node in query.cluster.list(crate::model::Kind::Node) {
                if let Some(value) = topology(&node.meta.labels, key) {
                    *counts.entry(value.clone()).or_default() += query.loads.of_owner(&owner, &node.meta.name);
                }
            }
            add_costs(&mut costs, nodes, key, skew, &counts);
        }
    }
    for constraint in own {
        let key = constraint.str_at(&["topologyKey"]);
        let counts = counts_by_domain(query.cluster, query.loads, query.pod, constraint);
        let counts = counts.into_iter().map(|((_, value), count)| (value, count)).collect();
        add_costs(&mut costs, nodes, key, constraint.i64_at(&["maxSkew"]).unwrap_or(1), &counts);
    }
    let costs: Vec<i64> = costs.into_iter().map(|cost| (cost + 500) / 1000).collect();
    let (min, max) = (costs.iter().copied().min().unwrap_or(0), costs.iter().copied().max().unwrap_or(0));
    costs.into_iter().map(|cost| if max == 0 { SCORE_MAX } else { SCORE_MAX * (max + min - cost) / max }).collect()
}

/// Adds one constraint's cost for each node, in thousandths.
fn add_costs(costs: &mut [i64], nodes: &[&Rc<Object>], key: &str, skew: i64, counts: &SharedMap<Text, i64>) {
    let weight = milli_ln(counts.len() as i64 + 2);
    for (cost, node) in costs.iter_mut().zip(nodes) {
        if let Some(here) = topology(&node.meta.labels, key) {
            *cost += counts.get(here).copied().unwrap_or(0) * weight + (skew - 1) * 1000;
        }
    }
}

/// A thousand times the natural logarithm.
fn milli_ln(number: i64) -> i64 {
    const TABLE: [i64; 12] = [0, 0, 693, 1099, 1386, 1609, 1792, 1946, 2079, 2197, 2303, 2398];
    match usize::try_from(number).ok().and_then(|at| TABLE.get(at)) {
        Some(value) => *value,
        None => milli_ln(number / 2) + 693,
    }
}
