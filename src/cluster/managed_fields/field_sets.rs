//! Sets of fields: which there are in a value, and what becomes of two of them.
//!
//! Follows structured-merge-diff's fieldpath/set.go.

use super::shape::{ListKey, Shape};
use crate::model::{Map, Text, Value, parse_json, to_json};
use crate::sorted::SharedSet;

/// Fields of the metadata that nobody owns.
const UNOWNED: &[&str] = &[
    "f:creationTimestamp",
    "f:deletionGracePeriodSeconds",
    "f:deletionTimestamp",
    "f:generation",
    "f:managedFields",
    "f:name",
    "f:namespace",
    "f:resourceVersion",
    "f:uid",
];

/// The key of a list's element as `fieldsV1` spells it.
pub(super) fn element_key(element: &Value, keys: &[ListKey]) -> Option<Text> {
    let mut key = Map::new();
    for own in keys {
        let value = element.get(&own.name).or(own.default.as_ref())?;
        key.insert(own.name.clone(), value.clone());
    }
    Some(format!("k:{}", to_json(&key.into())).into())
}

/// The name of a list's element in `fieldsV1`: its keys, or its value.
pub(super) fn name_of(element: &Value, shape: &Shape) -> Option<Text> {
    match shape {
        Shape::Elements(keys, _) => element_key(element, keys),
        _ => Some(format!("v:{}", to_json(element)).into()),
    }
}

/// The parts of a value, by their names in `fieldsV1`.
pub(super) fn parts<'v>(value: &'v Value, shape: &Shape) -> Vec<(Text, &'v Value, Shape)> {
    match shape {
        Shape::Whole => Vec::new(),
        Shape::Fields(_) | Shape::Schema(..) | Shape::Deduced => {
            let entries = value.as_map().into_iter().flat_map(Map::iter);
            entries.map(|(name, value)| (Text::from(format!("f:{name}")), value, shape.of_field(name).1)).collect()
        }
        Shape::Elements(..) | Shape::Set => {
            let elements = value.as_list().unwrap_or(&[]).iter();
            let part = |element| Some((name_of(element, shape)?, element, shape.of_elements()));
            elements.filter_map(part).collect()
        }
    }
}

pub(super) fn is_member(set: &Value) -> bool {
    set.as_map().is_some_and(|map| map.is_empty() || map.contains_key("."))
}

/// A set of the fields inside, with the field itself or not; `Null` is the empty set.
fn set_of(is_member: bool, mut inside: Map) -> Value {
    match (is_member, inside.is_empty()) {
        (false, true) => return Value::Null,
        (true, false) => _ = inside.insert(".", Value::map()),
        _ => {}
    }
    inside.into()
}

/// The fields for which `keeps` holds, given whether they are in `a` and in `b`.
fn combine(a: &Value, b: &Value, keeps: fn(bool, bool) -> bool) -> Value {
    let mut inside = Map::new();
    // In their order, so that each is put behind the others.
    let keys = [a, b].into_iter().filter_map(Value::as_map).flat_map(Map::keys).filter(|key| *key != ".");
    for key in &keys.collect::<SharedSet<_>>() {
        let part = combine(a.get(key).unwrap_or(&Value::Null), b.get(key).unwrap_or(&Value::Null), keeps);
        if !part.is_null() {
            inside.insert(Text::clone(key), part);
        }
    }
    set_of(keeps(is_member(a), is_member(b)), inside)
}

pub(super) fn union(a: &Value, b: &Value) -> Value {
    combine(a, b, |a, b| a || b)
}

pub(super) fn minus(a: &Value, b: &Value) -> Value {
    combine(a, b, |a, b| a && !b)
}

pub(super) fn both(a: &Value, b: &Value) -> Value {
    combine(a, b, |a, b| a && b)
}

/// The set, with the fields of structs in which it has something.
pub(super) fn named(set: &Value, shape: &Shape) -> Value {
    let mut inside = Map::new();
    for (name, part) in set.as_map().into_iter().flat_map(Map::iter).filter(|(name, _)| *name != ".") {
        let (is_named, inner) = match name.strip_prefix("f:") {
            Some(field) => shape.of_field(field),
            None => (false, shape.of_elements()),
        };
        let mut within = named(part, &inner);
        if is_named && !is_member(&within) {
            within.map_mut().insert(".", Value::map());
        }
        inside.insert(name.clone(), within);
    }
    set_of(is_member(set), inside)
}

/// All fields of a value. With `marks` the fields that hold others belong to it as well.
pub(super) fn all_of(value: &Value, shape: &Shape, marks: bool) -> Value {
    let is_list = matches!(shape, Shape::Elements(..));
    if !marks && value.as_list().is_some_and(<[Value]>::is_empty) && !matches!(shape, Shape::Whole | Shape::Deduced) {
        // A list without elements has nothing that could belong to anybody.
        return Value::Null;
    }
    let mut inside = Map::new();
    for (name, part, inner) in parts(value, shape) {
        let set = all_of(part, &inner, marks);
        // An element belongs to whoever says it, together with its fields.
        let set = if is_list { union(&set, &Value::map()) } else { set };
        if !set.is_null() {
            inside.insert(name, set);
        }
    }
    set_of(marks || inside.is_empty(), inside)
}

/// What differs between two values: the fields that are new or changed, and those that are gone.
pub(super) fn compare(old: Option<&Value>, new: Option<&Value>, shape: &Shape) -> (Value, Value) {
    let (old, new) = match (old, new) {
        (None, None) => return (Value::Null, Value::Null),
        (None, Some(new)) => return (all_of(new, shape, true), Value::Null),
        (Some(old), None) => return (Value::Null, all_of(old, shape, true)),
        (Some(old), Some(new)) => (old, new),
    };
    if old == new {
        return (Value::Null, Value::Null);
    }
    if shape.is_whole(old, new) {
        return (Value::map(), Value::Null);
    }
    let (before, after) = (parts(old, shape), parts(new, shape));
    let (mut written, mut gone) = (Map::new(), Map::new());
    for (name, part, inner) in
        after.iter().chain(before.iter().filter(|(name, ..)| !after.iter().any(|it| it.0 == *name)))
    {
        let old = before.iter().find(|it| it.0 == *name).map(|it| it.1);
        let is_left = after.iter().any(|it| it.0 == *name);
        let (new_part, gone_part) = compare(old, is_left.then_some(*part), inner);
        for (all, part) in [(&mut written, new_part), (&mut gone, gone_part)] {
            if !part.is_null() {
                all.insert(name.clone(), part);
            }
        }
    }
    (set_of(false, written), set_of(false, gone))
}

/// Without what nobody owns: the object's identity, and its status unless that is what was written.
pub(super) fn owned(set: Value, subresource: &str) -> Value {
    let Value::Map(mut set) = set else { return set };
    let is_member = set.remove(".").is_some();
    for name in ["f:apiVersion", "f:kind"] {
        set.remove(name);
    }
    if subresource != "status" {
        set.remove("f:status");
    }
    if let Some(Value::Map(metadata)) = set.remove("f:metadata") {
        let mut metadata = metadata;
        metadata.remove(".");
        metadata.retain(|name, _| !UNOWNED.contains(&name.as_str()));
        if !metadata.is_empty() {
            set.insert("f:metadata", metadata.into());
        }
    }
    set_of(is_member && !set.is_empty(), set)
}

/// The fields of a set as paths: `.spec.template.spec.containers[name="nginx"].image`.
pub(super) fn paths(set: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect_paths(set, "", &mut found);
    found
}

pub(super) fn collect_paths(set: &Value, before: &str, found: &mut Vec<String>) {
    let inside = || set.as_map().into_iter().flat_map(Map::iter).filter(|(name, _)| *name != ".");
    let path = |name: &str| match name.split_at(name.len().min(2)) {
        ("f:", field) => format!("{before}.{field}"),
        ("k:", json) => {
            let key = parse_json(json).unwrap_or_default();
            let pairs = key.as_map().into_iter().flat_map(Map::iter);
            let pairs: Vec<String> = pairs.map(|(name, value)| format!("{name}={}", to_json(value))).collect();
            format!("{before}[{}]", pairs.join(","))
        }
        (_, json) => format!("{before}[={json}]"),
    };
    found.extend(inside().filter(|(_, part)| is_member(part)).map(|(name, _)| path(name)));
    inside().for_each(|(name, part)| collect_paths(part, &path(name), found));
}
