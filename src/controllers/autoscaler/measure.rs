//! What an autoscaler's metrics say, how far they may be off, and how many pods each of them wants; sizes nothing.
//!
//! Only the load that the lab is told can be measured: the CPU of a workload's pods. Follows
//! pkg/controller/podautoscaler/replica_calculator.go.

use crate::cluster::Cluster;
use crate::model::pod::containers;
use crate::model::selector::selector_matches;
use crate::model::workload::{ready_replicas, replicas};
use crate::model::{Kind, MetricSource, Object, Quantity, Text, Value};
use crate::obj;
use std::rc::Rc;

/// What is measured may be off by this much, in thousandths, before a number of pods changes.
const TOLERANCE: i64 = 100;

/// What one metric wants.
pub(super) struct Proposal {
    /// So many pods.
    pub(super) replicas: i64,
    /// The metric as events name it.
    pub(super) name: String,
    /// What is measured, as the status has it.
    pub(super) status: Value,
    /// What a pod uses, with its unit.
    pub(super) measured: Text,
    /// What it should use.
    pub(super) aim: Text,
}

/// Why a metric says nothing.
pub(super) struct Unmeasured {
    /// The reason in one word.
    pub(super) reason: &'static str,
    /// The sentence.
    pub(super) why: String,
    /// The sentence as the sum of all metrics begins it.
    pub(super) prefix: String,
}

/// How far what is measured may be off, in thousandths: below and above the target.
pub(super) struct Tolerance {
    below: i64,
    above: i64,
}

impl Tolerance {
    /// An autoscaler's own for going down and up, or a tenth.
    pub(super) fn of(autoscaler: &Object) -> Tolerance {
        let of = |side: &'static str| match autoscaler.str_at(&["spec", "behavior", side, "tolerance"]) {
            "" => TOLERANCE,
            text => Quantity::parse(text).map_or(TOLERANCE, |quantity| quantity.milli_value()),
        };
        Tolerance { below: of("scaleDown"), above: of("scaleUp") }
    }

    /// Whether what is used is near enough to what is wanted.
    fn takes(&self, used: i64, wanted: i64) -> bool {
        let off = (used - wanted) * 1000;
        off <= self.above * wanted && -off <= self.below * wanted
    }
}

/// What `metric` wants of `target`.
///
/// # Errors
/// Why nothing is measured.
pub(super) fn propose(
    cluster: &Cluster,
    metric: &Value,
    target: &Object,
    tolerance: &Tolerance,
) -> Result<Proposal, Unmeasured> {
    let (kind, reason) = match MetricSource::of(metric) {
        Some(kind @ MetricSource::Resource) => (kind, "FailedGetResourceMetric"),
        Some(kind @ MetricSource::ContainerResource) => (kind, "FailedGetContainerResourceMetric"),
        other => return Err(unknown_source(metric, other)),
    };
    let source = metric.get(kind.field()).cloned().unwrap_or_default();
    let name = source.str_at(&["name"]);
    let is_container = kind == MetricSource::ContainerResource;
    let what = if is_container { format!("{name} container resource") } else { format!("{name} resource") };
    let share = source.i64_at(&["target", "averageUtilization"]);
    let unmeasured = |why: String| {
        let why = if share.is_some() { format!("failed to get {name} utilization: {why}") } else { why };
        let whose = if is_container { "container" } else { "resource" };
        Unmeasured { reason, why, prefix: format!("failed to get {name} {whose} metric value: ") }
    };
    let load = cluster.runtime().load(&target.key()).filter(|_| name == "cpu");
    let Some(load) = load else {
        return Err(unmeasured(format!(
            "unable to get metrics for resource {name}: unable to fetch metrics from resource metrics API: the server \
             could not find the requested resource (get pods.metrics.k8s.io)"
        )));
    };
    let container = if is_container { source.str_at(&["container"]) } else { "" };
    let request = request_of(cluster, target, container).map_err(unmeasured)?;
    let ready = ready_replicas(target).max(1);
    // All pods together, and what each of them should use; in percent of the request, or in thousandths of a CPU.
    let (used, wanted) = match share {
        Some(wanted) => (load, wanted.max(1)),
        None => (load * request / 100, milli(source.str_at(&["target", "averageValue"])).max(1)),
    };
    let is_close = tolerance.takes(used, ready * wanted);
    let replicas = if is_close { replicas(target) } else { (used + wanted - 1).div_euclid(wanted).max(1) };
    let mut current_status = obj! { "averageValue" => amount(load * request / 100 / ready) };
    if share.is_some() {
        current_status.set_at(&["averageUtilization"], load / ready);
    }
    let mut status = obj! { "current" => current_status, "name" => Text::new(name) };
    if is_container {
        status.set_at(&["container"], Text::new(container));
    }
    let name = if share.is_some() { format!("{what} utilization (percentage of request)") } else { what };
    let shown = |number: i64| if share.is_some() { Text::from(format!("{number} %")) } else { amount(number) };
    let (measured, aim) = (shown(used / ready), shown(wanted));
    let status = obj! { kind.field() => status, "type" => kind.name() };
    Ok(Proposal { replicas, name, status, measured, aim })
}

fn milli(text: &str) -> i64 {
    Quantity::parse(text).map_or(0, |quantity| quantity.milli_value())
}

/// Thousandths of a CPU as a quantity.
fn amount(milli: i64) -> Text {
    if milli % 1000 == 0 { Text::from((milli / 1000).to_string()) } else { Text::from(format!("{milli}m")) }
}

/// What the pods ask for, in thousandths of a CPU: all containers, or the one of this name.
///
/// Follows `calculateRequests`: a container without a request leaves nothing to compare with.
fn request_of(cluster: &Cluster, target: &Object, container: &str) -> Result<i64, String> {
    let none = Value::Null;
    let selector = target.at(&["spec", "selector"]).unwrap_or(&none);
    let pods = cluster.list_in(Kind::Pod, &target.meta.namespace);
    let mut pods = pods.filter(|pod| selector_matches(selector, &pod.meta.labels)).map(Rc::as_ref);
    let Some(pod) = pods.next() else {
        return Err("no pods returned by selector while calculating replica count".into());
    };
    let mut total = 0;
    for it in containers(pod).iter().chain(crate::model::pod::sidecars(pod)) {
        let name = it.str_at(&["name"]);
        if !container.is_empty() && container != name {
            continue;
        }
        match it.str_at(&["resources", "requests", "cpu"]) {
            "" => return Err(format!("missing request for cpu in container {name} of Pod {}", pod.meta.name)),
            request => total += milli(request),
        }
    }
    if total == 0 && !container.is_empty() {
        return Err(format!(
            "container {container} not present in metrics for pod {}/{}",
            pod.meta.namespace, pod.meta.name
        ));
    }
    Ok(total)
}

/// What is said of metrics that an adapter would have to bring.
fn unknown_source(metric: &Value, source: Option<MetricSource>) -> Unmeasured {
    let custom = "no custom metrics API (custom.metrics.k8s.io) registered";
    let external = "no external metrics API (external.metrics.k8s.io) registered";
    let (reason, why, prefix) = match source {
        Some(MetricSource::Pods) => {
            let name = metric.str_at(&["pods", "metric", "name"]);
            let why = format!("unable to get metric {name}: unable to fetch metrics from custom metrics API: {custom}");
            ("FailedGetPodsMetric", why, "failed to get pods metric value: ")
        }
        Some(MetricSource::Object) => {
            let object = |field: &'static str| metric.str_at(&["object", "describedObject", field]);
            let name = metric.str_at(&["object", "metric", "name"]);
            let why = format!(
                "unable to get metric {name}: {} on {}: unable to fetch metrics from custom metrics API: {custom}",
                object("kind"),
                object("name")
            );
            ("FailedGetObjectMetric", why, "failed to get object metric value: ")
        }
        _ => {
            let name = metric.str_at(&["external", "metric", "name"]);
            let why = format!(
                "unable to get external metric {name}: unable to fetch metrics from external metrics API: {external}"
            );
            ("FailedGetExternalMetric", why, "failed to get external metric value: ")
        }
    };
    Unmeasured { reason, why, prefix: prefix.to_string() }
}
