//! Lists of custom kinds that are sets or maps: no element comes twice; knows no other rule of a schema.
//!
//! Follows `ValidateListSetsAndMaps` in apiextensions-apiserver's `pkg/apiserver/schema/listtype`.

use super::field_error::{Errors, Path};
use crate::model::{Map, Text, Value, to_json};
use crate::sorted::SharedSet;

/// Checks the lists of an object by the schema of what it says.
pub(super) fn check(errors: &mut Errors, body: &Map, schema: &Value) {
    check_fields(errors, "", body, schema);
}

fn check_fields(errors: &mut Errors, path: &str, map: &Map, schema: &Value) {
    for (name, value) in map.iter() {
        let own = schema.get("properties").and_then(|properties| properties.get(name));
        let other = || schema.get("additionalProperties").filter(|it| it.as_map().is_some());
        if let Some(schema) = own.or_else(other) {
            let place = if path.is_empty() { name.to_string() } else { format!("{path}.{name}") };
            check_value(errors, &place, value, schema);
        }
    }
}

fn check_value(errors: &mut Errors, path: &str, value: &Value, schema: &Value) {
    match value {
        Value::Map(map) => check_fields(errors, path, map, schema),
        Value::List(list) => {
            check_list(errors, path, list, schema);
            if let Some(items) = schema.get("items").filter(|it| it.as_map().is_some()) {
                for (at, item) in list.iter().enumerate() {
                    check_value(errors, &format!("{path}[{at}]"), item, items);
                }
            }
        }
        _ => {}
    }
}

fn check_list(errors: &mut Errors, path: &str, list: &[Value], schema: &Value) {
    let keys: Vec<&str> = schema.list_at(&["x-kubernetes-list-map-keys"]).iter().filter_map(Value::as_str).collect();
    let id = |item: &Value| match schema.str_at(&["x-kubernetes-list-type"]) {
        "set" => Some(item.clone()),
        "map" => {
            let found = keys.iter().filter_map(|key| Some((*key, item.get(key)?.clone())));
            Some(found.map(|(key, value)| (Text::new(key), value)).collect::<Map>().into())
        }
        _ => None,
    };
    let mut seen: SharedSet<String> = SharedSet::new();
    // Each is told once, however often it comes again.
    let mut told: SharedSet<String> = SharedSet::new();
    for (at, item) in list.iter().enumerate() {
        let Some(id) = id(item) else { return };
        let id = to_json(&id);
        if !seen.contains(&id) {
            seen.insert(id);
        } else if !told.contains(&id) {
            errors.duplicate_shown(&Path::new(path).index(at), id.clone(), "");
            told.insert(id);
        }
    }
}
