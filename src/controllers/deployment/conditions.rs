//! A Deployment's conditions: what is said of its progress, and for how long; sizes nothing.
//!
//! Follows pkg/controller/deployment/progress.go and its util/deployment_util.go.

use super::Rollout;
use super::replicas;
use crate::cluster::ApiError;
use crate::controllers::{Ctx, workload};
use crate::model::conditions::{all_conditions, condition};
use crate::model::{Millis, Object, Text, Value};
use crate::obj;

/// The reason of a rollout that took too long.
pub(super) const TIMED_OUT: &str = "ProgressDeadlineExceeded";
/// The reason of a rollout that is complete.
pub(super) const COMPLETE: &str = "NewReplicaSetAvailable";
const PAUSED: &str = "DeploymentPaused";

/// What is said of a rollout's progress.
pub(super) struct Progress {
    /// `True`, `False` or `Unknown`.
    pub(super) status: &'static str,
    /// The reason in one word.
    pub(super) reason: &'static str,
    /// The sentence.
    pub(super) message: String,
}

impl Progress {
    pub(super) fn new(status: &'static str, reason: &'static str, message: String) -> Progress {
        Progress { status, reason, message }
    }

    fn condition(&self, now: Millis) -> Value {
        made("Progressing", self.status, self.reason, self.message.clone().into(), now)
    }
}

/// A condition that begins now.
pub(super) fn made(kind: &'static str, status: &'static str, reason: &str, message: Text, now: Millis) -> Value {
    let now = Text::from(now.rfc3339());
    obj! {
        "lastTransitionTime" => &now, "lastUpdateTime" => now, "message" => message, "reason" => Text::new(reason),
        "status" => status, "type" => kind,
    }
}

/// Whether a rollout may take only so long.
///
/// Follows `HasProgressDeadline`.
pub(super) fn has_deadline(deployment: &Object) -> bool {
    deployment.i64_at(&["spec", "progressDeadlineSeconds"]).is_some_and(|seconds| seconds != i64::from(i32::MAX))
}

/// The condition `Progressing`.
pub(super) fn progress(deployment: &Object) -> Option<&Value> {
    condition(deployment, "Progressing")
}

/// Puts a condition into a list of them, unless one of the same status and reason stands there.
///
/// Follows `SetDeploymentCondition`.
pub(super) fn set(conditions: &mut Vec<Value>, mut next: Value) {
    let kind = Text::new(next.str_at(&["type"]));
    let is_same = |condition: &Value| condition.str_at(&["type"]) == kind.as_str();
    if let Some(current) = conditions.iter().find(|condition| is_same(condition)) {
        let same = |field: &'static str| current.str_at(&[field]) == next.str_at(&[field]);
        if same("status") && same("reason") {
            return;
        }
        if same("status") {
            next.set_at(&["lastTransitionTime"], Text::new(current.str_at(&["lastTransitionTime"])));
        }
    }
    conditions.retain(|condition| !is_same(condition));
    conditions.push(next);
}

pub(super) fn set_progress(ctx: &Ctx<'_>, deployment: &mut Object, progress: Progress) {
    let mut conditions = all_conditions(deployment).to_vec();
    set(&mut conditions, progress.condition(ctx.cluster.now()));
    deployment.set_at(&["status", "conditions"], conditions);
}

/// Stores what a sync said so far of a Deployment: its status, and the number of its revision.
///
/// # Errors
/// What the API server refused.
pub(super) fn write(ctx: &mut Ctx<'_>, deployment: &mut Object) -> Result<(), ApiError> {
    let status = deployment.at(&["status"]).cloned().unwrap_or_else(Value::map);
    let annotations = deployment.meta.annotations.clone();
    let key = deployment.key();
    if ctx.cluster.fetch(&key)?.meta.annotations != annotations {
        // The status of a Deployment is written together with its annotations.
        ctx.cluster.modify(&key, |stored| stored.meta.annotations = annotations)?;
    }
    workload::write_status(ctx, deployment, status)?;
    deployment.meta.resource_version = ctx.cluster.fetch(&key)?.meta.resource_version;
    Ok(())
}

/// Says that a rollout is paused, or goes on: its deadline does not count meanwhile.
///
/// Follows `checkPausedConditions`.
pub(super) fn note_pause(ctx: &mut Ctx<'_>, rollout: &mut Rollout) -> Result<(), ApiError> {
    let deployment = &mut rollout.deployment;
    let reason = progress(deployment).map_or("", |condition| condition.str_at(&["reason"]));
    if !has_deadline(deployment) || reason == TIMED_OUT {
        return Ok(());
    }
    let is_paused = deployment.at(&["spec", "paused"]).and_then(Value::as_bool) == Some(true);
    let next = match (is_paused, reason == PAUSED) {
        (true, false) => Progress::new("Unknown", PAUSED, "Deployment is paused".into()),
        (false, true) => Progress::new("Unknown", "DeploymentResumed", "Deployment is resumed".into()),
        _ => return Ok(()),
    };
    set_progress(ctx, deployment, next);
    write(ctx, deployment)
}

/// Follows `DeploymentComplete`.
pub(super) fn is_complete(deployment: &Object, status: Option<&Value>) -> bool {
    let number = |field: &'static str| status.and_then(|status| status.i64_at(&[field])).unwrap_or(0);
    let wanted = replicas(deployment);
    number("updatedReplicas") == wanted
        && number("replicas") == wanted
        && number("availableReplicas") == wanted
        && number("observedGeneration") >= deployment.meta.generation
}
