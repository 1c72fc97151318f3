//! What the API server does to objects of some kinds before it checks them; `old` is the stored object whose place they take.
//!
//! Follows `PrepareForCreate` and `PrepareForUpdate` of the strategies in pkg/registry. The one default that a gate decides
//! on stands here as well; the others know no version (`default`).

use super::semantic_equality::is_same;
use crate::kubernetes::{Difference, Kubernetes};
use crate::list;
use crate::model::{Map, Object, Text, Value, encode_base64};

/// A new DaemonSet begins to count its templates, a changed one goes on.
pub(super) fn daemon_set(object: &mut Object, old: Option<&Object>, _: Kubernetes) {
    match old {
        Some(old) => count_templates(old, object),
        None => _ = object.meta.annotations.insert(TEMPLATE_GENERATION, "1".into()),
    }
}

/// Only the subresource `finalize` changes the finalizers of a namespace's spec.
pub(super) fn namespace(object: &mut Object, old: Option<&Object>, _: Kubernetes) {
    if let Some(finalizers) = old.and_then(|old| old.at(&["spec", "finalizers"])) {
        object.set_at(&["spec", "finalizers"], finalizers.clone());
    }
}

/// What stands in plain text is kept in base64.
pub(super) fn secret(object: &mut Object, _: Option<&Object>, _: Kubernetes) {
    merge_string_data(object);
}

/// A Service that does not name its addresses and ports keeps them.
///
/// Follows `patchAllocatedValues` and `normalizeClusterIPs` in pkg/registry/core/service/storage.
pub(super) fn service(object: &mut Object, old: Option<&Object>, _: Kubernetes) {
    let (single, all) = (["spec", "clusterIP"], ["spec", "clusterIPs"]);
    if let Some(old) = old {
        keep_addresses(old, object);
        keep_node_ports(old, object);
        let is_changed = old.str_at(&single) != object.str_at(&single);
        if is_changed && old.list_at(&all) == object.list_at(&all) {
            object.remove_at(&all);
        }
    }
    let address = object.str_at(&single);
    if !address.is_empty() && object.list_at(&all).is_empty() {
        object.set_at(&all, list![Text::new(address)]);
    }
}

/// A set has `maxUnavailable` where its gate is on, and only there.
pub(super) fn stateful_set(object: &mut Object, old: Option<&Object>, kubernetes: Kubernetes) {
    default_max_unavailable(object, kubernetes);
    drop_disabled(object, old, kubernetes);
}

/// The annotation in which a DaemonSet counts changes of its template.
const TEMPLATE_GENERATION: &str = "deprecated.daemonset.template.generation";

/// Follows `PrepareForUpdate` in pkg/registry/apps/daemonset/strategy.go.
fn count_templates(old: &Object, object: &mut Object) {
    let before: i64 = old.meta.annotation(TEMPLATE_GENERATION).parse().unwrap_or(1);
    let path = ["spec", "template"];
    let same = |a: Option<&Value>, b: Option<&Value>| is_same(a.unwrap_or(&Value::Null), b.unwrap_or(&Value::Null));
    let number = if same(old.at(&path), object.at(&path)) { before } else { before + 1 };
    object.meta.annotations.insert(TEMPLATE_GENERATION, number.to_string().into());
}

fn keep_addresses(old: &Object, object: &mut Object) {
    let is_external = |object: &Object| object.str_at(&["spec", "type"]) == "ExternalName";
    if is_external(old) || is_external(object) {
        return;
    }
    for name in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"] {
        let is_unset = object.at(&["spec", name]).is_none_or(|value| value.is_null() || *value == Value::from(""));
        if is_unset && let Some(value) = old.at(&["spec", name]).cloned() {
            object.set_at(&["spec", name], value);
        }
    }
}

/// Ports that had a number of the nodes keep it, by their names, unless another one has it now.
fn keep_node_ports(old: &Object, object: &mut Object) {
    let has = |object: &Object| matches!(object.str_at(&["spec", "type"]), "NodePort" | "LoadBalancer");
    let number = |port: &Value| port.i64_at(&["nodePort"]).unwrap_or(0);
    let path = ["spec", "ports"];
    if !has(old) || !has(object) || object.list_at(&path).iter().all(|port| number(port) != 0) {
        return;
    }
    let mut used: Vec<i64> = object.list_at(&path).iter().map(number).collect();
    for port in object.at_mut(&path).list_mut().iter_mut().filter(|port| number(port) == 0) {
        let same = |it: &&Value| it.str_at(&["name"]) == port.str_at(&["name"]);
        let known = old.list_at(&path).iter().rfind(same).map_or(0, number);
        if known != 0 && !used.contains(&known) {
            used.push(known);
            port.set_at(&["nodePort"], known);
        }
    }
}

/// Where `maxUnavailable` counts, it is 1 unless somebody says otherwise.
///
/// Follows `SetDefaults_StatefulSet` in pkg/apis/apps/v1/defaults.go.
fn default_max_unavailable(object: &mut Object, kubernetes: Kubernetes) {
    let strategy = ["spec", "updateStrategy"];
    let rolls = kubernetes.has(Difference::MaxUnavailable)
        && object.at(&strategy).is_some_and(|it| it.str_at(&["type"]) == "RollingUpdate");
    let path = ["spec", "updateStrategy", "rollingUpdate"];
    let is_unset =
        object.at(&path).is_some_and(|it| it.as_map().is_some() && it.get("maxUnavailable").is_none_or(Value::is_null));
    if rolls && is_unset {
        object.set_at(&["spec", "updateStrategy", "rollingUpdate", "maxUnavailable"], 1);
    }
}

/// Drops `maxUnavailable` while its gate is off, unless the stored set has it already.
fn drop_disabled(object: &mut Object, old: Option<&Object>, kubernetes: Kubernetes) {
    let path = ["spec", "updateStrategy", "rollingUpdate", "maxUnavailable"];
    let is_stored = old.is_some_and(|old| old.at(&path).is_some());
    if !kubernetes.has(Difference::MaxUnavailable) && !is_stored {
        object.remove_at(&path);
    }
}

/// `stringData` is written into `data` in base64.
fn merge_string_data(object: &mut Object) {
    let Some(Value::Map(plain)) = object.body.remove("stringData") else { return };
    let mut data: Map = object.body.get("data").and_then(Value::as_map).cloned().unwrap_or_default();
    for (key, value) in plain.iter() {
        data.insert(key.clone(), encode_base64(value.as_str().unwrap_or("").as_bytes()).into());
    }
    object.body.insert("data", data.into());
}
