//! A configuration laid over an object: what is applied wins, and its lists keep the order that it gives them.
//!
//! Follows structured-merge-diff's `typed/merge.go`.

use super::field_sets::parts;
use super::shape::Shape;
use crate::model::{Map, SortedMap, Text, Value};

/// An element of a list with its name in `fieldsV1`.
type Element<'v> = (Text, &'v Value, Shape);

/// `config` over `live`. Where both are empty it is the configuration that says whether that is `null` or an object.
pub(super) fn merge(live: &Value, config: &Value, shape: &Shape) -> Value {
    match shape {
        shape if shape.is_whole(&as_object(live, config), config) => config.clone(),
        Shape::Fields(_) | Shape::Schema(..) | Shape::Deduced | Shape::Whole => {
            let mut out = live.as_map().cloned().unwrap_or_default();
            for (name, value) in config.as_map().into_iter().flat_map(Map::iter) {
                let inner = shape.of_field(name).1;
                let merged = merge(out.get(name).unwrap_or(&Value::Null), value, &inner);
                out.insert(name.clone(), merged);
            }
            if out.is_empty() { config.clone() } else { out.into() }
        }
        Shape::Elements(..) | Shape::Set => {
            let merged = merge_lists(&parts(live, shape), &parts(config, shape));
            if merged.is_empty() { config.clone() } else { merged.into() }
        }
    }
}

/// What is there already, or nothing of the same sort.
fn as_object(live: &Value, config: &Value) -> Value {
    if live.is_null() && config.as_map().is_some() { Value::map() } else { live.clone() }
}

/// The elements of both lists. Those of the configuration stand in its order; one that only the object has keeps its
/// place among its neighbours of the object, as far as these have not moved.
fn merge_lists(live: &[Element], config: &[Element]) -> Vec<Value> {
    // Whether each element of the configuration has had its turn.
    let mut taken: SortedMap<bool> = config.iter().map(|element| (element.0.clone(), false)).collect();
    let known = unique(live);
    let mut shared = config.iter().map(|element| &element.0).filter(|name| known.contains_key(name));
    let mut next = shared.next();
    let mut out = Vec::new();
    let (mut mine, mut theirs) = (config.iter().peekable(), live.iter().peekable());
    while mine.peek().is_some() || theirs.peek().is_some() {
        if let Some((name, element, _)) = theirs.peek() {
            let Some(is_taken) = taken.get(name).copied() else {
                out.push(Value::clone(element));
                _ = theirs.next();
                continue;
            };
            let is_level = mine.peek().is_some_and(|element| element.0 == *name);
            // Another turn comes for it, or it has had its turn.
            let is_early = mine.peek().is_some() && !is_level && next.is_some_and(|next| next != name);
            let is_over = !is_level && !is_early && is_taken;
            if is_level || is_early || is_over {
                _ = theirs.next();
            }
            if is_early {
                continue;
            }
        }
        let Some((name, element, inner)) = mine.next() else { continue };
        taken.insert(name.clone(), true);
        let old = known.get(name).copied().flatten();
        out.push(merge(old.unwrap_or(&Value::Null), element, inner));
        if next == Some(name) {
            next = shared.next();
        }
    }
    out
}

/// The elements by their names; what stands there more than once is merged with nothing.
fn unique<'v>(list: &[Element<'v>]) -> SortedMap<Option<&'v Value>> {
    let mut found = SortedMap::with_capacity(list.len());
    for (name, element, _) in list {
        let is_new = !found.contains_key(name);
        found.insert(name.clone(), is_new.then_some(*element));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::to_json;

    /// The values of a list that is merged as a set.
    fn merged(live: &str, config: &str) -> String {
        let list = |text: &str| Value::from(text.split_whitespace().map(Value::text).collect::<Vec<_>>());
        let merged = merge(&list(live), &list(config), &Shape::Set);
        merged.as_list().unwrap().iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_is_applied_gives_the_order_and_the_others_stay_between() {
        for (live, config, expected) in [
            ("a b c", "x b c", "a x b c"),
            ("a b c", "c b a", "c b a"),
            ("a b", "x b", "a x b"),
            ("a b c", "a b c", "a b c"),
            ("a b c", "b", "a b c"),
            ("a x b y c", "c a", "x b y c a"),
            ("", "b a", "b a"),
            ("a b", "", "a b"),
            ("a a b", "b a", "b a"),
            ("a a b", "b", "a a b"),
        ] {
            assert_eq!(merged(live, config), expected, "{live} with {config}");
        }
    }

    #[test]
    fn an_empty_value_is_what_the_configuration_calls_it() {
        for (live, config, expected) in
            [(Value::Null, Value::map(), "{}"), (Value::map(), Value::Null, "null"), (Value::Null, Value::Null, "null")]
        {
            assert_eq!(to_json(&merge(&live, &config, &Shape::Fields(None))), expected);
        }
    }
}
