//! Which pods wait for a node, what brings each back to be tried again, and after which back-off.
//!
//! Follows pkg/scheduler/backend/queue.

use super::refusal::Needs;
use super::{Scheduler, work};
use crate::cluster::{Change, Verb};
use crate::controllers::{Ctx, Timers};
use crate::model::node::{is_cordoned, taints};
use crate::model::pod::{is_over, node_of};
use crate::model::{Key, Kind, Millis};
use crate::ordering::Order;
use std::rc::Rc;

/// A pod that found no place.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    pub(super) attempts: i64,
    pub(super) priority: i64,
    /// When it was tried last.
    pub(super) tried: Millis,
    pub(super) claims: Vec<Key>,
    pub(super) needs: Needs,
}

impl Waiting {
    /// When it is tried again after something happened that may help it.
    fn next_try(&self, now: Millis) -> Millis {
        let back_off = Millis(BACK_OFF.0 << (self.attempts - 1).clamp(0, 10)).min(BACK_OFF_MAX);
        let is_backing_off = now < self.tried + back_off;
        if is_backing_off { now + RETRY } else { now }
    }
}

/// Tries all pods that wait for a node.
pub(super) const TASK_NODES: &str = "nodes";

/// Tries all pods that wait for another to go.
pub(super) const TASK_PODS: &str = "pods";

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

impl Scheduler {
    pub(super) fn observe_pod(&mut self, change: &Change, timers: &mut Timers) {
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

    pub(super) fn observe_node(&mut self, change: &Change, timers: &mut Timers) {
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
    pub(super) fn flush(&mut self, task: &'static str, now: Millis, timers: &mut Timers) {
        if self.waiting.values().any(|w| if task == TASK_NODES { w.needs.node } else { w.needs.pod_gone }) {
            timers.add(now + Millis(1), work(&Key::new(Kind::Pod, "", ""), task));
        }
    }

    pub(super) fn retry_all(&mut self, helps: impl Fn(Needs) -> bool, ctx: &mut Ctx<'_>) {
        let now = ctx.now();
        let mut all: Vec<_> = self.waiting.iter().filter(|(_, waiting)| helps(waiting.needs)).collect();
        // The queue gives the most important pods first.
        all.order_by_key(|(_, waiting)| -waiting.priority);
        for (place, (key, waiting)) in all.into_iter().enumerate() {
            let turn = Millis(ROUND.0 * (place / ROUND_SIZE) as i64);
            ctx.timers.add(waiting.next_try(now) + turn, work(key, ""));
        }
    }

    pub(super) fn retry_users(&mut self, claim: &Key, now: Millis, timers: &mut Timers) {
        for key in self.by_claim.get(claim).into_iter().flatten() {
            timers.add(self.waiting.get(key).map_or(now, |waiting| waiting.next_try(now)), work(key, ""));
        }
    }

    /// Forgets that a pod waits or is reserved.
    pub(super) fn forget(&mut self, key: &Key) {
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
