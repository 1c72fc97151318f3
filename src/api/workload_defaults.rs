//! The defaults of the kinds that run pods, but for sets and pods themselves; and of those that stand beside them.

use super::default::{each, fill, fill_text, pod_spec, sub, sub_if};
use crate::model::{Map, Object, Value, object::labels_from_value};
use crate::{list, obj};

/// Follows `SetDefaults_Deployment` in pkg/apis/apps/v1/defaults.go.
pub(super) fn deployment(body: &mut Map) {
    let spec = sub(body, "spec");
    fill(spec, "replicas", || 1.into());
    let strategy = sub(spec, "strategy");
    fill_text(strategy, "type", "RollingUpdate");
    if strategy.get("type").and_then(Value::as_str) == Some("RollingUpdate") {
        let rolling = sub(strategy, "rollingUpdate");
        fill(rolling, "maxUnavailable", || "25%".into());
        fill(rolling, "maxSurge", || "25%".into());
    }
    fill(spec, "revisionHistoryLimit", || 10.into());
    fill(spec, "progressDeadlineSeconds", || 600.into());
    pod_spec(sub(sub(spec, "template"), "spec"));
}

/// Follows `SetDefaults_ReplicaSet`.
pub(super) fn replica_set(object: &mut Object) {
    let spec = sub(&mut object.body, "spec");
    fill(spec, "replicas", || 1.into());
    pod_spec(sub(sub(spec, "template"), "spec"));
}

/// Follows `SetDefaults_DaemonSet`.
pub(super) fn daemon_set(body: &mut Map) {
    let spec = sub(body, "spec");
    let strategy = sub(spec, "updateStrategy");
    fill_text(strategy, "type", "RollingUpdate");
    if strategy.get("type").and_then(Value::as_str) == Some("RollingUpdate") {
        let rolling = sub(strategy, "rollingUpdate");
        fill(rolling, "maxUnavailable", || 1.into());
        fill(rolling, "maxSurge", || 0.into());
    }
    fill(spec, "revisionHistoryLimit", || 10.into());
    pod_spec(sub(sub(spec, "template"), "spec"));
}

/// Follows `SetDefaults_Job` in pkg/apis/batch/v1/defaults.go.
pub(super) fn job(object: &mut Object) {
    let spec = sub(&mut object.body, "spec");
    job_spec(spec);
    let labels = labels_from_value(spec.get("template").and_then(|template| template.at(&["metadata", "labels"])));
    if object.meta.labels.is_empty() {
        object.meta.labels = labels;
    }
}

fn job_spec(spec: &mut Map) {
    let is_set = |spec: &Map, key: &str| spec.get(key).is_some_and(|value| !value.is_null());
    if !is_set(spec, "completions") && !is_set(spec, "parallelism") {
        fill(spec, "completions", || 1.into());
    }
    fill(spec, "parallelism", || 1.into());
    let limit = if is_set(spec, "backoffLimitPerIndex") { i64::from(i32::MAX) } else { 6 };
    fill(spec, "backoffLimit", || limit.into());
    fill_text(spec, "completionMode", "NonIndexed");
    fill(spec, "suspend", || false.into());
    fill(spec, "manualSelector", || false.into());
    let replacement = if is_set(spec, "podFailurePolicy") { "Failed" } else { "TerminatingOrFailed" };
    fill_text(spec, "podReplacementPolicy", replacement);
    failure_policy(spec);
    pod_spec(sub(sub(spec, "template"), "spec"));
}

/// Follows `SetDefaults_PodFailurePolicyOnPodConditionsPattern`.
fn failure_policy(spec: &mut Map) {
    if let Some(policy) = sub_if(spec, "podFailurePolicy") {
        each(policy, "rules", |rule| each(rule, "onPodConditions", |pattern| fill_text(pattern, "status", "True")));
    }
}

/// Follows `SetDefaults_CronJob`.
pub(super) fn cron_job(body: &mut Map) {
    let spec = sub(body, "spec");
    fill_text(spec, "concurrencyPolicy", "Allow");
    fill(spec, "suspend", || false.into());
    fill(spec, "successfulJobsHistoryLimit", || 3.into());
    fill(spec, "failedJobsHistoryLimit", || 1.into());
    let job = sub(sub(spec, "jobTemplate"), "spec");
    failure_policy(job);
    pod_spec(sub(sub(job, "template"), "spec"));
}

/// Follows `SetDefaults_HorizontalPodAutoscaler` in pkg/apis/autoscaling/v2/defaults.go.
pub(super) fn autoscaler(body: &mut Map) {
    let spec = sub(body, "spec");
    fill(spec, "minReplicas", || 1.into());
    if spec.get("metrics").and_then(Value::as_list).is_none_or(<[Value]>::is_empty) {
        let target = obj! { "averageUtilization" => 80, "type" => "Utilization" };
        let metric = obj! { "resource" => obj! { "name" => "cpu", "target" => target }, "type" => "Resource" };
        spec.insert("metrics", vec![metric].into());
    }
    if spec.get("behavior").is_some_and(|behavior| !behavior.is_null()) {
        let behavior = sub(spec, "behavior");
        let all = obj! { "periodSeconds" => 15, "type" => "Percent", "value" => 100 };
        let four = obj! { "periodSeconds" => 15, "type" => "Pods", "value" => 4 };
        scaling_rules(sub(behavior, "scaleUp"), Some(0), || vec![four, all.clone()]);
        scaling_rules(sub(behavior, "scaleDown"), None, || vec![all.clone()]);
    }
}

/// Follows `GenerateHPAScaleUpRules` and its sister for the way down.
fn scaling_rules(rules: &mut Map, window: Option<i64>, policies: impl FnOnce() -> Vec<Value>) {
    if let Some(seconds) = window {
        fill(rules, "stabilizationWindowSeconds", || seconds.into());
    }
    fill_text(rules, "selectPolicy", "Max");
    fill(rules, "policies", || policies().into());
}

/// Follows `SetDefaults_NetworkPolicy` in pkg/apis/networking/v1/defaults.go.
pub(super) fn network_policy(body: &mut Map) {
    let spec = sub(body, "spec");
    if spec.get("policyTypes").and_then(Value::as_list).is_none_or(<[Value]>::is_empty) {
        let has_egress = spec.get("egress").and_then(Value::as_list).is_some_and(|rules| !rules.is_empty());
        let mut types = vec![Value::from("Ingress")];
        types.extend(has_egress.then(|| Value::from("Egress")));
        spec.insert("policyTypes", types.into());
    }
    fill(spec, "podSelector", Value::map);
    for side in ["ingress", "egress"] {
        each(spec, side, |rule| each(rule, "ports", |port| fill_text(port, "protocol", "TCP")));
    }
}

/// Follows `SetDefaults_LimitRangeItem` in pkg/apis/core/v1/defaults.go.
pub(super) fn limit_range(body: &mut Map) {
    each(sub(body, "spec"), "limits", |item| {
        if item.get("type").and_then(Value::as_str) != Some("Container") {
            return;
        }
        let copied = |item: &Map, key: &str| item.get(key).and_then(Value::as_map).cloned().unwrap_or_default();
        let limits = copied(item, "max");
        fill_amounts(item, "default", &limits);
        let requests = [copied(item, "default"), copied(item, "min")];
        for amounts in requests.iter() {
            fill_amounts(item, "defaultRequest", amounts);
        }
    });
}

fn fill_amounts(item: &mut Map, key: &'static str, amounts: &Map) {
    if amounts.is_empty() {
        return;
    }
    let own = sub(item, key);
    for (name, amount) in amounts.iter() {
        if !own.contains_key(name) {
            own.insert(name.clone(), amount.clone());
        }
    }
}

/// Follows `SetDefaults_RoleBinding` in pkg/apis/rbac/v1/defaults.go.
pub(super) fn binding(object: &mut Object) {
    const GROUP: &str = "rbac.authorization.k8s.io";
    if let Some(role) = sub_if(&mut object.body, "roleRef") {
        fill_text(role, "apiGroup", GROUP);
    }
    each(&mut object.body, "subjects", |subject| {
        if matches!(subject.get("kind").and_then(Value::as_str), Some("User" | "Group")) {
            fill_text(subject, "apiGroup", GROUP);
        }
    });
}

/// Ports of endpoints are TCP unless they say otherwise.
///
/// Follows `SetDefaults_Endpoints` and `SetDefaults_EndpointPort`.
pub(super) fn protocols(body: &mut Map) {
    let fill_ports = |map: &mut Map| each(map, "ports", |port| fill_text(port, "protocol", "TCP"));
    fill_ports(body);
    each(body, "subsets", fill_ports);
}

/// A PodTemplate has a pod's defaults.
pub(super) fn pod_template(body: &mut Map) {
    pod_spec(sub(sub(body, "template"), "spec"));
}

/// A namespace is labelled with its name, and kept until it is empty.
pub(super) fn namespace(object: &mut Object) {
    object.meta.labels.insert("kubernetes.io/metadata.name", object.meta.name.clone());
    fill(sub(&mut object.body, "spec"), "finalizers", || list!["kubernetes"]);
    fill(sub(&mut object.body, "status"), "phase", || "Active".into());
}

/// Webhooks fail closed, hear of every object in every version, and have ten seconds; those that change objects are not
/// asked again.
///
/// Follows pkg/apis/admissionregistration/v1/defaults.go.
pub(super) fn webhooks(body: &mut Map, are_mutating: bool) {
    each(body, "webhooks", |hook| {
        fill_text(hook, "failurePolicy", "Fail");
        fill_text(hook, "matchPolicy", "Equivalent");
        fill(hook, "namespaceSelector", Value::map);
        fill(hook, "objectSelector", Value::map);
        fill(hook, "timeoutSeconds", || 10.into());
        if are_mutating {
            fill_text(hook, "reinvocationPolicy", "Never");
        }
        if let Some(service) = sub_if(hook, "clientConfig").and_then(|config| sub_if(config, "service")) {
            fill(service, "port", || 443.into());
        }
        each(hook, "rules", |rule| fill_text(rule, "scope", "*"));
    });
}

/// Follows `SetDefaults_ServiceReference` of kube-aggregator's pkg/apis/apiregistration/v1/defaults.go.
pub(super) fn api_service(body: &mut Map) {
    if let Some(service) = sub_if(body, "spec").and_then(|spec| sub_if(spec, "service")) {
        fill(service, "port", || 443.into());
    }
}
