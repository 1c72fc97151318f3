//! The rules for autoscalers: bounds, metrics and how fast they may go.
//!
//! Follows pkg/apis/autoscaling/validation/validation.go.

use super::super::field_error::{Errors, Path};
use super::super::names;
use super::{at, list, number, quantity, text};
use crate::model::{MetricSource, Quantity, Value};

/// Follows `ValidateHorizontalPodAutoscaler`.
pub(in crate::api) fn check(errors: &mut Errors, path: &Path, spec: &Value) {
    let (least, most) = (number(spec, "minReplicas").unwrap_or(1), number(spec, "maxReplicas").unwrap_or(0));
    if least < 1 {
        errors.invalid(&path.child("minReplicas"), &least.into(), "must be greater than or equal to 1");
    }
    if most < 1 {
        errors.invalid(&path.child("maxReplicas"), &most.into(), "must be greater than 0");
    }
    if most < least {
        let detail = "must be greater than or equal to `minReplicas`";
        errors.invalid(&path.child("maxReplicas"), &most.into(), detail);
    }
    let (target_path, target) = (path.child("scaleTargetRef"), at(spec, "scaleTargetRef"));
    for field in ["kind", "name"] {
        match text(target, field) {
            "" => errors.required(&target_path.child(field), ""),
            word => errors.check_text(&target_path.child(field), word, names::path_segment(word)),
        }
    }
    let is_outside = |metric: &Value| matches!(text(metric, "type"), "Object" | "External");
    if least == 0 && !list(spec, "metrics").iter().any(is_outside) {
        let detail = "must specify at least one Object or External metric to support scaling to zero replicas";
        errors.forbidden(&path.child("metrics"), detail);
    }
    for (place, metric) in list(spec, "metrics").iter().enumerate() {
        check_metric(errors, &path.child("metrics").index(place), metric);
    }
    for side in ["scaleUp", "scaleDown"] {
        let rules = at(at(spec, "behavior"), side);
        if !rules.is_null() {
            check_rules(errors, &path.child("behavior").child(side), rules);
        }
    }
}

/// Follows `validateMetricSpec`.
fn check_metric(errors: &mut Errors, path: &Path, metric: &Value) {
    let kind = text(metric, "type");
    if kind.is_empty() {
        errors.required(&path.child("type"), "must specify a metric source type");
    }
    errors.check_one_of(&path.child("type"), kind, &MetricSource::ALL.map(MetricSource::name));
    let Some(source) = MetricSource::of(metric) else { return };
    check_source(errors, &path.child(source.field()), at(metric, source.field()), kind);
    for other in MetricSource::ALL.into_iter().filter(|other| *other != source) {
        if !at(metric, other.field()).is_null() {
            errors.forbidden(&path.child(other.field()), "must populate the given metric source only");
        }
    }
}

/// Follows `validateObjectSource` and its sisters.
fn check_source(errors: &mut Errors, path: &Path, source: &Value, kind: &str) {
    if source.is_null() {
        return errors.required(path, "must populate information for the given metric source");
    }
    if kind == "Object" {
        let (path, object) = (path.child("describedObject"), at(source, "describedObject"));
        for field in ["kind", "name"] {
            match text(object, field) {
                "" => errors.required(&path.child(field), ""),
                word => errors.check_text(&path.child(field), word, names::path_segment(word)),
            }
        }
    }
    let is_resource = matches!(kind, "Resource" | "ContainerResource");
    if is_resource && text(source, "name").is_empty() {
        errors.required(&path.child("name"), "must specify a resource name");
    }
    if kind == "ContainerResource" && text(source, "container").is_empty() {
        errors.required(&path.child("container"), "must specify a container");
    }
    if !is_resource && text(at(source, "metric"), "name").is_empty() {
        errors.required(&path.child("metric").child("name"), "must specify a metric name");
    }
    check_target(errors, &path.child("target"), at(source, "target"), kind);
}

/// Follows `validateMetricTarget` and the checks of each source.
fn check_target(errors: &mut Errors, path: &Path, target: &Value, kind: &str) {
    match text(target, "type") {
        "" => errors.required(&path.child("type"), "must specify a metric target type"),
        "Utilization" | "Value" | "AverageValue" => {}
        other => {
            let detail = "must be either Utilization, Value, or AverageValue";
            errors.invalid_text(&path.child("type"), other, detail);
        }
    }
    for field in ["value", "averageValue"] {
        let amount = at(target, field);
        if !amount.is_null() && quantity(amount) <= Quantity::ZERO {
            errors.invalid(&path.child(field), amount, "must be positive");
        }
    }
    let share = number(target, "averageUtilization");
    if share.is_some_and(|share| share < 1) {
        errors.invalid(&path.child("averageUtilization"), at(target, "averageUtilization"), "must be greater than 0");
    }
    let has = |field: &str| !at(target, field).is_null();
    match kind {
        "Resource" | "ContainerResource" if share.is_none() && !has("averageValue") => {
            let detail = "must set either a target raw value or a target utilization";
            errors.required(&path.child("averageUtilization"), detail);
        }
        "Resource" | "ContainerResource" if share.is_some() && has("averageValue") => {
            let detail = "may not set both a target raw value and a target utilization";
            errors.forbidden(&path.child("averageValue"), detail);
        }
        "Pods" if !has("averageValue") => {
            errors.required(&path.child("averageValue"), "must specify a positive target averageValue");
        }
        "Object" if !has("value") && !has("averageValue") => {
            errors.required(&path.child("averageValue"), "must set either a target value or averageValue");
        }
        "External" if has("value") && has("averageValue") => {
            let detail = "may not set both a target value for metric and a per-pod target";
            errors.forbidden(&path.child("value"), detail);
        }
        "External" if !has("value") && !has("averageValue") => {
            let detail = "must set either a target value for metric or a per-pod target";
            errors.required(&path.child("averageValue"), detail);
        }
        _ => {}
    }
}

/// Follows `validateScalingRules`.
fn check_rules(errors: &mut Errors, path: &Path, rules: &Value) {
    const WINDOW_MAX: i64 = 3600;
    const PERIOD_MAX: i64 = 1800;
    if let Some(seconds) = number(rules, "stabilizationWindowSeconds") {
        let path = path.child("stabilizationWindowSeconds");
        if seconds < 0 {
            errors.invalid(&path, &seconds.into(), "must be greater than or equal to zero");
        }
        if seconds > WINDOW_MAX {
            errors.invalid(&path, &seconds.into(), format!("must be less than or equal to {WINDOW_MAX}"));
        }
    }
    let select = text(rules, "selectPolicy");
    if !select.is_empty() {
        errors.check_one_of(&path.child("selectPolicy"), select, &["Disabled", "Max", "Min"]);
    }
    let tolerance = at(rules, "tolerance");
    if !tolerance.is_null() && quantity(tolerance).is_negative() {
        errors.invalid(&path.child("tolerance"), tolerance, "must be greater or equal to 0");
    }
    let (path, policies) = (path.child("policies"), list(rules, "policies"));
    if policies.is_empty() {
        errors.required(&path, "must specify at least one Policy");
    }
    for (place, policy) in policies.iter().enumerate() {
        let path = path.index(place);
        errors.check_one_of(&path.child("type"), text(policy, "type"), &["Percent", "Pods"]);
        let of = |field: &str| number(policy, field).unwrap_or(0);
        if of("value") <= 0 {
            errors.invalid(&path.child("value"), &of("value").into(), "must be greater than zero");
        }
        let period = of("periodSeconds");
        if period <= 0 {
            errors.invalid(&path.child("periodSeconds"), &period.into(), "must be greater than zero");
        }
        if period > PERIOD_MAX {
            let detail = format!("must be less than or equal to {PERIOD_MAX}");
            errors.invalid(&path.child("periodSeconds"), &period.into(), detail);
        }
    }
}
