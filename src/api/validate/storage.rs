//! The rules for claims, volumes and storage classes.

use super::super::field_error::{Errors, Path};
use super::super::names;
use super::{at, check_selector, entries, list, of, quantity, text};
use crate::model::{Map, Object, Value};
use crate::sorted::SharedSet;

const ACCESS_MODES: [&str; 4] = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];
const VOLUME_MODES: [&str; 2] = ["Block", "Filesystem"];

/// Follows `ValidatePersistentVolumeClaimSpec` in pkg/apis/core/validation.
pub(in crate::api) fn check_claim_spec(errors: &mut Errors, path: &Path, spec: &Value) {
    let modes = list(spec, "accessModes");
    if modes.is_empty() {
        errors.required(&path.child("accessModes"), "at least 1 access mode is required");
    }
    if !at(spec, "selector").is_null() {
        check_selector(errors, &path.child("selector"), at(spec, "selector"));
    }
    check_modes(errors, path, modes);
    let storage = path.child("resources").key("storage");
    match spec.at(&["resources", "requests", "storage"]) {
        None => errors.required(&storage, ""),
        Some(amount) if quantity(amount).is_zero() || quantity(amount).is_negative() => {
            errors.invalid(&storage, amount, "must be greater than zero");
        }
        Some(_) => {}
    }
    let class = text(spec, "storageClassName");
    if !class.is_empty() {
        errors.check_text(&path.child("storageClassName"), class, names::dns_subdomain(class));
    }
    if let Some(mode) = spec.get("volumeMode").and_then(Value::as_str) {
        errors.check_one_of(&path.child("volumeMode"), mode, &VOLUME_MODES);
    }
    let (source, reference) = (at(spec, "dataSource"), at(spec, "dataSourceRef"));
    check_data_source(errors, &path.child("dataSource"), source);
    check_data_source(errors, &path.child("dataSourceRef"), reference);
    if source.is_null() || reference.is_null() {
        return;
    }
    // What is shown of both is a place, of which JSON shows nothing.
    let shown = "{}".to_string();
    if !text(reference, "namespace").is_empty() {
        let detail = "may not be specified when dataSourceRef.namespace is specified";
        errors.invalid_shown(path, shown, detail);
    } else if ["apiGroup", "kind", "name"].iter().any(|field| text(source, field) != text(reference, field)) {
        errors.invalid_shown(path, shown, "must match dataSourceRef");
    }
}

/// Follows `validateDataSource`.
fn check_data_source(errors: &mut Errors, path: &Path, source: &Value) {
    if source.is_null() {
        return;
    }
    let kind = text(source, "kind");
    for field in ["name", "kind"].into_iter().filter(|field| text(source, field).is_empty()) {
        errors.required(&path.child(field), "");
    }
    if text(source, "apiGroup").is_empty() && !matches!(kind, "" | "PersistentVolumeClaim") {
        let detail = "must be 'PersistentVolumeClaim' when referencing the default apiGroup";
        errors.invalid_text(path, kind, detail);
    }
}

fn check_modes(errors: &mut Errors, path: &Path, modes: &[Value]) {
    let path = path.child("accessModes");
    for mode in modes {
        errors.check_one_of(&path, mode.as_str().unwrap_or(""), &ACCESS_MODES);
    }
    if modes.len() > 1 && modes.iter().any(|mode| mode.as_str() == Some("ReadWriteOncePod")) {
        errors.forbidden(&path, "may not use ReadWriteOncePod with other access modes");
    }
}

/// Follows `ValidatePersistentVolumeSpec`.
pub(in crate::api) fn check_volume(errors: &mut Errors, path: &Path, spec: &Value) {
    let modes = list(spec, "accessModes");
    if modes.is_empty() {
        errors.required(&path.child("accessModes"), "");
    }
    for mode in modes {
        errors.check_one_of(&path.child("accessModes"), mode.as_str().unwrap_or(""), &ACCESS_MODES);
    }
    if modes.len() > 1 && modes.iter().any(|mode| mode.as_str() == Some("ReadWriteOncePod")) {
        let detail = "may not use ReadWriteOncePod with other access modes";
        errors.forbidden(&path.child("accessModes"), detail);
    }
    let capacity = path.child("capacity");
    if entries(spec.get("capacity")).next().is_none() {
        errors.required(&capacity, "");
    }
    match spec.at(&["capacity", "storage"]) {
        Some(_) if entries(spec.get("capacity")).count() == 1 => {}
        _ => {
            let shown = super::super::field_error::shown(at(spec, "capacity"));
            errors.not_supported_shown(&capacity, shown, &["storage"]);
        }
    }
    for (name, amount) in entries(spec.get("capacity")) {
        if quantity(amount).is_zero() || quantity(amount).is_negative() {
            errors.invalid(&capacity.key(name), amount, "must be greater than zero");
        }
    }
    let reclaim = text(spec, "persistentVolumeReclaimPolicy");
    if !reclaim.is_empty() {
        let supported = ["Delete", "Recycle", "Retain"];
        errors.check_one_of(&path.child("persistentVolumeReclaimPolicy"), reclaim, &supported);
    }
    check_own_nodes(errors, &path.child("nodeAffinity"), at(spec, "nodeAffinity"));
    check_volume_source(errors, path, spec);
    let host_path = text(at(spec, "hostPath"), "path");
    if reclaim == "Recycle" && !host_path.is_empty() && host_path.trim_matches('/').is_empty() {
        let detail = "may not be 'recycle' for a hostPath mount of '/'";
        errors.forbidden(&path.child("persistentVolumeReclaimPolicy"), detail);
    }
    let class = text(spec, "storageClassName");
    if !class.is_empty() {
        errors.check_text(&path.child("storageClassName"), class, names::dns_subdomain(class));
    }
    if let Some(mode) = spec.get("volumeMode").and_then(Value::as_str) {
        errors.check_one_of(&path.child("volumeMode"), mode, &VOLUME_MODES);
    }
}

fn check_volume_source(errors: &mut Errors, path: &Path, spec: &Value) {
    let fields =
        crate::schema::structure("core.PersistentVolumeSpec").map(|it| it.fields.as_slice()).unwrap_or_default();
    let mut sources = 0;
    for field in fields.iter().filter(|field| !field.embedded_in.is_empty()) {
        let source = at(spec, field.name);
        if source.is_null() {
            continue;
        }
        sources += 1;
        let path = path.child(field.name);
        if sources > 1 {
            errors.forbidden(&path, "may not specify more than 1 volume type");
            continue;
        }
        let required: &[&str] = match field.name {
            "local" => &["path"],
            kind => outside_needs(kind),
        };
        for name in required {
            if text(source, name).is_empty() {
                errors.required(&path.child(name), "");
            }
        }
        check_nfs(errors, &path, field.name, source);
        if field.name == "csi" {
            check_csi(errors, &path, source);
        }
        if field.name == "hostPath" {
            check_host_path(errors, &path, source);
        }
        if field.name == "local" && at(spec, "nodeAffinity").is_null() {
            errors.required(&Path::new("spec").child("nodeAffinity"), "Local volume requires node affinity");
        }
    }
    if sources == 0 {
        errors.required(path, "must specify a volume type");
    }
}

/// The texts that what lies outside of the cluster needs, for pods and volumes alike.
pub(super) fn outside_needs(kind: &str) -> &'static [&'static str] {
    match kind {
        "hostPath" => &["path"],
        "nfs" => &["server", "path"],
        "iscsi" => &["targetPortal", "iqn"],
        "glusterfs" => &["endpoints", "path"],
        "gitRepo" => &["repository"],
        "flexVolume" => &["driver"],
        "azureFile" => &["secretName", "shareName"],
        "gcePersistentDisk" => &["pdName"],
        "awsElasticBlockStore" | "cinder" | "portworxVolume" => &["volumeID"],
        "vsphereVolume" => &["volumePath"],
        _ => &[],
    }
}

/// Follows `validateCSIPersistentVolumeSource`.
fn check_csi(errors: &mut Errors, path: &Path, source: &Value) {
    check_csi_driver(errors, &path.child("driver"), text(source, "driver"));
    if text(source, "volumeHandle").is_empty() {
        errors.required(&path.child("volumeHandle"), "");
    }
    for field in
        ["controllerPublishSecretRef", "controllerExpandSecretRef", "nodePublishSecretRef", "nodeExpandSecretRef"]
    {
        let (path, reference) = (path.child(field), at(source, field));
        for (name, rule) in [("name", names::dns_subdomain as fn(&str) -> Vec<String>), ("namespace", names::dns_label)]
        {
            match text(reference, name) {
                _ if reference.is_null() => {}
                "" => errors.required(&path.child(name), ""),
                given => errors.check_text(&path.child(name), given, rule(given)),
            }
        }
    }
}

/// The name of a driver. Follows `ValidateCSIDriverName`.
pub(super) fn check_csi_driver(errors: &mut Errors, path: &Path, driver: &str) {
    if driver.is_empty() {
        errors.required(path, "");
    }
    if driver.len() > 63 {
        errors.too_long(path, "may not be more than 63 bytes");
    }
    errors.check_text(path, driver, names::dns_subdomain(&driver.to_lowercase()));
}

/// A server's folder begins at its root.
pub(super) fn check_nfs(errors: &mut Errors, path: &Path, kind: &str, source: &Value) {
    if kind == "nfs" && !text(source, "path").starts_with('/') {
        errors.invalid_text(&path.child("path"), text(source, "path"), "must be an absolute path");
    }
}

/// Follows `validateVolumeNodeAffinity`.
fn check_own_nodes(errors: &mut Errors, path: &Path, affinity: &Value) {
    if affinity.is_null() {
        return;
    }
    let (path, required) = (path.child("required"), at(affinity, "required"));
    if required.is_null() {
        errors.required(&path, "must specify required node constraints");
    } else {
        super::placing::check_node_selector(errors, &path, required);
    }
}

/// Follows `validateHostPathVolumeSource`, but for the path that must be there.
pub(super) fn check_host_path(errors: &mut Errors, path: &Path, source: &Value) {
    const TYPES: [&str; 8] =
        ["", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"];
    let place = text(source, "path");
    if place.split('/').any(|part| part == "..") {
        errors.invalid_text(&path.child("path"), place, "must not contain '..'");
    }
    if let Some(kind) = source.get("type").and_then(Value::as_str) {
        errors.check_one_of(&path.child("type"), kind, &TYPES);
    }
}

/// Follows `ValidateVolumeAttributesClass`.
pub(in crate::api) fn check_attributes_class(errors: &mut Errors, object: &Object) {
    check_provisioner(errors, &object.body, "driverName");
    if entries(object.body.get("parameters")).next().is_none() {
        errors.required(&Path::new("parameters"), "must contain at least one key/value pair");
    }
    check_parameters(errors, &object.body);
}

/// Follows `ValidateVolumeAttachment` and `ValidateVolumeAttachmentV1` in pkg/apis/storage/validation.
pub(in crate::api) fn check_attachment(errors: &mut Errors, object: &Object) {
    let path = Path::new("spec");
    check_driver(errors, &path.child("attacher"), object.str_at(&["spec", "attacher"]), names::dns_subdomain);
    let one = "must specify exactly one of inlineVolumeSpec and persistentVolumeName";
    let source = at(of(&object.body, "spec"), "source");
    let (volume, inline) = (at(source, "persistentVolumeName"), at(source, "inlineVolumeSpec"));
    match (volume.is_null(), inline.is_null()) {
        (true, true) => errors.required(&path.child("source"), one),
        (false, false) => errors.forbidden(&path.child("source"), one),
        _ if volume.as_str() == Some("") => {
            let path = path.child("source").child("persistentVolumeName");
            errors.required(&path, "must specify non empty persistentVolumeName");
        }
        _ => {}
    }
    let node = object.str_at(&["spec", "nodeName"]);
    errors.check_text(&path.child("nodeName"), node, names::dns_subdomain(node));
}

fn check_provisioner(errors: &mut Errors, body: &Map, field: &str) {
    check_driver(errors, &Path::new(field), of(body, field).as_str().unwrap_or(""), names::qualified_name);
}

/// The name of whoever makes volumes, looked at without its capitals.
fn check_driver(errors: &mut Errors, path: &Path, name: &str, faults_of: fn(&str) -> Vec<String>) {
    match name.is_empty() {
        true => errors.required(path, ""),
        false => errors.check_text(path, name, faults_of(&name.to_ascii_lowercase())),
    }
}

fn check_parameters(errors: &mut Errors, body: &Map) {
    for (key, _) in entries(body.get("parameters")).filter(|(key, _)| key.is_empty()) {
        errors.invalid_text(&Path::new("parameters"), key, "field can not be empty.");
    }
}

/// Follows `ValidateStorageClass`.
pub(in crate::api) fn check_class(errors: &mut Errors, body: &Map) {
    check_provisioner(errors, body, "provisioner");
    check_parameters(errors, body);
    let reclaim = of(body, "reclaimPolicy").as_str().unwrap_or("");
    if !reclaim.is_empty() {
        errors.check_one_of(&Path::new("reclaimPolicy"), reclaim, &["Delete", "Retain"]);
    }
    let binding = of(body, "volumeBindingMode").as_str().unwrap_or("");
    errors.check_one_of(&Path::new("volumeBindingMode"), binding, &["Immediate", "WaitForFirstConsumer"]);
    for (number, term) in of(body, "allowedTopologies").as_list().unwrap_or_default().iter().enumerate() {
        let path = Path::new("allowedTopologies").index(number).child("matchLabelExpressions");
        let mut keys: SharedSet<&str> = SharedSet::new();
        for (number, requirement) in list(term, "matchLabelExpressions").iter().enumerate() {
            let path = path.index(number);
            let values = list(requirement, "values");
            if values.is_empty() {
                errors.required(&path.child("values"), "");
            }
            for (number, value) in values.iter().enumerate().filter(|(number, it)| values[..*number].contains(it)) {
                errors.duplicate(&path.child("values").index(number), value);
            }
            let key = text(requirement, "key");
            errors.check_text(&path.child("key"), key, names::qualified_name(key));
            if !keys.insert(key) {
                errors.duplicate(&path.child("key"), &Value::text(key));
            }
        }
    }
}
