//! The ReplicaSet controller: keeps a number of pods that look alike; knows no Deployment but as an owner.
//!
//! Follows pkg/controller/replicaset/replica_set.go. What each pod counts is remembered (`tally`), so that a change of one
//! pod costs the same in a set of five and of five thousand.

mod tally;

use super::deletion_order::{deletion_cost, deletion_order};
use super::workload::{self, Failures, owned_pods};
use super::{Controller, ControllerId, Ctx, Outcome, Timers, Work};
use crate::cluster::{ApiError, Change, Cluster, Verb};
use crate::kubernetes::Difference;
use crate::model::conditions::all_conditions;
use crate::model::pod::{is_active, node_of};
use crate::model::workload::{min_ready, replicas};
use crate::model::{Kind, Millis, Object, Text, Value};
use crate::obj;
use crate::ordering::Order;
use crate::sorted::SharedMap;
use std::cmp::Ordering;
use std::rc::Rc;
use tally::{Counts, Tallies};

const COMPONENT: &str = "replicaset-controller";
/// The most pods that one sync creates or deletes.
const BURST: i64 = 500;
/// The ReplicaSet controller.
#[derive(Clone, Debug, Default)]
pub struct ReplicaSetController {
    failures: Failures,
    tallies: Tallies,
}

impl Controller for ReplicaSetController {
    fn observe(&mut self, change: &Change, cluster: &Cluster, timers: &mut Timers) {
        match change.kind() {
            Kind::ReplicaSet => {
                let key = change.object.key();
                self.tallies.observe_set(change);
                if change.verb == Verb::Deleted {
                    return self.failures.forget(&key);
                }
                timers.add(cluster.now(), Work { controller: ControllerId::ReplicaSet, key, task: "" });
            }
            Kind::Pod => {
                self.tallies.observe_pod(change, cluster);
                workload::observe_dependent(change, Kind::ReplicaSet, ControllerId::ReplicaSet, cluster, timers);
            }
            _ => {}
        }
    }

    fn reconcile(&mut self, work: &Work, ctx: &mut Ctx<'_>) {
        match sync(work, ctx, &mut self.tallies) {
            Ok(()) => self.failures.forget(&work.key),
            Err(_) => self.failures.retry(work, ctx),
        }
    }
}

/// Follows `syncReplicaSet`.
fn sync(work: &Work, ctx: &mut Ctx<'_>, tallies: &mut Tallies) -> Result<(), ApiError> {
    let Some(set) = ctx.cluster.get(&work.key).cloned() else { return Ok(()) };
    let known = tallies.of(&set);
    debug_assert!(known.is_none_or(|known| known == Tallies::default().count(&set, ctx.cluster)), "{}", work.key.name);
    let (counts, managed) = match known.filter(|counts| counts.active <= replicas(&set)) {
        Some(counts) => manage_missing(ctx, &set, counts),
        None => manage_all(ctx, &set, tallies),
    };
    let status = status_of(ctx, &set, counts, managed.as_ref().err());
    let waits = counts.ready == replicas(&set) && counts.available != replicas(&set);
    workload::write_status(ctx, &set, status)?;
    managed?;
    if min_ready(&set) > Millis::ZERO && waits {
        ctx.timers.add(ctx.cluster.now() + min_ready(&set), work.clone());
    }
    Ok(())
}

/// Creates what is missing of a set whose pods are counted: none of them has to be looked at.
fn manage_missing(ctx: &mut Ctx<'_>, set: &Rc<Object>, counts: Counts) -> (Counts, Result<(), ApiError>) {
    let before = ctx.cluster.count(Kind::Pod);
    let managed = manage(ctx, set, counts.active, &[]);
    // Nobody else makes pods meanwhile, and those of the template have its labels.
    let made = ctx.cluster.count(Kind::Pod).saturating_sub(before) as i64;
    (Counts { active: counts.active + made, labeled: counts.labeled + made, ..counts }, managed)
}

/// Looks at all pods of a set: adopts and releases some, creates what is missing, deletes what is too much, and counts
/// them from then on.
fn manage_all(ctx: &mut Ctx<'_>, set: &Rc<Object>, tallies: &mut Tallies) -> (Counts, Result<(), ApiError>) {
    let pods = workload::claim(ctx, set, Kind::Pod, is_active);
    let managed = match set.meta.is_terminating() {
        true => Ok(()),
        false => manage(ctx, set, pods.len() as i64, &pods),
    };
    (tallies.count(set, ctx.cluster), managed)
}

/// Creates what is missing, deletes what is too much.
///
/// Follows `manageReplicas`.
fn manage(ctx: &mut Ctx<'_>, set: &Rc<Object>, existing: i64, pods: &[Rc<Object>]) -> Result<(), ApiError> {
    let wanted = replicas(set);
    let counts = || vec![("existing", Text::from(existing.to_string())), ("wanted", wanted.to_string().into())];
    match existing.cmp(&wanted) {
        Ordering::Equal => Ok(()),
        Ordering::Less => {
            ctx.decide(ControllerId::ReplicaSet, set, "replica-set.creates", Outcome::Acts, counts);
            create(ctx, set, (wanted - existing).min(BURST))
        }
        Ordering::Greater => {
            ctx.decide(ControllerId::ReplicaSet, set, "replica-set.deletes", Outcome::Acts, counts);
            let mut result = Ok(());
            for pod in to_delete(ctx, set, pods, (existing - wanted).min(BURST) as usize) {
                result = result.and(workload::delete_pod(ctx, set, COMPONENT, &pod.key()));
            }
            result
        }
    }
}

/// Creates pods in batches of 1, 2, 4…; a batch with a failure is the last one.
///
/// Follows `slowStartBatch`.
fn create(ctx: &mut Ctx<'_>, set: &Rc<Object>, count: i64) -> Result<(), ApiError> {
    let none = Value::map();
    let template = set.at(&["spec", "template"]).unwrap_or(&none);
    let (mut left, mut batch) = (count, 1);
    while left > 0 {
        let mut result = Ok(());
        for _ in 0..batch.min(left) {
            let pod = workload::pod_of_template(set, template);
            result = result.and(workload::create_pod(ctx, set, COMPONENT, pod));
        }
        if let Err(error) = result {
            let why = Text::from(error.to_string());
            ctx.decide(ControllerId::ReplicaSet, set, "replica-set.create-failed", Outcome::Waits, || {
                vec![("error", why)]
            });
            return Err(error);
        }
        left -= batch;
        batch *= 2;
    }
    Ok(())
}

/// The pods that go first: those of least use, on the fullest nodes, the youngest.
///
/// Follows `getPodsToDelete`.
fn to_delete(ctx: &Ctx<'_>, set: &Object, pods: &[Rc<Object>], count: usize) -> Vec<Rc<Object>> {
    let mut by_node: SharedMap<Text, i64> = SharedMap::new();
    for pod in related_pods(ctx.cluster, set) {
        *by_node.entry(node_of(&pod)).or_default() += 1;
    }
    let now = ctx.cluster.now();
    let mut all = pods.to_vec();
    all.order_by(|a, b| {
        let rank = |pod: &Object| by_node.get(&node_of(pod)).copied().unwrap_or(0);
        let tie = |a: &Object, b: &Object| deletion_cost(a).cmp(&deletion_cost(b)).then(rank(b).cmp(&rank(a)));
        deletion_order(a, b, now, tie)
    });
    all.truncate(count);
    all
}

/// The active pods of all ReplicaSets that have the same controller; the set's own, if it has none.
fn related_pods(cluster: &Cluster, set: &Object) -> Vec<Rc<Object>> {
    let siblings: Vec<Rc<Object>> = match set.meta.controller() {
        None => Vec::new(),
        Some(owner) => {
            let sets = cluster.list_in(Kind::ReplicaSet, &set.meta.namespace);
            sets.filter(|it| it.meta.controller().is_some_and(|other| other.uid == owner.uid)).cloned().collect()
        }
    };
    let own = siblings.is_empty().then_some(set).into_iter();
    let sets = siblings.iter().map(|set| &**set).chain(own);
    sets.flat_map(|set| owned_pods(cluster, set)).filter(|pod| is_active(pod)).cloned().collect()
}

/// Follows `calculateStatus` in pkg/controller/replicaset/replica_set_utils.go.
fn status_of(ctx: &Ctx<'_>, set: &Object, counts: Counts, error: Option<&ApiError>) -> Value {
    let now = ctx.cluster.now();
    let mut status = obj! { "observedGeneration" => set.meta.generation, "replicas" => counts.active };
    let parts = [
        ("availableReplicas", counts.available),
        ("fullyLabeledReplicas", counts.labeled),
        ("readyReplicas", counts.ready),
    ];
    for (field, number) in parts.into_iter().filter(|(_, number)| *number > 0) {
        status.set_at(&[field], number);
    }
    if ctx.cluster.kubernetes().has(Difference::TerminatingReplicas) {
        status.set_at(&["terminatingReplicas"], counts.going);
    }
    if let Some(error) = error {
        let stored = all_conditions(set).first().cloned();
        let reason = if counts.active < replicas(set) { "FailedCreate" } else { "FailedDelete" };
        let condition = stored.unwrap_or_else(|| {
            obj! {
                "lastTransitionTime" => now.rfc3339(), "message" => error.to_string(), "reason" => reason,
                "status" => "True", "type" => "ReplicaFailure",
            }
        });
        status.set_at(&["conditions"], vec![condition]);
    }
    status
}
