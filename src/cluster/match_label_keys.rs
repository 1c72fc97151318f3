//! `matchLabelKeys` and `mismatchLabelKeys` of a new pod: the server writes what they mean into the selectors beside them.
//!
//! Follows `mutatePodAffinity` and `mutateTopologySpreadConstraints` in `pkg/registry/core/pod/strategy.go`.

use crate::model::{Labels, Map, Object, Text, Value};
use crate::{list, obj};

/// The fields that hold keys, and the operator that each one's keys get.
const OPERATORS: [(&str, &str); 2] = [("matchLabelKeys", "In"), ("mismatchLabelKeys", "NotIn")];

/// Adds the pod's own values of the keys to the selectors of its affinity terms and spread constraints.
///
/// A key that the pod has no label for is passed over, and so is a term without a selector: it takes nothing anyway.
pub(super) fn merge_label_keys(pod: &mut Object) {
    let labels = pod.meta.labels.clone();
    for direction in ["podAffinity", "podAntiAffinity"] {
        let terms = ["spec", "affinity", direction];
        merge_each(pod, &[&terms[..], &["requiredDuringSchedulingIgnoredDuringExecution"]].concat(), &labels, None);
        let preferred = [&terms[..], &["preferredDuringSchedulingIgnoredDuringExecution"]].concat();
        merge_each(pod, &preferred, &labels, Some("podAffinityTerm"));
    }
    merge_each(pod, &["spec", "topologySpreadConstraints"], &labels, None);
}

/// Merges in each entry of the list at `path`, or in what stands under `within` of each.
fn merge_each(pod: &mut Object, path: &[&'static str], labels: &Labels, within: Option<&str>) {
    let has_keys = |entry: &Value| {
        let term = within.map_or(Some(entry), |name| entry.get(name));
        term.is_some_and(|term| OPERATORS.iter().any(|(field, _)| !term.list_at(&[field]).is_empty()))
    };
    if !pod.list_at(path).iter().any(has_keys) {
        return;
    }
    for entry in pod.at_mut(path).list_mut() {
        let term = match within {
            Some(name) => entry.map_mut().get_mut(name),
            None => Some(entry),
        };
        if let Some(term) = term {
            merge(term.map_mut(), labels);
        }
    }
}

fn merge(term: &mut Map, labels: &Labels) {
    let wanted: Vec<Value> =
        OPERATORS.iter().flat_map(|(field, operator)| requirements(term, field, operator, labels)).collect();
    if let Some(selector) = term.get_mut("labelSelector").filter(|selector| selector.as_map().is_some())
        && !wanted.is_empty()
    {
        selector.map_mut().get_or_insert_with("matchExpressions", || list![]).list_mut().extend(wanted);
    }
}

fn requirements(term: &Map, field: &str, operator: &'static str, labels: &Labels) -> Vec<Value> {
    let keys = term.get(field).and_then(Value::as_list).unwrap_or(&[]).iter().filter_map(Value::as_text);
    let value = |key: &Text| labels.get(key.as_str()).cloned();
    keys.filter_map(|key| Some(obj! { "key" => key.clone(), "operator" => operator, "values" => list![value(key)?] }))
        .collect()
}
