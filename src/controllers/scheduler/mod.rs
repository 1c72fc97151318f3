//! Gives pods a node, one at a time: filters, scores, binds, and says why it cannot. Starts no container.
//!
//! Follows `ScheduleOne` in pkg/scheduler: pods that found no place wait until something changes that may help them,
//! and claims of a `WaitForFirstConsumer` class are provisioned for the chosen node before the pod is bound.

mod affinity;
mod filter;
mod load;
mod miss;
pub(super) mod node_match;
mod places;
mod preempt;
mod refusal;
mod score;
mod topology_spread;
pub(super) mod volumes;

pub use filter::other_requests;
pub use load::requested;
pub use node_match::{selects, untolerated_taint};
pub use places::{Asked, Places};

use super::events::TASK_SERIES;
use super::{Controller, ControllerId, Ctx, Facts, Outcome, Timers, Work};
use crate::cluster::{Change, Cluster, DeleteOptions, Verb};
use crate::model::conditions::set_condition;
use crate::model::node::{ZONE, is_cordoned, taints};
use crate::model::pod::{claims_of, is_over, node_of, priority};
use crate::model::volume::claim_of_volume;
use crate::model::{Key, Kind, Millis, Object, Text, Value, conditions};
use crate::obj;
use crate::ordering::Order;
use crate::sorted::{SharedMap, SharedSet};
use load::Loads;
use refusal::{Misses, Needs, Refusal};
use std::rc::Rc;

/// A pod that found no place.
#[derive(Clone, Debug)]
struct Waiting {
    attempts: i64,
    priority: i64,
    /// When it was tried last.
    tried: Millis,
    claims: Vec<Key>,
    needs: Needs,
}

impl Waiting {
    /// When it is tried again after something happened that may help it.
    fn next_try(&self, now: Millis) -> Millis {
        let back_off = Millis(BACK_OFF.0 << (self.attempts - 1).clamp(0, 10)).min(BACK_OFF_MAX);
        let is_backing_off = now < self.tried + back_off;
        if is_backing_off { now + RETRY } else { now }
    }
}

/// A pod whose node is chosen and whose claims are not bound yet.
#[derive(Clone, Debug)]
struct Reserved {
    node: Text,
    since: Millis,
}

/// The scheduler's memory: what the nodes carry, and which pods wait.
#[derive(Clone, Debug, Default)]
pub struct Scheduler {
    loads: Loads,
    waiting: Rc<SharedMap<Key, Waiting>>,
    by_claim: Rc<SharedMap<Key, SharedSet<Key>>>,
    reserved: Rc<SharedMap<Key, Reserved>>,
    nominated: Rc<SharedMap<Key, load::Nominated>>,
}

/// Tries all pods that wait for a node.
const TASK_NODES: &str = "nodes";
/// Tries all pods that wait for another to go.
const TASK_PODS: &str = "pods";
/// Gives up waiting for a pod's claims.
const TASK_TIMEOUT: &str = "timeout";
/// How long a reserved pod waits for its claims.
const BIND_TIMEOUT: Millis = Millis::seconds(600);
/// The back-off after the first attempt; it doubles with each further one, up to `BACK_OFF_MAX`.
const BACK_OFF: Millis = Millis::seconds(1);
const BACK_OFF_MAX: Millis = Millis::seconds(10);
/// How much later a pod that is still backing off comes: the queue takes such pods when it has no others.
const RETRY: Millis = Millis(2);
/// How many waiting pods are tried at once when something may help them: one after the other takes time, and where
/// thousands wait not all of them are tried anew at each pod's end.
const ROUND_SIZE: usize = 100;
/// How much later the next so many come.
const ROUND: Millis = Millis(100);

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
    fn observe_pod(&mut self, change: &Change, timers: &mut Timers) {
        let pod = &change.object;
        let key = pod.key();
        let has_node = !node_of(pod).is_empty();
        if change.verb == Verb::Deleted || is_over(pod) {
            self.forget(&key);
            if self.loads.remove(&key) {
                self.flush(TASK_PODS, change.at, timers);
            }
            return;
        }
        if has_node {
            self.forget(&key);
            self.loads.add(&key, pod);
            return;
        }
        let is_news = match &change.old {
            None => true,
            Some(old) => old.body.get("spec") != pod.body.get("spec") || old.meta.labels != pod.meta.labels,
        };
        if is_news && pod.str_at(&["spec", "schedulerName"]) == "default-scheduler" {
            timers.add(change.at, work(&key, ""));
        }
    }

    fn observe_node(&mut self, change: &Change, timers: &mut Timers) {
        let node = &change.object;
        let may_help = match (&change.old, change.verb) {
            (_, Verb::Deleted) => false,
            (None, _) => true,
            (Some(old), _) => {
                let was_closed = is_cordoned(old);
                let is_closed = is_cordoned(node);
                let now = taints(node);
                (was_closed && !is_closed)
                    || taints(old).iter().any(|taint| !now.contains(taint))
                    || old.meta.labels != node.meta.labels
                    || old.at(&["status", "allocatable"]) != node.at(&["status", "allocatable"])
            }
        };
        if may_help {
            self.flush(TASK_NODES, change.at, timers);
        }
    }

    /// Tries the pods that wait for something, a moment later.
    fn flush(&mut self, task: &'static str, now: Millis, timers: &mut Timers) {
        if self.waiting.values().any(|w| if task == TASK_NODES { w.needs.node } else { w.needs.pod_gone }) {
            timers.add(now + Millis(1), work(&Key::new(Kind::Pod, "", ""), task));
        }
    }

    fn retry_all(&mut self, helps: impl Fn(Needs) -> bool, ctx: &mut Ctx<'_>) {
        let now = ctx.now();
        let mut all: Vec<_> = self.waiting.iter().filter(|(_, waiting)| helps(waiting.needs)).collect();
        // The queue gives the most important pods first.
        all.order_by_key(|(_, waiting)| -waiting.priority);
        for (place, (key, waiting)) in all.into_iter().enumerate() {
            let turn = Millis(ROUND.0 * (place / ROUND_SIZE) as i64);
            ctx.timers.add(waiting.next_try(now) + turn, work(key, ""));
        }
    }

    fn retry_users(&mut self, claim: &Key, now: Millis, timers: &mut Timers) {
        for key in self.by_claim.get(claim).into_iter().flatten() {
            timers.add(self.waiting.get(key).map_or(now, |waiting| waiting.next_try(now)), work(key, ""));
        }
    }

    fn schedule(&mut self, key: &Key, ctx: &mut Ctx<'_>) {
        let Some(pod) = ctx.cluster.get(key).cloned() else { return self.forget(key) };
        if !node_of(&pod).is_empty() || pod.meta.is_terminating() || is_over(&pod) {
            return;
        }
        if !pod.list_at(&["spec", "schedulingGates"]).is_empty() {
            let message = "Scheduling is blocked due to non-empty scheduling gates".to_string();
            return self.write_condition(ctx, &pod, "SchedulingGated", message, None);
        }
        if let Some(reserved) = self.reserved.get(key).cloned() {
            if volumes::are_all_bound(ctx.cluster, &pod) {
                self.bind(ctx, &pod, &reserved.node);
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
            let text = format!("Preempted by pod {} on node {}", pod.meta.uid, plan.node);
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
        let place = load::Nominated { node: plan.node, priority: priority(pod), request: load::Request::of(pod) };
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

    /// Keeps a place for a pod until its claims are bound.
    fn reserve(&mut self, ctx: &mut Ctx<'_>, pod: &Object, node: Text) {
        let key = pod.key();
        record(ctx, &key, "scheduler.reserved", Outcome::Waits, || vec![("node", node.clone())]);
        self.loads.add_to(&key, pod, node.clone());
        let since = ctx.now();
        let by_claim = Rc::make_mut(&mut self.by_claim);
        for claim in claims_of(pod) {
            by_claim.entry(claim).or_default().insert(key.clone());
        }
        Rc::make_mut(&mut self.reserved).insert(key.clone(), Reserved { node, since });
        ctx.timers.set(since + BIND_TIMEOUT, work(&key, TASK_TIMEOUT));
    }

    fn give_up(&mut self, key: &Key, ctx: &mut Ctx<'_>) {
        let Some(reserved) = self.reserved.get(key) else { return };
        if reserved.since + BIND_TIMEOUT > ctx.now() {
            return;
        }
        self.forget(key);
        self.loads.remove(key);
        if let Some(pod) = ctx.cluster.get(key).cloned() {
            let message = "running PreBind plugin \"VolumeBinding\": binding volumes: context deadline exceeded";
            let needs = Needs { node: true, pod_gone: false };
            self.refuse(ctx, &pod, Refusal { message: message.to_string(), needs, plan: None });
            ctx.enqueue(ControllerId::Scheduler, key.clone());
        }
    }

    fn bind(&mut self, ctx: &mut Ctx<'_>, pod: &Rc<Object>, node_name: &Text) {
        let mut bound = Object::clone(pod);
        bound.set_at(&["spec", "nodeName"], node_name);
        if let Some(node) = ctx.cluster.find(Kind::Node, &Text::default(), node_name) {
            for label in [ZONE, "topology.kubernetes.io/region"] {
                if let Some(value) = node.meta.labels.get(label) {
                    bound.meta.labels.insert(label, value.clone());
                }
            }
        }
        let condition = obj! {
            "lastProbeTime" => Value::Null, "lastTransitionTime" => ctx.now().rfc3339(),
            "observedGeneration" => pod.meta.generation, "status" => "True", "type" => "PodScheduled",
        };
        set_condition(&mut bound, condition);
        bound.remove_at(&["status", "nominatedNodeName"]);
        let key = pod.key();
        if ctx.cluster.replace(bound).is_err() {
            return;
        }
        let text = format!("Successfully assigned {}/{} to {node_name}", pod.meta.namespace, pod.meta.name);
        ctx.scheduler_event(pod, false, "Scheduled", text.into());
        record(ctx, &key, "scheduler.bound", Outcome::Acts, || vec![("node", node_name.clone())]);
        self.forget(&key);
        ctx.timers.cancel(&work(&key, TASK_TIMEOUT));
    }

    /// Forgets that a pod waits or is reserved.
    fn forget(&mut self, key: &Key) {
        if self.nominated.contains_key(key) {
            Rc::make_mut(&mut self.nominated).remove(key);
        }
        let claims = match self.waiting.get(key) {
            Some(waiting) => waiting.claims.clone(),
            None if self.reserved.contains_key(key) => {
                self.by_claim.iter().filter(|(_, users)| users.contains(key)).map(|(claim, _)| claim.clone()).collect()
            }
            None => return,
        };
        Rc::make_mut(&mut self.waiting).remove(key);
        Rc::make_mut(&mut self.reserved).remove(key);
        let by_claim = Rc::make_mut(&mut self.by_claim);
        for claim in claims {
            if let Some(users) = by_claim.get_mut(&claim) {
                users.remove(key);
                if users.is_empty() {
                    by_claim.remove(&claim);
                }
            }
        }
    }
}

/// Why no node took a pod, and who could make room for it.
fn refusal(query: &filter::Query<'_>, misses: Vec<(Rc<Object>, miss::Miss)>, count: usize) -> Refusal {
    let is_resolvable = misses.iter().any(|(_, miss)| miss.is_resolvable());
    let why_not = preempt::ineligible(query.cluster, query.pod).filter(|_| is_resolvable);
    let plan = if why_not.is_none() { preempt::plan(query, &misses) } else { None };
    let mut all = Misses::default();
    misses.into_iter().for_each(|(_, miss)| all.add(miss));
    let said = why_not.or(plan.as_ref().map(|_| ""));
    Refusal { plan, ..all.into_refusal(count, said) }
}

fn record(ctx: &mut Ctx<'_>, key: &Key, rule: &'static str, outcome: Outcome, facts: impl FnOnce() -> Facts) {
    ctx.decide_about(ControllerId::Scheduler, ("pod", key), rule, outcome, facts);
}
