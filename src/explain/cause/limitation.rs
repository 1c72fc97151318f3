//! Known limitations of the controller that keep a broken pod: the template is another one already, and the pod stays.
//!
//! Follows kubernetes/kubernetes issues 67250 (`OrderedReady`) and 137409 (`maxUnavailable` before 1.37).

use super::template::set_of;
use super::{End, Link, answer, in_namespace};
use crate::cluster::Cluster;
use crate::controllers::stateful_set::max_unavailable;
use crate::kubernetes::Difference;
use crate::model::pod::{REVISION_LABEL, is_ready};
use crate::model::pod_ordinal::ordinal_in;
use crate::model::stateful_set::{first_updated_ordinal, is_parallel, update_revision};
use crate::model::workload::{replicas, update_type};
use crate::model::{Kind, Object};
use std::rc::Rc;

/// The link of a broken pod, with the limitation behind it if its set's controller never replaces it.
pub(super) fn of_broken_pod(cluster: &Cluster, link: Link) -> Link {
    if link.remedies.iter().all(|remedy| remedy.effect != "pod.delete-outdated") {
        return link;
    }
    let set = cluster.get(&link.key).and_then(|pod| Some((pod, set_of(cluster, pod)?)));
    let Some((pod, set)) = set.filter(|(pod, set)| is_updated(set, pod)) else { return link };
    let kubernetes = cluster.kubernetes();
    if !is_parallel(set) {
        return kept(link, "update.stuck-ordered");
    }
    if !kubernetes.has(Difference::MaxUnavailable) || kubernetes.has(Difference::UnavailableCostNothing) {
        return if is_stuck_above(cluster, set, pod) { link } else { comes(link) };
    }
    let max = set.at(&["spec", "updateStrategy", "rollingUpdate", "maxUnavailable"]);
    let max = max_unavailable(max, replicas(set));
    let unavailable = count_unready(cluster, set);
    if unavailable < max {
        return link;
    }
    let rolling = format!("{{\"rollingUpdate\":{{\"maxUnavailable\":{}}}}}", unavailable + 1);
    let raise = format!(
        "kubectl patch sts {}{} -p '{{\"spec\":{{\"updateStrategy\":{rolling}}}}}'",
        set.meta.name,
        in_namespace(&set.meta.namespace)
    );
    let link = kept(link, "update.stuck-budget").number("unavailable", unavailable).number("max", max);
    link.fact("version", &kubernetes.version().short()).remedy(raise, "update.raise-budget")
}

/// Whether a rolling update comes to a pod.
fn is_updated(set: &Object, pod: &Object) -> bool {
    let is_rolling = matches!(update_type(set), "" | "RollingUpdate");
    let first = first_updated_ordinal(set);
    is_rolling && ordinal_in(&set.meta.name, &pod.meta.name).is_some_and(|ordinal| ordinal >= first)
}

/// A pod that the update comes to by itself: nothing is to be done.
fn comes(link: Link) -> Link {
    Link { remedies: Vec::new(), ..link }.by_itself().and("update.comes")
}

/// The most pods that are looked at for what holds an update up.
const ABOVE_MAX: usize = 24;

/// Whether the update waits for a pod above this one that does not get ready by itself.
fn is_stuck_above(cluster: &Cluster, set: &Object, pod: &Object) -> bool {
    let ordinal = |pod: &Object| ordinal_in(&set.meta.name, &pod.meta.name);
    let above = cluster.dependents_of(set, Kind::Pod).filter(|it| ordinal(it) > ordinal(pod) && !is_ready(it));
    let is_new = |it: &&Rc<Object>| it.meta.label(REVISION_LABEL) == update_revision(set);
    let waits_for_somebody =
        |it: &Rc<Object>| answer(cluster, &it.key()).first().is_some_and(|root| root.end == End::Somebody);
    above.filter(is_new).take(ABOVE_MAX).any(waits_for_somebody)
}

fn kept(mut link: Link, rule: &'static str) -> Link {
    for remedy in link.remedies.iter_mut().filter(|remedy| remedy.effect == "pod.delete-outdated") {
        remedy.effect = "update.delete-stuck";
    }
    link.and(rule)
}

fn count_unready(cluster: &Cluster, set: &Rc<Object>) -> i64 {
    let unready = cluster.dependents_of(set, Kind::Pod).filter(|pod| pod.meta.is_terminating() || !is_ready(pod));
    i64::try_from(unready.count()).unwrap_or(i64::MAX)
}
