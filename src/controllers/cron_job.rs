//! The CronJob controller: makes Jobs at the moments of a schedule, in virtual time; runs no pod.
//!
//! Follows pkg/controller/cronjob. A time zone that the table does not know is read as UTC.

use super::{Controller, ControllerId, Ctx, Outcome, Timers, Work, workload};
use crate::cluster::{Change, Cluster, DeleteOptions, Verb};
use crate::model::conditions::is_true;
use crate::model::object::labels_from_value;
use crate::model::workload::{is_finished, is_suspended};
use crate::model::{Key, Kind, Millis, Object, OwnerReference, Schedule, Text, TimeZone, Value};
use crate::obj;
use crate::ordering::Order;
use std::rc::Rc;

const COMPONENT: &str = "cronjob-controller";
/// A schedule is looked at this long after its moment.
const DELAY: Millis = Millis(100);
/// More missed moments than this are told.
const MISSED_MAX: usize = 100;
/// When a Job should have been made.
const SCHEDULED_AT: &str = "batch.kubernetes.io/cronjob-scheduled-timestamp";

/// The CronJob controller.
#[derive(Clone, Debug, Default)]
pub struct CronJobController {}

impl Controller for CronJobController {
    fn observe(&mut self, change: &Change, cluster: &Cluster, timers: &mut Timers) {
        match change.kind() {
            Kind::CronJob if change.verb == Verb::Deleted => timers.cancel(&work(change.object.key())),
            Kind::CronJob => {
                let is_other = |old: &Rc<Object>| old.at(&["spec"]) != change.object.at(&["spec"]);
                if change.old.as_ref().is_none_or(is_other) {
                    timers.add(cluster.now(), work(change.object.key()));
                }
            }
            Kind::Job => {
                workload::observe_dependent(change, Kind::CronJob, ControllerId::CronJob, cluster, timers);
            }
            _ => {}
        }
    }

    fn reconcile(&mut self, work: &Work, ctx: &mut Ctx<'_>) {
        let Some(cron_job) = ctx.cluster.get(&work.key).cloned() else { return };
        let mut status = cron_job.at(&["status"]).cloned().unwrap_or_else(Value::map);
        let jobs = owned_jobs(ctx.cluster, &cron_job);
        note_jobs(ctx, &cron_job, &jobs, &mut status);
        let next = run_due(ctx, &cron_job, &mut status);
        clean_up(ctx, &cron_job, &jobs);
        _ = workload::write_status(ctx, &cron_job, status);
        if let Some(at) = next {
            ctx.timers.add(at + DELAY, work.clone());
        }
    }
}

fn work(key: Key) -> Work {
    Work { controller: ControllerId::CronJob, key, task: "" }
}

fn owned_jobs(cluster: &Cluster, cron_job: &Object) -> Vec<Rc<Object>> {
    cluster.dependents_of(cron_job, Kind::Job).cloned().collect()
}

/// Deletes finished Jobs beyond the limits, oldest first.
///
/// Follows `cleanupFinishedJobs`.
fn clean_up(ctx: &mut Ctx<'_>, cron_job: &Object, jobs: &[Rc<Object>]) {
    for (kind, field) in [("Complete", "successfulJobsHistoryLimit"), ("Failed", "failedJobsHistoryLimit")] {
        let Some(limit) = cron_job.i64_at(&["spec", field]) else { continue };
        let mut ended: Vec<&Rc<Object>> = jobs.iter().filter(|job| is_true(job, kind)).collect();
        ended.order_by(|a, b| (a.meta.created, &a.meta.name).cmp(&(b.meta.created, &b.meta.name)));
        let excess = ended.len().saturating_sub(usize::try_from(limit).unwrap_or(usize::MAX));
        for job in ended.into_iter().take(excess) {
            if ctx.cluster.delete(&job.key(), &DeleteOptions::BACKGROUND).is_ok() {
                ctx.event(cron_job, COMPONENT, false, "SuccessfulDelete", format!("Deleted job {}", job.meta.name));
            }
        }
    }
}

/// Takes Jobs that have ended or are gone off the list of active ones, and names those that nobody has put there.
fn note_jobs(ctx: &mut Ctx<'_>, cron_job: &Object, jobs: &[Rc<Object>], status: &mut Value) {
    let listed = status.list_at(&["active"]).to_vec();
    let is_of = |entry: &Value, job: &Object| job.meta.uid.as_str() == entry.str_at(&["uid"]);
    for job in jobs {
        match (listed.iter().any(|entry| is_of(entry, job)), is_finished(job)) {
            (false, false) => {
                let text = format!("Saw a job that the controller did not create or forgot: {}", job.meta.name);
                ctx.event(cron_job, COMPONENT, true, "UnexpectedJob", text);
            }
            (true, true) => {
                let end = if is_true(job, "Complete") { "Complete" } else { "Failed" };
                let text = format!("Saw completed job: {}, condition: {end}", job.meta.name);
                ctx.event(cron_job, COMPONENT, false, "SawCompletedJob", text);
            }
            _ => {}
        }
        let time = job.str_at(&["status", "completionTime"]);
        if !time.is_empty() && time > status.str_at(&["lastSuccessfulTime"]) {
            status.set_at(&["lastSuccessfulTime"], Text::new(time));
        }
    }
    let mut left = Vec::new();
    for entry in listed {
        match jobs.iter().find(|job| is_of(&entry, job)) {
            Some(job) if is_finished(job) => {}
            Some(_) => left.push(entry),
            None => {
                let text = format!("Active job went missing: {}", entry.str_at(&["name"]));
                ctx.event(cron_job, COMPONENT, false, "MissingJob", text);
            }
        }
    }
    if left.is_empty() {
        status.remove_at(&["active"]);
    } else {
        status.set_at(&["active"], left);
    }
}

/// Makes the Job of the latest moment that is due. Returns the next moment.
///
/// Follows `syncCronJob`.
fn run_due(ctx: &mut Ctx<'_>, cron_job: &Rc<Object>, status: &mut Value) -> Option<Millis> {
    let decide = |ctx: &mut Ctx<'_>, rule, outcome, facts: Vec<(&'static str, Text)>| {
        ctx.decide(ControllerId::CronJob, cron_job, rule, outcome, || facts);
    };
    if cron_job.meta.is_terminating() {
        return None;
    }
    if is_suspended(cron_job) {
        decide(ctx, "cron-job.suspended", Outcome::Waits, Vec::new());
        return None;
    }
    let text = cron_job.str_at(&["spec", "schedule"]);
    let schedule = match Schedule::parse(text) {
        Ok(schedule) => schedule,
        Err(why) => {
            ctx.event(
                cron_job,
                COMPONENT,
                true,
                "UnparseableSchedule",
                format!("unparseable schedule: {text:?} : {why}"),
            );
            return None;
        }
    };
    let now = ctx.cluster.now();
    let last = Millis::parse_rfc3339(status.str_at(&["lastScheduleTime"])).unwrap_or(cron_job.meta.created);
    let deadline = cron_job.i64_at(&["spec", "startingDeadlineSeconds"]).map(Millis::seconds);
    let from = deadline.map_or(last, |deadline| last.max(now - deadline));
    let zone = TimeZone::named(cron_job.str_at(&["spec", "timeZone"])).unwrap_or(TimeZone::UTC);
    let next = schedule.next_after(zone, now);
    let (due, missed) = missed_moments(&schedule, zone, from, now);
    let Some(due) = due else {
        if let Some(next) = next {
            decide(ctx, "cron-job.waits", Outcome::Waits, vec![("next", next.rfc3339().into())]);
        }
        return next;
    };
    if missed > MISSED_MAX {
        let text = "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew";
        ctx.event(cron_job, COMPONENT, true, "TooManyMissedTimes", text);
    }
    let active = status.list_at(&["active"]).len();
    match cron_job.str_at(&["spec", "concurrencyPolicy"]) {
        "Forbid" if active > 0 => {
            let text = "Not starting job because prior execution is running and concurrency policy is Forbid";
            ctx.event(cron_job, COMPONENT, false, "JobAlreadyActive", text);
            decide(ctx, "cron-job.forbidden", Outcome::Skips, Vec::new());
            return next;
        }
        "Replace" => replace_active(ctx, cron_job, status),
        _ => {}
    }
    start(ctx, cron_job, status, due);
    next
}

/// The latest moment of a schedule that is due, and how many are; of very many the number is not exact.
///
/// Follows `mostRecentScheduleTime`.
fn missed_moments(schedule: &Schedule, zone: TimeZone, from: Millis, now: Millis) -> (Option<Millis>, usize) {
    let next = |at: Millis| schedule.next_after(zone, at).filter(|moment| *moment <= now);
    let (mut due, mut missed) = (None, 0);
    let mut at = from;
    while let Some(moment) = next(at) {
        (due, at, missed) = (Some(moment), moment, missed + 1);
        if missed == MISSED_MAX + 1 {
            // The rest is looked at from shortly before its end.
            let gap = next(moment).map_or(Millis::ZERO, |second| second - moment);
            at = at.max(now - gap - gap);
        }
    }
    (due, missed)
}

fn replace_active(ctx: &mut Ctx<'_>, cron_job: &Object, status: &mut Value) {
    for entry in status.list_at(&["active"]).to_vec() {
        let name = Text::new(entry.str_at(&["name"]));
        let key = Key::new(Kind::Job, cron_job.meta.namespace.clone(), name.clone());
        if ctx.cluster.delete(&key, &DeleteOptions::BACKGROUND).is_ok() {
            ctx.event(cron_job, COMPONENT, false, "SuccessfulDelete", format!("Deleted job {name}"));
        }
    }
    status.remove_at(&["active"]);
}

fn start(ctx: &mut Ctx<'_>, cron_job: &Rc<Object>, status: &mut Value, due: Millis) {
    let job = new_job(cron_job, due);
    let name = job.meta.name.clone();
    match ctx.cluster.create(job) {
        Ok(job) => {
            ctx.event(cron_job, COMPONENT, false, "SuccessfulCreate", format!("Created job {name}"));
            ctx.decide(ControllerId::CronJob, cron_job, "cron-job.starts", Outcome::Acts, || {
                vec![("job", name.clone()), ("time", due.rfc3339().into())]
            });
            let entry = obj! {
                "apiVersion" => "batch/v1", "kind" => "Job", "name" => name, "namespace" => &job.meta.namespace,
                "resourceVersion" => job.meta.resource_version.to_string(), "uid" => &job.meta.uid,
            };
            let mut active = status.list_at(&["active"]).to_vec();
            active.push(entry);
            status.set_at(&["active"], active);
        }
        Err(error) if error.is_already_exists() => {}
        Err(error) => {
            ctx.event(cron_job, COMPONENT, true, "FailedCreate", format!("Error creating job: {error}"));
            return;
        }
    }
    status.set_at(&["lastScheduleTime"], due.rfc3339());
}

/// The Job of a moment, named after its minute.
///
/// Follows `getJobFromTemplate2`.
fn new_job(cron_job: &Object, due: Millis) -> Object {
    let name = format!("{}-{}", cron_job.meta.name, due.unix_millis() / 60_000);
    let mut job = Object::new(Kind::Job, cron_job.meta.namespace.clone(), name);
    let template = cron_job.at(&["spec", "jobTemplate"]).cloned().unwrap_or_default();
    job.meta.labels = labels_from_value(template.at(&["metadata", "labels"]));
    job.meta.annotations = labels_from_value(template.at(&["metadata", "annotations"]));
    job.meta.annotations.insert(SCHEDULED_AT, due.rfc3339().into());
    job.meta.owner_references = Rc::new(vec![OwnerReference::controller_of(cron_job)]);
    job.set_at(&["spec"], template.get("spec").cloned().unwrap_or_else(Value::map));
    job.set_at(&["status"], Value::map());
    job
}
