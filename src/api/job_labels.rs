//! The labels by which a Job knows its pods, given when it is created; knows no other object.

use super::default::sub;
use super::kind_defaults::default_object;
use crate::model::{Object, Text, Value};
use crate::obj;

/// The label with the Job's UID.
pub const CONTROLLER_UID: &str = "batch.kubernetes.io/controller-uid";
/// The label with the Job's name.
pub const JOB_NAME: &str = "batch.kubernetes.io/job-name";

/// Gives a Job that has a UID its selector, and its template the labels that the selector takes, unless it brings its own.
///
/// Follows `generateSelector` in pkg/registry/batch/job/strategy.go.
pub fn label_job(job: &mut Object) {
    if job.at(&["spec", "manualSelector"]).and_then(Value::as_bool) == Some(true) {
        return;
    }
    let (uid, name) = (job.meta.uid.clone(), job.meta.name.clone());
    let labels: [(&'static str, &Text); 4] =
        [(CONTROLLER_UID, &uid), (JOB_NAME, &name), ("controller-uid", &uid), ("job-name", &name)];
    let spec = sub(&mut job.body, "spec");
    let own = sub(sub(sub(spec, "template"), "metadata"), "labels");
    for (key, value) in labels {
        own.insert(key, value.into());
    }
    if spec.get("selector").is_none_or(Value::is_null) {
        spec.insert("selector", obj! { "matchLabels" => obj! { CONTROLLER_UID => &uid } });
    }
    default_object(job);
}
