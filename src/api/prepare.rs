//! The API server's way with an object between decoding and the store; knows nothing of other objects.

use super::decode::{is_same, tidy};
use super::field_error::FieldError;
use super::kinds::{default_object, empty_status, validate_create, validate_update};
use super::validate::{validate_debugging, validate_resize};
use super::warnings::warnings;
use crate::kubernetes::{Difference, Kubernetes};
use crate::model::{Kind, Map, Object, Value};

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
    default_max_unavailable(&mut object, kubernetes);
    prepare_create(&mut object, kubernetes);
    let errors = validate_create(&object, kubernetes);
    if !errors.is_empty() {
        return Err(errors);
    }
    let warnings = warnings(&object);
    tidy(&mut object);
    Ok(Admitted { object, warnings })
}

/// Defaults, rules and warnings for an object that takes the place of `old`.
///
/// # Errors
/// Everything that keeps it from being stored.
pub fn admit_update(old: &Object, mut object: Object, kubernetes: Kubernetes) -> Result<Admitted, Vec<FieldError>> {
    default_object(&mut object);
    default_max_unavailable(&mut object, kubernetes);
    prepare_update(old, &mut object, kubernetes);
    let errors = validate_update(old, &object, kubernetes);
    if !errors.is_empty() {
        return Err(errors);
    }
    let warnings = warnings(&object);
    tidy(&mut object);
    // What means the same stays the same tree: shared, and no reason to raise the generation. Sets always went through
    // here and need no such leniency; objects made by controllers leave empty values out.
    let made_by_controllers = object.kind != Kind::StatefulSet;
    for (key, value) in old.body.iter().filter(|_| made_by_controllers) {
        if let Some(next) = object.body.get_mut(key)
            && is_same(value, next)
        {
            *next = value.clone();
        }
    }
    if raises_generation(&object, old) {
        object.meta.generation = old.meta.generation + 1;
    }
    Ok(Admitted { object, warnings })
}

/// Whether an object asks for something else than before: its spec counts, of kinds without one what they have instead.
pub fn raises_generation(object: &Object, old: &Object) -> bool {
    let asks = |object: &Object, field: &str| object.body.get(field).cloned();
    object.kind.info().has_generation
        && match object.kind {
            Kind::EndpointSlice => object.body != old.body,
            Kind::PodTemplate => asks(object, "template") != asks(old, "template"),
            _ => old.body.get("spec") != object.body.get("spec"),
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
pub fn admit_part(part: PodPart, old: &Object, mut object: Object) -> Result<Admitted, Vec<FieldError>> {
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
        PodPart::Resize => validate_resize(old, &next),
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
    drop_disabled(object, None, kubernetes);
    let status = empty_status(object);
    if !status.is_null() {
        object.body.insert("status", status);
    }
    if object.kind == Kind::Secret {
        merge_string_data(object);
    }
    if object.kind == Kind::DaemonSet {
        object.meta.annotations.insert(TEMPLATE_GENERATION, "1".into());
    }
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
    meta.deletion_timestamp = old.meta.deletion_timestamp;
    meta.deletion_grace_period_seconds = old.meta.deletion_grace_period_seconds;
}

/// The annotation in which a DaemonSet counts changes of its template.
const TEMPLATE_GENERATION: &str = "deprecated.daemonset.template.generation";

/// Takes from the stored object what an update may not change: status, UID, times, generation.
pub fn prepare_update(old: &Object, object: &mut Object, kubernetes: Kubernetes) {
    keep_metadata(old, object);
    drop_disabled(object, Some(old), kubernetes);
    if object.kind == Kind::Secret {
        merge_string_data(object);
    }
    if object.kind.info().has_status {
        match old.body.get("status") {
            Some(status) => _ = object.body.insert("status", status.clone()),
            None => _ = object.body.remove("status"),
        }
    }
    if object.kind == Kind::Service {
        keep_addresses(old, object);
    }
    // Only the subresource `finalize` changes those of a namespace.
    if object.kind == Kind::Namespace
        && let Some(finalizers) = old.at(&["spec", "finalizers"])
    {
        object.set_at(&["spec", "finalizers"], finalizers.clone());
    }
    if object.kind == Kind::DaemonSet {
        count_templates(old, object);
    }
}

/// Follows `PrepareForUpdate` in pkg/registry/apps/daemonset/strategy.go.
fn count_templates(old: &Object, object: &mut Object) {
    let before: i64 = old.meta.annotation(TEMPLATE_GENERATION).parse().unwrap_or(1);
    let path = ["spec", "template"];
    let same = |a: Option<&Value>, b: Option<&Value>| is_same(a.unwrap_or(&Value::Null), b.unwrap_or(&Value::Null));
    let number = if same(old.at(&path), object.at(&path)) { before } else { before + 1 };
    object.meta.annotations.insert(TEMPLATE_GENERATION, number.to_string().into());
}

/// A service that does not name its addresses keeps them.
fn keep_addresses(old: &Object, object: &mut Object) {
    let is_external = |object: &Object| object.str_at(&["spec", "type"]) == "ExternalName";
    if is_external(old) || is_external(object) {
        return;
    }
    for name in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"] {
        let is_unset = object.at(&["spec", name]).is_none_or(|value| value.is_null() || *value == Value::from(""));
        if is_unset && let Some(value) = old.at(&["spec", name]).cloned() {
            object.set_at(&["spec", name], value);
        }
    }
}

/// Where `maxUnavailable` counts, it is 1 unless somebody says otherwise.
///
/// Follows `SetDefaults_StatefulSet` in pkg/apis/apps/v1/defaults.go.
fn default_max_unavailable(object: &mut Object, kubernetes: Kubernetes) {
    let strategy = ["spec", "updateStrategy"];
    let rolls = object.kind == Kind::StatefulSet
        && kubernetes.has(Difference::MaxUnavailable)
        && object.at(&strategy).is_some_and(|it| it.str_at(&["type"]) == "RollingUpdate");
    let path = ["spec", "updateStrategy", "rollingUpdate"];
    let is_unset =
        object.at(&path).is_some_and(|it| it.as_map().is_some() && it.get("maxUnavailable").is_none_or(Value::is_null));
    if rolls && is_unset {
        object.set_at(&["spec", "updateStrategy", "rollingUpdate", "maxUnavailable"], 1);
    }
}

/// Drops `maxUnavailable` while its gate is off, unless the stored set has it already.
fn drop_disabled(object: &mut Object, old: Option<&Object>, kubernetes: Kubernetes) {
    let path = ["spec", "updateStrategy", "rollingUpdate", "maxUnavailable"];
    let is_stored = old.is_some_and(|old| old.at(&path).is_some());
    if object.kind == Kind::StatefulSet && !kubernetes.has(Difference::MaxUnavailable) && !is_stored {
        object.remove_at(&path);
    }
}

/// `stringData` is written into `data` in base64.
fn merge_string_data(object: &mut Object) {
    let Some(Value::Map(plain)) = object.body.remove("stringData") else { return };
    let mut data: Map = object.body.get("data").and_then(Value::as_map).cloned().unwrap_or_default();
    for (key, value) in plain.iter() {
        data.insert(key.clone(), base64(value.as_str().unwrap_or("").as_bytes()).into());
    }
    object.body.insert("data", data.into());
}

/// Bytes in base64.
pub fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * at) & 63) as usize];
            out.push(if at <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    out
}
