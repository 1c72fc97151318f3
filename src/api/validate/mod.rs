//! The API server's rules for what an object may say, kind by kind, in its words; knows nothing of other objects.

mod access;
mod autoscaler;
mod cron_job;
mod definition;
mod downward;
mod job;
mod meta;
mod network;
mod pod;
mod pod_update;
mod pod_volume;
mod service;
mod stateful_set;
mod storage;
mod update;
mod workload;

use super::field_error::{Errors, FieldError, Path};
use super::names;
use crate::kubernetes::Kubernetes;
use crate::model::{Kind, Object, Quantity, Text, Value};

pub use job::validate_job_labels;
pub use pod_update::{validate_debugging, validate_resize};
pub use update::{SET_FREE, validate_update};

/// Everything that keeps a new object from being stored, in the API server's order.
pub fn validate_create(object: &Object, kubernetes: Kubernetes) -> Vec<FieldError> {
    let mut errors = Errors::default();
    meta::check(&mut errors, object);
    check_body(&mut errors, object, kubernetes);
    if object.kind == Kind::Pod {
        pod::check_new(&mut errors, &Path::new("spec"), of(&object.body, "spec"));
    }
    errors.0
}

/// The part of [`validate_create`] that looks at metadata alone: enough for a pod made from a checked template.
pub fn validate_metadata(object: &Object) -> Vec<FieldError> {
    let mut errors = Errors::default();
    meta::check(&mut errors, object);
    errors.0
}

/// Follows `ValidatePriorityClass`.
fn check_priority(errors: &mut Errors, object: &Object) {
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

fn check_body(errors: &mut Errors, object: &Object, kubernetes: Kubernetes) {
    let spec = Path::new("spec");
    match object.kind {
        Kind::StatefulSet => {
            stateful_set::check(errors, &spec, of(&object.body, "spec"), stateful_set::Scope::create(), kubernetes)
        }
        Kind::Pod => pod::check_spec(errors, &spec, of(&object.body, "spec"), &pod::Extra::none()),
        Kind::PersistentVolumeClaim => storage::check_claim_spec(errors, &spec, of(&object.body, "spec")),
        Kind::PersistentVolume => storage::check_volume(errors, &spec, of(&object.body, "spec")),
        Kind::StorageClass => storage::check_class(errors, &object.body),
        Kind::Service => service::check(errors, &spec, of(&object.body, "spec")),
        Kind::PodDisruptionBudget => service::check_budget(errors, &spec, of(&object.body, "spec")),
        Kind::PriorityClass => check_priority(errors, object),
        Kind::ConfigMap => check_config(errors, object),
        Kind::Secret => check_secret(errors, object),
        Kind::ResourceQuota => {
            let hard = spec.child("hard");
            for (name, amount) in entries(object.at(&["spec", "hard"])) {
                check_amount(errors, &hard.key(name), amount);
            }
        }
        Kind::Node => {
            for (at, taint) in object.list_at(&["spec", "taints"]).iter().enumerate() {
                check_taint(errors, &spec.child("taints").index(at), taint);
            }
        }
        Kind::Deployment => workload::check_deployment(errors, &spec, of(&object.body, "spec")),
        Kind::ReplicaSet => workload::check_replica_set(errors, &spec, of(&object.body, "spec")),
        Kind::DaemonSet => workload::check_daemon_set(errors, &spec, of(&object.body, "spec")),
        Kind::Job => job::check_object(errors, object, of(&object.body, "spec")),
        Kind::CronJob => cron_job::check(errors, object, of(&object.body, "spec")),
        Kind::HorizontalPodAutoscaler => autoscaler::check(errors, &spec, of(&object.body, "spec")),
        Kind::NetworkPolicy => network::check_policy(errors, &spec, of(&object.body, "spec")),
        Kind::Ingress => network::check_ingress(errors, &spec, of(&object.body, "spec")),
        Kind::Role | Kind::ClusterRole => access::check_role(errors, object),
        Kind::RoleBinding | Kind::ClusterRoleBinding => access::check_binding(errors, object),
        Kind::RuntimeClass => access::check_runtime_class(errors, object),
        Kind::CustomResourceDefinition => definition::check(errors, object),
        Kind::LimitRange => access::check_limit_range(errors, object),
        Kind::ControllerRevision => {
            if object.body.get("data").is_none_or(Value::is_null) {
                errors.required(&Path::new("data"), "data is mandatory");
            }
            errors.check_not_negative(&Path::new("revision"), object.i64_at(&["revision"]).unwrap_or(0));
        }
        _ => {}
    }
}

/// What a percentage has to look like.
const PERCENT: &str = "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

const NOTHING: &Value = &Value::Null;

/// The value under `key`, or null.
fn of<'a>(map: &'a crate::model::Map, key: &str) -> &'a Value {
    map.get(key).unwrap_or(NOTHING)
}

/// The value of a field, or null.
fn at<'a>(value: &'a Value, key: &str) -> &'a Value {
    value.get(key).unwrap_or(NOTHING)
}

/// The text of a field, or the empty string.
fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or("")
}

/// The number in a field.
fn number(value: &Value, key: &str) -> Option<i64> {
    value.get(key).and_then(Value::as_i64)
}

/// The elements of a list field.
fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_list).unwrap_or(&[])
}

/// The entries of a map, if it is one.
fn entries(value: Option<&Value>) -> impl Iterator<Item = (&Text, &Value)> {
    value.and_then(Value::as_map).into_iter().flat_map(|map| map.iter())
}

fn quantity(value: &Value) -> Quantity {
    value.as_str().and_then(|text| Quantity::parse(text).ok()).unwrap_or(Quantity::ZERO)
}

fn check_amount(errors: &mut Errors, path: &Path, amount: &Value) {
    if quantity(amount).is_negative() {
        errors.invalid(path, amount, "must be greater than or equal to 0");
    }
}

fn check_config(errors: &mut Errors, object: &Object) {
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

fn check_secret(errors: &mut Errors, object: &Object) {
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

/// A selector by labels.
fn check_selector(errors: &mut Errors, path: &Path, selector: &Value) {
    check_labels(errors, &path.child("matchLabels"), selector.get("matchLabels"));
    for (at_index, requirement) in list(selector, "matchExpressions").iter().enumerate() {
        let path = path.child("matchExpressions").index(at_index);
        let values = list(requirement, "values");
        match text(requirement, "operator") {
            "In" | "NotIn" if values.is_empty() => {
                errors.required(&path.child("values"), "must be specified when `operator` is 'In' or 'NotIn'");
            }
            "Exists" | "DoesNotExist" if !values.is_empty() => {
                errors.forbidden(
                    &path.child("values"),
                    "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
                );
            }
            "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
            other => errors.invalid_text(&path.child("operator"), other, "not a valid selector operator"),
        }
        errors.check_text(
            &path.child("key"),
            text(requirement, "key"),
            names::qualified_name(text(requirement, "key")),
        );
        for (at_value, value) in values.iter().enumerate() {
            let value = value.as_str().unwrap_or("");
            errors.check_text(&path.child("values").index(at_value), value, names::label_value(value));
        }
    }
}

fn check_labels(errors: &mut Errors, path: &Path, labels: Option<&Value>) {
    for (key, value) in entries(labels) {
        errors.check_text(path, key, names::qualified_name(key));
        let value = value.as_str().unwrap_or("");
        errors.check_text(path, value, names::label_value(value));
    }
}

fn check_annotations(errors: &mut Errors, path: &Path, annotations: Option<&Value>) {
    let mut size = 0;
    for (key, value) in entries(annotations) {
        errors.check_text(path, key, names::qualified_name(&key.to_ascii_lowercase()));
        size += key.len() + value.as_str().map_or(0, str::len);
    }
    if size > 256 * 1024 {
        errors.too_long(path, "may not be more than 262144 bytes");
    }
}

/// Whether a selector can be used at all: its keys, values and operators are well-formed.
fn is_usable(selector: &Value) -> bool {
    let mut errors = Errors::default();
    check_selector(&mut errors, &Path::new(""), selector);
    errors.0.is_empty()
}

/// Whether a usable selector selects these labels; an absent one selects nothing.
fn selects(selector: &Value, labels: &Value) -> bool {
    if selector.is_null() {
        return false;
    }
    let label = |key: &str| labels.get(key).and_then(Value::as_str);
    let matches = |requirement: &Value| {
        let value = label(text(requirement, "key"));
        let is_listed = value.is_some_and(|it| list(requirement, "values").iter().any(|v| v.as_str() == Some(it)));
        match text(requirement, "operator") {
            "In" => is_listed,
            "NotIn" => !is_listed,
            "Exists" => value.is_some(),
            _ => value.is_none(),
        }
    };
    entries(selector.get("matchLabels")).all(|(key, value)| label(key) == value.as_str())
        && list(selector, "matchExpressions").iter().all(matches)
}
