//! The rules for kinds that have few: priority classes, ConfigMaps, Secrets, nodes, revisions.

use super::super::field_error::{Errors, Path};
use super::super::json_error::type_error;
use super::super::names;
use super::network::{NO_CIDR, network};
use super::{entries, text};
use crate::model::{Object, Value, decode_base64, parse_json};

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
        errors.check_one_of(&Path::new("preemptionPolicy"), policy, &["PreemptLowerPriority", "Never"]);
    }
}

/// Follows `ValidateNode`, as far as taints go.
pub(in crate::api) fn check_node(errors: &mut Errors, object: &Object) {
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for (at, taint) in object.list_at(&["spec", "taints"]).iter().enumerate() {
        let path = Path::new("spec").child("taints").index(at);
        check_taint(errors, &path, taint);
        let pair = (text(taint, "key"), text(taint, "effect"));
        if seen.contains(&pair) {
            let shown = format!(
                "{{\"Key\":{:?},\"Value\":{:?},\"Effect\":{:?},\"TimeAdded\":null}}",
                pair.0,
                text(taint, "value"),
                pair.1
            );
            errors.duplicate_shown(&path, shown, "taints must be unique by key and effect pair");
        }
        seen.push(pair);
    }
    for (at, range) in object.list_at(&["spec", "podCIDRs"]).iter().filter_map(Value::as_str).enumerate() {
        if network(range).is_none() {
            errors.invalid_text(&Path::new("spec").child("podCIDRs").index(at), range, NO_CIDR);
        }
    }
}

/// Follows `ValidateLeaseSpec` in pkg/apis/coordination/validation.
pub(in crate::api) fn check_lease(errors: &mut Errors, object: &Object) {
    let path = Path::new("spec");
    if let Some(seconds) = object.i64_at(&["spec", "leaseDurationSeconds"]).filter(|seconds| *seconds <= 0) {
        errors.invalid(&path.child("leaseDurationSeconds"), &seconds.into(), "must be greater than 0");
    }
    let changes = object.i64_at(&["spec", "leaseTransitions"]).unwrap_or(0);
    errors.check_not_negative(&path.child("leaseTransitions"), changes);
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
    check_secret_type(errors, object);
}

/// What a secret of a type must hold.
fn check_secret_type(errors: &mut Errors, object: &Object) {
    const ACCOUNT: &str = "kubernetes.io/service-account.name";
    let (data, path) = (object.at(&["data"]).cloned().unwrap_or_default(), Path::new("data"));
    let has = |key: &str| data.get(key).is_some();
    match object.str_at(&["type"]) {
        "kubernetes.io/service-account-token" if object.meta.annotation(ACCOUNT).is_empty() => {
            errors.required(&Path::new("metadata").child("annotations").key(ACCOUNT), "");
        }
        "kubernetes.io/dockercfg" => check_json(errors, &path.key(".dockercfg"), data.get(".dockercfg")),
        "kubernetes.io/dockerconfigjson" => {
            check_json(errors, &path.key(".dockerconfigjson"), data.get(".dockerconfigjson"));
        }
        "kubernetes.io/basic-auth" if !has("username") && !has("password") => {
            errors.required(&path.key("username"), "");
            errors.required(&path.key("password"), "");
        }
        "kubernetes.io/ssh-auth" if text(&data, "ssh-privatekey").is_empty() => {
            errors.required(&path.key("ssh-privatekey"), "");
        }
        "kubernetes.io/tls" => {
            for key in ["tls.crt", "tls.key"].into_iter().filter(|key| !has(key)) {
                errors.required(&path.key(key), "");
            }
        }
        _ => {}
    }
}

/// A value in base64 that must be a JSON object.
fn check_json(errors: &mut Errors, path: &Path, value: Option<&Value>) {
    let Some(value) = value else {
        errors.required(path, "");
        return;
    };
    let why = match parse_json(&decode_base64(value.as_str().unwrap_or(""))) {
        Ok(Value::Map(_) | Value::Null) => return,
        Ok(other) => type_error(&other, "map[string]interface {}"),
        Err(error) => error.message,
    };
    errors.invalid_text(path, "<secret contents redacted>", why);
}

fn check_taint(errors: &mut Errors, path: &Path, taint: &Value) {
    errors.check_text(&path.child("key"), text(taint, "key"), names::qualified_name(text(taint, "key")));
    errors.check_text(&path.child("value"), text(taint, "value"), names::label_value(text(taint, "value")));
    match text(taint, "effect") {
        "" => errors.required(&path.child("effect"), ""),
        effect => errors.check_one_of(&path.child("effect"), effect, &["NoSchedule", "PreferNoSchedule", "NoExecute"]),
    }
}
