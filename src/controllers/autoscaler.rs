//! The HorizontalPodAutoscaler controller: keeps a target between its bounds, and by the load that the lab is told.
//!
//! Without a metrics server only the bounds count, as on a cluster without one. Follows pkg/controller/podautoscaler.

use super::{Controller, ControllerId, Ctx, Outcome, Timers, Work, workload};
use crate::cluster::{Change, Cluster, Verb};
use crate::model::{Key, Kind, Millis, Object, Text, Value};
use crate::obj;
use std::rc::Rc;

const COMPONENT: &str = "horizontal-pod-autoscaler";
/// How often an autoscaler looks.
const PERIOD: Millis = Millis::seconds(15);
/// What the API server says of metrics that nobody serves.
const NO_METRICS: &str = "unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)";

/// The HorizontalPodAutoscaler controller.
#[derive(Clone, Debug, Default)]
pub struct AutoscalerController {}

impl Controller for AutoscalerController {
    fn observe(&mut self, change: &Change, cluster: &Cluster, timers: &mut Timers) {
        if change.kind() != Kind::HorizontalPodAutoscaler {
            return;
        }
        let work = work(change.object.key());
        if change.verb == Verb::Deleted {
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
        Sync { status: Vec::new(), autoscaler: &autoscaler }.run(ctx);
    }
}

fn work(key: Key) -> Work {
    Work { controller: ControllerId::Autoscaler, key, task: "" }
}

struct Sync<'a> {
    autoscaler: &'a Rc<Object>,
    /// The conditions that hold now.
    status: Vec<Value>,
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
    fn run(mut self, ctx: &mut Ctx<'_>) {
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
        self.say_no_metrics(ctx);
        self.store(ctx, current, current, false);
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
            let conditions = std::mem::take(&mut self.status);
            Sync { autoscaler: self.autoscaler, status: conditions }.store(ctx, current, desired, false);
        }
        found
    }

    fn rescale(mut self, ctx: &mut Ctx<'_>, target: &Object, current: i64, size: i64, why: &'static str) {
        _ = ctx.cluster.modify(&target.key(), |target| target.set_at(&["spec", "replicas"], size));
        ctx.event(self.autoscaler, COMPONENT, false, "SuccessfulRescale", format!("New size: {size}; reason: {why}"));
        ctx.decide(ControllerId::Autoscaler, self.autoscaler, "autoscaler.bounds", Outcome::Acts, || {
            let number = |number: i64| Text::from(number.to_string());
            vec![("target", target.meta.name.clone()), ("from", number(current)), ("to", number(size))]
        });
        let text = format!("the HPA controller was able to update the target scale to {size}");
        self.status.clear();
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
            "conditions" => self.status, "currentMetrics" => Value::Null, "currentReplicas" => current,
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
