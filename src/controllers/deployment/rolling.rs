//! Rolling updates: new pods come and old ones go within `maxSurge` and `maxUnavailable`.
//!
//! Follows pkg/controller/deployment/rolling.go.

use super::{Rollout, available, conditions, history, replicas, revisions, status, total};
use crate::cluster::ApiError;
use crate::controllers::{Ctx, Outcome};
use crate::model::{Object, Text};
use std::rc::Rc;

/// Brings a rollout one step on.
pub(super) fn roll(ctx: &mut Ctx<'_>, rollout: &mut Rollout) -> Result<(), ApiError> {
    revisions::settle(ctx, rollout, true)?;
    if grow(ctx, rollout)? || shrink(ctx, rollout)? {
        return status::write_rollout(ctx, rollout);
    }
    if conditions::is_complete(&rollout.deployment, rollout.deployment.at(&["status"])) {
        history::clean_up(ctx, rollout)?;
    }
    status::write_rollout(ctx, rollout)
}

/// Follows `reconcileNewReplicaSet`.
fn grow(ctx: &mut Ctx<'_>, rollout: &mut Rollout) -> Result<bool, ApiError> {
    let Some(new) = rollout.new.clone() else { return Ok(false) };
    let size = replicas(&new);
    if size == rollout.replicas() {
        return Ok(false);
    }
    let next = if size > rollout.replicas() { rollout.replicas() } else { revisions::new_replicas(rollout, size) };
    if next == size {
        let most = rollout.replicas() + rollout.max_surge();
        rollout.decide(ctx, "deployment.waits-for-room", Outcome::Waits, || vec![("most", most.to_string().into())]);
    }
    rollout.resize(ctx, &new, next)
}

/// Follows `reconcileOldReplicaSets`.
fn shrink(ctx: &mut Ctx<'_>, rollout: &mut Rollout) -> Result<bool, ApiError> {
    if total(&rollout.old, replicas) == 0 {
        return Ok(false);
    }
    let least = rollout.replicas() - rollout.max_unavailable();
    let missing = rollout.new.as_ref().map_or(0, |new| replicas(new) - available(new));
    let most = total(rollout.all(), replicas) - least - missing;
    if most <= 0 {
        rollout.decide(ctx, "deployment.waits-for-new-pods", Outcome::Waits, || {
            vec![("least", Text::from(least.to_string())), ("missing", missing.to_string().into())]
        });
        return Ok(false);
    }
    let gone = clean_unhealthy(ctx, rollout, most)? + scale_down_old(ctx, rollout, least)?;
    Ok(gone > 0)
}

/// Old pods that are not available help nobody: they go first.
///
/// Follows `cleanupUnhealthyReplicas`.
fn clean_unhealthy(ctx: &mut Ctx<'_>, rollout: &mut Rollout, most: i64) -> Result<i64, ApiError> {
    let mut gone = 0;
    for set in active_old(rollout) {
        let unhealthy = replicas(&set) - available(&set);
        if gone >= most || unhealthy <= 0 {
            continue;
        }
        let count = unhealthy.min(most - gone);
        rollout.resize(ctx, &set, replicas(&set) - count)?;
        gone += count;
    }
    Ok(gone)
}

/// Follows `scaleDownOldReplicaSetsForRollingUpdate`.
fn scale_down_old(ctx: &mut Ctx<'_>, rollout: &mut Rollout, least: i64) -> Result<i64, ApiError> {
    let spare = total(rollout.all(), available) - least;
    let mut gone = 0;
    for set in active_old(rollout) {
        if gone >= spare {
            break;
        }
        let count = replicas(&set).min(spare - gone);
        rollout.resize(ctx, &set, replicas(&set) - count)?;
        gone += count;
    }
    Ok(gone.max(0))
}

fn active_old(rollout: &Rollout) -> Vec<Rc<Object>> {
    rollout.old.iter().filter(|set| replicas(set) > 0).cloned().collect()
}
