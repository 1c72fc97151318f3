//! What a pod gets of its ServiceAccount: its name, secrets for images, and the mount of its token.
//!
//! Follows plugin/pkg/admission/serviceaccount.

use super::error::ApiError;
use super::store::Cluster;
use crate::model::{Kind, Map, Object, Text, Value};
use crate::obj;
use std::rc::Rc;

/// The account that a pod's programs act for.
///
/// # Errors
/// `Forbidden` if there is none of that name.
pub(super) fn account_of(cluster: &Cluster, pod: &Object) -> Result<Text, ApiError> {
    let account = match pod.str_at(&["spec", "serviceAccountName"]) {
        "" => Text::from("default"),
        name => Text::new(name),
    };
    let namespace = &pod.meta.namespace;
    let is_known = cluster.find(Kind::ServiceAccount, namespace, &account).is_some();
    if is_known || cluster.count(Kind::ServiceAccount) == 0 {
        return Ok(account);
    }
    let why = format!("error looking up service account {namespace}/{account}: serviceaccount \"{account}\" not found");
    Err(ApiError::Forbidden { kind: Kind::Pod, name: pod.meta.name.clone(), why })
}

/// What an account brings its pods unless they say otherwise: secrets for images, and whether its token is mounted.
pub(super) fn brought_by(cluster: &Cluster, namespace: &Text, account: &Text) -> (Option<Value>, Option<bool>) {
    let Some(account) = cluster.find(Kind::ServiceAccount, namespace, account) else { return (None, None) };
    let secrets = account.at(&["imagePullSecrets"]).filter(|it| it.as_list().is_some_and(|list| !list.is_empty()));
    (secrets.cloned(), account.at(&["automountServiceAccountToken"]).and_then(Value::as_bool))
}

/// Whether a pod brings a volume with a token already.
pub(super) fn has_token(volumes: Option<&Value>) -> bool {
    let volumes = volumes.and_then(Value::as_list).unwrap_or(&[]);
    volumes.iter().any(|volume| volume.str_at(&["name"]).starts_with("kube-api-access-"))
}

/// Mounts the account's token in every container, by a volume of this name.
pub(super) fn mount_token(spec: &mut Map, token: &str, source: Value) {
    let name = Text::new(token);
    let mount = obj! {
        "mountPath" => "/var/run/secrets/kubernetes.io/serviceaccount", "name" => &name, "readOnly" => true,
    };
    for containers in ["initContainers", "containers"] {
        if let Some(Value::List(containers)) = spec.get_mut(containers) {
            for container in Rc::make_mut(containers) {
                container.at_mut(&["volumeMounts"]).list_mut().push(mount.clone());
            }
        }
    }
    let volume = obj! { "name" => name, "projected" => source };
    spec.get_or_insert_with("volumes", || Value::Null).list_mut().push(volume);
}
