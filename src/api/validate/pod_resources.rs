//! The rules for what a container, or a pod, asks for and is limited to.
//!
//! Follows pkg/apis/core/validation/validation.go.

use super::super::field_error::{Errors, FieldErrorKind, Path};
use super::super::names;
use super::{FieldError, check_amount, entries, list, quantity, text};
use crate::model::pod_resources::{is_of_pods, names_of_containers, of_containers};
use crate::model::{Quantity, Value};
use crate::sorted::SharedSet;

/// Follows `ValidateContainerResourceRequirements`. Amounts are looked at in the order of their names.
pub(super) fn check(errors: &mut Errors, path: &Path, resources: &Value, claims: &SharedSet<&str>) {
    check_amounts(errors, path, resources, check_name);
    let amounts = || ["limits", "requests"].into_iter().flat_map(|field| entries(resources.get(field)));
    let is_computed = |name: &str| matches!(name, "cpu" | "memory");
    if amounts().any(|(name, _)| is_huge(name)) && !amounts().any(|(name, _)| is_computed(name)) {
        errors.forbidden(path, "HugePages require cpu or memory");
    }
    check_claims(errors, &path.child("claims"), resources, claims);
}

/// What a pod asks for as a whole.
///
/// Follows `validatePodResources`.
pub(super) fn check_whole(errors: &mut Errors, path: &Path, spec: &Value) {
    let resources = spec.get("resources").unwrap_or(&Value::Null);
    check_amounts(errors, path, resources, |errors, path, name| {
        if !is_of_pods(name) {
            errors.not_supported(path, name, &["cpu", "hugepages-", "memory"]);
        }
    });
    if !list(resources, "claims").is_empty() {
        errors.forbidden(&path.child("claims"), "claims cannot be set for Resources at pod-level");
    }
    check_sums(errors, path, spec, resources);
}

/// What the pod says has to hold what its containers say.
///
/// Follows `validatePodResourceConsistency`.
fn check_sums(errors: &mut Errors, path: &Path, spec: &Value, resources: &Value) {
    let sums = [("requests", is_of_pods as fn(&str) -> bool), ("limits", is_huge)];
    for (field, is_meant) in sums {
        for name in names_of_containers(spec, field).into_iter().filter(|name| is_meant(name)) {
            let Some(own) = resources.at(&[field, &name]) else { continue };
            let sum = of_containers(spec, field, &name, Quantity::ZERO);
            if sum > quantity(own) {
                let detail = format!("must be greater than or equal to aggregate container {field} of {sum}");
                errors.invalid_text(&path.child(field).key(&name), &quantity(own).to_string(), detail);
            }
        }
    }
    for (place, container) in list(spec, "containers").iter().enumerate() {
        for (name, limit) in entries(container.at(&["resources", "limits"])) {
            let Some(own) = resources.at(&["limits", name]) else { continue };
            if quantity(limit) > quantity(own) {
                // The path is the API server's own.
                let path = path.child("containers").index(place).key(name).child("limits");
                let detail = format!("must be less than or equal to pod limits of {}", quantity(own));
                errors.invalid_text(&path, &quantity(limit).to_string(), detail);
            }
        }
    }
}

fn check_amounts(errors: &mut Errors, path: &Path, resources: &Value, check_name: fn(&mut Errors, &Path, &str)) {
    let limits_path = path.child("limits");
    for field in ["limits", "requests"] {
        for (name, amount) in entries(resources.get(field)) {
            let key = path.child(field).key(name);
            check_name(errors, &key, name);
            check_amount(errors, &key, amount);
            if is_extended(name) && quantity(amount).milli_value() % 1000 != 0 {
                errors.invalid_text(&key, &quantity(amount).to_string(), "must be an integer");
            }
            if field == "limits" {
                continue;
            }
            let path = path.child("requests");
            match resources.at(&["limits", name]) {
                Some(limit) if !may_differ(name) && quantity(amount) != quantity(limit) => {
                    let detail = format!("must be equal to {name} limit of {}", limit.as_str().unwrap_or(""));
                    errors.invalid(&path, amount, detail);
                }
                Some(limit) if quantity(amount) > quantity(limit) => {
                    let limit = limit.as_str().unwrap_or("");
                    let detail = format!("must be less than or equal to {name} limit of {limit}");
                    errors.invalid(&path, amount, detail);
                }
                None if !may_differ(name) => {
                    errors.required(&limits_path, "Limit must be set for non overcommitable resources");
                }
                _ => {}
            }
        }
    }
}

fn is_huge(name: &str) -> bool {
    name.starts_with("hugepages-")
}

/// Whether a resource is none of Kubernetes' own.
fn is_extended(name: &str) -> bool {
    name.contains('/') && !name.contains("kubernetes.io/") && !name.starts_with("requests.")
}

/// Whether less may be asked for than what it is limited to.
fn may_differ(name: &str) -> bool {
    (!name.contains('/') || name.contains("kubernetes.io/")) && !is_huge(name)
}

/// The name of a resource that containers ask for. Follows `validateContainerResourceName`.
pub(super) fn check_name(errors: &mut Errors, path: &Path, name: &str) {
    let faults = names::qualified_name(name);
    let is_well_formed = faults.is_empty();
    errors.check_text(path, name, faults);
    if is_well_formed && !name.contains('/') {
        let is_standard = matches!(name, "cpu" | "memory" | "ephemeral-storage") || is_huge(name);
        if !is_standard {
            errors.invalid_text(path, name, "must be a standard resource type or fully qualified");
            errors.invalid_text(path, name, "must be a standard resource for containers");
        }
    }
}

/// Follows `validateResourceClaimNames`.
fn check_claims(errors: &mut Errors, path: &Path, resources: &Value, known: &SharedSet<&str>) {
    let mut seen = SharedSet::new();
    for (place, claim) in list(resources, "claims").iter().enumerate() {
        let (path, name) = (path.index(place), text(claim, "name"));
        if name.is_empty() {
            errors.required(&path, "");
            continue;
        }
        if !seen.insert(name) {
            errors.duplicate(&path, &Value::text(name));
        }
        if !known.contains(name) {
            let names: Vec<&str> = known.iter().copied().collect();
            let detail = match names.is_empty() {
                true => "must be one of the names in pod.spec.resourceClaims which is empty".to_string(),
                false => format!("must be one of the names in pod.spec.resourceClaims: {}", names.join(", ")),
            };
            let (field, value) = (path.as_str().to_string(), super::super::go_quoted(name));
            errors.0.push(FieldError { field, kind: FieldErrorKind::NotFound, value, detail });
        }
    }
}
