//! What becomes of a Job some time after it has ended (`ttlSecondsAfterFinished`): it is deleted, and its pods with it.
//!
//! Follows pkg/controller/ttlafterfinished, which is a controller of its own there.

use crate::cluster::{DeleteOptions, Propagation};
use crate::controllers::{ControllerId, Ctx, Outcome, Work};
use crate::model::Millis;
use crate::model::conditions::changed_at;
use crate::model::workload::is_finished;

/// Deletes a Job whose time is over, or looks again when it is.
pub(super) fn expire(ctx: &mut Ctx<'_>, work: &Work) {
    let Some(job) = ctx.cluster.get(&work.key).cloned() else { return };
    let Some(seconds) = job.i64_at(&["spec", "ttlSecondsAfterFinished"]).filter(|_| is_finished(&job)) else { return };
    let ended = changed_at(&job, "Complete").or_else(|| changed_at(&job, "Failed")).unwrap_or(ctx.cluster.now());
    let due = ended + Millis::seconds(seconds);
    if due > ctx.cluster.now() {
        return ctx.timers.add(due, work.clone());
    }
    ctx.decide(ControllerId::Job, &job, "job.expired", Outcome::Acts, Vec::new);
    let options = DeleteOptions { propagation: Propagation::Foreground, ..DeleteOptions::BACKGROUND };
    _ = ctx.cluster.delete(&work.key, &options);
}
