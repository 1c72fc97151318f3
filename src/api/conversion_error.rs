//! How the API server takes a patched tree into its types: its own words for what does not fit, not those of its JSON
//! decoder, and its own numbers.

use super::decode::base64_fault;
use super::json_error::type_error;
use crate::model::json::go_float;
use crate::model::{Kind, Quantity, Value, to_json};
use crate::schema::{self, Type};

/// The first complaint about a patched object of `kind`, in the order of the API's fields; `None` if all types fit.
/// Follows `fromUnstructured` in apimachinery's runtime converter.
pub fn conversion_error(kind: Kind, value: &Value) -> Option<String> {
    let names = kind.names();
    let root = schema::root(kind.api_version(), names.kind)?;
    check_struct(root.name, value)
}

/// A patched object of `kind` whose numbers have the size of their fields: one of 32 bits keeps the lower ones, as Go
/// converts them.
pub fn wrapped(kind: Kind, value: &Value) -> Value {
    match schema::root(kind.api_version(), kind.names().kind) {
        Some(root) => wrapped_fields(root.name, value),
        None => value.clone(),
    }
}

fn wrapped_fields(name: &str, value: &Value) -> Value {
    let mut out = value.clone();
    let (Some(of), Some(map)) = (schema::structure(name), value.as_map()) else { return out };
    for (key, before) in map.iter() {
        let Some(field) = of.field(key) else { continue };
        let after = wrapped_as(&field.kind, before);
        if after != *before {
            out.map_mut().insert(key.clone(), after);
        }
    }
    out
}

fn wrapped_as(kind: &Type, value: &Value) -> Value {
    match (kind, value) {
        (Type::Int32, Value::Int(number)) => i64::from(*number as i32).into(),
        (Type::Struct(name), value) => wrapped_fields(name, value),
        (Type::List(of), Value::List(list)) => list.iter().map(|it| wrapped_as(of, it)).collect::<Vec<_>>().into(),
        (_, value) => value.clone(),
    }
}

fn go_kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "invalid",
        Value::Bool(_) => "bool",
        Value::Int(_) => "int64",
        Value::Float(_) => "float64",
        Value::Str(_) => "string",
        Value::List(_) => "slice",
        Value::Map(_) => "map",
    }
}

fn check_struct(name: &str, value: &Value) -> Option<String> {
    let Value::Map(map) = value else {
        return Some(format!("cannot restore struct from: {}", go_kind(value)));
    };
    let fields = &schema::structure(name)?.fields;
    fields.iter().find_map(|field| check(&field.kind, map.get(field.name)?))
}

fn check(kind: &Type, value: &Value) -> Option<String> {
    if value.is_null() {
        return None;
    }
    match (kind, value) {
        (Type::Any, _) | (Type::Text(_), Value::Str(_)) | (Type::Bool, Value::Bool(_)) => None,
        (Type::Text(_), Value::Int(_) | Value::Float(_)) => {
            Some(format!("cannot convert {} to {}", go_kind(value), kind.go_type()))
        }
        (Type::Text(_), _) => Some("unrecognized type: string".into()),
        (Type::Bool, _) => Some("unrecognized type: bool".into()),
        (Type::Int32 | Type::Int64, Value::Int(_)) => None,
        (Type::Int32 | Type::Int64, Value::Float(number)) if number.fract() == 0.0 => None,
        (Type::Int32 | Type::Int64, Value::Float(_)) => Some(format!("cannot convert float64 to {}", kind.go_type())),
        (Type::Int32 | Type::Int64, _) => Some(format!("unrecognized type: {}", kind.go_type())),
        (Type::Quantity, value) => {
            let text = match value {
                Value::Str(text) => text.to_string(),
                Value::Float(number) => go_float(*number),
                other => to_json(other),
            };
            Quantity::parse(text.trim()).err().map(|error| error.to_string())
        }
        (Type::IntOrString, Value::Int(_) | Value::Str(_)) => None,
        (Type::IntOrString, value) => Some(type_error(value, "int32")),
        (Type::Time | Type::MicroTime, Value::Str(_)) => None,
        (Type::Bytes, Value::Str(text)) => {
            base64_fault(text).map(|at| format!("error decoding from json: illegal base64 data at input byte {at}"))
        }
        (Type::Time | Type::MicroTime, value) => Some(type_error(value, "string")),
        (Type::Bytes, value) => Some(format!("cannot restore slice from {}", go_kind(value))),
        (Type::Struct(name), value) => check_struct(name, value),
        (Type::List(of), Value::List(list)) => list.iter().find_map(|element| match (&**of, element) {
            (Type::Struct(name), Value::Null) => check_struct(name, &Value::map()),
            (of, element) => check(of, element),
        }),
        (Type::List(_), value) => Some(format!("cannot restore slice from {}", go_kind(value))),
        (Type::Map(of), Value::Map(map)) => map.iter().find_map(|(_, element)| check(of, element)),
        (Type::Map(_), value) => Some(format!("cannot restore map from {}", go_kind(value))),
    }
}
