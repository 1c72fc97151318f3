//! The parts that admission gives to every pod: tolerations of lost nodes for 300 s, and the token's volume.
//!
//! Follows plugin/pkg/admission/defaulttolerationseconds.

use crate::model::Value;
use crate::model::node::{NOT_READY, UNREACHABLE};
use crate::{list, obj};

/// The parts that every pod gets, made once and shared.
#[derive(Clone, Debug)]
pub(super) struct PodDefaults {
    not_ready: Value,
    unreachable: Value,
    tolerations: Value,
    pub(super) token: Value,
}

impl Default for PodDefaults {
    fn default() -> PodDefaults {
        let toleration = |key: &'static str| {
            obj! { "effect" => "NoExecute", "key" => key, "operator" => "Exists", "tolerationSeconds" => 300 }
        };
        let (not_ready, unreachable) = (toleration(NOT_READY), toleration(UNREACHABLE));
        let field = obj! { "apiVersion" => "v1", "fieldPath" => "metadata.namespace" };
        let sources = list![
            obj! { "serviceAccountToken" => obj! { "expirationSeconds" => 3607, "path" => "token" } },
            obj! { "configMap" => obj! {
                "items" => list![obj! { "key" => "ca.crt", "path" => "ca.crt" }], "name" => "kube-root-ca.crt",
            } },
            obj! { "downwardAPI" => obj! { "items" => list![obj! { "fieldRef" => field, "path" => "namespace" }] } },
        ];
        PodDefaults {
            tolerations: list![not_ready.clone(), unreachable.clone()],
            not_ready,
            unreachable,
            token: obj! { "defaultMode" => 420, "sources" => sources },
        }
    }
}

impl PodDefaults {
    /// Adds the tolerations for lost nodes unless the pod brings its own.
    pub(super) fn tolerate(&self, tolerations: &mut Value) {
        let own = tolerations.as_list().unwrap_or(&[]);
        if own.is_empty() {
            *tolerations = self.tolerations.clone();
            return;
        }
        let covers = |key: &str| {
            own.iter().any(|toleration| {
                let own_key = toleration.str_at(&["key"]);
                let effect = toleration.str_at(&["effect"]);
                (own_key == key || own_key.is_empty()) && (effect == "NoExecute" || effect.is_empty())
            })
        };
        let missing: Vec<Value> = [&self.not_ready, &self.unreachable]
            .into_iter()
            .filter(|toleration| !covers(toleration.str_at(&["key"])))
            .cloned()
            .collect();
        tolerations.list_mut().extend(missing);
    }
}
