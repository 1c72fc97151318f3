//! What a claim's object says, read by name.

use super::{Object, Text, Value};
use crate::obj;

/// The annotation of a claim that its volume was bound to for good.
pub const BIND_COMPLETED: &str = "pv.kubernetes.io/bind-completed";

/// The finalizer of a claim, which pods that use it hold.
pub const PVC_PROTECTION: &str = "kubernetes.io/pvc-protection";
/// The annotation with the provisioner that is to make a claim's volume.
pub const PROVISIONER: &str = "volume.kubernetes.io/storage-provisioner";
/// The same by its older name, which is still written beside it.
pub const PROVISIONER_BETA: &str = "volume.beta.kubernetes.io/storage-provisioner";

/// The name of the volume that a claim has, or is to have; empty for none.
pub fn volume_of(claim: &Object) -> Text {
    Text::new(volume_name(claim))
}

/// The name of a claim's class; empty for none.
pub fn class_of(claim: &Object) -> Text {
    Text::new(class_name(claim))
}

/// Whether a claim has its volume for good.
pub fn is_bound(claim: &Object) -> bool {
    !volume_name(claim).is_empty() && claim.meta.annotations.contains_key(BIND_COMPLETED)
}

/// The name of the volume that a claim has, or is to have; empty for none.
pub fn volume_name(claim: &Object) -> &str {
    claim.str_at(&["spec", "volumeName"])
}

/// The name of a claim's or a volume's class; empty for none.
pub fn class_name(object: &Object) -> &str {
    object.str_at(&["spec", "storageClassName"])
}

/// How a claim wants to be mounted, or a volume can be.
pub fn access_modes(object: &Object) -> &[Value] {
    object.list_at(&["spec", "accessModes"])
}

/// How large the volume of a bound claim is; empty before it is bound.
pub fn capacity(claim: &Object) -> &str {
    claim.str_at(&["status", "capacity", "storage"])
}

/// What a volume's `claimRef` says about its claim.
pub fn claim_reference(claim: &Object) -> Value {
    obj! {
        "apiVersion" => "v1", "kind" => "PersistentVolumeClaim", "name" => &claim.meta.name,
        "namespace" => &claim.meta.namespace, "resourceVersion" => claim.meta.resource_version.to_string(),
        "uid" => &claim.meta.uid,
    }
}
