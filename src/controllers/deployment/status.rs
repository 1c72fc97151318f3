//! A Deployment's status: numbers, and how far its rollout is.
//!
//! Follows `calculateStatus` and `syncRolloutStatus` in pkg/controller/deployment.

use super::conditions::{self, COMPLETE, Progress, TIMED_OUT, has_deadline, is_complete};
use super::progress_deadline::{has_timed_out, look_again};
use super::{Rollout, available, replicas, total};
use crate::cluster::ApiError;
use crate::controllers::{Ctx, Outcome};
use crate::kubernetes::Difference;
use crate::model::workload::{current_replicas, ready_replicas};
use crate::model::{Object, Text, Value};
use std::rc::Rc;

/// Writes the numbers alone, without a word about progress.
pub(super) fn write_plain(ctx: &mut Ctx<'_>, rollout: &mut Rollout) -> Result<(), ApiError> {
    let status = numbers(ctx, rollout);
    store(ctx, rollout, status)
}

/// Writes the numbers and how far the rollout is.
pub(super) fn write_rollout(ctx: &mut Ctx<'_>, rollout: &mut Rollout) -> Result<(), ApiError> {
    let mut status = numbers(ctx, rollout);
    let mut conditions = status.list_at(&["conditions"]).to_vec();
    let now = ctx.cluster.now();
    if !has_deadline(&rollout.deployment) {
        conditions.retain(|condition| condition.str_at(&["type"]) != "Progressing");
    }
    note_progress(ctx, rollout, &status, &mut conditions);
    let failures = rollout.new.iter().chain(&rollout.old);
    let failure = failures.filter_map(|set| crate::model::conditions::condition(set, "ReplicaFailure").cloned()).next();
    match failure {
        Some(failure) => {
            let (reason, message) = (failure.str_at(&["reason"]), Text::new(failure.str_at(&["message"])));
            conditions::set(&mut conditions, conditions::made("ReplicaFailure", "True", reason, message, now));
        }
        None => conditions.retain(|condition| condition.str_at(&["type"]) != "ReplicaFailure"),
    }
    status.set_at(&["conditions"], conditions);
    let is_same = rollout.deployment.at(&["status"]) == Some(&status);
    store(ctx, rollout, status)?;
    if is_same {
        look_again(ctx, rollout);
    }
    Ok(())
}

fn note_progress(ctx: &mut Ctx<'_>, rollout: &Rollout, status: &Value, conditions: &mut Vec<Value>) {
    let deployment = &rollout.deployment;
    let current = conditions::progress(deployment);
    let number = |field: &'static str| status.i64_at(&[field]).unwrap_or(0);
    let is_done = number("replicas") == number("updatedReplicas")
        && current.is_some_and(|condition| condition.str_at(&["reason"]) == COMPLETE);
    if !has_deadline(deployment) || is_done {
        return;
    }
    let now = ctx.cluster.now();
    let subject = match &rollout.new {
        Some(set) => format!("ReplicaSet \"{}\"", set.meta.name),
        None => format!("Deployment \"{}\"", deployment.meta.name),
    };
    let say = |status, reason, text: &str| {
        let progress = Progress::new(status, reason, format!("{subject} {text}"));
        conditions::made("Progressing", progress.status, progress.reason, progress.message.into(), now)
    };
    if is_complete(deployment, Some(status)) {
        conditions::set(conditions, say("True", COMPLETE, "has successfully progressed."));
        rollout.decide(ctx, "deployment.complete", Outcome::Acts, Vec::new);
    } else if is_progressing(deployment, status) {
        let mut next = say("True", "ReplicaSetUpdated", "is progressing.");
        if let Some(current) = current {
            if current.str_at(&["status"]) == "True" {
                next.set_at(&["lastTransitionTime"], Text::new(current.str_at(&["lastTransitionTime"])));
            }
            conditions.retain(|condition| condition.str_at(&["type"]) != "Progressing");
        }
        conditions::set(conditions, next);
    } else if has_timed_out(deployment, now) {
        conditions::set(conditions, say("False", TIMED_OUT, "has timed out progressing."));
        rollout.decide(ctx, "deployment.timed-out", Outcome::Waits, Vec::new);
    }
}

/// Follows `calculateStatus`.
fn numbers(ctx: &Ctx<'_>, rollout: &Rollout) -> Value {
    let deployment = &rollout.deployment;
    let actual = |set: &Object| current_replicas(set);
    let ready = |set: &Object| ready_replicas(set);
    let all: Vec<Rc<Object>> = rollout.all().cloned().collect();
    let have = total(&all, available);
    let mut status = Value::map();
    let fields = [
        ("availableReplicas", have),
        ("observedGeneration", deployment.meta.generation),
        ("readyReplicas", total(&all, ready)),
        ("replicas", total(&all, actual)),
        ("unavailableReplicas", (total(&all, replicas) - have).max(0)),
        ("updatedReplicas", total(&rollout.new, actual)),
    ];
    for (field, number) in fields.into_iter().filter(|(_, number)| *number != 0) {
        status.set_at(&[field], number);
    }
    if ctx.cluster.kubernetes().has(Difference::TerminatingReplicas)
        && let Some(number) = going(&all)
    {
        status.set_at(&["terminatingReplicas"], number);
    }
    if let Some(count) = deployment.i64_at(&["status", "collisionCount"]) {
        status.set_at(&["collisionCount"], count);
    }
    let mut conditions = crate::model::conditions::all_conditions(deployment).to_vec();
    let (word, reason, text) = match have >= rollout.replicas() - rollout.max_unavailable() {
        true => ("True", "MinimumReplicasAvailable", "Deployment has minimum availability."),
        false => ("False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability."),
    };
    conditions::set(&mut conditions, conditions::made("Available", word, reason, text.into(), ctx.cluster.now()));
    status.set_at(&["conditions"], conditions);
    status
}

/// How many pods of the sets are going, once each set says it.
///
/// Follows `GetTerminatingReplicaCountForReplicaSets` in pkg/controller/deployment/util/deployment_util.go.
fn going(all: &[Rc<Object>]) -> Option<i64> {
    all.iter().map(|set| set.i64_at(&["status", "terminatingReplicas"])).sum()
}

fn store(ctx: &mut Ctx<'_>, rollout: &mut Rollout, status: Value) -> Result<(), ApiError> {
    if ctx.cluster.get(&rollout.deployment.key()).is_none() {
        return Ok(());
    }
    rollout.deployment.set_at(&["status"], status);
    conditions::write(ctx, &mut rollout.deployment)
}

/// Follows `DeploymentProgressing`.
fn is_progressing(deployment: &Object, status: &Value) -> bool {
    let new = |field: &'static str| status.i64_at(&[field]).unwrap_or(0);
    let old = |field: &'static str| deployment.i64_at(&["status", field]).unwrap_or(0);
    new("updatedReplicas") > old("updatedReplicas")
        || new("replicas") - new("updatedReplicas") < old("replicas") - old("updatedReplicas")
        || new("readyReplicas") > old("readyReplicas")
        || new("availableReplicas") > old("availableReplicas")
}
