//! Makes the view of a pod out of what its worker knows; `status` writes views as the API has them. Finds nothing out.
//!
//! Follows pkg/kubelet/kubelet_pods.go (`generateAPIPodStatus`) and pkg/kubelet/status/status_manager.go.

use super::Visit;
use super::status::{ContainerView, PodView, Role, Shown, Termination};
use super::worker::{Container, Stage};
use crate::model::pod::init_containers;
use crate::model::{Millis, Object, Text, Value, conditions};
use crate::{list, obj};

impl Visit<'_, '_, '_> {
    /// Tells the status. Returns the phase that the containers' states make; it is not shown while something may run.
    pub(super) fn show(&mut self, is_over: bool) -> &'static str {
        self.show_after(is_over, |_, _| {})
    }

    /// Tells the status of a pod that has none yet: it was bound to its node.
    pub(super) fn show_bound(&mut self) {
        self.show_after(false, |pod, now| {
            let bound = obj! {
                "lastProbeTime" => Value::Null, "lastTransitionTime" => now.rfc3339(),
                "observedGeneration" => pod.meta.generation, "status" => "True", "type" => "PodScheduled",
            };
            pod.set_at(&["status", "conditions"], list![bound]);
        });
    }

    fn show_after(&mut self, is_over: bool, before: impl FnOnce(&mut Object, Millis)) -> &'static str {
        let view = self.view(is_over);
        let phase = view.coming;
        for (at, container) in view.containers.iter().enumerate() {
            if matches!(container.state, Shown::Running { .. })
                && let Some(container) = self.worker.containers.get_mut(at)
            {
                container.shown = container.lives;
            }
        }
        self.write_status(|turns, next, now| {
            before(next, now);
            view.write(turns, next, now);
        });
        phase
    }

    fn view(&self, is_over: bool) -> PodView {
        let policy = self.pod.str_at(&["spec", "restartPolicy"]);
        let has_inits = !init_containers(&self.pod).is_empty();
        let waiting = if has_inits { "PodInitializing" } else { "ContainerCreating" };
        let containers: Vec<ContainerView> =
            (0..self.worker.containers.len()).filter_map(|at| self.container_view(at, waiting)).collect();
        let ended = self.worker.ended_for.as_ref();
        let coming = match ended {
            Some(("DeadlineExceeded", _, _)) => "Failed",
            Some((_, _, Some(_))) if !is_over => "Failed",
            _ => PodView::phase_of(&containers, policy, is_over),
        };
        let containers = if is_over { self.with_lost(containers) } else { containers };
        let stored = conditions::phase(&self.pod);
        let may_run = !is_over && matches!(coming, "Succeeded" | "Failed");
        let phase = match stored {
            "Running" if may_run => "Running",
            _ if may_run => "Pending",
            // A pod that is over without having come to an end counts as failed.
            _ if is_over && !matches!(coming, "Succeeded" | "Failed") => "Failed",
            _ => coming,
        };
        let why = self.worker.ended_for.as_ref().filter(|_| phase == "Failed");
        PodView {
            containers,
            phase,
            coming,
            has_network: self.worker.has_sandbox && self.worker.stage != Stage::Over,
            is_ending: self.worker.stage != Stage::Kept,
            ip: self.worker.ip.clone(),
            host_ip: self.host_ip(),
            began: self.worker.began,
            why: why.map(|(reason, message, _)| (*reason, message.clone())),
            is_sorted: true,
            resize: self.worker.resize.clone(),
        }
    }

    fn container_view(&self, at: usize, waiting: &'static str) -> Option<ContainerView> {
        let (container, spec) = (self.worker.containers.get(at)?, self.spec(at));
        // An init container that ended well is shown so, also a sidecar that is to start again.
        let is_fine_init = container.role.is_initial() && container.end().is_some_and(|end| end.code == 0);
        let (state, last) = container.show(waiting, self.restarts(at) && !is_fine_init);
        let is_init = matches!(container.role, Role::Init | Role::Ephemeral);
        // A user may say that a container is not ready, whether or not it is asked.
        let has_probe = spec.get("readinessProbe").is_some();
        Some(ContainerView {
            name: container.name.clone(),
            image: container.image.clone(),
            role: container.role,
            state,
            last,
            restarts: container.restarts(),
            ready: !is_init && container.is_ready(&spec) && (has_probe || self.behaviour(at).is_ready),
            started: container.is_own() && container.is_started(&spec),
            id: if container.has_begun() { container.id.clone() } else { Text::default() },
            comes_again: self.restarts(at),
            resources: Some((container.actuated.clone(), container.allocated.clone())),
        })
    }

    /// Containers of an initialized pod that never began count as lost, now that the pod is over.
    /// Follows `TerminatePod` of the status manager.
    fn with_lost(&self, mut containers: Vec<ContainerView>) -> Vec<ContainerView> {
        if !self.loses_waiting() {
            return containers;
        }
        for container in containers.iter_mut().filter(|c| matches!(c.state, Shown::Waiting { .. })) {
            container.state = Shown::Terminated(Termination {
                code: 137,
                reason: "ContainerStatusUnknown",
                started: None,
                finished: None,
                id: Text::default(),
                message: "The container could not be located when the pod was terminated".into(),
            });
        }
        containers
    }

    /// Whether the pod was initialized when its end began.
    fn loses_waiting(&self) -> bool {
        let has_begun = self.worker.mains().any(|container| container.has_begun());
        let ending = self.worker.ending.or(Some(Millis(i64::MAX)));
        let mut inits = self.worker.containers.iter().filter(|container| container.role.is_initial());
        let is_through = |container: &Container| match container.role {
            Role::Init => {
                !container.has_begun() || container.end().is_some_and(|end| end.code == 0 && end.finished < ending)
            }
            _ => true,
        };
        has_begun || inits.all(is_through)
    }

    /// Writes the condition that says that the pod has its network.
    pub(super) fn show_network(&mut self) {
        let now = self.now();
        self.worker.turns[0] = super::status::Turn { value: Some(true), since: now };
        self.write_status(|turns, next, _| {
            let since = turns[0].since.rfc3339();
            let conditions = next.at_mut(&["status", "conditions"]).list_mut();
            for condition in conditions.iter_mut().filter(|c| c.str_at(&["type"]) == "PodReadyToStartContainers") {
                condition.set_at(&["lastTransitionTime"], since.clone());
                condition.set_at(&["status"], "True");
            }
        });
    }
}
