//! Gives pods a node, one at a time: filters, scores, binds, and says why it cannot. Starts no container.
//!
//! Follows `ScheduleOne` in pkg/scheduler: pods that found no place wait until something changes that may help them,
//! and claims of a `WaitForFirstConsumer` class are provisioned for the chosen node before the pod is bound.

mod affinity;
mod binding;
mod filter;
mod miss;
mod node_by_node;
mod node_load;
pub(super) mod node_match;
mod preempt;
mod queue;
mod refusal;
mod scheduling_gates;
mod score;
mod topology_spread;
pub(super) mod volumes;

pub use filter::other_requests;
pub use node_by_node::{Asked, Places};
pub use node_load::requested;
pub use node_match::{selects, untolerated_taint};
pub use preempt::{REASON as PREEMPTED, read_of_victim};

use super::events::TASK_SERIES;
use super::{Controller, ControllerId, Ctx, Facts, Outcome, Timers, Work};
use crate::cluster::{Change, Cluster, DeleteOptions, Verb};
use crate::model::conditions::set_condition;
use crate::model::pod::{claims_of, is_over, node_of, priority};
use crate::model::volume::claim_of_volume;
use crate::model::{Key, Kind, Object, Text, Value, conditions};
use crate::obj;
use crate::sorted::{SharedMap, SharedSet};
use binding::{Reserved, TASK_TIMEOUT};
use node_load::Loads;
use queue::{TASK_NODES, TASK_PODS, Waiting};
use refusal::{Needs, Refusal, refusal};
use std::rc::Rc;

/// The scheduler's memory: what the nodes carry, and which pods wait.
#[derive(Clone, Debug, Default)]
pub struct Scheduler {
    loads: Loads,
    waiting: Rc<SharedMap<Key, Waiting>>,
    by_claim: Rc<SharedMap<Key, SharedSet<Key>>>,
    reserved: Rc<SharedMap<Key, Reserved>>,
    nominated: Rc<SharedMap<Key, node_load::Nominated>>,
}

impl Controller for Scheduler {
    fn observe(&mut self, change: &Change, cluster: &Cluster, timers: &mut Timers) {
        match change.kind() {
            Kind::Pod => self.observe_pod(change, timers),
            Kind::Node => self.observe_node(change, timers),
            Kind::PersistentVolumeClaim if change.verb != Verb::Deleted && !change.object.meta.is_terminating() => {
                self.retry_users(&change.object.key(), cluster.now(), timers);
            }
            Kind::PersistentVolume if change.verb != Verb::Deleted && volumes::may_be_used(&change.object) => {
                let claim = claim_of_volume(&change.object);
                match claim {
                    Some(claim) => self.retry_users(&claim, cluster.now(), timers),
                    None => self.flush(TASK_NODES, cluster.now(), timers),
                }
            }
            Kind::StorageClass if change.verb == Verb::Added => self.flush(TASK_NODES, cluster.now(), timers),
            _ => {}
        }
    }

    fn reconcile(&mut self, work: &Work, ctx: &mut Ctx<'_>) {
        match work.task {
            TASK_NODES => self.retry_all(|needs| needs.node, ctx),
            TASK_PODS => self.retry_all(|needs| needs.pod_gone, ctx),
            TASK_TIMEOUT => self.give_up(&work.key, ctx),
            TASK_SERIES => ctx.look_through_series(),
            _ => self.schedule(&work.key, ctx),
        }
    }
}

fn work(key: &Key, task: &'static str) -> Work {
    Work { controller: ControllerId::Scheduler, key: key.clone(), task }
}

impl Scheduler {
    fn schedule(&mut self, key: &Key, ctx: &mut Ctx<'_>) {
        let Some(pod) = ctx.cluster.get(key).cloned() else { return self.forget(key) };
        if !node_of(&pod).is_empty() || pod.meta.is_terminating() || is_over(&pod) {
            return;
        }
        if let Some(message) = scheduling_gates::refusal(&pod) {
            return self.write_condition(ctx, &pod, "SchedulingGated", message.to_string(), None);
        }
        if let Some(reserved) = self.reserved.get(key).cloned() {
            if volumes::are_all_bound(ctx.cluster, &pod) {
                match volumes::misplaced(ctx.cluster, &pod, &reserved.node) {
                    Some(volume) => self.give_up_place(&pod, &volume, &reserved.node, ctx),
                    None => self.bind(ctx, &pod, &reserved.node),
                }
            }
            return;
        }
        match self.choose(ctx.cluster, &pod) {
            Ok(node) => {
                if volumes::bind_pod_volumes(ctx, &pod, &node) {
                    self.reserve(ctx, &pod, node);
                } else {
                    self.bind(ctx, &pod, &node);
                }
            }
            Err(refusal) => self.refuse(ctx, &pod, refusal),
        }
    }

    /// The node for a pod.
    fn choose(&self, cluster: &Cluster, pod: &Object) -> Result<Text, Refusal> {
        let count = cluster.count(Kind::Node);
        if count == 0 {
            let message = "no nodes available to schedule pods".to_string();
            return Err(Refusal { message, needs: Needs { node: true, pod_gone: false }, plan: None });
        }
        let claims = volumes::prefilter(cluster, pod).map_err(|why| Refusal {
            message: if why.starts_with("waiting for ephemeral") {
                let post = format!("0/{count} nodes are available: {count} Preemption is not helpful for scheduling.");
                format!("0/{count} nodes are available: {why}. no new claims to deallocate, preemption: {post}")
            } else {
                format!("0/{count} nodes are available: {why}. not found")
            },
            needs: Needs::default(),
            plan: None,
        })?;
        let query = filter::Query::new(cluster, &self.loads, &self.nominated, pod, claims);
        let mut misses = Vec::new();
        let mut fitting: Vec<&Rc<Object>> = Vec::new();
        for node in cluster.list(Kind::Node) {
            match query.check(node) {
                Ok(()) => fitting.push(node),
                Err(miss) => misses.push((Rc::clone(node), miss)),
            }
        }
        match fitting.as_slice() {
            [] => Err(refusal(&query, misses, count)),
            [only] => Ok(only.meta.name.clone()),
            several => Ok(score::best(&query, several)),
        }
    }

    fn refuse(&mut self, ctx: &mut Ctx<'_>, pod: &Rc<Object>, refusal: Refusal) {
        let key = pod.key();
        let message = Text::from(refusal.message.clone());
        ctx.scheduler_event(pod, true, "FailedScheduling", message.clone());
        record(ctx, &key, "scheduler.no-node", Outcome::Waits, || vec![("message", message)]);
        let claims = claims_of(pod);
        let own = priority(pod);
        let nominated = refusal.plan.as_ref().map(|plan| plan.node.clone());
        if let Some(plan) = refusal.plan {
            self.preempt(ctx, pod, plan);
        }
        let by_claim = Rc::make_mut(&mut self.by_claim);
        for claim in &claims {
            by_claim.entry(claim.clone()).or_default().insert(key.clone());
        }
        let waiting = Rc::make_mut(&mut self.waiting);
        let attempts = waiting.get(&key).map_or(0, |waiting| waiting.attempts) + 1;
        waiting.insert(key, Waiting { attempts, priority: own, tried: ctx.now(), claims, needs: refusal.needs });
        self.write_condition(ctx, pod, "Unschedulable", refusal.message, nominated);
    }

    /// Asks the pods of lower priority to go, and keeps their place for the pod.
    fn preempt(&mut self, ctx: &mut Ctx<'_>, pod: &Rc<Object>, plan: preempt::Plan) {
        let (key, now) = (pod.key(), ctx.now().rfc3339());
        for victim in &plan.victims {
            let text = preempt::said_of_victim(&pod.meta.uid, &plan.node);
            ctx.scheduler_event(victim, false, "Preempted", text.into());
            record(ctx, &key, "scheduler.preempts", Outcome::Acts, || {
                vec![("victim", victim.meta.name.clone()), ("node", plan.node.clone())]
            });
            if victim.meta.is_terminating() {
                continue;
            }
            let condition = preempt::condition(victim, &now);
            // The victim was found in this same step, so it is still there.
            _ = ctx.cluster.modify(&victim.key(), |it| set_condition(it, condition));
            _ = ctx.cluster.delete(&victim.key(), &DeleteOptions::BACKGROUND);
        }
        let place =
            node_load::Nominated { node: plan.node, priority: priority(pod), request: node_load::Request::of(pod) };
        Rc::make_mut(&mut self.nominated).insert(key, place);
    }

    fn write_condition(
        &mut self,
        ctx: &mut Ctx<'_>,
        pod: &Rc<Object>,
        reason: &'static str,
        message: String,
        nominated: Option<Text>,
    ) {
        let message = Text::from(message);
        let old = conditions::condition(pod, "PodScheduled");
        if old.is_some_and(|c| c.str_at(&["message"]) == message.as_str() && c.str_at(&["status"]) == "False") {
            return;
        }
        // What admission wrote of a gated pod has no time.
        let before = old.map(|c| c.str_at(&["lastTransitionTime"])).filter(|time| !time.is_empty());
        let since = before.map_or_else(|| ctx.now().rfc3339().into(), Text::new);
        let condition = obj! {
            "lastProbeTime" => Value::Null, "lastTransitionTime" => since, "message" => message,
            "observedGeneration" => pod.meta.generation, "reason" => reason, "status" => "False",
            "type" => "PodScheduled",
        };
        let mut next = Object::clone(pod);
        set_condition(&mut next, condition);
        if let Some(node) = nominated {
            next.set_at(&["status", "nominatedNodeName"], node);
        }
        // The pod was read in this same step, so nobody wrote it in between.
        _ = ctx.cluster.replace(next);
    }
}

fn record(ctx: &mut Ctx<'_>, key: &Key, rule: &'static str, outcome: Outcome, facts: impl FnOnce() -> Facts) {
    ctx.decide_about(ControllerId::Scheduler, ("pod", key), rule, outcome, facts);
}
