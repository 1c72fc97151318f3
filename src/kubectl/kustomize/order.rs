//! The order in which the objects of a kustomization are printed and applied.
//!
//! Follows `SortOrderTransformer.go` and `resid.go` of kustomize.

use super::resource::Resource;
use crate::model::Value;
use crate::ordering::Order;

/// The kinds that come first.
const FIRST: &[&str] = &[
    "Namespace",
    "ResourceQuota",
    "StorageClass",
    "CustomResourceDefinition",
    "ServiceAccount",
    "PodSecurityPolicy",
    "Role",
    "ClusterRole",
    "RoleBinding",
    "ClusterRoleBinding",
    "ConfigMap",
    "Secret",
    "Endpoints",
    "Service",
    "LimitRange",
    "PriorityClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Deployment",
    "StatefulSet",
    "CronJob",
    "PodDisruptionBudget",
];

/// The kinds that come last.
const LAST: &[&str] = &["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];

/// Puts the objects in the order that `sortOptions` ask for: by kind and name, or as they were read.
///
/// # Errors
/// An order that there is not.
pub fn put_in_order(options: &Value, resources: &mut [Resource]) -> Result<(), String> {
    match options.str_at(&["order"]) {
        "fifo" => return Ok(()),
        "" | "legacy" => {}
        other => return Err(format!("the field 'sortOptions.order' must be one of [fifo, legacy]: {other:?}")),
    }
    let chosen = |field: &'static str, usual: &[&'static str]| -> Vec<String> {
        match options.at(&["legacySortOptions", field]).and_then(Value::as_list) {
            Some(kinds) => kinds.iter().filter_map(Value::as_str).map(str::to_string).collect(),
            None => usual.iter().map(|kind| (*kind).to_string()).collect(),
        }
    };
    let (first, last) = (chosen("orderFirst", FIRST), chosen("orderLast", LAST));
    let place = |kind: &str| match (first.iter().position(|it| it == kind), last.iter().position(|it| it == kind)) {
        (Some(at), _) => at,
        (None, Some(at)) => first.len() + 1 + at,
        (None, None) => first.len(),
    };
    resources.order_by_key(|it| {
        let (group, version) = it.group_version();
        let type_name = format!("{}_{version}_{}", if group.is_empty() { "~G" } else { group }, it.kind());
        // What has no namespace comes behind what has one.
        let namespace = if it.namespace().is_empty() { "~X" } else { it.namespace() };
        (place(it.kind()), type_name, namespace.to_string(), it.first_name())
    });
    Ok(())
}
