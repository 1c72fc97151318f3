//! `--sort-by`: the order of objects by what a path finds in them; prints nothing.
//!
//! Follows `sorter.go` of kubectl's `cmd/get`.

use super::command::Failure;
use super::jsonpath;
use super::output_formats::show;
use crate::model::{Object, Quantity, Value};
use crate::ordering::Order;
use std::cmp::Ordering;
use std::rc::Rc;

/// Sorts objects by the value of a path, as `--sort-by` does.
///
/// # Errors
/// A path that cannot be read.
pub fn sort_by(objects: &mut [Rc<Object>], path: &str, is_table: bool) -> Result<(), Failure> {
    let inner = path.strip_prefix('{').and_then(|path| path.strip_suffix('}')).unwrap_or(path);
    if !is_table && (inner.contains(['{', '}']) || matches!(inner, "" | ".")) {
        return Err(Failure::client(
            "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'",
        ));
    }
    jsonpath::check_path(path).map_err(Failure::Client)?;
    let find = |object: &Object| jsonpath::find(path, &object.to_value()).unwrap_or_default().into_iter().next();
    let mut found: Vec<(Option<Value>, Rc<Object>)> =
        objects.iter().map(|object| (find(object), Rc::clone(object))).collect();
    if !objects.is_empty() && found.iter().all(|(value, _)| value.is_none()) {
        return Err(no_such_field(path));
    }
    let is_unsortable = |value: &&Value| value.as_list().is_some() || value.as_map().is_some();
    let value = found.iter().find_map(|(value, _)| value.as_ref().filter(is_unsortable));
    if let Some(value) = value.filter(|_| found.len() > 1) {
        return Err(unsortable(path, value, is_table));
    }
    let compare = |a: &(Option<Value>, Rc<Object>), b: &(Option<Value>, Rc<Object>)| order(a.0.as_ref(), b.0.as_ref());
    if found.len() <= GO_SORTS_BY_INSERTION {
        insert_sorted(&mut found, &|a, b| a.0.is_none() || compare(a, b).is_lt());
    } else {
        found.order_by(compare);
    }
    for (slot, (_, object)) in objects.iter_mut().zip(found) {
        *slot = object;
    }
    Ok(())
}

/// Up to this length Go's `sort.Sort` inserts one element after the other.
const GO_SORTS_BY_INSERTION: usize = 12;

/// Sorts as Go does: each element goes down past those that it is less than, where what is missing is less than all.
fn insert_sorted<T>(list: &mut [T], is_less: &dyn Fn(&T, &T) -> bool) {
    for from in 1..list.len() {
        let mut at = from;
        while at > 0 && is_less(&list[at], &list[at - 1]) {
            list.swap(at, at - 1);
            at -= 1;
        }
    }
}

/// What `--sort-by` says of a path that leads to nothing.
pub fn no_such_field(path: &str) -> Failure {
    Failure::client(format!("couldn't find any field with path {:?} in the list of objects", in_braces(path)))
}

fn in_braces(path: &str) -> String {
    match path {
        path if path.starts_with('{') => path.to_string(),
        path if path.starts_with('.') => format!("{{{path}}}"),
        path => format!("{{.{path}}}"),
    }
}

/// The last words of kubectl where the values have no order.
fn unsortable(path: &str, value: &Value, is_table: bool) -> Failure {
    let kind = if value.as_list().is_some() { "[]interface {}" } else { "map[string]interface {}" };
    let (line, of) = if is_table { (375, "[][][]reflect.Value") } else { (329, "*unstructured.Unstructured") };
    Failure::Raw(format!(
        "F0101 00:00:00.000000   27182 sorter.go:{line}] Field {} in {of} is an unsortable type: interface, err: \
         unsortable type: {kind}",
        in_braces(path)
    ))
}

/// The order of two values as `--sort-by` sees it: what is missing comes first, amounts go by their size, and digits
/// in names count as numbers.
fn order(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    match (a, b) {
        (Some(Value::Int(a)), Some(Value::Int(b))) => a.cmp(b),
        (Some(Value::Str(a)), Some(Value::Str(b))) => match (Quantity::parse(a), Quantity::parse(b)) {
            (Ok(a), Ok(b)) => a.cmp(&b),
            _ => natural(a, b),
        },
        (Some(a), Some(b)) => show(a).cmp(&show(b)),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

/// `web-2` before `web-10`.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let is_number = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
        if is_number(a) && is_number(b) {
            let number = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
            let ((first, rest_a), (second, rest_b)) = (a.split_at(number(a)), b.split_at(number(b)));
            let (one, other) = (first.trim_start_matches('0'), second.trim_start_matches('0'));
            let order = one.len().cmp(&other.len()).then(one.cmp(other)).then(first.len().cmp(&second.len()));
            if order != Ordering::Equal {
                return order;
            }
            (a, b) = (rest_a, rest_b);
            continue;
        }
        match (a.chars().next(), b.chars().next()) {
            (Some(one), Some(other)) if one == other => (a, b) = (&a[one.len_utf8()..], &b[other.len_utf8()..]),
            (one, other) => return one.cmp(&other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_sorted_as_kubectl_sorts_them() {
        let text = |text: &'static str| Some(Value::from(text));
        let ascending = [
            (text("web-2"), text("web-10")),
            (text("web-9"), text("web-09")),
            (text("900Mi"), text("1Gi")),
            (text("a"), text("b")),
            (text("pod1x2"), text("pod1x10")),
            (None, text("a")),
            (Some(Value::Int(2)), Some(Value::Int(10))),
        ];
        for (a, b) in &ascending {
            assert_eq!(order(a.as_ref(), b.as_ref()), Ordering::Less, "{a:?} {b:?}");
            assert_eq!(order(b.as_ref(), a.as_ref()), Ordering::Greater, "{a:?} {b:?}");
        }
        assert_eq!(natural("web-1", "web-1"), Ordering::Equal);
    }
}
