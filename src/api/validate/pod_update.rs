//! The rules for changing a stored pod, as a whole or through one of its subresources.

use super::super::field_error::{Errors, FieldError, Path};
use super::super::semantic_equality::is_same;
use super::super::spec_difference::go_diff;
use super::update::Change;
use super::{at, entries, list, meta, number, of, pod, text};
use crate::kubernetes::Kubernetes;
use crate::model::pod::{is_static, qos_class};
use crate::model::{Object, Value, to_json};

const POD_SPEC: &str = "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

/// The lists of containers whose images may be changed and whose resources may be resized.
const LISTS: [&str; 2] = ["containers", "initContainers"];

/// Follows `ValidatePodUpdate` in pkg/apis/core/validation.
pub(in crate::api) fn check(errors: &mut Errors, change: &Change<'_>) {
    let Change { old, new, kubernetes, .. } = *change;
    let path = Path::new("spec");
    let (old_spec, new_spec) = (of(&old.body, "spec"), of(&new.body, "spec"));
    change.check(errors);
    for name in LISTS {
        if list(old_spec, name).len() != list(new_spec, name).len() {
            errors.forbidden(&path.child(name), "pod updates may not add or remove containers");
            return;
        }
    }
    if !check_deadline(errors, &path, old_spec, new_spec) {
        return;
    }
    check_tolerations(errors, &path, old_spec, new_spec);
    check_gates(errors, &path, old_spec, new_spec);
    if is_same(old_spec, new_spec) {
        return;
    }
    let mut masked = masked(old_spec, new_spec);
    if !list(old_spec, "schedulingGates").is_empty() {
        check_placing(errors, &path, old_spec, &mut masked);
    }
    if !is_same(old_spec, &masked) {
        errors.forbidden(&path, format!("{POD_SPEC}\n{}", go_diff(old_spec, &masked, kubernetes)));
    }
}

/// The new spec with the old values of what may be changed.
fn masked(old: &Value, new: &Value) -> Value {
    let mut masked = new.clone();
    for name in LISTS {
        if list(new, name).is_empty() {
            continue;
        }
        for (container, before) in masked.at_mut(&[name]).list_mut().iter_mut().zip(list(old, name)) {
            keep(before, container, "image");
        }
    }
    for name in ["activeDeadlineSeconds", "tolerations", "schedulingGates"] {
        keep(old, &mut masked, name);
    }
    let grace = "terminationGracePeriodSeconds";
    if number(old, grace).is_some_and(|grace| grace < 0) && number(new, grace) == Some(1) {
        keep(old, &mut masked, grace);
    }
    masked
}

/// Gives a field of `to` the value that it has in `from`.
fn keep(from: &Value, to: &mut Value, name: &'static str) {
    match from.get(name) {
        Some(value) => _ = to.map_mut().insert(name, value.clone()),
        None => _ = to.map_mut().remove(name),
    }
}

/// A deadline may only come nearer. Returns whether the rest is looked at.
fn check_deadline(errors: &mut Errors, path: &Path, old: &Value, new: &Value) -> bool {
    let path = path.child("activeDeadlineSeconds");
    let (before, after) = (number(old, "activeDeadlineSeconds"), number(new, "activeDeadlineSeconds"));
    match (before, after) {
        (Some(before), Some(after)) if after > before => {
            errors.invalid(&path, &after.into(), "must be less than or equal to previous value");
            false
        }
        (Some(_), None) => {
            errors.invalid(&path, &Value::Null, "must not update from a positive integer to nil value");
            true
        }
        _ => true,
    }
}

fn check_tolerations(errors: &mut Errors, path: &Path, old: &Value, new: &Value) {
    let without_time = |toleration: &Value| {
        let mut toleration = toleration.clone();
        toleration.remove_at(&["tolerationSeconds"]);
        toleration
    };
    let kept: Vec<Value> = list(new, "tolerations").iter().map(without_time).collect();
    let is_kept = |toleration: &Value| kept.iter().any(|other| is_same(&without_time(toleration), other));
    if !list(old, "tolerations").iter().all(is_kept) {
        let detail = "existing toleration can not be modified except its tolerationSeconds";
        errors.forbidden(&path.child("tolerations"), detail);
    }
}

/// Gates are taken away one by one, and none comes back.
fn check_gates(errors: &mut Errors, path: &Path, old: &Value, new: &Value) {
    let before = list(old, "schedulingGates");
    for (at_index, gate) in list(new, "schedulingGates").iter().enumerate() {
        let name = text(gate, "name");
        if !before.iter().any(|gate| text(gate, "name") == name) {
            let detail = format!("only deletion is allowed, but found new scheduling gate '{name}'");
            errors.forbidden(&path.child("schedulingGates").index(at_index).child("name"), detail);
        }
    }
}

/// While a pod is gated, where it may go can be narrowed. `masked` gets the old values of what was looked at.
fn check_placing(errors: &mut Errors, path: &Path, old: &Value, masked: &mut Value) {
    let (before, after) = (at(old, "nodeSelector"), at(masked, "nodeSelector"));
    if !entries(Some(before)).all(|(key, value)| after.get(key) == Some(value)) {
        let detail = "only additions to spec.nodeSelector are allowed (no mutations or deletions)";
        errors.invalid_shown(&path.child("nodeSelector"), to_json(after), detail);
    }
    keep(old, masked, "nodeSelector");
    let place = ["affinity", "nodeAffinity"];
    let required = ["affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"];
    let terms = |spec: &Value| spec.at(&required).and_then(Value::as_list).map(<[Value]>::to_vec).unwrap_or_default();
    let (old_terms, new_terms) = (terms(old), terms(masked));
    let path = required.iter().fold(path.clone(), |path, name| path.child(name));
    if !old_terms.is_empty() && old_terms.len() != new_terms.len() {
        let detail = "no additions/deletions to non-empty NodeSelectorTerms list are allowed";
        errors.invalid(&path, &new_terms.into(), detail);
    } else {
        for (at_index, (old, new)) in old_terms.iter().zip(&new_terms).enumerate() {
            let only_adds = ["matchExpressions", "matchFields"]
                .iter()
                .all(|field| list(new, field).get(..list(old, field).len()) == Some(list(old, field)));
            if !only_adds {
                errors.invalid(&path.index(at_index), new, "only additions are allowed (no mutations or deletions)");
            }
        }
    }
    match old.at(&place) {
        Some(affinity) => masked.set_at(&place, affinity.clone()),
        None => {
            masked.remove_at(&place);
            if masked.get("affinity") == Some(&Value::map()) && old.get("affinity").is_none() {
                masked.remove_at(&["affinity"]);
            }
        }
    }
}

/// Everything that keeps the containers of a pod from getting other resources.
///
/// Follows `ValidatePodResize` in pkg/apis/core/validation.
pub fn validate_resize(old: &Object, new: &Object, kubernetes: Kubernetes) -> Vec<FieldError> {
    let mut errors = Errors::default();
    meta::check_stored(&mut errors, new);
    meta::check_kept(&mut errors, old, new);
    pod::check_spec(&mut errors, &Path::new("spec"), of(&new.body, "spec"), &pod::PodOptions::pod(kubernetes));
    if is_static(old) {
        errors.forbidden(&Path::new(""), "static pods cannot be resized");
        return errors.0;
    }
    let path = Path::new("spec");
    if qos_class(new) != old.str_at(&["status", "qosClass"]) {
        let detail = "Pod QOS Class may not change as a result of resizing";
        errors.invalid_text(&path, old.str_at(&["status", "qosClass"]), detail);
    }
    if !can_be_resized(old) {
        errors.forbidden(&path, "Pod running on node without support for resize");
    }
    let (old_spec, new_spec) = (of(&old.body, "spec"), of(&new.body, "spec"));
    let mut masked = new_spec.clone();
    for name in LISTS {
        let (before, after) = (list(old_spec, name), list(new_spec, name));
        if before.is_empty() {
            continue;
        }
        for (at_index, (before, after)) in before.iter().zip(after).enumerate() {
            let path = path.child(name).index(at_index).child("resources");
            check_removed(&mut errors, &path, at(before, "resources"), at(after, "resources"));
        }
        for (container, before) in masked.at_mut(&[name]).list_mut().iter_mut().zip(before) {
            keep_processing(before, container);
        }
    }
    if !is_same(old_spec, &masked) && errors.0.iter().all(|error| error.field == "spec") {
        errors.forbidden(&path, "only cpu and memory resources are mutable");
    }
    errors.0
}

/// A kubelet that can resize tells of the resources of what runs.
fn can_be_resized(pod: &Object) -> bool {
    let statuses = pod.list_at(&["status", "containerStatuses"]);
    let running = statuses.iter().find(|status| status.at(&["state", "running"]).is_some());
    running.is_none_or(|status| status.get("resources").is_some())
}

fn check_removed(errors: &mut Errors, path: &Path, old: &Value, new: &Value) {
    for list in ["limits", "requests"] {
        let is_lost = |name: &str| new.at(&[list, name]).is_none();
        if entries(old.get(list)).any(|(name, _)| is_lost(name)) {
            errors.forbidden(&path.child(list), format!("resource {list} cannot be removed"));
        }
    }
}

/// Gives a container the old amounts of processors and memory.
fn keep_processing(old: &Value, container: &mut Value) {
    for list in ["limits", "requests"] {
        for name in ["cpu", "memory"] {
            match old.at(&["resources", list, name]) {
                Some(amount) => container.set_at(&["resources", list, name], amount.clone()),
                None => _ = container.remove_at(&["resources", list, name]),
            }
        }
    }
}

/// Everything that keeps a pod from getting containers to debug with.
///
/// Follows `ValidatePodEphemeralContainersUpdate` in pkg/apis/core/validation.
pub fn validate_debugging(old: &Object, new: &Object) -> Vec<FieldError> {
    let mut errors = Errors::default();
    let path = Path::new("spec").child("ephemeralContainers");
    let (old_spec, new_spec) = (of(&old.body, "spec"), of(&new.body, "spec"));
    pod::check_ephemeral(&mut errors, &path, new_spec);
    let after = list(new_spec, "ephemeralContainers");
    for container in list(old_spec, "ephemeralContainers") {
        let name = text(container, "name");
        match after.iter().find(|other| text(other, "name") == name) {
            None => errors.forbidden(&path, format!("existing ephemeral containers \"{name}\" may not be removed\n")),
            Some(other) if !is_same(container, other) => {
                errors.forbidden(&path, format!("existing ephemeral containers \"{name}\" may not be changed\n"));
            }
            Some(_) => {}
        }
    }
    errors.0
}
