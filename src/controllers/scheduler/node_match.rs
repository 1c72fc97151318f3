//! Which nodes a pod's own rules take: selectors, required affinity, tolerations; weighs nothing.
//!
//! Follows component-helpers' scheduling/corev1/nodeaffinity/nodeaffinity.go.

use crate::model::node::taints;
use crate::model::{Labels, Object, Text, Value, expression_matches, map_matches};

/// Whether the pod's node selector and required node affinity take the node.
pub fn selects(pod: &Object, node: &Object) -> bool {
    let selector = pod.at(&["spec", "nodeSelector"]).and_then(Value::as_map);
    let required = pod.at(&["spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"]);
    selector.is_none_or(|selector| map_matches(selector, &node.meta.labels))
        && required.is_none_or(|required| {
            required.is_null() || node_terms_match(required.list_at(&["nodeSelectorTerms"]), node)
        })
}

/// Whether one of the terms of a node selector takes the node.
pub(super) fn node_terms_match(terms: &[Value], node: &Object) -> bool {
    terms.iter().any(|term| {
        let (expressions, fields) = (term.list_at(&["matchExpressions"]), term.list_at(&["matchFields"]));
        let name = [("metadata.name", node.meta.name.clone())].into_iter().collect();
        (!expressions.is_empty() || !fields.is_empty())
            && expressions.iter().all(|expression| expression_matches(expression, &node.meta.labels))
            && fields.iter().all(|expression| expression_matches(expression, &name))
    })
}

/// The first taint of a node that keeps a pod away.
pub fn untolerated_taint<'n>(pod: &Object, node: &'n Object) -> Option<&'n Value> {
    let keeps_away = |taint: &&Value| matches!(taint.str_at(&["effect"]), "NoSchedule" | "NoExecute");
    taints(node).iter().filter(keeps_away).find(|taint| !tolerates(pod, taint))
}

/// Whether the pod tolerates a taint.
pub(in crate::controllers) fn tolerates(pod: &Object, taint: &Value) -> bool {
    pod.list_at(&["spec", "tolerations"]).iter().any(|toleration| toleration_covers(toleration, taint))
}

/// Whether one toleration covers a taint.
pub(in crate::controllers) fn toleration_covers(toleration: &Value, taint: &Value) -> bool {
    let (effect, key) = (toleration.str_at(&["effect"]), toleration.str_at(&["key"]));
    let value = |from: &Value| Text::new(from.str_at(&["value"]));
    (effect.is_empty() || effect == taint.str_at(&["effect"]))
        && (key.is_empty() || key == taint.str_at(&["key"]))
        && match toleration.str_at(&["operator"]) {
            "Exists" => true,
            _ => !key.is_empty() && value(toleration) == value(taint),
        }
}

/// The value of a node's topology label, if it has one.
pub(super) fn topology<'n>(labels: &'n Labels, key: &str) -> Option<&'n Text> {
    labels.get(key)
}
