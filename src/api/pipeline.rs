//! The API server's way with an object between decoding and the store; knows nothing of other objects.

use super::decode::tidy;
use super::field_error::FieldError;
use super::kinds::{
    default_object, empty_status, prepare, raises_generation, validate_create, validate_update, warnings,
};
use super::semantic_equality::is_same_as;
use super::validate::{validate_debugging, validate_resize};
use crate::kubernetes::Kubernetes;
use crate::model::{Kind, Object};

/// An object that may be stored.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// The object: defaulted, without what clients may not set.
    pub object: Object,
    /// What the API server warns of.
    pub warnings: Vec<String>,
}

/// Defaults, rules and warnings for a new object.
///
/// # Errors
/// Everything that keeps it from being stored.
pub fn admit_create(mut object: Object, kubernetes: Kubernetes) -> Result<Admitted, Vec<FieldError>> {
    default_object(&mut object);
    prepare_create(&mut object, kubernetes);
    let errors = validate_create(&object, kubernetes);
    if !errors.is_empty() {
        return Err(errors);
    }
    let warnings = warnings(&object, None, kubernetes);
    tidy(&mut object);
    Ok(Admitted { object, warnings })
}

/// Defaults, rules and warnings for an object that takes the place of `old`.
///
/// # Errors
/// Everything that keeps it from being stored.
pub fn admit_update(old: &Object, mut object: Object, kubernetes: Kubernetes) -> Result<Admitted, Vec<FieldError>> {
    default_object(&mut object);
    prepare_update(old, &mut object, kubernetes);
    let errors = validate_update(old, &object, kubernetes);
    if !errors.is_empty() {
        return Err(errors);
    }
    tidy(&mut object);
    keep_same(old, &mut object);
    if raises_generation(&object, old) {
        object.meta.generation = old.meta.generation + 1;
    }
    let warnings = warnings(&object, Some(old), kubernetes);
    Ok(Admitted { object, warnings })
}

/// What means the same stays the same tree: shared, and no reason to raise the generation. Sets always went through here
/// and need no such leniency; objects made by controllers leave empty values and defaults out.
fn keep_same(old: &Object, object: &mut Object) {
    let (Some(root), true) = (old.kind.structure(), old.kind != Kind::StatefulSet) else { return };
    let mut known = old.clone();
    default_object(&mut known);
    for (key, value) in old.body.iter() {
        if let (Some(next), Some(before), Some(field)) =
            (object.body.get_mut(key), known.body.get(key), root.field(key))
            && is_same_as(before, next, &field.kind)
        {
            *next = value.clone();
        }
    }
}

/// A part of a pod that has a subresource of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PodPart {
    /// `resize`: what the containers ask for and are limited to.
    Resize,
    /// `ephemeralcontainers`: containers to debug with.
    EphemeralContainers,
}

impl PodPart {
    /// The subresource's name.
    pub fn name(self) -> &'static str {
        match self {
            PodPart::Resize => "resize",
            PodPart::EphemeralContainers => "ephemeralcontainers",
        }
    }

    /// The part called `name`.
    pub fn named(name: &str) -> Option<PodPart> {
        [PodPart::Resize, PodPart::EphemeralContainers].into_iter().find(|part| part.name() == name)
    }
}

/// Defaults and rules for a pod of which only one part may be another than in `old`; other changes are dropped.
///
/// Follows `podResizeStrategy` and `podEphemeralContainersStrategy` in pkg/registry/core/pod/strategy.go.
///
/// # Errors
/// Everything that keeps it from being stored.
pub fn admit_part(
    part: PodPart,
    old: &Object,
    mut object: Object,
    kubernetes: Kubernetes,
) -> Result<Admitted, Vec<FieldError>> {
    default_object(&mut object);
    let mut next = old.clone();
    next.meta.resource_version = object.meta.resource_version;
    match part {
        PodPart::Resize => {
            for list in ["containers", "initContainers"] {
                take_resources(&object, &mut next, list);
            }
        }
        PodPart::EphemeralContainers => match object.at(&["spec", "ephemeralContainers"]) {
            Some(containers) => next.set_at(&["spec", "ephemeralContainers"], containers.clone()),
            None => _ = next.remove_at(&["spec", "ephemeralContainers"]),
        },
    }
    let errors = match part {
        PodPart::Resize => validate_resize(old, &next, kubernetes),
        PodPart::EphemeralContainers => validate_debugging(old, &next),
    };
    if !errors.is_empty() {
        return Err(errors);
    }
    tidy(&mut next);
    if old.body.get("spec") != next.body.get("spec") {
        next.meta.generation = old.meta.generation + 1;
    }
    Ok(Admitted { object: next, warnings: Vec::new() })
}

/// Gives the containers of `to` the resources of those of the same names.
fn take_resources(from: &Object, to: &mut Object, list: &'static str) {
    if to.list_at(&["spec", list]).is_empty() {
        return;
    }
    for container in to.at_mut(&["spec", list]).list_mut() {
        let wanted = from.list_at(&["spec", list]).iter().find(|it| it.get("name") == container.get("name"));
        let Some(wanted) = wanted else { continue };
        for field in ["resources", "resizePolicy"] {
            match wanted.get(field) {
                Some(value) => container.set_at(&[field], value.clone()),
                None => _ = container.remove_at(&[field]),
            }
        }
    }
}

/// Takes away from a new object what clients may not set: status, generation, disabled fields.
pub fn prepare_create(object: &mut Object, kubernetes: Kubernetes) {
    clear_metadata(object);
    object.meta.generation = i64::from(object.kind.info().has_generation);
    let status = empty_status(object);
    if !status.is_null() {
        object.body.insert("status", status);
    }
    prepare(object, None, kubernetes);
}

/// Takes away from a new object's metadata what the API server gives.
pub(super) fn clear_metadata(object: &mut Object) {
    let meta = &mut object.meta;
    meta.uid = Default::default();
    meta.resource_version = 0;
    meta.deletion_timestamp = None;
    meta.deletion_grace_period_seconds = None;
}

/// Takes from the stored object the metadata that an update may not change.
pub(super) fn keep_metadata(old: &Object, object: &mut Object) {
    let meta = &mut object.meta;
    if meta.uid.is_empty() {
        meta.uid = old.meta.uid.clone();
    }
    if meta.generate_name.is_empty() {
        meta.generate_name = old.meta.generate_name.clone();
    }
    meta.created = old.meta.created;
    meta.generation = old.meta.generation;
    // What is not being deleted does not begin to be by an update: that is refused.
    if old.meta.is_terminating() {
        meta.deletion_timestamp = old.meta.deletion_timestamp;
    }
    if meta.deletion_grace_period_seconds.is_none() {
        meta.deletion_grace_period_seconds = old.meta.deletion_grace_period_seconds;
    }
}

/// Takes from the stored object what an update may not change: status, UID, times, generation.
pub fn prepare_update(old: &Object, object: &mut Object, kubernetes: Kubernetes) {
    keep_metadata(old, object);
    if object.kind.info().has_status {
        object.take_status(old);
    }
    prepare(object, Some(old), kubernetes);
}
