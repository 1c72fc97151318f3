//! Notices silent nodes, marks them and their pods, taints them, and takes the marks away again. Deletes no pod.
//!
//! Follows pkg/controller/nodelifecycle. Heartbeats are not simulated one by one: when a machine stops, the moment at
//! which its silence is noticed is known.

use super::{Controller, ControllerId, Ctx, Outcome, RuntimeCtx, Timers, Work};
use crate::cluster::{Change, Cluster, Verb};
use crate::model::conditions::{condition, is_true, set_condition};
use crate::model::node::{
    DISK_PRESSURE, MEMORY_PRESSURE, UNREACHABLE, UNSCHEDULABLE, ZONE, has_taint, is_cordoned, is_node_ready,
};
use crate::model::{Key, Kind, Map, Millis, Object, Text, Value};
use crate::obj;
use crate::sorted::SharedSet;
use crate::world::{KubeletKind, RuntimeEvent, registered_objects};

/// Nodes that fell silent, and when the next taint may be written.
#[derive(Clone, Debug, Default)]
pub struct NodeLifecycle {
    next_taint_at: Millis,
    next_eviction_at: Millis,
}

/// Marks a node that has been silent for too long.
const TASK_LOST: &str = "lost";
/// Writes the taint that drives pods away.
const TASK_NO_EXECUTE: &str = "no-execute";
/// The machine reports again.
const TASK_BACK: &str = "back";
/// The kubelet alone is back.
const TASK_KUBELET_BACK: &str = "kubelet-back";
/// Brings the taints in line with the node's state.
const TASK_TAINTS: &str = "taints";
/// The kubelet gives away what somebody has written into the node's capacity.
const TASK_ALLOCATABLE: &str = "allocatable";
/// How often a kubelet writes its node's status where something has changed.
const STATUS_PERIOD: Millis = Millis::seconds(10);

/// What of a node keeps new pods away.
struct Condition {
    taint: &'static str,
    holds: fn(&Object) -> bool,
}

const CONDITIONS: [Condition; 3] = [
    Condition { taint: UNSCHEDULABLE, holds: is_cordoned },
    Condition { taint: MEMORY_PRESSURE, holds: |node| is_true(node, "MemoryPressure") },
    Condition { taint: DISK_PRESSURE, holds: |node| is_true(node, "DiskPressure") },
];

const SOURCE: &str = "node-controller";
/// Taints are written one node after the other.
const TAINT_DELAY: Millis = Millis(5);
/// One node in this time gets the taint that drives pods away.
const EVICTION_PERIOD: Millis = Millis::seconds(10);

impl Controller for NodeLifecycle {
    fn observe(&mut self, change: &Change, _: &Cluster, timers: &mut Timers) {
        if change.kind() != Kind::Node || change.verb == Verb::Deleted {
            return;
        }
        let node = &change.object;
        if CONDITIONS.iter().any(|it| (it.holds)(node) != has_taint(node, it.taint, "NoSchedule")) {
            self.next_taint_at = self.next_taint_at.max(change.at) + TAINT_DELAY;
            timers.add(self.next_taint_at, work(&node.key(), TASK_TAINTS));
        }
        if allocatable_of(node).is_some() {
            let next = Millis((change.at.0 / STATUS_PERIOD.0 + 1).saturating_mul(STATUS_PERIOD.0));
            timers.add(next, work(&node.key(), TASK_ALLOCATABLE));
        }
    }

    fn reconcile(&mut self, work: &Work, ctx: &mut Ctx<'_>) {
        match work.task {
            TASK_LOST => self.lose(ctx, &work.key),
            TASK_NO_EXECUTE => taint_no_execute(ctx, &work.key),
            TASK_BACK => take_back(ctx, &work.key, true),
            TASK_KUBELET_BACK => take_back(ctx, &work.key, false),
            TASK_ALLOCATABLE => give_away(ctx, &work.key),
            _ => sync_taints(ctx, &work.key),
        }
    }
}

fn work(key: &Key, task: &'static str) -> Work {
    Work { controller: ControllerId::NodeLifecycle, key: key.clone(), task }
}

fn add_taint(node: &mut Object, key: &'static str, effect: &'static str, at: Millis) {
    if !has_taint(node, key, effect) {
        let taint = obj! { "effect" => effect, "key" => key, "timeAdded" => at.rfc3339() };
        node.at_mut(&["spec", "taints"]).list_mut().push(taint);
    }
}

fn remove_taints(node: &mut Object, key: &str, effect: Option<&str>) {
    if node.at(&["spec", "taints"]).is_none() {
        return;
    }
    let taints = node.at_mut(&["spec", "taints"]).list_mut();
    taints.retain(|taint| taint.str_at(&["key"]) != key || effect.is_some_and(|e| taint.str_at(&["effect"]) != e));
    if taints.is_empty() {
        node.remove_at(&["spec", "taints"]);
    }
}

impl NodeLifecycle {
    /// Takes up that a machine stopped or started.
    pub fn on_runtime_event(&mut self, event: &RuntimeEvent, ctx: &mut RuntimeCtx<'_>) {
        let RuntimeCtx { cluster, environment, timers } = ctx;
        let RuntimeEvent::LookAtNode { node, is_kubelet_alone } = event else { return };
        let key = Key::new(Kind::Node, "", node.clone());
        let Some(stopped) = cluster.runtime().stopped(node) else {
            timers.cancel(&work(&key, TASK_LOST));
            let task = if *is_kubelet_alone { TASK_KUBELET_BACK } else { TASK_BACK };
            return timers.add(cluster.now(), work(&key, task));
        };
        let delays = &environment.delays;
        let heartbeat = cluster.runtime().last_heartbeat(node, stopped.since);
        let period = delays.node_monitor_period.0.max(1);
        let noticed = heartbeat + delays.node_monitor_grace;
        let at = Millis((noticed.0 + period - 1).div_euclid(period) * period);
        timers.set(at.max(cluster.now()), work(&key, TASK_LOST));
    }

    fn lose(&mut self, ctx: &mut Ctx<'_>, key: &Key) {
        if ctx.cluster.runtime().stopped(&key.name).is_none() {
            return;
        }
        let Some(node) = ctx.cluster.get(key).cloned() else { return };
        let now = ctx.now();
        let heartbeat = Text::from(ctx.cluster.runtime().last_heartbeat(&key.name, now).rfc3339());
        let transition = Text::from(now.rfc3339());
        _ = ctx.cluster.modify(key, |node| {
            for kind in ["MemoryPressure", "DiskPressure", "PIDPressure", "Ready"] {
                let condition = obj! {
                    "lastHeartbeatTime" => &heartbeat, "lastTransitionTime" => &transition,
                    "message" => "Kubelet stopped posting node status.", "reason" => "NodeStatusUnknown",
                    "status" => "Unknown", "type" => kind,
                };
                set_condition(node, condition);
            }
            add_taint(node, UNREACHABLE, "NoSchedule", now);
        });
        let text = format!("Node {} status is now: NodeNotReady", key.name);
        ctx.event(&node, SOURCE, false, "NodeNotReady", text);
        record(ctx, key, "node-lifecycle.lost", Outcome::Acts);
        let pods: Vec<Key> = ctx.cluster.pods_on(&key.name).cloned().collect();
        for pod in pods {
            mark_pod(ctx, &pod);
        }
        self.next_eviction_at = self.next_eviction_at.max(now) + Millis(100);
        ctx.timers.add(self.next_eviction_at, work(key, TASK_NO_EXECUTE));
        self.next_eviction_at += EVICTION_PERIOD;
    }
}

/// A pod on a lost node no longer counts as ready.
fn mark_pod(ctx: &mut Ctx<'_>, key: &Key) {
    let Some(pod) = ctx.cluster.get(key).cloned() else { return };
    let Some(ready) = condition(&pod, "Ready").cloned() else { return };
    if ready.str_at(&["status"]) == "True" {
        let mut next = ready;
        next.set_at(&["status"], "False");
        next.set_at(&["lastTransitionTime"], ctx.now().rfc3339());
        _ = ctx.cluster.modify(key, |pod| set_condition(pod, next));
        ctx.event(&pod, SOURCE, true, "NodeNotReady", "Node is not ready");
    }
}

fn taint_no_execute(ctx: &mut Ctx<'_>, key: &Key) {
    let Some(node) = ctx.cluster.get(key) else { return };
    if is_node_ready(node) {
        return;
    }
    if is_everything_lost(ctx.cluster) {
        // The trouble is more likely the control plane's own network: nobody is driven away.
        return record(ctx, key, "node-lifecycle.all-lost", Outcome::Waits);
    }
    let now = ctx.now();
    record(ctx, key, "node-lifecycle.drives-away", Outcome::Acts);
    _ = ctx.cluster.modify(key, |node| add_taint(node, UNREACHABLE, "NoExecute", now));
}

/// Whether every zone is without a ready node.
fn is_everything_lost(cluster: &Cluster) -> bool {
    let zone = |node: &Object| Text::new(node.meta.label(ZONE));
    let zones: SharedSet<Text> = cluster.list(Kind::Node).map(|node| zone(node)).collect();
    let living: SharedSet<Text> =
        cluster.list(Kind::Node).filter(|n| is_node_ready(n)).map(|node| zone(node)).collect();
    // The only node of a cluster is tainted all the same, as recorded.
    !zones.is_empty() && living.is_empty() && cluster.list(Kind::Node).count() > 1
}

/// The machine's kubelet posts its status again, registering the node if it has to.
fn take_back(ctx: &mut Ctx<'_>, key: &Key, is_reboot: bool) {
    let Some(profile) = ctx.environment.node(&key.name).cloned() else { return };
    let now = ctx.now();
    if ctx.cluster.get(key).is_none() {
        let mut node = registered_objects::node(&profile, ctx.environment.kubernetes.version());
        node.set_at(&["status", "conditions"], registered_objects::ready_conditions(now, now));
        _ = ctx.cluster.create(node);
    }
    let Some(node) = ctx.cluster.get(key).cloned() else { return };
    let was_ready = is_node_ready(&node);
    if ctx.environment.kubelet == KubeletKind::Real {
        ctx.event(&node, "kubelet", false, "Starting", "Starting kubelet.");
        if is_reboot {
            let text = format!("Node {} has been rebooted, boot id: b{}", key.name, now.0);
            ctx.event(&node, "kubelet", true, "Rebooted", text);
        }
    }
    if was_ready {
        return;
    }
    record(ctx, key, "node-lifecycle.back", Outcome::Acts);
    _ = ctx.cluster.modify(key, |node| {
        node.set_at(&["status", "conditions"], registered_objects::ready_conditions(now, now));
        remove_taints(node, UNREACHABLE, None);
    });
    if ctx.environment.kubelet == KubeletKind::Real {
        let text = format!("Node {} status is now: NodeReady", key.name);
        ctx.event(&node, "kubelet", false, "NodeReady", text);
    }
    let waiting = ctx.cluster.list(Kind::Node).filter(|node| !is_node_ready(node)).map(|node| node.key());
    let waiting: Vec<Key> =
        waiting.filter(|key| !ctx.cluster.get(key).is_some_and(|n| has_taint(n, UNREACHABLE, "NoExecute"))).collect();
    for (at, key) in waiting.iter().enumerate() {
        let delay = Millis(EVICTION_PERIOD.0.saturating_mul(at as i64 + 1));
        ctx.timers.add(now + delay, work(key, TASK_NO_EXECUTE));
    }
}

/// What a node has for pods once its kubelet has looked at its extended resources; `None` if that is so already.
///
/// Follows `MachineInfo` in pkg/kubelet/nodestatus/setters.go.
fn allocatable_of(node: &Object) -> Option<Map> {
    let read = |field: &str| node.at(&["status", field]).and_then(Value::as_map);
    let (capacity, old) = (read("capacity")?, read("allocatable")?);
    let is_extended = |name: &str| name.contains('/') && !name.starts_with("kubernetes.io/");
    let mut new = Map::new();
    for (name, amount) in old.iter().filter(|(name, _)| !is_extended(name)) {
        new.insert(name.clone(), amount.clone());
    }
    for (name, amount) in capacity.iter().filter(|(name, _)| is_extended(name)) {
        new.insert(name.clone(), amount.clone());
    }
    (new != *old).then_some(new)
}

fn give_away(ctx: &mut Ctx<'_>, key: &Key) {
    if ctx.cluster.runtime().stopped(&key.name).is_some() {
        return;
    }
    let Some(new) = ctx.cluster.get(key).and_then(|node| allocatable_of(node)) else { return };
    _ = ctx.cluster.modify(key, |node| node.set_at(&["status", "allocatable"], Value::Map(new)));
}

/// Brings the taints that keep new pods away in line with what is true of the node.
fn sync_taints(ctx: &mut Ctx<'_>, key: &Key) {
    let Some(node) = ctx.cluster.get(key).cloned() else { return };
    let now = ctx.now();
    _ = ctx.cluster.modify(key, |node| {
        for Condition { taint, holds } in CONDITIONS {
            match holds(node) {
                true => add_taint(node, taint, "NoSchedule", now),
                false => remove_taints(node, taint, Some("NoSchedule")),
            }
        }
    });
    let is_closed = is_cordoned(&node);
    if !is_closed {
        ctx.cluster.runtime_mut().set_refused_drain(&key.name, None);
    }
    let is_news = is_closed != has_taint(&node, UNSCHEDULABLE, "NoSchedule");
    if is_news && ctx.environment.kubelet == KubeletKind::Real {
        let reason = if is_closed { "NodeNotSchedulable" } else { "NodeSchedulable" };
        ctx.event(&node, "kubelet", false, reason, format!("Node {} status is now: {reason}", key.name));
    }
}

fn record(ctx: &mut Ctx<'_>, key: &Key, rule: &'static str, outcome: Outcome) {
    ctx.decide_about(ControllerId::NodeLifecycle, ("node", key), rule, outcome, Vec::new);
}
