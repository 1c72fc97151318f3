//! Why each node cannot take a pod, where they have different reasons, with what would open one of them.

use super::room::with_room;
use super::{Link, NAMES_MAX, Remedy, listed};
use crate::cluster::Cluster;
use crate::controllers::scheduler::{Asked, Places, untolerated_taint};
use crate::model::node::{UNSCHEDULABLE, ZONE, is_cordoned, is_systems_taint, taints};
use crate::model::{Kind, Object, Text, Value};
use std::rc::Rc;

/// What a reason of the scheduler is told as: the words that it has, the fact that names the nodes, the sentence's key.
const CLASSES: [(&str, &str, &str); 11] = [
    ("were unschedulable", "cordoned", "placing.at-cordoned"),
    ("untolerated taint", "tainted", "placing.at-tainted"),
    ("node affinity/selector", "unchosen", "placing.at-unchosen"),
    ("PersistentVolume", "elsewhere", "placing.at-no-volume"),
    ("persistent volumes to bind", "elsewhere", "placing.at-no-volume"),
    ("free ports", "ports", "placing.at-ports"),
    ("Insufficient ", "full", "placing.at-full"),
    ("Too many pods", "full", "placing.at-full"),
    ("topology spread", "uneven", "placing.at-uneven"),
    ("anti-affinity", "beside", "placing.at-beside"),
    ("pod affinity rules", "apart", "placing.at-apart"),
];

/// The reasons of all nodes, if they differ.
pub(super) fn link(cluster: &Cluster, pod: &Object) -> Option<Link> {
    let places = Places::of(cluster, pod)?;
    let asked = places.asked()?;
    let misses = asked.misses();
    let mut told: Vec<(&'static str, &'static str, Vec<&str>)> = Vec::new();
    for (node, reason) in &misses {
        let (fact, rule) = match is_silent(cluster, node) && reason.contains("untolerated taint") {
            true => ("silent", "placing.at-silent"),
            false => CLASSES.iter().find(|(words, ..)| reason.contains(words)).map(|(_, fact, rule)| (*fact, *rule))?,
        };
        match told.iter_mut().find(|(known, ..)| *known == fact) {
            Some((.., names)) => names.push(&node.meta.name),
            None => told.push((fact, rule, vec![&node.meta.name])),
        }
    }
    if told.len() < 2 {
        return None;
    }
    let mut link = Link::of(pod, "placing.differ");
    for (fact, rule, names) in told {
        link = link.fact(fact, &listed(&names, NAMES_MAX)).and(rule);
    }
    let link = with_opened(cluster, &asked, pod, &misses, with_spread_facts(pod, link));
    Some(with_room(cluster, pod, with_machine(cluster, &asked, link), false))
}

fn is_silent(cluster: &Cluster, node: &Object) -> bool {
    cluster.runtime().stopped(&node.meta.name).is_some()
}

/// What the first spread constraint that has to hold says.
pub(super) fn with_spread_facts(pod: &Object, link: Link) -> Link {
    let constraints = pod.list_at(&["spec", "topologySpreadConstraints"]).iter();
    let mut hard = constraints.filter(|it| it.str_at(&["whenUnsatisfiable"]) != "ScheduleAnyway");
    let Some(first) = hard.next() else { return link };
    link.fact("key", first.str_at(&["topologyKey"])).number("skew", first.i64_at(&["maxSkew"]).unwrap_or(1))
}

/// The lines that open a node that would take the pod then, one of each sort.
fn with_opened(
    cluster: &Cluster,
    asked: &Asked<'_>,
    pod: &Object,
    misses: &[(&Rc<Object>, Text)],
    mut link: Link,
) -> Link {
    for (node, _) in misses {
        let (name, taint) = (&node.meta.name, untolerated_taint(pod, node));
        let (line, fact, effect) = if is_silent(cluster, node) {
            (format!("lab start {name}"), "started", "placing.start")
        } else if is_cordoned(node) {
            (format!("kubectl uncordon {name}"), "opened", "placing.uncordon")
        } else if let Some(taint) = taint {
            let (key, effect) = (taint.str_at(&["key"]), taint.str_at(&["effect"]));
            (format!("kubectl taint nodes {name} {key}:{effect}-"), "untainted", "placing.untaint-one")
        } else {
            continue;
        };
        let is_new = link.remedies.iter().all(|remedy| remedy.effect != effect);
        if is_new && asked.would_take(&opened(cluster, node, taint)) {
            link = link.fact(fact, name).remedy(line, effect);
        }
    }
    link
}

/// A node as it is once it takes pods again: one that came back loses the taints that say that it is silent.
fn opened(cluster: &Cluster, node: &Object, taint: Option<&Value>) -> Object {
    let mut node = node.clone();
    let is_back = is_silent(cluster, &node);
    let goes = |it: &Value| {
        let key = it.str_at(&["key"]);
        if is_back { is_systems_taint(key) } else { key == UNSCHEDULABLE || Some(it) == taint }
    };
    let left: Vec<Value> = taints(&node).iter().filter(|it| !goes(it)).cloned().collect();
    node.set_at(&["spec", "taints"], left);
    if !is_back {
        node.remove_at(&["spec", "unschedulable"]);
    }
    node
}

/// A machine more where one would take the pod.
pub(super) fn with_machine(cluster: &Cluster, asked: &Asked<'_>, mut link: Link) -> Link {
    let mut zones: Vec<&str> = Vec::new();
    for node in cluster.list(Kind::Node) {
        let zone = node.meta.label(ZONE);
        if zones.contains(&zone) {
            continue;
        }
        zones.push(zone);
        if asked.would_take(&another(node)) {
            let first = zones.len() == 1;
            link = if first { link } else { link.fact("zone", zone) };
            let line = if first { "lab add node".to_string() } else { format!("lab add node {zone}") };
            link.remedies.push(Remedy::new(line, if first { "placing.add-one" } else { "placing.add-in" }));
            return link;
        }
    }
    link
}

/// A machine like a node, with nothing on it.
fn another(node: &Object) -> Object {
    let mut node = node.clone();
    node.meta.name = Text::new("another");
    node.meta.labels.insert("kubernetes.io/hostname", Text::new("another"));
    node.remove_at(&["spec", "unschedulable"]);
    node.remove_at(&["spec", "taints"]);
    node
}
