//! The labels by which a Job knows its pods, given when it is created; knows no other object.

use super::default::sub;
use super::workload_defaults;
use crate::model::{Object, Text, Value};

/// The label with the Job's UID.
pub const CONTROLLER_UID: &str = "batch.kubernetes.io/controller-uid";
/// The label with the Job's name.
pub const JOB_NAME: &str = "batch.kubernetes.io/job-name";

/// Gives a Job that has a UID its selector, and its template the labels that the selector takes. What it brings of them
/// stays; the rules say whether that is as it has to be.
///
/// Follows `generateSelector` in pkg/registry/batch/job/strategy.go.
pub fn label_job(job: &mut Object) {
    if job.at(&["spec", "manualSelector"]).and_then(Value::as_bool) == Some(true) {
        return;
    }
    let labels = expected_labels(job);
    let uid = job.meta.uid.clone();
    let spec = sub(&mut job.body, "spec");
    let own = sub(sub(sub(spec, "template"), "metadata"), "labels");
    for (key, value) in labels {
        if !own.contains_key(key) {
            own.insert(key, value.into());
        }
    }
    let selected = sub(sub(spec, "selector"), "matchLabels");
    if !selected.contains_key(CONTROLLER_UID) {
        selected.insert(CONTROLLER_UID, uid.into());
    }
    workload_defaults::job(job);
}

/// The labels of a Job's pods.
pub(super) fn expected_labels(job: &Object) -> [(&'static str, Text); 4] {
    let (uid, name) = (job.meta.uid.clone(), job.meta.name.clone());
    [(CONTROLLER_UID, uid.clone()), (JOB_NAME, name.clone()), ("controller-uid", uid), ("job-name", name)]
}
