//! The READY, STATUS and RESTARTS of a pod, worked out of its status as `kubectl get pods` prints them.

use super::conditions::{condition, is_true};
use super::pod::{is_over, sidecars};
use super::{Millis, Object, Value};
use crate::kubernetes::{Difference, Kubernetes};

/// The READY, STATUS and RESTARTS of a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodState {
    /// Containers that are ready.
    pub ready: usize,
    /// Containers in all.
    pub total: usize,
    /// The STATUS column.
    pub status: String,
    /// Restarts of all containers.
    pub restarts: i64,
    /// When the latest restart's run before ended.
    pub last_restart: Option<Millis>,
}

/// What the pod columns say.
///
/// Follows `printPod`.
pub fn pod_state(pod: &Object) -> PodState {
    pod_state_in(pod, Kubernetes::default())
}

/// What the pod columns say in a version of Kubernetes.
pub fn pod_state_in(pod: &Object, kubernetes: Kubernetes) -> PodState {
    let sidecars: Vec<&str> = sidecars(pod).map(|container| container.str_at(&["name"])).collect();
    let mut state = PodState {
        ready: 0,
        total: pod.list_at(&["spec", "containers"]).len() + sidecars.len(),
        status: match pod.str_at(&["status", "reason"]) {
            "" => pod.str_at(&["status", "phase"]).to_string(),
            reason => reason.to_string(),
        },
        restarts: 0,
        last_restart: None,
    };
    if condition(pod, "PodScheduled").is_some_and(|it| it.str_at(&["reason"]) == "SchedulingGated") {
        state.status = "SchedulingGated".into();
    }
    let (is_initializing, sidecar_restarts) = init_state(pod, &sidecars, &mut state);
    if !is_initializing || is_true(pod, "Initialized") {
        state.restarts = sidecar_restarts;
        main_state(pod, &mut state, kubernetes);
    }
    if pod.meta.is_terminating() {
        if pod.str_at(&["status", "reason"]) == "NodeLost" {
            state.status = "Unknown".into();
        } else if !is_over(pod) {
            state.status = "Terminating".into();
        }
    }
    state
}

fn last_finish(status: &Value) -> Option<Millis> {
    Millis::parse_rfc3339(status.str_at(&["lastState", "terminated", "finishedAt"]))
}

/// Looks at the init containers. Returns whether they are still at work, and the restarts of sidecars.
fn init_state(pod: &Object, sidecars: &[&str], state: &mut PodState) -> (bool, i64) {
    let count = pod.list_at(&["spec", "initContainers"]).len();
    let mut sidecar_restarts = 0;
    for (number, status) in pod.list_at(&["status", "initContainerStatuses"]).iter().enumerate() {
        let restarts = status.i64_at(&["restartCount"]).unwrap_or(0);
        let is_sidecar = sidecars.contains(&status.str_at(&["name"]));
        state.restarts += restarts;
        state.last_restart = state.last_restart.max(last_finish(status));
        if is_sidecar {
            sidecar_restarts += restarts;
        }
        let terminated = status.at(&["state", "terminated"]);
        let waiting = status.str_at(&["state", "waiting", "reason"]);
        let flag = |name: &str| status.get(name).and_then(Value::as_bool).unwrap_or(false);
        if terminated.is_some_and(|end| end.i64_at(&["exitCode"]).unwrap_or(0) == 0) {
            continue;
        }
        if is_sidecar && flag("started") {
            state.ready += usize::from(flag("ready"));
            continue;
        }
        state.status = match terminated {
            Some(end) => format!("Init:{}", end_text(end)),
            None if !waiting.is_empty() && waiting != "PodInitializing" => format!("Init:{waiting}"),
            None => format!("Init:{number}/{count}"),
        };
        return (true, sidecar_restarts);
    }
    (false, sidecar_restarts)
}

/// How a container ended, in a word.
fn end_text(end: &Value) -> String {
    match (end.str_at(&["reason"]), end.i64_at(&["signal"]).unwrap_or(0)) {
        ("", 0) => format!("ExitCode:{}", end.i64_at(&["exitCode"]).unwrap_or(0)),
        ("", signal) => format!("Signal:{signal}"),
        (reason, _) => reason.to_string(),
    }
}

fn main_state(pod: &Object, state: &mut PodState, kubernetes: Kubernetes) {
    let mut is_running = false;
    let mut failed = String::new();
    for status in pod.list_at(&["status", "containerStatuses"]).iter().rev() {
        state.restarts += status.i64_at(&["restartCount"]).unwrap_or(0);
        state.last_restart = state.last_restart.max(last_finish(status));
        let waiting = status.str_at(&["state", "waiting", "reason"]);
        let is_ready = status.get("ready").and_then(Value::as_bool).unwrap_or(false);
        if !waiting.is_empty() {
            state.status = waiting.to_string();
        } else if let Some(end) = status.at(&["state", "terminated"]) {
            state.status = end_text(end);
            if end.i64_at(&["exitCode"]).unwrap_or(0) != 0 {
                failed = state.status.clone();
            }
        } else if is_ready && status.at(&["state", "running"]).is_some() {
            is_running = true;
            state.ready += 1;
        }
    }
    if state.status == "Completed" {
        if is_running && is_true(pod, "Ready") {
            state.status = "Running".into();
        } else if !failed.is_empty() && kubernetes.has(Difference::FailureBeforeCompletion) {
            state.status = failed;
        } else if is_running {
            state.status = "NotReady".into();
        }
    }
}
