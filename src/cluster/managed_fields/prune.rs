//! What goes from an object because the one who applied it no longer does.
//!
//! Follows structured-merge-diff's `merge/update.go` (`prune`) and `typed/remove.go`.

use super::field_sets::{all_of, both, is_member, minus, name_of, named, union};
use super::shape::Shape;
use crate::model::{Map, Value};

/// `merged` without what `last` has, unless it stands in `kept`, the sets of all managers of today. A field of a struct
/// goes whole, with the defaults inside it, where `last` had something in it and nobody else has.
pub(super) fn prune(merged: &Value, last: &Value, kept: &Value, shape: &Shape) -> Value {
    if last.is_null() {
        return merged.clone();
    }
    let all = |value: &Value| named(&all_of(value, shape, false), shape);
    let (last, before) = (named(last, shape), all(merged));
    let pruned = without(merged, &last, shape);
    // What somebody has stays, with all that it stands in.
    let gone = minus(&before, &union(&all(&pruned), &named(kept, shape)));
    let pruned = without(merged, &gone, shape);
    // What nobody has stays, if something else in the same struct does.
    let gone = both(&minus(&before, &all(&pruned)), &last);
    without(merged, &gone, shape)
}

/// `value` without the fields of a set; what has become empty by that goes as well.
fn without(value: &Value, gone: &Value, shape: &Shape) -> Value {
    // `None` for what goes.
    let left = |value: &Value, part: Option<&Value>, inner: &Shape| match part {
        None => Some(value.clone()),
        Some(part) if is_member(part) => None,
        Some(part) => Some(without(value, part, inner)),
    };
    match (shape, value) {
        (Shape::Fields(_) | Shape::Schema(..) | Shape::Deduced, Value::Map(map)) => {
            let mut out = Map::new();
            for (name, field) in map.iter() {
                let inner = shape.of_field(name).1;
                let part = gone.get(&format!("f:{name}"));
                match left(field, part, &inner) {
                    Some(Value::Map(left)) if part.is_some() && left.is_empty() => {}
                    Some(Value::List(left)) if part.is_some() && left.is_empty() => {}
                    Some(left) => _ = out.insert(name.clone(), left),
                    None => {}
                }
            }
            out.into()
        }
        (Shape::Elements(..) | Shape::Set, Value::List(list)) => {
            let of_element = |element: &Value| {
                let part = name_of(element, shape).and_then(|name| gone.get(&name));
                left(element, part, &shape.of_elements())
            };
            list.iter().filter_map(of_element).collect::<Vec<_>>().into()
        }
        _ => value.clone(),
    }
}
