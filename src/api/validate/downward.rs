//! The rules for what a pod shows of itself to its containers: fields, and the resources of a container.
//!
//! Follows pkg/apis/core/validation/validation.go.

use super::super::field_error::{Errors, Path};
use super::super::names;
use super::text;
use crate::model::Value;

/// The fields of a pod that a variable may show.
pub(super) const POD_FIELDS: [&str; 9] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];

/// Follows `validateObjectFieldSelector`; `supported` are the fields that can be shown in this place.
pub(in crate::api) fn check_field(errors: &mut Errors, path: &Path, reference: &Value, supported: &[&str]) {
    let field = text(reference, "fieldPath");
    if text(reference, "apiVersion").is_empty() {
        errors.required(&path.child("apiVersion"), "");
    } else if field.is_empty() {
        errors.required(&path.child("fieldPath"), "");
    } else if let Some((map, key)) = field.split_once("['") {
        match (map, key.strip_suffix("']")) {
            ("metadata.annotations", Some(key)) => {
                let key = key.to_lowercase();
                errors.check_text(path, &key, names::qualified_name(&key));
            }
            ("metadata.labels", Some(key)) => errors.check_text(path, key, names::qualified_name(key)),
            _ => {
                let detail = "error converting fieldPath: field label does not support subscript";
                errors.invalid_text(&path.child("fieldPath"), field, detail);
            }
        }
    } else if !supported.contains(&field) {
        let is_known = POD_FIELDS.contains(&field)
            || matches!(
                field,
                "metadata.annotations"
                    | "metadata.labels"
                    | "status.phase"
                    | "spec.restartPolicy"
                    | "spec.schedulerName"
            );
        match is_known {
            true => errors.not_supported(&path.child("fieldPath"), field, supported),
            false => {
                let detail = format!("error converting fieldPath: field label not supported: {field}");
                errors.invalid_text(&path.child("fieldPath"), field, detail);
            }
        }
    }
}

/// The resources of a container that can be shown.
const CONTAINER_RESOURCES: [&str; 6] = [
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
];

/// Follows `validateContainerResourceFieldSelector`; a volume has to say whose resources it means.
pub(in crate::api) fn check_resource(errors: &mut Errors, path: &Path, reference: &Value, is_volume: bool) {
    let resource = text(reference, "resource");
    let is_huge = ["limits.hugepages-", "requests.hugepages-"].iter().any(|prefix| resource.starts_with(prefix));
    if is_volume && text(reference, "containerName").is_empty() {
        errors.required(&path.child("containerName"), "");
    } else if resource.is_empty() {
        errors.required(&path.child("resource"), "");
    } else if !is_huge {
        errors.check_one_of(&path.child("resource"), resource, &CONTAINER_RESOURCES);
    }
    let divisor = text(reference, "divisor");
    if matches!(divisor, "" | "0") {
        return;
    }
    const UNITS: [&str; 13] = ["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"];
    let (name, allowed): (&str, &[&str]) = match resource.split_once('.').map_or("", |(_, name)| name) {
        "cpu" => ("cpu", &["1m", "1"]),
        "memory" => ("memory", &UNITS),
        "ephemeral-storage" => ("local ephemeral storage", &UNITS),
        _ => return,
    };
    if !allowed.contains(&divisor) {
        let listed = match name {
            "cpu" => "1m and 1".to_string(),
            _ => allowed.join(", "),
        };
        let detail = format!("only divisor's values {listed} are supported with the {name} resource");
        errors.invalid_text(&path.child("divisor"), resource, detail);
    }
}
