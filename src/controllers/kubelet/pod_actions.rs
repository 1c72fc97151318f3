//! What is to be done with a pod's containers: which are started, started anew by `restartPolicy` or after a failed probe, and
//! stopped; init containers one after another. Does none of it.
//!
//! Follows `computePodActions` and `computeInitContainerActions` in pkg/kubelet/kuberuntime/kuberuntime_manager.go.

use super::Visit;
use super::status::Role;
use super::worker::{Life, Probe, Stage};
use crate::model::Value;

/// What is to be done for a pod.
#[derive(Default)]
pub(super) struct Plan {
    /// Everything is to be stopped: there is nothing left to run.
    pub(super) ends: bool,
    pub(super) needs_sandbox: bool,
    /// What is to be stopped: the container, the words, and the probe that wants it.
    pub(super) stops: Vec<(usize, String, Option<Probe>)>,
    pub(super) inits: Vec<usize>,
    pub(super) starts: Vec<usize>,
    /// Containers that were added to the pod and have not begun.
    pub(super) extras: Vec<usize>,
}

impl Visit<'_, '_, '_> {
    /// What is to be done, by the state of the containers at this moment.
    pub(super) fn compute(&mut self) -> Plan {
        if let Some(plan) = self.plan_restart_of_all() {
            return plan;
        }
        let mut plan = Plan { needs_sandbox: !self.worker.has_sandbox, ..Plan::default() };
        let is_initialized = self.compute_inits(&mut plan);
        let ephemeral = self.worker.containers.iter().enumerate();
        let fresh =
            ephemeral.filter(|(_, container)| container.role == Role::Ephemeral && container.life == Life::None);
        plan.extras = fresh.map(|(at, _)| at).collect();
        if !is_initialized || plan.ends {
            return plan;
        }
        let mut kept = 0;
        for at in 0..self.worker.containers.len() {
            let spec = self.spec(at);
            let Some(container) = self.worker.containers.get(at).filter(|c| c.role == Role::Main) else { continue };
            if !container.is_running() {
                if self.restarts(at) {
                    plan.starts.push(at);
                }
                continue;
            }
            let reason = if container.image != spec.str_at(&["image"]) {
                Some((format!("Container {} definition changed", container.name), None, true))
            } else if self.needs_restart(at) {
                Some((format!("Container {} resize requires restart", container.name), None, true))
            } else {
                let failing =
                    [Probe::Liveness, Probe::Startup].into_iter().find(|p| container.result(*p) == Some(false));
                failing.map(|probe| {
                    let word = probe.word().to_ascii_lowercase();
                    (
                        format!("Container {} failed {word} probe", container.name),
                        Some(probe),
                        self.policy(at) != "Never",
                    )
                })
            };
            match reason {
                None => kept += 1,
                Some((text, probe, true)) => {
                    plan.stops.push((at, format!("{text}, will be restarted"), probe));
                    plan.starts.push(at);
                }
                Some((text, probe, false)) => plan.stops.push((at, text, probe)),
            }
        }
        if kept == 0 && plan.starts.is_empty() {
            plan = Plan { ends: true, ..Plan::default() };
        }
        plan
    }

    /// What is to be done for the init containers. Returns whether the regular ones may start.
    /// Follows `computeInitContainerActions`.
    fn compute_inits(&mut self, plan: &mut Plan) -> bool {
        let has_begun = self.worker.mains().any(|container| container.has_begun());
        let mut is_initialized = true;
        for at in 0..self.worker.containers.len() {
            let spec = self.spec(at);
            let Some(container) = self.worker.containers.get(at).filter(|c| c.role.is_initial()) else { break };
            let is_sidecar = container.role == Role::Sidecar;
            if has_begun && !is_sidecar {
                continue;
            }
            match &container.life {
                Life::None => {
                    plan.inits.push(at);
                    is_initialized &= has_begun;
                }
                Life::Running { .. } if !is_sidecar => is_initialized = false,
                Life::Running { .. } => {
                    let failing =
                        [Probe::Startup, Probe::Liveness].into_iter().find(|p| container.result(*p) == Some(false));
                    if let Some(probe) = failing {
                        let word = probe.word().to_ascii_lowercase();
                        let text = format!("Init container {} failed {word} probe", container.name);
                        plan.stops.push((at, text, Some(probe)));
                        plan.inits.push(at);
                    }
                    is_initialized &= container.is_started(&spec) && failing.is_none() || has_begun;
                }
                Life::Ended(_) if is_sidecar => {
                    plan.inits.push(at);
                    is_initialized &= has_begun;
                }
                Life::Ended(end) if end.code == 0 => {}
                Life::Ended(_) => {
                    is_initialized = false;
                    match self.policy(at) {
                        "Never" => plan.ends = true,
                        _ => plan.inits.push(at),
                    }
                }
            }
            if !is_initialized {
                break;
            }
        }
        is_initialized
    }

    /// The restart policy that counts for a container.
    pub(super) fn policy(&self, at: usize) -> &'static str {
        let own = self.spec(at);
        let role = self.worker.containers.get(at).map_or(Role::Main, |container| container.role);
        match (role, own.str_at(&["restartPolicy"])) {
            (Role::Ephemeral, _) => "Never",
            (Role::Sidecar, _) | (_, "Always") => "Always",
            (_, "OnFailure") => "OnFailure",
            (_, "Never") => "Never",
            _ => match self.pod.str_at(&["spec", "restartPolicy"]) {
                "Never" => "Never",
                "OnFailure" => "OnFailure",
                _ => "Always",
            },
        }
    }

    /// Whether a container that does not run is to be started. Follows `ShouldContainerBeRestarted`.
    pub(super) fn restarts(&self, at: usize) -> bool {
        let Some(container) = self.worker.containers.get(at) else { return false };
        if self.pod.meta.is_terminating() || self.worker.stage == Stage::Over {
            return false;
        }
        let Some(end) = container.end() else { return !container.is_running() };
        if self.worker.restarts_all && container.is_own() {
            return true;
        }
        if container.role == Role::Init && end.code == 0 {
            return false;
        }
        let spec = self.spec(at);
        rule_of(&spec, end.code).map(|action| action.starts_with("Restart")).unwrap_or(match self.policy(at) {
            "Never" => false,
            "OnFailure" => end.code != 0,
            _ => true,
        })
    }
}

/// The action that the container's own rules ask for behind an exit code. Follows `restartPolicyRules`.
pub(super) fn rule_of(spec: &Value, code: i64) -> Option<&str> {
    let fits = |rule: &&Value| {
        let is_in = rule.list_at(&["exitCodes", "values"]).iter().any(|value| value.as_i64() == Some(code));
        is_in == (rule.str_at(&["exitCodes", "operator"]) == "In")
    };
    spec.list_at(&["restartPolicyRules"]).iter().find(fits).map(|rule| rule.str_at(&["action"]))
}
