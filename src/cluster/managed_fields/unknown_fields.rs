//! Fields of an applied configuration that no type has.
//!
//! Follows structured-merge-diff's typed/validate.go.

use super::field_sets::{collect_paths, element_key};
use super::shape::{ListKey, Root, Shape, shape};
use crate::model::{Map, Value, to_json};
use crate::schema::Type;

/// What does not fit the types in a tree that is to be applied, in the words of the typed parser.
pub(in crate::cluster) fn misfits(value: &Value, root: &Root) -> Vec<String> {
    let mut found = Vec::new();
    match &root.shape {
        Shape::Schema(schema, _) => {
            let own = |name: &str| matches!(name, "apiVersion" | "kind" | "metadata");
            let fields = value.as_map().into_iter().flat_map(Map::iter).filter(|(name, _)| !own(name));
            let fields: Map = fields.map(|(name, value)| (name.clone(), value.clone())).collect();
            find_schema_misfits(&fields.into(), schema, "", &mut found);
        }
        _ => find_misfits(value, &Type::Struct(root.of.name), None, "", &mut found),
    }
    found
}

/// The same by a definition's schema.
fn find_schema_misfits(value: &Value, schema: &Value, at: &str, found: &mut Vec<String>) {
    if value.is_null() || schema.get("x-kubernetes-int-or-string").and_then(Value::as_bool) == Some(true) {
        return;
    }
    match (schema.str_at(&["type"]), value) {
        ("object", Value::Map(map)) => {
            let says = |name: &str| schema.get(name).filter(|it| it.as_map().is_some());
            let keeps = schema.get("x-kubernetes-preserve-unknown-fields").and_then(Value::as_bool) == Some(true);
            let is_open = says("properties").is_none() && says("additionalProperties").is_none();
            for (name, inner) in map.iter() {
                let own = says("properties").and_then(|properties| properties.get(name));
                match own.or_else(|| says("additionalProperties")) {
                    Some(schema) => find_schema_misfits(inner, schema, &format!("{at}.{name}"), found),
                    None if keeps || is_open => {}
                    None => found.push(format!("{at}.{name}: field not declared in schema")),
                }
            }
        }
        ("array", Value::List(list)) => {
            for (number, item) in list.iter().enumerate() {
                let items = schema.get("items").unwrap_or(&Value::Null);
                find_schema_misfits(item, items, &format!("{at}[{number}]"), found);
            }
        }
        ("object", _) => found.push(format!("{at}: expected map, got {}", shown(value))),
        ("array", _) => found.push(format!("{at}: expected list, got {}", shown(value))),
        ("integer" | "number", value) => find_misfits(value, &Type::Int64, None, at, found),
        ("boolean", value) => find_misfits(value, &Type::Bool, None, at, found),
        ("string", value) => find_misfits(value, &Type::Time, None, at, found),
        _ => {}
    }
}

/// The field by which an element of a list is known and that it leaves out.
fn missing_key<'a>(element: &Value, keys: &'a [ListKey], of: &Type) -> Option<&'a str> {
    // A reference that names nothing has the empty name.
    let has_default = matches!(of, Type::Struct(name) if *name == "core.LocalObjectReference");
    let lacks = |key: &&ListKey| key.default.is_none() && element.get(&key.name).is_none();
    let missing = keys.iter().find(lacks).filter(|_| element.as_map().is_some() && !has_default);
    missing.map(|key| key.name.as_str())
}

fn find_misfits(value: &Value, kind: &Type, keys: Option<&[ListKey]>, at: &str, found: &mut Vec<String>) {
    match (kind, value) {
        (_, Value::Null) => {}
        (Type::Struct(_), Value::Map(map)) => {
            let Some(of) = kind.structure() else { return };
            for (name, inner) in map.iter() {
                match of.field(name) {
                    None => found.push(format!("{at}.{name}: field not declared in schema")),
                    Some(field) => {
                        let keys = match shape(Some(of), Some(field)) {
                            Shape::Elements(keys, _) => Some(keys),
                            _ => None,
                        };
                        find_misfits(inner, &field.kind, keys.as_deref(), &format!("{at}.{name}"), found);
                    }
                }
            }
        }
        (Type::List(of), Value::List(list)) => {
            let mut seen: Vec<String> = Vec::new();
            for (number, element) in list.iter().enumerate() {
                let key = keys.and_then(|keys| element_key(element, keys));
                if let Some(name) = keys.and_then(|keys| missing_key(element, keys, of)) {
                    found.push(format!(
                        "{at}: element {number}: associative list with keys has an element that omits key field \
                         {name:?} (and doesn't have default value)"
                    ));
                    continue;
                }
                let is_keyed = key.is_some();
                let name = match key {
                    Some(key) => {
                        let mut path = Vec::new();
                        let inside: Map = [(key, Value::map())].into_iter().collect();
                        collect_paths(&inside.into(), "", &mut path);
                        path.concat()
                    }
                    None => format!("[{number}]"),
                };
                if is_keyed && seen.contains(&name) {
                    found.push(format!("{at}: duplicate entries for key {name}"));
                }
                seen.push(name.clone());
                find_misfits(element, of, None, &format!("{at}{name}"), found);
            }
        }
        (Type::Map(of), Value::Map(map)) => {
            map.iter().for_each(|(name, inner)| find_misfits(inner, of, None, &format!("{at}.{name}"), found));
        }
        (Type::Struct(_) | Type::Map(_), _) => {
            found.push(format!("{at}: expected map, got {}", shown(value)));
        }
        (Type::List(_), _) => found.push(format!("{at}: expected list, got {}", shown(value))),
        (Type::Int32 | Type::Int64, value) if value.as_i64().is_none() && !matches!(value, Value::Float(_)) => {
            let what = match value {
                Value::Str(_) => "string",
                Value::Bool(_) => "bool",
                Value::List(_) => "[]interface {}",
                _ => "map[string]interface {}",
            };
            found.push(format!("{at}: expected numeric (int or float), got {what}"));
        }
        (Type::Bool, value) if value.as_bool().is_none() => {
            found.push(format!("{at}: expected boolean, got {}", shown(value)));
        }
        (Type::Text(_) | Type::Time | Type::MicroTime | Type::Bytes, value) if value.as_str().is_none() => {
            found.push(format!("{at}: expected string, got {}", shown(value)));
        }
        _ => {}
    }
}

/// A value as Go prints the typed parser's own.
fn shown(value: &Value) -> String {
    let go = match value {
        Value::Str(text) => format!("{:?}", text.as_str()),
        other => to_json(other),
    };
    format!("&value.valueUnstructured{{Value:{go}}}")
}
