//! Writes into each quota what its namespace uses; admission does the refusing.
//!
//! Follows pkg/controller/resourcequota/resource_quota_controller.go.

use super::{Controller, ControllerId, Ctx, Timers, Work};
use crate::cluster::{Change, Cluster, Verb, used_of};
use crate::model::{Key, Kind, Map, Millis, Value};
use crate::obj;

/// The controller keeps nothing.
#[derive(Clone, Debug, Default)]
pub struct ResourceQuotas {}

/// How long changes are gathered before they are counted.
const DELAY: Millis = Millis(100);

impl Controller for ResourceQuotas {
    fn observe(&mut self, change: &Change, cluster: &Cluster, timers: &mut Timers) {
        if change.kind() == Kind::ResourceQuota && change.verb != Verb::Deleted {
            let key = change.object.key();
            timers.add(change.at, work(&key));
        } else if change.verb != Verb::Modified || change.kind() == Kind::Pod {
            if cluster.count(Kind::ResourceQuota) == 0 || change.kind() == Kind::Event {
                return;
            }
            for quota in cluster.list_in(Kind::ResourceQuota, &change.object.meta.namespace) {
                timers.add(change.at + DELAY, work(&quota.key()));
            }
        }
    }

    fn reconcile(&mut self, work: &Work, ctx: &mut Ctx<'_>) {
        let Some(quota) = ctx.cluster.get(&work.key).cloned() else { return };
        let hard = quota.at(&["spec", "hard"]).and_then(Value::as_map).cloned().unwrap_or_default();
        let used = hard.keys().map(|resource| {
            let used = used_of(ctx.cluster, &quota, resource);
            (resource.clone(), Value::from(used.to_string()))
        });
        let used: Map = used.collect();
        _ = ctx.cluster.modify(&work.key, |quota| quota.set_at(&["status"], obj! { "hard" => hard, "used" => used }));
    }
}

fn work(key: &Key) -> Work {
    Work { controller: ControllerId::ResourceQuota, key: key.clone(), task: "" }
}
