//! The parts that admission gives to every pod: tolerations and the token's volume; knows no pod.

use crate::model::Value;
use crate::{list, obj};

/// The parts that every pod gets, made once and shared.
#[derive(Clone, Debug)]
pub(super) struct PodDefaults {
    pub(super) not_ready: Value,
    pub(super) unreachable: Value,
    pub(super) tolerations: Value,
    pub(super) token: Value,
}

impl Default for PodDefaults {
    fn default() -> PodDefaults {
        let toleration = |key: &'static str| {
            obj! { "effect" => "NoExecute", "key" => key, "operator" => "Exists", "tolerationSeconds" => 300 }
        };
        let (not_ready, unreachable) =
            (toleration("node.kubernetes.io/not-ready"), toleration("node.kubernetes.io/unreachable"));
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
