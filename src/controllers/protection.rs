//! Lets claims and volumes go when nothing uses them any more, and says of claims since when nothing does; deletes
//! nothing itself.

use super::{Controller, ControllerId, Ctx, Timers, Work};
use crate::cluster::admission::PV_PROTECTION;
use crate::cluster::{Change, Cluster, Verb};
use crate::kubernetes::Difference;
use crate::model::claim::PVC_PROTECTION;
use crate::model::conditions::{all_conditions, condition, phase};
use crate::model::pod::{claims_of, node_of};
use crate::model::{Key, Kind, Object, Value};
use crate::obj;
use std::rc::Rc;

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
            (Kind::PersistentVolumeClaim, verb)
                if verb != Verb::Deleted && tells(cluster) && used_condition(object).is_none() =>
            {
                add(object.key());
            }
            (Kind::Pod, _) if tells(cluster) => claims_of(object).into_iter().for_each(add),
            (Kind::Pod, Verb::Deleted) => {
                let claims = claims_of(object).into_iter();
                claims.filter(|key| cluster.get(key).is_some_and(|c| c.meta.is_terminating())).for_each(add);
            }
            _ => {}
        }
    }

    fn reconcile(&mut self, work: &Work, ctx: &mut Ctx<'_>) {
        let Some(object) = ctx.cluster.get(&work.key).cloned() else { return };
        if !object.meta.is_terminating() {
            if object.kind == Kind::PersistentVolumeClaim && tells(ctx.cluster) {
                tell_use(&object, ctx);
            }
            return;
        }
        let (finalizer, is_used) = match work.key.kind {
            Kind::PersistentVolumeClaim => {
                let mut users = ctx.cluster.pods_using(&work.key).filter_map(|key| ctx.cluster.get(key));
                (PVC_PROTECTION, users.any(|pod| !node_of(pod).is_empty()))
            }
            _ => (PV_PROTECTION, phase(&object) == "Bound"),
        };
        if !is_used && object.meta.has_finalizer(finalizer) {
            _ = ctx.cluster.modify(&work.key, |object| object.meta.remove_finalizer(finalizer));
        }
    }
}

/// The condition of a claim that no pod uses.
const UNUSED: &str = "Unused";

/// Whether claims say since when nothing uses them.
fn tells(cluster: &Cluster) -> bool {
    cluster.kubernetes().has(Difference::UnusedClaims)
}

fn used_condition(claim: &Object) -> Option<&Value> {
    condition(claim, UNUSED)
}

/// Writes whether a pod that has not ended names the claim, if that changed.
///
/// Follows pkg/controller/volume/pvcprotection/pvc_protection_controller.go.
fn tell_use(claim: &Rc<Object>, ctx: &mut Ctx<'_>) {
    let only_bound = ctx.cluster.kubernetes().has(Difference::UnusedOnceBound);
    if only_bound && phase(claim) != "Bound" {
        return;
    }
    let is_over = |pod: &Object| matches!(phase(pod), "Failed" | "Succeeded");
    let key = claim.key();
    let is_used = ctx.cluster.pods_using(&key).filter_map(|key| ctx.cluster.get(key)).any(|pod| !is_over(pod));
    let (status, reason, message) = match is_used {
        true => ("False", "PodUsingPVC", "A pod is currently referencing this PVC"),
        false => ("True", "NoPodsUsingPVC", "No pods are currently referencing this PVC"),
    };
    if used_condition(claim).is_some_and(|it| it.str_at(&["status"]) == status) {
        return;
    }
    let mut conditions = all_conditions(claim).to_vec();
    conditions.retain(|it| it.str_at(&["type"]) != UNUSED);
    conditions.push(obj! {
        "lastProbeTime" => Value::Null, "lastTransitionTime" => ctx.now().rfc3339(), "message" => message,
        "reason" => reason, "status" => status, "type" => UNUSED,
    });
    // The claim was there a moment ago.
    _ = ctx.cluster.modify(&key, |claim| claim.set_at(&["status", "conditions"], conditions));
}
