//! The rules for where a pod may run: tolerations, affinity, spread over a topology.
//!
//! Follows pkg/apis/core/validation/validation.go.

use super::super::field_error::{Errors, Path};
use super::super::names;
use super::super::template_dump::struct_dump;
use super::{at, list, number, text};
use crate::model::Value;

pub(super) fn check_tolerations(errors: &mut Errors, path: &Path, tolerations: &[Value]) {
    for (at_index, toleration) in tolerations.iter().enumerate() {
        let path = path.index(at_index);
        let (key, operator, effect) =
            (text(toleration, "key"), text(toleration, "operator"), text(toleration, "effect"));
        if !key.is_empty() {
            errors.check_text(&path.child("key"), key, names::qualified_name(key));
        }
        if key.is_empty() && operator != "Exists" {
            let detail = "operator must be Exists when `key` is empty, which means \"match all values and all keys\"";
            errors.invalid_text(&path.child("operator"), operator, detail);
        }
        if number(toleration, "tolerationSeconds").is_some() && effect != "NoExecute" {
            let detail = "effect must be 'NoExecute' when `tolerationSeconds` is set";
            errors.invalid_text(&path.child("effect"), effect, detail);
        }
        let value = text(toleration, "value");
        match operator {
            "" | "Equal" => errors.check_text(&path.child("operator"), value, names::label_value(value)),
            "Exists" if !value.is_empty() => {
                let shown = struct_dump("core.Toleration", toleration);
                errors.invalid_shown(&path.child("operator"), shown, "value must be empty when `operator` is 'Exists'");
            }
            "Exists" => {}
            other => errors.check_one_of(&path.child("operator"), other, &["Equal", "Exists"]),
        }
        if !effect.is_empty() {
            let supported = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
            errors.check_one_of(&path.child("effect"), effect, &supported);
        }
    }
}

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

/// Follows `validateAffinity`.
pub(super) fn check_affinity(errors: &mut Errors, path: &Path, affinity: &Value) {
    check_nodes(errors, &path.child("nodeAffinity"), at(affinity, "nodeAffinity"));
    for field in ["podAffinity", "podAntiAffinity"] {
        let (path, rules) = (path.child(field), at(affinity, field));
        for (at_index, term) in list(rules, REQUIRED).iter().enumerate() {
            check_pod_term(errors, &path.child(REQUIRED).index(at_index), term);
        }
        for (at_index, weighted) in list(rules, PREFERRED).iter().enumerate() {
            let path = path.child(PREFERRED).index(at_index);
            check_weight(errors, &path, weighted);
            check_pod_term(errors, &path.child("podAffinityTerm"), at(weighted, "podAffinityTerm"));
        }
    }
}

fn check_weight(errors: &mut Errors, path: &Path, weighted: &Value) {
    let weight = number(weighted, "weight").unwrap_or(0);
    if !(1..=100).contains(&weight) {
        errors.invalid(&path.child("weight"), &weight.into(), "must be in the range 1-100");
    }
}

/// Follows `validateNodeAffinity`.
fn check_nodes(errors: &mut Errors, path: &Path, rules: &Value) {
    let required = at(rules, REQUIRED);
    if !required.is_null() {
        check_node_selector(errors, &path.child(REQUIRED), required);
    }
    for (at_index, weighted) in list(rules, PREFERRED).iter().enumerate() {
        let path = path.child(PREFERRED).index(at_index);
        check_weight(errors, &path, weighted);
        check_node_term(errors, &path.child("preference"), at(weighted, "preference"));
    }
}

/// Follows `ValidateNodeSelector`.
pub(super) fn check_node_selector(errors: &mut Errors, path: &Path, selector: &Value) {
    let path = path.child("nodeSelectorTerms");
    if list(selector, "nodeSelectorTerms").is_empty() {
        errors.required(&path, "must have at least one node selector term");
    }
    for (at_index, term) in list(selector, "nodeSelectorTerms").iter().enumerate() {
        check_node_term(errors, &path.index(at_index), term);
    }
}

/// Follows `ValidateNodeSelectorTerm`.
fn check_node_term(errors: &mut Errors, path: &Path, term: &Value) {
    for (at_index, requirement) in list(term, "matchExpressions").iter().enumerate() {
        check_node_labels(errors, &path.child("matchExpressions").index(at_index), requirement);
    }
    for (at_index, requirement) in list(term, "matchFields").iter().enumerate() {
        check_node_fields(errors, &path.child("matchFields").index(at_index), requirement);
    }
}

fn check_node_labels(errors: &mut Errors, path: &Path, requirement: &Value) {
    let (values, values_path) = (list(requirement, "values"), path.child("values"));
    match text(requirement, "operator") {
        "In" | "NotIn" if values.is_empty() => {
            errors.required(&values_path, "must be specified when `operator` is 'In' or 'NotIn'");
        }
        "Exists" | "DoesNotExist" if !values.is_empty() => {
            errors.forbidden(&values_path, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
        }
        "Gt" | "Lt" if values.len() != 1 => {
            errors.required(&values_path, "must be specified single value when `operator` is 'Lt' or 'Gt'");
        }
        "In" | "NotIn" | "Exists" | "DoesNotExist" | "Gt" | "Lt" => {}
        operator => errors.invalid_text(&path.child("operator"), operator, "not a valid selector operator"),
    }
    let key = text(requirement, "key");
    errors.check_text(&path.child("key"), key, names::qualified_name(key));
    for (at_index, value) in values.iter().filter_map(Value::as_str).enumerate() {
        errors.check_text(&values_path.index(at_index), value, names::label_value(value));
    }
}

fn check_node_fields(errors: &mut Errors, path: &Path, requirement: &Value) {
    let values = list(requirement, "values");
    match text(requirement, "operator") {
        "In" | "NotIn" if values.len() != 1 => {
            let detail = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
            errors.required(&path.child("values"), detail);
        }
        "In" | "NotIn" => {}
        operator => errors.invalid_text(&path.child("operator"), operator, "not a valid selector operator"),
    }
    match text(requirement, "key") {
        "metadata.name" => {
            for (at_index, name) in values.iter().filter_map(Value::as_str).enumerate() {
                errors.check_text(&path.child("values").index(at_index), name, names::dns_subdomain(name));
            }
        }
        key => errors.invalid_text(&path.child("key"), key, "not a valid field selector key"),
    }
}

fn check_pod_term(errors: &mut Errors, path: &Path, term: &Value) {
    if !at(term, "labelSelector").is_null() {
        super::check_selector(errors, &path.child("labelSelector"), at(term, "labelSelector"));
    }
    if !at(term, "namespaceSelector").is_null() {
        super::check_selector(errors, &path.child("namespaceSelector"), at(term, "namespaceSelector"));
    }
    for name in list(term, "namespaces").iter().filter_map(Value::as_str) {
        errors.check_text(&path.child("namespace"), name, names::dns_label(name));
    }
    let key = text(term, "topologyKey");
    match key.is_empty() {
        true => errors.required(&path.child("topologyKey"), "can not be empty"),
        false => errors.check_text(&path.child("topologyKey"), key, names::qualified_name(key)),
    }
}

pub(super) fn check_spreads(errors: &mut Errors, path: &Path, spreads: &[Value]) {
    for (at_index, spread) in spreads.iter().enumerate() {
        let path = path.index(at_index);
        let skew = number(spread, "maxSkew").unwrap_or(0);
        if skew <= 0 {
            errors.invalid(&path.child("maxSkew"), &skew.into(), "must be greater than zero");
        }
        if text(spread, "topologyKey").is_empty() {
            errors.required(&path.child("topologyKey"), "can not be empty");
        }
        let action = text(spread, "whenUnsatisfiable");
        errors.check_one_of(&path.child("whenUnsatisfiable"), action, &["DoNotSchedule", "ScheduleAnyway"]);
        let (topology, rest) = (text(spread, "topologyKey"), spreads.get(at_index + 1..).unwrap_or(&[]));
        let is_same = |it: &Value| text(it, "topologyKey") == topology && text(it, "whenUnsatisfiable") == action;
        if rest.iter().any(is_same) {
            let path = path.child("{topologyKey, whenUnsatisfiable}");
            errors.duplicate(&path, &Value::from(format!("{{{topology}, {action}}}")));
        }
        if let Some(least) = number(spread, "minDomains") {
            if least <= 0 {
                errors.invalid(&path.child("minDomains"), &least.into(), "must be greater than zero");
            }
            if action != "DoNotSchedule" {
                let detail = format!("can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {action}");
                errors.invalid(&path.child("minDomains"), &least.into(), &detail);
            }
        }
        for policy in ["nodeAffinityPolicy", "nodeTaintsPolicy"] {
            if let Some(word) = spread.get(policy).and_then(Value::as_str) {
                errors.check_one_of(&path.child(policy), word, &["Honor", "Ignore"]);
            }
        }
        check_label_keys(errors, &path.child("matchLabelKeys"), spread);
        if !at(spread, "labelSelector").is_null() {
            super::check_selector(errors, &path.child("labelSelector"), at(spread, "labelSelector"));
        }
    }
}

/// Follows `validateMatchLabelKeysInTopologySpread`. A key that the selector names as well is no fault: the server merges
/// the keys into the selector.
fn check_label_keys(errors: &mut Errors, path: &Path, spread: &Value) {
    let (keys, selector) = (list(spread, "matchLabelKeys"), at(spread, "labelSelector"));
    if !keys.is_empty() && selector.is_null() {
        errors.forbidden(path, "must not be specified when labelSelector is not set");
    }
    for (at_index, key) in keys.iter().filter_map(Value::as_str).enumerate() {
        errors.check_text(&path.index(at_index), key, names::qualified_name(key));
    }
}
