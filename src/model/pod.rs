//! What a pod's object says, read by name; knows no other object.

use super::Object;

/// The annotation of a pod that its kubelet keeps alive by itself.
pub const MIRROR: &str = "kubernetes.io/config.mirror";

/// Whether a pod is a static one, which its kubelet keeps alive.
pub fn is_static(pod: &Object) -> bool {
    !pod.meta.annotation(MIRROR).is_empty()
}
