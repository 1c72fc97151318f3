//! The StatefulSet controller, as it decides in each version of Kubernetes; meets nothing but the API server.
//!
//! [`StatefulSetController::sync`] is the whole of it: [`ownership`] settles which pods are the set's, [`revisions`]
//! what they shall look like, [`control`] what is to be done about them, [`status`] what is told about them.

pub mod claims;
pub mod control;
mod decision_facts;
pub mod decisions;
mod error;
pub mod identity;
pub mod intervals;
mod max_unavailable;
pub mod ownership;
pub mod pod_cache;
pub mod pods;
mod revision_cache;
pub mod revisions;
pub mod set_cache;
pub mod spec;
pub mod status;

pub use error::StatefulSetError;
pub use max_unavailable::max_unavailable;
pub use revision_cache::RevisionCache;

use super::{Controller, ControllerId, Ctx, Timers, Work};
use crate::cluster::{Change, Cluster, Verb};
use crate::controllers::workload::Failures;
use crate::kubernetes::{Difference, Gate};
use crate::model::pod::is_ready;
use crate::model::workload::{min_ready, observed_generation};
use crate::model::{Key, Kind, Millis, Object, Text, selector_matches};
use crate::sorted::SharedSet;
use control::Control;
use decisions::Report;
use pod_cache::Pods;
use revisions::Found;
use set_cache::{CachedSet, SetCache};
use spec::{SetSpec, Strategy};
use status::Status;
use std::rc::Rc;

/// Looks at a set for the first time.
const TASK_FIRST: &str = "first";
/// Looks at a set whose pod has been ready for long enough.
const TASK_AVAILABLE: &str = "available";

/// The StatefulSet controller.
#[derive(Clone, Debug, Default)]
pub struct StatefulSetController {
    failures: Failures,
    sets: SetCache,
}

impl Controller for StatefulSetController {
    fn observe(&mut self, change: &Change, cluster: &Cluster, timers: &mut Timers) {
        self.sets.observe(change, cluster);
        match change.kind() {
            Kind::StatefulSet => {
                let key = change.object.key();
                if change.verb == Verb::Deleted {
                    self.failures.forget(&key);
                }
                enqueue(timers, cluster.now(), key);
            }
            Kind::Pod => self.observe_pod(change, cluster, timers),
            _ => {}
        }
    }

    fn reconcile(&mut self, work: &Work, ctx: &mut Ctx<'_>) {
        if work.task.is_empty() && ctx.cluster.get(&work.key).is_some_and(|set| is_new(set)) {
            // The first revision, claim and pod are a request each: who writes right after the set is seen first.
            let at = ctx.now() + Millis(ctx.environment.delays.request.0 * 3);
            return ctx.timers.add(at, Work { task: TASK_FIRST, ..work.clone() });
        }
        match self.sync(&work.key, ctx) {
            Ok(()) => self.failures.forget(&work.key),
            Err(error) => {
                let delay = self.failures.next_delay(&work.key);
                let now = ctx.now();
                Report::about(ctx.decisions, now, || work.key.clone(), "sts.sync.retry")
                    .fact("error", &error.text())
                    .fact("delay", &Text::from(seconds(delay)))
                    .waits();
                enqueue(ctx.timers, now + delay, work.key.clone());
            }
        }
    }
}

impl StatefulSetController {
    /// Brings one set a step nearer to what it asks for.
    ///
    /// Follows `sync` in pkg/controller/statefulset/stateful_set.go.
    ///
    /// # Errors
    /// What the API server refused; the sync is to be tried again.
    pub fn sync(&mut self, key: &Key, ctx: &mut Ctx<'_>) -> Result<(), StatefulSetError> {
        let Some(set) = ctx.cluster.get(key).cloned() else {
            let now = ctx.now();
            Report::about(ctx.decisions, now, || key.clone(), "sts.set.gone").skips();
            return Ok(());
        };
        let mut cached = self.sets.take(&set, ctx.cluster);
        let result = self.sync_cached(&mut cached, ctx);
        self.sets.put(cached);
        result
    }

    fn sync_cached(&self, cached: &mut Rc<CachedSet>, ctx: &mut Ctx<'_>) -> Result<(), StatefulSetError> {
        let counts = cached.pods.counts();
        Report::new(ctx, &cached.spec.set, "sts.sync")
            .number("replicas", cached.spec.replicas)
            .number("existing", counts.existing)
            .number("ready", counts.ready)
            .skips();
        let adopted = revisions::adopt_revisions(ctx.cluster, &cached.spec)?;
        if adopted > 0 {
            Report::new(ctx, &cached.spec.set, "sts.revision.adopted").number("count", adopted as i64).acts();
        }
        claim_pods(ctx, cached)?;
        self.update(ctx, cached)
    }

    /// Follows `UpdateStatefulSet` in pkg/controller/statefulset/stateful_set_control.go.
    fn update(&self, ctx: &mut Ctx<'_>, cached: &mut Rc<CachedSet>) -> Result<(), StatefulSetError> {
        let list = revisions::list_revisions(ctx.cluster, &cached.spec);
        let CachedSet { spec, pods, revisions_known } = Rc::make_mut(cached);
        let found = revisions::get_revisions(ctx.cluster, spec, &list, revisions_known)?;
        pods.aim_at(&found.update.meta.name);
        let (spec, pods) = (&*spec, &*pods);
        let rule = match found.how {
            Found::Created if found.collision_count > Status::of(&spec.set).collision_count => "sts.revision.collision",
            Found::Unchanged => "sts.revision.unchanged",
            Found::RolledBack => "sts.revision.rolled-back",
            Found::MeansTheSame => "sts.revision.means-the-same",
            Found::Created => "sts.revision.created",
        };
        let report = Report::new(ctx, &spec.set, rule).fact("revision", &found.update.meta.name);
        match found.how {
            Found::Created | Found::RolledBack => report.acts(),
            Found::Unchanged | Found::MeansTheSame => report.skips(),
        }
        let (status, result) = match refuse_strategy(ctx, spec) {
            Some(error) => (None, Err(error)),
            None => {
                let (status, result) = Control::new(ctx, spec, pods, &found).run(revisions_known);
                (Some(status), result)
            }
        };
        let written = status.map_or(Ok(None), |status| write_status(ctx, spec, status).map(Some));
        let mut live: SharedSet<Text> = pods.revisions().cloned().collect();
        live.extend([found.current.meta.name.clone(), found.update.meta.name.clone()]);
        let truncated = revisions::truncate_history(ctx.cluster, spec, &list, &live);
        if let Ok(count @ 1..) = truncated {
            Report::new(ctx, &spec.set, "sts.history.truncated").number("count", count as i64).acts();
        }
        result?;
        let status = written?;
        truncated?;
        if let Some(status) = status {
            plan_availability(ctx, spec, pods, &status);
        }
        Ok(())
    }

    fn observe_pod(&mut self, change: &Change, cluster: &Cluster, timers: &mut Timers) {
        let now = cluster.now();
        let owner = |pod: &Object| owning_set(pod, cluster);
        let new = owner(&change.object);
        if let Some(key) = &new {
            enqueue(timers, now, key.clone());
            if !cluster.kubernetes().has(Difference::LooksAgainInTime) {
                look_again_a_second_late(change, key, cluster, timers);
            }
        }
        if let Some(old) = change.old.as_ref().and_then(|old| owner(old))
            && Some(&old) != new.as_ref()
        {
            enqueue(timers, now, old);
        }
        let is_orphan = change.object.meta.controller().is_none() && change.verb != Verb::Deleted;
        let is_other = change.old.as_ref().is_none_or(|old| {
            let (old, new) = (&old.meta, &change.object.meta);
            old.labels != new.labels || old.owner_references != new.owner_references
        });
        if is_orphan && is_other {
            for set in cluster.list_in(Kind::StatefulSet, &change.object.meta.namespace) {
                if set.at(&["spec", "selector"]).is_some_and(|s| selector_matches(s, &change.object.meta.labels)) {
                    enqueue(timers, now, set.key());
                }
            }
        }
    }
}

/// Before 1.35: a pod that became ready has its set looked at a second after `minReadySeconds`.
fn look_again_a_second_late(change: &Change, set: &Key, cluster: &Cluster, timers: &mut Timers) {
    let min_ready = cluster.get(set).map_or(Millis::ZERO, |set| min_ready(set));
    if min_ready > Millis::ZERO && is_ready(&change.object) && change.old.as_ref().is_some_and(|old| !is_ready(old)) {
        let at = cluster.now() + min_ready + Millis::seconds(1);
        timers.add(at, Work { controller: ControllerId::StatefulSet, key: set.clone(), task: TASK_AVAILABLE });
    }
}

/// Whether the controller has not looked at a set yet.
fn is_new(set: &Object) -> bool {
    observed_generation(set).is_none()
}

fn enqueue(timers: &mut Timers, at: Millis, key: Key) {
    timers.add(at, Work { controller: ControllerId::StatefulSet, key, task: "" });
}

/// The set that a pod belongs to, if it exists.
fn owning_set(pod: &Object, cluster: &Cluster) -> Option<Key> {
    let owner = pod.meta.controller().filter(|owner| owner.kind == "StatefulSet")?;
    let set = cluster.find(Kind::StatefulSet, &pod.meta.namespace, &owner.name)?;
    (set.meta.uid == owner.uid).then(|| set.key())
}

/// Follows `getPodsForStatefulSet` in pkg/controller/statefulset/stateful_set.go.
fn claim_pods(ctx: &mut Ctx<'_>, cached: &mut Rc<CachedSet>) -> Result<(), StatefulSetError> {
    if cached.pods.to_adopt().is_empty() && cached.pods.to_release().is_empty() {
        return Ok(());
    }
    let CachedSet { spec, pods, .. } = Rc::make_mut(cached);
    let mut errors = Vec::new();
    let work: Vec<(Key, bool)> = {
        let adopt = pods.to_adopt().iter().map(|key| (key.clone(), true));
        adopt.chain(pods.to_release().iter().map(|key| (key.clone(), false))).collect()
    };
    for (key, adopts) in work {
        let rule = if adopts { "sts.pod.adopted" } else { "sts.pod.released" };
        Report::new(ctx, &spec.set, rule).fact("pod", &key.name).acts();
        let act = if adopts { ownership::adopt } else { ownership::release };
        match act(ctx.cluster, spec, &key) {
            Ok(_) => {}
            Err(error) => errors.push(error),
        }
        if let Some(pod) = ctx.cluster.get(&key).cloned() {
            pods.put(spec, &pod, ctx.cluster);
        }
    }
    StatefulSetError::all(errors)
}

/// The error of a set whose strategy is behind a gate that is off: none of its pods is touched then.
fn refuse_strategy(ctx: &mut Ctx<'_>, spec: &SetSpec) -> Option<StatefulSetError> {
    let kubernetes = ctx.cluster.kubernetes();
    if spec.strategy != Strategy::Recreate || kubernetes.has(Difference::Recreate) {
        return None;
    }
    let (gate, place) = (Gate::StatefulSetRecreateStrategy.name(), format!("{}/{}", spec.namespace(), spec.name()));
    let text = format!("statefulset {place} uses Recreate strategy but feature gate {gate} is disabled");
    ctx.event(&spec.set, pods::COMPONENT, true, "UnknownStrategy", text.clone());
    Report::new(ctx, &spec.set, "sts.recreate.disabled").fact("gate", &Text::new(gate)).waits();
    Some(StatefulSetError::new(text))
}

fn write_status(ctx: &mut Ctx<'_>, spec: &SetSpec, mut status: Status) -> Result<Status, StatefulSetError> {
    let stored = Status::of(&spec.set);
    if status.is_complete(spec, ctx.cluster.kubernetes()) {
        if status.current_revision != status.update_revision {
            Report::new(ctx, &spec.set, "sts.status.complete").fact("revision", &status.update_revision).acts();
        }
        status.complete();
        if spec.strategy == Strategy::Recreate {
            status.set_progress(ctx.now(), "RecreateCompleted", "");
        }
    }
    if !status.is_news(&stored) {
        Report::new(ctx, &spec.set, "sts.status.unchanged").skips();
        return Ok(status);
    }
    let mut set = Object::clone(&spec.set);
    set.meta.resource_version = 0;
    set.set_at(&["status"], status.to_value());
    if let Err(error) = ctx.cluster.update_status(&set) {
        let text = Text::from(error.to_string());
        Report::new(ctx, &spec.set, "sts.status.rejected").fact("error", &text).waits();
        return Err(error.into());
    }
    Report::new(ctx, &spec.set, "sts.status.written")
        .number("existing", status.replicas)
        .number("ready", status.ready_replicas)
        .number("current", status.current_replicas)
        .number("updated", status.updated_replicas)
        .acts();
    Ok(status)
}

/// A delay in seconds, with as many decimals as it has: `0.64 s`, `5 s`.
fn seconds(delay: Millis) -> String {
    let decimals = format!("{:03}", delay.0.rem_euclid(1000));
    let decimals = decimals.trim_end_matches('0');
    let whole = delay.0.div_euclid(1000);
    if decimals.is_empty() { format!("{whole} s") } else { format!("{whole}.{decimals} s") }
}

/// Looks again when the next ready pod will have been ready for long enough; before 1.35, after `minReadySeconds`
/// as long as any pod is not available.
fn plan_availability(ctx: &mut Ctx<'_>, spec: &SetSpec, pods: &Pods, status: &Status) {
    if spec.min_ready > Millis::ZERO && !ctx.cluster.kubernetes().has(Difference::LooksAgainInTime) {
        if status.available_replicas != spec.replicas {
            let delay = Text::from(format!("{} s", spec.min_ready.whole_seconds()));
            Report::new(ctx, &spec.set, "sts.sync.looks-again").fact("delay", &delay).waits();
            let at = ctx.now() + spec.min_ready;
            enqueue(ctx.timers, at, spec.set.key());
        }
        return;
    }
    if spec.min_ready > Millis::ZERO && status.ready_replicas != status.available_replicas {
        let at = pods.waits_until().unwrap_or(ctx.now() + spec.min_ready).max(ctx.now());
        let delay = Text::from(format!("{} s", (at - ctx.now()).whole_seconds()));
        Report::new(ctx, &spec.set, "sts.sync.looks-again").fact("delay", &delay).waits();
        enqueue(ctx.timers, at, spec.set.key());
    }
}
