//! The ordinal in the name of a set's pod: `web-2` is number 2 of `web`, and `web-x` is none. Where numbers begin
//! (`ordinals.start`) the set says.

/// The name of the set and the ordinal in a pod's name. `None` if the name does not end in a number; the ordinal is -1 if
/// the number is too large.
///
/// Follows `getParentNameAndOrdinal` in pkg/controller/statefulset/stateful_set_utils.go.
pub fn parent_and_ordinal(name: &str) -> Option<(&str, i64)> {
    let (parent, digits) = name.rsplit_once('-')?;
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some((parent, digits.parse::<i32>().map_or(-1, i64::from)))
}

/// The ordinal of a pod of the set called `set`; `None` if the name is not one of its.
pub fn ordinal_in(set: &str, pod: &str) -> Option<i64> {
    parent_and_ordinal(pod).filter(|(parent, _)| *parent == set).map(|(_, ordinal)| ordinal)
}
