//! What the status of a container says, an entry of a pod's `status.containerStatuses` or its sisters; read by name.

use super::Value;

/// Whether its process runs.
pub fn is_running(status: &Value) -> bool {
    running(status).is_some()
}

/// Since when its process runs. Shape: `startedAt`; `None` if it does not run.
pub fn running(status: &Value) -> Option<&Value> {
    status.at(&["state", "running"])
}

/// Why it waits. Shape: `reason` and `message`; `None` if it does not wait.
pub fn waiting(status: &Value) -> Option<&Value> {
    status.at(&["state", "waiting"])
}

/// The word for why it waits; empty if it does not wait.
pub fn waiting_reason(status: &Value) -> &str {
    waiting(status).map_or("", |waiting| waiting.str_at(&["reason"]))
}

/// How its process ended. Shape: `exitCode`, `reason`, `startedAt`, `finishedAt`; `None` if it did not end.
pub fn ended(status: &Value) -> Option<&Value> {
    status.at(&["state", "terminated"])
}

/// The code that its process ended with; `None` if it did not end.
pub fn exit_code(status: &Value) -> Option<i64> {
    status.i64_at(&["state", "terminated", "exitCode"])
}

/// How often it was started again.
pub fn restarts(status: &Value) -> i64 {
    status.i64_at(&["restartCount"]).unwrap_or(0)
}

/// Whether it is ready.
pub fn is_ready(status: &Value) -> bool {
    status.get("ready").and_then(Value::as_bool) == Some(true)
}
