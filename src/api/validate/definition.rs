//! The rules for CustomResourceDefinitions: names, versions, and schemas that say the type of everything.
//!
//! Follows `pkg/apis/apiextensions/validation/validation.go` and `pkg/apiserver/schema/validation.go`.

use super::super::custom_values::check_value;
use super::super::field_error::{Errors, Path};
use super::super::{cel, go_pattern};
use super::update::{Change, check_same};
use super::{at, entries, text};
use crate::model::conditions::is_true;
use crate::model::{Object, Value, to_json};

/// The annotation that Kubernetes' own groups need.
const APPROVAL: &str = "api-approved.kubernetes.io";

/// What names an established kind stays as it is; its group and its plural always do.
///
/// Follows `validateCustomResourceDefinitionSpecUpdate`.
pub(in crate::api) fn check_update(errors: &mut Errors, change: &Change<'_>) {
    change.check(errors);
    let always: [&[&str]; 2] = [&["spec", "group"], &["spec", "names", "plural"]];
    let once_established: [&[&str]; 2] = [&["spec", "scope"], &["spec", "names", "kind"]];
    let fixed = once_established.into_iter().filter(|_| is_true(change.old, "Established")).chain(always);
    for field in fixed {
        let (old, new) = (change.old.at(field), change.new.at(field));
        check_same(errors, &Path::new(&field.join(".")), old, new);
    }
}

pub(in crate::api) fn check(errors: &mut Errors, object: &Object) {
    let (path, spec) = (Path::new("spec"), object.body.get("spec").unwrap_or(&Value::Null));
    let (group, names) = (text(spec, "group"), at(spec, "names"));
    let expected = format!("{}.{group}", text(names, "plural"));
    if object.meta.name != *expected.as_str() {
        let name = Path::new("metadata").child("name");
        errors.invalid_text(&name, &object.meta.name, "must be spec.names.plural+\".\"+spec.group");
    }
    check_group(errors, &path.child("group"), group);
    match text(spec, "scope") {
        "" => errors.required(&path.child("scope"), ""),
        scope => errors.check_one_of(&path.child("scope"), scope, &["Cluster", "Namespaced"]),
    }
    check_versions(errors, &path.child("versions"), spec);
    let place = path.child("names");
    for name in ["plural", "singular", "kind", "listKind"] {
        if text(names, name).is_empty() {
            errors.required(&place.child(name), "");
        }
    }
    check_names(errors, &place, names);
    if !text(names, "kind").is_empty() && text(names, "kind") == text(names, "listKind") {
        errors.invalid_text(&place.child("listKind"), text(names, "listKind"), "kind and listKind may not be the same");
    }
    let is_protected = group == "k8s.io" || group.ends_with(".k8s.io") || group.ends_with(".kubernetes.io");
    if is_protected && object.meta.annotation(APPROVAL).is_empty() {
        let place = Path::new("metadata").child("annotations").key(APPROVAL);
        let detail = "protected groups must have approval annotation \"api-approved.kubernetes.io\", see \
                      https://github.com/kubernetes/enhancements/pull/1111";
        errors.required(&place, detail);
    }
}

/// Names are labels as DNS has them; those of kinds may have capitals.
///
/// Follows `ValidateCustomResourceDefinitionNames`.
fn check_names(errors: &mut Errors, path: &Path, names: &Value) {
    let faults =
        |word: &str| if word.is_empty() { String::new() } else { super::names::dns_1035_label(word).join(",") };
    for name in ["plural", "singular"] {
        let (word, why) = (text(names, name), faults(text(names, name)));
        if !why.is_empty() {
            errors.invalid_text(&path.child(name), word, why);
        }
    }
    for name in ["kind", "listKind"] {
        let (word, why) = (text(names, name), faults(&text(names, name).to_lowercase()));
        if !why.is_empty() {
            let detail = format!("may have mixed case, but should otherwise match: {why}");
            errors.invalid_text(&path.child(name), word, detail);
        }
    }
    for list in ["shortNames", "categories"] {
        for (number, word) in names.list_at(&[list]).iter().filter_map(Value::as_str).enumerate() {
            let why = faults(word);
            if !why.is_empty() {
                errors.invalid_text(&path.child(list).index(number), word, why);
            }
        }
    }
}

fn check_group(errors: &mut Errors, path: &Path, group: &str) {
    match group {
        "" => errors.required(path, ""),
        group if !group.contains('.') => errors.invalid_text(path, group, "should be a domain with at least one dot"),
        group => {
            let faults = super::names::dns_subdomain(group);
            errors.check_text(path, group, faults);
        }
    }
}

fn check_versions(errors: &mut Errors, path: &Path, spec: &Value) {
    let versions = spec.list_at(&["versions"]);
    let stored = versions.iter().filter(|it| at(it, "storage").as_bool() == Some(true)).count();
    if stored != 1 {
        errors.invalid(path, at(spec, "versions"), "must have exactly one version marked as storage version");
    }
    for (number, version) in versions.iter().enumerate() {
        let place = path.index(number);
        if text(version, "name").is_empty() {
            errors.required(&place.child("name"), "");
        }
        let schema = version.at(&["schema", "openAPIV3Schema"]).unwrap_or(&Value::Null);
        let place = place.child("schema").child("openAPIV3Schema");
        if schema.is_null() {
            errors.required(&place, "schemas are required");
            continue;
        }
        match text(schema, "type") {
            "" => errors.required(&place.child("type"), "must not be empty at the root"),
            "object" => {}
            other => errors.invalid_text(&place.child("type"), other, "must be object at the root"),
        }
        check_itself(errors, &place, schema, true);
        check_fields(errors, &place, schema);
    }
}

/// Whether a schema leaves its type open on purpose.
fn is_open(schema: &Value) -> bool {
    let says = |name: &str| schema.get(name).and_then(Value::as_bool) == Some(true);
    says("x-kubernetes-int-or-string") || says("x-kubernetes-preserve-unknown-fields")
}

/// What values may be.
const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

/// What a schema says of one place: what is in a list, a default that is as it says, patterns and rules that compile.
fn check_itself(errors: &mut Errors, place: &Path, schema: &Value, is_root: bool) {
    let pattern = text(schema, "pattern");
    if let Some(why) = go_pattern::fault(pattern) {
        let detail = format!("must be a valid regular expression, but isn't: error parsing regexp: {why}");
        errors.invalid_text(&place.child("pattern"), pattern, detail);
    }
    for (number, rule) in schema.list_at(&["x-kubernetes-validations"]).iter().enumerate() {
        let own = place.child("x-kubernetes-validations").index(number);
        let place = own.child("rule");
        match text(rule, "rule").trim() {
            "" => errors.required(&place, "rule is not specified"),
            words => {
                if let Some(why) = cel::fault(words, schema, is_root, cel::Wanted::Verdict) {
                    errors.invalid_shown(&place, as_go(rule), why);
                }
            }
        }
        let message = text(rule, "messageExpression").trim();
        if let Some(why) = cel::fault(message, schema, is_root, cel::Wanted::Text).filter(|_| !message.is_empty()) {
            errors.invalid_shown(&own.child("messageExpression"), as_go(rule), why);
        }
    }
    if text(schema, "type") == "array" && schema.get("items").is_none_or(Value::is_null) {
        errors.required(&place.child("items"), "must be specified");
    }
    let open = "x-kubernetes-preserve-unknown-fields";
    if schema.get(open).and_then(Value::as_bool) == Some(false) {
        errors.invalid(&place.child(open), &false.into(), "must be true or undefined");
    }
    if let Some(default) = schema.get("default").filter(|it| !it.is_null()) {
        check_value(errors, place.child("default").as_str(), default, schema);
    }
}

/// A rule as the server's own type of it is written, whose fields have no names of the API's.
fn as_go(rule: &Value) -> String {
    let written = |name: &str| to_json(&Value::text(text(rule, name)));
    let pointer = |name: &str| rule.get(name).map_or("null".to_string(), to_json);
    format!(
        "{{\"Rule\":{},\"Message\":{},\"MessageExpression\":{},\"Reason\":{},\"FieldPath\":{},\"OptionalOldSelf\":{}}}",
        written("rule"),
        written("message"),
        written("messageExpression"),
        pointer("reason"),
        written("fieldPath"),
        pointer("optionalOldSelf")
    )
}

/// The schemas below `schema`: each has to name a type.
fn check_fields(errors: &mut Errors, path: &Path, schema: &Value) {
    let mut each = |place: Path, inner: &Value, what: &str| {
        match text(inner, "type") {
            "" if is_open(inner) => {}
            "" => errors.required(&place.child("type"), &format!("must not be empty for specified {what}")),
            kind => errors.check_one_of(&place.child("type"), kind, &TYPES),
        }
        check_itself(errors, &place, inner, false);
        check_fields(errors, &place, inner);
    };
    for (name, inner) in entries(schema.get("properties")) {
        each(path.child("properties").key(name), inner, "object fields");
    }
    if let Some(inner) = schema.get("items").filter(|it| it.as_map().is_some()) {
        each(path.child("items"), inner, "array items");
    }
    if let Some(inner) = schema.get("additionalProperties").filter(|it| it.as_map().is_some()) {
        each(path.child("additionalProperties"), inner, "object fields");
    }
}
