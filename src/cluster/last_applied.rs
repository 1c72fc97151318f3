//! The annotation in which `kubectl apply` keeps what it sent; the server keeps it true for server-side apply as well.

use crate::model::{Object, Value, to_json};
use crate::obj;

/// Where `kubectl apply` keeps the manifest as it was applied last.
pub const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// A manifest as `kubectl apply` sends it: with the annotation that holds itself, in JSON, and with a namespace.
pub fn with_last_applied(manifest: &Value, namespace: &str) -> Value {
    let mut modified = manifest.clone();
    let is_namespaced = schema_kind(manifest).is_none_or(|kind| kind.names().is_namespaced);
    let metadata = modified.at_mut(&["metadata"]);
    if is_namespaced && metadata.str_at(&["namespace"]).is_empty() {
        metadata.set_at(&["namespace"], Value::text(namespace));
    }
    if metadata.get("annotations").is_none_or(|it| it.as_map().is_none()) {
        metadata.set_at(&["annotations"], obj! {});
    }
    metadata.at_mut(&["annotations"]).map_mut().remove(LAST_APPLIED);
    let json = format!("{}\n", to_json(&modified));
    modified.at_mut(&["metadata", "annotations"]).map_mut().insert(LAST_APPLIED, json.into());
    modified
}

fn schema_kind(value: &Value) -> Option<crate::model::Kind> {
    crate::model::Kind::of(value.str_at(&["apiVersion"]), value.str_at(&["kind"]))
}

/// The manifest that was applied last, from the stored object's annotation.
pub fn last_applied(object: &Object) -> Option<Value> {
    crate::model::parse_json(object.meta.annotation(LAST_APPLIED).trim()).ok().filter(|value| value.as_map().is_some())
}

/// The annotation's text as the server writes it for server-side apply: what was sent, with its namespace and without
/// the annotation itself (`managedfields/internal/lastappliedupdater.go`).
pub fn applied_text(config: &Value, namespace: &str) -> String {
    let mut sent = config.clone();
    if schema_kind(config).is_none_or(|kind| kind.names().is_namespaced) {
        sent.set_at(&["metadata", "namespace"], crate::model::Text::new(namespace));
    }
    sent.remove_at(&["metadata", "annotations", LAST_APPLIED]);
    if sent.at(&["metadata", "annotations"]).and_then(Value::as_map).is_some_and(crate::model::Map::is_empty) {
        sent.remove_at(&["metadata", "annotations"]);
    }
    to_json(&sent) + "\n"
}
