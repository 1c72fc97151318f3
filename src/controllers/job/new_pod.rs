//! The pods that a Job makes; decides neither how many nor when.
//!
//! Follows `manageJob` in pkg/controller/job/job_controller.go.

use super::counts::{Counts, is_indexed};
use super::failure_policy::{Verdict, verdict};
use super::{TRACKING, indexes};
use crate::controllers::workload;
use crate::model::{Object, Text, Value};
use crate::obj;

/// The variable by which a program learns its number.
const VARIABLE: &str = "JOB_COMPLETION_INDEX";

/// A pod of the Job; with the number that it has to do, if the Job counts its pods.
pub(super) fn new_pod(job: &Object, counts: &Counts, index: Option<i64>) -> Object {
    let none = Value::map();
    let mut pod = workload::pod_of_template(job, job.at(&["spec", "template"]).unwrap_or(&none));
    pod.meta.add_finalizer(TRACKING);
    let Some(index) = index.filter(|_| is_indexed(job)) else { return pod };
    let number = Text::from(index.to_string());
    pod.meta.generate_name = format!("{}-{index}-", job.meta.name).into();
    pod.meta.annotations.insert(indexes::LABEL, number.clone());
    pod.meta.labels.insert(indexes::LABEL, number);
    if job.at(&["spec", "backoffLimitPerIndex"]).is_some() {
        indexes::note_failures(&mut pod, failures_so_far(job, counts, index));
    }
    pod.set_at(&["spec", "hostname"], format!("{}-{index}", job.meta.name));
    for kind in ["containers", "initContainers"] {
        if !pod.list_at(&["spec", kind]).is_empty() {
            pod.at_mut(&["spec", kind]).list_mut().iter_mut().for_each(tell_number);
        }
    }
    pod
}

/// How often the pods of a number have failed, the last one included.
///
/// Follows `getNewIndexFailureCounts`.
fn failures_so_far(job: &Object, counts: &Counts, index: i64) -> (i64, i64) {
    let Some(last) = counts.predecessor(index) else { return (0, 0) };
    let (counted, ignored) = indexes::failures(last);
    match verdict(job, last) {
        Verdict::Ignored => (counted, ignored + 1),
        _ => (counted + 1, ignored),
    }
}

/// Gives a container the variable with its pod's number, unless it has one of that name.
fn tell_number(container: &mut Value) {
    let mut env = container.list_at(&["env"]).to_vec();
    if env.iter().any(|it| it.str_at(&["name"]) == VARIABLE) {
        return;
    }
    let field = format!("metadata.labels['{}']", indexes::LABEL);
    env.push(obj! {
        "name" => VARIABLE,
        "valueFrom" => obj! { "fieldRef" => obj! { "apiVersion" => "v1", "fieldPath" => field } },
    });
    container.set_at(&["env"], env);
}
