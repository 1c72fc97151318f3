//! Why a set is not complete: the first of its pods that is missing, not ready, too many or old.

use super::{
    End, Link, container, held_by_finalizer, in_namespace, latest_event, listed, min_ready, refused_creation, released,
    service,
};
use crate::cluster::{Cluster, FOREGROUND_FINALIZER, ORPHAN_FINALIZER};
use crate::explain::reasons::is_complete;
use crate::kubernetes::Difference;
use crate::model::pod::{REVISION_LABEL, is_ready};
use crate::model::pod_ordinal::ordinal_in;
use crate::model::stateful_set::{
    current_revision, first_ordinal, first_updated_ordinal, is_parallel, partition, update_revision,
};
use crate::model::workload::{replicas, update_type};
use crate::model::{Key, Kind, Object, Text};
use crate::ordering::Order;
use std::rc::Rc;

/// What a set asks for, and what it has.
struct Shape<'a> {
    cluster: &'a Cluster,
    set: &'a Rc<Object>,
    start: i64,
    replicas: i64,
    /// Its pods by ordinal.
    pods: Vec<(i64, &'a Rc<Object>)>,
}

impl<'a> Shape<'a> {
    fn of(cluster: &'a Cluster, set: &'a Rc<Object>) -> Shape<'a> {
        let own = cluster.dependents_of(set, Kind::Pod);
        let mut pods: Vec<(i64, &Rc<Object>)> =
            own.filter_map(|pod| Some((ordinal_in(&set.meta.name, &pod.meta.name)?, pod))).collect();
        pods.order_by_key(|(ordinal, _)| *ordinal);
        Shape { cluster, set, start: first_ordinal(set), replicas: replicas(set), pods }
    }

    fn pod(&self, ordinal: i64) -> Option<&'a Rc<Object>> {
        let at = self.pods.binary_search_by_key(&ordinal, |(own, _)| *own).ok()?;
        self.pods.get(at).map(|(_, pod)| *pod)
    }

    fn is_wanted(&self, ordinal: i64) -> bool {
        (self.start..self.start + self.replicas).contains(&ordinal)
    }

    /// A pod before the first unready one that is ready, but not for long enough.
    fn first_not_yet_available(&self) -> Option<Link> {
        let wanted = self.start..self.start + self.replicas;
        let ready = wanted.map_while(|ordinal| self.pod(ordinal).filter(|pod| is_ready(pod)));
        min_ready::link(self.cluster, self.set, &self.set.meta.name, ready)
    }

    /// The first ordinal that is wanted and whose pod is missing or not ready.
    fn first_unready(&self) -> Option<i64> {
        (self.start..self.start + self.replicas)
            .find(|ordinal| self.pod(*ordinal).is_none_or(|pod| pod.meta.is_terminating() || !is_ready(pod)))
    }
}

pub(super) fn link(cluster: &Cluster, set: &Rc<Object>) -> Option<Link> {
    let shape = Shape::of(cluster, set);
    if set.meta.is_terminating() {
        // What it owns goes first where that was asked for; else only once it is gone itself.
        let goes_last = set.meta.has_finalizer(FOREGROUND_FINALIZER);
        let is_held = !goes_last && set.meta.finalizers.iter().any(|it| it.as_str() != ORPHAN_FINALIZER);
        let left = cluster.dependents(&set.meta.uid).next().filter(|_| !is_held).cloned();
        return match left {
            Some(key) => {
                let what = format!("{}/{}", key.kind.names().singular, key.name);
                Some(Link::of(set, "set.deleting").fact("what", &what).waits_for(key))
            }
            None => held_by_finalizer(set),
        };
    }
    let named = |rule| Link::of(set, rule);
    if let Some(link) = shape.first_not_yet_available() {
        return Some(link);
    }
    if let Some(link) = recreating(&shape) {
        return Some(link);
    }
    if let Some(link) = refused_beside(&shape) {
        return Some(link);
    }
    if let Some(ordinal) = shape.first_unready() {
        let pod = format!("{}-{ordinal}", set.meta.name);
        return match shape.pod(ordinal) {
            Some(found) => Some(named(waits_rule(set)).fact("pod", &pod).waits_for(found.key())),
            None => Some(missing(&shape, &pod)),
        };
    }
    if let Some((_, pod)) = shape.pods.iter().rev().find(|(ordinal, _)| !shape.is_wanted(*ordinal)) {
        return Some(named("set.too-many").fact("pod", &pod.meta.name).waits_for(pod.key()));
    }
    updating(&shape)
        .or_else(|| (!is_complete(set)).then(|| named("set.soon").by_itself()))
        .or_else(|| restarted(&shape))
        .or_else(|| shared(cluster, set))
        .or_else(|| service::of_set(cluster, set))
}

/// A pod that is ready and that the kubelet restarts again and again.
fn restarted(shape: &Shape<'_>) -> Option<Link> {
    let mut pods = shape.pods.iter().map(|(_, pod)| *pod);
    let pod = pods.find(|pod| container::of_ready(shape.cluster, pod).is_some())?;
    Some(Link::of(shape.set, "set.restarts").fact("pod", &pod.meta.name).waits_for(pod.key()))
}

/// A pod that a `Parallel` set is not allowed to create: it does not wait for the others, which may be on their way.
fn refused_beside(shape: &Shape<'_>) -> Option<Link> {
    let mut wanted = (shape.start..shape.start + shape.replicas).filter(|_| is_parallel(shape.set));
    let ordinal = wanted.find(|ordinal| shape.pod(*ordinal).is_none())?;
    let link = missing(shape, &format!("{}-{ordinal}", shape.set.meta.name));
    (!matches!(link.end, End::ByItself(_))).then_some(link)
}

/// Another set with the same selector, as after a set was given another name in its manifest.
fn shared(cluster: &Cluster, set: &Object) -> Option<Link> {
    let selector = set.at(&["spec", "selector"])?;
    let is_other = |other: &Object| other.meta.uid != set.meta.uid && !other.meta.is_terminating();
    let mut sets = cluster.list_in(Kind::StatefulSet, &set.meta.namespace);
    let other = sets.find(|other| is_other(other) && other.at(&["spec", "selector"]) == Some(selector))?;
    let is_newer = other.meta.created < set.meta.created;
    let link = Link::of(set, if is_newer { "set.renamed" } else { "set.shared" }).fact("other", &other.meta.name);
    let newer = if is_newer { &set.meta.name } else { &other.meta.name };
    let line = |name: &str| format!("kubectl delete sts {name}{}", in_namespace(&set.meta.namespace));
    let link = link.fact("newer", newer).remedy(line(newer), "set.shared.delete-newer");
    // Who meant to rename it wants the older one to go; its data stays behind.
    Some(if is_newer { link.remedy(line(&other.meta.name), "set.shared.delete") } else { link })
}

/// The most names that a sentence lists.
const NAMES_MAX: usize = 12;

/// The names of some pods, and how many there are if not all of them are said.
fn names_of<'a>(pods: impl Iterator<Item = &'a Rc<Object>>) -> String {
    let names: Vec<&str> = pods.map(|pod| pod.meta.name.as_str()).collect();
    listed(&names, NAMES_MAX)
}

/// Under Recreate nothing is made before the last pod of an earlier revision is gone.
fn recreating(shape: &Shape<'_>) -> Option<Link> {
    let (set, update) = (shape.set, update_revision(shape.set));
    if !is_recreated(shape.cluster, set) || update.is_empty() {
        return None;
    }
    let is_old = |pod: &&(i64, &Rc<Object>)| pod.1.meta.label(REVISION_LABEL) != update;
    let old: Vec<&Rc<Object>> = shape.pods.iter().filter(is_old).map(|(_, pod)| *pod).collect();
    let first = old.first()?;
    let link = Link::of(set, "set.recreating").fact("pods", &names_of(old.iter().copied()));
    Some(if first.meta.is_terminating() { link.waits_for(first.key()) } else { link.by_itself() })
}

/// Whether a set's pods all go at once when its template changes.
fn is_recreated(cluster: &Cluster, set: &Object) -> bool {
    update_type(set) == "Recreate" && cluster.kubernetes().has(Difference::Recreate)
}

fn waits_rule(set: &Object) -> &'static str {
    let is_update = current_revision(set) != update_revision(set);
    if is_update && update_type(set) == "Recreate" {
        return "set.waits-recreated";
    }
    if is_parallel(set) { "set.waits-parallel" } else { "set.waits" }
}

/// Why the set's controller does not create a pod.
fn missing(shape: &Shape<'_>, pod: &str) -> Link {
    let (cluster, set) = (shape.cluster, shape.set);
    let place = in_namespace(&set.meta.namespace);
    let namespace = &set.meta.namespace;
    let named = |rule| Link::of(set, rule).fact("pod", pod);
    if let Some(other) = cluster.find(Kind::Pod, namespace, &Text::new(pod)) {
        let is_own = other.meta.is_controlled_by(set);
        if !is_own && released::link(cluster, other).is_some() {
            return named("create.released").waits_for(other.key());
        }
        if !is_own {
            return named("create.name-taken").remedy(format!("kubectl delete pod {pod}{place}"), "create.free-name");
        }
    }
    let account = set.str_at(&["spec", "template", "spec", "serviceAccountName"]);
    if !account.is_empty() && cluster.find(Kind::ServiceAccount, namespace, &Text::new(account)).is_none() {
        let line = format!("kubectl create sa {account}{place}");
        return named("create.no-account").fact("account", account).remedy(line, "create.account");
    }
    match latest_event(cluster, set, &["FailedCreate"]).filter(|(at, _)| refused_creation::is_recent(cluster, *at)) {
        Some((_, message)) => {
            let have = shape.pods.iter().filter(|(ordinal, _)| shape.is_wanted(*ordinal)).count() as i64;
            refused_creation::refused(cluster, set, named, pod, &message, have)
        }
        None => named("create.soon").by_itself(),
    }
}

/// Pods that all run, some of them of the earlier revision.
fn updating(shape: &Shape<'_>) -> Option<Link> {
    let set = shape.set;
    let place = in_namespace(&set.meta.namespace);
    let update = update_revision(set);
    let is_old = |pod: &Object| pod.meta.label(REVISION_LABEL) != update;
    let old: Vec<&(i64, &Rc<Object>)> = shape.pods.iter().filter(|(_, pod)| is_old(pod)).collect();
    let &(last, pod) = *old.last()?;
    let name = &set.meta.name;
    let hash = update.strip_prefix(name.as_str()).map_or(update, |rest| rest.trim_start_matches('-'));
    let link = |rule| {
        let link = Link::of(set, rule).fact("pod", &pod.meta.name).fact("revision", hash);
        link.fact("olds", &names_of(old.iter().map(|(_, pod)| *pod)))
    };
    if update_type(set) == "OnDelete" {
        return Some(
            link("update.on-delete").remedy(format!("kubectl delete pod {}{place}", pod.meta.name), "update.delete"),
        );
    }
    let first = first_updated_ordinal(set);
    if last >= first {
        return Some(link("update.rolling").by_itself());
    }
    let highest = shape.start + shape.replicas - 1;
    let rule = match (first > highest, shape.start) {
        (true, 0) => "update.partition-above",
        (true, _) => "update.partition-all",
        (false, 0) => "update.partition",
        (false, _) => "update.partition-from",
    };
    let set_to = |partition: i64| {
        format!(
            "kubectl patch sts {name}{place} -p \
             '{{\"spec\":{{\"updateStrategy\":{{\"rollingUpdate\":{{\"partition\":{partition}}}}}}}}}'"
        )
    };
    let link = link(rule).number("partition", partition(set)).number("highest", highest);
    let link = link.number("start", shape.start).number("first", first);
    let next = last - shape.start;
    let link = link.remedy(set_to(next), "update.next");
    Some(if next > 0 { link.remedy(set_to(0), "update.all") } else { link })
}

/// A pod that does not exist: its set's reason.
pub(super) fn of_absent_pod(cluster: &Cluster, key: &Key) -> Option<Link> {
    let (set, _) = key.name.as_str().rsplit_once('-').filter(|_| key.kind == Kind::Pod)?;
    let set = cluster.find(Kind::StatefulSet, &key.namespace, &Text::new(set))?;
    let shape = Shape::of(cluster, set);
    let own = ordinal_in(&set.meta.name, &key.name)?;
    let named = |rule| Link::new(key.clone(), rule).fact("pod", &key.name).fact("set", &set.meta.name);
    if !shape.is_wanted(own) {
        let last = shape.start + shape.replicas - 1;
        let link = named("absent.not-wanted").number("replicas", shape.replicas);
        return Some(link.number("first", shape.start).number("last", last.max(shape.start)));
    }
    match shape.first_unready() {
        Some(first) if first == own || is_parallel(set) => Some(missing(&shape, &key.name)),
        Some(first) => {
            let before = format!("{}-{first}", set.meta.name);
            let next = Key::new(Kind::Pod, key.namespace.clone(), before.clone());
            Some(named("absent.later").fact("before", &before).waits_for(next))
        }
        None => None,
    }
}
