//! What the API server refuses about a status; knows nothing of how it came about.

use super::error::ApiError;
use crate::model::{Kind, Object};

/// Checks a StatefulSet's counts, as `ValidateStatefulSetStatus` in pkg/apis/apps/validation does.
///
/// # Errors
/// `Invalid` with a cause for each count that cannot be.
pub fn check_status(object: &Object) -> Result<(), ApiError> {
    if object.kind != Kind::StatefulSet {
        return Ok(());
    }
    let count = |field: &str| object.i64_at(&["status", field]).unwrap_or(0);
    let mut causes = Vec::new();
    let fields = ["replicas", "readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas"];
    for field in fields {
        if count(field) < 0 {
            causes.push(format!("status.{field}: Invalid value: {}: must be greater than or equal to 0", count(field)));
        }
    }
    for field in fields.into_iter().skip(1) {
        if count(field) > count("replicas") {
            causes.push(format!(
                "status.{field}: Invalid value: {}: cannot be greater than status.replicas",
                count(field)
            ));
        }
    }
    if count("availableReplicas") > count("readyReplicas") {
        let available = count("availableReplicas");
        causes.push(format!(
            "status.availableReplicas: Invalid value: {available}: cannot be greater than status.readyReplicas"
        ));
    }
    if causes.is_empty() {
        return Ok(());
    }
    Err(ApiError::Invalid { kind: object.kind, name: object.meta.name.clone(), causes })
}
