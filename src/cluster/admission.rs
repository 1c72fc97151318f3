//! What the API server adds to, or refuses about, a new object because of what else the cluster holds.

use super::error::ApiError;
use super::store::Cluster;
use crate::model::{Kind, Object};

/// Completes `object` before it is stored.
///
/// # Errors
/// `NotFound` for a missing namespace, `Forbidden` for what a plugin refuses.
pub fn admit_create(cluster: &Cluster, object: &mut Object) -> Result<(), ApiError> {
    if object.kind.names().is_namespaced
        && cluster.count(Kind::Namespace) > 0
        && cluster.find(Kind::Namespace, &object.meta.namespace, &object.meta.namespace).is_none()
    {
        return Err(ApiError::NotFound { kind: Kind::Namespace, name: object.meta.namespace.clone() });
    }
    Ok(())
}
