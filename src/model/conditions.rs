//! The conditions in an object's status, read by their type; knows no kind.

use super::{Millis, Object, Value};

/// The phase of a pod, a claim, a volume or a namespace; empty before its first status.
pub fn phase(object: &Object) -> &str {
    object.str_at(&["status", "phase"])
}

/// The word of an object's status for why it is as it is; empty for none.
pub fn status_reason(object: &Object) -> &str {
    object.str_at(&["status", "reason"])
}

/// The conditions of an object. Shape: `type`, `status`, `reason`, `message` and times.
pub fn all_conditions(object: &Object) -> &[Value] {
    object.list_at(&["status", "conditions"])
}

/// The condition of an object called `kind`. Shape: an entry of `status.conditions`.
pub fn condition<'a>(object: &'a Object, kind: &str) -> Option<&'a Value> {
    all_conditions(object).iter().find(|condition| condition.str_at(&["type"]) == kind)
}

/// Whether the condition called `kind` is `True`.
pub fn is_true(object: &Object, kind: &str) -> bool {
    condition(object, kind).is_some_and(|condition| condition.str_at(&["status"]) == "True")
}

/// The condition called `kind`, if it is `False`: it says why.
pub fn false_condition<'a>(object: &'a Object, kind: &str) -> Option<&'a Value> {
    condition(object, kind).filter(|condition| condition.str_at(&["status"]) == "False")
}

/// When the condition called `kind` changed last.
pub fn changed_at(object: &Object, kind: &str) -> Option<Millis> {
    Millis::parse_rfc3339(condition(object, kind)?.str_at(&["lastTransitionTime"]))
}

/// Since when the condition called `kind` is `True`; long ago, if it does not say.
pub fn true_since(object: &Object, kind: &str) -> Option<Millis> {
    is_true(object, kind).then(|| changed_at(object, kind).unwrap_or(Millis(i64::MIN / 2)))
}

/// Puts a condition in the place of the one of its type, or behind the others.
pub fn set_condition(object: &mut Object, condition: Value) {
    let conditions = object.at_mut(&["status", "conditions"]).list_mut();
    match conditions.iter_mut().find(|c| c.str_at(&["type"]) == condition.str_at(&["type"])) {
        Some(place) => *place = condition,
        None => conditions.push(condition),
    }
}
