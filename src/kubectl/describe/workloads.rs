//! Deployments, ReplicaSets, DaemonSets, Jobs, CronJobs and autoscalers as `kubectl describe` shows them.

use super::stateful_set::pods_status;
use super::{Page, pod, scalar, selector_text};
use crate::cluster::Cluster;
use crate::kubectl::columns::int_or_string;
use crate::kubernetes::Difference;
use crate::model::conditions::all_conditions;
use crate::model::duration::human_duration;
use crate::model::{Kind, MetricSource, Millis, Object, Value};
use crate::ordering::Order;
use std::rc::Rc;

fn number(object: &Object, path: &[&str]) -> i64 {
    object.i64_at(path).unwrap_or(0)
}

fn template(page: &mut Page<'_>, template: Option<&Value>) {
    page.line(0, "Pod Template:");
    let none = Value::map();
    pod::template(page, template.unwrap_or(&none));
}

/// Writes a Deployment. Always ends with its events.
pub(in crate::kubectl) fn deployment(page: &mut Page<'_>, object: &Object) -> bool {
    page.name(object);
    page.field(0, "CreationTimestamp", object.meta.created.rfc1123z());
    page.metadata(object);
    page.field(0, "Selector", selector_text(object.at(&["spec", "selector"])));
    let status = |field: &str| number(object, &["status", field]);
    page.field(
        0,
        "Replicas",
        format_args!(
            "{} desired | {} updated | {} total | {} available | {} unavailable",
            number(object, &["spec", "replicas"]),
            status("updatedReplicas"),
            status("replicas"),
            status("availableReplicas"),
            status("unavailableReplicas")
        ),
    );
    page.field(0, "StrategyType", object.str_at(&["spec", "strategy", "type"]));
    page.field(0, "MinReadySeconds", number(object, &["spec", "minReadySeconds"]));
    if let Some(rolling) = object.at(&["spec", "strategy", "rollingUpdate"]) {
        let (unavailable, surge) = (scalar_at(rolling, "maxUnavailable"), scalar_at(rolling, "maxSurge"));
        page.field(0, "RollingUpdateStrategy", format_args!("{unavailable} max unavailable, {surge} max surge"));
    }
    template(page, object.at(&["spec", "template"]));
    conditions(page, object);
    let (new, old) = new_and_old_sets(page.cluster, object);
    let text = |set: &Object| {
        let wanted = number(set, &["spec", "replicas"]);
        format!("{} ({}/{wanted} replicas created)", set.meta.name, number(set, &["status", "replicas"]))
    };
    let or_none = |text: String| if text.is_empty() { "<none>".to_string() } else { text };
    let old: Vec<String> = old.iter().map(|set| text(set)).collect();
    page.field(0, "OldReplicaSets", or_none(old.join(", ")));
    page.field(0, "NewReplicaSet", or_none(new.map(|set| text(&set)).unwrap_or_default()));
    true
}

/// The ReplicaSets of a Deployment, oldest first.
pub(in crate::kubectl) fn all_sets(cluster: &Cluster, deployment: &Object) -> Vec<Rc<Object>> {
    let owned = |set: &&Rc<Object>| set.meta.is_controlled_by(deployment);
    let mut sets: Vec<Rc<Object>> =
        cluster.list_in(Kind::ReplicaSet, &deployment.meta.namespace).filter(owned).cloned().collect();
    sets.order_by(|a, b| (a.meta.created, &a.meta.name).cmp(&(b.meta.created, &b.meta.name)));
    sets
}

/// The ReplicaSet with the Deployment's template, and all others, oldest first.
///
/// Follows `GetAllReplicaSetsInChunks` in kubectl's util/deployment.
fn new_and_old_sets(cluster: &Cluster, deployment: &Object) -> (Option<Rc<Object>>, Vec<Rc<Object>>) {
    let mut sets = all_sets(cluster, deployment);
    let has_template = |set: &Rc<Object>| {
        let mut template = set.at(&["spec", "template"]).cloned().unwrap_or_default();
        template.remove_at(&["metadata", "labels", "pod-template-hash"]);
        Some(&template) == deployment.at(&["spec", "template"])
    };
    let new = sets.iter().position(has_template).map(|at| sets.remove(at));
    (new, sets)
}

fn scalar_at(value: &Value, field: &str) -> String {
    value.get(field).map(scalar).unwrap_or_default()
}

fn conditions(page: &mut Page<'_>, object: &Object) {
    let conditions = all_conditions(object);
    if conditions.is_empty() {
        return;
    }
    page.line(0, "Conditions:");
    page.line(1, "Type\tStatus\tReason");
    page.line(1, "----\t------\t------");
    for condition in conditions {
        let word = |field: &str| condition.str_at(&[field]).to_string();
        page.line(1, format_args!("{} \t{}\t{}", word("type"), word("status"), word("reason")));
    }
}

/// Writes a ReplicaSet. Always ends with its events.
pub(in crate::kubectl) fn replica_set(page: &mut Page<'_>, object: &Object) -> bool {
    page.name(object);
    page.field(0, "Selector", selector_text(object.at(&["spec", "selector"])));
    page.metadata(object);
    if let Some(owner) = object.meta.controller() {
        page.field(0, "Controlled By", format_args!("{}/{}", owner.kind, owner.name));
    }
    let (current, desired) = (number(object, &["status", "replicas"]), number(object, &["spec", "replicas"]));
    page.field(0, "Replicas", format_args!("{current} current / {desired} desired"));
    pods_status(page, object);
    template(page, object.at(&["spec", "template"]));
    conditions(page, object);
    true
}

/// Writes a DaemonSet. Always ends with its events.
pub(in crate::kubectl) fn daemon_set(page: &mut Page<'_>, object: &Object) -> bool {
    page.name(object);
    page.field(0, "Selector", selector_text(object.at(&["spec", "selector"])));
    let node_selector = object.at(&["spec", "template", "spec", "nodeSelector"]);
    let selector = crate::kubectl::columns::pairs(node_selector, ",");
    page.field(0, "Node-Selector", if selector.is_empty() { "<none>".into() } else { selector });
    page.metadata(object);
    for (label, field) in [
        ("Desired Number of Nodes Scheduled", "desiredNumberScheduled"),
        ("Current Number of Nodes Scheduled", "currentNumberScheduled"),
        ("Number of Nodes Scheduled with Up-to-date Pods", "updatedNumberScheduled"),
        ("Number of Nodes Scheduled with Available Pods", "numberAvailable"),
        ("Number of Nodes Misscheduled", "numberMisscheduled"),
    ] {
        page.line(0, format_args!("{label}: {}", number(object, &["status", field])));
    }
    pods_status(page, object);
    template(page, object.at(&["spec", "template"]));
    true
}

fn flag(object: &Object, path: &[&str]) -> Option<bool> {
    object.at(path).and_then(Value::as_bool)
}

fn or_unset(value: Option<&Value>) -> String {
    value.map_or_else(|| "<unset>".into(), |value| int_or_string(Some(value)))
}

/// Writes a Job. Always ends with its events.
///
/// Follows `describeJob`.
pub(in crate::kubectl) fn job(page: &mut Page<'_>, object: &Object) -> bool {
    page.name(object);
    if let Some(selector) = object.at(&["spec", "selector"]) {
        page.field(0, "Selector", selector_text(Some(selector)));
    }
    page.metadata(object);
    if let Some(owner) = object.meta.controller() {
        page.field(0, "Controlled By", format_args!("{}/{}", owner.kind, owner.name));
    }
    if let Some(parallelism) = object.at(&["spec", "parallelism"]) {
        page.field(0, "Parallelism", scalar(parallelism));
    }
    page.field(0, "Completions", or_unset(object.at(&["spec", "completions"])));
    page.optional(0, "Completion Mode", object.str_at(&["spec", "completionMode"]));
    page.field(0, "Suspend", flag(object, &["spec", "suspend"]).unwrap_or(false));
    if let Some(limit) = object.at(&["spec", "backoffLimit"]) {
        page.field(0, "Backoff Limit", scalar(limit));
    }
    if let Some(seconds) = object.i64_at(&["spec", "ttlSecondsAfterFinished"]) {
        page.field(0, "TTL Seconds After Finished", seconds);
    }
    job_times(page, object);
    if let Some(seconds) = object.i64_at(&["spec", "activeDeadlineSeconds"]) {
        page.field(0, "Active Deadline Seconds", format_args!("{seconds}s"));
    }
    let status = |field: &str| number(object, &["status", field]);
    let (active, ready) = (status("active"), status("ready"));
    let (succeeded, failed) = (status("succeeded"), status("failed"));
    page.field(
        0,
        "Pods Statuses",
        format_args!("{active} Active ({ready} Ready) / {succeeded} Succeeded / {failed} Failed"),
    );
    if object.str_at(&["spec", "completionMode"]) == "Indexed" {
        let done = object.str_at(&["status", "completedIndexes"]);
        page.field(0, "Completed Indexes", if done.is_empty() { "<none>" } else { done });
    }
    template(page, object.at(&["spec", "template"]));
    true
}

fn job_times(page: &mut Page<'_>, object: &Object) {
    let time = |field: &str| Millis::parse_rfc3339(object.str_at(&["status", field]));
    if let Some(start) = time("startTime") {
        page.field(0, "Start Time", start.rfc1123z());
        if let Some(end) = time("completionTime") {
            page.field(0, "Completed At", end.rfc1123z());
            page.field(0, "Duration", human_duration(end - start));
        }
    }
}

/// Writes a CronJob. Always ends with its events.
///
/// Follows `describeCronJob`.
pub(in crate::kubectl) fn cron_job(page: &mut Page<'_>, object: &Object) -> bool {
    page.name(object);
    page.metadata(object);
    page.field(0, "Schedule", object.str_at(&["spec", "schedule"]));
    page.field(0, "Concurrency Policy", object.str_at(&["spec", "concurrencyPolicy"]));
    let is_suspended = flag(object, &["spec", "suspend"]).map_or("<unset>", |it| if it { "True" } else { "False" });
    page.field(0, "Suspend", is_suspended);
    if page.cluster.kubernetes().has(Difference::TimeZoneLine) {
        page.field(0, "Time Zone", or_unset(object.at(&["spec", "timeZone"])));
    }
    page.field(0, "Successful Job History Limit", or_unset(object.at(&["spec", "successfulJobsHistoryLimit"])));
    page.field(0, "Failed Job History Limit", or_unset(object.at(&["spec", "failedJobsHistoryLimit"])));
    let deadline = object.i64_at(&["spec", "startingDeadlineSeconds"]);
    page.field(0, "Starting Deadline Seconds", deadline.map_or("<unset>".into(), |seconds| format!("{seconds}s")));
    let selector = object.at(&["spec", "jobTemplate", "spec", "selector"]);
    page.field(0, "Selector", selector.map_or("<unset>".into(), |selector| selector_text(Some(selector))));
    page.field(0, "Parallelism", or_unset(object.at(&["spec", "jobTemplate", "spec", "parallelism"])));
    page.field(0, "Completions", or_unset(object.at(&["spec", "jobTemplate", "spec", "completions"])));
    if let Some(seconds) = object.at(&["spec", "jobTemplate", "spec", "activeDeadlineSeconds"]) {
        page.field(0, "Active Deadline Seconds", format_args!("{}s", scalar(seconds)));
    }
    template(page, object.at(&["spec", "jobTemplate", "spec", "template"]));
    match Millis::parse_rfc3339(object.str_at(&["status", "lastScheduleTime"])) {
        Some(at) => page.field(0, "Last Schedule Time", at.rfc1123z()),
        None => page.field(0, "Last Schedule Time", "<unset>"),
    }
    let active: Vec<&str> = object.list_at(&["status", "active"]).iter().map(|job| job.str_at(&["name"])).collect();
    page.field(0, "Active Jobs", if active.is_empty() { "<none>".into() } else { active.join(", ") });
    true
}

/// Writes an autoscaler. Always ends with its events.
///
/// Follows `describeHorizontalPodAutoscalerV2`.
pub(in crate::kubectl) fn autoscaler(page: &mut Page<'_>, object: &Object) -> bool {
    page.name(object);
    page.metadata(object);
    page.field(0, "CreationTimestamp", object.meta.created.rfc1123z());
    let kind = object.str_at(&["spec", "scaleTargetRef", "kind"]).to_string();
    page.field(0, "Reference", format_args!("{kind}/{}", object.str_at(&["spec", "scaleTargetRef", "name"])));
    page.field(0, "Metrics", "( current / target )");
    for (place, metric) in object.list_at(&["spec", "metrics"]).iter().enumerate() {
        let (label, amounts) = metric_line(metric, object.list_at(&["status", "currentMetrics"]).get(place));
        page.field(1, &label, amounts);
    }
    page.field(0, "Min replicas", or_unset(object.at(&["spec", "minReplicas"])));
    page.field(0, "Max replicas", number(object, &["spec", "maxReplicas"]));
    if let Some(behavior) = object.at(&["spec", "behavior"]) {
        page.line(0, "Behavior:");
        for (label, side) in [("Scale Up", "scaleUp"), ("Scale Down", "scaleDown")] {
            scaling_rules(page, label, behavior.get(side));
        }
    }
    let (current, desired) =
        (number(object, &["status", "currentReplicas"]), number(object, &["status", "desiredReplicas"]));
    page.field(0, &format!("{kind} pods"), format_args!("{current} current / {desired} desired"));
    let conditions = all_conditions(object);
    if !conditions.is_empty() {
        page.line(0, "Conditions:");
        page.line(1, "Type\tStatus\tReason\tMessage");
        page.line(1, "----\t------\t------\t-------");
        for condition in conditions {
            let words: Vec<&str> =
                ["type", "status", "reason", "message"].iter().map(|field| condition.str_at(&[field])).collect();
            page.line(1, words.join("\t"));
        }
    }
    true
}

/// A metric's name, and what is measured of what is wanted.
fn metric_line(metric: &Value, current: Option<&Value>) -> (String, String) {
    let kind = metric.str_at(&["type"]);
    let field = MetricSource::of(metric).unwrap_or(MetricSource::External).field();
    let none = Value::Null;
    let source = metric.get(field).unwrap_or(&none);
    let measured = |name: &str| match current.and_then(|it| it.at(&[field, "current", name])) {
        Some(value) => int_or_string(Some(value)),
        None => "<unknown>".to_string(),
    };
    let wanted = |name: &str| source.at(&["target", name]).map(|value| int_or_string(Some(value)));
    let average = wanted("averageValue").map(|value| format!("{} / {value}", measured("averageValue")));
    let amounts =
        average.clone().unwrap_or_else(|| format!("{} / {}", measured("value"), wanted("value").unwrap_or_default()));
    let per_pod = if average.is_some() { "target average value" } else { "target value" };
    let name = source.str_at(&["metric", "name"]);
    match kind {
        "Resource" | "ContainerResource" => {
            let what = match source.str_at(&["container"]) {
                "" => format!("resource {} on pods", source.str_at(&["name"])),
                container => format!("resource {} of container \"{container}\" on pods", source.str_at(&["name"])),
            };
            if average.is_some() {
                return (what, amounts);
            }
            let share = measured("averageUtilization");
            let have = if share == "<unknown>" { share } else { format!("{share}% ({})", measured("averageValue")) };
            let target = wanted("averageUtilization").map_or("<auto>".to_string(), |share| format!("{share}%"));
            (format!("{what}  (as a percentage of request)"), format!("{have} / {target}"))
        }
        "Pods" => (format!("\"{name}\" on pods"), amounts),
        "Object" => {
            let object = |field: &str| source.str_at(&["describedObject", field]).to_string();
            (format!("\"{name}\" on {}/{} ({per_pod})", object("kind"), object("name")), amounts)
        }
        _ => (format!("\"{name}\" ({per_pod})"), amounts),
    }
}

/// Follows `printDirectionBehavior`.
fn scaling_rules(page: &mut Page<'_>, label: &str, rules: Option<&Value>) {
    let Some(rules) = rules else { return };
    page.line(1, format_args!("{label}:"));
    if let Some(seconds) = rules.i64_at(&["stabilizationWindowSeconds"]) {
        page.line(2, format_args!("Stabilization Window: {seconds} seconds"));
    }
    let policies = rules.list_at(&["policies"]);
    if policies.is_empty() {
        return;
    }
    let select = rules.str_at(&["selectPolicy"]);
    page.line(2, format_args!("Select Policy: {}", if select.is_empty() { "Max" } else { select }));
    page.line(2, "Policies:");
    for policy in policies {
        let of = |field: &str| policy.i64_at(&[field]).unwrap_or(0);
        let kind = policy.str_at(&["type"]);
        page.line(3, format_args!("- Type: {kind}\tValue: {}\tPeriod: {} seconds", of("value"), of("periodSeconds")));
    }
}
