//! Makes the patch that `kubectl apply` sends: what the manifest changes, and what it no longer says.
//!
//! Follows `CreateThreeWayMergePatch` in apimachinery's `strategicpatch`.

use crate::model::{Map, Text, Value, ValueIndex};
use crate::obj;
use crate::schema::{Field, Merge, Struct, Type};

/// The patch that turns `current` into what `modified` says, and drops what `original` said and `modified` does not.
/// An empty object means that nothing changes.
pub fn three_way_patch(original: Option<&Value>, modified: &Value, current: &Value, root: &'static Struct) -> Value {
    let nothing = Map::new();
    let map = |value: &Value| value.as_map().cloned().unwrap_or_default();
    let original = original.map_or(nothing, map);
    let (modified, current) = (map(modified), map(current));
    let delta = diff_maps(&current, &modified, Some(root), Mode::Changes);
    let deletions = diff_maps(&original, &modified, Some(root), Mode::Deletions);
    Value::from(combine(&deletions, &delta, Some(root)))
}

/// Which differences are wanted.
#[derive(Clone, Copy, PartialEq)]
enum Mode {
    /// What is new or different.
    Changes,
    /// What is gone.
    Deletions,
}

fn field(of: Option<&'static Struct>, name: &str) -> Option<&'static Field> {
    of.and_then(|of| of.field(name))
}

fn diff_maps(before: &Map, after: &Map, of: Option<&'static Struct>, mode: Mode) -> Map {
    let mut patch = Map::new();
    for (key, old) in before.iter() {
        match after.get(key) {
            None if mode == Mode::Deletions => _ = patch.insert(key.clone(), Value::Null),
            None => {}
            Some(new) => diff_entry(&mut patch, key, old, new, field(of, key), mode),
        }
    }
    if mode == Mode::Changes {
        for (key, new) in after.iter().filter(|(key, _)| !before.contains_key(key)) {
            patch.insert(key.clone(), new.clone());
        }
    }
    patch
}

fn diff_entry(patch: &mut Map, key: &Text, old: &Value, new: &Value, field: Option<&'static Field>, mode: Mode) {
    match (old, new) {
        (Value::Map(old), Value::Map(new)) if field.is_none_or(|field| field.merge != Merge::Replace) => {
            let inner = field.and_then(|field| match &field.kind {
                Type::Struct(_) => field.kind.structure(),
                _ => None,
            });
            let changes = diff_maps(old, new, inner, mode);
            if !changes.is_empty() {
                patch.insert(key.clone(), changes.into());
            }
        }
        // What replaces as a whole is sent whether it differs or not (`handleMapDiff` of apimachinery's strategicpatch).
        (Value::Map(_), Value::Map(new)) if mode == Mode::Changes => _ = patch.insert(key.clone(), new.clone().into()),
        (Value::List(old), Value::List(new)) => match field.map(|field| field.merge) {
            Some(Merge::ByKey(merge_key)) => {
                let rule = field.map(|field| (field.kind.structure(), field.retains_keys));
                let (of, retains) = rule.unwrap_or((None, false));
                diff_keyed(patch, key, old, new, &Keyed { merge_key, of, retains, mode });
            }
            Some(Merge::AsSet) => diff_set(patch, key, old, new, mode),
            _ if mode == Mode::Changes && old != new => _ = patch.insert(key.clone(), Value::List(new.clone())),
            _ => {}
        },
        (old, new) if mode == Mode::Changes && old != new => _ = patch.insert(key.clone(), new.clone()),
        _ => {}
    }
}

struct Keyed {
    merge_key: &'static str,
    of: Option<&'static Struct>,
    retains: bool,
    mode: Mode,
}

fn diff_keyed(patch: &mut Map, key: &Text, old: &[Value], new: &[Value], rule: &Keyed) {
    let id = |element: &Value| element.get(rule.merge_key).cloned().unwrap_or_default();
    let places = |list| ValueIndex::by_field(list, rule.merge_key);
    let (old_places, new_places) = (places(old), places(new));
    if new_places.has(&Value::Null) {
        // Without their key they cannot be told apart: the list goes as a whole, and its rules find what is missing.
        if rule.mode == Mode::Changes && old != new {
            let whole = std::iter::once(obj! { "$patch" => "replace" }).chain(new.iter().cloned());
            patch.insert(key.clone(), whole.collect::<Vec<_>>().into());
        }
        return;
    }
    let mut list = Vec::new();
    for element in new {
        let before = old_places.at(&id(element)).and_then(|at| old.get(at));
        match (before.and_then(Value::as_map), element.as_map()) {
            (Some(before), Some(after)) => {
                let mut changes = diff_maps(before, after, rule.of, rule.mode);
                if !changes.is_empty() {
                    changes.insert(rule.merge_key, id(element));
                    if rule.retains {
                        changes.insert("$retainKeys", retained(after));
                    }
                    list.push(Value::from(changes));
                }
            }
            (None, Some(after)) if rule.mode == Mode::Changes => {
                let mut added = after.clone();
                if rule.retains {
                    added.insert("$retainKeys", retained(after));
                }
                list.push(Value::from(added));
            }
            _ => {}
        }
    }
    if rule.mode == Mode::Deletions {
        for element in old.iter().filter(|element| !new_places.has(&id(element))) {
            let mut gone = obj! { "$patch" => "delete" };
            gone.map_mut().insert(rule.merge_key, id(element));
            list.push(gone);
        }
    }
    let common = |from: &[Value], with: &ValueIndex<'_>| -> Vec<Value> {
        from.iter().map(id).filter(|id| with.has(id)).collect()
    };
    let is_reordered = rule.mode == Mode::Changes && common(old, &new_places) != common(new, &old_places);
    if !list.is_empty() || is_reordered {
        let order: Vec<Value> = new
            .iter()
            .map(|element| {
                let mut only_key = Map::new();
                only_key.insert(rule.merge_key, id(element));
                Value::from(only_key)
            })
            .collect();
        patch.insert(Text::from(format!("$setElementOrder/{key}")), order.into());
    }
    if !list.is_empty() {
        patch.insert(key.clone(), list.into());
    }
}

fn retained(map: &Map) -> Value {
    map.keys().map(Value::from).collect::<Vec<_>>().into()
}

fn diff_set(patch: &mut Map, key: &Text, old: &[Value], new: &[Value], mode: Mode) {
    let (from, without) = if mode == Mode::Changes { (new, old) } else { (old, new) };
    let known = ValueIndex::of(without);
    let list: Vec<Value> = from.iter().filter(|element| !known.has(element)).cloned().collect();
    if list.is_empty() {
        return;
    }
    patch.insert(Text::from(format!("$setElementOrder/{key}")), new.to_vec().into());
    match mode {
        Mode::Changes => patch.insert(key.clone(), list.into()),
        Mode::Deletions => patch.insert(Text::from(format!("$deleteFromPrimitiveList/{key}")), list.into()),
    };
}

/// Both patches as one: maps merge, keyed lists are joined element by element.
fn combine(deletions: &Map, delta: &Map, of: Option<&'static Struct>) -> Map {
    let mut out = deletions.clone();
    for (key, change) in delta.iter() {
        let combined = match (out.get(key), change) {
            (Some(Value::Map(before)), Value::Map(change)) => {
                let inner = field(of, key).and_then(|field| field.kind.structure());
                combine(before, change, inner).into()
            }
            (Some(Value::List(before)), Value::List(change)) if !key.starts_with('$') => {
                match field(of, key).map(|field| field.merge) {
                    Some(Merge::ByKey(merge_key)) => {
                        let inner = field(of, key).and_then(|field| field.kind.structure());
                        combine_lists(before, change, merge_key, inner).into()
                    }
                    _ => Value::List(change.clone()),
                }
            }
            (_, change) => change.clone(),
        };
        out.insert(key.clone(), combined);
    }
    out
}

fn combine_lists(before: &[Value], change: &[Value], merge_key: &str, of: Option<&'static Struct>) -> Vec<Value> {
    let mut out: Vec<Value> = change.to_vec();
    let places = ValueIndex::by_field(change, merge_key);
    for element in before {
        let place = places.at(element.get(merge_key).unwrap_or(&Value::Null)).and_then(|at| out.get_mut(at));
        match (place, element) {
            (Some(slot), Value::Map(element)) => {
                if let Value::Map(change) = slot.clone() {
                    *slot = combine(element, &change, of).into();
                }
            }
            _ => out.push(element.clone()),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::patch::strategic_merge;
    use crate::model::parse_json;
    use crate::model::to_json;
    use crate::schema;

    fn json(text: &str) -> Value {
        parse_json(text).unwrap()
    }

    #[track_caller]
    fn check(original: &str, modified: &str, current: &str, patch: &str, result: &str) {
        let root = schema::structure("core.PodSpec").unwrap();
        let made = three_way_patch(Some(&json(original)), &json(modified), &json(current), root);
        assert_eq!(to_json(&made), patch);
        assert_eq!(to_json(&strategic_merge(&json(current), &made, root).unwrap()), result);
    }

    #[test]
    fn what_nobody_else_wrote_is_kept() {
        check(
            r#"{"hostname":"a","nodeName":"n"}"#,
            r#"{"hostname":"b"}"#,
            r#"{"hostname":"a","nodeName":"n","subdomain":"s"}"#,
            r#"{"hostname":"b","nodeName":null}"#,
            r#"{"hostname":"b","subdomain":"s"}"#,
        );
    }

    #[test]
    fn lists_are_compared_by_their_key() {
        check(
            r#"{"containers":[{"name":"a","image":"1"},{"name":"b"}]}"#,
            r#"{"containers":[{"name":"a","image":"2"}]}"#,
            r#"{"containers":[{"name":"a","image":"1","tty":true},{"name":"b"},{"name":"injected"}]}"#,
            r#"{"$setElementOrder/containers":[{"name":"a"}],"containers":[{"image":"2","name":"a"},{"$patch":"delete","name":"b"}]}"#,
            r#"{"containers":[{"image":"2","name":"a","tty":true},{"name":"injected"}]}"#,
        );
    }

    #[test]
    fn a_list_that_lost_its_keys_goes_as_a_whole() {
        check(
            r#"{"containers":[{"name":"a","image":"1"}]}"#,
            r#"{"containers":[{"image":"2"}]}"#,
            r#"{"containers":[{"name":"a","image":"1"}]}"#,
            r#"{"containers":[{"$patch":"replace"},{"image":"2"}]}"#,
            r#"{"containers":[{"image":"2"}]}"#,
        );
    }

    #[test]
    fn nothing_to_do_is_an_empty_patch() {
        check(
            r#"{"hostname":"a"}"#,
            r#"{"hostname":"a"}"#,
            r#"{"hostname":"a","x":1}"#,
            "{}",
            r#"{"hostname":"a","x":1}"#,
        );
    }

    #[test]
    fn long_lists_take_time_by_their_length() {
        let list = |from: usize, value: &str| -> Value {
            let entry = |at: usize| obj! { "name" => Text::from(format!("V{at}")), "value" => Text::new(value) };
            let env: Vec<Value> = (from..from + 10_000).map(entry).collect();
            obj! { "name" => "a", "env" => env }
        };
        let pod = |container: Value| obj! { "containers" => vec![container] };
        let (old, new) = (pod(list(0, "x")), pod(list(1, "y")));
        let root = schema::structure("core.PodSpec").unwrap();
        let patch = three_way_patch(Some(&old), &new, &old, root);
        assert_eq!(strategic_merge(&old, &patch, root).unwrap(), new);
    }
}
