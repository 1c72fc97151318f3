//! What helps a pod that no machine has room for: the template before, more machines, fewer replicas, a smaller request.

use super::template::{set_of, with_template_remedy, with_workload_remedy};
use super::{Link, in_namespace};
use crate::cluster::Cluster;
use crate::controllers::scheduler::{other_requests, requested};
use crate::model::conditions::is_true;
use crate::model::node::{ZONE, is_cordoned};
use crate::model::pod::{REVISION_LABEL, is_over, node_name};
use crate::model::pod_ordinal::ordinal_in;
use crate::model::stateful_set::{current_revision, first_ordinal, update_revision};
use crate::model::{Kind, Object, Quantity, Value, workload};
use crate::sorted::SharedMap;
use std::rc::Rc;

/// In a cluster of more pods it is not counted what is free.
const COUNTED_MAX: usize = 1000;

/// What a pod asks for and no machine has left.
pub(super) struct Need {
    /// As `resources.requests` names it.
    resource: String,
    /// What the pod asks for; CPU in thousandths.
    pub asked: i64,
    /// What the largest machine has in all; CPU in thousandths.
    pub most: i64,
}

impl Need {
    /// The first resource that the scheduler's message calls insufficient.
    pub fn of(cluster: &Cluster, pod: &Object, message: &str) -> Option<Need> {
        let (_, after) = message.split_once("Insufficient ")?;
        let resource = after.split([',', ' ']).next()?.trim_end_matches('.').to_string();
        let mut need = Need { resource, asked: 0, most: 0 };
        need.asked = need.of_pod(pod);
        need.most = cluster.list(Kind::Node).map(|node| need.of_node(node)).max().unwrap_or(0);
        Some(need)
    }

    /// How much of it a pod asks for.
    fn of_pod(&self, pod: &Object) -> i64 {
        let (cpu, memory) = requested(pod);
        match self.resource.as_str() {
            "cpu" => cpu,
            "memory" => memory,
            name => other_requests(pod).get(name).copied().unwrap_or(0),
        }
    }

    /// How much of it a node has in all.
    fn of_node(&self, node: &Object) -> i64 {
        let text = node.str_at(&["status", "allocatable", self.resource.as_str()]);
        Quantity::parse(text).map_or(0, |it| if self.resource == "cpu" { it.milli_value() } else { it.value() })
    }

    /// The facts of a sentence about it, and behind the sentence where the most of it is free among `nodes`, or
    /// how little there is in all.
    pub fn tell<'a>(&self, cluster: &Cluster, link: Link, nodes: impl Iterator<Item = &'a Rc<Object>>) -> Link {
        let link = link.fact("what", self.shown()).fact("asked", &self.show(self.asked));
        let is_open = |node: &&Rc<Object>| !is_cordoned(node) && is_true(node, "Ready");
        let free = |node: &'a Rc<Object>| {
            let pods = cluster.pods_on(&node.meta.name).filter_map(|key| cluster.get(key));
            let used: i64 = pods.filter(|pod| !is_over(pod)).map(|pod| self.of_pod(pod)).sum();
            (self.of_node(node) - used, node)
        };
        let may_count = self.fits_a_node() && cluster.count(Kind::Pod) <= COUNTED_MAX;
        let free = nodes.filter(|node| may_count && is_open(node)).map(free).filter(|(free, _)| *free < self.asked);
        match free.max_by_key(|(free, _)| *free) {
            Some((free, node)) => {
                let link = link.fact("freest", &node.meta.name).fact("free", &self.show(free.max(0)));
                link.fact("total", &self.show(self.of_node(node))).and("placing.freest")
            }
            None => link.fact("most", &self.show(self.most)).and("placing.largest"),
        }
    }

    /// Whether an empty machine could take it.
    pub fn fits_a_node(&self) -> bool {
        self.asked <= self.most
    }

    /// The resource as people call it.
    pub fn shown(&self) -> &str {
        if self.resource == "cpu" { "CPU" } else { &self.resource }
    }

    /// An amount of it, in its unit.
    pub fn show(&self, amount: i64) -> String {
        match self.resource.as_str() {
            "cpu" if amount % 1000 == 0 => (amount / 1000).to_string(),
            "cpu" => format!("{amount}m"),
            _ => in_bytes(amount),
        }
    }
}

fn in_bytes(bytes: i64) -> String {
    let units = [(1 << 30, "Gi"), (1 << 20, "Mi"), (1 << 10, "Ki")];
    let unit = units.into_iter().find(|(size, _)| bytes >= *size && bytes % size == 0);
    unit.map_or_else(|| bytes.to_string(), |(size, name)| format!("{}{name}", bytes / size))
}

/// The way out for a pod that found no room. `fits` says whether an empty machine could take it: if not, neither more
/// machines nor fewer replicas help.
pub(super) fn with_room(cluster: &Cluster, pod: &Object, link: Link, fits: bool) -> Link {
    let Some(set) = set_of(cluster, pod) else {
        let more = more_machines(cluster, pod, &link, 1).filter(|_| fits);
        let link = more.into_iter().fold(link, |link, (line, effect)| link.remedy(line, effect));
        return with_workload_remedy(cluster, pod, link);
    };
    let (place, name) = (in_namespace(&set.meta.namespace), &set.meta.name);
    // It is the new template that asks for too much: fewer replicas would only hand it on to the next pod.
    let link = if is_rolled_out(set, pod) { with_template_remedy(cluster, pod, link) } else { link };
    let link = link.fact_once("set", name);
    let nodes = placed(cluster, set);
    let more = more_machines(cluster, pod, &link, count_of_machines(set, &nodes)).filter(|_| fits);
    let takes_more = more.is_some();
    let link = more.into_iter().fold(link, |link, (line, effect)| link.remedy(line, effect));
    let is_last = ordinal_in(&set.meta.name, &pod.meta.name)
        .is_some_and(|ordinal| ordinal - first_ordinal(set) >= nodes.len() as i64);
    if is_rolled_out(set, pod) || (takes_more && !is_last) {
        return link;
    }
    match is_last && !nodes.is_empty() {
        true => link.remedy(format!("kubectl scale sts {name}{place} --replicas={}", nodes.len()), "placing.smaller"),
        false => link.remedy(format!("kubectl edit sts {name}{place}"), "placing.ask-less"),
    }
}

/// Whether a pod has the new one of the two templates between which its set is.
fn is_rolled_out(set: &Object, pod: &Object) -> bool {
    let update = update_revision(set);
    current_revision(set) != update && pod.meta.label(REVISION_LABEL) == update
}

/// The machines of a set's pods that have one.
fn placed(cluster: &Cluster, set: &Object) -> Vec<String> {
    let pods = cluster.dependents_of(set, Kind::Pod);
    pods.map(|pod| node_name(pod).to_string()).filter(|node| !node.is_empty()).collect()
}

/// The line that adds machines where a pod that is refused would be taken by one more, and the key of what comes of it.
fn more_machines(cluster: &Cluster, pod: &Object, link: &Link, count: i64) -> Option<(String, &'static str)> {
    let terms = ["spec", "affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution"];
    let is_by_node = |term: &Value| term.str_at(&["topologyKey"]) == "kubernetes.io/hostname";
    let is_kept_by_node = || pod.list_at(&terms).iter().all(is_by_node);
    let line = if count == 1 { "lab add node".to_string() } else { format!("lab add node {count}") };
    match link.rule {
        "placing.full" | "placing.too-many" | "placing.ports" => Some((line, "placing.add-node")),
        "placing.anti-affinity" if is_kept_by_node() => Some((line, "placing.add-node")),
        "placing.pinned-full" => in_zone(cluster, link),
        "placing.pinned-taken" if is_kept_by_node() => in_zone(cluster, link),
        _ => None,
    }
}

/// A machine more in the zone of a volume; none if the volume belongs to one machine.
fn in_zone(cluster: &Cluster, link: &Link) -> Option<(String, &'static str)> {
    let (_, place) = link.facts.iter().find(|(name, _)| *name == "place")?;
    let is_zone = cluster.list(Kind::Node).any(|node| node.meta.label(ZONE) == place.as_str());
    is_zone.then(|| (format!("lab add node {place}"), "placing.add-there"))
}

/// As many machines as the missing pods of a set need; `nodes` is where its others are.
fn count_of_machines(set: &Object, nodes: &[String]) -> i64 {
    let mut counts: SharedMap<String, i64> = SharedMap::new();
    for node in nodes {
        let count = counts.get(node).copied().unwrap_or(0);
        counts.insert(node.clone(), count + 1);
    }
    let most = counts.values().copied().max().unwrap_or(1);
    let missing = workload::replicas(set) - nodes.len() as i64;
    (missing + most - 1).div_euclid(most).clamp(1, 1000)
}
