//! What ends a Job before its completions do: `backoffLimit`, `activeDeadlineSeconds`, `maxFailedIndexes`, its policies.
//! Writes nothing.
//!
//! Follows `syncJob` in pkg/controller/job/job_controller.go.

use super::counts::Counts;
use super::end::End;
use super::failure_policy::{Verdict, verdict};
use super::{flag, success_policy};
use crate::controllers::{Ctx, Work};
use crate::model::conditions::condition;
use crate::model::{Millis, Object, Text, Value};
use std::rc::Rc;

/// What ends a Job before its completions do, if anything: what was said of it already, its policies and its limits.
pub(super) fn end_of(
    ctx: &mut Ctx<'_>,
    job: &Object,
    status: &Value,
    counts: &Counts,
    pods: &[Rc<Object>],
    work: &Work,
) -> Option<End> {
    for (kind, is_good) in [("SuccessCriteriaMet", true), ("FailureTarget", false)] {
        if let Some(said) = condition(job, kind).filter(|it| it.str_at(&["status"]) == "True") {
            let word = |field: &'static str| Text::new(said.str_at(&[field]));
            return Some(End { is_good, reason: word("reason"), message: word("message") });
        }
    }
    let mut failed = pods.iter().filter(|pod| counts.is_failed(pod));
    if let Some(message) = failed.find_map(|pod| match verdict(job, pod) {
        Verdict::FailsJob(message) => Some(message),
        _ => None,
    }) {
        return Some(End::bad("PodFailurePolicy", message));
    }
    let limit = job.i64_at(&["spec", "backoffLimit"]).unwrap_or(6);
    if counts.failed > limit || counts.has_restarted_too_often(job, limit) {
        return Some(End::bad("BackoffLimitExceeded", "Job has reached the specified backoff limit"));
    }
    past_deadline(ctx, job, status, work)
        .or_else(|| failed_indexes(job, counts))
        .or_else(|| success_policy::met(job, counts))
}

/// Follows `pastActiveDeadline`; asks to look again when the deadline comes.
fn past_deadline(ctx: &mut Ctx<'_>, job: &Object, status: &Value, work: &Work) -> Option<End> {
    let seconds = job.i64_at(&["spec", "activeDeadlineSeconds"]).filter(|_| !flag(job, &["spec", "suspend"]))?;
    let due = Millis::parse_rfc3339(status.str_at(&["startTime"]))? + Millis::seconds(seconds);
    if due > ctx.cluster.now() {
        ctx.timers.add(due, work.clone());
        return None;
    }
    Some(End::bad("DeadlineExceeded", "Job was active longer than specified deadline"))
}

fn failed_indexes(job: &Object, counts: &Counts) -> Option<End> {
    let failed = counts.failed_indexes.len() as i64;
    let completions = job.i64_at(&["spec", "completions"]).unwrap_or(0);
    if job.i64_at(&["spec", "maxFailedIndexes"]).is_some_and(|most| failed > most) {
        let message = "Job has exceeded the specified maximal number of failed indexes";
        return Some(End::bad("MaxFailedIndexesExceeded", message));
    }
    let is_over = failed > 0 && failed + counts.done.len() as i64 >= completions;
    is_over.then(|| End::bad("FailedIndexes", "Job has failed indexes"))
}
