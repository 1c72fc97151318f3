//! The API server's rules for what an object may say, kind by kind, in its words; knows nothing of other objects.

pub(super) mod access;
pub(super) mod api_service;
pub(super) mod autoscaler;
pub(super) mod budget;
pub(super) mod cron_job;
pub(super) mod definition;
mod downward;
pub(super) mod endpoints;
pub(super) mod job;
pub(super) mod limits;
pub(super) mod meta;
pub(super) mod network;
mod placing;
pub(super) mod pod;
mod pod_mounts;
mod pod_network;
mod pod_resources;
mod pod_security;
pub(super) mod pod_update;
pub(super) mod pod_volume;
mod restart_rules;
pub(super) mod runtime_class;
pub(super) mod service;
pub(super) mod small_kinds;
pub(super) mod stateful_set;
pub(super) mod stateful_set_update;
pub(super) mod storage;
pub(super) mod update;
pub(super) mod webhooks;
pub(super) mod workload;

use super::field_error::{Errors, FieldError, Path};
use super::names;
use crate::model::{Object, Quantity, Text, Value};

pub use job::validate_job_labels;
pub use pod_update::{validate_debugging, validate_resize};
pub use service::validate_addresses;
pub use stateful_set_update::SET_FREE;

/// The part of [`super::validate_create`] that looks at metadata alone, as it is with custom kinds.
pub fn validate_metadata(object: &Object) -> Vec<FieldError> {
    let mut errors = Errors::default();
    meta::check(&mut errors, object, names::dns_subdomain);
    errors.0
}

/// What a percentage has to look like.
const PERCENT: &str = "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

const NOTHING: &Value = &Value::Null;

/// The value under `key`, or null.
pub(super) fn of<'a>(map: &'a crate::model::Map, key: &str) -> &'a Value {
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

/// A selector by labels.
fn check_selector(errors: &mut Errors, path: &Path, selector: &Value) {
    meta::check_labels(errors, &path.child("matchLabels"), selector.get("matchLabels"));
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
