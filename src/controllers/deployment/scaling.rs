//! A new size in the middle of a rollout is spread over all ReplicaSets by their shares.
//!
//! Follows `scale` in pkg/controller/deployment/sync.go.

use super::{DESIRED_REPLICAS, MAX_REPLICAS, Rollout, available, replicas, total};
use crate::cluster::ApiError;
use crate::controllers::Ctx;
use crate::model::Object;
use crate::model::workload::current_replicas;
use crate::ordering::Order;
use std::cmp::Reverse;
use std::rc::Rc;

/// Sizes the ReplicaSets of a Deployment that is paused or has another size now.
pub(super) fn spread(ctx: &mut Ctx<'_>, rollout: &mut Rollout) -> Result<(), ApiError> {
    if let Some(only) = active_or_latest(rollout) {
        let wanted = rollout.replicas();
        rollout.resize(ctx, &only, wanted)?;
        return Ok(());
    }
    if is_saturated(rollout) {
        for set in active(rollout.old.iter()) {
            rollout.resize(ctx, &set, 0)?;
        }
        return Ok(());
    }
    if rollout.is_rolling() { spread_by_shares(ctx, rollout) } else { Ok(()) }
}

fn active<'a>(sets: impl Iterator<Item = &'a Rc<Object>>) -> Vec<Rc<Object>> {
    sets.filter(|set| replicas(set) > 0).cloned().collect()
}

/// The only ReplicaSet with pods, or the newest one if none has any.
///
/// Follows `FindActiveOrLatest`.
fn active_or_latest(rollout: &Rollout) -> Option<Rc<Object>> {
    let all = active(rollout.all());
    match all.as_slice() {
        [] => rollout.new.clone().or_else(|| rollout.old.last().cloned()),
        [only] => Some(Rc::clone(only)),
        _ => None,
    }
}

/// Follows `IsSaturated`.
fn is_saturated(rollout: &Rollout) -> bool {
    let wanted = rollout.replicas();
    rollout.new.as_ref().is_some_and(|new| {
        replicas(new) == wanted
            && new.meta.annotation(DESIRED_REPLICAS) == wanted.to_string()
            && available(new) == wanted
    })
}

fn spread_by_shares(ctx: &mut Ctx<'_>, rollout: &mut Rollout) -> Result<(), ApiError> {
    let mut sets = active(rollout.all());
    let most = if rollout.replicas() > 0 { rollout.replicas() + rollout.max_surge() } else { 0 };
    let to_add = most - total(&sets, replicas);
    // The larger first; of equal ones the newer when growing, the older when shrinking.
    sets.order_by(|a, b| {
        let age = a.meta.created.cmp(&b.meta.created);
        Reverse(replicas(a)).cmp(&Reverse(replicas(b))).then(if to_add > 0 { age.reverse() } else { age })
    });
    let mut added = 0;
    let mut sizes = Vec::new();
    for set in &sets {
        let share = share_of(rollout, set, to_add, added);
        added += share;
        sizes.push(replicas(set) + share);
    }
    if let Some(largest) = sizes.first_mut().filter(|_| to_add != 0) {
        *largest = (*largest + to_add - added).max(0);
    }
    for (set, size) in sets.iter().zip(sizes) {
        rollout.scale(ctx, set, size)?;
    }
    Ok(())
}

/// Follows `GetReplicaSetProportion`.
fn share_of(rollout: &Rollout, set: &Object, to_add: i64, added: i64) -> i64 {
    if to_add == 0 || to_add == added {
        return 0;
    }
    let (share, left) = (fraction(rollout, set), to_add - added);
    if to_add > 0 { share.min(left) } else { share.max(left) }
}

/// Follows `getReplicaSetFraction`: a set keeps the share that it had of the most pods before.
fn fraction(rollout: &Rollout, set: &Object) -> i64 {
    let size = replicas(set);
    if rollout.replicas() == 0 {
        return -size;
    }
    let most = rollout.replicas() + rollout.max_surge();
    let before = match set.meta.annotation(MAX_REPLICAS).parse::<i64>() {
        Ok(most) if most > 0 => most,
        _ => current_replicas(&rollout.deployment),
    };
    if before == 0 {
        return 0;
    }
    // Rounded to the nearest whole number, as the real one's float is.
    (2 * size * most + before).div_euclid(2 * before) - size
}
