//! Names and ordinals of a set's pods, and the pods themselves as a set makes them; reads no store.
//!
//! Follows pkg/controller/statefulset/stateful_set_utils.go.

use super::spec::SetSpec;
use crate::model::object::labels_from_value;
use crate::model::pod::{POD_NAME_LABEL, REVISION_LABEL};
pub use crate::model::pod_ordinal::{ordinal_in, parent_and_ordinal};
use crate::model::{Kind, Meta, Object, Text, Value, pod};
use crate::obj;
use std::rc::Rc;

/// The label that holds the pod's ordinal.
pub const POD_INDEX_LABEL: &str = "apps.kubernetes.io/pod-index";

/// Whether a pod has the name and the label that its ordinal asks for.
pub fn identity_matches(spec: &SetSpec, pod: &Object, ordinal: i64) -> bool {
    ordinal >= 0
        && pod.meta.label(POD_NAME_LABEL) == pod.meta.name.as_str()
        && is_name_of(&pod.meta.name, spec.name(), ordinal)
}

/// Whether a pod has a volume for every claim that its ordinal asks for.
pub fn storage_matches(spec: &SetSpec, pod: &Object, ordinal: i64) -> bool {
    ordinal >= 0
        && spec.claims.iter().all(|template| {
            let volume = pod::volumes(pod).iter().rfind(|v| v.str_at(&["name"]) == &*template.name);
            let claim = volume.and_then(pod::claim_name);
            claim.is_some_and(|name| *name == *spec.claim_name(template, ordinal))
        })
}

/// A new pod of the set as a revision's template makes it.
pub fn new_pod(spec: &SetSpec, template: &Value, revision: &Text, ordinal: i64) -> Object {
    let mut pod = Object::new(Kind::Pod, spec.namespace(), spec.pod_name(ordinal));
    let meta = template.get("metadata");
    pod.meta = Meta {
        generate_name: format!("{}-", spec.name()).into(),
        labels: labels_from_value(meta.and_then(|meta| meta.get("labels"))),
        annotations: labels_from_value(meta.and_then(|meta| meta.get("annotations"))),
        finalizers: Rc::new(
            template.list_at(&["metadata", "finalizers"]).iter().filter_map(Value::as_text).cloned().collect(),
        ),
        owner_references: Rc::new(vec![spec.owner.clone()]),
        ..pod.meta
    };
    pod.meta.labels.insert(REVISION_LABEL, revision.clone());
    if let Some(body) = template.get("spec") {
        pod.body.insert("spec", body.clone());
    }
    pod.set_at(&["spec", "hostname"], pod.meta.name.clone());
    if !spec.service_name.is_empty() {
        pod.set_at(&["spec", "subdomain"], &spec.service_name);
    }
    update_identity(spec, &mut pod, ordinal);
    update_storage(spec, &mut pod, ordinal);
    pod
}

/// Gives a pod the name and labels of its ordinal.
pub fn update_identity(spec: &SetSpec, pod: &mut Object, ordinal: i64) {
    pod.meta.name = spec.pod_name(ordinal);
    pod.meta.labels.insert(POD_NAME_LABEL, pod.meta.name.clone());
    pod.meta.labels.insert(POD_INDEX_LABEL, ordinal.to_string().into());
}

/// Gives a pod the volumes of its ordinal's claims, before its other volumes.
pub fn update_storage(spec: &SetSpec, pod: &mut Object, ordinal: i64) {
    if spec.claims.is_empty() {
        return;
    }
    let mut volumes: Vec<Value> = Vec::new();
    for (at, template) in spec.claims.iter().enumerate() {
        // Of two templates of one name the last one stands.
        if spec.claims.iter().skip(at + 1).all(|later| later.name != template.name) {
            let claim = obj! { "claimName" => spec.claim_name(template, ordinal) };
            volumes.push(obj! { "name" => &template.name, "persistentVolumeClaim" => claim });
        }
    }
    let others = pod::volumes(pod).iter();
    volumes
        .extend(others.filter(|v| spec.claims.iter().all(|template| v.str_at(&["name"]) != &*template.name)).cloned());
    pod.set_at(&["spec", "volumes"], volumes);
}

fn is_name_of(name: &str, set: &str, ordinal: i64) -> bool {
    let digits = name.strip_prefix(set).and_then(|rest| rest.strip_prefix('-'));
    digits.is_some_and(|digits| digits.parse() == Ok(ordinal) && (digits == "0" || !digits.starts_with('0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_hold_parents_and_ordinals() {
        for (name, expected) in [
            ("web-0", Some(("web", 0))),
            ("my-web-12", Some(("my-web", 12))),
            ("web-00", Some(("web", 0))),
            ("web-2147483648", Some(("web", -1))),
            ("web-", None),
            ("web", None),
            ("web-x1", None),
        ] {
            assert_eq!(parent_and_ordinal(name), expected, "{name}");
        }
        assert!(is_name_of("web-10", "web", 10));
        assert!(!is_name_of("web-010", "web", 10));
    }
}
