//! Patches: strategic merge with its directives, JSON merge (RFC 7386) and JSON patch (RFC 6902), on trees.
//!
//! Strategic merge stands in `strategic`. What a patched tree means as an object is the business of `super::client_writes`.

use crate::api::go_quoted;
use crate::model::json::go_general;
use crate::model::{Text, Value, to_json};
use std::fmt;

mod strategic;

pub use strategic::strategic_merge;

/// The most operations of a JSON patch.
const OPERATIONS_MAX: usize = 10_000;
/// The most bytes that the copies of a JSON patch may come to.
const COPIED_MAX: usize = 3 * 1024 * 1024;

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
    /// It cannot be merged; the API server's words, which it gives no reason for.
    Plain(String),
    /// It cannot be applied to this object.
    Rejected,
    /// It asks for too much at once; the API server's words.
    TooLarge(String),
}

impl fmt::Display for PatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PatchError::BadRequest(why) | PatchError::Plain(why) | PatchError::TooLarge(why) => f.write_str(why),
            PatchError::Rejected => f.write_str("the server rejected our request due to an error in our request"),
        }
    }
}

impl std::error::Error for PatchError {}

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

/// The value with a JSON patch applied.
///
/// # Errors
/// `BadRequest` if it is not a list of operations, `TooLarge` if there are too many of them, `Rejected` if one of them does
/// not fit the value or copies too much.
pub fn json_patch(current: &Value, operations: &Value) -> Result<Value, PatchError> {
    let Value::List(operations) = operations else {
        let what = if matches!(operations, Value::Map(_)) { "object" } else { "value" };
        let message = format!("json: cannot unmarshal {what} into Go value of type jsonpatch.Patch");
        return Err(PatchError::BadRequest(message));
    };
    if operations.len() > OPERATIONS_MAX {
        let (most, count) = (OPERATIONS_MAX, operations.len());
        let message = format!("The allowed maximum operations in a JSON patch is {most}, got {count}");
        return Err(PatchError::TooLarge(message));
    }
    let (mut out, mut copied) = (current.clone(), 0);
    for operation in operations.iter() {
        run(&mut out, operation, &mut copied).ok_or(PatchError::Rejected)?;
    }
    Ok(out)
}

/// Follows evanphx/json-patch, version 4, which client and server use: it lets `replace` set a field that is missing at
/// the end of the path, takes null for a value that is missing, and counts negative indexes from the end. `copied` counts
/// the bytes of all copies.
fn run(value: &mut Value, operation: &Value, copied: &mut usize) -> Option<()> {
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
            let copy = match find(value, &from) {
                Some(found) => {
                    // Copies of copies would grow without end.
                    *copied += to_json(found).len();
                    if *copied > COPIED_MAX {
                        return None;
                    }
                    found.clone()
                }
                // A field that is missing is copied as null.
                None => match find(value, from.split_last()?.1)? {
                    Value::Map(_) => Value::Null,
                    _ => return None,
                },
            };
            add(value, &path, copy)
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
