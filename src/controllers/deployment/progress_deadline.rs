//! When a rollout has taken longer than `progressDeadlineSeconds`.
//!
//! Follows pkg/controller/deployment/progress.go.

use super::conditions::{self, COMPLETE, TIMED_OUT, has_deadline, is_complete};
use super::{Rollout, enqueue_at};
use crate::controllers::Ctx;
use crate::model::{Millis, Object};

/// When the rollout has taken too long, if nothing happens until then.
fn deadline(deployment: &Object) -> Option<Millis> {
    let condition = conditions::progress(deployment)?;
    let seconds = deployment.i64_at(&["spec", "progressDeadlineSeconds"])?;
    Some(Millis::parse_rfc3339(condition.str_at(&["lastUpdateTime"]))? + Millis::seconds(seconds.min(1_000_000_000)))
}

/// Follows `DeploymentTimedOut`.
pub(super) fn has_timed_out(deployment: &Object, now: Millis) -> bool {
    match conditions::progress(deployment).map_or("", |condition| condition.str_at(&["reason"])) {
        "" | COMPLETE => false,
        TIMED_OUT => true,
        _ => deadline(deployment).is_some_and(|at| at < now),
    }
}

/// Looks again after the deadline if nothing moves until then.
///
/// Follows `requeueStuckDeployment`.
pub(super) fn look_again(ctx: &mut Ctx<'_>, rollout: &Rollout) {
    let deployment = &rollout.deployment;
    let reason = conditions::progress(deployment).map_or("", |condition| condition.str_at(&["reason"]));
    let is_settled = is_complete(deployment, deployment.at(&["status"])) || matches!(reason, "" | TIMED_OUT);
    if let Some(at) = deadline(deployment).filter(|_| has_deadline(deployment) && !is_settled) {
        enqueue_at(ctx, at.max(ctx.cluster.now()) + Millis::seconds(1), deployment.key());
    }
}
