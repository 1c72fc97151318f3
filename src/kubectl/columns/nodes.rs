//! The cells of nodes.

use super::{or_none, state};
use crate::kubectl::table::Cell;
use crate::kubernetes::{Difference, Kubernetes};
use crate::model::conditions::condition;
use crate::model::node::{is_cordoned, roles};
use crate::model::{Object, node};

/// A node's STATUS column.
pub fn node_status(node: &Object) -> String {
    let mut status = match condition(node, "Ready").map(|it| it.str_at(&["status"])) {
        Some("True") => "Ready".to_string(),
        Some(_) => "NotReady".into(),
        None => "Unknown".into(),
    };
    if is_cordoned(node) {
        status.push_str(",SchedulingDisabled");
    }
    status
}

/// A node's roles, by its labels.
pub fn node_roles(node: &Object) -> String {
    let roles = roles(node);
    if roles.is_empty() { "<none>".into() } else { roles }
}

pub(in crate::kubectl) fn node(node: &Object, name: Cell, age: Cell, kubernetes: Kubernetes) -> Vec<Cell> {
    let info = |field: &str| node.str_at(&["status", "nodeInfo", field]).to_string();
    let address = |kind: &str| {
        let addresses = node::addresses(node);
        let found = addresses.iter().find(|address| address.str_at(&["type"]) == kind);
        or_none(found.map_or("", |address| address.str_at(&["address"])))
    };
    vec![
        name,
        state(&node_status(node)),
        Cell::new(node_roles(node)),
        age,
        Cell::new(info("kubeletVersion")),
        address("InternalIP"),
        address("ExternalIP"),
        Cell::new(info("osImage")),
        Cell::new(match kubernetes.has(Difference::KernelArchitecture) {
            true => format!("{} ({})", info("kernelVersion"), info("architecture")),
            false => info("kernelVersion"),
        }),
        Cell::new(info("containerRuntimeVersion")),
    ]
}
