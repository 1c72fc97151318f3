//! What a claim's object says, read by name.

use super::{Object, Text};

/// The annotation of a claim that its volume was bound to for good.
pub const BIND_COMPLETED: &str = "pv.kubernetes.io/bind-completed";

/// The name of the volume that a claim has, or is to have; empty for none.
pub fn volume_of(claim: &Object) -> Text {
    Text::new(claim.str_at(&["spec", "volumeName"]))
}

/// The name of a claim's class; empty for none.
pub fn class_of(claim: &Object) -> Text {
    Text::new(claim.str_at(&["spec", "storageClassName"]))
}

/// Whether a claim has its volume for good.
pub fn is_bound(claim: &Object) -> bool {
    !claim.str_at(&["spec", "volumeName"]).is_empty() && claim.meta.annotations.contains_key(BIND_COMPLETED)
}
