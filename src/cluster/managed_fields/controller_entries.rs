//! The entries of those who write as controllers do: nobody notes what they write, it is told from the object itself.

use super::field_sets::{minus, union};
use crate::model::pod::node_name;
use crate::model::{Kind, Manager, Map, Object, Text, Value};

/// Who made an object that no client did.
pub(super) fn creator(object: &Object) -> &'static str {
    match object.kind {
        Kind::Node | Kind::Lease => "kubelet",
        Kind::Pod if object.meta.annotations.contains_key("kubernetes.io/config.mirror") => "kubelet",
        Kind::Namespace => "kube-apiserver",
        _ => "kube-controller-manager",
    }
}

/// Who keeps the status of a kind's objects.
fn keeper(object: &Object) -> &'static str {
    match object.kind {
        Kind::Node => "kubelet",
        Kind::Pod if node_name(object).is_empty() => "kube-scheduler",
        Kind::Pod => "kubelet",
        _ => "kube-controller-manager",
    }
}

/// The entry of whoever keeps an object's status, given all that was ever written and what is noted of clients.
pub(super) fn of_status(object: &Object, written: &Value, noted: &[Manager]) -> Option<Manager> {
    let mut status = written.get("f:status").cloned().unwrap_or_default();
    if object.kind == Kind::Pod {
        forget_what_nobody_owns(&mut status, !node_name(object).is_empty());
    }
    let mut set = Map::new();
    if !status.is_null() {
        set.insert("f:status", status);
    }
    if object.kind == Kind::Deployment {
        // The controller writes it together with the status.
        let annotation = "deployment.kubernetes.io/revision";
        if object.meta.annotations.contains_key(annotation) {
            let mut owned = Value::map();
            owned.set_at(&["f:annotations", "f:deployment.kubernetes.io/revision"], Value::map());
            set.insert("f:metadata", owned);
        }
    }
    if set.is_empty() {
        return None;
    }
    let others = noted.iter().fold(Value::Null, |all, it| union(&all, &it.fields));
    let fields = minus(&set.into(), &others);
    let at = object.meta.status_at.max(object.meta.created);
    (!fields.is_null()).then(|| Manager {
        name: keeper(object).into(),
        applies: false,
        subresource: Text::new("status"),
        at,
        fields,
    })
}

/// A pod's class stands there from its creation, and the scheduler's word comes with the binding; neither is owned.
fn forget_what_nobody_owns(status: &mut Value, is_bound: bool) {
    if status.as_map().is_none() {
        return;
    }
    status.map_mut().remove("f:qosClass");
    if is_bound && status.get("f:conditions").is_some() {
        status.at_mut(&["f:conditions"]).map_mut().remove("k:{\"type\":\"PodScheduled\"}");
    }
    if !is_bound {
        status.map_mut().remove("f:phase");
    }
}
