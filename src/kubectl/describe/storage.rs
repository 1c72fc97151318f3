//! Claims, volumes and storage classes as `kubectl describe` shows them.

use super::volume_sources::rare_source;
use super::{Page, amount, joined, scalar, written_time};
use crate::kubectl::columns::access_modes;
use crate::model::claim::{class_name, volume_name};
use crate::model::conditions::{all_conditions, phase};
use crate::model::pod::claims_of;
use crate::model::volume::{claim_reference_of, reclaim_policy};
use crate::model::{Kind, Labels, Object, Value, claim};

/// The annotation of the class that claims without a class get.
const IS_DEFAULT_CLASS: &str = "storageclass.kubernetes.io/is-default-class";

/// Writes a claim. Always ends with its events.
pub(in crate::kubectl) fn claim(page: &mut Page<'_>, claim: &Object) -> bool {
    page.name(claim);
    page.field(0, "StorageClass", class_name(claim));
    status(page, claim);
    let volume = volume_name(claim);
    page.field(0, "Volume", volume);
    page.metadata(claim);
    finalizers(page, claim);
    let is_assigned = !volume.is_empty();
    let capacity = amount(claim.at(&["status", "capacity", "storage"]));
    page.field(0, "Capacity", if is_assigned { capacity.to_string() } else { String::new() });
    let modes = access_modes(claim.list_at(&["status", "accessModes"]));
    page.field(0, "Access Modes", if is_assigned { modes } else { String::new() });
    page.optional(0, "VolumeMode", claim.str_at(&["spec", "volumeMode"]));
    if let Some(source) = claim.at(&["spec", "dataSource"]) {
        page.line(0, "DataSource:");
        page.optional(1, "APIGroup", source.str_at(&["apiGroup"]));
        page.field(1, "Kind", source.str_at(&["kind"]));
        page.field(1, "Name", source.str_at(&["name"]));
    }
    let users: Vec<String> = page
        .cluster
        .list_in(Kind::Pod, &claim.meta.namespace)
        .filter(|pod| uses_claim(pod, &claim.meta.name))
        .map(|pod| pod.meta.name.to_string())
        .collect();
    page.lines(0, "Used By", users);
    conditions(page, claim);
    true
}

fn uses_claim(pod: &Object, claim: &str) -> bool {
    claims_of(pod).iter().any(|key| key.name.as_str() == claim)
}

fn conditions(page: &mut Page<'_>, claim: &Object) {
    let conditions = all_conditions(claim);
    if conditions.is_empty() {
        return;
    }
    page.line(0, "Conditions:");
    page.line(1, "Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage");
    page.line(1, "----\t------\t-----------------\t------------------\t------\t-------");
    for condition in conditions {
        let text = |key: &str| condition.str_at(&[key]).to_string();
        let (probed, moved) = (condition.get("lastProbeTime"), condition.get("lastTransitionTime"));
        let line = format!(
            "{} \t{} \t{} \t{} \t{} \t{}",
            text("type"),
            text("status"),
            written_time(probed),
            written_time(moved),
            text("reason"),
            text("message")
        );
        page.line(1, line);
    }
}

fn status(page: &mut Page<'_>, object: &Object) {
    match object.meta.deletion_timestamp {
        Some(at) => page.field(0, "Status", format_args!("Terminating (lasts {})", page.since(at))),
        None => page.field(0, "Status", phase(object)),
    }
}

fn finalizers(page: &mut Page<'_>, object: &Object) {
    let names: Vec<&str> = object.meta.finalizers.iter().map(|f| f.as_str()).collect();
    page.field(0, "Finalizers", format_args!("[{}]", names.join(" ")));
}

/// Writes a volume. Always ends with its events.
pub(in crate::kubectl) fn volume(page: &mut Page<'_>, volume: &Object) -> bool {
    page.name(volume);
    page.metadata(volume);
    finalizers(page, volume);
    page.field(0, "StorageClass", class_name(volume));
    status(page, volume);
    match claim_reference_of(volume) {
        Some(claim) => {
            page.field(0, "Claim", format_args!("{}/{}", claim.str_at(&["namespace"]), claim.str_at(&["name"])));
        }
        None => page.field(0, "Claim", ""),
    }
    page.field(0, "Reclaim Policy", reclaim_policy(volume));
    page.field(0, "Access Modes", access_modes(claim::access_modes(volume)));
    page.optional(0, "VolumeMode", volume.str_at(&["spec", "volumeMode"]));
    page.field(0, "Capacity", amount(volume.at(&["spec", "capacity", "storage"])));
    node_affinity(page, volume.at(&["spec", "nodeAffinity", "required"]));
    page.field(0, "Message", volume.str_at(&["status", "message"]));
    page.line(0, "Source:");
    source(page, volume);
    true
}

fn node_affinity(page: &mut Page<'_>, required: Option<&Value>) {
    let Some(required) = required else {
        page.field(0, "Node Affinity", "<none>");
        return;
    };
    page.field(0, "Node Affinity", "");
    let terms = required.list_at(&["nodeSelectorTerms"]);
    page.field(1, "Required Terms", if terms.is_empty() { "<none>" } else { "" });
    for (number, term) in terms.iter().enumerate() {
        let expressions = term.list_at(&["matchExpressions"]).iter().map(|expression| {
            let (key, operator) = (expression.str_at(&["key"]), expression.str_at(&["operator"]).to_ascii_lowercase());
            match expression.list_at(&["values"]) {
                [] => format!("{key} {operator}"),
                values => format!("{key} {operator} [{}]", joined(values, ", ")),
            }
        });
        let expressions: Vec<String> = expressions.collect();
        page.lines(2, &format!("Term {number}"), expressions);
    }
}

fn source(page: &mut Page<'_>, volume: &Object) {
    let at = |path: &[&str]| volume.at(path).map(scalar).unwrap_or_default();
    if volume.at(&["spec", "hostPath"]).is_some() {
        page.field(2, "Type", "HostPath (bare host directory volume)");
        page.field(2, "Path", at(&["spec", "hostPath", "path"]));
        page.field(2, "HostPathType", at(&["spec", "hostPath", "type"]));
    } else if volume.at(&["spec", "local"]).is_some() {
        page.field(2, "Type", "LocalVolume (a persistent volume backed by local storage on a node)");
        page.field(2, "Path", at(&["spec", "local", "path"]));
    } else if volume.at(&["spec", "nfs"]).is_some() {
        page.field(2, "Type", "NFS (an NFS mount that lasts the lifetime of a pod)");
        page.field(2, "Server", at(&["spec", "nfs", "server"]));
        page.field(2, "Path", at(&["spec", "nfs", "path"]));
        page.field(2, "ReadOnly", volume.at(&["spec", "nfs", "readOnly"]).is_some_and(|v| *v == Value::Bool(true)));
    } else if let Some(csi) = volume.at(&["spec", "csi"]) {
        page.field(2, "Type", "CSI (a Container Storage Interface (CSI) volume source)");
        page.field(2, "Driver", csi.str_at(&["driver"]));
        page.field(2, "FSType", csi.str_at(&["fsType"]));
        page.field(2, "VolumeHandle", csi.str_at(&["volumeHandle"]));
        page.field(2, "ReadOnly", csi.get("readOnly").and_then(Value::as_bool).unwrap_or(false));
        let attributes = csi.get("volumeAttributes").and_then(Value::as_map);
        page.lines(
            2,
            "VolumeAttributes",
            attributes
                .into_iter()
                .flat_map(|map| map.iter())
                .map(|(key, value)| format!("    {key}={}", scalar(value))),
        );
    } else {
        rare_source(page, volume.body.get("spec").unwrap_or(&Value::Null), false);
    }
}

/// Writes a storage class. Always ends with its events.
pub(in crate::kubectl) fn class(page: &mut Page<'_>, class: &Object) -> bool {
    page.name(class);
    let is_default = class.meta.annotation(IS_DEFAULT_CLASS) == "true";
    page.field(0, "IsDefaultClass", if is_default { "Yes" } else { "No" });
    page.field(0, "Annotations", on_one_line(&class.meta.annotations));
    page.field(0, "Provisioner", class.str_at(&["provisioner"]));
    let parameters = class.body.get("parameters").and_then(Value::as_map);
    let parameters: Vec<String> = parameters
        .into_iter()
        .flat_map(|map| map.iter())
        .map(|(key, value)| format!("{key}={}", scalar(value)))
        .collect();
    page.field(0, "Parameters", super::or_none(&parameters.join(",")));
    let expansion = match class.at(&["allowVolumeExpansion"]).and_then(Value::as_bool) {
        Some(true) => "True",
        Some(false) => "False",
        None => "<unset>",
    };
    page.field(0, "AllowVolumeExpansion", expansion);
    match class.list_at(&["mountOptions"]) {
        [] => page.field(0, "MountOptions", "<none>"),
        options => {
            page.line(0, "MountOptions:");
            for option in options {
                page.line(1, scalar(option));
            }
        }
    }
    page.optional(0, "ReclaimPolicy", class.str_at(&["reclaimPolicy"]));
    page.optional(0, "VolumeBindingMode", class.str_at(&["volumeBindingMode"]));
    let terms = class.list_at(&["allowedTopologies"]);
    if !terms.is_empty() {
        page.field(0, "AllowedTopologies", "");
    }
    for (number, term) in terms.iter().enumerate() {
        let wanted = term.list_at(&["matchLabelExpressions"]).iter();
        let texts = wanted.map(|it| format!("{} in [{}]", it.str_at(&["key"]), joined(it.list_at(&["values"]), ", ")));
        page.lines(1, &format!("Term {number}"), texts);
    }
    true
}

/// Annotations as `k=v,k=v`. What `kubectl apply` keeps ends with a line break, which stays.
fn on_one_line(annotations: &Labels) -> String {
    let parts: Vec<String> = annotations.iter().map(|(key, value)| format!("{key}={value}")).collect();
    if parts.is_empty() { "<none>".into() } else { parts.join(",") }
}
