//! The rules for where a pod may run: tolerations, affinity, spread over a topology.

use super::super::field_error::{Errors, Path};
use super::super::names;
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
                let shown = super::super::field_error::shown(toleration);
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

pub(super) fn check_affinity(errors: &mut Errors, path: &Path, affinity: &Value) {
    for field in ["podAffinity", "podAntiAffinity"] {
        let rules = at(affinity, field);
        let required = "requiredDuringSchedulingIgnoredDuringExecution";
        for (at_index, term) in list(rules, required).iter().enumerate() {
            check_pod_term(errors, &path.child(field).child(required).index(at_index), term);
        }
        let preferred = "preferredDuringSchedulingIgnoredDuringExecution";
        for (at_index, weighted) in list(rules, preferred).iter().enumerate() {
            let path = path.child(field).child(preferred).index(at_index);
            let weight = number(weighted, "weight").unwrap_or(0);
            if !(1..=100).contains(&weight) {
                errors.invalid(&path.child("weight"), &weight.into(), "must be in the range 1-100");
            }
            check_pod_term(errors, &path.child("podAffinityTerm"), at(weighted, "podAffinityTerm"));
        }
    }
    let required = at(at(affinity, "nodeAffinity"), "requiredDuringSchedulingIgnoredDuringExecution");
    if !required.is_null() && list(required, "nodeSelectorTerms").is_empty() {
        let path = path.child("nodeAffinity").child("requiredDuringSchedulingIgnoredDuringExecution");
        errors.required(&path.child("nodeSelectorTerms"), "must have at least one node selector term");
    }
}

fn check_pod_term(errors: &mut Errors, path: &Path, term: &Value) {
    if !at(term, "labelSelector").is_null() {
        super::check_selector(errors, &path.child("labelSelector"), at(term, "labelSelector"));
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
    }
}
