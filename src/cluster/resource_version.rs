//! The version that a client says an object has: whether it can be one, and whether it is still the stored one.

use super::error::ApiError;
use crate::api;
use crate::model::{Object, Value};

/// Refuses a configuration of another version than the stored object's.
///
/// # Errors
/// `Conflict`.
pub fn check_version(old: &Object, config: &Value) -> Result<(), ApiError> {
    let wanted = config.str_at(&["metadata", "resourceVersion"]);
    if wanted.is_empty() || wanted == old.meta.resource_version.to_string() {
        return Ok(());
    }
    Err(ApiError::Conflict { kind: old.kind, name: old.meta.name.clone(), why: String::new() })
}

/// Refuses a version that is no number. Follows `ObjectResourceVersion` of apiserver's `api_object_versioner.go`.
pub(super) fn check_version_text(value: &Value) -> Result<(), ApiError> {
    let text = value.str_at(&["metadata", "resourceVersion"]);
    match text.parse::<u64>() {
        Ok(_) => Ok(()),
        Err(_) if text.is_empty() => Ok(()),
        Err(error) => {
            let why = match error.kind() {
                std::num::IntErrorKind::PosOverflow => "value out of range",
                _ => "invalid syntax",
            };
            Err(ApiError::Unknown(format!("strconv.ParseUint: parsing {}: {why}", api::go_quoted(text))))
        }
    }
}
