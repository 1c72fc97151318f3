//! What `kubectl rollout` says and does kind by kind: sets, Deployments and DaemonSets; reads no flags.
//!
//! Follows kubectl's `polymorphichelpers`.

use crate::cluster::{Cluster, LAST_APPLIED};
use crate::kubectl::command::{CHANGE_CAUSE, Failure};
use crate::kubectl::describe::workloads::all_sets;
use crate::model::conditions::condition;
use crate::model::stateful_set::{current_revision, given_partition, pods_at_current, update_revision};
use crate::model::workload::{
    DEPLOYMENT_REVISION, available_replicas, available_scheduled, current_replicas, desired_scheduled,
    observed_generation, ready_replicas, replicas, update_type, updated_replicas, updated_scheduled,
};
use crate::model::{Kind, Object, Value};
use crate::ordering::Order;
use std::rc::Rc;

const HASH_LABEL: &str = "pod-template-hash";

/// A kind as Go writes it: `ReplicaSet.apps`, `Service`.
pub(super) fn group_kind(kind: Kind) -> String {
    let names = kind.names();
    if names.group.is_empty() { names.kind.into() } else { format!("{}.{}", names.kind, names.group) }
}

/// What kubectl says of a kind for which it has no `helper`, or of which it has never heard when it looks for one (`what`).
///
/// Follows `GroupKindElement.Accept` of polymorphichelpers.
pub(super) fn nothing_for(kind: Kind, helper: &str, what: &str) -> Failure {
    let name = group_kind(kind);
    let is_visited = matches!(kind, Kind::Pod | Kind::ReplicaSet | Kind::Job | Kind::CronJob);
    Failure::client(match is_visited {
        true => format!("no {helper} has been implemented for \"{name}\""),
        false => {
            let (group, kind) = (kind.names().group, kind.names().kind);
            format!("error retrieving {what} for \"{name}\", no visitor method exists for {{{group} {kind}}}")
        }
    })
}

/// What is wrong, without who says so.
pub(super) fn bare(failure: &Failure) -> String {
    match failure {
        Failure::Server(error) | Failure::ServerAt(_, error) => error.to_string(),
        other => other.to_string(),
    }
}

/// Whether `rollout` knows a kind.
pub(super) fn is_rolled(kind: Kind) -> bool {
    matches!(kind, Kind::StatefulSet | Kind::Deployment | Kind::DaemonSet)
}

/// How far a rollout is, and whether it is done.
///
/// # Errors
/// What keeps kubectl from saying it.
pub(super) fn status(object: &Object) -> Result<(String, bool), String> {
    match object.kind {
        Kind::Deployment => deployment_status(object),
        Kind::DaemonSet => daemon_set_status(object),
        _ => set_status(object),
    }
}

fn is_observed(object: &Object) -> bool {
    object.meta.generation <= observed_generation(object).unwrap_or(0)
}

/// Follows `DeploymentStatusViewer`.
fn deployment_status(object: &Object) -> Result<(String, bool), String> {
    let name = &object.meta.name;
    if !is_observed(object) {
        return Ok(("Waiting for deployment spec update to be observed...".into(), false));
    }
    let reason = condition(object, "Progressing").map_or("", |it| it.str_at(&["reason"]));
    if reason == "ProgressDeadlineExceeded" {
        return Err(format!("deployment \"{name}\" exceeded its progress deadline"));
    }
    let wanted = replicas(object);
    let (all, updated, available) = (current_replicas(object), updated_replicas(object), available_replicas(object));
    let waiting = if updated < wanted {
        format!("{updated} out of {wanted} new replicas have been updated")
    } else if all > updated {
        format!("{} old replicas are pending termination", all - updated)
    } else if available < updated {
        format!("{available} of {updated} updated replicas are available")
    } else {
        return Ok((format!("deployment \"{name}\" successfully rolled out"), true));
    };
    Ok((format!("Waiting for deployment \"{name}\" rollout to finish: {waiting}..."), false))
}

/// Follows `DaemonSetStatusViewer`.
fn daemon_set_status(object: &Object) -> Result<(String, bool), String> {
    let name = &object.meta.name;
    if update_type(object) != "RollingUpdate" {
        return Err("rollout status is only available for RollingUpdate strategy type".into());
    }
    if !is_observed(object) {
        return Ok(("Waiting for daemon set spec update to be observed...".into(), false));
    }
    let wanted = desired_scheduled(object);
    let (updated, available) = (updated_scheduled(object), available_scheduled(object));
    let waiting = if updated < wanted {
        format!("{updated} out of {wanted} new pods have been updated")
    } else if available < wanted {
        format!("{available} of {wanted} updated pods are available")
    } else {
        return Ok((format!("daemon set \"{name}\" successfully rolled out"), true));
    };
    Ok((format!("Waiting for daemon set \"{name}\" rollout to finish: {waiting}..."), false))
}

/// Follows `StatefulSetStatusViewer`.
fn set_status(set: &Object) -> Result<(String, bool), String> {
    if update_type(set) != "RollingUpdate" {
        return Err("rollout status is only available for RollingUpdate strategy type".into());
    }
    let observed = observed_generation(set).unwrap_or(0);
    if observed == 0 || set.meta.generation > observed {
        return Ok(("Waiting for statefulset spec update to be observed...".into(), false));
    }
    let replicas = replicas(set);
    let ready = ready_replicas(set);
    if ready < replicas {
        return Ok((format!("Waiting for {} pods to be ready...", replicas - ready), false));
    }
    let updated = updated_replicas(set);
    if set.at(&["spec", "updateStrategy", "rollingUpdate"]).is_some_and(|it| !it.is_null()) {
        if let Some(partition) = given_partition(set) {
            let wanted = replicas - partition;
            if updated < wanted {
                let text = format!(
                    "Waiting for partitioned roll out to finish: {updated} out of {wanted} new pods have been updated..."
                );
                return Ok((text, false));
            }
        }
        return Ok((format!("partitioned roll out complete: {updated} new pods have been updated..."), true));
    }
    let (current, update) = (current_revision(set), update_revision(set));
    if current != update {
        let text = format!("waiting for statefulset rolling update to complete {updated} pods at revision {update}...");
        return Ok((text, false));
    }
    let at_current = pods_at_current(set);
    Ok((format!("statefulset rolling update complete {at_current} pods at revision {current}..."), true))
}

/// One entry of a rollout's history.
pub(super) struct Revision {
    /// Its number.
    pub(super) number: i64,
    /// Why it came: an annotation of the user's.
    pub(super) cause: String,
    /// The pod template as it was, with the labels and annotations that its keeper adds.
    pub(super) template: Value,
    /// The object that keeps it.
    pub(super) keeper: Rc<Object>,
}

/// The revisions of an object, oldest first.
pub(super) fn revisions(object: &Object, cluster: &Cluster) -> Vec<Revision> {
    let mut found: Vec<Revision> = match object.kind {
        Kind::Deployment => all_sets(cluster, object).into_iter().filter_map(of_replica_set).collect(),
        _ => {
            let all = cluster.list_in(Kind::ControllerRevision, &object.meta.namespace);
            let owned = |it: &&Rc<Object>| it.meta.is_controlled_by(object);
            all.filter(owned).cloned().map(of_controller_revision).collect()
        }
    };
    found.order_by_key(|revision| revision.number);
    found
}

fn of_replica_set(set: Rc<Object>) -> Option<Revision> {
    let number = set.meta.annotation(DEPLOYMENT_REVISION).parse().ok()?;
    let cause = set.meta.annotation(CHANGE_CAUSE).to_string();
    let mut template = set.at(&["spec", "template"]).cloned().unwrap_or_default();
    if !cause.is_empty() {
        template.set_at(&["metadata", "annotations", CHANGE_CAUSE], cause.clone());
    }
    Some(Revision { number, cause, template, keeper: set })
}

fn of_controller_revision(revision: Rc<Object>) -> Revision {
    let mut template = revision.at(&["data", "spec", "template"]).cloned().unwrap_or_default();
    template.map_mut().remove("$patch");
    Revision {
        number: revision.i64_at(&["revision"]).unwrap_or(0),
        cause: revision.meta.annotation(CHANGE_CAUSE).to_string(),
        template,
        keeper: revision,
    }
}

/// The revision that an undo goes back to: the one called `wanted`, or the one before the last.
///
/// # Errors
/// What kubectl says if there is none.
pub(super) fn revision_to_undo(object: &Object, wanted: i64, cluster: &Cluster) -> Result<Revision, Failure> {
    let mut all = revisions(object, cluster);
    if wanted != 0 {
        let place = all.iter().position(|it| it.number == wanted);
        let missing = || Failure::client(format!("unable to find specified revision {wanted} in history"));
        return place.map(|at| all.swap_remove(at)).ok_or_else(missing);
    }
    match all.len().checked_sub(2) {
        Some(at) => Ok(all.swap_remove(at)),
        None if object.kind == Kind::Deployment => {
            Err(Failure::client(format!("no rollout history found for deployment \"{}\"", object.meta.name)))
        }
        None => Err(Failure::client("no last revision to roll back to")),
    }
}

/// The object as an undo writes it. `None` if it is so already.
pub(super) fn undone(object: &Object, revision: &Revision) -> Option<Object> {
    let mut template = match object.kind {
        Kind::Deployment => revision.keeper.at(&["spec", "template"]).cloned().unwrap_or_default(),
        _ => revision.template.clone(),
    };
    template.remove_at(&["metadata", "labels", HASH_LABEL]);
    if object.at(&["spec", "template"]) == Some(&template) {
        return None;
    }
    let mut next = object.clone();
    next.set_at(&["spec", "template"], template);
    if object.kind == Kind::Deployment {
        // A Deployment gets back the annotations that it had, but for those that say where it stands.
        let stays = |key: &str| key == LAST_APPLIED || key.starts_with("deployment.kubernetes.io/");
        next.meta.annotations.retain(|key, _| stays(key));
        for (key, value) in revision.keeper.meta.annotations.iter().filter(|(key, _)| !stays(key)) {
            next.meta.annotations.insert(key.clone(), value.clone());
        }
    }
    Some(next)
}

/// Whether a Deployment is paused.
pub(super) fn is_paused(object: &Object) -> bool {
    object.at(&["spec", "paused"]).and_then(Value::as_bool) == Some(true)
}
