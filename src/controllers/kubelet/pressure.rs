//! What a kubelet does while its machine runs short of memory or disk space: it says so in the node's conditions and
//! evicts pods, one after the other. Taints nothing and deletes nothing.
//!
//! Follows pkg/kubelet/eviction with the default hard thresholds. What makes the machine short is not one of its pods,
//! so no eviction ends the shortage; images that nobody uses are not collected first.

use super::status::NODE_IS_LOW;
use super::worker::Stage;
use super::{Kubelet, TASK_TICK, work};
use crate::cluster::Cluster;
use crate::controllers::{Ctx, Decision, Outcome, Subject, Timers};
use crate::model::conditions::{condition, set_condition};
use crate::model::pod::priority;
use crate::model::{Key, Kind, Millis, Object, Quantity, Text, Value};
use crate::obj;
use crate::world::Shortage;
use std::rc::Rc;

/// How often the kubelet looks at what is left.
const PERIOD: Millis = Millis::seconds(10);
/// How long a pressure condition stays after the shortage.
const TRANSITION: Millis = Millis::seconds(300);
/// Pods of this priority and above are never evicted.
const CRITICAL: i64 = 2_000_000_000;

/// A resource, and the kubelet's words for its shortage.
struct Signal {
    condition: &'static str,
    resource: &'static str,
    /// Reason, message and event while it is short, and when it is not.
    short: (&'static str, &'static str, &'static str),
    fine: (&'static str, &'static str, &'static str),
    threshold: &'static str,
    available: &'static str,
}

const MEMORY: Signal = Signal {
    condition: "MemoryPressure",
    resource: "memory",
    short: ("KubeletHasInsufficientMemory", "kubelet has insufficient memory available", "NodeHasInsufficientMemory"),
    fine: ("KubeletHasSufficientMemory", "kubelet has sufficient memory available", "NodeHasSufficientMemory"),
    threshold: "100Mi",
    available: "90508Ki",
};

const DISK: Signal = Signal {
    condition: "DiskPressure",
    resource: "ephemeral-storage",
    short: ("KubeletHasDiskPressure", "kubelet has disk pressure", "NodeHasDiskPressure"),
    fine: ("KubeletHasNoDiskPressure", "kubelet has no disk pressure", "NodeHasNoDiskPressure"),
    threshold: "10Gi",
    available: "10039460Ki",
};

/// Lets the kubelet look at its machine at its next turn, if the machine is or was short.
pub(super) fn look_soon(node: &Text, cluster: &Cluster, timers: &mut Timers) {
    if cluster.runtime().stopped(node).is_some() {
        return;
    }
    let next = (cluster.now().0.div_euclid(PERIOD.0) + 1) * PERIOD.0;
    timers.set(Millis(next), work(&Key::new(Kind::Node, "", node.clone()), TASK_TICK));
}

impl Kubelet {
    /// Brings a node's pressure conditions up to date and evicts a pod while something is short.
    pub(super) fn keep_house(&mut self, ctx: &mut Ctx<'_>, key: &Key) {
        let node = &key.name;
        if ctx.cluster.runtime().stopped(node).is_some() || ctx.cluster.get(key).is_none() {
            return;
        }
        let (now, Shortage { memory, disk }) = (ctx.now(), ctx.cluster.runtime().shortage(node));
        let mut next: Option<Millis> = None;
        for (signal, is_short) in [(&MEMORY, memory), (&DISK, disk)] {
            let place = (node.clone(), signal.condition);
            if is_short {
                Rc::make_mut(&mut self.short_at).insert(place.clone(), now);
            }
            let until = self.short_at.get(&place).map(|at| *at + TRANSITION).filter(|until| *until > now);
            say(ctx, key, signal, until.is_some());
            let again = if is_short { Some(now + PERIOD) } else { until };
            next = next.into_iter().chain(again).min();
        }
        if let Some(signal) = memory.then_some(&MEMORY).or(disk.then_some(&DISK)) {
            let text = format!("Attempting to reclaim {}", signal.resource);
            if let Some(object) = ctx.cluster.get(key).cloned() {
                ctx.event(&object, "kubelet", true, "EvictionThresholdMet", text);
            }
            self.evict(ctx, node, signal);
        }
        if let Some(next) = next {
            ctx.timers.set(next, work(key, TASK_TICK));
        }
    }

    /// Ends the pod that goes first.
    fn evict(&mut self, ctx: &mut Ctx<'_>, node: &Text, signal: &Signal) {
        let Some(pod) = self.first_to_go(ctx.cluster, node, signal) else { return };
        let why = reason_of_eviction(&pod, signal);
        let (key, now) = (pod.key(), ctx.now());
        ctx.event(&pod, "kubelet", true, "Evicted", why.clone());
        ctx.decisions.record(|| Decision {
            at: now,
            controller: crate::controllers::ControllerId::Kubelet,
            key: key.clone(),
            rule: "kubelet.evicts",
            subject: Subject::Whole,
            facts: vec![("pod", key.name.clone()), ("node", node.clone()), ("resource", signal.resource.into())],
            outcome: Outcome::Acts,
        });
        self.end_pod(&key, why.into());
        ctx.timers.add(now, work(&key, ""));
    }

    /// The pod that is evicted first; none while another one is still on its way out.
    fn first_to_go(&self, cluster: &Cluster, node: &Text, signal: &Signal) -> Option<Rc<Object>> {
        let mut pods: Vec<&Rc<Object>> = Vec::new();
        for key in cluster.pods_on(node) {
            let Some(pod) = cluster.get(key) else { continue };
            let (is_leaving, is_over) = match (self.workers.get(key), self.stand_in_pods.get(key)) {
                (Some(worker), _) => {
                    (worker.ended_for.is_some() && worker.stage != Stage::Over, worker.stage != Stage::Kept)
                }
                (None, Some(pod)) => (pod.is_leaving(), pod.is_over()),
                (None, None) => continue,
            };
            if is_leaving {
                return None;
            }
            if !is_over && priority(pod) < CRITICAL {
                pods.push(pod);
            }
        }
        // Those that use more than they asked for go first, then the less important ones, then the hungrier ones.
        let rank = |pod: &Object| {
            let over = uses(pod, signal).into_iter().map(|it| it.used - it.requested).sum::<i64>();
            (over <= 0, priority(pod), -over)
        };
        pods.into_iter().min_by_key(|pod| rank(pod)).cloned()
    }
}

/// What an evicted pod is told: what its node is short of, and which of its containers use more than they asked for.
fn reason_of_eviction(pod: &Object, signal: &Signal) -> String {
    let mut why = format!(
        "{NODE_IS_LOW}{}. Threshold quantity: {}, available: {}. ",
        signal.resource, signal.threshold, signal.available
    );
    for it in uses(pod, signal) {
        if it.used > it.requested {
            why.push_str(&format!(
                "Container {} was using {}Ki, request is {}, has larger consumption of {}. ",
                it.container, it.used, it.request, signal.resource
            ));
        }
    }
    why
}

/// What a container takes of a resource, in KiB, and what it asked for.
struct Use {
    container: Text,
    used: i64,
    requested: i64,
    request: Text,
}

/// What a container's program takes of its machine's memory or of its disk, in KiB; told from its image alone.
fn usage(container: &Value, is_memory: bool) -> i64 {
    match (is_memory, base_of(container.str_at(&["image"]))) {
        (true, "mariadb" | "mysql" | "postgres") => 94_208,
        (true, "nginx" | "nginx-slim" | "redis") => 3_584,
        (true, _) => 1_068,
        (false, _) => 24,
    }
}

/// The image's name without registry, path and tag.
fn base_of(image: &str) -> &str {
    let name = image.rsplit('/').next().unwrap_or(image);
    name.split([':', '@']).next().unwrap_or(name)
}

fn uses(pod: &Object, signal: &Signal) -> Vec<Use> {
    let containers = crate::model::pod::containers(pod).iter();
    let one = |container: &Value| {
        let request = container.str_at(&["resources", "requests", signal.resource]);
        let quantity = Quantity::parse(request).ok();
        Use {
            container: Text::new(container.str_at(&["name"])),
            used: usage(container, signal.condition == MEMORY.condition),
            requested: quantity.map_or(0, |quantity| quantity.value() / 1024),
            request: if request.is_empty() { "0".into() } else { Text::new(request) },
        }
    };
    containers.map(one).collect()
}

/// Writes a node's condition if it changed, and tells of it.
fn say(ctx: &mut Ctx<'_>, key: &Key, signal: &Signal, is_short: bool) {
    let Some(node) = ctx.cluster.get(key).cloned() else { return };
    let status = if is_short { "True" } else { "False" };
    let old = condition(&node, signal.condition);
    if old.is_none_or(|condition| condition.str_at(&["status"]) == status) {
        return;
    }
    let (now, (reason, message, event)) = (ctx.now().rfc3339(), if is_short { signal.short } else { signal.fine });
    let condition = obj! {
        "lastHeartbeatTime" => now.clone(), "lastTransitionTime" => now, "message" => message, "reason" => reason,
        "status" => status, "type" => signal.condition,
    };
    // The node was read a moment ago in this same step.
    _ = ctx.cluster.modify(key, |node| set_condition(node, condition));
    ctx.event(&node, "kubelet", false, event, format!("Node {} status is now: {event}", key.name));
}
