//! What a node's object says, read by name.

use super::conditions::is_true;
use super::{Object, Value};

/// Whether a node takes no new pods: `kubectl cordon` closed it.
pub fn is_cordoned(node: &Object) -> bool {
    node.at(&["spec", "unschedulable"]).and_then(Value::as_bool) == Some(true)
}

/// Whether a node's condition `Ready` is true.
pub fn is_node_ready(node: &Object) -> bool {
    is_true(node, "Ready")
}
