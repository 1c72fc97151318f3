//! Schemas of definitions say the type of everything outside of `anyOf` and its like, and nothing but rules inside them.
//!
//! Follows pkg/apiserver/schema/{validation,complete}.go of apiextensions-apiserver.

use super::{is_set, sub_schema};
use crate::api::custom_values::says;
use crate::api::field_error::{Errors, Path};
use crate::api::go_pattern;
use crate::api::validate::{at, entries, text};
use crate::model::Value;
use crate::ordering::Order;

/// Where a schema stands, in the words for what needs a type there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Root,
    Item,
    Field,
}

/// What schemas inside `anyOf` and its like may not say, and what it has to be instead.
const NESTED: [(&str, &str); 13] = [
    ("type", "empty"),
    ("additionalProperties", "undefined"),
    ("default", "undefined"),
    ("title", "empty"),
    ("description", "empty"),
    ("nullable", "false"),
    ("x-kubernetes-preserve-unknown-fields", "false"),
    ("x-kubernetes-embedded-resource", "false"),
    ("x-kubernetes-int-or-string", "false"),
    ("x-kubernetes-list-map-keys", "empty"),
    ("x-kubernetes-list-type", "undefined"),
    ("x-kubernetes-map-type", "undefined"),
    ("x-kubernetes-validations", "empty"),
];
/// The lists of such schemas.
const JUNCTORS: [&str; 3] = ["anyOf", "allOf", "oneOf"];
const EMBEDDED: &str = "x-kubernetes-embedded-resource";
const INT_OR_STRING: &str = "x-kubernetes-int-or-string";
const OPEN: &str = "x-kubernetes-preserve-unknown-fields";

/// What is wrong with a schema as a whole, in the order of the messages.
pub(super) fn check(errors: &mut Errors, path: &Path, schema: &Value) {
    let mut found = Errors::default();
    check_invariants(&mut found, path, schema, Level::Root);
    check_known(&mut found, schema, Some(schema), path, path);
    found.0.order_by_key(|error| error.to_string());
    errors.0.extend(found.0);
}

/// Follows `validateStructuralInvariants`.
fn check_invariants(errors: &mut Errors, path: &Path, schema: &Value, level: Level) {
    let kind = text(schema, "type");
    if kind == "array" && !is_set(schema, "items") {
        errors.required(&path.child("items"), "must be specified");
    }
    if let Some(items) = sub_schema(schema, "items") {
        check_invariants(errors, &path.child("items"), items, Level::Item);
    }
    for (name, inner) in entries(schema.get("properties")) {
        check_invariants(errors, &path.child("properties").key(name), inner, Level::Field);
    }
    let others = path.child("additionalProperties");
    if level == Level::Root && !at(schema, "additionalProperties").is_null() {
        errors.forbidden(&others, "must not be used at the root");
    }
    if let Some(inner) = sub_schema(schema, "additionalProperties") {
        check_invariants(errors, &others, inner, Level::Field);
    }
    for name in [OPEN, EMBEDDED].into_iter().filter(|name| says(schema, INT_OR_STRING) && says(schema, name)) {
        errors.invalid(&path.child(name), &true.into(), "must be false if x-kubernetes-int-or-string is true");
    }
    check_junctors(errors, path, schema, is_int_or_string(schema));
    check_type(errors, path, schema, level);
    check_metadata(errors, path, schema, level);
    if says(schema, EMBEDDED) && !says(schema, OPEN) && entries(schema.get("properties")).next().is_none() {
        let detail = "must not be empty if x-kubernetes-embedded-resource is true without \
                      x-kubernetes-preserve-unknown-fields";
        errors.required(&path.child("properties"), detail);
    }
}

fn check_type(errors: &mut Errors, path: &Path, schema: &Value, level: Level) {
    let (kind, place) = (text(schema, "type"), path.child("type"));
    if says(schema, EMBEDDED) {
        let detail = "must be object if x-kubernetes-embedded-resource is true";
        match kind {
            "object" => {}
            "" => errors.required(&place, detail),
            kind => errors.invalid_text(&place, kind, detail),
        }
        if !at(schema, "additionalProperties").is_null() {
            let detail = "must not be used if x-kubernetes-embedded-resource is set";
            errors.forbidden(&path.child("additionalProperties"), detail);
        }
    } else if kind.is_empty() && !says(schema, INT_OR_STRING) && !says(schema, OPEN) {
        errors.required(
            &place,
            match level {
                Level::Root => "must not be empty at the root",
                Level::Item => "must not be empty for specified array items",
                Level::Field => "must not be empty for specified object fields",
            },
        );
    }
    if level == Level::Root && !matches!(kind, "" | "object") {
        errors.invalid_text(&place, kind, "must be object at the root");
    }
}

/// What every object has is not the schema's affair, but for how an object may be called.
fn check_metadata(errors: &mut Errors, path: &Path, schema: &Value, level: Level) {
    if level != Level::Root && !says(schema, EMBEDDED) {
        return;
    }
    let path = path.child("properties");
    let types = [("kind", "string"), ("apiVersion", "string"), ("metadata", "object")];
    for (name, wanted) in types {
        let inner = at(at(schema, "properties"), name);
        if !inner.is_null() && text(inner, "type") != wanted {
            let detail = format!("must be {wanted}");
            errors.invalid_text(&path.key(name).child("type"), text(inner, "type"), detail);
        }
    }
    let metadata = at(at(schema, "properties"), "metadata");
    let is_allowed = |name: &str| matches!(name, "type" | "default");
    let names_more =
        entries(metadata.get("properties")).any(|(name, _)| !matches!(name.as_str(), "name" | "generateName"));
    let says_more =
        entries(Some(metadata)).any(|(name, _)| !is_allowed(name) && name != "properties" && is_set(metadata, name));
    if level == Level::Root && (names_more || says_more) {
        let detail = "must not specify anything other than name and generateName, but metadata is implicitly specified";
        errors.forbidden(&path.key("metadata"), detail);
    }
}

/// Whether `anyOf` says what a number or a text is, which may name types.
fn is_int_or_string(schema: &Value) -> bool {
    let is = |place: usize, kind: &str| match schema.list_at(&["anyOf"]).get(place).and_then(Value::as_map) {
        Some(map) => map.iter().count() == 1 && map.get("type").and_then(Value::as_str) == Some(kind),
        None => false,
    };
    schema.list_at(&["anyOf"]).len() == 2 && is(0, "integer") && is(1, "string")
}

/// Follows `validateValueValidation`.
fn check_junctors(errors: &mut Errors, path: &Path, schema: &Value, skips_any: bool) {
    for name in JUNCTORS.into_iter().filter(|name| !(skips_any && *name == "anyOf")) {
        for (number, inner) in schema.list_at(&[name]).iter().enumerate() {
            let is_first = name == "allOf" && number == 0;
            check_nested(errors, &path.child(name).index(number), inner, is_first && is_int_or_string(inner));
        }
    }
    if let Some(inner) = sub_schema(schema, "not") {
        check_nested(errors, &path.child("not"), inner, false);
    }
    let pattern = text(schema, "pattern");
    if let Some(why) = go_pattern::fault(pattern) {
        let detail = format!("must be a valid regular expression, but isn't: error parsing regexp: {why}");
        errors.invalid_text(&path.child("pattern"), pattern, detail);
    }
}

/// Follows `validateNestedValueValidation`.
fn check_nested(errors: &mut Errors, path: &Path, schema: &Value, skips_any: bool) {
    check_junctors(errors, path, schema, skips_any);
    if let Some(items) = sub_schema(schema, "items") {
        check_nested(errors, &path.child("items"), items, false);
    }
    for (name, inner) in entries(schema.get("properties")) {
        check_nested(errors, &path.child("properties").key(name), inner, false);
    }
    for (name, wanted) in NESTED.into_iter().filter(|(name, _)| is_set(schema, name)) {
        errors.forbidden(&path.child(name), format!("must be {wanted} to be structural"));
    }
    if !schema.at(&["properties", "metadata"]).unwrap_or(&Value::Null).is_null() {
        errors.forbidden(&path.child("properties").key("metadata"), "must not be specified in a nested context");
    }
}

/// What rules speak of has to be known outside of them: `known` is the schema that says so.
///
/// Follows complete.go.
fn check_known(errors: &mut Errors, schema: &Value, known: Option<&Value>, path: &Path, own: &Path) {
    for name in JUNCTORS {
        for (number, inner) in schema.list_at(&[name]).iter().enumerate() {
            check_nested_known(errors, inner, known, path, &own.child(name).index(number));
        }
    }
    if let Some(inner) = sub_schema(schema, "not") {
        check_nested_known(errors, inner, known, path, &own.child("not"));
    }
    // The schema of a place itself: its rules are about what lies below it.
    if path.as_str() == own.as_str() {
        return;
    }
    if let Some(items) = sub_schema(schema, "items") {
        let inner = known.and_then(|it| sub_schema(it, "items"));
        check_nested_known(errors, items, inner, &path.child("items"), &own.child("items"));
    }
    for (name, inner) in entries(schema.get("properties")) {
        let outer = known.and_then(|it| it.at(&["properties", name.as_str()]));
        let (path, own) = (path.child("properties").key(name), own.child("properties").key(name));
        check_nested_known(errors, inner, outer, &path, &own);
    }
}

fn check_nested_known(errors: &mut Errors, schema: &Value, known: Option<&Value>, path: &Path, own: &Path) {
    match known {
        None => errors.required(path, &format!("because it is defined in {}", own.as_str())),
        Some(_) => check_known(errors, schema, known, path, own),
    }
}
