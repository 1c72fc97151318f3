//! Lets claims and volumes go when nothing uses them any more; deletes nothing itself.

use super::{Controller, ControllerId, Ctx, Timers, Work};
use crate::cluster::admission::{PV_PROTECTION, PVC_PROTECTION};
use crate::cluster::{Change, Cluster, Verb};
use crate::model::pod::{claims_of, node_of};
use crate::model::{Key, Kind};

/// The protection controllers keep nothing.
#[derive(Clone, Debug, Default)]
pub struct Protection {}

impl Controller for Protection {
    fn observe(&mut self, change: &Change, cluster: &Cluster, timers: &mut Timers) {
        let object = &change.object;
        let mut add = |key: Key| timers.add(change.at, Work { controller: ControllerId::Protection, key, task: "" });
        match (change.kind(), change.verb) {
            (Kind::PersistentVolumeClaim | Kind::PersistentVolume, Verb::Modified) if object.meta.is_terminating() => {
                add(object.key());
            }
            (Kind::Pod, Verb::Deleted) => {
                let claims = claims_of(object).into_iter();
                claims.filter(|key| cluster.get(key).is_some_and(|c| c.meta.is_terminating())).for_each(add);
            }
            _ => {}
        }
    }

    fn reconcile(&mut self, work: &Work, ctx: &mut Ctx<'_>) {
        let Some(object) = ctx.cluster.get(&work.key).filter(|object| object.meta.is_terminating()) else { return };
        let (finalizer, is_used) = match work.key.kind {
            Kind::PersistentVolumeClaim => {
                let mut users = ctx.cluster.pods_using(&work.key).filter_map(|key| ctx.cluster.get(key));
                (PVC_PROTECTION, users.any(|pod| !node_of(pod).is_empty()))
            }
            _ => (PV_PROTECTION, object.str_at(&["status", "phase"]) == "Bound"),
        };
        if !is_used && object.meta.has_finalizer(finalizer) {
            _ = ctx.cluster.modify(&work.key, |object| object.meta.remove_finalizer(finalizer));
        }
    }
}
