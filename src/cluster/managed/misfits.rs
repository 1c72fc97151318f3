//! Fields of an applied configuration that no type has.

use super::sets::{Shape, collect_paths, element_key, shape};
use crate::model::{Map, Value, to_json};
use crate::schema::{Struct, Type};

/// What does not fit the types in a tree that is to be applied, in the words of the typed parser.
pub(in crate::cluster) fn misfits(value: &Value, root: &'static Struct) -> Vec<String> {
    let mut found = Vec::new();
    find_misfits(value, &Type::Struct(root.name), None, "", &mut found);
    found
}

fn find_misfits(value: &Value, kind: &Type, keys: Option<&[&'static str]>, at: &str, found: &mut Vec<String>) {
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
