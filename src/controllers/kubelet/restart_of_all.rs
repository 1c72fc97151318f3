//! The restart of all containers of a pod, where a rule of one that ended asks for it: what runs is stopped, and the pod
//! begins anew with its init containers, without a back-off.
//!
//! Follows the rules `RestartAllContainers` of kuberuntime_manager.go and pkg/kubelet/kubelet_pods.go.

use super::Visit;
use super::pod_actions::{Plan, rule_of};
use super::status::Role;
use super::worker::{Life, RESTARTING_ALL};

impl Visit<'_, '_, '_> {
    /// Shows all containers as ended for the restart, once none of them runs any more.
    pub(super) fn show_restart_of_all(&mut self) {
        if !self.worker.restarts_all || self.pod_runs() {
            return;
        }
        for container in self.worker.containers.iter_mut().filter(|container| container.role != Role::Ephemeral) {
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
        self.worker.restarts_all = true;
        if is_noted && !self.pod_runs() {
            self.worker.restarts_all = false;
            for container in self.worker.containers.iter_mut().filter(|container| container.role != Role::Ephemeral) {
                container.begin_anew();
            }
            return None;
        }
        // What has ended is taken away, which the next look sees.
        if let Some(job) = &mut self.worker.job {
            job.has_acted = true;
        }
        let all = self.worker.containers.iter().enumerate();
        let running = all.filter(|(_, container)| container.role != Role::Ephemeral && container.is_running());
        Some(Plan { stops: running.map(|(at, _)| (at, "killing".to_string(), None)).collect(), ..Plan::default() })
    }

    fn is_restart_of_all_asked(&self) -> bool {
        (0..self.worker.containers.len()).any(|at| {
            let container = self.worker.containers.get(at).filter(|container| container.role != Role::Ephemeral);
            let end = container.and_then(|container| container.end());
            end.is_some_and(|end| rule_of(&self.spec(at), end.code).as_deref() == Some("RestartAllContainers"))
        })
    }

    /// Whether any of its own containers runs.
    fn pod_runs(&self) -> bool {
        let mut own = self.worker.containers.iter().filter(|container| container.role != Role::Ephemeral);
        own.any(|container| container.is_running())
    }
}
