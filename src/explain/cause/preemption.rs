//! Who makes room for whom: a pod that goes for one of higher priority, the one that comes for it and finds its room
//! taken, and the one that waits for the room.
//!
//! Follows pkg/scheduler/framework/preemption: a victim has a condition and an event, the other a nominated node.

use super::template::set_of;
use super::{Link, in_namespace};
use crate::cluster::Cluster;
use crate::controllers::scheduler::{PREEMPTED, read_of_victim};
use crate::model::conditions::all_conditions;
use crate::model::pod::{is_over, node_name, priority};
use crate::model::{Key, Kind, Object, Text};
use std::rc::Rc;

/// A pod that goes, with who takes its room in front where that is why. `link` says until when.
pub(super) fn with_preemptor(cluster: &Cluster, pod: &Object, link: Link) -> Link {
    if !is_preempted(pod) {
        return link;
    }
    let is_own = |event: &Object| event.str_at(&["involvedObject", "uid"]) == pod.meta.uid.as_str();
    match preemptor(cluster, pod, is_own) {
        Some((by, _)) => in_front(link, "pod.preempted", &by, pod).fact_once("node", node_name(pod)),
        None => link,
    }
}

/// What room is that a pod of higher priority may have taken.
const ROOM: [&str; 6] = [
    "placing.anti-affinity",
    "placing.full",
    "placing.pinned-full",
    "placing.pinned-taken",
    "placing.ports",
    "placing.too-many",
];

/// A pod that finds no room, with who took the room of the one before it in front where somebody did.
pub(super) fn with_usurper(cluster: &Cluster, pod: &Object, link: Link) -> Link {
    if !ROOM.contains(&link.rule) {
        return link;
    }
    // A set's pods have their names again; where others are as good as one another, their stem tells.
    let (name, stem) = (pod.meta.name.as_str(), pod.meta.generate_name.as_str());
    let is_one_of_many = !stem.is_empty() && set_of(cluster, pod).is_none();
    let is_before = |event: &Object| {
        let victim = event.str_at(&["involvedObject", "name"]);
        victim == name || (is_one_of_many && victim.starts_with(stem))
    };
    let is_there = |by: &Object| !by.meta.is_terminating() && !is_over(by) && !node_name(by).is_empty();
    let Some((by, victim)) = preemptor(cluster, pod, is_before).filter(|(by, _)| is_there(by)) else { return link };
    let link = in_front(link, "placing.preempted", &by, pod).fact("victim", &victim);
    let link = link.fact_once("node", node_name(&by));
    let line = format!("kubectl delete pod {}{}", by.meta.name, in_namespace(&by.meta.namespace));
    // What a controller made comes again.
    if by.meta.controller().is_none() { link.remedy(line, "placing.delete-preemptor") } else { link }
}

/// A pod that waits for the end of one of lower priority whose room it gets.
pub(super) fn waits_for_victim(cluster: &Cluster, pod: &Object) -> Option<Link> {
    let node = pod.str_at(&["status", "nominatedNodeName"]);
    let is_victim =
        |other: &&Rc<Object>| other.meta.is_terminating() && priority(other) < priority(pod) && is_preempted(other);
    let victim = cluster.pods_on(node).filter_map(|key| cluster.get(key)).find(is_victim)?;
    let link = Link::of(pod, "placing.preempts").fact("victim", &victim.meta.name).fact("node", node);
    let link = link.number("higher", priority(pod)).number("lower", priority(victim));
    Some(link.waits_for(victim.key()))
}

/// A pod that is gone because another one took its room, and that nobody makes anew.
pub(super) fn of_gone_pod(cluster: &Cluster, key: &Key) -> Option<Link> {
    let is_it = |event: &&Rc<Object>| {
        event.str_at(&["reason"]) == "Preempted"
            && event.str_at(&["involvedObject", "name"]) == key.name.as_str()
            && key.kind == Kind::Pod
    };
    let event = cluster.list_in(Kind::Event, &key.namespace).filter(is_it).last()?;
    let (uid, node) = read_of_victim(event.str_at(&["message"]))?;
    let by = cluster.by_uid(&Text::new(uid))?;
    let link = Link::new(key.clone(), "absent.preempted").fact("pod", &key.name).fact("by", &by.meta.name);
    Some(Link { around: vec![by.key()], ..link.fact("node", node) })
}

fn is_preempted(pod: &Object) -> bool {
    all_conditions(pod).iter().any(|it| it.str_at(&["reason"]) == PREEMPTED)
}

/// The pod of higher priority for which one went whose event fits, if it is still there, and the name of the one that
/// went.
fn preemptor(cluster: &Cluster, pod: &Object, fits: impl Fn(&Object) -> bool) -> Option<(Rc<Object>, Text)> {
    let events = cluster.list_in(Kind::Event, &pod.meta.namespace);
    let preempted = events.filter(|event| event.str_at(&["reason"]) == "Preempted" && fits(event));
    let by = preempted.filter_map(|event| {
        let (uid, _) = read_of_victim(event.str_at(&["message"]))?;
        let victim = Text::new(event.str_at(&["involvedObject", "name"]));
        Some((Rc::clone(cluster.by_uid(&Text::new(uid))?), victim))
    });
    by.filter(|(by, _)| by.kind == Kind::Pod && priority(by) > priority(pod)).last()
}

/// Another sentence in front of a link's own.
fn in_front(mut link: Link, rule: &'static str, by: &Object, pod: &Object) -> Link {
    link.also.insert(0, link.rule);
    link.rule = rule;
    let link = link.fact("by", &by.meta.name).number("higher", priority(by)).number("lower", priority(pod));
    Link { around: vec![by.key()], ..link }
}
