//! What a kubelet makes of news from its machine: a process that ended, a machine that stopped, a kubelet that comes
//! back, a disk that fills. Each brings the next look at the pods that it concerns.
//!
//! Follows pkg/kubelet/pleg/generic.go.

use super::{Kubelet, TASK_TICK, pressure, work};
use crate::cluster::Cluster;
use crate::controllers::{RuntimeCtx, Timers};
use crate::model::conditions::is_true;
use crate::model::{Key, Millis};
use crate::world::environment::KubeletKind;
use crate::world::{RuntimeEvent, Shortage};
use std::rc::Rc;

/// How long a kubelet that comes back takes until it looks at its pods.
const RESTART: Millis = Millis(1400);

impl Kubelet {
    /// Takes up what a user did to machines and processes.
    pub fn on_runtime_event(&mut self, event: &RuntimeEvent, ctx: &mut RuntimeCtx<'_>) {
        let RuntimeCtx { cluster, environment, timers } = ctx;
        match event {
            RuntimeEvent::EndContainer { pod, container, exit_code } => {
                if let Some(kept) = Rc::make_mut(&mut self.stand_in_pods).get_mut(pod) {
                    Rc::make_mut(kept).end_container(container, *exit_code, cluster.now());
                    return timers.add(cluster.now(), work(pod, TASK_TICK));
                }
                self.note(pod, event, cluster, timers);
            }
            RuntimeEvent::Ended { run, .. }
            | RuntimeEvent::StartFailed { run, .. }
            | RuntimeEvent::Answered { run, .. } => {
                self.note(&run.pod, event, cluster, timers);
            }
            RuntimeEvent::LookAtPod(pod) => {
                self.note(pod, event, cluster, timers);
                timers.add(cluster.now(), work(pod, ""));
            }
            RuntimeEvent::LookAtNode { node, is_kubelet_alone } => {
                let is_back = cluster.runtime().stopped(node).is_none() && environment.kubelet == KubeletKind::Real;
                let delay = if is_back && *is_kubelet_alone { RESTART } else { Millis::ZERO };
                self.has_restarted |= is_back;
                for key in cluster.pods_on(node) {
                    if is_back && let Some(worker) = Rc::make_mut(&mut self.workers).get_mut(key) {
                        match is_kubelet_alone {
                            true => {
                                let is_ready = cluster.get(key).is_some_and(|pod| is_true(pod, "Ready"));
                                Rc::make_mut(worker).restart(cluster.now() + delay, is_ready);
                            }
                            false => Rc::make_mut(worker).reboot(cluster.now()),
                        }
                    }
                    timers.add(cluster.now() + delay, work(key, ""));
                }
                if cluster.runtime().shortage(node) != Shortage::default() {
                    pressure::look_soon(node, cluster, timers);
                }
            }
            RuntimeEvent::LookAtDisks => self.plan_measurements(cluster, timers),
            RuntimeEvent::LookAtResources(node) => pressure::look_soon(node, cluster, timers),
        }
    }

    /// Lets the pods of a node that wait for volumes look again.
    pub(super) fn look_again(&self, node: &str, cluster: &Cluster, timers: &mut Timers) {
        cluster.pods_on(node).for_each(|key| self.look_if_waiting(key, cluster, timers));
    }

    /// Lets the pods of a claim look again that wait for volumes.
    pub(super) fn look_at_users(&self, claim: &Key, cluster: &Cluster, timers: &mut Timers) {
        cluster.pods_using(claim).for_each(|key| self.look_if_waiting(key, cluster, timers));
    }

    fn look_if_waiting(&self, key: &Key, cluster: &Cluster, timers: &mut Timers) {
        let is_waiting = self.workers.get(key).is_some_and(|worker| !worker.unmounted.is_empty());
        if is_waiting || self.stand_in_waits(key) {
            timers.add(cluster.now(), work(key, ""));
        }
    }

    /// Keeps what a process said until its pod's turn, which comes at once.
    fn note(&mut self, pod: &Key, event: &RuntimeEvent, cluster: &Cluster, timers: &mut Timers) {
        if self.workers.get(pod).is_some() {
            Rc::make_mut(&mut self.runtime_events).entry(pod.clone()).or_default().push((cluster.now(), event.clone()));
            timers.add(cluster.now(), work(pod, TASK_TICK));
        }
    }
}
