//! The rules for a StatefulSet's spec.

use super::super::field_error::{Errors, Path};
use super::super::names;
use super::meta::{check_annotations, check_labels};
use super::{PERCENT, at, check_selector, is_usable, list, number, pod, selects, storage, text};
use crate::kubernetes::{Difference, Kubernetes};
use crate::model::{Value, to_json};

/// What is looked at: stored sets may keep what was allowed when they were made.
#[derive(Clone, Copy, Debug)]
pub(in crate::api) struct Scope {
    /// Whether `serviceName` and `volumeClaimTemplates` are looked at.
    pub(super) is_create: bool,
    /// Whether the whole pod template is looked at.
    pub(super) has_template: bool,
}

impl Scope {
    pub(in crate::api) fn create() -> Scope {
        Scope { is_create: true, has_template: true }
    }
}

/// Follows `ValidateStatefulSetSpec` in pkg/apis/apps/validation.
pub(in crate::api) fn check(errors: &mut Errors, path: &Path, spec: &Value, scope: Scope, kubernetes: Kubernetes) {
    let policy = text(spec, "podManagementPolicy");
    if !matches!(policy, "OrderedReady" | "Parallel") {
        let detail = "must be 'OrderedReady' or 'Parallel'";
        errors.invalid_text(&path.child("podManagementPolicy"), policy, detail);
    }
    check_strategy(errors, &path.child("updateStrategy"), at(spec, "updateStrategy"), kubernetes);
    let retention = at(spec, "persistentVolumeClaimRetentionPolicy");
    for field in ["whenDeleted", "whenScaled"] {
        let path = path.child("persistentVolumeClaimRetentionPolicy").child(field);
        errors.check_one_of(&path, text(retention, field), &["Retain", "Delete"]);
    }
    let claims = list(spec, "volumeClaimTemplates");
    if scope.is_create {
        let service = text(spec, "serviceName");
        if !service.is_empty() {
            errors.check_text(&path.child("serviceName"), service, names::dns_label(service));
        }
        for (at_index, claim) in claims.iter().enumerate() {
            let path = path.child("volumeClaimTemplates").index(at_index).child("spec");
            storage::check_claim_spec(errors, &path, at(claim, "spec"));
        }
    }
    errors.check_not_negative(&path.child("replicas"), number(spec, "replicas").unwrap_or(1));
    errors.check_not_negative(&path.child("minReadySeconds"), number(spec, "minReadySeconds").unwrap_or(0));
    if let Some(start) = number(at(spec, "ordinals"), "start") {
        errors.check_not_negative(&path.child("ordinals").child("start"), start);
    }
    check_set_selector(errors, &path.child("selector"), at(spec, "selector"));
    let template = at(spec, "template");
    if at(spec, "selector").is_null() || is_usable(at(spec, "selector")) {
        check_template(errors, &path.child("template"), spec, scope, kubernetes);
    } else {
        errors.invalid(&path.child("selector"), &shown_selector(at(spec, "selector")), "");
    }
    let pod_path = path.child("template").child("spec");
    errors.check_one_of(&pod_path.child("restartPolicy"), text(at(template, "spec"), "restartPolicy"), &["Always"]);
    if number(at(template, "spec"), "activeDeadlineSeconds").is_some() {
        let detail = "activeDeadlineSeconds in StatefulSet is not Supported";
        errors.forbidden(&pod_path.child("activeDeadlineSeconds"), detail);
    }
}

fn check_strategy(errors: &mut Errors, path: &Path, strategy: &Value, kubernetes: Kubernetes) {
    let rolling = at(strategy, "rollingUpdate");
    let has_recreate = kubernetes.has(Difference::Recreate);
    let is_known = has_recreate || text(strategy, "type") != "Recreate";
    match text(strategy, "type") {
        "OnDelete" | "Recreate" if !rolling.is_null() && is_known => {
            let detail = "only allowed for updateStrategy 'RollingUpdate'";
            errors.invalid_shown(&path.child("rollingUpdate"), go_rolling_update(rolling), detail);
        }
        "OnDelete" => {}
        "Recreate" if is_known => {}
        "RollingUpdate" => {
            let path = path.child("rollingUpdate");
            errors.check_not_negative(&path.child("partition"), number(rolling, "partition").unwrap_or(0));
            if kubernetes.has(Difference::MaxUnavailable) {
                check_max_unavailable(errors, &path.child("maxUnavailable"), at(rolling, "maxUnavailable"));
            }
        }
        "" => errors.required(path, ""),
        kind => {
            let quoted = to_json(&Value::text(kind));
            let shown = format!("{{\"Type\":{quoted},\"RollingUpdate\":{}}}", go_rolling_update(rolling));
            let known = match has_recreate {
                true => "must be 'RollingUpdate', 'OnDelete' or 'Recreate'",
                false => "must be 'RollingUpdate' or 'OnDelete'",
            };
            errors.invalid_shown(path, shown, known);
        }
    }
}

/// The struct as Go writes its internal form, with the names of the Go fields.
fn go_rolling_update(rolling: &Value) -> String {
    match rolling {
        Value::Null => "null".into(),
        rolling => {
            let partition = number(rolling, "partition").unwrap_or(0);
            format!("{{\"Partition\":{partition},\"MaxUnavailable\":{}}}", to_json(at(rolling, "maxUnavailable")))
        }
    }
}

fn check_max_unavailable(errors: &mut Errors, path: &Path, value: &Value) {
    match value {
        Value::Int(number) => {
            errors.check_not_negative(path, *number);
            if *number == 0 {
                errors.invalid(path, value, "cannot be 0");
            }
        }
        Value::Str(percent) => match names::percent(percent) {
            None => errors.invalid(path, value, PERCENT),
            Some(0) => errors.invalid(path, value, "cannot be 0"),
            Some(number) if number > 100 => errors.invalid(path, value, "must not be greater than 100%"),
            Some(_) => {}
        },
        _ => {}
    }
}

fn check_set_selector(errors: &mut Errors, path: &Path, selector: &Value) {
    if selector.is_null() {
        errors.required(path, "");
        return;
    }
    check_selector(errors, path, selector);
    let is_empty = list(selector, "matchExpressions").is_empty()
        && selector.get("matchLabels").and_then(Value::as_map).is_none_or(crate::model::Map::is_empty);
    if is_empty {
        errors.invalid(path, &shown_selector(selector), "empty selector is invalid for statefulset");
    }
}

/// Messages show a selector without its empty parts.
pub(super) fn shown_selector(selector: &Value) -> Value {
    let mut shown = selector.clone();
    shown.map_mut().retain(|_, value| match value {
        Value::List(list) => !list.is_empty(),
        Value::Map(map) => !map.is_empty(),
        _ => true,
    });
    shown
}

/// Follows `ValidatePodTemplateSpecForStatefulSet`: claim templates count as volumes.
fn check_template(errors: &mut Errors, path: &Path, spec: &Value, scope: Scope, kubernetes: Kubernetes) {
    let template = at(spec, "template");
    let labels = at(at(template, "metadata"), "labels");
    let annotations = at(template, "metadata").get("annotations");
    let selector = at(spec, "selector");
    let is_empty_selector = !selector.is_null()
        && list(selector, "matchExpressions").is_empty()
        && selector.get("matchLabels").and_then(Value::as_map).is_none_or(crate::model::Map::is_empty);
    if !is_empty_selector && !selects(selector, labels) {
        let detail = "`selector` does not match template `labels`";
        errors.invalid(&path.child("metadata").child("labels"), labels, detail);
    }
    let rounds = if scope.has_template { 2 } else { 1 };
    for _ in 0..rounds {
        check_labels(errors, &path.child("labels"), Some(labels));
        check_annotations(errors, &path.child("annotations"), annotations);
    }
    if scope.has_template {
        let claims = list(spec, "volumeClaimTemplates").iter();
        let claims = claims.map(|claim| text(at(claim, "metadata"), "name")).collect();
        let options = pod::PodOptions { claims, names_hosts: true, ..pod::PodOptions::template(kubernetes) };
        pod::check_spec(errors, &path.child("spec"), at(template, "spec"), &options);
        if !list(at(template, "spec"), "ephemeralContainers").is_empty() {
            let detail = "ephemeral containers not allowed in pod template";
            errors.forbidden(&path.child("spec").child("ephemeralContainers"), detail);
        }
    }
}
