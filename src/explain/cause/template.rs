//! The way out for a pod whose template is broken; knows no symptom.

use super::{End, Link, Remedy, in_namespace, short};
use crate::cluster::Cluster;
use crate::kubernetes::Difference;
use crate::model::pod::{REVISION_LABEL, is_ready};
use crate::model::pod_ordinal::ordinal_in;
use crate::model::stateful_set::{first_updated_ordinal, is_parallel, update_revision};
use crate::model::workload::{DEPLOYMENT_REVISION, update_type};
use crate::model::{Kind, Object};
use crate::ordering::Order;
use std::rc::Rc;

/// The set that a pod belongs to.
pub(super) fn set_of<'a>(cluster: &'a Cluster, pod: &Object) -> Option<&'a Rc<Object>> {
    let owner = pod.meta.controller().filter(|owner| owner.kind == "StatefulSet")?;
    cluster.by_uid(&owner.uid)
}

/// The way out for a pod whose template is broken: by the template, and by hand where the controller does not replace
/// the pod itself.
///
/// Follows "Forced rollback" in the documentation of StatefulSets: a pod that never gets ready is not replaced.
pub(super) fn with_template_remedy(cluster: &Cluster, pod: &Object, link: Link) -> Link {
    let place = in_namespace(&pod.meta.namespace);
    let name = &pod.meta.name;
    let Some(set) = set_of(cluster, pod) else { return with_workload_remedy(cluster, pod, link) };
    let set_name = &set.meta.name;
    let link = link.fact("set", set_name);
    let update = update_revision(set);
    if pod.meta.label(REVISION_LABEL) != update {
        return link.remedy(format!("kubectl delete pod {name}{place}"), "pod.delete-outdated");
    }
    match undo(cluster, set, Kind::ControllerRevision) {
        Some(line) if is_ready(pod) || replaces_unready(cluster, set) => link.remedy(line, "set.undo-alone"),
        Some(line) => link.remedy(format!("{line} && kubectl delete pod {name}{place}"), "set.undo"),
        None => link.remedy(format!("kubectl edit sts {set_name}{place}"), "set.edit"),
    }
}

/// Whether a set's controller comes to updates also while a pod is not ready.
///
/// Follows kubernetes/kubernetes issue 137409: where the budget counts the unready pods, it may be spent.
fn replaces_unready(cluster: &Cluster, set: &Object) -> bool {
    let kubernetes = cluster.kubernetes();
    let is_counted = kubernetes.has(Difference::MaxUnavailable) && !kubernetes.has(Difference::UnavailableCostNothing);
    is_parallel(set) && !is_counted
}

/// The line that goes back to the template before. Where the one of today was come back to already, that is the one
/// before it in time: `undo` alone would go forward again to what was left. `None` where none is earlier.
fn undo(cluster: &Cluster, owner: &Object, kind: Kind) -> Option<String> {
    let number = |revision: &Object| match kind {
        Kind::ReplicaSet => revision.meta.annotation(DEPLOYMENT_REVISION).parse().unwrap_or(0),
        _ => revision.i64_at(&["revision"]).unwrap_or(0),
    };
    let all = cluster.dependents_of(owner, kind);
    let mut revisions: Vec<_> = all.map(|it| (number(it), (it.meta.created, number(it)))).collect();
    revisions.order();
    let (_, today) = *revisions.last()?;
    let &(earlier, _) = revisions.iter().filter(|(_, age)| *age < today).max_by_key(|(_, age)| *age)?;
    let line = format!("kubectl rollout undo {}{}", short(owner), in_namespace(&owner.meta.namespace));
    let is_before = revisions.iter().rev().nth(1).is_some_and(|(number, _)| *number == earlier);
    Some(if is_before { line } else { format!("{line} --to-revision={earlier}") })
}

/// Whether a pod has an earlier template than the one that its set would give it today.
fn is_outdated(set: &Object, pod: &Object) -> bool {
    let update = update_revision(set);
    let is_reached = ordinal_in(&set.meta.name, &pod.meta.name).is_some_and(|it| it >= first_updated_ordinal(set));
    !update.is_empty() && pod.meta.label(REVISION_LABEL) != update && is_reached
}

/// The way out for a pod that is not as its set's template says today: it comes again from that template, and what would
/// change the template is of no use to it.
pub(super) fn with_outdated_remedy(cluster: &Cluster, pod: &Object, mut link: Link) -> Link {
    let line = format!("kubectl delete pod {}{}", pod.meta.name, in_namespace(&pod.meta.namespace));
    let set = set_of(cluster, pod).filter(|set| link.end == End::Somebody && is_outdated(set, pod));
    let Some(set) = set.filter(|_| link.remedies.iter().all(|it| it.line != line)) else { return link };
    link.remedies.retain(|it| !matches!(it.effect, "placing.ask-less" | "set.edit"));
    link.remedies.insert(0, Remedy::new(line, "pod.delete-outdated"));
    link.fact_once("set", &set.meta.name)
}

/// A Job's template is fixed: a new Job takes its place.
pub(super) fn with_job_remedy(cluster: &Cluster, job: &Object, link: Link) -> Link {
    let place = in_namespace(&job.meta.namespace);
    let link = link.fact("job", &job.meta.name);
    match owner_of(cluster, job) {
        Some(owner) => link.remedy(format!("kubectl edit {}{place}", short(owner)), "job.edit-schedule"),
        None => link.remedy(format!("kubectl delete job {}{place}", job.meta.name), "job.anew"),
    }
}

/// What made an object.
pub(super) fn owner_of<'a>(cluster: &'a Cluster, object: &Object) -> Option<&'a Rc<Object>> {
    cluster.by_uid(&object.meta.controller()?.uid)
}

/// The way out for a broken pod that no StatefulSet made: by what made it, or by hand.
pub(super) fn with_workload_remedy(cluster: &Cluster, pod: &Object, link: Link) -> Link {
    let place = in_namespace(&pod.meta.namespace);
    let Some(owner) = owner_of(cluster, pod) else {
        return link.remedy(format!("kubectl delete pod {}{place}", pod.meta.name), "pod.delete-alone");
    };
    let maker = owner_of(cluster, owner).filter(|maker| maker.kind == Kind::Deployment).unwrap_or(owner);
    let name = short(maker);
    let link = link.fact("workload", &name);
    let undo = match maker.kind {
        Kind::Job => return with_job_remedy(cluster, maker, link),
        Kind::Deployment => undo(cluster, maker, Kind::ReplicaSet),
        Kind::DaemonSet => undo(cluster, maker, Kind::ControllerRevision),
        _ => None,
    };
    let again = format!("kubectl delete pod {}{place}", pod.meta.name);
    match (undo, replaces_pods(maker)) {
        (Some(line), true) => link.remedy(line, "workload.undo"),
        (Some(line), false) => link.remedy(format!("{line} && {again}"), "workload.undo-kept"),
        (None, true) => link.remedy(format!("kubectl edit {name}{place}"), "workload.edit"),
        (None, false) => link.remedy(format!("kubectl edit {name}{place} && {again}"), "workload.edit-kept"),
    }
}

/// Whether the pods that there are get a changed template: a ReplicaSet only makes new ones of it, and so does what
/// replaces a pod only when somebody deletes it.
pub(super) fn replaces_pods(maker: &Object) -> bool {
    match maker.kind {
        Kind::ReplicaSet => false,
        Kind::StatefulSet | Kind::DaemonSet => update_type(maker) != "OnDelete",
        _ => true,
    }
}
