//! The rules for the kinds that run pods, but for sets and pods themselves.

use super::super::field_error::{Errors, Path};
use super::super::names;
use super::meta::{check_annotations, check_labels};
use super::stateful_set::shown_selector;
use super::{PERCENT, at, check_selector, is_usable, list, number, pod, selects, text};
use crate::kubernetes::Kubernetes;
use crate::model::{Value, to_json};

/// Follows `ValidateDeploymentSpec` in pkg/apis/apps/validation.
pub(in crate::api) fn check_deployment(errors: &mut Errors, path: &Path, spec: &Value, kubernetes: Kubernetes) {
    errors.check_not_negative(&path.child("replicas"), number(spec, "replicas").unwrap_or(1));
    check_own_selector(errors, &path.child("selector"), at(spec, "selector"), "deployment");
    check_template(errors, path, spec, "ReplicaSet", kubernetes);
    check_deployment_strategy(errors, &path.child("strategy"), at(spec, "strategy"));
    for field in ["minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"] {
        errors.check_not_negative(&path.child(field), number(spec, field).unwrap_or(0));
    }
    let deadline = number(spec, "progressDeadlineSeconds");
    if deadline.is_some_and(|deadline| deadline <= number(spec, "minReadySeconds").unwrap_or(0)) {
        let detail = "must be greater than minReadySeconds";
        errors.invalid(&path.child("progressDeadlineSeconds"), at(spec, "progressDeadlineSeconds"), detail);
    }
}

fn check_deployment_strategy(errors: &mut Errors, path: &Path, strategy: &Value) {
    let rolling = at(strategy, "rollingUpdate");
    match text(strategy, "type") {
        "Recreate" if !rolling.is_null() => {
            errors.forbidden(&path.child("rollingUpdate"), "may not be specified when strategy `type` is 'Recreate'");
        }
        "Recreate" => {}
        "RollingUpdate" if rolling.is_null() => {
            errors.required(&path.child("rollingUpdate"), "this should be defaulted and never be nil");
        }
        "RollingUpdate" => check_rolling(errors, &path.child("rollingUpdate"), rolling),
        _ => errors.not_supported_shown(path, go_strategy(strategy), &["Recreate", "RollingUpdate"]),
    }
}

/// A strategy of an unknown type as Go writes its internal form, with the names of the Go fields.
fn go_strategy(strategy: &Value) -> String {
    let rolling = match at(strategy, "rollingUpdate") {
        Value::Null => "null".to_string(),
        rolling => format!(
            "{{\"MaxUnavailable\":{},\"MaxSurge\":{}}}",
            to_json(at(rolling, "maxUnavailable")),
            to_json(at(rolling, "maxSurge"))
        ),
    };
    format!("{{\"Type\":{},\"RollingUpdate\":{rolling}}}", to_json(at(strategy, "type")))
}

/// Follows `ValidateRollingUpdateDeployment`.
fn check_rolling(errors: &mut Errors, path: &Path, rolling: &Value) {
    let (unavailable, surge) = (at(rolling, "maxUnavailable"), at(rolling, "maxSurge"));
    check_amount_or_percent(errors, &path.child("maxUnavailable"), unavailable);
    check_amount_or_percent(errors, &path.child("maxSurge"), surge);
    if is_zero(unavailable) && is_zero(surge) {
        errors.invalid(&path.child("maxUnavailable"), unavailable, "may not be 0 when `maxSurge` is 0");
    }
    check_at_most_all(errors, &path.child("maxUnavailable"), unavailable);
}

fn is_zero(value: &Value) -> bool {
    match value {
        // What is no number counts as none.
        Value::Str(text) => names::percent(text).unwrap_or_else(|| text.parse().unwrap_or(0)) == 0,
        value => value.as_i64().unwrap_or(0) == 0,
    }
}

fn check_amount_or_percent(errors: &mut Errors, path: &Path, value: &Value) {
    match value {
        Value::Str(percent) if names::percent(percent).is_none() => errors.invalid(path, value, PERCENT),
        Value::Int(number) => errors.check_not_negative(path, *number),
        _ => {}
    }
}

fn check_at_most_all(errors: &mut Errors, path: &Path, value: &Value) {
    if value.as_str().and_then(names::percent).is_some_and(|percent| percent > 100) {
        errors.invalid(path, value, "must not be greater than 100%");
    }
}

/// Follows `ValidateReplicaSetSpec`.
pub(in crate::api) fn check_replica_set(errors: &mut Errors, path: &Path, spec: &Value, kubernetes: Kubernetes) {
    errors.check_not_negative(&path.child("replicas"), number(spec, "replicas").unwrap_or(1));
    errors.check_not_negative(&path.child("minReadySeconds"), number(spec, "minReadySeconds").unwrap_or(0));
    check_own_selector(errors, &path.child("selector"), at(spec, "selector"), "deployment");
    check_template(errors, path, spec, "ReplicaSet", kubernetes);
}

/// Follows `ValidateDaemonSetSpec`.
pub(in crate::api) fn check_daemon_set(errors: &mut Errors, path: &Path, spec: &Value, kubernetes: Kubernetes) {
    check_own_selector(errors, &path.child("selector"), at(spec, "selector"), "daemonset");
    check_template(errors, path, spec, "DaemonSet", kubernetes);
    errors.check_not_negative(&path.child("minReadySeconds"), number(spec, "minReadySeconds").unwrap_or(0));
    let (own_path, path, strategy) = (path, path.child("updateStrategy"), at(spec, "updateStrategy"));
    match text(strategy, "type") {
        "OnDelete" => {}
        "RollingUpdate" => {
            let (path, rolling) = (path.child("rollingUpdate"), at(strategy, "rollingUpdate"));
            for field in ["maxUnavailable", "maxSurge"] {
                check_amount_or_percent(errors, &path.child(field), at(rolling, field));
            }
            for field in ["maxUnavailable", "maxSurge"] {
                check_at_most_all(errors, &path.child(field), at(rolling, field));
            }
            match (is_zero(at(rolling, "maxUnavailable")), is_zero(at(rolling, "maxSurge"))) {
                (true, true) => errors.required(&path.child("maxUnavailable"), "cannot be 0 when maxSurge is 0"),
                (false, false) => errors.invalid(
                    &path.child("maxSurge"),
                    at(rolling, "maxSurge"),
                    "may not be set when maxUnavailable is non-zero",
                ),
                _ => {}
            }
        }
        _ => errors.not_supported_shown(&path, go_strategy(strategy), &["RollingUpdate", "OnDelete"]),
    }
    errors
        .check_not_negative(&own_path.child("revisionHistoryLimit"), number(spec, "revisionHistoryLimit").unwrap_or(0));
}

fn check_own_selector(errors: &mut Errors, path: &Path, selector: &Value, owner: &str) {
    if selector.is_null() {
        // Of a DaemonSet it is only said that it selects nothing.
        if owner != "daemonset" {
            errors.required(path, "");
        }
        return;
    }
    check_selector(errors, path, selector);
    if is_empty(selector) {
        errors.invalid(path, selector, format!("empty selector is invalid for {owner}"));
    }
}

fn is_empty(selector: &Value) -> bool {
    list(selector, "matchExpressions").is_empty()
        && selector.get("matchLabels").and_then(Value::as_map).is_none_or(crate::model::Map::is_empty)
}

/// Follows `ValidatePodTemplateSpecForReplicaSet`.
fn check_template(errors: &mut Errors, path: &Path, spec: &Value, owner: &str, kubernetes: Kubernetes) {
    let (selector, template) = (at(spec, "selector"), at(spec, "template"));
    let (own_path, path) = (&path.child("selector"), path.child("template"));
    let is_set = owner == "DaemonSet";
    if !selector.is_null() && !is_usable(selector) {
        errors.invalid(own_path, &shown_selector(selector), if is_set { "" } else { "invalid label selector" });
        if !is_set {
            return;
        }
    }
    let labels = at(at(template, "metadata"), "labels");
    // One that is absent selects nothing, an empty one everything.
    let is_open = !selector.is_null() && (is_empty(selector) || !is_usable(selector));
    if !is_open && !selects(selector, labels) {
        let detail = "`selector` does not match template `labels`";
        errors.invalid(&path.child("metadata").child("labels"), labels, detail);
    }
    check_pod_template(errors, &path, template, kubernetes);
    let pod_path = path.child("spec");
    errors.check_one_of(&pod_path.child("restartPolicy"), text(at(template, "spec"), "restartPolicy"), &["Always"]);
    if number(at(template, "spec"), "activeDeadlineSeconds").is_some() {
        let detail = format!("activeDeadlineSeconds in {owner} is not Supported");
        errors.forbidden(&pod_path.child("activeDeadlineSeconds"), detail);
    }
}

pub(in crate::api) fn check_pod_template(errors: &mut Errors, path: &Path, template: &Value, kubernetes: Kubernetes) {
    check_labels(errors, &path.child("labels"), at(template, "metadata").get("labels"));
    check_annotations(errors, &path.child("annotations"), at(template, "metadata").get("annotations"));
    pod::check_spec(errors, &path.child("spec"), at(template, "spec"), &pod::PodOptions::template(kubernetes));
}
