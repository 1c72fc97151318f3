//! The rules for quotas and ranges of limits.
//!
//! Follows pkg/apis/core/validation.

use super::super::field_error::{Errors, Path};
use super::super::names;
use super::{at, check_amount, entries, list, quantity, text};
use crate::model::{Object, Quantity, Value};

/// What a quota counts.
const COUNTED: [&str; 9] = [
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "services.nodeports",
    "services.loadbalancers",
];
/// What a quota adds up over pods.
const COMPUTED: [&str; 6] = ["cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory"];
/// What else it adds up.
const STORED: [&str; 4] =
    ["ephemeral-storage", "requests.storage", "requests.ephemeral-storage", "limits.ephemeral-storage"];
/// The scopes of quotas.
const SCOPES: [&str; 7] = [
    "Terminating",
    "NotTerminating",
    "BestEffort",
    "NotBestEffort",
    "PriorityClass",
    "CrossNamespacePodAffinity",
    "VolumeAttributesClass",
];

/// Follows `ValidateResourceQuotaSpec`.
pub(in crate::api) fn check_quota(errors: &mut Errors, object: &Object) {
    let spec = object.at(&["spec"]).cloned().unwrap_or_default();
    let path = Path::new("spec");
    for (name, amount) in entries(spec.get("hard")) {
        let path = path.child("hard").key(name);
        check_quota_name(errors, &path, name);
        check_amount(errors, &path, amount);
        let is_extended = name.contains('/') && !name.contains("kubernetes.io/");
        let is_whole = quantity(amount).milli_value() % 1000 == 0;
        if (COUNTED.contains(&name.as_str()) || is_extended) && !is_whole {
            errors.invalid_text(&path, &quantity(amount).to_string(), "must be an integer");
        }
    }
    check_scopes(errors, &path.child("scopes"), &spec);
    let path = path.child("scopeSelector").child("matchExpressions");
    for requirement in list(at(&spec, "scopeSelector"), "matchExpressions") {
        check_scope(errors, &path, requirement);
    }
}

fn check_quota_name(errors: &mut Errors, path: &Path, name: &str) {
    errors.check_text(path, name, names::qualified_name(name));
    let is_huge = name.strip_prefix("requests.").unwrap_or(name).starts_with("hugepages-");
    let is_standard = COUNTED.contains(&name) || COMPUTED.contains(&name) || STORED.contains(&name) || is_huge;
    if !name.contains('/') && !is_standard {
        errors.invalid_text(path, name, "must be a standard resource for quota");
    }
}

/// Follows `validateResourceQuotaScopes`.
fn check_scopes(errors: &mut Errors, path: &Path, spec: &Value) {
    let (scopes, all) = (list(spec, "scopes"), at(spec, "scopes"));
    let has = |wanted: &str| scopes.iter().any(|scope| scope.as_str() == Some(wanted));
    for scope in scopes.iter().map(|scope| scope.as_str().unwrap_or("")) {
        if !SCOPES.contains(&scope) {
            errors.invalid(path, all, "unsupported scope");
            continue;
        }
        let fits = |name: &str| match scope {
            "BestEffort" => name == "pods",
            "VolumeAttributesClass" => matches!(name, "persistentvolumeclaims" | "requests.storage"),
            _ => name == "pods" || COMPUTED.contains(&name),
        };
        let is_standard = |name: &str| COUNTED.contains(&name) || COMPUTED.contains(&name) || STORED.contains(&name);
        for (name, _) in entries(spec.get("hard")).filter(|(name, _)| is_standard(name) && !fits(name)) {
            _ = name;
            errors.invalid(path, all, "unsupported scope applied to resource");
        }
    }
    for (one, other) in [("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating")] {
        if has(one) && has(other) {
            errors.invalid(path, all, "conflicting scopes");
        }
    }
}

/// Follows `validateScopedResourceSelectorRequirement`.
fn check_scope(errors: &mut Errors, path: &Path, requirement: &Value) {
    let (scope, operator) = (text(requirement, "scopeName"), text(requirement, "operator"));
    let values = list(requirement, "values");
    if !SCOPES.contains(&scope) {
        errors.invalid_text(&path.child("scopeName"), scope, "unsupported scope");
    }
    match operator {
        "In" | "NotIn" if values.is_empty() => {
            let detail = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
            errors.required(&path.child("values"), detail);
        }
        "Exists" | "DoesNotExist" if !values.is_empty() => {
            let detail = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
            errors.invalid(&path.child("values"), at(requirement, "values"), detail);
        }
        "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
        operator => errors.invalid_text(&path.child("operator"), operator, "not a valid selector operator"),
    }
}

/// Follows `ValidateLimitRange`.
pub(in crate::api) fn check_limit_range(errors: &mut Errors, object: &Object) {
    let mut seen: Vec<&str> = Vec::new();
    for (number, item) in object.list_at(&["spec", "limits"]).iter().enumerate() {
        let path = Path::new("spec").child("limits").index(number);
        let kind = text(item, "type");
        check_limit_type(errors, &path.child("type"), kind);
        if seen.contains(&kind) {
            errors.duplicate(&path.child("type"), &Value::text(kind));
        }
        seen.push(kind);
        let check_names = |errors: &mut Errors, field: &str| {
            for (name, _) in entries(item.get(field)) {
                check_limited(errors, &path.child(field).key(name), name, kind);
            }
        };
        check_names(errors, "max");
        check_names(errors, "min");
        for field in ["default", "defaultRequest"] {
            match kind {
                "Pod" if entries(item.get(field)).next().is_some() => {
                    errors.forbidden(&path.child(field), "may not be specified when `type` is 'Pod'");
                }
                _ => check_names(errors, field),
            }
        }
        check_names(errors, "maxLimitRequestRatio");
        let has_storage = |field: &str| item.at(&[field, "storage"]).is_some();
        if kind == "PersistentVolumeClaim" && !has_storage("min") && !has_storage("max") {
            let detail = "either minimum or maximum storage value is required, but neither was provided";
            errors.required(&path.child("limits"), detail);
        }
        check_bounds(errors, &path, item);
        check_ratios(errors, &path, item);
    }
}

fn check_limit_type(errors: &mut Errors, path: &Path, kind: &str) {
    if kind.is_empty() {
        errors.required(path, "");
        return;
    }
    errors.check_text(path, kind, names::qualified_name(kind));
    if !kind.contains('/') && !matches!(kind, "Pod" | "Container" | "PersistentVolumeClaim") {
        errors.invalid_text(path, kind, "must be a standard limit type or fully qualified");
    }
}

/// Follows `validateLimitRangeResourceName`.
fn check_limited(errors: &mut Errors, path: &Path, name: &str, kind: &str) {
    let faults = names::qualified_name(name);
    let is_known = COUNTED.contains(&name) || COMPUTED.contains(&name) || STORED.contains(&name) || name == "storage";
    if !faults.is_empty() || name.contains('/') || name.starts_with("hugepages-") {
        return errors.check_text(path, name, faults);
    }
    if !is_known {
        errors.invalid_text(path, name, "must be a standard resource type or fully qualified");
    }
    if matches!(kind, "Pod" | "Container") && !matches!(name, "cpu" | "memory" | "ephemeral-storage") {
        errors.invalid_text(path, name, "must be a standard resource for containers");
    }
}

/// What must not be more than what.
const BOUNDS: [(&str, &str); 5] = [
    ("min", "max"),
    ("min", "defaultRequest"),
    ("defaultRequest", "max"),
    ("defaultRequest", "default"),
    ("default", "max"),
];

fn check_bounds(errors: &mut Errors, path: &Path, item: &Value) {
    for (low, high) in BOUNDS {
        for (name, amount) in entries(item.get(low)) {
            let Some(most) = item.at(&[high, name]) else { continue };
            if quantity(amount) > quantity(most) {
                let word = |name: &'static str| if name == "defaultRequest" { "default request" } else { name };
                let detail = format!(
                    "{} value {} is greater than {} value {}",
                    word(low),
                    quantity(amount),
                    word(high),
                    quantity(most)
                );
                // The server shows the bound in place of a default that is above it.
                let seen = if low == "default" { most } else { amount };
                errors.invalid(&path.child(low).key(name), seen, detail);
            }
        }
    }
}

/// A ratio below one leaves nothing that is allowed; one that the bounds never reach says nothing.
fn check_ratios(errors: &mut Errors, path: &Path, item: &Value) {
    for (name, ratio) in entries(item.get("maxLimitRequestRatio")) {
        let (path, amount) = (path.child("maxLimitRequestRatio").key(name), quantity(ratio));
        if amount < Quantity::from_units(1) {
            errors.invalid_text(&path, &amount.to_string(), format!("ratio {amount} is less than 1"));
        }
        let (Some(least), Some(most)) = (item.at(&["min", name]), item.at(&["max", name])) else { continue };
        let millis = |amount: Quantity| i128::from(amount.milli_value());
        let (least, most) = (millis(quantity(least)), millis(quantity(most)));
        if least > 0 && millis(amount) * least > most * 1000 {
            // Six decimals, rounded.
            let millionths = (most * 2_000_000 + least) / (2 * least);
            let reached = format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000);
            let detail = format!("ratio {amount} is greater than max/min = {reached}");
            errors.invalid_text(&path, &amount.to_string(), detail);
        }
    }
}
