//! The Job controller: runs pods until enough of them have succeeded, or too many have failed.
//!
//! `counts` says what became of the pods, `indexes` which numbers are done, and this file what follows from it.
//! Follows pkg/controller/job/job_controller.go. Pods that ended are counted and released in one sync.

mod counts;
mod indexes;

use super::workload::{self, Failures};
use super::{Controller, ControllerId, Ctx, Outcome, Timers, Work};
use crate::cluster::{ApiError, Change, Cluster, DeleteOptions, Propagation, Verb};
use crate::model::conditions::{changed_at, is_true};
use crate::model::{Key, Kind, Millis, Object, Text, Value};
use crate::obj;
use crate::sorted::SharedMap;
use counts::Counts;
use std::rc::Rc;

const COMPONENT: &str = "job-controller";
/// Holds a pod until its Job has counted it.
const TRACKING: &str = "batch.kubernetes.io/job-tracking";
/// Changes of pods are looked at together.
const BATCH: Millis = Millis::seconds(1);
/// The first delay after a failed pod; it doubles with each further one.
const BACK_OFF_FIRST: Millis = Millis::seconds(10);
/// The longest one.
const BACK_OFF_MAX: Millis = Millis::seconds(600);
/// Lets go of a pod whose Job is gone; the key is the pod's.
const TASK_ORPHAN: &str = "orphan";
/// Deletes a Job that ended long ago.
const TASK_EXPIRED: &str = "expired";

/// The Job controller.
#[derive(Clone, Debug, Default)]
pub struct JobController {
    failures: Failures,
    /// How many pods of a Job failed in a row, and when the last of them did.
    back_off: Rc<SharedMap<Key, (u32, Millis)>>,
}

impl Controller for JobController {
    fn observe(&mut self, change: &Change, cluster: &Cluster, timers: &mut Timers) {
        match change.kind() {
            Kind::Job => {
                let key = change.object.key();
                if change.verb == Verb::Deleted {
                    self.failures.forget(&key);
                    Rc::make_mut(&mut self.back_off).remove(&key);
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
            TASK_EXPIRED => expire(ctx, work),
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

fn is_finished(job: &Object) -> bool {
    is_true(job, "Complete") || is_true(job, "Failed")
}

fn flag(job: &Object, path: &[&str]) -> bool {
    job.at(path).and_then(Value::as_bool) == Some(true)
}

/// Follows pkg/controller/ttlafterfinished.
fn expire(ctx: &mut Ctx<'_>, work: &Work) {
    let Some(job) = ctx.cluster.get(&work.key).cloned() else { return };
    let Some(seconds) = job.i64_at(&["spec", "ttlSecondsAfterFinished"]).filter(|_| is_finished(&job)) else { return };
    let ended = changed_at(&job, "Complete").or_else(|| changed_at(&job, "Failed")).unwrap_or(ctx.cluster.now());
    let due = ended + Millis::seconds(seconds);
    if due > ctx.cluster.now() {
        return ctx.timers.add(due, work.clone());
    }
    ctx.decide(ControllerId::Job, &job, "job.expired", Outcome::Acts, Vec::new);
    let options = DeleteOptions { propagation: Propagation::Foreground, ..DeleteOptions::BACKGROUND };
    _ = ctx.cluster.delete(&work.key, &options);
}

/// Why a Job ends badly.
struct Failure {
    reason: &'static str,
    message: &'static str,
}

impl JobController {
    /// Follows `syncJob`.
    fn sync(&mut self, work: &Work, ctx: &mut Ctx<'_>) -> Result<(), ApiError> {
        let Some(job) = ctx.cluster.get(&work.key).cloned() else { return Ok(()) };
        if is_finished(&job) {
            ctx.timers.add(ctx.cluster.now(), self::work(&work.key, TASK_EXPIRED));
            return Ok(());
        }
        let pods = workload::claim(ctx, &job, Kind::Pod, |_| true);
        let mut counts = Counts::of(&job, &pods);
        self.note_failures(ctx, &job, &counts);
        let mut status = job.at(&["status"]).cloned().unwrap_or_else(Value::map);
        start(ctx, &job, &mut status);
        let failure = failure_of(ctx, &job, &status, &counts, work);
        let mut result = Ok(());
        let is_done = counts.is_complete(&job);
        if failure.is_some() || is_done {
            result = delete_all(ctx, &job, &counts.active);
            counts.ready = 0;
            counts.active.clear();
        } else if !job.meta.is_terminating() {
            result = self.manage(ctx, &job, &mut counts, work);
        }
        for pod in &counts.to_release {
            _ = ctx.cluster.modify(pod, |pod| pod.meta.remove_finalizer(TRACKING));
        }
        counts.write(&mut status);
        if result.is_ok() {
            finish(ctx, &job, &mut status, failure, is_done);
        }
        workload::write_status(ctx, &job, status)?;
        result
    }

    /// Remembers failures in a row, for the delay before the next pod.
    fn note_failures(&mut self, ctx: &Ctx<'_>, job: &Object, counts: &Counts) {
        let table = Rc::make_mut(&mut self.back_off);
        if counts.newly_succeeded > 0 {
            table.remove(&job.key());
        } else if counts.newly_failed > 0 {
            let entry = table.entry(job.key()).or_insert((0, Millis::ZERO));
            entry.0 = entry.0.saturating_add(counts.newly_failed as u32);
            entry.1 = ctx.cluster.now();
        }
    }

    /// When the next pod may come, if not at once.
    fn delayed_until(&self, ctx: &Ctx<'_>, job: &Object) -> Option<Millis> {
        let (failures, last) = self.back_off.get(&job.key())?;
        let delay =
            Millis(BACK_OFF_FIRST.0.saturating_mul(1 << (failures.saturating_sub(1)).min(20))).min(BACK_OFF_MAX);
        Some(*last + delay).filter(|at| *at > ctx.cluster.now())
    }

    /// Creates and deletes pods.
    ///
    /// Follows `manageJob`.
    fn manage(&self, ctx: &mut Ctx<'_>, job: &Rc<Object>, counts: &mut Counts, work: &Work) -> Result<(), ApiError> {
        if flag(job, &["spec", "suspend"]) {
            ctx.decide(ControllerId::Job, job, "job.suspended", Outcome::Waits, Vec::new);
            let result = delete_all(ctx, job, &counts.active);
            (counts.ready, counts.active) = (0, Vec::new());
            return result;
        }
        let wanted = counts.wanted_active(job);
        let active = counts.active.len() as i64;
        if active > wanted {
            let excess = (active - wanted) as usize;
            let pods: Vec<Rc<Object>> = counts.active.iter().take(excess).cloned().collect();
            return delete_all(ctx, job, &pods);
        }
        if active == wanted {
            return Ok(());
        }
        if let Some(at) = self.delayed_until(ctx, job) {
            ctx.decide(ControllerId::Job, job, "job.backs-off", Outcome::Waits, || {
                vec![("failed", counts.failed.to_string().into()), ("time", at.rfc3339().into())]
            });
            ctx.timers.add(at, work.clone());
            return Ok(());
        }
        let missing = wanted - active;
        ctx.decide(ControllerId::Job, job, "job.creates", Outcome::Acts, || {
            let number = |number: i64| Text::from(number.to_string());
            vec![("count", number(missing)), ("succeeded", number(counts.succeeded)), ("active", number(active))]
        });
        let numbers = counts.free_indexes(job, missing);
        for place in 0..missing as usize {
            workload::create_pod(ctx, job, COMPONENT, new_pod(job, numbers.get(place).copied()))?;
        }
        counts.created = missing;
        Ok(())
    }
}

/// Sets the time of the start, and says that a suspended Job goes on or stops.
fn start(ctx: &mut Ctx<'_>, job: &Rc<Object>, status: &mut Value) {
    let is_suspended = flag(job, &["spec", "suspend"]);
    let was_suspended = is_true(job, "Suspended");
    let now = ctx.cluster.now();
    if is_suspended && !was_suspended {
        set_condition(status, "Suspended", "True", "JobSuspended", "Job suspended", now);
        status.remove_at(&["startTime"]);
        ctx.event(job, COMPONENT, false, "Suspended", "Job suspended");
    } else if !is_suspended && was_suspended {
        set_condition(status, "Suspended", "False", "JobResumed", "Job resumed", now);
        status.remove_at(&["startTime"]);
        ctx.event(job, COMPONENT, false, "Resumed", "Job resumed");
    }
    if !is_suspended && status.get("startTime").is_none() {
        status.set_at(&["startTime"], now.rfc3339());
    }
}

fn set_condition(
    status: &mut Value,
    kind: &'static str,
    word: &'static str,
    reason: &'static str,
    message: &'static str,
    now: Millis,
) {
    let now = Text::from(now.rfc3339());
    let condition = obj! {
        "lastProbeTime" => &now, "lastTransitionTime" => now, "message" => message, "reason" => reason,
        "status" => word, "type" => kind,
    };
    let mut conditions = status.list_at(&["conditions"]).to_vec();
    conditions.retain(|known| known.str_at(&["type"]) != kind);
    conditions.push(condition);
    status.set_at(&["conditions"], conditions);
}

/// What keeps a Job from going on, if anything.
fn failure_of(ctx: &mut Ctx<'_>, job: &Object, status: &Value, counts: &Counts, work: &Work) -> Option<Failure> {
    let limit = job.i64_at(&["spec", "backoffLimit"]).unwrap_or(6);
    if counts.failed > limit || counts.has_restarted_too_often(job, limit) {
        let message = "Job has reached the specified backoff limit";
        return Some(Failure { reason: "BackoffLimitExceeded", message });
    }
    let seconds = job.i64_at(&["spec", "activeDeadlineSeconds"])?;
    let due = Millis::parse_rfc3339(status.str_at(&["startTime"]))? + Millis::seconds(seconds);
    if due > ctx.cluster.now() {
        ctx.timers.add(due, work.clone());
        return None;
    }
    Some(Failure { reason: "DeadlineExceeded", message: "Job was active longer than specified deadline" })
}

fn delete_all(ctx: &mut Ctx<'_>, job: &Object, pods: &[Rc<Object>]) -> Result<(), ApiError> {
    pods.iter().try_for_each(|pod| workload::delete_pod(ctx, job, COMPONENT, &pod.key()))
}

/// Says that a Job ended, once it has.
fn finish(ctx: &mut Ctx<'_>, job: &Rc<Object>, status: &mut Value, failure: Option<Failure>, is_done: bool) {
    let now = ctx.cluster.now();
    if let Some(Failure { reason, message }) = failure {
        for kind in ["FailureTarget", "Failed"] {
            set_condition(status, kind, "True", reason, message, now);
        }
        ctx.event(job, COMPONENT, true, reason, message);
        ctx.decide(ControllerId::Job, job, "job.failed", Outcome::Acts, || vec![("reason", Text::from(reason))]);
    } else if is_done {
        for kind in ["SuccessCriteriaMet", "Complete"] {
            let message = "Reached expected number of succeeded pods";
            set_condition(status, kind, "True", "CompletionsReached", message, now);
        }
        status.set_at(&["completionTime"], now.rfc3339());
        ctx.event(job, COMPONENT, false, "Completed", "Job completed");
        ctx.decide(ControllerId::Job, job, "job.complete", Outcome::Acts, Vec::new);
    }
}

/// A pod of the Job; with the number that it has to do, if the Job counts its pods.
fn new_pod(job: &Object, index: Option<i64>) -> Object {
    let none = Value::map();
    let mut pod = workload::pod_of_template(job, job.at(&["spec", "template"]).unwrap_or(&none));
    pod.meta.add_finalizer(TRACKING);
    let Some(index) = index else { return pod };
    let number = Text::from(index.to_string());
    pod.meta.generate_name = format!("{}-{index}-", job.meta.name).into();
    pod.meta.annotations.insert(indexes::LABEL, number.clone());
    pod.meta.labels.insert(indexes::LABEL, number);
    pod.set_at(&["spec", "hostname"], format!("{}-{index}", job.meta.name));
    let field = format!("metadata.labels['{}']", indexes::LABEL);
    let variable = obj! {
        "name" => "JOB_COMPLETION_INDEX",
        "valueFrom" => obj! { "fieldRef" => obj! { "apiVersion" => "v1", "fieldPath" => field } },
    };
    for kind in ["containers", "initContainers"] {
        if pod.list_at(&["spec", kind]).is_empty() {
            continue;
        }
        for container in pod.at_mut(&["spec", kind]).list_mut() {
            let mut env = container.list_at(&["env"]).to_vec();
            env.push(variable.clone());
            container.set_at(&["env"], env);
        }
    }
    pod
}
