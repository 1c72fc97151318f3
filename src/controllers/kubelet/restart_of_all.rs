//! The restart of all containers of a pod, where a rule of one that ended asks for it: what runs is stopped, and the pod
//! begins anew with its init containers, without a back-off.
//!
//! Follows the rules `RestartAllContainers` of kuberuntime_manager.go and pkg/kubelet/kubelet_pods.go.

use super::Visit;
use super::pod_actions::{Plan, rule_of};
use super::worker::{Life, RESTARTING_ALL};

impl Visit<'_, '_, '_> {
    /// Shows all containers as ended for the restart, once none of them runs any more.
    pub(super) fn show_restart_of_all(&mut self) {
        if !self.worker.restarts_all || !self.running_own().is_empty() {
            return;
        }
        for container in self.worker.containers.iter_mut().filter(|container| container.is_own()) {
            if let Life::Ended(end) = &mut container.life {
                end.reason = RESTARTING_ALL;
            }
        }
    }

    /// What is to be done before all containers can begin anew: what runs is stopped, and their end is shown. `None` if
    /// there is no such restart, or nothing is left to do for it; then they have forgotten that they lived.
    pub(super) fn plan_restart_of_all(&mut self) -> Option<Plan> {
        let is_noted = self.worker.restarts_all;
        if !is_noted && !self.is_restart_of_all_asked() {
            return None;
        }
        let running = self.running_own();
        if is_noted && running.is_empty() {
            self.worker.restarts_all = false;
            let own = self.worker.containers.iter_mut().filter(|container| container.is_own());
            own.for_each(|container| container.begin_anew());
            return None;
        }
        self.worker.restarts_all = true;
        // What has ended is taken away, which the next look sees.
        if let Some(job) = &mut self.worker.job {
            job.has_acted = true;
        }
        let stops = running.into_iter().map(|at| (at, "killing".to_string(), None)).collect();
        Some(Plan { stops, ..Plan::default() })
    }

    fn is_restart_of_all_asked(&self) -> bool {
        let mut own = self.worker.containers.iter().enumerate().filter(|(_, container)| container.is_own());
        own.any(|(at, container)| {
            container.end().is_some_and(|end| rule_of(&self.spec(at), end.code) == Some("RestartAllContainers"))
        })
    }

    /// The places of the pod's own containers that run.
    fn running_own(&self) -> Vec<usize> {
        let mut running = self.worker.running();
        running.retain(|at| self.worker.containers.get(*at).is_some_and(|container| container.is_own()));
        running
    }
}
