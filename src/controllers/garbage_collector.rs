//! Deletes what belongs to nobody any more, in the background or before its owner, or cuts it loose. Owns nothing.
//!
//! Follows `attemptToDeleteItem` in pkg/controller/garbagecollector.

use super::{Controller, ControllerId, Ctx, Facts, Outcome, Timers, Work};
use crate::cluster::{Change, Cluster, DeleteOptions, FOREGROUND_FINALIZER, ORPHAN_FINALIZER, Propagation, Verb};
use crate::model::{Key, Millis, Object, OwnerReference, Text};
use std::rc::Rc;

/// The collector keeps nothing: the store knows the dependents of every object.
#[derive(Clone, Debug, Default)]
pub struct GarbageCollector {}

/// Looks at an object that waits for its dependents, after one of them has gone.
const TASK_AGAIN: &str = "again";
/// How long the collector takes to hear of a change.
const DELAY: Millis = Millis(10);

impl Controller for GarbageCollector {
    fn observe(&mut self, change: &Change, cluster: &Cluster, timers: &mut Timers) {
        let object = &change.object;
        let owners = &object.meta.owner_references;
        if change.verb == Verb::Deleted {
            for key in cluster.dependents(&object.meta.uid) {
                timers.add(change.at + DELAY, work(key.clone(), ""));
            }
            return look_again(owners.iter(), change.at, cluster, timers);
        }
        let before = change.old.as_ref().map(|old| &old.meta.owner_references);
        if before != Some(owners) {
            let unblocked = before.into_iter().flat_map(|it| it.iter()).filter(|owner| !blocks(object, &owner.uid));
            look_again(unblocked, change.at, cluster, timers);
            if owners.iter().any(|owner| cluster.by_uid(&owner.uid).is_none()) {
                timers.add(change.at + DELAY, work(object.key(), ""));
            }
        }
        let waits = object.meta.is_terminating()
            && (object.meta.has_finalizer(FOREGROUND_FINALIZER) || object.meta.has_finalizer(ORPHAN_FINALIZER));
        let is_first = change.old.as_ref().is_none_or(|old| !old.meta.is_terminating());
        if waits && is_first {
            timers.add(change.at + DELAY, work(object.key(), ""));
        }
    }

    fn reconcile(&mut self, work: &Work, ctx: &mut Ctx<'_>) {
        let Some(object) = ctx.cluster.get(&work.key).cloned() else { return };
        if object.meta.is_terminating() {
            if object.meta.has_finalizer(ORPHAN_FINALIZER) {
                orphan_dependents(ctx, &object);
            } else if object.meta.has_finalizer(FOREGROUND_FINALIZER) {
                delete_dependents_first(ctx, &object, work.task == TASK_AGAIN);
            }
            return;
        }
        collect(ctx, &object);
    }
}

/// Whether an object keeps an owner from going.
fn blocks(object: &Object, owner: &Text) -> bool {
    object.meta.owner_references.iter().any(|it| it.uid == *owner && it.block_owner_deletion == Some(true))
}

fn work(key: Key, task: &'static str) -> Work {
    Work { controller: ControllerId::GarbageCollector, key, task }
}

/// Has the owners that wait for their dependents looked at again, after one of these has gone or blocks no more.
fn look_again<'a>(
    owners: impl Iterator<Item = &'a OwnerReference>,
    at: Millis,
    cluster: &Cluster,
    timers: &mut Timers,
) {
    for owner in owners.filter_map(|owner| cluster.by_uid(&owner.uid)) {
        if is_deleting_dependents(owner) {
            timers.add(at, work(owner.key(), TASK_AGAIN));
        }
    }
}

/// Whether an object waits for its dependents to go first.
fn is_deleting_dependents(object: &Object) -> bool {
    object.meta.is_terminating() && object.meta.has_finalizer(FOREGROUND_FINALIZER)
}

/// Whether the owner lives and does not wait for its dependents to go.
fn is_solid(cluster: &Cluster, owner: &OwnerReference) -> bool {
    cluster.by_uid(&owner.uid).is_some_and(|object| !is_waiting_for(object, owner))
}

/// Whether the owner is being deleted after this dependent.
fn is_waiting_for(object: &Object, owner: &OwnerReference) -> bool {
    is_deleting_dependents(object) && owner.block_owner_deletion == Some(true)
}

fn collect(ctx: &mut Ctx<'_>, object: &Rc<Object>) {
    let owners = &object.meta.owner_references;
    if owners.is_empty() {
        return;
    }
    let is_kept = |owner: &OwnerReference| is_solid(ctx.cluster, owner);
    let kept: Vec<OwnerReference> = owners.iter().filter(|owner| is_kept(owner)).cloned().collect();
    if kept.len() == owners.len() {
        return;
    }
    if !kept.is_empty() {
        let mut next = Object::clone(object);
        next.meta.owner_references = Rc::new(kept);
        _ = ctx.cluster.replace(next);
        return;
    }
    let is_awaited = owners.iter().any(|owner| ctx.cluster.by_uid(&owner.uid).is_some());
    let has_dependents = ctx.cluster.dependents(&object.meta.uid).next().is_some();
    let propagation = if is_awaited && has_dependents { Propagation::Foreground } else { Propagation::Background };
    if propagation == Propagation::Foreground {
        break_circle(ctx, object);
    }
    let owner = owners.first().map_or(Text::default(), |owner| owner.name.clone());
    record(ctx, object, "garbage-collector.owner-gone", || vec![("owner", owner)]);
    let uid = Some(object.meta.uid.clone());
    _ = ctx.cluster.delete(&object.key(), &DeleteOptions { propagation, uid, ..DeleteOptions::BACKGROUND });
}

/// An object whose owner waits for it, and whose own dependent waits too, blocks its owners no more: neither would ever
/// go.
fn break_circle(ctx: &mut Ctx<'_>, object: &Rc<Object>) {
    let waits = |key: &Key| ctx.cluster.get(key).is_some_and(|dependent| is_deleting_dependents(dependent));
    if !ctx.cluster.dependents(&object.meta.uid).any(waits) {
        return;
    }
    _ = ctx.cluster.modify(&object.key(), |object| {
        for owner in Rc::make_mut(&mut object.meta.owner_references) {
            owner.block_owner_deletion = owner.block_owner_deletion.map(|_| false);
        }
    });
}

/// Sends for the dependents that block `owner` and are not on their way out, also for those that were made since the
/// last look, and lets `owner` go when none blocks it.
///
/// Follows `processDeletingDependentsItem` in pkg/controller/garbagecollector.
fn delete_dependents_first(ctx: &mut Ctx<'_>, owner: &Rc<Object>, is_second_look: bool) {
    let dependents = ctx.cluster.dependents(&owner.meta.uid).filter_map(|key| ctx.cluster.get(key));
    let (mut count, mut left) = (0, Vec::new());
    for object in dependents.filter(|object| blocks(object, &owner.meta.uid)) {
        count += 1;
        if !object.meta.is_terminating() {
            left.push(object.key());
        }
    }
    if count == 0 {
        _ = ctx.cluster.modify(&owner.key(), |owner| owner.meta.remove_finalizer(FOREGROUND_FINALIZER));
        return;
    }
    if !is_second_look {
        record(ctx, owner, "garbage-collector.dependents-first", || vec![("count", count.to_string().into())]);
    }
    let at = ctx.now() + ctx.environment.delays.garbage_collection;
    for key in left {
        ctx.timers.add(at, work(key, ""));
    }
}

fn orphan_dependents(ctx: &mut Ctx<'_>, owner: &Rc<Object>) {
    let keys: Vec<Key> = ctx.cluster.dependents(&owner.meta.uid).cloned().collect();
    record(ctx, owner, "garbage-collector.orphans", || vec![("count", keys.len().to_string().into())]);
    for key in keys {
        _ = ctx.cluster.modify(&key, |object| {
            Rc::make_mut(&mut object.meta.owner_references).retain(|o| o.uid != owner.meta.uid);
        });
    }
    _ = ctx.cluster.modify(&owner.key(), |owner| owner.meta.remove_finalizer(ORPHAN_FINALIZER));
}

fn record(ctx: &mut Ctx<'_>, object: &Object, rule: &'static str, facts: impl FnOnce() -> Facts) {
    ctx.decide_about(ControllerId::GarbageCollector, ("object", &object.key()), rule, Outcome::Acts, facts);
}
