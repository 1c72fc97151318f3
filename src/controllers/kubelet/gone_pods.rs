//! What a kubelet does when the object of a pod is gone while something of it still runs: it is stopped.
//!
//! Follows `HandlePodCleanups` in pkg/kubelet/kubelet_pods.go.

use super::worker::{Container, Stage};
use super::{Kubelet, TASK_GONE, TASK_TICK, event_at, references, work};
use crate::controllers::{Ctx, Timers};
use crate::model::{Key, Millis, Object, Text, pod};
use crate::world::{Order, Run};
use std::rc::Rc;

impl Kubelet {
    /// The object is gone; what still runs of it is killed.
    pub(super) fn forget(&mut self, key: &Key, object: &Rc<Object>, now: Millis, timers: &mut Timers) {
        if self.limited.contains(key) {
            Rc::make_mut(&mut self.limited).remove(key);
        }
        if let Some(worker) = self.workers.get(key).filter(|worker| worker.uid == object.meta.uid).cloned() {
            Rc::make_mut(&mut self.workers).remove(key);
            timers.cancel(&work(key, TASK_TICK));
            let has_files = pod::volumes(object).iter();
            let has_files = has_files.map(|it| references::sources_of(object, it)).any(|keys| !keys.is_empty());
            if has_files || (worker.stage == Stage::Kept && !worker.running().is_empty()) {
                self.gone.push((Rc::clone(object), worker));
                timers.add(now, work(key, TASK_GONE));
            }
        }
        if self.stand_in_pods.get(key).is_some_and(|kept| kept.uid == object.meta.uid) {
            Rc::make_mut(&mut self.stand_in_pods).remove(key);
            timers.cancel(&work(key, TASK_TICK));
        }
        Rc::make_mut(&mut self.runtime_events).remove(key);
    }

    /// Says that what still runs of deleted pods is stopped, and stops it.
    pub(super) fn stop_gone(&mut self, ctx: &mut Ctx<'_>) {
        for (pod, worker) in std::mem::take(&mut self.gone) {
            for volume in pod::volumes(&pod) {
                let name = Text::new(volume.str_at(&["name"]));
                ctx.cluster.runtime_mut().forget_volume(&worker.uid, &name);
            }
            let is_left = |container: &&Container| worker.stage == Stage::Kept && container.is_running();
            for container in worker.containers.iter().filter(is_left) {
                let (name, list) = (&container.name, container.role.list());
                let run = Run {
                    pod: pod.key(),
                    uid: worker.uid.clone(),
                    container: name.clone(),
                    number: container.lives - 1,
                };
                let text = format!("Stopping container {name}");
                event_at(ctx, &pod, &worker.node, (list, name), false, "Killing", text.into());
                ctx.cluster.runtime_mut().order(Order::Stop(run));
            }
        }
    }
}
