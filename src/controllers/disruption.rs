//! Keeps the numbers of disruption budgets: how many pods there are, how many are healthy, how many may go.
//!
//! Follows pkg/controller/disruption. What each pod counts is remembered, so that a change of one pod costs one step.

use super::{Controller, ControllerId, Ctx, Timers, Work, workload};
use crate::cluster::eviction::covers;
use crate::cluster::{Change, Cluster, Verb};
use crate::model::conditions::all_conditions;
use crate::model::int_or_percent::scaled;
use crate::model::pod::is_ready;
use crate::model::workload::{observed_generation, replicas};
use crate::model::{Key, Kind, Millis, Object, Text, Value};

use crate::sorted::SharedMap;
use crate::{list, obj};
use std::rc::Rc;

/// What a budget counts.
#[derive(Clone, Debug, Default)]
struct Tally {
    pods: Rc<SharedMap<Key, (bool, Text)>>,
    owners: Rc<SharedMap<Text, i64>>,
    healthy: i64,
}

/// The disruption controller's memory.
#[derive(Clone, Debug, Default)]
pub struct Disruption {
    tallies: Rc<SharedMap<Key, Tally>>,
}

const SOURCE: &str = "controllermanager";
/// Counts all pods anew.
const TASK_ALL: &str = "all";
/// How long the controller takes to hear of a pod.
const DELAY: Millis = Millis(20);

impl Controller for Disruption {
    fn observe(&mut self, change: &Change, cluster: &Cluster, timers: &mut Timers) {
        let object = &change.object;
        match (change.kind(), change.verb) {
            (Kind::PodDisruptionBudget, Verb::Deleted) => {
                Rc::make_mut(&mut self.tallies).remove(&object.key());
            }
            (Kind::PodDisruptionBudget, _) => {
                let is_same = change.old.as_ref().is_some_and(|old| old.body.get("spec") == object.body.get("spec"));
                timers.add(change.at, work(&object.key(), if is_same { "" } else { TASK_ALL }));
            }
            (Kind::Pod, verb) if !self.tallies.is_empty() => {
                let pod = object.key();
                for (budget, tally) in Rc::make_mut(&mut self.tallies) {
                    let Some(found) = cluster.get(budget).filter(|_| budget.namespace == pod.namespace) else {
                        continue;
                    };
                    let counts = verb != Verb::Deleted && covers(found, object);
                    if tally.set(&pod, counts.then(|| standing(object))) {
                        timers.add(change.at + DELAY, work(budget, ""));
                    }
                }
            }
            (Kind::StatefulSet | Kind::ReplicaSet | Kind::Deployment, Verb::Modified) => {
                let is_own = |uid: &Text| {
                    let owner = cluster.by_uid(uid).and_then(|owner| owner.meta.controller());
                    *uid == object.meta.uid || owner.is_some_and(|owner| owner.uid == object.meta.uid)
                };
                let watching = self.tallies.iter().filter(|(_, tally)| tally.owners.keys().any(is_own));
                for budget in watching.map(|(budget, _)| budget) {
                    timers.add(change.at + DELAY, work(budget, ""));
                }
            }
            _ => {}
        }
    }

    fn reconcile(&mut self, work: &Work, ctx: &mut Ctx<'_>) {
        let Some(budget) = ctx.cluster.get(&work.key).cloned() else { return };
        if work.task == TASK_ALL || !self.tallies.contains_key(&work.key) {
            let mut tally = Tally::default();
            for pod in ctx.cluster.list_in(Kind::Pod, &work.key.namespace).filter(|pod| covers(&budget, pod)) {
                tally.set(&pod.key(), Some(standing(pod)));
            }
            Rc::make_mut(&mut self.tallies).insert(work.key.clone(), tally);
        }
        if let Some(tally) = self.tallies.get(&work.key) {
            tally.write(ctx, &budget);
        }
    }
}

fn work(key: &Key, task: &'static str) -> Work {
    Work { controller: ControllerId::Disruption, key: key.clone(), task }
}

/// Whether a pod counts as healthy, and its controller.
fn standing(pod: &Object) -> (bool, Text) {
    let owner = pod.meta.controller().map_or(Text::default(), |owner| owner.uid.clone());
    (is_ready(pod) && !pod.meta.is_terminating(), owner)
}

impl Tally {
    /// Counts a pod as it is now, or no longer. Says whether that made a difference.
    fn set(&mut self, key: &Key, now: Option<(bool, Text)>) -> bool {
        let before = self.pods.get(key).cloned();
        if before == now {
            return false;
        }
        if let Some((healthy, owner)) = before {
            self.healthy -= i64::from(healthy);
            let owners = Rc::make_mut(&mut self.owners);
            if let Some(count) = owners.get_mut(&owner) {
                *count -= 1;
                if *count == 0 {
                    owners.remove(&owner);
                }
            }
        }
        match now {
            None => _ = Rc::make_mut(&mut self.pods).remove(key),
            Some((healthy, owner)) => {
                self.healthy += i64::from(healthy);
                *Rc::make_mut(&mut self.owners).entry(owner.clone()).or_default() += 1;
                Rc::make_mut(&mut self.pods).insert(key.clone(), (healthy, owner));
            }
        }
        true
    }

    fn write(&self, ctx: &mut Ctx<'_>, budget: &Rc<Object>) {
        if self.pods.is_empty() && observed_generation(budget).is_none() {
            ctx.event(budget, SOURCE, false, "NoPods", "No matching pods found");
        }
        let (expected, desired) = self.expected_and_desired(ctx.cluster, budget);
        let allowed = if expected == 0 { 0 } else { (self.healthy - desired).max(0) };
        let status = obj! {
            "conditions" => list![condition(budget, allowed, ctx.now())], "currentHealthy" => self.healthy,
            "desiredHealthy" => desired, "disruptionsAllowed" => allowed, "expectedPods" => expected,
            "observedGeneration" => budget.meta.generation,
        };
        if budget.at(&["status"]) != Some(&status) {
            let mut next = Object::clone(budget);
            next.set_at(&["status"], status);
            _ = ctx.cluster.replace(next);
        }
    }

    /// How many pods there should be, and how many of them are to be healthy.
    ///
    /// Follows `getExpectedPodCount`.
    fn expected_and_desired(&self, cluster: &Cluster, budget: &Object) -> (i64, i64) {
        let (min, max) = (budget.at(&["spec", "minAvailable"]), budget.at(&["spec", "maxUnavailable"]));
        let by_controllers = || -> i64 {
            let owners = self.owners.keys().filter_map(|uid| cluster.by_uid(uid));
            // Pods of several ReplicaSets of one Deployment are expected once.
            let scales: SharedMap<Text, i64> = owners
                .map(|owner| {
                    let above = workload::controller_of(owner, Kind::Deployment, cluster);
                    let top = above.and_then(|key| cluster.get(&key)).unwrap_or(owner);
                    (top.meta.uid.clone(), replicas(top))
                })
                .collect();
            scales.values().sum()
        };
        match (min, max) {
            (_, Some(max)) => {
                let expected = by_controllers();
                (expected, (expected - scaled(Some(max), expected, true)).max(0))
            }
            (Some(Value::Int(min)), _) => (self.pods.len() as i64, *min),
            (min, _) => {
                let expected = by_controllers();
                (expected, scaled(min, expected, true))
            }
        }
    }
}

/// The condition of a budget that allows so many disruptions.
fn condition(budget: &Object, allowed: i64, now: Millis) -> Value {
    let old = all_conditions(budget).first().cloned().unwrap_or_default();
    let status = if allowed > 0 { "True" } else { "False" };
    let since = match old.str_at(&["status"]) == status {
        true => Text::new(old.str_at(&["lastTransitionTime"])),
        false => now.rfc3339().into(),
    };
    obj! {
        "lastTransitionTime" => since, "message" => "", "observedGeneration" => budget.meta.generation,
        "reason" => if allowed > 0 { "SufficientPods" } else { "InsufficientPods" }, "status" => status,
        "type" => "DisruptionAllowed",
    }
}
