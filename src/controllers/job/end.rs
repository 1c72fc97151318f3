//! How a Job ends: what ends it (`backoffLimit` among others), and the conditions and events that say so; deletes no pod.
//!
//! Follows `syncJob` and `enactJobFinished` in pkg/controller/job/job_controller.go.

use super::counts::Counts;
use super::failure_policy::{Verdict, verdict};
use super::{COMPONENT, flag, indexes};
use crate::controllers::{ControllerId, Ctx, Outcome, Work};
use crate::model::conditions::{condition, is_true};
use crate::model::{Millis, Object, Text, Value};
use crate::obj;
use std::rc::Rc;

/// What ends a Job.
pub(super) struct End {
    is_good: bool,
    reason: Text,
    message: Text,
}

impl End {
    fn bad(reason: &'static str, message: impl Into<Text>) -> End {
        End { is_good: false, reason: Text::from(reason), message: message.into() }
    }

    /// Its completions are reached.
    pub(super) fn complete() -> End {
        let message = "Reached expected number of succeeded pods".into();
        End { is_good: true, reason: "CompletionsReached".into(), message }
    }

    /// Whether the Job failed.
    pub(super) fn is_failure(&self) -> bool {
        !self.is_good
    }
}

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
    past_deadline(ctx, job, status, work).or_else(|| failed_indexes(job, counts)).or_else(|| success(job, counts))
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

/// Follows `matchSuccessPolicy` in pkg/controller/job/success_policy.go.
fn success(job: &Object, counts: &Counts) -> Option<End> {
    let is_met = |rule: &Value| {
        let enough = rule.i64_at(&["succeededCount"]);
        match rule.get("succeededIndexes").and_then(Value::as_str) {
            Some(text) => {
                let wanted = indexes::read(text);
                let found = wanted.iter().filter(|number| counts.done.contains(number)).count() as i64;
                enough.map_or(found == wanted.len() as i64, |enough| found >= enough)
            }
            None => enough.is_some_and(|enough| counts.done.len() as i64 >= enough),
        }
    };
    let mut rules = job.list_at(&["spec", "successPolicy", "rules"]).iter();
    let place = rules.position(is_met).filter(|_| !counts.done.is_empty())?;
    let message = format!("Matched rules at index {place}").into();
    Some(End { is_good: true, reason: "SuccessPolicy".into(), message })
}

/// Says what ends a Job, and that it has ended once no pod of it is left that is still ending.
pub(super) fn write(ctx: &mut Ctx<'_>, job: &Rc<Object>, status: &mut Value, end: &End, terminating: i64) {
    let now = ctx.cluster.now();
    let (target, last) = match end.is_good {
        true => ("SuccessCriteriaMet", "Complete"),
        false => ("FailureTarget", "Failed"),
    };
    say_condition(status, target, "True", &end.reason, &end.message, now);
    if terminating > 0 {
        return;
    }
    say_condition(status, last, "True", &end.reason, &end.message, now);
    if end.is_failure() {
        ctx.event(job, COMPONENT, true, reason_of_failure(&end.reason), end.message.to_string());
        ctx.decide(ControllerId::Job, job, "job.failed", Outcome::Acts, || vec![("reason", end.reason.clone())]);
        return;
    }
    status.set_at(&["completionTime"], now.rfc3339());
    let completions = job.i64_at(&["spec", "completions"]);
    if completions.is_some_and(|most| status.i64_at(&["succeeded"]).unwrap_or(0) > most) {
        let text = "Too many succeeded pods running after completion count reached";
        ctx.event(job, COMPONENT, true, "TooManySucceededPods", text);
    }
    ctx.event(job, COMPONENT, false, "Completed", "Job completed");
    ctx.decide(ControllerId::Job, job, "job.complete", Outcome::Acts, Vec::new);
}

/// Says that a suspended Job goes on or stops, if that is new.
pub(super) fn note_suspension(ctx: &mut Ctx<'_>, job: &Rc<Object>, status: &mut Value) {
    let (is_suspended, was_suspended) = (flag(job, &["spec", "suspend"]), is_true(job, "Suspended"));
    let now = ctx.cluster.now();
    if is_suspended && !was_suspended {
        say_condition(status, "Suspended", "True", "JobSuspended", "Job suspended", now);
        status.remove_at(&["startTime"]);
        ctx.event(job, COMPONENT, false, "Suspended", "Job suspended");
    } else if !is_suspended && was_suspended {
        say_condition(status, "Suspended", "False", "JobResumed", "Job resumed", now);
        status.set_at(&["startTime"], now.rfc3339());
        ctx.event(job, COMPONENT, false, "Resumed", "Job resumed");
    }
}

/// Follows `ensureJobConditionStatus`: a condition keeps its place, and its time while it says the same.
fn say_condition(status: &mut Value, kind: &'static str, word: &'static str, reason: &str, message: &str, now: Millis) {
    let now = Text::from(now.rfc3339());
    let next = obj! {
        "lastProbeTime" => &now, "lastTransitionTime" => now, "message" => Text::new(message),
        "reason" => Text::new(reason), "status" => word, "type" => kind,
    };
    let mut conditions = status.list_at(&["conditions"]).to_vec();
    let same = |known: &Value, field: &'static str| known.str_at(&[field]) == next.str_at(&[field]);
    let says_so = |known: &Value| same(known, "status") && same(known, "reason") && same(known, "message");
    match conditions.iter_mut().find(|known| known.str_at(&["type"]) == kind) {
        Some(known) if says_so(known) => {}
        Some(known) => *known = next,
        None => conditions.push(next),
    }
    status.set_at(&["conditions"], conditions);
}

/// The reasons of failures as events have them.
fn reason_of_failure(reason: &str) -> &'static str {
    const REASONS: [&str; 5] =
        ["PodFailurePolicy", "BackoffLimitExceeded", "DeadlineExceeded", "MaxFailedIndexesExceeded", "FailedIndexes"];
    REASONS.into_iter().find(|known| *known == reason).unwrap_or("Failed")
}
