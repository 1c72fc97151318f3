//! What a VolumeAttachment's object says, read by name.

use super::{Object, Value};

/// The name of the volume that is, or is to be, at the node.
pub fn attached_volume(attachment: &Object) -> &str {
    attachment.str_at(&["spec", "source", "persistentVolumeName"])
}

/// The name of that node.
pub fn attached_node(attachment: &Object) -> &str {
    attachment.str_at(&["spec", "nodeName"])
}

/// Whether the volume is there.
pub fn is_attached(attachment: &Object) -> bool {
    attachment.at(&["status", "attached"]).and_then(Value::as_bool) == Some(true)
}
