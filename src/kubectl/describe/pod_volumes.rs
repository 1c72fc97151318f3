//! The volumes of pods and templates as `kubectl describe` shows them.

use super::volume_sources::rare_source;
use super::{Page, scalar};
use crate::model::Value;
use crate::model::object::labels_from_value;

/// Writes volumes; those of a template stand one blank further in.
pub(super) fn volumes(page: &mut Page<'_>, volumes: &[Value], indent: usize) {
    if volumes.is_empty() {
        page.field(indent, "Volumes", "<none>");
        return;
    }
    page.line(indent, "Volumes:");
    for volume in volumes {
        let blank = if indent > 0 { " " } else { "" };
        page.line(1, format_args!("{blank}{}:", volume.str_at(&["name"])));
        volume_source(page, volume);
    }
}

fn volume_source(page: &mut Page<'_>, volume: &Value) {
    let optional = |source: &Value| source.get("optional") == Some(&Value::Bool(true));
    if let Some(claim) = volume.get("persistentVolumeClaim") {
        page.field(2, "Type", "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)");
        page.field(2, "ClaimName", claim.str_at(&["claimName"]));
        page.field(2, "ReadOnly", claim.get("readOnly") == Some(&Value::Bool(true)));
    } else if let Some(empty) = volume.get("emptyDir") {
        page.field(2, "Type", "EmptyDir (a temporary directory that shares a pod's lifetime)");
        page.field(2, "Medium", empty.str_at(&["medium"]));
        page.field(2, "SizeLimit", empty.get("sizeLimit").map_or("<unset>".into(), scalar));
    } else if let Some(map) = volume.get("configMap") {
        page.field(2, "Type", "ConfigMap (a volume populated by a ConfigMap)");
        page.field(2, "Name", map.str_at(&["name"]));
        page.field(2, "Optional", optional(map));
    } else if let Some(secret) = volume.get("secret") {
        page.field(2, "Type", "Secret (a volume populated by a Secret)");
        page.field(2, "SecretName", secret.str_at(&["secretName"]));
        page.field(2, "Optional", optional(secret));
    } else if let Some(path) = volume.get("hostPath") {
        page.field(2, "Type", "HostPath (bare host directory volume)");
        page.field(2, "Path", path.str_at(&["path"]));
        page.field(2, "HostPathType", path.str_at(&["type"]));
    } else if let Some(projected) = volume.get("projected") {
        page.field(2, "Type", "Projected (a volume that contains injected data from multiple sources)");
        for source in projected.list_at(&["sources"]) {
            if let Some(token) = source.get("serviceAccountToken") {
                page.field(2, "TokenExpirationSeconds", token.i64_at(&["expirationSeconds"]).unwrap_or(3607));
            } else if let Some(map) = source.get("configMap") {
                page.field(2, "ConfigMapName", map.str_at(&["name"]));
                page.field(2, "Optional", optional(map));
            } else if let Some(secret) = source.get("secret") {
                page.field(2, "SecretName", secret.str_at(&["name"]));
                page.field(2, "Optional", optional(secret));
            } else if source.get("downwardAPI").is_some() {
                page.field(2, "DownwardAPI", true);
            }
        }
    } else if let Some(api) = volume.get("downwardAPI") {
        downward_files(page, api);
    } else if let Some(template) = volume.at(&["ephemeral"]) {
        page.field(
            2,
            "Type",
            "EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)",
        );
        if let Some(template) = template.get("volumeClaimTemplate") {
            claim_template(page, template);
        }
    } else {
        remote_source(page, volume);
    }
}

fn downward_files(page: &mut Page<'_>, api: &Value) {
    page.field(2, "Type", "DownwardAPI (a volume populated by information about the pod)");
    page.line(2, "Items:");
    for item in api.list_at(&["items"]) {
        for source in [item.str_at(&["fieldRef", "fieldPath"]), item.str_at(&["resourceFieldRef", "resource"])] {
            if !source.is_empty() {
                page.line(3, format_args!("{source} -> {}", item.str_at(&["path"])));
            }
        }
    }
}

/// The claim that an ephemeral volume stands for. kubectl writes it through a printer that indents every piece, so that
/// labels and annotations stand further in.
fn claim_template(page: &mut Page<'_>, template: &Value) {
    page.field(2, "StorageClass", template.str_at(&["spec", "storageClassName"]));
    page.field(2, "Volume", "");
    for (label, field) in [("Labels", "labels"), ("Annotations", "annotations")] {
        let pairs = labels_from_value(template.at(&["metadata", field]));
        let sign = if field == "labels" { "=" } else { ": " };
        let texts: Vec<String> = pairs.iter().map(|(key, value)| format!("    {key}{sign}{value}")).collect();
        let mut texts = texts.iter();
        page.field(2, label, texts.next().map_or("    <none>", String::as_str));
        for text in texts {
            page.line(4, format_args!("\t{text}"));
        }
    }
    page.field(2, "Capacity", "");
    page.field(2, "Access Modes", "");
    page.optional(2, "VolumeMode", template.str_at(&["spec", "volumeMode"]));
}

/// Volumes that come from elsewhere.
fn remote_source(page: &mut Page<'_>, volume: &Value) {
    let is_set = |source: &Value, field: &str| source.get(field) == Some(&Value::Bool(true));
    if let Some(nfs) = volume.get("nfs") {
        page.field(2, "Type", "NFS (an NFS mount that lasts the lifetime of a pod)");
        page.field(2, "Server", nfs.str_at(&["server"]));
        page.field(2, "Path", nfs.str_at(&["path"]));
        page.field(2, "ReadOnly", is_set(nfs, "readOnly"));
    } else if let Some(csi) = volume.get("csi") {
        page.field(2, "Type", "CSI (a Container Storage Interface (CSI) volume source)");
        page.field(2, "Driver", csi.str_at(&["driver"]));
        page.field(2, "FSType", csi.str_at(&["fsType"]));
        page.field(2, "ReadOnly", is_set(csi, "readOnly"));
        let attributes = labels_from_value(csi.get("volumeAttributes"));
        page.lines(2, "VolumeAttributes", attributes.iter().map(|(key, value)| format!("    {key}={value}")));
    } else if let Some(image) = volume.get("image") {
        page.field(2, "Type", "Image (a container image or OCI artifact)");
        page.field(2, "Reference", image.str_at(&["reference"]));
        page.field(2, "PullPolicy", image.str_at(&["pullPolicy"]));
    } else {
        rare_source(page, volume, true);
    }
}
