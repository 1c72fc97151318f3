//! How much pods write beside their claims, and what becomes of those that write more than they may. Pods without such
//! limits cost nothing.
//!
//! Follows pkg/kubelet/eviction (`localStorageEviction`): what is on the disks is measured once a minute, so that a pod is
//! evicted some time after it wrote too much.

use super::worker::Action;
use super::{Kubelet, TASK_TICK, Visit, work};
use crate::cluster::Cluster;
use crate::controllers::Timers;
use crate::model::pod::volumes;
use crate::model::{Millis, Object, Quantity, Text, Value, pod};
use crate::world::disk::DiskId;
use std::rc::Rc;

/// From a write to the measurement that sees it.
const NOTICE: Millis = Millis::seconds(24);

/// What the kubelet says of a pod that wrote too much; nothing if it did not.
pub(super) fn excess(cluster: &Cluster, pod: &Object, restarts: impl Fn(&Text) -> i64) -> Option<String> {
    let disks = cluster.disks();
    let uid = &pod.meta.uid;
    let volume_bytes = |name: &str| disks.bytes(&DiskId::EmptyDir { pod_uid: uid.clone(), volume: Text::new(name) });
    let limit_of = |text: &str| Quantity::parse(text).ok().map(Quantity::value).filter(|limit| *limit > 0);
    let is_over = |bytes: u64, limit: i64| i64::try_from(bytes).unwrap_or(i64::MAX) > limit;
    let mut used = 0;
    for volume in volumes(pod).iter().filter(|it| it.get("emptyDir").is_some_and(|it| !it.is_null())) {
        let (name, text) = (volume.str_at(&["name"]), volume.str_at(&["emptyDir", "sizeLimit"]));
        let bytes = volume_bytes(name);
        if limit_of(text).is_some_and(|limit| is_over(bytes, limit)) {
            return Some(format!("Usage of EmptyDir volume \"{name}\" exceeds the limit \"{text}\". "));
        }
        // What is kept in memory counts as memory.
        used += if volume.str_at(&["emptyDir", "medium"]) == "Memory" { 0 } else { bytes };
    }
    let layer = |container: &Value| {
        let name = Text::new(container.str_at(&["name"]));
        disks.bytes(&DiskId::Layer { pod_uid: uid.clone(), restarts: restarts(&name), container: name })
    };
    let containers = pod::containers(pod);
    let field = |container: &Value| container.str_at(&["resources", "limits", "ephemeral-storage"]).to_string();
    let limits = containers.iter().filter_map(|container| Quantity::parse(&field(container)).ok());
    let sum = limits.reduce(Quantity::plus).filter(|sum| sum.value() > 0);
    used += containers.iter().map(layer).sum::<u64>();
    if let Some(sum) = sum.filter(|sum| is_over(used, sum.value())) {
        return Some(format!("Pod ephemeral local storage usage exceeds the total limit of containers {sum}. "));
    }
    containers.iter().find_map(|container| {
        let text = field(container);
        is_over(layer(container), limit_of(&text)?).then(|| {
            let name = container.str_at(&["name"]);
            format!("Container {name} exceeded its local ephemeral storage limit \"{text}\". ")
        })
    })
}

/// Whether a pod may write only so much.
pub(super) fn is_limited(pod: &Object) -> bool {
    let has_size = |volume: &Value| !volume.str_at(&["emptyDir", "sizeLimit"]).is_empty();
    let has_limit = |it: &Value| !it.str_at(&["resources", "limits", "ephemeral-storage"]).is_empty();
    volumes(pod).iter().any(has_size) || pod::containers(pod).iter().any(has_limit)
}

impl Kubelet {
    /// Something was written to the disks: pods with limits are measured some time later.
    pub(super) fn plan_measurements(&mut self, cluster: &Cluster, timers: &mut Timers) {
        let limited = Rc::clone(&self.limited);
        for key in limited.iter() {
            let Some(worker) = Rc::make_mut(&mut self.workers).get_mut(key) else { continue };
            let is_planned = worker.agenda.iter().any(|(_, action)| *action == Action::Measure);
            if worker.ended_for.is_some() || is_planned || worker.probing.is_none() {
                continue;
            }
            let worker = Rc::make_mut(worker);
            let at = cluster.now() + worker.jitter(NOTICE);
            worker.plan(at, Action::Measure);
            timers.add(at, work(key, TASK_TICK));
        }
    }
}

impl Visit<'_, '_, '_> {
    /// Looks at what the pod wrote, and evicts it if that is too much.
    pub(super) fn measure(&mut self) {
        let lives = |name: &Text| {
            let container = self.worker.containers.iter().find(|container| container.name == *name);
            container.map_or(0, |container| container.lives - 1)
        };
        let Some(why) = excess(self.ctx.cluster, &self.pod, lives) else { return };
        self.pod_event(true, "Evicted", why.clone());
        self.worker.ended_for = Some(("Evicted", why.into(), Some(Millis::ZERO)));
        self.ask_sync();
    }
}
