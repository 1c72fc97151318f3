//! What a node's object says, read by name.

use super::conditions::is_true;
use super::{Object, Value};
use crate::ordering::Order;

/// Whether a node takes no new pods: `kubectl cordon` closed it.
pub fn is_cordoned(node: &Object) -> bool {
    node.at(&["spec", "unschedulable"]).and_then(Value::as_bool) == Some(true)
}

/// The label with the zone that a node or a volume is in.
pub const ZONE: &str = "topology.kubernetes.io/zone";
/// The label with a node's name.
pub const HOSTNAME: &str = "kubernetes.io/hostname";
/// The taint of a node that is out for good: its pods are taken away, and its volumes given to others.
pub const OUT_OF_SERVICE: &str = "node.kubernetes.io/out-of-service";
/// The taint of a node that is cordoned.
pub const UNSCHEDULABLE: &str = "node.kubernetes.io/unschedulable";
/// The taint of a node whose kubelet says that it is not ready.
pub const NOT_READY: &str = "node.kubernetes.io/not-ready";
/// The taint of a node that nobody hears of.
pub const UNREACHABLE: &str = "node.kubernetes.io/unreachable";
/// The taint of a node that is short of memory.
pub const MEMORY_PRESSURE: &str = "node.kubernetes.io/memory-pressure";
/// The taint of a node that is short of disk space.
pub const DISK_PRESSURE: &str = "node.kubernetes.io/disk-pressure";

/// Whether the control plane sets a taint of this key, and takes it away again. That a machine is out of service,
/// somebody has to say, and to take back.
pub fn is_systems_taint(key: &str) -> bool {
    key.starts_with("node.kubernetes.io/") && key != OUT_OF_SERVICE
}

/// A node's taints. Shape: `key`, `value` and `effect`.
pub fn taints(node: &Object) -> &[Value] {
    node.list_at(&["spec", "taints"])
}

/// The taints of a node that throw out pods which are there.
pub fn no_execute_taints(node: &Object) -> impl Iterator<Item = &Value> {
    taints(node).iter().filter(|taint| taint.str_at(&["effect"]) == "NoExecute")
}

/// Whether somebody said that a node is out for good, whatever the effect.
pub fn is_out_of_service(node: &Object) -> bool {
    taints(node).iter().any(|taint| taint.str_at(&["key"]) == OUT_OF_SERVICE)
}

/// Whether a node has a taint of that key and effect.
pub fn has_taint(node: &Object, key: &str, effect: &str) -> bool {
    let mut of_key = taints(node).iter().filter(|taint| taint.str_at(&["key"]) == key);
    of_key.any(|taint| taint.str_at(&["effect"]) == effect)
}

/// The addresses of a node. Shape: `type` and `address`.
pub fn addresses(node: &Object) -> &[Value] {
    node.list_at(&["status", "addresses"])
}

/// The address of a node within the cluster; empty for none.
pub fn internal_ip(node: &Object) -> &str {
    let internal = addresses(node).iter().find(|it| it.str_at(&["type"]) == "InternalIP");
    internal.map_or("", |it| it.str_at(&["address"]))
}

/// Whether a node's condition `Ready` is true.
pub fn is_node_ready(node: &Object) -> bool {
    is_true(node, "Ready")
}

/// The roles that a node's labels name, in order, with commas between; empty for none.
///
/// Follows `findNodeRoles` in pkg/printers/internalversion/printers.go.
pub fn roles(node: &Object) -> String {
    let roles = node.meta.labels.iter().filter_map(|(key, value)| match key.as_str() {
        "kubernetes.io/role" => Some(value.as_str()),
        key => key.strip_prefix("node-role.kubernetes.io/"),
    });
    let mut roles: Vec<&str> = roles.filter(|role| !role.is_empty()).collect();
    roles.order();
    roles.dedup();
    roles.join(",")
}
