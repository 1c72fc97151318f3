//! How a Job ends: the conditions and events that say so. What ends it stands in `limits`; deletes no pod.
//!
//! Follows `enactJobFinished` in pkg/controller/job/job_controller.go.

use super::{COMPONENT, flag};
use crate::controllers::{ControllerId, Ctx, Outcome};
use crate::model::conditions::is_true;
use crate::model::{Millis, Object, Text, Value};
use crate::obj;
use std::rc::Rc;

/// What ends a Job.
pub(super) struct End {
    pub(super) is_good: bool,
    pub(super) reason: Text,
    pub(super) message: Text,
}

impl End {
    /// A failure.
    pub(super) fn bad(reason: &'static str, message: impl Into<Text>) -> End {
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
