//! How large a request and a stored object may be.

use super::error::ApiError;
use crate::model::{Object, Value};

/// The most bytes that a client may send at once.
///
/// Follows `DefaultMaxRequestBodyBytes` in apiserver's `pkg/server/config.go`.
const SENT_MAX: usize = 3 * 1024 * 1024;
/// The most bytes that etcd stores at once: its `--max-request-bytes`.
const STORED_MAX: usize = 1536 * 1024;

/// About how many bytes a tree has as JSON.
fn size_of(value: &Value) -> usize {
    match value {
        Value::Str(text) => text.len() + 2,
        Value::List(values) => 2 + values.iter().map(|value| size_of(value) + 1).sum::<usize>(),
        Value::Map(map) => 2 + map.iter().map(|(key, value)| key.len() + size_of(value) + 4).sum::<usize>(),
        _ => 5,
    }
}

/// Refuses what nobody may send.
///
/// # Errors
/// `RequestEntityTooLarge`.
pub(super) fn check_sent(value: &Value) -> Result<(), ApiError> {
    match size_of(value) > SENT_MAX {
        true => Err(ApiError::TooLarge(format!("Request entity too large: limit is {SENT_MAX}"))),
        false => Ok(()),
    }
}

/// Refuses an object for which the store has no room.
///
/// # Errors
/// etcd's own words, without a reason.
pub(super) fn check_stored(object: &Object) -> Result<(), ApiError> {
    let own: usize = object.body.iter().map(|(key, value)| key.len() + size_of(value) + 4).sum();
    let texts = object.meta.annotations.iter().chain(object.meta.labels.iter());
    let meta: usize = texts.map(|(key, value)| key.len() + value.len() + 6).sum();
    match own + meta > STORED_MAX {
        true => Err(ApiError::Unknown("etcdserver: request is too large".into())),
        false => Ok(()),
    }
}
