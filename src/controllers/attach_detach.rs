//! Attaches volumes to the nodes of their pods, and detaches them; mounts nothing.

use crate::model::{Object, Text};

/// The name of the VolumeAttachment of a volume and a node; `None` for volumes that need none.
pub fn attachment_name(volume: &Object, node: &str) -> Option<Text> {
    let _ = node;
    volume.at(&["spec", "csi"])?;
    None
}
