//! Whether two values mean the same; changes nothing.
//!
//! Follows apimachinery's pkg/api/equality/semantic.go.

use crate::model::{Map, Text, Value};
use crate::schema::Type;

/// Equality as the API server sees it: absent and empty are one.
pub(super) fn is_same(old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::Map(old), Value::Map(new)) => {
            let is_covered = |from: &Map, to: &Map, compares: bool| {
                from.iter().all(|(key, value)| match to.get(key) {
                    Some(other) => !compares || is_same(value, other),
                    None => is_empty(value),
                })
            };
            old.is_same(new) || is_covered(old, new, true) && is_covered(new, old, false)
        }
        (Value::List(a), Value::List(b)) if a.len() == b.len() => a.iter().zip(b.iter()).all(|(a, b)| is_same(a, b)),
        (old, new) => old == new || is_empty(old) && is_empty(new),
    }
}

/// The same for values of a type: a pointer to nothing is another thing than one to `false` or 0, and a map that lacks a
/// key another one than a map that has it.
pub(super) fn is_same_as(old: &Value, new: &Value, kind: &Type) -> bool {
    match (old, new, kind) {
        (Value::Map(old), Value::Map(new), Type::Struct(_)) => {
            let of = kind.structure();
            let is_kept = |key: &Text| {
                let field = of.and_then(|of| of.field(key));
                match (old.get(key), new.get(key), field) {
                    (Some(old), Some(new), Some(field)) => is_same_as(old, new, &field.kind),
                    (Some(old), Some(new), None) => is_same(old, new),
                    (Some(one), None, field) | (None, Some(one), field) => {
                        let is_scalar = matches!(one, Value::Bool(_) | Value::Int(_) | Value::Str(_));
                        is_empty(one) && !(is_scalar && field.is_some_and(|field| field.is_pointer))
                    }
                    (None, None, _) => true,
                }
            };
            old.is_same(new) || old.keys().chain(new.keys()).all(is_kept)
        }
        (Value::Map(old), Value::Map(new), Type::Map(inner)) => {
            old.len() == new.len()
                && old.iter().all(|(key, one)| new.get(key).is_some_and(|other| is_same_as(one, other, inner)))
        }
        (Value::List(a), Value::List(b), Type::List(inner)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| is_same_as(a, b, inner))
        }
        (old, new, _) => is_same(old, new),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(flag) => !flag,
        Value::Int(number) => *number == 0,
        Value::Float(_) => false,
        Value::Str(text) => text.is_empty(),
        Value::List(list) => list.is_empty(),
        Value::Map(map) => map.iter().all(|(_, value)| is_empty(value)),
    }
}
