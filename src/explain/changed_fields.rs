//! Which fields differ between two states of an object, in a few characters each.

use crate::model::{Object, Value, to_json};
use crate::ordering::Order;

/// The fields that differ: `spec.replicas 3 → 5`, in the order of the old ones.
pub fn fields_of(old: &Object, new: &Object) -> Vec<String> {
    let mut found = Vec::new();
    let is_told = |name: &str| name != "status";
    for (name, value) in old.body.iter().filter(|(name, _)| is_told(name)) {
        compare(name, Some(value), new.body.get(name), &mut found);
    }
    for (name, value) in new.body.iter().filter(|(name, _)| is_told(name) && !old.body.contains_key(name)) {
        compare(name, None, Some(value), &mut found);
    }
    for (name, value) in new.meta.labels.iter() {
        if old.meta.label(name) != value.as_str() {
            found.push(format!("metadata.labels.{name} {} → {value}", dash(old.meta.label(name))));
        }
    }
    for (name, value) in old.meta.labels.iter().filter(|(name, _)| !new.meta.labels.contains_key(name)) {
        found.push(format!("metadata.labels.{name} {value} → –"));
    }
    found
}

fn dash(text: &str) -> &str {
    if text.is_empty() { "–" } else { text }
}

fn compare(path: &str, old: Option<&Value>, new: Option<&Value>, found: &mut Vec<String>) {
    if old == new {
        return;
    }
    match (old, new) {
        (Some(Value::Map(before)), Some(Value::Map(after))) => {
            for (name, value) in before.iter() {
                compare(&format!("{path}.{name}"), Some(value), after.get(name), found);
            }
            for (name, value) in after.iter().filter(|(name, _)| !before.contains_key(name)) {
                compare(&format!("{path}.{name}"), None, Some(value), found);
            }
        }
        (Some(Value::List(before)), Some(Value::List(after))) if are_named(before) && are_named(after) => {
            compare_named(path, before, after, found);
        }
        (Some(Value::List(before)), Some(Value::List(after))) if before.len() == after.len() => {
            for (at, (before, after)) in before.iter().zip(after.iter()).enumerate() {
                let name = after.str_at(&["name"]);
                let place = if name.is_empty() { at.to_string() } else { name.to_string() };
                compare(&format!("{path}[{place}]"), Some(before), Some(after), found);
            }
        }
        (None, Some(Value::List(after))) if !after.is_empty() && are_named(after) => {
            compare_named(path, &[], after, found);
        }
        (Some(Value::List(before)), None) if !before.is_empty() && are_named(before) => {
            compare_named(path, before, &[], found);
        }
        (old, new) => found.push(format!("{path} {} → {}", brief(old), brief(new))),
    }
}

/// What tells an item of a list from the others; empty where nothing is known to.
fn identity(item: &Value) -> String {
    if let Some(taint) = taint_id(item) {
        return taint;
    }
    let names = ["name", "type", "mountPath", "ip"];
    names.into_iter().map(|name| item.str_at(&[name])).find(|name| !name.is_empty()).unwrap_or_default().to_string()
}

/// A node's taint is one by its key and effect.
fn taint_id(item: &Value) -> Option<String> {
    let (key, effect) = (item.str_at(&["key"]), item.str_at(&["effect"]));
    (!key.is_empty() && !effect.is_empty()).then(|| format!("{key}:{effect}"))
}

/// Whether all items of a list can be told from one another.
fn are_named(items: &[Value]) -> bool {
    let names: Vec<String> = items.iter().map(identity).collect();
    names.iter().enumerate().all(|(at, name)| !name.is_empty() && names.iter().take(at).all(|it| it != name))
}

/// Lists whose items have names: each with the one of its name.
fn compare_named(path: &str, before: &[Value], after: &[Value], found: &mut Vec<String>) {
    let named = |items: &[Value], name: &str| items.iter().find(|item| identity(item) == name).cloned();
    for item in before {
        let name = identity(item);
        match (named(after, &name), taint(item)) {
            (None, Some(taint)) => found.push(format!("{path} {taint} → –")),
            (other, _) => compare(&format!("{path}[{name}]"), Some(item), other.as_ref(), found),
        }
    }
    for item in after.iter().filter(|item| named(before, &identity(item)).is_none()) {
        match taint(item) {
            Some(taint) => found.push(format!("{path} – → {taint}")),
            None => compare(&format!("{path}[{}]", identity(item)), None, Some(item), found),
        }
    }
}

/// A taint as `kubectl taint` takes it.
fn taint(item: &Value) -> Option<String> {
    let id = taint_id(item)?;
    let value = item.str_at(&["value"]);
    let (key, effect) = (item.str_at(&["key"]), item.str_at(&["effect"]));
    Some(if value.is_empty() { id } else { format!("{key}={value}:{effect}") })
}

/// A value in a few characters.
fn brief(value: Option<&Value>) -> String {
    match value {
        None => "–".into(),
        Some(value) => match (value.as_str(), value.as_i64(), value.as_bool()) {
            (Some(text), ..) => text.chars().take(60).collect(),
            (_, Some(number), _) => number.to_string(),
            (.., Some(flag)) => flag.to_string(),
            _ => {
                let mut leaves = Vec::new();
                leaves_of(value, "", 0, &mut leaves);
                // What stands deepest tells most: the rest of a probe are defaults.
                leaves.order_by_key(|(depth, _)| std::cmp::Reverse(*depth));
                let all = leaves.into_iter().map(|(_, leaf)| leaf).collect::<Vec<_>>().join(", ");
                let cut: String = all.chars().take(BRIEF_MAX).collect();
                if cut.len() < all.len() { format!("{cut}…") } else { cut }
            }
        },
    }
}

/// The most characters of a value that is more than one.
const BRIEF_MAX: usize = 60;
/// The most leaves of a value that are gone through.
const LEAVES_MAX: usize = 100;

/// What a map or a list holds in the end, as `tcpSocket.port=9999`, with how deep it stands.
fn leaves_of(value: &Value, path: &str, depth: usize, leaves: &mut Vec<(usize, String)>) {
    let below = |name: &str| if path.is_empty() { name.to_string() } else { format!("{path}.{name}") };
    match value {
        _ if leaves.len() >= LEAVES_MAX => {}
        Value::Map(map) => map.iter().for_each(|(name, value)| leaves_of(value, &below(name), depth + 1, leaves)),
        Value::List(list) if list.iter().all(|item| item.as_str().is_some()) => {
            let words = list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ");
            leaves.push((depth, if path.is_empty() { words } else { format!("{path}={words}") }));
        }
        Value::List(list) => {
            list.iter()
                .enumerate()
                .for_each(|(at, value)| leaves_of(value, &below(&at.to_string()), depth + 1, leaves));
        }
        value if path.is_empty() => leaves.push((depth, to_json(value))),
        value => leaves.push((depth, format!("{path}={}", brief(Some(value))))),
    }
}
