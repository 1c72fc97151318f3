//! The HorizontalPodAutoscaler controller: keeps a target between its bounds, and by the load that the lab is told.
//!
//! Without a metrics server only the bounds count, as on a cluster without one. Follows pkg/controller/podautoscaler.

use super::{Controller, ControllerId, Ctx, Outcome, Timers, Work, workload};
use crate::cluster::{Change, Cluster, Verb};
use crate::model::{Key, Kind, Millis, Object, Text, Value};
use crate::sorted::SharedMap;
use crate::{list, obj};
use std::rc::Rc;

const COMPONENT: &str = "horizontal-pod-autoscaler";
/// How often an autoscaler looks.
const PERIOD: Millis = Millis::seconds(15);
/// What the API server says of metrics that nobody serves.
const NO_METRICS: &str = "unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)";

/// A number is kept if it differs less than this from what is wanted, in thousandths.
const TOLERANCE: i64 = 100;
/// Going down waits until nothing larger was recommended for this long.
const STABILIZATION: Millis = Millis::seconds(300);

/// What was recommended lately, oldest first.
type Recommended = Vec<(Millis, i64)>;

/// The HorizontalPodAutoscaler controller.
#[derive(Clone, Debug, Default)]
pub struct AutoscalerController {
    recommended: Rc<SharedMap<Key, Recommended>>,
}

impl Controller for AutoscalerController {
    fn observe(&mut self, change: &Change, cluster: &Cluster, timers: &mut Timers) {
        if change.kind() != Kind::HorizontalPodAutoscaler {
            return;
        }
        let work = work(change.object.key());
        if change.verb == Verb::Deleted {
            Rc::make_mut(&mut self.recommended).remove(&work.key);
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
        let recommended = Rc::make_mut(&mut self.recommended).entry(work.key.clone()).or_default();
        Sync { status: Vec::new(), metrics: Value::Null, autoscaler: &autoscaler }.run(ctx, recommended);
    }
}

fn work(key: Key) -> Work {
    Work { controller: ControllerId::Autoscaler, key, task: "" }
}

struct Sync<'a> {
    autoscaler: &'a Rc<Object>,
    /// The conditions that hold now.
    status: Vec<Value>,
    /// What is measured now.
    metrics: Value,
}

impl Sync<'_> {
    fn condition(
        &mut self,
        ctx: &Ctx<'_>,
        kind: &'static str,
        word: &'static str,
        reason: &'static str,
        message: &str,
    ) {
        let stored = self.autoscaler.list_at(&["status", "conditions"]).iter().find(|it| it.str_at(&["type"]) == kind);
        let since = match stored.filter(|it| it.str_at(&["status"]) == word) {
            Some(stored) => Text::new(stored.str_at(&["lastTransitionTime"])),
            None => ctx.cluster.now().rfc3339().into(),
        };
        self.status.push(obj! {
            "lastTransitionTime" => since, "message" => Text::new(message), "reason" => reason, "status" => word,
            "type" => kind,
        });
    }

    /// Follows `reconcileAutoscaler`.
    fn run(mut self, ctx: &mut Ctx<'_>, recommended: &mut Recommended) {
        let Some(target) = self.target(ctx) else { return };
        let current = target.i64_at(&["spec", "replicas"]).unwrap_or(1);
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
            return self.rescale(ctx, &target, current, most, "Current number of replicas above Spec.MaxReplicas");
        }
        if current < least {
            return self.rescale(ctx, &target, current, least, "Current number of replicas below Spec.MinReplicas");
        }
        match ctx.cluster.runtime().load(&target.key()) {
            Some(load) => self.follow(ctx, &target, load, recommended),
            None => {
                self.say_no_metrics(ctx);
                self.store(ctx, current, current, false);
            }
        }
    }

    /// Sizes the target by its load.
    ///
    /// Follows `computeReplicasForMetrics` and `normalizeDesiredReplicasWithBehaviors` with the default behaviour: up at
    /// once by four pods or twofold, down to the largest recommendation of five minutes.
    fn follow(mut self, ctx: &mut Ctx<'_>, target: &Object, load: i64, recommended: &mut Recommended) {
        let current = target.i64_at(&["spec", "replicas"]).unwrap_or(1);
        let ready = target.i64_at(&["status", "readyReplicas"]).unwrap_or(0).max(1);
        let metric = self.autoscaler.list_at(&["spec", "metrics"]).first().cloned().unwrap_or_default();
        let name = Text::new(metric.str_at(&["resource", "name"]));
        let wanted = metric.i64_at(&["resource", "target", "averageUtilization"]).unwrap_or(80).max(1);
        let utilization = load / ready;
        self.metrics = list![obj! {
            "resource" => obj! { "current" => obj! { "averageUtilization" => utilization }, "name" => &name },
            "type" => "Resource",
        }];
        let what = format!("{name} resource utilization (percentage of request)");
        self.status.clear();
        self.condition(ctx, "AbleToScale", "True", "ReadyForNewScale", "recommended size matches current size");
        let text = format!("the HPA was able to successfully calculate a replica count from {what}");
        self.condition(ctx, "ScalingActive", "True", "ValidMetricFound", &text);
        let is_close = (utilization * 1000 / wanted - 1000).abs() <= TOLERANCE;
        let by_load = if is_close { current } else { (load + wanted - 1).div_euclid(wanted).max(1) };
        let now = ctx.cluster.now();
        recommended.retain(|(at, _)| *at + STABILIZATION > now);
        recommended.push((now, by_load));
        let lately = recommended.iter().map(|(_, count)| *count).max().unwrap_or(by_load);
        let stable = if by_load < current { lately.min(current) } else { by_load };
        let desired = self.within_bounds(ctx, stable.min((current * 2).max(current + 4)));
        if desired == current {
            ctx.decide(ControllerId::Autoscaler, self.autoscaler, "autoscaler.measures", Outcome::Skips, || {
                vec![("load", utilization.to_string().into()), ("wanted", wanted.to_string().into())]
            });
            return self.store(ctx, current, desired, false);
        }
        let why = if desired > current { format!("{what} above target") } else { "All metrics below target".into() };
        self.rescale(ctx, target, current, desired, &why);
    }

    /// Says whether a bound limits the number, and gives the nearest that is allowed.
    fn within_bounds(&mut self, ctx: &Ctx<'_>, count: i64) -> i64 {
        let bound = |field: &'static str| self.autoscaler.i64_at(&["spec", field]).unwrap_or(1);
        let (least, most) = (bound("minReplicas"), bound("maxReplicas"));
        let (word, reason, text) = if count > most {
            ("True", "TooManyReplicas", "the desired replica count is more than the maximum replica count")
        } else if count < least {
            ("True", "TooFewReplicas", "the desired replica count is less than the minimum replica count")
        } else {
            ("False", "DesiredWithinRange", "the desired count is within the acceptable range")
        };
        self.condition(ctx, "ScalingLimited", word, reason, text);
        count.clamp(least, most.max(least))
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
        self.status.retain(|condition| condition.str_at(&["type"]) != "AbleToScale");
        self.condition(ctx, "AbleToScale", "True", "SucceededRescale", &text);
        self.store(ctx, current, size, true);
    }

    /// Says that nothing is measured here, as a cluster without a metrics server does.
    fn say_no_metrics(&mut self, ctx: &mut Ctx<'_>) {
        let metrics = self.autoscaler.list_at(&["spec", "metrics"]);
        let name = metrics.first().map_or("cpu", |it| it.str_at(&["resource", "name"])).to_string();
        let is_share = metrics.first().is_some_and(|it| it.at(&["resource", "target", "averageUtilization"]).is_some());
        let why = NO_METRICS.replace("resource cpu", &format!("resource {name}"));
        let failed = if is_share { format!("failed to get {name} utilization: {why}") } else { why };
        let text = format!("the HPA was unable to compute the replica count: {failed}");
        self.condition(ctx, "ScalingActive", "False", "FailedGetResourceMetric", &text);
        ctx.event(self.autoscaler, COMPONENT, true, "FailedGetResourceMetric", failed.clone());
        let count = metrics.len();
        let text = format!(
            "invalid metrics ({count} invalid out of {count}), first error is: failed to get {name} resource metric \
             value: {failed}"
        );
        ctx.event(self.autoscaler, COMPONENT, true, "FailedComputeMetricsReplicas", text);
        ctx.decide(ControllerId::Autoscaler, self.autoscaler, "autoscaler.no-metrics", Outcome::Waits, Vec::new);
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
