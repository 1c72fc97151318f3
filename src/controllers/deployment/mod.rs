//! The Deployment controller: rolls ReplicaSets from one template to the next; touches no pod.
//!
//! `revisions` finds and makes ReplicaSets, `rolling` and `recreate` bring pods from the old ones to the new one,
//! `rolling_limits` has `maxSurge` and `maxUnavailable`, `scaling` spreads a new size over them, `status` says how far it is.
//! Follows pkg/controller/deployment.

mod conditions;
mod history;
mod progress_deadline;
mod recreate;
mod revisions;
mod rolling;
mod rolling_limits;
mod scaling;
mod status;

pub use revisions::{first_set, has_template};

use super::workload::{self, Failures};
use super::{Controller, ControllerId, Ctx, Outcome, Timers, Work};
use crate::cluster::{ApiError, Change, Cluster, Verb};
use crate::model::workload::{available_replicas, replicas};
use crate::model::{Key, Kind, Millis, Object, Text, Value};
use crate::ordering::Order;
use std::rc::Rc;

const COMPONENT: &str = "deployment-controller";
/// The earlier numbers of a ReplicaSet that was rolled back to.
const REVISION_HISTORY: &str = "deployment.kubernetes.io/revision-history";
/// What the Deployment asked for when its controller scaled a ReplicaSet last.
const DESIRED_REPLICAS: &str = "deployment.kubernetes.io/desired-replicas";
/// The most pods that were allowed then.
const MAX_REPLICAS: &str = "deployment.kubernetes.io/max-replicas";
/// The label with the hash of the pod template.
pub const HASH_LABEL: &str = "pod-template-hash";

/// The Deployment controller.
#[derive(Clone, Debug, Default)]
pub struct DeploymentController {
    failures: Failures,
}

impl Controller for DeploymentController {
    fn observe(&mut self, change: &Change, cluster: &Cluster, timers: &mut Timers) {
        match change.kind() {
            Kind::Deployment => {
                let key = change.object.key();
                if change.verb == Verb::Deleted {
                    return self.failures.forget(&key);
                }
                enqueue(timers, cluster, key);
            }
            Kind::ReplicaSet => {
                workload::observe_dependent(change, Kind::Deployment, ControllerId::Deployment, cluster, timers);
            }
            Kind::Pod if change.verb == Verb::Deleted => {
                // A Deployment that recreates waits for the last of its old pods.
                let set = workload::controller_of(&change.object, Kind::ReplicaSet, cluster);
                let owner = set.and_then(|key| workload::controller_of(cluster.get(&key)?, Kind::Deployment, cluster));
                if let Some(key) = owner {
                    enqueue(timers, cluster, key);
                }
            }
            _ => {}
        }
    }

    fn reconcile(&mut self, work: &Work, ctx: &mut Ctx<'_>) {
        match sync(ctx, &work.key) {
            Ok(()) => self.failures.forget(&work.key),
            Err(_) => self.failures.retry(work, ctx),
        }
    }
}

fn enqueue(timers: &mut Timers, cluster: &Cluster, key: Key) {
    timers.add(cluster.now(), Work { controller: ControllerId::Deployment, key, task: "" });
}

fn enqueue_at(ctx: &mut Ctx<'_>, at: Millis, key: Key) {
    ctx.timers.add(at, Work { controller: ControllerId::Deployment, key, task: "" });
}

/// One sync's view: the Deployment as it is to be written, and the ReplicaSets as they are now.
struct Rollout {
    /// The Deployment; its status grows while the sync goes on.
    deployment: Object,
    /// The ReplicaSet of its template.
    new: Option<Rc<Object>>,
    /// The others, oldest first.
    old: Vec<Rc<Object>>,
}

impl Rollout {
    fn replicas(&self) -> i64 {
        replicas(&self.deployment)
    }

    fn all(&self) -> impl Iterator<Item = &Rc<Object>> {
        self.old.iter().chain(&self.new)
    }

    /// Takes up what was written to a ReplicaSet.
    fn renew(&mut self, set: Rc<Object>) {
        let places = self.old.iter_mut().chain(&mut self.new);
        for place in places.filter(|place| place.meta.uid == set.meta.uid) {
            *place = Rc::clone(&set);
        }
    }

    /// Sizes a ReplicaSet, and tells it if its size is another. Says whether it is.
    ///
    /// Follows `scaleReplicaSet`.
    fn scale(&mut self, ctx: &mut Ctx<'_>, set: &Rc<Object>, size: i64) -> Result<bool, ApiError> {
        let before = replicas(set);
        let desired = self.replicas().to_string();
        let most = (self.replicas() + self.max_surge()).to_string();
        let is_annotated =
            set.meta.annotation(DESIRED_REPLICAS) == desired && set.meta.annotation(MAX_REPLICAS) == most;
        if before == size && is_annotated {
            return Ok(false);
        }
        let mut next = Object::clone(set);
        next.set_at(&["spec", "replicas"], size);
        next.meta.annotations.insert(DESIRED_REPLICAS, desired.into());
        next.meta.annotations.insert(MAX_REPLICAS, most.into());
        let written = ctx.cluster.update(next)?;
        self.renew(written);
        if before != size {
            let way = if before < size { "up" } else { "down" };
            let text = format!("Scaled {way} replica set {} from {before} to {size}", set.meta.name);
            ctx.event(&self.deployment, COMPONENT, false, "ScalingReplicaSet", text);
            let rule = if before < size { "deployment.scales-up" } else { "deployment.scales-down" };
            self.decide(ctx, rule, Outcome::Acts, || {
                let number = |number: i64| Text::from(number.to_string());
                vec![("set", set.meta.name.clone()), ("from", number(before)), ("to", number(size))]
            });
        }
        Ok(before != size)
    }

    /// Sizes a ReplicaSet unless it has the size.
    ///
    /// Follows `scaleReplicaSetAndRecordEvent`.
    fn resize(&mut self, ctx: &mut Ctx<'_>, set: &Rc<Object>, size: i64) -> Result<bool, ApiError> {
        if replicas(set) == size { Ok(false) } else { self.scale(ctx, set, size) }
    }

    fn decide(
        &self,
        ctx: &mut Ctx<'_>,
        rule: &'static str,
        outcome: Outcome,
        facts: impl FnOnce() -> Vec<(&'static str, Text)>,
    ) {
        ctx.decide(ControllerId::Deployment, &self.deployment, rule, outcome, facts);
    }
}

fn available(set: &Object) -> i64 {
    available_replicas(set)
}

fn total<'a>(sets: impl IntoIterator<Item = &'a Rc<Object>>, count: impl Fn(&Object) -> i64) -> i64 {
    sets.into_iter().map(|set| count(set)).sum()
}

/// Follows `syncDeployment`.
fn sync(ctx: &mut Ctx<'_>, key: &Key) -> Result<(), ApiError> {
    let Some(deployment) = ctx.cluster.get(key).cloned() else { return Ok(()) };
    let mut sets = workload::claim(ctx, &deployment, Kind::ReplicaSet, |_| true);
    sets.order_by(|a, b| (a.meta.created, &a.meta.name).cmp(&(b.meta.created, &b.meta.name)));
    let mut rollout = revisions::rollout(Object::clone(&deployment), sets);
    if deployment.meta.is_terminating() {
        return status::write_plain(ctx, &mut rollout);
    }
    conditions::note_pause(ctx, &mut rollout)?;
    let is_paused = deployment.at(&["spec", "paused"]).and_then(Value::as_bool) == Some(true);
    if is_paused || is_resized(&rollout) {
        revisions::settle(ctx, &mut rollout, false)?;
        scaling::spread(ctx, &mut rollout)?;
        if is_paused {
            rollout.decide(ctx, "deployment.paused", Outcome::Waits, Vec::new);
            history::clean_up(ctx, &rollout)?;
        }
        return status::write_plain(ctx, &mut rollout);
    }
    match rollout.is_rolling() {
        true => rolling::roll(ctx, &mut rollout),
        false => recreate::recreate(ctx, &mut rollout),
    }
}

/// Whether the wanted number changed since the ReplicaSets were sized last.
///
/// Follows `isScalingEvent`.
fn is_resized(rollout: &Rollout) -> bool {
    let wanted = rollout.replicas().to_string();
    rollout.all().filter(|set| replicas(set) > 0).any(|set| {
        let desired = set.meta.annotation(DESIRED_REPLICAS);
        !desired.is_empty() && desired != wanted
    })
}
