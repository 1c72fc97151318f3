//! How many pods of a set an update may take away at a time.

use crate::model::Value;
use crate::model::int_or_percent::scaled;

/// How many pods may be unavailable during an update: a number or a percentage of the replicas rounded down, at
/// least 1.
///
/// Follows `getStatefulSetMaxUnavailable` in pkg/controller/statefulset/stateful_set_utils.go.
pub fn max_unavailable(value: Option<&Value>, replicas: i64) -> i64 {
    scaled(value, replicas, false).max(1)
}
