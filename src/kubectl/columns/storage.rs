//! The cells of claims, volumes, classes and attachments.

use super::{phase_or_terminating, state, unset};
use crate::kubectl::table::Cell;
use crate::model::claim::volume_name;
use crate::model::conditions::status_reason;
use crate::model::volume::{claim_name, claim_namespace, reclaim_policy};
use crate::model::volume_attachment::{attached_node, attached_volume, is_attached};
use crate::model::{Object, Value, claim};

/// `RWO,ROX`: the access modes in short, in the API's order.
pub fn access_modes(modes: &[Value]) -> String {
    const SHORT: [(&str, &str); 4] =
        [("ReadWriteOnce", "RWO"), ("ReadOnlyMany", "ROX"), ("ReadWriteMany", "RWX"), ("ReadWriteOncePod", "RWOP")];
    let has = |long: &str| modes.iter().any(|mode| mode.as_str() == Some(long));
    SHORT.iter().filter(|(long, _)| has(long)).map(|(_, short)| *short).collect::<Vec<_>>().join(",")
}

/// The class of a claim or volume, by field or by the old annotation.
pub fn class_name(object: &Object) -> String {
    match object.meta.annotation("volume.beta.kubernetes.io/storage-class") {
        "" => claim::class_name(object).to_string(),
        class => class.to_string(),
    }
}

pub(in crate::kubectl) fn claim(claim: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    let volume = volume_name(claim);
    let (capacity, modes) = if volume.is_empty() {
        (String::new(), String::new())
    } else {
        let capacity = match claim::capacity(claim) {
            "" => "0",
            capacity => capacity,
        };
        (capacity.to_string(), access_modes(claim.list_at(&["status", "accessModes"])))
    };
    vec![
        name,
        state(&phase_or_terminating(claim)),
        Cell::new(volume),
        Cell::new(capacity),
        Cell::new(modes),
        Cell::new(class_name(claim)),
        unset(claim.str_at(&["spec", "volumeAttributesClassName"])),
        age,
        unset(claim.str_at(&["spec", "volumeMode"])),
    ]
}

pub(in crate::kubectl) fn volume(volume: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    let claim = match claim_name(volume) {
        "" => String::new(),
        claim => format!("{}/{claim}", claim_namespace(volume)),
    };
    vec![
        name,
        Cell::new(volume.str_at(&["spec", "capacity", "storage"])),
        Cell::new(access_modes(claim::access_modes(volume))),
        Cell::new(reclaim_policy(volume)),
        state(&phase_or_terminating(volume)),
        Cell::new(claim),
        Cell::new(class_name(volume)),
        unset(volume.str_at(&["spec", "volumeAttributesClassName"])),
        Cell::new(status_reason(volume)),
        age,
        unset(volume.str_at(&["spec", "volumeMode"])),
    ]
}

/// Whether a class is the default one.
pub fn is_default_class(class: &Object) -> bool {
    ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"]
        .iter()
        .any(|key| class.meta.annotation(key) == "true")
}

pub(in crate::kubectl) fn class(class: &Object, mut name: Cell, age: Cell) -> Vec<Cell> {
    if is_default_class(class) {
        name.text.push_str(" (default)");
    }
    let or = |field: &str, other: &str| {
        let text = class.str_at(&[field]);
        Cell::new(if text.is_empty() { other } else { text })
    };
    let grows = class.at(&["allowVolumeExpansion"]).and_then(Value::as_bool).unwrap_or(false);
    vec![
        name,
        Cell::new(class.str_at(&["provisioner"])),
        or("reclaimPolicy", "Delete"),
        or("volumeBindingMode", "Immediate"),
        Cell::new(grows.to_string()),
        age,
    ]
}

pub(in crate::kubectl) fn attachment(attachment: &Object, name: Cell, age: Cell) -> Vec<Cell> {
    let attached = is_attached(attachment);
    vec![
        name,
        Cell::new(attachment.str_at(&["spec", "attacher"])),
        Cell::new(attached_volume(attachment)),
        Cell::new(attached_node(attachment)),
        Cell::new(attached.to_string()),
        age,
    ]
}
