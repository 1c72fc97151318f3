//! Patches: strategic merge with its directives, JSON merge (RFC 7386) and JSON patch (RFC 6902), on trees.
//!
//! Follows apimachinery's `strategicpatch`. What a patched tree means as an object is the business of `super::front`.

use crate::api::go_quoted;
use crate::model::json::go_general;
use crate::model::{Map, Text, Value};
use crate::ordering::Order;
use crate::schema::{Field, Merge, Struct, Type};
use std::fmt;

/// How a patch is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatchType {
    /// By the merge keys of the API's types.
    Strategic,
    /// JSON merge patch.
    Merge,
    /// JSON patch: a list of operations.
    Json,
}

/// Why a patch cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PatchError {
    /// It is not a patch of its type; the API server's words.
    BadRequest(String),
    /// It cannot be applied to this object.
    Rejected,
}

impl fmt::Display for PatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PatchError::BadRequest(why) => f.write_str(why),
            PatchError::Rejected => f.write_str("the server rejected our request due to an error in our request"),
        }
    }
}

impl std::error::Error for PatchError {}

const PATCH: &str = "$patch";
const RETAIN_KEYS: &str = "$retainKeys";
const ELEMENT_ORDER: &str = "$setElementOrder/";
const DELETE_PRIMITIVES: &str = "$deleteFromPrimitiveList/";

/// The value with a JSON merge patch applied: null deletes, objects merge, everything else replaces.
pub fn json_merge(current: &Value, patch: &Value) -> Value {
    let Value::Map(patch) = patch else { return patch.clone() };
    let mut out = current.as_map().cloned().unwrap_or_default();
    for (key, value) in patch.iter() {
        if value.is_null() {
            out.remove(key);
        } else {
            let merged = json_merge(out.get(key).unwrap_or(&Value::Null), value);
            out.insert(key.clone(), merged);
        }
    }
    out.into()
}

/// The value with a strategic merge patch applied.
///
/// # Errors
/// `BadRequest` for a patch that is not an object or whose directives are wrong.
pub fn strategic_merge(current: &Value, patch: &Value, root: &'static Struct) -> Result<Value, PatchError> {
    let Value::Map(patch) = patch else {
        // Nothing at all is taken for a number.
        let what = if patch.is_null() { "number" } else { patch.json_type() };
        let message = format!("json: cannot unmarshal {what} into Go value of type map[string]interface {{}}");
        return Err(PatchError::BadRequest(message));
    };
    let current = current.as_map().cloned().unwrap_or_default();
    Ok(merge_map(&current, patch, Some(root))?.into())
}

/// A list field with its element's type, and how it is merged.
struct ListRule {
    of: Option<&'static Struct>,
    merge: Merge,
}

fn field(of: Option<&'static Struct>, name: &str) -> Option<&'static Field> {
    of.and_then(|of| of.field(name))
}

fn list_rule(of: Option<&'static Struct>, name: &str) -> ListRule {
    match field(of, name) {
        Some(field) => ListRule { of: field.kind.structure(), merge: field.merge },
        None => ListRule { of: None, merge: Merge::Plain },
    }
}

/// A directive that says nothing in its place.
fn bad_type(directive: &str, place: &Value) -> PatchError {
    PatchError::BadRequest(format!("unknown patch type: {directive} in map: {}", go_dump(place)))
}

fn merge_map(current: &Map, patch: &Map, of: Option<&'static Struct>) -> Result<Map, PatchError> {
    match patch.get(PATCH).map(|directive| directive.as_str().unwrap_or("")) {
        Some("replace") => {
            let mut out = patch.clone();
            out.remove(PATCH);
            return Ok(out);
        }
        Some("delete") => return Ok(Map::new()),
        None => {}
        Some(other) => return Err(bad_type(other, &Value::Map(patch.clone()))),
    }
    let mut out = current.clone();
    if let Some(kept) = patch.get(RETAIN_KEYS) {
        let kept = kept.as_list().unwrap_or(&[]);
        out.retain(|key, _| kept.iter().any(|name| name.as_str() == Some(key)));
    }
    for (key, value) in patch.iter() {
        if let Some(name) = key.strip_prefix(ELEMENT_ORDER) {
            set_order(&mut out, patch, name, value, of)?;
        } else if let Some(name) = key.strip_prefix(DELETE_PRIMITIVES) {
            let gone = value.as_list().unwrap_or(&[]);
            if !patch.contains_key(name)
                && let Some(list) = out.get_mut(name)
            {
                list.list_mut().retain(|element| !gone.contains(element));
            }
        } else if key != PATCH && key != RETAIN_KEYS && !patch.contains_key(&format!("{ELEMENT_ORDER}{key}")) {
            merge_entry(&mut out, patch, key, value, of)?;
        }
    }
    Ok(out)
}

fn merge_entry(
    out: &mut Map,
    patch: &Map,
    key: &Text,
    value: &Value,
    of: Option<&'static Struct>,
) -> Result<(), PatchError> {
    if value.is_null() {
        out.remove(key);
        return Ok(());
    }
    let merged = match (out.get(key), value) {
        (current, Value::Map(change)) => {
            let is_replaced = field(of, key).is_some_and(|field| field.merge == Merge::Replace);
            let inner = field(of, key).and_then(|field| match &field.kind {
                Type::Struct(_) => field.kind.structure(),
                _ => None,
            });
            match current {
                Some(Value::Map(current)) if !is_replaced => Some(merge_map(current, change, inner)?.into()),
                // Directives have no place in a new object.
                _ => Some(without_directives(value)),
            }
        }
        (current, Value::List(change)) => {
            let rule = list_rule(of, key);
            let current = current.and_then(Value::as_list).unwrap_or(&[]);
            let gone = patch.get(&format!("{DELETE_PRIMITIVES}{key}")).and_then(Value::as_list).unwrap_or(&[]);
            Some(merge_list(current, change, gone, &rule)?.into())
        }
        (_, value) => Some(value.clone()),
    };
    if let Some(merged) = merged {
        out.insert(key.clone(), merged);
    }
    Ok(())
}

fn without_directives(value: &Value) -> Value {
    match value {
        Value::Map(map) => {
            let kept = map.iter().filter(|(key, value)| !key.starts_with('$') && !value.is_null());
            kept.map(|(key, value)| (key.clone(), without_directives(value))).collect::<Map>().into()
        }
        Value::List(list) => {
            let kept = list.iter().filter(|element| element.str_at(&[PATCH]) != "delete");
            kept.map(without_directives).collect::<Vec<_>>().into()
        }
        other => other.clone(),
    }
}

fn merge_list(current: &[Value], change: &[Value], gone: &[Value], rule: &ListRule) -> Result<Vec<Value>, PatchError> {
    match rule.merge {
        Merge::ByKey(key) => {
            let merged = merge_by_key(current, change, key, rule.of)?;
            Ok(ordered(merged, change, current, &|element| element.get(key).cloned()))
        }
        Merge::AsSet => {
            let mut merged: Vec<Value> = current.iter().filter(|element| !gone.contains(element)).cloned().collect();
            for element in change {
                if !merged.contains(element) {
                    merged.push(element.clone());
                }
            }
            Ok(ordered(merged, change, current, &|element| Some(element.clone())))
        }
        Merge::Plain | Merge::Replace => Ok(change.iter().map(without_directives).collect()),
    }
}

/// Merges elements of the same key; elements marked `$patch: delete` go, `$patch: replace` starts afresh.
fn merge_by_key(
    current: &[Value],
    change: &[Value],
    key: &str,
    of: Option<&'static Struct>,
) -> Result<Vec<Value>, PatchError> {
    let starts_afresh = change.iter().any(|it| it.str_at(&[PATCH]) == "replace" && it.get(key).is_none());
    let mut out: Vec<Value> = if starts_afresh { Vec::new() } else { current.to_vec() };
    for element in change {
        let Value::Map(entries) = element else {
            return Err(PatchError::BadRequest(
                "invalid patch format of list: expected objects with the merge key".to_string(),
            ));
        };
        let Some(id) = entries.get(key) else {
            if element.str_at(&[PATCH]) == "replace" {
                continue;
            }
            if starts_afresh {
                out.push(without_directives(element));
                continue;
            }
            return Err(PatchError::BadRequest(format!(
                "map: {} does not contain declared merge key: {key}",
                go_dump(element)
            )));
        };
        let place = out.iter().position(|other| other.get(key) == Some(id));
        match element.str_at(&[PATCH]) {
            "" | "delete" | "replace" => {}
            "merge" => {
                return Err(PatchError::BadRequest("merging lists cannot yet be specified in the patch".to_string()));
            }
            other => return Err(bad_type(other, element)),
        }
        match (element.str_at(&[PATCH]), place) {
            ("delete", Some(at)) => _ = out.remove(at),
            ("delete", None) => {}
            (_, Some(at)) => {
                if let Some(Value::Map(before)) = out.get(at).cloned() {
                    let merged = merge_map(&before, entries, of)?;
                    if let Some(slot) = out.get_mut(at) {
                        *slot = merged.into();
                    }
                }
            }
            (_, None) => out.push(without_directives(element)),
        }
    }
    Ok(out)
}

/// Applies `$setElementOrder/name`, together with the patch of that list.
fn set_order(
    out: &mut Map,
    patch: &Map,
    name: &str,
    order: &Value,
    of: Option<&'static Struct>,
) -> Result<(), PatchError> {
    let rule = list_rule(of, name);
    if let Some(Value::List(change)) = patch.get(name) {
        check_order(change, order.as_list().unwrap_or(&[]), &rule)?;
    }
    let current = out.get(name).and_then(Value::as_list).unwrap_or(&[]).to_vec();
    let gone = patch.get(&format!("{DELETE_PRIMITIVES}{name}")).and_then(Value::as_list).unwrap_or(&[]);
    let merged = match patch.get(name) {
        Some(Value::Null) => {
            out.remove(name);
            return Ok(());
        }
        Some(change) => merge_list(&current, change.as_list().unwrap_or(&[]), gone, &rule)?,
        None if out.contains_key(name) => current.iter().filter(|element| !gone.contains(element)).cloned().collect(),
        None => return Ok(()),
    };
    let order = order.as_list().unwrap_or(&[]);
    let sorted = match rule.merge {
        Merge::ByKey(key) => ordered(merged, order, &current, &|element| element.get(key).cloned()),
        _ => ordered(merged, order, &current, &|element| Some(element.clone())),
    };
    out.insert(Text::new(name), sorted.into());
    Ok(())
}

/// Refuses a patch of a list whose elements are not all named in `$setElementOrder`, in that order.
///
/// Follows `validatePatchWithSetOrderList` of apimachinery's strategicpatch.
fn check_order(change: &[Value], order: &[Value], rule: &ListRule) -> Result<(), PatchError> {
    let is_same = |one: &Value, other: &Value| match rule.merge {
        Merge::ByKey(key) => one.get(key) == other.get(key),
        _ => one == other,
    };
    let mut left = change.iter().filter(|element| element.str_at(&[PATCH]) != "delete").peekable();
    for wanted in order {
        _ = left.next_if(|element| is_same(element, wanted));
    }
    if order.is_empty() || left.peek().is_none() {
        return Ok(());
    }
    let shown = |list: &[Value]| go_dump(&list.to_vec().into());
    let (change, order) = (shown(change), shown(order));
    Err(PatchError::BadRequest(format!(
        "The order in patch list:\n{change}\n doesn't match {} list:\n{order}\n",
        ELEMENT_ORDER.trim_end_matches('/')
    )))
}

/// Elements that the patch names in its order, the others where they stood among them as far as that is clear.
fn ordered(merged: Vec<Value>, order: &[Value], server: &[Value], id: &dyn Fn(&Value) -> Option<Value>) -> Vec<Value> {
    let index = |list: &[Value], element: &Value| {
        let wanted = id(element);
        list.iter().position(|other| id(other) == wanted)
    };
    let (mut named, mut others): (Vec<Value>, Vec<Value>) =
        merged.into_iter().partition(|element| index(order, element).is_some());
    named.order_by_key(|element| index(order, element));
    others.order_by_key(|element| index(server, element));
    let mut out = Vec::with_capacity(named.len() + others.len());
    let (mut named, mut others) = (named.into_iter().peekable(), others.into_iter().peekable());
    loop {
        let takes_other = match (others.peek(), named.peek()) {
            (None, None) => return out,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (Some(other), Some(patched)) => {
                matches!((index(server, other), index(server, patched)), (Some(a), Some(b)) if a < b)
            }
        };
        out.extend(if takes_other { others.next() } else { named.next() });
    }
}

/// The value with a JSON patch applied.
///
/// # Errors
/// `BadRequest` if it is not a list of operations, `Rejected` if one of them does not fit the value.
pub fn json_patch(current: &Value, operations: &Value) -> Result<Value, PatchError> {
    let Value::List(operations) = operations else {
        let what = if matches!(operations, Value::Map(_)) { "object" } else { "value" };
        let message = format!("json: cannot unmarshal {what} into Go value of type jsonpatch.Patch");
        return Err(PatchError::BadRequest(message));
    };
    let mut out = current.clone();
    for operation in operations.iter() {
        run(&mut out, operation).ok_or(PatchError::Rejected)?;
    }
    Ok(out)
}

/// Follows evanphx/json-patch, version 4, which client and server use: it lets `replace` set a field that is missing at
/// the end of the path, takes null for a value that is missing, and counts negative indexes from the end.
fn run(value: &mut Value, operation: &Value) -> Option<()> {
    let path = pointer(operation.str_at(&["path"]))?;
    let new = || operation.get("value").cloned().unwrap_or_default();
    match operation.str_at(&["op"]) {
        "add" => add(value, &path, new()),
        "remove" => remove(value, &path).map(|_| ()),
        "replace" => {
            let Some(last) = path.last() else {
                *value = Some(new()).filter(|new| matches!(new, Value::Map(_) | Value::List(_)))?;
                return Some(());
            };
            match parent(value, &path)? {
                Value::Map(map) => _ = map.insert(Text::new(last), new()),
                Value::List(list) => {
                    let at = index(last, list.len())?;
                    *std::rc::Rc::make_mut(list).get_mut(at)? = new();
                }
                _ => return None,
            }
            Some(())
        }
        "move" => {
            let moved = remove(value, &pointer(operation.str_at(&["from"]))?)?;
            add(value, &path, moved)
        }
        "copy" => {
            let from = pointer(operation.str_at(&["from"]))?;
            let copied = match find(value, &from) {
                Some(found) => found.clone(),
                // A field that is missing is copied as null.
                None => match find(value, from.split_last()?.1)? {
                    Value::Map(_) => Value::Null,
                    _ => return None,
                },
            };
            add(value, &path, copied)
        }
        "test" => {
            let found = find(value, &path).cloned().unwrap_or_default();
            (found == new()).then_some(())
        }
        _ => None,
    }
}

/// The place in a list of so many elements that a step means; a negative one counts from the end.
fn index(step: &str, length: usize) -> Option<usize> {
    let at = step.parse::<i64>().ok()?;
    let at = if at < 0 { at + i64::try_from(length).ok()? } else { at };
    usize::try_from(at).ok().filter(|at| *at < length)
}

fn pointer(path: &str) -> Option<Vec<String>> {
    if path.is_empty() {
        return Some(Vec::new());
    }
    let steps = path.strip_prefix('/')?.split('/');
    Some(steps.map(|step| step.replace("~1", "/").replace("~0", "~")).collect())
}

fn find<'v>(value: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(value, |place, step| match place {
        Value::Map(map) => map.get(step),
        Value::List(list) => list.get(index(step, list.len())?),
        _ => None,
    })
}

fn parent<'v>(value: &'v mut Value, path: &[String]) -> Option<&'v mut Value> {
    let (_, parents) = path.split_last()?;
    let mut place = value;
    for step in parents {
        place = match place {
            Value::Map(map) => map.get_mut(step)?,
            Value::List(list) => {
                let at = index(step, list.len())?;
                std::rc::Rc::make_mut(list).get_mut(at)?
            }
            _ => return None,
        };
    }
    Some(place)
}

fn add(value: &mut Value, path: &[String], new: Value) -> Option<()> {
    let Some(last) = path.last() else {
        *value = new;
        return Some(());
    };
    match parent(value, path)? {
        Value::Map(map) => _ = map.insert(Text::new(last), new),
        Value::List(list) => {
            let list = std::rc::Rc::make_mut(list);
            let at = if last == "-" { list.len() } else { index(last, list.len() + 1)? };
            list.insert(at, new);
        }
        _ => return None,
    }
    Some(())
}

fn remove(value: &mut Value, path: &[String]) -> Option<Value> {
    let last = path.last()?;
    match parent(value, path)? {
        Value::Map(map) => map.remove(last),
        Value::List(list) => {
            let at = index(last, list.len())?;
            Some(std::rc::Rc::make_mut(list).remove(at))
        }
        _ => None,
    }
}

/// A tree as Go prints it with `%+v`: `map[spec:map[replicas:x]]`.
pub fn go_dump(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".into(),
        Value::Bool(flag) => flag.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => go_general(*number),
        Value::Str(text) => text.to_string(),
        Value::List(list) => format!("[{}]", list.iter().map(go_dump).collect::<Vec<_>>().join(" ")),
        Value::Map(map) => {
            let entries = map.iter().map(|(key, value)| format!("{key}:{}", go_dump(value)));
            format!("map[{}]", entries.collect::<Vec<_>>().join(" "))
        }
    }
}

/// The API server's answer to a patch that makes something of a wrong type:
/// `patch: Invalid value: "map[…]": unrecognized type: int32`.
pub fn invalid_patch(shown: &str, why: &str) -> String {
    format!("patch: Invalid value: {}: {why}", go_quoted(shown))
}

#[cfg(test)]
mod tests;
