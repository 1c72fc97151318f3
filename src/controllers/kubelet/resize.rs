//! A running pod gets other resources: whether its node has them, what its status says meanwhile, and which containers are
//! started anew for it. Chooses no node.
//!
//! Follows pkg/kubelet/allocation and kuberuntime_manager.go (`doPodResizeAction`).

use super::Visit;
use super::status::{Resize, Role};
use super::worker::{Action, Stage};
use crate::model::{Kind, Millis, Quantity, Text, Value, pod, to_json};
use crate::obj;

/// How long the runtime takes to change a container's limits.
const CHANGE: Millis = Millis(300);

/// The limits and requests of a container, without what else stands beside them.
pub(super) fn resources_of(spec: &Value) -> Value {
    let mut own = Value::map();
    for list in ["limits", "requests"] {
        if let Some(amounts) = spec.at(&["resources", list]).filter(|amounts| !amounts.is_null()) {
            own.set_at(&[list], amounts.clone());
        }
    }
    own
}

/// The sum of one resource over containers' requests, in thousandths.
fn sum(resources: impl Iterator<Item = Value>, name: &str) -> i64 {
    let amount = |it: Value| Quantity::parse(it.str_at(&["requests", name])).map_or(0, Quantity::milli_value);
    resources.map(amount).sum()
}

impl Visit<'_, '_, '_> {
    /// Takes up that the resources in the pod's specification are other ones than those of its containers.
    pub(super) fn review_resize(&mut self) {
        let wants = |visit: &Self, at: usize| resources_of(&visit.spec(at));
        let changed: Vec<usize> = (0..self.worker.containers.len())
            .filter(|at| {
                let container = self.worker.containers.get(*at);
                container.is_some_and(|c| {
                    matches!(c.role, Role::Main | Role::Sidecar) && c.is_running() && c.allocated != wants(self, *at)
                })
            })
            .collect();
        if changed.is_empty() || self.worker.stage != Stage::Kept {
            if matches!(self.worker.resize, Some(Resize::Pending(..))) && self.worker.stage == Stage::Kept {
                self.worker.resize = None;
            }
            return;
        }
        if let Some((reason, why)) = self.refusal() {
            let is_news = self.worker.resize != Some(Resize::Pending(reason, why.clone().into()));
            self.worker.resize = Some(Resize::Pending(reason, why.clone().into()));
            if is_news {
                let event = if reason == "Infeasible" { "ResizeInfeasible" } else { "ResizeDeferred" };
                self.pod_event(true, event, format!("Pod resize {reason}: {why}"));
            }
            return;
        }
        for at in changed {
            let wanted = wants(self, at);
            if let Some(container) = self.worker.containers.get_mut(at) {
                container.allocated = wanted;
            }
        }
        self.worker.resize = Some(Resize::InProgress);
        let text = format!("Pod resize started: {}", self.resize_summary());
        self.pod_event(false, "ResizeStarted", text);
        let at = self.now() + CHANGE;
        self.worker.plan_once(at, Action::Resized);
    }

    /// Why the node cannot give what is asked for: more than it has at all, or more than is free now.
    fn refusal(&self) -> Option<(&'static str, String)> {
        let cluster = &self.ctx.cluster;
        let node = cluster.find(Kind::Node, &Text::default(), &self.worker.node)?;
        let own = || pod::containers(&self.pod).iter().map(resources_of);
        for name in ["cpu", "memory"] {
            let capacity = Quantity::parse(node.str_at(&["status", "allocatable", name])).ok()?.milli_value();
            let asked = sum(own(), name);
            // CPU is counted in thousandths, memory in bytes.
            let shown = |amount: i64| if name == "cpu" { amount } else { amount / 1000 };
            if asked > capacity {
                let (asked, capacity) = (shown(asked), shown(capacity));
                let why = format!("Node didn't have enough capacity: {name}, requested: {asked}, capacity: {capacity}");
                return Some(("Infeasible", why));
            }
            let others = cluster.pods_on(&self.worker.node).filter_map(|key| cluster.get(key));
            let others = others.filter(|pod| pod.meta.uid != self.worker.uid && !crate::model::pod::is_over(pod));
            let used = sum(others.flat_map(|pod| pod::containers(pod).iter().map(resources_of)), name);
            if asked + used > capacity {
                let (asked, used, capacity) = (shown(asked), shown(used), shown(capacity));
                let why = format!(
                    "Node didn't have enough resource: {name}, requested: {asked}, used: {used}, capacity: {capacity}"
                );
                return Some(("Deferred", why));
            }
        }
        None
    }

    /// The runtime changed the limits of all containers that need not be started anew for it: what they were allocated is
    /// actuated.
    pub(super) fn resized(&mut self) {
        let waits = (0..self.worker.containers.len()).any(|at| self.needs_restart(at));
        for at in 0..self.worker.containers.len() {
            if !self.needs_restart(at)
                && let Some(container) = self.worker.containers.get_mut(at).filter(|it| it.is_running())
            {
                container.actuated = container.allocated.clone();
            }
        }
        if !waits {
            self.end_resize();
        }
        self.ask_sync();
    }

    /// Everything is as asked for.
    pub(super) fn end_resize(&mut self) {
        if self.worker.resize.take() == Some(Resize::InProgress) {
            let text = format!("Pod resize completed: {}", self.resize_summary());
            self.pod_event(false, "ResizeCompleted", text);
        }
    }

    /// Whether a container has to be started anew to get what it was given.
    pub(super) fn needs_restart(&self, at: usize) -> bool {
        let Some(container) = self.worker.containers.get(at).filter(|it| it.is_running()) else { return false };
        let spec = self.spec(at);
        spec.list_at(&["resizePolicy"]).iter().any(|policy| {
            let name = policy.str_at(&["resourceName"]);
            let differs = |list: &str| container.actuated.at(&[list, name]) != container.allocated.at(&[list, name]);
            policy.str_at(&["restartPolicy"]) == "RestartContainer" && (differs("limits") || differs("requests"))
        })
    }

    fn resize_summary(&self) -> String {
        let containers = pod::containers(&self.pod).iter();
        let one =
            |spec: &Value| obj! { "name" => Text::new(spec.str_at(&["name"])), "resources" => resources_of(spec) };
        let all: Vec<Value> = containers.map(one).collect();
        to_json(&obj! { "containers" => Value::from(all), "generation" => self.pod.meta.generation })
    }
}
