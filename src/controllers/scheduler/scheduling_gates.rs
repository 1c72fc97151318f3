//! Pods that are not to be scheduled yet: a gate (`schedulingGates`) holds them back until somebody takes it away.
//!
//! Follows pkg/scheduler/framework/plugins/schedulinggates/scheduling_gates.go.

use crate::model::Object;

/// What is said of a pod that a gate holds back.
pub(super) fn refusal(pod: &Object) -> Option<&'static str> {
    let is_held = !pod.list_at(&["spec", "schedulingGates"]).is_empty();
    is_held.then_some("Scheduling is blocked due to non-empty scheduling gates")
}
