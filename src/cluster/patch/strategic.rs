//! Strategic merge: maps merge field by field, lists by the rules of the API's types, directives say what else.
//!
//! Follows apimachinery's `pkg/util/strategicpatch`.

use super::{PatchError, go_dump};
use crate::model::{Map, Text, Value, ValueIndex};
use crate::ordering::Order;
use crate::schema::{Field, Merge, Struct, Type};

const PATCH: &str = "$patch";
const RETAIN_KEYS: &str = "$retainKeys";
const ELEMENT_ORDER: &str = "$setElementOrder/";
const DELETE_PRIMITIVES: &str = "$deleteFromPrimitiveList/";

/// The value with a strategic merge patch applied.
///
/// # Errors
/// `BadRequest` for a patch that is not an object, `Plain` or `BadRequest` for one whose directives are wrong.
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

impl ListRule {
    fn of_field(of: Option<&'static Struct>, name: &str) -> ListRule {
        match field(of, name) {
            Some(field) => ListRule { of: field.kind.structure(), merge: field.merge },
            None => ListRule { of: None, merge: Merge::Plain },
        }
    }

    /// The field by which elements are the same, if there is one.
    fn key(&self) -> Option<&'static str> {
        match self.merge {
            Merge::ByKey(key) => Some(key),
            _ => None,
        }
    }

    /// What makes an element the one that it is: its key, or all of it.
    ///
    /// # Errors
    /// An element that has no key.
    fn id<'v>(&self, element: &'v Value) -> Result<&'v Value, PatchError> {
        let Some(key) = self.key() else { return Ok(element) };
        if element.as_map().is_none() {
            return Err(wrong_type("map[string]interface {}", element));
        }
        element.get(key).ok_or_else(|| no_key(element, key))
    }

    /// Where the elements of a list stand, those that have no key as `null`.
    fn places<'v>(&self, list: &'v [Value]) -> ValueIndex<'v> {
        ValueIndex::of(list.iter().map(|element| self.id(element).unwrap_or(&Value::Null)))
    }

    /// The place of an element.
    fn place_in(&self, places: &ValueIndex<'_>, element: &Value) -> Option<usize> {
        places.at(self.id(element).unwrap_or(&Value::Null))
    }
}

fn field(of: Option<&'static Struct>, name: &str) -> Option<&'static Field> {
    of.and_then(|of| of.field(name))
}

/// A directive that says nothing in its place.
fn bad_type(directive: &Value, place: &Value) -> PatchError {
    PatchError::Plain(format!("unknown patch type: {} in map: {}", go_dump(directive), go_dump(place)))
}

fn no_key(element: &Value, key: &str) -> PatchError {
    PatchError::Plain(format!("map: {} does not contain declared merge key: {key}", go_dump(element)))
}

fn wrong_type(expected: &str, value: &Value) -> PatchError {
    PatchError::Plain(format!("expected a {expected}, but received a {}", value.go_type()))
}

fn merge_map(current: &Map, patch: &Map, of: Option<&'static Struct>) -> Result<Map, PatchError> {
    if let Some(directive) = patch.get(PATCH) {
        return match directive.as_str() {
            Some("replace") => {
                let mut out = patch.clone();
                out.remove(PATCH);
                Ok(out)
            }
            Some("delete") => Ok(Map::new()),
            _ => Err(bad_type(directive, &Value::Map(patch.clone()))),
        };
    }
    let mut out = current.clone();
    if let Some(kept) = patch.get(RETAIN_KEYS) {
        retain_keys(&mut out, patch, kept)?;
    }
    for (key, order) in patch.iter() {
        if let Some(name) = key.strip_prefix(ELEMENT_ORDER) {
            set_order(&mut out, patch, name, order, of)?;
        }
    }
    for (key, value) in patch.iter() {
        let is_done = key == RETAIN_KEYS || key.starts_with(ELEMENT_ORDER);
        if !is_done && !patch.contains_key(&format!("{ELEMENT_ORDER}{key}")) {
            merge_entry(&mut out, key, value, of)?;
        }
    }
    Ok(out)
}

/// Keeps the named keys alone; the patch may say nothing of others.
fn retain_keys(out: &mut Map, patch: &Map, kept: &Value) -> Result<(), PatchError> {
    let bad = || PatchError::BadRequest("invalid patch format of retainKeys".into());
    let kept = kept.as_list().ok_or_else(bad)?;
    let is_kept = |key: &str| kept.iter().any(|name| name.as_str() == Some(key));
    let is_directive =
        |key: &str| key == RETAIN_KEYS || key.starts_with(ELEMENT_ORDER) || key.starts_with(DELETE_PRIMITIVES);
    if patch.iter().any(|(key, value)| !value.is_null() && !is_directive(key) && !is_kept(key)) {
        return Err(bad());
    }
    out.retain(|key, _| is_kept(key));
    Ok(())
}

fn merge_entry(out: &mut Map, key: &Text, value: &Value, of: Option<&'static Struct>) -> Result<(), PatchError> {
    let deleted = key.strip_prefix(DELETE_PRIMITIVES);
    let name = deleted.map_or_else(|| key.clone(), Text::new);
    if value.is_null() {
        out.remove(&name);
        return Ok(());
    }
    let merged = match (out.get(&name), value) {
        (Some(Value::Map(current)), Value::Map(change)) => {
            let field = field(of, &name);
            match field.is_some_and(|field| field.merge == Merge::Replace) {
                true => Some(value.clone()),
                false => {
                    let inner = field.filter(|it| matches!(it.kind, Type::Struct(_)));
                    Some(merge_map(current, change, inner.and_then(|it| it.kind.structure()))?.into())
                }
            }
        }
        (Some(Value::List(current)), Value::List(change)) => {
            let rule = ListRule::of_field(of, &name);
            Some(merge_list(current, change, &rule, deleted.is_some())?.into())
        }
        _ if deleted.is_some() => return Ok(()),
        _ => without_directives(value),
    };
    match merged {
        Some(merged) => _ = out.insert(name, merged),
        None => _ = out.remove(&name),
    }
    Ok(())
}

/// A value that nothing stands against: what is not set stays unset, and what has a directive has nothing to say it of.
fn without_directives(value: &Value) -> Option<Value> {
    match value {
        Value::Map(map) if map.contains_key(PATCH) => None,
        Value::Map(map) => {
            let set = map.iter().filter(|(_, value)| !value.is_null());
            Some(set.filter_map(|(key, value)| Some((key.clone(), without_directives(value)?))).collect::<Map>().into())
        }
        Value::List(list) => Some(list.iter().filter_map(without_directives).collect::<Vec<_>>().into()),
        other => Some(other.clone()),
    }
}

/// Lists whose elements are of several types merge with nothing.
fn check_types(current: &[Value], change: &[Value]) -> Result<(), PatchError> {
    let mut all = current.iter().chain(change);
    let Some(first) = all.next() else { return Ok(()) };
    if first.as_list().is_some() {
        return Err(PatchError::Plain("lists of lists are not supported".into()));
    }
    if all.any(|other| other.go_type() != first.go_type()) {
        let lists: Vec<Value> = vec![current.to_vec().into(), change.to_vec().into()];
        let shown = go_dump(&lists.into());
        return Err(PatchError::Plain(format!("list element types are not identical: {shown}")));
    }
    Ok(())
}

fn merge_list(
    current: &[Value],
    change: &[Value],
    rule: &ListRule,
    is_deletion: bool,
) -> Result<Vec<Value>, PatchError> {
    if matches!(rule.merge, Merge::Plain | Merge::Replace) && !is_deletion {
        return Ok(change.to_vec());
    }
    check_types(current, change)?;
    if current.iter().chain(change).any(|element| element.as_map().is_none()) {
        if is_deletion {
            let gone = ValueIndex::of(change);
            return Ok(current.iter().filter(|element| !gone.has(element)).cloned().collect());
        }
        let mut known = ValueIndex::default();
        let new = current.iter().chain(change).filter(|element| known.put(element, 0));
        let merged = new.cloned().collect();
        return ordered(merged, change, current, rule);
    }
    let Some(key) = rule.key() else { return Ok(change.to_vec()) };
    let (left, change) = carry_out(current, change, key)?;
    let merged = merge_by_key(&left, &change, key, rule.of)?;
    ordered(merged, &change, &left, rule)
}

/// Carries out the elements that are directives. Gives what they leave of the list, and what is still to be merged.
///
/// Follows `mergeSliceWithSpecialElements`.
fn carry_out(current: &[Value], change: &[Value], key: &str) -> Result<(Vec<Value>, Vec<Value>), PatchError> {
    let (mut gone, mut others, mut is_afresh) = (ValueIndex::default(), Vec::new(), false);
    for element in change {
        let Some(directive) = element.get(PATCH) else {
            others.push(element.clone());
            continue;
        };
        match directive.as_str() {
            Some("delete") => {
                gone.put(element.get(key).ok_or_else(|| no_key(element, key))?, 0);
            }
            Some("replace") => is_afresh = true,
            Some("merge") => {
                return Err(PatchError::Plain("merging lists cannot yet be specified in the patch".into()));
            }
            _ => return Err(bad_type(directive, element)),
        }
    }
    let stays = |element: &&Value| element.get(key).is_none_or(|id| !gone.has(id));
    Ok(if is_afresh { (others, Vec::new()) } else { (current.iter().filter(stays).cloned().collect(), others) })
}

fn merge_by_key(
    current: &[Value],
    change: &[Value],
    key: &str,
    of: Option<&'static Struct>,
) -> Result<Vec<Value>, PatchError> {
    let mut out = current.to_vec();
    let mut places = ValueIndex::default();
    for (at, id) in current.iter().enumerate().filter_map(|(at, element)| Some((at, element.get(key)?))) {
        places.put(id, at);
    }
    for element in change {
        let id = element.get(key).ok_or_else(|| no_key(element, key))?;
        match places.at(id).and_then(|at| out.get_mut(at)) {
            Some(slot) => {
                if let (Value::Map(before), Value::Map(entries)) = (&*slot, element) {
                    *slot = merge_map(before, entries, of)?.into();
                }
            }
            None => {
                places.put(id, out.len());
                out.push(element.clone());
            }
        }
    }
    Ok(out)
}

/// Applies `$setElementOrder/name`, together with the patch of that list.
///
/// Follows `mergePatchIntoOriginal`.
fn set_order(
    out: &mut Map,
    patch: &Map,
    name: &str,
    order: &Value,
    of: Option<&'static Struct>,
) -> Result<(), PatchError> {
    const LIST: &str = "[]interface {}";
    let rule = ListRule::of_field(of, name);
    let order = order.as_list().ok_or_else(|| wrong_type(LIST, order))?;
    let list = |value: Option<&Value>| match value {
        Some(value) => value.as_list().map(|list| Some(list.to_vec())).ok_or_else(|| wrong_type(LIST, value)),
        None => Ok(None),
    };
    let (current, change) = (list(out.get(name))?, list(patch.get(name))?);
    check_order(change.as_deref().unwrap_or(&[]), order, &rule)?;
    let merged = match (&current, &change) {
        (None, None) => return Ok(()),
        (Some(current), None) => current.clone(),
        (None, Some(change)) => change.iter().filter_map(without_directives).collect(),
        (Some(current), Some(change)) => merge_list(current, change, &rule, false)?,
    };
    let current = current.unwrap_or_default();
    check_types(&current, change.as_deref().unwrap_or(&[]))?;
    let sorted = ordered(merged, order, &current, &rule)?;
    out.insert(Text::new(name), sorted.into());
    Ok(())
}

/// Refuses a patch of a list whose elements are not all named in `$setElementOrder`, in that order.
///
/// Follows `validatePatchWithSetOrderList`.
fn check_order(change: &[Value], order: &[Value], rule: &ListRule) -> Result<(), PatchError> {
    let mut left = change.iter().filter(|element| element.get(PATCH).is_none()).peekable();
    for wanted in order {
        let Some(element) = left.peek() else { break };
        if rule.id(element)? == rule.id(wanted)? {
            left.next();
        }
    }
    if order.is_empty() || left.peek().is_none() {
        return Ok(());
    }
    let shown = |list: &[Value]| go_dump(&list.to_vec().into());
    let (change, order) = (shown(change), shown(order));
    Err(PatchError::Plain(format!(
        "The order in patch list:\n{change}\n doesn't match {} list:\n{order}\n",
        ELEMENT_ORDER.trim_end_matches('/')
    )))
}

/// Elements that the patch names in its order, the others where they stood among them as far as that is clear.
fn ordered(merged: Vec<Value>, order: &[Value], server: &[Value], rule: &ListRule) -> Result<Vec<Value>, PatchError> {
    // A list that took the place of another stands as it came.
    for element in merged.iter().chain(order).filter(|_| !order.is_empty()) {
        rule.id(element)?;
    }
    let (order, server) = (rule.places(order), rule.places(server));
    let (mut named, mut others): (Vec<Value>, Vec<Value>) =
        merged.into_iter().partition(|element| rule.place_in(&order, element).is_some());
    named.order_by_key(|element| rule.place_in(&order, element));
    others.order_by_key(|element| rule.place_in(&server, element));
    let mut out = Vec::with_capacity(named.len() + others.len());
    let (mut named, mut others) = (named.into_iter().peekable(), others.into_iter().peekable());
    loop {
        let takes_other = match (others.peek(), named.peek()) {
            (None, None) => return Ok(out),
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (Some(other), Some(patched)) => {
                let places = (rule.place_in(&server, other), rule.place_in(&server, patched));
                matches!(places, (Some(a), Some(b)) if a < b)
            }
        };
        out.extend(if takes_other { others.next() } else { named.next() });
    }
}
