//! What a PersistentVolume's object says, read by name; what it has in common with claims stands in `claim`.

use super::{Key, Kind, Object, Value};

/// The reference to the claim that a volume is kept for. Shape: `namespace`, `name` and `uid`.
pub fn claim_reference_of(volume: &Object) -> Option<&Value> {
    volume.at(&["spec", "claimRef"]).filter(|reference| !reference.is_null())
}

/// The name of the claim that a volume is kept for; empty for none.
pub fn claim_name(volume: &Object) -> &str {
    volume.str_at(&["spec", "claimRef", "name"])
}

/// The namespace of that claim.
pub fn claim_namespace(volume: &Object) -> &str {
    volume.str_at(&["spec", "claimRef", "namespace"])
}

/// The UID of that claim; empty where somebody named a claim that need not exist yet.
pub fn claim_uid(volume: &Object) -> &str {
    volume.str_at(&["spec", "claimRef", "uid"])
}

/// What becomes of a volume when its claim is gone: `Delete` or `Retain`.
pub fn reclaim_policy(volume: &Object) -> &str {
    volume.str_at(&["spec", "persistentVolumeReclaimPolicy"])
}

/// The terms of which a node has to fit one; empty if the volume can be used everywhere.
pub fn node_terms(volume: &Object) -> &[Value] {
    volume.list_at(&["spec", "nodeAffinity", "required", "nodeSelectorTerms"])
}

/// The claim that a volume is kept for.
pub fn claim_of_volume(volume: &Object) -> Option<Key> {
    let reference = claim_reference_of(volume)?;
    let part = |name: &str| reference.get(name).and_then(Value::as_text).cloned();
    Some(Key::new(Kind::PersistentVolumeClaim, part("namespace")?, part("name")?))
}
