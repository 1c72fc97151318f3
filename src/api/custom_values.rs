//! Whether values are as a schema of a definition says; fills nothing in and prunes nothing.
//!
//! Follows kube-openapi's validation, whose words the messages are.

use super::custom_text::{has_format, read_pattern};
use super::field_error::{Errors, Path, go_quoted};
use crate::model::{Map, Text, Value, to_json};

/// Whether a schema turns something on.
pub(super) fn says(schema: &Value, name: &str) -> bool {
    schema.get(name).and_then(Value::as_bool) == Some(true)
}

/// The path of a field within a place.
pub(super) fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_string() } else { format!("{path}.{name}") }
}

/// The schema of a field of an object: its own, or the one that all further fields have.
pub(super) fn field_schema<'a>(schema: &'a Value, name: &str) -> Option<&'a Value> {
    let own = schema.get("properties").and_then(|properties| properties.get(name));
    own.or_else(|| schema.get("additionalProperties").filter(|it| it.as_map().is_some()))
}

/// What a schema calls the type of a value.
fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Int(_) => "integer",
        Value::Float(_) => "number",
        Value::Str(_) => "string",
        Value::List(_) => "array",
        Value::Map(_) => "object",
    }
}

fn fits_type(value: &Value, schema: &Value) -> bool {
    if says(schema, "x-kubernetes-int-or-string") {
        return matches!(value, Value::Int(_) | Value::Str(_));
    }
    match (schema.str_at(&["type"]), value) {
        ("", _) => true,
        ("number", Value::Int(_) | Value::Float(_)) => true,
        ("integer", Value::Float(number)) => number.fract() == 0.0,
        (wanted, value) => wanted == type_of(value),
    }
}

/// Checks a value and everything in it.
pub(super) fn check_value(errors: &mut Errors, path: &str, value: &Value, schema: &Value) {
    if value.is_null() && says(schema, "nullable") {
        return;
    }
    if !fits_type(value, schema) {
        let (found, wanted) = (type_of(value), schema.str_at(&["type"]));
        let wanted = if wanted.is_empty() { "integer,string" } else { wanted };
        let detail = format!("{path} in body must be of type {wanted}: {found:?}");
        return errors.invalid_text(&Path::new(path), found, detail);
    }
    check_enum(errors, path, value, schema);
    match value {
        Value::Int(number) => check_number(errors, path, value, *number as f64, schema),
        Value::Float(number) => check_number(errors, path, value, *number, schema),
        Value::Str(text) => check_text(errors, path, text, schema),
        Value::List(list) => check_list(errors, path, list, schema),
        Value::Map(map) => check_map(errors, path, map, schema),
        Value::Bool(_) | Value::Null => {}
    }
    check_combinations(errors, path, value, schema);
}

fn check_enum(errors: &mut Errors, path: &str, value: &Value, schema: &Value) {
    let allowed = schema.list_at(&["enum"]);
    if allowed.is_empty() || allowed.contains(value) {
        return;
    }
    let names: Vec<String> = allowed.iter().map(|it| it.as_str().map_or_else(|| to_json(it), str::to_string)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    match value {
        Value::Str(text) => errors.not_supported(&Path::new(path), text, &names),
        other => errors.not_supported_shown(&Path::new(path), to_json(other), &names),
    }
}

fn check_number(errors: &mut Errors, path: &str, value: &Value, number: f64, schema: &Value) {
    let bound = |name: &str| match schema.get(name) {
        Some(Value::Int(bound)) => Some((*bound as f64, to_json(&Value::Int(*bound)))),
        Some(Value::Float(bound)) => Some((*bound, to_json(&Value::Float(*bound)))),
        _ => None,
    };
    let mut refuse = |detail: String| errors.invalid(&Path::new(path), value, format!("{path} in body {detail}"));
    if let Some((most, shown)) = bound("maximum") {
        match says(schema, "exclusiveMaximum") {
            true if number >= most => refuse(format!("should be less than {shown}")),
            false if number > most => refuse(format!("should be less than or equal to {shown}")),
            _ => {}
        }
    }
    if let Some((least, shown)) = bound("minimum") {
        match says(schema, "exclusiveMinimum") {
            true if number <= least => refuse(format!("should be greater than {shown}")),
            false if number < least => refuse(format!("should be greater than or equal to {shown}")),
            _ => {}
        }
    }
    if let Some((step, shown)) = bound("multipleOf")
        && step > 0.0
        && (number / step).fract() != 0.0
    {
        refuse(format!("should be a multiple of {shown}"));
    }
}

fn check_text(errors: &mut Errors, path: &str, text: &Text, schema: &Value) {
    let length = text.chars().count() as i64;
    if let Some(most) = schema.i64_at(&["maxLength"]).filter(|most| length > *most) {
        errors.too_long(&Path::new(path), format!("may not be more than {most} bytes"));
    }
    if let Some(least) = schema.i64_at(&["minLength"]).filter(|least| length < *least) {
        let detail = format!("{path} in body should be at least {least} chars long");
        errors.invalid_text(&Path::new(path), text, detail);
    }
    let pattern = schema.str_at(&["pattern"]);
    if !pattern.is_empty() && read_pattern(pattern).is_some_and(|pattern| !pattern.is_in(text)) {
        errors.invalid_text(&Path::new(path), text, format!("{path} in body should match '{pattern}'"));
    }
    let format = schema.str_at(&["format"]);
    if !format.is_empty() && !has_format(format, text) {
        let detail = format!("{path} in body must be of type {format}: {}", go_quoted(text));
        errors.invalid_text(&Path::new(path), text, detail);
    }
}

fn check_list(errors: &mut Errors, path: &str, list: &[Value], schema: &Value) {
    let count = list.len() as i64;
    if let Some(most) = schema.i64_at(&["maxItems"]).filter(|most| count > *most) {
        errors.too_many(&Path::new(path), count, most);
    }
    if let Some(least) = schema.i64_at(&["minItems"]).filter(|least| count < *least) {
        let detail = format!("{path} in body should have at least {least} items");
        errors.invalid(&Path::new(path), &count.into(), detail);
    }
    if let Some(items) = schema.get("items").filter(|it| it.as_map().is_some()) {
        for (at, item) in list.iter().enumerate() {
            check_value(errors, &format!("{path}[{at}]"), item, items);
        }
    }
}

/// Checks the fields of an object.
pub(super) fn check_map(errors: &mut Errors, path: &str, map: &Map, schema: &Value) {
    let required = schema.list_at(&["required"]).iter().filter_map(Value::as_str);
    let is_meta = |name: &str| path.is_empty() && matches!(name, "apiVersion" | "kind" | "metadata");
    for name in required.filter(|name| !map.contains_key(name) && !is_meta(name)) {
        errors.required(&Path::new(&join(path, name)), "");
    }
    let count = map.len() as i64;
    if let Some(most) = schema.i64_at(&["maxProperties"]).filter(|most| count > *most) {
        let detail = format!("{path} in body should have at most {most} properties");
        errors.invalid(&Path::new(path), &count.into(), detail);
    }
    if let Some(least) = schema.i64_at(&["minProperties"]).filter(|least| count < *least) {
        let detail = format!("{path} in body should have at least {least} properties");
        errors.invalid(&Path::new(path), &count.into(), detail);
    }
    for (name, value) in map.iter().filter(|(name, _)| !is_meta(name)) {
        if let Some(schema) = field_schema(schema, name) {
            check_value(errors, &join(path, name), value, schema);
        }
    }
}

/// `allOf`, `anyOf`, `oneOf` and `not`: schemas that add rules to those beside them.
fn check_combinations(errors: &mut Errors, path: &str, value: &Value, schema: &Value) {
    let fits = |schema: &Value| {
        let mut found = Errors::default();
        check_value(&mut found, path, value, schema);
        found.0.is_empty()
    };
    let list = |name: &'static str| schema.list_at(&[name]);
    for part in list("allOf") {
        check_value(errors, path, value, part);
    }
    let mut refuse = |detail: String| errors.invalid(&Path::new(path), value, detail);
    if !list("anyOf").is_empty() && !list("anyOf").iter().any(fits) {
        refuse(format!("{path:?} must validate at least one schema (anyOf)"));
    }
    let fitting = list("oneOf").iter().filter(|schema| fits(schema)).count();
    if !list("oneOf").is_empty() && fitting != 1 {
        let found = if fitting == 0 { "none valid".to_string() } else { format!("{fitting} valid alternatives") };
        refuse(format!("{path:?} must validate one and only one schema (oneOf). Found {found}"));
    }
    if schema.get("not").is_some_and(|schema| !schema.is_null() && fits(schema)) {
        refuse(format!("{path:?} must not validate the schema (not)"));
    }
}
