//! Which claims may ask for more storage than before.
//!
//! Follows plugin/pkg/admission/storage/persistentvolume/resize.

use super::error::ApiError;
use super::quantity_at;
use super::store::Cluster;
use crate::model::claim::class_name;
use crate::model::{Kind, Object, Text, Value};

/// Looks at a changed claim.
///
/// # Errors
/// `Forbidden` if it grows and its class lets none grow.
pub(super) fn check(cluster: &Cluster, old: &Object, object: &Object) -> Result<(), ApiError> {
    let request = ["spec", "resources", "requests", "storage"];
    let grows = quantity_at(object, &request) > quantity_at(old, &request);
    let class = Text::new(class_name(object));
    let class = cluster.find(Kind::StorageClass, &Text::default(), &class);
    let can_grow = class.and_then(|class| class.at(&["allowVolumeExpansion"])).and_then(Value::as_bool) == Some(true);
    if grows && !can_grow {
        let why = "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must \
                   support resize";
        return Err(ApiError::Forbidden { kind: object.kind, name: object.meta.name.clone(), why: why.to_string() });
    }
    Ok(())
}
