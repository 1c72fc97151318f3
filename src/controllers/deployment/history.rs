//! Which old ReplicaSets go: those beyond `revisionHistoryLimit` that have no pods.
//!
//! Follows `cleanupDeployment` in pkg/controller/deployment/sync.go.

use super::{Rollout, replicas, revisions};
use crate::cluster::{ApiError, DeleteOptions};
use crate::controllers::{Ctx, Outcome};
use crate::model::Object;
use crate::model::workload::{current_replicas, observed_generation};
use crate::ordering::Order;
use std::rc::Rc;

/// Deletes old ReplicaSets beyond the limit.
///
/// Follows `cleanupDeployment`.
pub(super) fn clean_up(ctx: &mut Ctx<'_>, rollout: &Rollout) -> Result<(), ApiError> {
    let Some(limit) = rollout.deployment.i64_at(&["spec", "revisionHistoryLimit"]) else { return Ok(()) };
    let mut old: Vec<&Rc<Object>> = rollout.old.iter().filter(|set| !set.meta.is_terminating()).collect();
    let excess = old.len().saturating_sub(usize::try_from(limit).unwrap_or(usize::MAX));
    old.order_by(|a, b| revisions::number(a).cmp(&revisions::number(b)));
    for set in old.into_iter().take(excess) {
        let is_used = current_replicas(set) != 0
            || replicas(set) != 0
            || set.meta.generation > observed_generation(set).unwrap_or(0);
        if !is_used {
            ctx.cluster.delete(&set.key(), &DeleteOptions::BACKGROUND)?;
            rollout.decide(ctx, "deployment.forgets", Outcome::Acts, || vec![("set", set.meta.name.clone())]);
        }
    }
    Ok(())
}
