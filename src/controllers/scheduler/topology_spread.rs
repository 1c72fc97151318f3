//! Topology spread constraints (`maxSkew`): how many pods each domain has, and where one more is too many. How soft
//! ones weigh stands in `score`. Costs nothing for pods without them.
//!
//! Follows pkg/scheduler/framework/plugins/podtopologyspread.

use super::miss::Miss;
use super::node_load::Loads;
use super::node_match::{selects, topology, untolerated_taint};
use crate::cluster::Cluster;
use crate::model::{Kind, Object, Text, Value, selector_matches};
use crate::sorted::SharedMap;
use std::rc::Rc;

/// How many pods count, by topology key and value.
type Domains = SharedMap<(Text, Text), i64>;

/// A constraint that has to hold, with the pods in each domain.
struct Constraint {
    key: Text,
    counts: Domains,
    /// How many pods the emptiest domain has; none as long as there are fewer domains than asked for.
    least: i64,
    max_skew: i64,
    /// Whether the pod itself counts.
    counts_pod: bool,
}

/// The constraints of a pod that have to hold.
pub(super) struct HardConstraints(Vec<Constraint>);

impl HardConstraints {
    /// The constraints of a pod that may not be broken, with the pods of each domain counted.
    pub fn new(cluster: &Cluster, loads: &Loads, pod: &Object) -> HardConstraints {
        let all = pod.list_at(&["spec", "topologySpreadConstraints"]).iter();
        let hard = all.filter(|spec| spec.str_at(&["whenUnsatisfiable"]) != "ScheduleAnyway");
        let counted = hard.map(|spec| {
            let counts = counts_by_domain(cluster, loads, pod, spec);
            let enough_domains = spec.i64_at(&["minDomains"]).is_none_or(|min| counts.len() as i64 >= min);
            Constraint {
                key: Text::new(spec.str_at(&["topologyKey"])),
                least: counts.values().copied().min().filter(|_| enough_domains).unwrap_or(0),
                max_skew: spec.i64_at(&["maxSkew"]).unwrap_or(1),
                counts_pod: selects_labels(spec, pod),
                counts,
            }
        });
        HardConstraints(counted.collect())
    }

    /// Whether one more pod on a node keeps all of them; else which it breaks.
    pub fn check(&self, node: &Object) -> Result<(), Miss> {
        self.0.iter().try_for_each(|constraint| constraint.check(node))
    }
}

impl Constraint {
    fn check(&self, node: &Object) -> Result<(), Miss> {
        let Some(value) = topology(&node.meta.labels, &self.key) else {
            return Err(Miss::for_good(
                "node(s) didn't match pod topology spread constraints (missing required label)",
            ));
        };
        let here = self.counts.get(&(self.key.clone(), value.clone())).copied().unwrap_or(0);
        if here + i64::from(self.counts_pod) - self.least > self.max_skew {
            return Err(Miss::for_now("node(s) didn't match pod topology spread constraints"));
        }
        Ok(())
    }
}

/// Whether a constraint counts a pod, by its labels.
fn selects_labels(constraint: &Value, pod: &Object) -> bool {
    constraint.get("labelSelector").is_some_and(|selector| selector_matches(selector, &pod.meta.labels))
}

/// How many pods that a spread constraint counts stand in each domain that the pod could use. What its `matchLabelKeys`
/// mean stands in its selector since the pod was made.
pub(super) fn counts_by_domain(cluster: &Cluster, loads: &Loads, pod: &Object, constraint: &Value) -> Domains {
    let key = Text::new(constraint.str_at(&["topologyKey"]));
    let mut counts = Domains::new();
    let minds_taints = constraint.str_at(&["nodeTaintsPolicy"]) == "Honor";
    let minds_affinity = constraint.str_at(&["nodeAffinityPolicy"]) != "Ignore";
    let counts_node = |node: &&Rc<Object>| {
        (!minds_affinity || selects(pod, node)) && (!minds_taints || untolerated_taint(pod, node).is_none())
    };
    for node in cluster.list(Kind::Node).filter(counts_node) {
        let Some(value) = topology(&node.meta.labels, &key) else { continue };
        let counted = loads.pods_on(cluster, &node.meta.name).filter(|other| {
            other.meta.namespace == pod.meta.namespace
                && !other.meta.is_terminating()
                && selects_labels(constraint, other)
        });
        let count = i64::try_from(counted.count()).unwrap_or(i64::MAX);
        *counts.entry((key.clone(), value.clone())).or_default() += count;
    }
    counts
}
