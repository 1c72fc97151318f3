//! The Job controller: runs pods until enough of them have succeeded, or too many have failed.
//!
//! `counts` says what became of the pods, `indexes` which numbers are done, and this file what follows from it.
//! Follows pkg/controller/job/job_controller.go. Pods that ended are counted and released in one sync.

mod counts;
mod end;
mod failed_indexes;
mod failure_policy;
mod indexes;
mod limits;
mod new_pod;
mod retry_delay;
mod success_policy;
mod ttl_after_finished;

use super::workload::{self, Failures};
use super::{Controller, ControllerId, Ctx, Outcome, Timers, Work};
use crate::cluster::{ApiError, Change, Cluster, Verb};
use crate::model::conditions::phase;
use crate::model::workload::is_finished;
use crate::model::{Key, Kind, Millis, Object, Text, Value};
use counts::{Counts, is_indexed};
use end::End;
use failure_policy::{Verdict, verdict};
use retry_delay::RetryDelays;
use std::rc::Rc;

const COMPONENT: &str = "job-controller";
/// Holds a pod until its Job has counted it.
const TRACKING: &str = "batch.kubernetes.io/job-tracking";
/// Changes of pods are looked at together.
const BATCH: Millis = Millis::seconds(1);
/// The most pods that one sync creates or deletes.
const BURST: i64 = 500;
/// The value of `managedBy` that leaves a Job to this controller.
const OWN_NAME: &str = "kubernetes.io/job-controller";
/// Lets go of a pod whose Job is gone; the key is the pod's.
const TASK_ORPHAN: &str = "orphan";
/// Deletes a Job that ended long ago.
const TASK_EXPIRED: &str = "expired";

/// The Job controller.
#[derive(Clone, Debug, Default)]
pub struct JobController {
    failures: Failures,
    retry_delays: RetryDelays,
}

impl Controller for JobController {
    fn observe(&mut self, change: &Change, cluster: &Cluster, timers: &mut Timers) {
        match change.kind() {
            Kind::Job => {
                let key = change.object.key();
                if change.verb == Verb::Deleted {
                    self.failures.forget(&key);
                    self.retry_delays.forget(&key);
                    let pods = cluster.dependents(&change.object.meta.uid).filter(|key| key.kind == Kind::Pod);
                    pods.for_each(|pod| timers.add(cluster.now(), work(pod, TASK_ORPHAN)));
                    return;
                }
                timers.add(cluster.now(), work(&key, ""));
            }
            Kind::Pod => {
                let pod = &change.object;
                match workload::controller_of(pod, Kind::Job, cluster) {
                    Some(job) => timers.add(cluster.now() + BATCH, work(&job, "")),
                    None if pod.meta.has_finalizer(TRACKING) && change.verb != Verb::Deleted => {
                        timers.add(cluster.now(), work(&pod.key(), TASK_ORPHAN));
                    }
                    None => workload::observe_dependent(change, Kind::Job, ControllerId::Job, cluster, timers),
                }
            }
            _ => {}
        }
    }

    fn reconcile(&mut self, work: &Work, ctx: &mut Ctx<'_>) {
        match work.task {
            TASK_ORPHAN => release(ctx, &work.key),
            TASK_EXPIRED => ttl_after_finished::expire(ctx, work),
            _ => match self.sync(work, ctx) {
                Ok(()) => self.failures.forget(&work.key),
                Err(_) => self.failures.retry(work, ctx),
            },
        }
    }
}

fn work(key: &Key, task: &'static str) -> Work {
    Work { controller: ControllerId::Job, key: key.clone(), task }
}

/// A pod that nobody counts any more need not be held.
fn release(ctx: &mut Ctx<'_>, pod: &Key) {
    if ctx.cluster.get(pod).is_some_and(|pod| pod.meta.has_finalizer(TRACKING)) {
        _ = ctx.cluster.modify(pod, |pod| pod.meta.remove_finalizer(TRACKING));
    }
}

fn flag(job: &Object, path: &[&str]) -> bool {
    job.at(path).and_then(Value::as_bool) == Some(true)
}

/// Whether somebody else looks after a Job.
fn is_managed_elsewhere(job: &Object) -> bool {
    !matches!(job.str_at(&["spec", "managedBy"]), "" | OWN_NAME)
}

impl JobController {
    /// Follows `syncJob`.
    fn sync(&mut self, work: &Work, ctx: &mut Ctx<'_>) -> Result<(), ApiError> {
        let Some(job) = ctx.cluster.get(&work.key).cloned() else { return Ok(()) };
        if is_finished(&job) {
            ctx.timers.add(ctx.cluster.now(), self::work(&work.key, TASK_EXPIRED));
            return Ok(());
        }
        if is_managed_elsewhere(&job) {
            return Ok(());
        }
        let pods = workload::claim(ctx, &job, Kind::Pod, |_| true);
        let mut counts = Counts::of(&job, &pods, ctx.cluster.now());
        self.retry_delays.note(&job, &counts);
        let mut status = job.at(&["status"]).cloned().unwrap_or_else(Value::map);
        if !flag(&job, &["spec", "suspend"]) && status.get("startTime").is_none() {
            status.set_at(&["startTime"], ctx.cluster.now().rfc3339());
        }
        let mut end = limits::end_of(ctx, &job, &status, &counts, &pods, work);
        let result = match &end {
            Some(_) => delete_all(ctx, &job, &mut counts, None),
            None if job.meta.is_terminating() => Ok(()),
            None => self.manage(ctx, &job, &mut counts, work),
        };
        if end.is_none() && counts.is_complete(&job) {
            end = Some(End::complete());
        } else if end.is_none() && !job.meta.is_terminating() {
            end::note_suspension(ctx, &job, &mut status);
        }
        let failed = release_counted(ctx, &job, &counts, &pods, end.as_ref());
        counts.write(&job, &mut status, failed);
        if let Some(end) = end.filter(|_| result.is_ok()) {
            end::write(ctx, &job, &mut status, &end, counts.terminating.len() as i64);
        }
        workload::write_status(ctx, &job, status)?;
        result
    }

    /// Creates and deletes pods.
    ///
    /// Follows `manageJob`.
    fn manage(&self, ctx: &mut Ctx<'_>, job: &Rc<Object>, counts: &mut Counts, work: &Work) -> Result<(), ApiError> {
        if flag(job, &["spec", "suspend"]) {
            ctx.decide(ControllerId::Job, job, "job.suspended", Outcome::Waits, Vec::new);
            return delete_all(ctx, job, counts, None);
        }
        let spare = counts.to_remove(job);
        if !spare.is_empty() {
            return delete_all(ctx, job, counts, Some(spare));
        }
        let missing = counts.missing(job).min(BURST);
        if missing == 0 {
            return Ok(());
        }
        let numbers = match self.due_numbers(ctx, job, counts, missing) {
            Ok(numbers) => numbers,
            Err(at) => {
                ctx.decide(ControllerId::Job, job, "job.backs-off", Outcome::Waits, || {
                    vec![("failed", counts.failed.to_string().into()), ("time", at.rfc3339().into())]
                });
                ctx.timers.add(at, work.clone());
                return Ok(());
            }
        };
        let count = if is_indexed(job) { numbers.len() } else { missing as usize };
        if count == 0 {
            return Ok(());
        }
        ctx.decide(ControllerId::Job, job, "job.creates", Outcome::Acts, || {
            let number = |number: i64| Text::from(number.to_string());
            let active = counts.active.len() as i64;
            vec![("count", number(count as i64)), ("succeeded", number(counts.succeeded)), ("active", number(active))]
        });
        for place in 0..count {
            let pod = new_pod::new_pod(job, counts, numbers.get(place).copied());
            workload::create_pod(ctx, job, COMPONENT, pod)?;
            counts.created += 1;
        }
        Ok(())
    }

    /// The numbers that get a pod now; none for a Job without numbers.
    ///
    /// Follows `getPodCreationInfoForIndependentIndexes`.
    ///
    /// # Errors
    /// When to look again, if none may come now.
    fn due_numbers(&self, ctx: &Ctx<'_>, job: &Object, counts: &Counts, missing: i64) -> Result<Vec<i64>, Millis> {
        let now = ctx.cluster.now();
        let numbers = counts.free_indexes(job, missing);
        if job.at(&["spec", "backoffLimitPerIndex"]).is_none() {
            return self.retry_delays.due(&job.key()).filter(|at| *at > now).map_or(Ok(numbers), Err);
        }
        let due = |number: &i64| counts.predecessor(*number).map(|pod| retry_delay::due_after(pod));
        let (ready, waiting): (Vec<i64>, Vec<i64>) =
            numbers.into_iter().partition(|number| due(number).is_none_or(|at| at <= now));
        match waiting.iter().filter_map(due).min() {
            Some(at) if ready.is_empty() => Err(at),
            _ => Ok(ready),
        }
    }
}

/// Deletes active pods: these, or all.
fn delete_all(
    ctx: &mut Ctx<'_>,
    job: &Object,
    counts: &mut Counts,
    some: Option<Vec<Rc<Object>>>,
) -> Result<(), ApiError> {
    let pods = some.unwrap_or_else(|| counts.active.clone());
    let result = pods.iter().try_for_each(|pod| workload::delete_pod(ctx, job, COMPONENT, &pod.key()));
    if result.is_ok() {
        counts.note_deleted(&pods);
    }
    result
}

/// Lets go of the pods that are counted now, of all of them when the Job ends. Returns how many failures are counted in
/// all: what has not ended when a Job fails counts as failed.
///
/// Follows `trackJobStatusAndRemoveFinalizers`.
fn release_counted(ctx: &mut Ctx<'_>, job: &Object, counts: &Counts, pods: &[Rc<Object>], end: Option<&End>) -> i64 {
    let mut failed = job.i64_at(&["status", "failed"]).unwrap_or(0);
    let ends = end.is_some() || job.meta.is_terminating();
    let completions = job.i64_at(&["spec", "completions"]).unwrap_or(0);
    for pod in pods.iter().filter(|pod| pod.meta.has_finalizer(TRACKING)) {
        let has_succeeded = phase(pod) == "Succeeded";
        let has_failed = counts.is_failed(pod);
        let is_counted = (has_succeeded || has_failed) && !counts.is_withheld(pod);
        if !is_counted && !ends {
            continue;
        }
        let is_within = !is_indexed(job) || indexes::of(pod).is_some_and(|number| number < completions);
        let counts_as_failed = has_failed || !has_succeeded && end.is_some_and(End::is_failure);
        failed += i64::from(counts_as_failed && is_within && verdict(job, pod) != Verdict::Ignored);
        release(ctx, &pod.key());
    }
    failed
}
