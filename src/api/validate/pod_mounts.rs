//! The rules for where a container has its volumes: as folders, or as devices.
//!
//! Follows pkg/apis/core/validation/validation.go.

use super::super::field_error::{Errors, Path};
use super::{at, list, text};
use crate::model::Value;
use crate::sorted::SharedSet;

/// Follows `ValidateVolumeMounts`; `volumes` are the names of the pod's volumes.
pub(super) fn check_mounts(errors: &mut Errors, path: &Path, container: &Value, volumes: &SharedSet<String>) {
    let devices = list(container, "volumeDevices");
    let mut seen = SharedSet::new();
    for (at_index, mount) in list(container, "volumeMounts").iter().enumerate() {
        let (all, path) = (path, path.index(at_index));
        let name = text(mount, "name");
        if name.is_empty() {
            errors.required(&path.child("name"), "");
        }
        if !volumes.contains(name) {
            errors.not_found(&path.child("name"), name);
        }
        let place = text(mount, "mountPath");
        if place.is_empty() {
            errors.required(&path.child("mountPath"), "");
        }
        if !seen.insert(place) {
            errors.invalid_text(&path.child("mountPath"), place, "must be unique");
        }
        if devices.iter().any(|device| text(device, "name") == name) {
            errors.invalid_text(&path.child("name"), name, "must not already exist in volumeDevices");
        }
        if devices.iter().any(|device| text(device, "devicePath") == place) {
            let detail = "must not already exist as a path in volumeDevices";
            errors.invalid_text(&path.child("mountPath"), place, detail);
        }
        let expression = text(mount, "subPathExpr");
        if !expression.is_empty() && !text(mount, "subPath").is_empty() {
            let detail = "subPathExpr and subPath are mutually exclusive";
            errors.invalid_text(&path.child("subPathExpr"), expression, detail);
        }
        // These complaints name no mount.
        for field in ["subPath", "subPathExpr"] {
            check_relative(errors, &all.child(field), text(mount, field));
        }
        check_ways(errors, all, mount, container);
    }
}

/// Follows `validateLocalDescendingPath`.
pub(super) fn check_relative(errors: &mut Errors, path: &Path, below: &str) {
    if below.starts_with('/') {
        errors.invalid_text(path, below, "must be a relative path");
    } else if below.split('/').any(|part| part == "..") {
        errors.invalid_text(path, below, "must not contain '..'");
    }
}

/// How mounts below a mount are seen, and whether they may be written.
///
/// Follows `validateMountPropagation` and `validateMountRecursiveReadOnly`.
fn check_ways(errors: &mut Errors, path: &Path, mount: &Value, container: &Value) {
    let spreads = mount.get("mountPropagation").and_then(Value::as_str);
    if let Some(word) = spreads {
        let path = path.child("mountPropagation");
        errors.check_one_of(&path, word, &["Bidirectional", "HostToContainer", "None"]);
        let is_privileged = container.at(&["securityContext", "privileged"]).and_then(Value::as_bool) == Some(true);
        if word == "Bidirectional" && !is_privileged {
            errors.forbidden(&path, "Bidirectional mount propagation is available only to privileged containers");
        }
    }
    let path = path.child("recursiveReadOnly");
    match mount.get("recursiveReadOnly").and_then(Value::as_str) {
        None | Some("Disabled") => {}
        Some("Enabled" | "IfPossible") => {
            if at(mount, "readOnly").as_bool() != Some(true) {
                errors.forbidden(&path, "may only be specified when readOnly is true");
            }
            if spreads.is_some_and(|word| word != "None") {
                errors.forbidden(&path, "may only be specified when mountPropagation is None or not specified");
            }
        }
        Some(word) => errors.check_one_of(&path, word, &["Disabled", "Enabled", "IfPossible"]),
    }
}

/// Follows `ValidateVolumeDevices`: `blocks` are the volumes that can be devices.
pub(super) fn check_devices(
    errors: &mut Errors,
    path: &Path,
    container: &Value,
    volumes: &SharedSet<String>,
    blocks: &SharedSet<String>,
) {
    let mounts = list(container, "volumeMounts");
    let (mut names, mut places) = (SharedSet::new(), SharedSet::new());
    for (at_index, device) in list(container, "volumeDevices").iter().enumerate() {
        let (name_path, place_path) = (path.index(at_index).child("name"), path.index(at_index).child("devicePath"));
        let (name, place) = (text(device, "name"), text(device, "devicePath"));
        if name.is_empty() {
            errors.required(&name_path, "");
        } else if !names.insert(name) {
            errors.invalid_text(&name_path, name, "must be unique");
        }
        if !volumes.contains(name) {
            errors.not_found(&name_path, name);
        } else if !blocks.contains(name) {
            let detail = "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode";
            errors.invalid_text(&name_path, name, detail);
        }
        if place.is_empty() {
            errors.required(&place_path, "");
        }
        if places.contains(place) {
            errors.invalid_text(&place_path, place, "must be unique");
        }
        if place.split('/').any(|part| part == "..") {
            errors.invalid_text(&place_path, place, "can not contain backsteps ('..')");
        } else {
            places.insert(place);
        }
        if mounts.iter().any(|mount| text(mount, "name") == name) {
            errors.invalid_text(&name_path, name, "must not already exist in volumeMounts");
        }
        if mounts.iter().any(|mount| text(mount, "mountPath") == place) {
            errors.invalid_text(&place_path, place, "must not already exist as a path in volumeMounts");
        }
    }
}
