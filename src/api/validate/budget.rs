//! The rules for PodDisruptionBudgets.

use super::super::field_error::{Errors, Path};
use super::super::names;
use super::{PERCENT, at, check_selector};
use crate::model::{Value, to_json};

/// Follows `ValidatePodDisruptionBudgetSpec` in pkg/apis/policy/validation.
pub(in crate::api) fn check(errors: &mut Errors, path: &Path, spec: &Value) {
    let (least, most) = (at(spec, "minAvailable"), at(spec, "maxUnavailable"));
    if !least.is_null() && !most.is_null() {
        let shown = format!(
            "{{\"MinAvailable\":{},\"Selector\":{},\"MaxUnavailable\":{},\"UnhealthyPodEvictionPolicy\":{}}}",
            to_json(least),
            to_json(at(spec, "selector")),
            to_json(most),
            to_json(at(spec, "unhealthyPodEvictionPolicy"))
        );
        errors.invalid_shown(path, shown, "minAvailable and maxUnavailable cannot be both set");
    }
    check_share(errors, &path.child("minAvailable"), least);
    check_share(errors, &path.child("maxUnavailable"), most);
    if !at(spec, "selector").is_null() {
        check_selector(errors, &path.child("selector"), at(spec, "selector"));
    }
    if let Some(policy) = spec.get("unhealthyPodEvictionPolicy").and_then(Value::as_str) {
        let supported = ["AlwaysAllow", "IfHealthyBudget"];
        errors.check_one_of(&path.child("unhealthyPodEvictionPolicy"), policy, &supported);
    }
}

fn check_share(errors: &mut Errors, path: &Path, value: &Value) {
    match value {
        Value::Int(number) => errors.check_not_negative(path, *number),
        Value::Str(share) => match names::percent(share) {
            None => errors.invalid(path, value, PERCENT),
            Some(number) if number > 100 => errors.invalid(path, value, "must not be greater than 100%"),
            Some(_) => {}
        },
        _ => {}
    }
}
