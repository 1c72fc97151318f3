//! The HorizontalPodAutoscaler controller: keeps a target between its bounds, and by the load that the lab is told.
//!
//! `measure` says what the metrics want, `behavior` how fast that may come. Without a metrics server only the bounds
//! count, as on a cluster without one. Follows pkg/controller/podautoscaler.

mod behavior;
mod measure;

use super::{Controller, ControllerId, Ctx, Outcome, Timers, Work, workload};
use crate::cluster::{Change, Cluster, Verb};
use crate::model::conditions::all_conditions;
use crate::model::workload::replicas;
use crate::model::{Key, Kind, Millis, Object, Text, Value};

use crate::obj;
use crate::sorted::SharedMap;
use behavior::Memory;
use measure::{Proposal, Unmeasured};
use std::rc::Rc;

const COMPONENT: &str = "horizontal-pod-autoscaler";
/// How often an autoscaler looks.
const PERIOD: Millis = Millis::seconds(15);

/// The HorizontalPodAutoscaler controller.
#[derive(Clone, Debug, Default)]
pub struct AutoscalerController {
    memories: Rc<SharedMap<Key, Memory>>,
}

impl Controller for AutoscalerController {
    fn observe(&mut self, change: &Change, cluster: &Cluster, timers: &mut Timers) {
        if change.kind() != Kind::HorizontalPodAutoscaler {
            return;
        }
        let work = work(change.object.key());
        if change.verb == Verb::Deleted {
            Rc::make_mut(&mut self.memories).remove(&work.key);
            return timers.cancel(&work);
        }
        // A work queue looks at a key once in a period, however often it changes.
        if change.verb == Verb::Added {
            timers.add(cluster.now() + PERIOD, work);
        }
    }

    fn reconcile(&mut self, work: &Work, ctx: &mut Ctx<'_>) {
        let Some(autoscaler) = ctx.cluster.get(&work.key).cloned() else { return };
        ctx.timers.add(ctx.cluster.now() + PERIOD, work.clone());
        let memory = Rc::make_mut(&mut self.memories).entry(work.key.clone()).or_default();
        let status = all_conditions(&autoscaler).to_vec();
        Sync { status, metrics: Value::Null, autoscaler: &autoscaler }.run(ctx, memory);
    }
}

fn work(key: Key) -> Work {
    Work { controller: ControllerId::Autoscaler, key, task: "" }
}

struct Sync<'a> {
    autoscaler: &'a Rc<Object>,
    /// The conditions that hold now; those that nothing is said of stay as they were.
    status: Vec<Value>,
    /// What is measured now.
    metrics: Value,
}

impl Sync<'_> {
    /// Follows `setConditionInList`: a condition keeps its place, and its time while its status is the same.
    fn condition(
        &mut self,
        ctx: &Ctx<'_>,
        kind: &'static str,
        word: &'static str,
        reason: &'static str,
        message: &str,
    ) {
        let mut next = obj! {
            "lastTransitionTime" => ctx.cluster.now().rfc3339(), "message" => Text::new(message), "reason" => reason,
            "status" => word, "type" => kind,
        };
        match self.status.iter_mut().find(|it| it.str_at(&["type"]) == kind) {
            Some(known) => {
                if known.str_at(&["status"]) == word {
                    next.set_at(&["lastTransitionTime"], Text::new(known.str_at(&["lastTransitionTime"])));
                }
                *known = next;
            }
            None => self.status.push(next),
        }
    }

    /// Follows `reconcileAutoscaler`.
    fn run(mut self, ctx: &mut Ctx<'_>, memory: &mut Memory) {
        let Some(target) = self.target(ctx) else { return };
        let current = replicas(&target);
        self.condition(
            ctx,
            "AbleToScale",
            "True",
            "SucceededGetScale",
            "the HPA controller was able to get the target's current scale",
        );
        let bound = |field: &'static str, otherwise| self.autoscaler.i64_at(&["spec", field]).unwrap_or(otherwise);
        let (least, most) = (bound("minReplicas", 1), bound("maxReplicas", 1));
        if current == 0 && least != 0 {
            let text = "scaling is disabled since the replica count of the target is zero";
            self.condition(ctx, "ScalingActive", "False", "ScalingDisabled", text);
            return self.store(ctx, current, 0, false);
        }
        if current > most {
            memory.note_change(ctx.cluster.now(), most - current);
            return self.rescale(ctx, &target, current, most, "Current number of replicas above Spec.MaxReplicas");
        }
        if current < least {
            memory.note_change(ctx.cluster.now(), least - current);
            return self.rescale(ctx, &target, current, least, "Current number of replicas below Spec.MinReplicas");
        }
        if let Some(proposal) = self.measure(ctx, &target, current) {
            self.follow(ctx, &target, &proposal, memory);
        } else {
            self.store(ctx, current, current, false);
        }
    }

    /// The metric that wants most; `None` if too little is known, which is said then.
    ///
    /// Follows `computeReplicasForMetrics`: where one metric is missing, the others may still let the number grow.
    fn measure(&mut self, ctx: &mut Ctx<'_>, target: &Object, current: i64) -> Option<Proposal> {
        let tolerance = measure::Tolerance::of(self.autoscaler);
        let metrics = self.autoscaler.list_at(&["spec", "metrics"]);
        let (mut found, mut statuses, mut missing) = (None::<Proposal>, Vec::new(), Vec::new());
        for metric in metrics {
            match measure::propose(ctx.cluster, metric, target, &tolerance) {
                Ok(proposal) => {
                    statuses.push(proposal.status.clone());
                    if found.as_ref().is_none_or(|found| proposal.replicas > found.replicas) {
                        found = Some(proposal);
                    }
                }
                Err(unmeasured) => {
                    ctx.event(self.autoscaler, COMPONENT, true, unmeasured.reason, unmeasured.why.clone());
                    missing.push(unmeasured);
                }
            }
        }
        let is_enough = found.as_ref().is_some_and(|found| missing.is_empty() || found.replicas >= current);
        let first = missing.first().map(|first| self.say_unmeasured(first, missing.len(), metrics.len()));
        if !is_enough {
            if let (Some(first), Some(text)) = (missing.first(), first) {
                let why = format!("the HPA was unable to compute the replica count: {}", first.why);
                self.condition(ctx, "ScalingActive", "False", first.reason, &why);
                ctx.event(self.autoscaler, COMPONENT, true, "FailedComputeMetricsReplicas", text);
            }
            let has_no_request = missing.first().is_some_and(|first| first.why.contains("missing request"));
            let rule = if has_no_request { "autoscaler.no-request" } else { "autoscaler.no-metrics" };
            ctx.decide(ControllerId::Autoscaler, self.autoscaler, rule, Outcome::Waits, Vec::new);
            return None;
        }
        self.metrics = statuses.into();
        found
    }

    fn say_unmeasured(&self, first: &Unmeasured, count: usize, all: usize) -> String {
        format!("invalid metrics ({count} invalid out of {all}), first error is: {}{}", first.prefix, first.why)
    }

    /// Sizes the target as a metric wants, as fast as it may.
    fn follow(mut self, ctx: &mut Ctx<'_>, target: &Object, proposal: &Proposal, memory: &mut Memory) {
        let current = replicas(target);
        let what = &proposal.name;
        let text = format!("the HPA was able to successfully calculate a replica count from {what}");
        self.condition(ctx, "ScalingActive", "True", "ValidMetricFound", &text);
        let limited = behavior::limit(self.autoscaler, memory, ctx.cluster.now(), current, proposal.replicas);
        let (reason, text) = limited.steadied;
        self.condition(ctx, "AbleToScale", "True", reason, text);
        let (word, reason, text) = limited.limited;
        self.condition(ctx, "ScalingLimited", word, reason, text);
        if limited.replicas == current {
            self.say_kept(ctx, proposal, current);
            return self.store(ctx, current, current, false);
        }
        let rises = proposal.replicas > current;
        let why = if rises { format!("{what} above target") } else { "All metrics below target".into() };
        memory.note_change(ctx.cluster.now(), limited.replicas - current);
        self.rescale(ctx, target, current, limited.replicas, &why);
    }

    /// Says why the number stays: the load is as it should be, or something holds it.
    fn say_kept(&self, ctx: &mut Ctx<'_>, proposal: &Proposal, current: i64) {
        let wanted = proposal.replicas;
        let (rule, outcome) = match wanted == current {
            true => ("autoscaler.measures", Outcome::Skips),
            false => ("autoscaler.held", Outcome::Waits),
        };
        ctx.decide(ControllerId::Autoscaler, self.autoscaler, rule, outcome, || match wanted == current {
            true => vec![("load", proposal.measured.clone()), ("wanted", proposal.aim.clone())],
            false => vec![("wanted", wanted.to_string().into()), ("current", current.to_string().into())],
        });
    }

    /// The object that is scaled, if there is one.
    fn target(&mut self, ctx: &mut Ctx<'_>) -> Option<Rc<Object>> {
        let reference = |field: &'static str| self.autoscaler.str_at(&["spec", "scaleTargetRef", field]);
        let (kind, name) = (reference("kind"), Text::new(reference("name")));
        let known = Kind::ALL.into_iter().find(|it| it.names().kind == kind && it.info().is_scalable);
        let namespace = &self.autoscaler.meta.namespace;
        let found = known.and_then(|kind| ctx.cluster.find(kind, namespace, &name)).cloned();
        if found.is_none() {
            let plural = known.map_or(format!("{}s", kind.to_ascii_lowercase()), |kind| kind.qualified_plural());
            let why = format!("{plural} \"{name}\" not found");
            ctx.event(self.autoscaler, COMPONENT, true, "FailedGetScale", why.clone());
            let text = format!("the HPA controller was unable to get the target's current scale: {why}");
            self.condition(ctx, "AbleToScale", "False", "FailedGetScale", &text);
            let stored = |field: &'static str| self.autoscaler.i64_at(&["status", field]).unwrap_or(0);
            let (current, desired) = (stored("currentReplicas"), stored("desiredReplicas"));
            let status = std::mem::take(&mut self.status);
            Sync { autoscaler: self.autoscaler, metrics: Value::Null, status }.store(ctx, current, desired, false);
        }
        found
    }

    fn rescale(mut self, ctx: &mut Ctx<'_>, target: &Object, current: i64, size: i64, why: &str) {
        _ = ctx.cluster.modify(&target.key(), |target| target.set_at(&["spec", "replicas"], size));
        ctx.event(self.autoscaler, COMPONENT, false, "SuccessfulRescale", format!("New size: {size}; reason: {why}"));
        let rule = if self.metrics.is_null() { "autoscaler.bounds" } else { "autoscaler.follows-load" };
        ctx.decide(ControllerId::Autoscaler, self.autoscaler, rule, Outcome::Acts, || {
            let number = |number: i64| Text::from(number.to_string());
            vec![("target", target.meta.name.clone()), ("from", number(current)), ("to", number(size))]
        });
        let text = format!("the HPA controller was able to update the target scale to {size}");
        self.condition(ctx, "AbleToScale", "True", "SucceededRescale", &text);
        self.store(ctx, current, size, true);
    }

    fn store(self, ctx: &mut Ctx<'_>, current: i64, desired: i64, is_rescaled: bool) {
        let mut status = obj! {
            "conditions" => self.status, "currentMetrics" => self.metrics, "currentReplicas" => current,
            "desiredReplicas" => desired,
        };
        let last = self.autoscaler.str_at(&["status", "lastScaleTime"]);
        if is_rescaled {
            status.set_at(&["lastScaleTime"], ctx.cluster.now().rfc3339());
        } else if !last.is_empty() {
            status.set_at(&["lastScaleTime"], Text::new(last));
        }
        _ = workload::write_status(ctx, self.autoscaler, status);
    }
}
