//! The rules for kinds that have few: priority classes, ConfigMaps, Secrets, quotas, nodes, revisions.

use super::super::field_error::{Errors, Path};
use super::super::names;
use super::{check_amount, entries, text};
use crate::model::{Object, Value};

/// Follows `ValidatePriorityClass`.
pub(in crate::api) fn check_priority(errors: &mut Errors, object: &Object) {
    const HIGHEST: i64 = 1_000_000_000;
    let name = object.meta.name.as_str();
    let is_system = matches!(name, "system-cluster-critical" | "system-node-critical");
    if name.starts_with("system-") && !is_system {
        errors.forbidden(
            &Path::new("metadata").child("name"),
            format!(
                "priority class names with 'system-' prefix are reserved for system use only. error: {name} is not a \
                 known system priority class"
            ),
        );
    } else if !is_system && object.i64_at(&["value"]).is_some_and(|value| value > HIGHEST) {
        let detail = format!("maximum allowed value of a user defined priority is {HIGHEST}");
        errors.forbidden(&Path::new("value"), &detail);
    }
    let policy = object.str_at(&["preemptionPolicy"]);
    if !policy.is_empty() {
        errors.check_one_of(&Path::new("preemptionPolicy"), policy, &["Never", "PreemptLowerPriority"]);
    }
}

/// Follows `ValidateResourceQuotaSpec`, as far as amounts go.
pub(in crate::api) fn check_quota(errors: &mut Errors, object: &Object) {
    let hard = Path::new("spec").child("hard");
    for (name, amount) in entries(object.at(&["spec", "hard"])) {
        check_amount(errors, &hard.key(name), amount);
    }
}

/// Follows `ValidateNode`, as far as taints go.
pub(in crate::api) fn check_node(errors: &mut Errors, object: &Object) {
    for (at, taint) in object.list_at(&["spec", "taints"]).iter().enumerate() {
        check_taint(errors, &Path::new("spec").child("taints").index(at), taint);
    }
}

/// Follows `ValidateControllerRevision`.
pub(in crate::api) fn check_revision(errors: &mut Errors, object: &Object) {
    if object.body.get("data").is_none_or(Value::is_null) {
        errors.required(&Path::new("data"), "data is mandatory");
    }
    errors.check_not_negative(&Path::new("revision"), object.i64_at(&["revision"]).unwrap_or(0));
}

pub(in crate::api) fn check_config(errors: &mut Errors, object: &Object) {
    let mut size = 0;
    for field in ["data", "binaryData"] {
        let path = Path::new(field);
        for (key, value) in entries(object.body.get(field)) {
            errors.check_text(&path.key(key), key, names::config_key(key));
            if field == "binaryData" && object.at(&["data", key]).is_some() {
                errors.invalid_text(&Path::new("data").key(key), key, "duplicate of key present in binaryData");
            }
            size += value.as_str().map_or(0, str::len);
        }
    }
    if size > 1024 * 1024 {
        errors.too_long(&Path::new(""), "may not be more than 1048576 bytes");
    }
}

pub(in crate::api) fn check_secret(errors: &mut Errors, object: &Object) {
    let path = Path::new("data");
    let mut size = 0;
    for (key, value) in entries(object.body.get("data")) {
        errors.check_text(&path.key(key), key, names::config_key(key));
        size += value.as_str().map_or(0, str::len) / 4 * 3;
    }
    if size > 1024 * 1024 {
        errors.too_long(&path, "may not be more than 1048576 bytes");
    }
}

fn check_taint(errors: &mut Errors, path: &Path, taint: &Value) {
    errors.check_text(&path.child("key"), text(taint, "key"), names::qualified_name(text(taint, "key")));
    errors.check_text(&path.child("value"), text(taint, "value"), names::label_value(text(taint, "value")));
    match text(taint, "effect") {
        "" => errors.required(&path.child("effect"), ""),
        effect => errors.check_one_of(&path.child("effect"), effect, &["NoSchedule", "PreferNoSchedule", "NoExecute"]),
    }
}
