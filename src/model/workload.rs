//! What the objects that run pods say, read by name: sets, Deployments, ReplicaSets, Jobs.

use super::conditions::is_true;
use super::{Millis, Object, Value};

/// The annotation with the number of a Deployment's revision, and of the ReplicaSets that keep its revisions.
pub const DEPLOYMENT_REVISION: &str = "deployment.kubernetes.io/revision";

/// How many pods an object asks for; 1 if it is silent.
pub fn replicas(object: &Object) -> i64 {
    object.i64_at(&["spec", "replicas"]).unwrap_or(1)
}

/// How many pods an object had when its controller looked last.
pub fn current_replicas(object: &Object) -> i64 {
    object.i64_at(&["status", "replicas"]).unwrap_or(0)
}

/// How many of them are ready.
pub fn ready_replicas(object: &Object) -> i64 {
    object.i64_at(&["status", "readyReplicas"]).unwrap_or(0)
}

/// How many of them are available.
pub fn available_replicas(object: &Object) -> i64 {
    object.i64_at(&["status", "availableReplicas"]).unwrap_or(0)
}

/// How many of them have the newest template.
pub fn updated_replicas(object: &Object) -> i64 {
    object.i64_at(&["status", "updatedReplicas"]).unwrap_or(0)
}

/// How many nodes a DaemonSet is to have a pod on.
pub fn desired_scheduled(set: &Object) -> i64 {
    set.i64_at(&["status", "desiredNumberScheduled"]).unwrap_or(0)
}

/// On how many of them a pod of a DaemonSet is ready.
pub fn ready_scheduled(set: &Object) -> i64 {
    set.i64_at(&["status", "numberReady"]).unwrap_or(0)
}

/// On how many of them a pod of a DaemonSet has the newest template.
pub fn updated_scheduled(set: &Object) -> i64 {
    set.i64_at(&["status", "updatedNumberScheduled"]).unwrap_or(0)
}

/// On how many of them a pod of a DaemonSet is available.
pub fn available_scheduled(set: &Object) -> i64 {
    set.i64_at(&["status", "numberAvailable"]).unwrap_or(0)
}

/// The generation that the controller has seen; `None` before its first look.
pub fn observed_generation(object: &Object) -> Option<i64> {
    object.i64_at(&["status", "observedGeneration"])
}

/// How the pods of a StatefulSet or DaemonSet get a changed template: `RollingUpdate`, `OnDelete` or `Recreate`; empty in
/// an object without defaults.
pub fn update_type(object: &Object) -> &str {
    object.str_at(&["spec", "updateStrategy", "type"])
}

/// How long a pod has to be ready before it counts as available.
pub fn min_ready(object: &Object) -> Millis {
    let seconds = object.i64_at(&["spec", "minReadySeconds"]).unwrap_or(0);
    Millis::seconds(seconds.clamp(0, i64::from(i32::MAX)))
}

/// Whether a Job or CronJob is to stand still.
pub fn is_suspended(object: &Object) -> bool {
    object.at(&["spec", "suspend"]).and_then(Value::as_bool) == Some(true)
}

/// Whether a Job has ended, well or badly.
///
/// Follows `IsJobFinished` in pkg/controller/job/util.
pub fn is_finished(job: &Object) -> bool {
    is_true(job, "Complete") || is_true(job, "Failed")
}
