//! Recreating: all old pods end before the first new one comes.
//!
//! Follows pkg/controller/deployment/recreate.go.

use super::{Rollout, conditions, history, replicas, revisions, status};
use crate::cluster::{ApiError, Cluster};
use crate::controllers::{Ctx, Outcome};
use crate::model::pod::is_over;
use crate::model::{Kind, Object};
use std::rc::Rc;

/// Brings a rollout one step on.
pub(super) fn recreate(ctx: &mut Ctx<'_>, rollout: &mut Rollout) -> Result<(), ApiError> {
    revisions::settle(ctx, rollout, false)?;
    let active: Vec<Rc<Object>> = rollout.old.iter().filter(|set| replicas(set) > 0).cloned().collect();
    for set in &active {
        rollout.resize(ctx, set, 0)?;
    }
    if !active.is_empty() {
        return status::write_rollout(ctx, rollout);
    }
    if has_running_pods(ctx.cluster, rollout) {
        rollout.decide(ctx, "deployment.waits-for-old-pods", Outcome::Waits, Vec::new);
        return status::write_rollout(ctx, rollout);
    }
    if rollout.new.is_none() {
        revisions::settle(ctx, rollout, true)?;
    }
    if let Some(new) = rollout.new.clone() {
        let wanted = rollout.replicas();
        rollout.resize(ctx, &new, wanted)?;
    }
    if conditions::is_complete(&rollout.deployment, rollout.deployment.at(&["status"])) {
        history::clean_up(ctx, rollout)?;
    }
    status::write_rollout(ctx, rollout)
}

/// Follows `oldPodsRunning`.
fn has_running_pods(cluster: &Cluster, rollout: &Rollout) -> bool {
    rollout.old.iter().any(|set| cluster.dependents_of(set, Kind::Pod).any(|pod| !is_over(pod)))
}
