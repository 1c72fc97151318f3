//! The rules for metadata: names, labels, annotations and how much they hold, owners, finalizers.

use super::super::field_error::{Errors, Path};
use super::super::names;
use super::entries;
use crate::model::{Kind, Object, OwnerReference, Text, Value, to_json};
use crate::ordering::Order;

/// How many bytes the keys and values of an object's annotations may have in all.
const ANNOTATIONS_MAX: usize = 256 * 1024;

/// The metadata of a new object; `rule` says what is wrong with a name.
pub(in crate::api) fn check(errors: &mut Errors, object: &Object, rule: fn(&str) -> Vec<String>) {
    check_with(errors, object, rule);
}

/// The metadata of an object that was stored before: its name only has to fit into a path.
pub(in crate::api) fn check_stored(errors: &mut Errors, object: &Object) {
    check_with(errors, object, names::path_segment);
}

fn check_with(errors: &mut Errors, object: &Object, rule: fn(&str) -> Vec<String>) {
    let meta = &object.meta;
    let path = Path::new("metadata");
    if !meta.generate_name.is_empty() {
        // A trailing dash is allowed: more characters follow.
        let sample = meta.generate_name.strip_suffix('-').map(|prefix| format!("{prefix}a"));
        let faults = rule(sample.as_deref().unwrap_or(&meta.generate_name));
        errors.check_text(&path.child("generateName"), &meta.generate_name, faults);
    }
    match meta.name.is_empty() {
        true => errors.required(&path.child("name"), "name or generateName is required"),
        false => errors.check_text(&path.child("name"), &meta.name, rule(&meta.name)),
    }
    if object.kind.names().is_namespaced {
        match meta.namespace.is_empty() {
            true => errors.required(&path.child("namespace"), ""),
            false => errors.check_text(&path.child("namespace"), &meta.namespace, names::dns_label(&meta.namespace)),
        }
    } else if !meta.namespace.is_empty() {
        errors.forbidden(&path.child("namespace"), "not allowed on this type");
    }
    errors.check_not_negative(&path.child("generation"), meta.generation);
    if !meta.labels.is_empty() {
        check_labels(errors, &path.child("labels"), Some(&Value::from(&meta.labels)));
    }
    if !meta.annotations.is_empty() {
        check_annotations(errors, &path.child("annotations"), Some(&Value::from(&meta.annotations)));
    }
    check_owners(errors, &path.child("ownerReferences"), object);
    for finalizer in meta.finalizers.iter() {
        errors.check_text(&path.child("finalizers"), finalizer, names::qualified_name(finalizer));
    }
    let has = |wanted: &str| meta.finalizers.iter().any(|finalizer| finalizer.as_str() == wanted);
    if has("orphan") && has("foregroundDeletion") {
        let all: Vec<Value> = meta.finalizers.iter().map(Value::from).collect();
        let detail = "finalizer orphan and foregroundDeletion cannot be both set";
        errors.invalid(&path.child("finalizers"), &all.into(), detail);
    }
    let is_standard = |name: &str| matches!(name, "kubernetes" | "orphan" | "foregroundDeletion");
    for (place, finalizer) in meta.finalizers.iter().enumerate() {
        // Kubernetes' own kinds take no other short names; definitions and what they bring are of another server.
        let has_group = object.kind.names().group != "apiextensions.k8s.io" && !object.kind.is_custom();
        if has_group && !finalizer.contains('/') && !is_standard(finalizer) {
            let detail = "name is neither a standard finalizer name nor is it fully qualified";
            errors.invalid_text(&path.child("finalizers").index(place), finalizer, detail);
        }
    }
}

/// Labels, or what selects by them.
pub(super) fn check_labels(errors: &mut Errors, path: &Path, labels: Option<&Value>) {
    for (key, value) in entries(labels) {
        errors.check_text(path, key, names::qualified_name(key));
        let value = value.as_str().unwrap_or("");
        errors.check_text(path, value, names::label_value(value));
    }
}

/// Annotations, and how much they may hold in all.
///
/// Follows `ValidateAnnotations` in apimachinery's api/validation.
pub(super) fn check_annotations(errors: &mut Errors, path: &Path, annotations: Option<&Value>) {
    let mut size = 0;
    for (key, value) in entries(annotations) {
        errors.check_text(path, key, names::qualified_name(&key.to_ascii_lowercase()));
        size += key.len() + value.as_str().map_or(0, str::len);
    }
    if size > ANNOTATIONS_MAX {
        errors.too_long(path, "may not be more than 262144 bytes");
    }
}

fn check_owners(errors: &mut Errors, path: &Path, object: &Object) {
    for (at, owner) in object.meta.owner_references.iter().enumerate() {
        let path = path.index(at);
        if owner.api_version.is_empty() {
            errors.invalid_text(&path.child("apiVersion"), "", "version must not be empty");
        }
        for (name, value) in [("kind", &owner.kind), ("name", &owner.name), ("uid", &owner.uid)] {
            if value.is_empty() {
                errors.invalid_text(&path.child(name), value, "must not be empty");
            }
        }
        if Kind::of(&owner.api_version, &owner.kind).is_some_and(|kind| kind.info().owns_nothing) {
            let (group, version) = owner.api_version.split_once('/').unwrap_or(("", &owner.api_version));
            let detail = format!("{group}/{version}, Kind={} is disallowed from being an owner", owner.kind);
            errors.invalid_shown(&path, shown_owner(owner), detail);
        }
    }
    let mut controllers = object.meta.owner_references.iter().filter(|owner| owner.is_controller());
    if let (Some(first), Some(second)) = (controllers.next(), controllers.next()) {
        let detail = format!(
            "Only one reference can have Controller set to true. Found \"true\" in references for {}/{} and {}/{}",
            first.kind, first.name, second.kind, second.name
        );
        let shown: Vec<String> = object.meta.owner_references.iter().map(shown_owner).collect();
        errors.invalid_shown(path, format!("[{}]", shown.join(",")), detail);
    }
}

/// An owner as Go writes it: with its fields in the order of the struct.
fn shown_owner(owner: &OwnerReference) -> String {
    let quoted = |text: &Text| to_json(&Value::from(text.clone()));
    let mut shown = format!(
        "{{\"apiVersion\":{},\"kind\":{},\"name\":{},\"uid\":{}",
        quoted(&owner.api_version),
        quoted(&owner.kind),
        quoted(&owner.name),
        quoted(&owner.uid)
    );
    for (name, flag) in [("controller", owner.controller), ("blockOwnerDeletion", owner.block_owner_deletion)] {
        if let Some(flag) = flag {
            shown.push_str(&format!(",\"{name}\":{flag}"));
        }
    }
    shown.push('}');
    shown
}

/// Follows `ValidateObjectMetaUpdate` in apimachinery's api/validation.
pub(in crate::api) fn check_kept(errors: &mut Errors, old: &Object, new: &Object) {
    let path = Path::new("metadata");
    for (name, old, new) in [
        ("name", &old.meta.name, &new.meta.name),
        ("namespace", &old.meta.namespace, &new.meta.namespace),
        ("uid", &old.meta.uid, &new.meta.uid),
    ] {
        if old != new && (name != "uid" || !new.is_empty()) {
            errors.invalid_text(&path.child(name), new, "field is immutable");
        }
    }
    if old.meta.deletion_timestamp != new.meta.deletion_timestamp {
        let time = new.meta.deletion_timestamp.map_or(Value::Null, |at| at.rfc3339().into());
        errors.invalid(&path.child("deletionTimestamp"), &time, "field is immutable");
    }
    if old.meta.deletion_grace_period_seconds != new.meta.deletion_grace_period_seconds {
        let seconds = new.meta.deletion_grace_period_seconds.map_or(Value::Null, Value::from);
        errors.invalid(&path.child("deletionGracePeriodSeconds"), &seconds, "field is immutable");
    }
    check_no_new_finalizers(errors, &path.child("finalizers"), old, new);
}

/// Follows `ValidateNoNewFinalizers`: what is being deleted is not held up by somebody else.
fn check_no_new_finalizers(errors: &mut Errors, path: &Path, old: &Object, new: &Object) {
    let known: Vec<&Text> = old.meta.finalizers.iter().collect();
    let mut added: Vec<&Text> = new.meta.finalizers.iter().filter(|name| !known.contains(name)).collect();
    if !old.meta.is_terminating() || added.is_empty() {
        return;
    }
    added.order();
    let shown: Vec<String> = added.iter().map(|name| format!("{:?}", name.as_str())).collect();
    errors.forbidden(
        path,
        format!(
            "no new finalizers can be added if the object is being deleted, found new finalizers []string{{{}}}",
            shown.join(", ")
        ),
    );
}
