//! What became of a Job's pods so far, and how many more it wants; writes nothing to the cluster.

use super::failure_policy::{Verdict, verdict};
use super::{TRACKING, flag, indexes};
use crate::controllers::deletion_order::deletion_order;
use crate::model::conditions::phase;
use crate::model::pod::{container_statuses, init_statuses, is_active, is_over, is_ready};
use crate::model::{Millis, Object, Value, container_status};
use crate::ordering::Order;
use crate::sorted::SharedSet;
use std::rc::Rc;

/// The pods of a Job by what became of them.
#[derive(Default)]
pub(super) struct Counts {
    /// Those that run or will, the least useful first.
    pub(super) active: Vec<Rc<Object>>,
    /// Those that are being deleted and have not ended.
    pub(super) terminating: Vec<Rc<Object>>,
    /// How many are being made by this sync.
    pub(super) created: i64,
    /// Those that have succeeded, in all.
    pub(super) succeeded: i64,
    /// Those that have failed, in all, but for those that the policy ignores.
    pub(super) failed: i64,
    /// Those that nobody had counted before.
    pub(super) newly_succeeded: Vec<Rc<Object>>,
    /// Those that nobody had counted before, ignored ones included.
    pub(super) newly_failed: Vec<Rc<Object>>,
    /// The numbers that are done, of an indexed Job, in order.
    pub(super) done: Vec<i64>,
    /// The numbers that are given up, in order.
    pub(super) failed_indexes: Vec<i64>,
    /// Failed pods that stay uncounted until their numbers have new pods, which take over how often they failed: one for
    /// each number, in order.
    pub(super) awaiting_successor: Vec<(i64, Rc<Object>)>,
    restarts: i64,
    waits_for_end: bool,
}

impl Counts {
    /// Looks at the pods. Those that ended and are still held are counted here, once.
    pub(super) fn of(job: &Object, pods: &[Rc<Object>], now: Millis) -> Counts {
        let stored = |field: &str| job.i64_at(&["status", field]).unwrap_or(0);
        let mut counts = Counts {
            succeeded: stored("succeeded"),
            failed: stored("failed"),
            done: indexes::read(job.str_at(&["status", "completedIndexes"])),
            failed_indexes: indexes::read(job.str_at(&["status", "failedIndexes"])),
            waits_for_end: job.str_at(&["spec", "podReplacementPolicy"]) == "Failed",
            ..Counts::default()
        };
        for pod in pods {
            counts.look_at(job, pod);
        }
        counts.done.order();
        counts.done.dedup();
        if is_indexed(job) {
            counts.succeeded = counts.done.len() as i64;
        }
        counts.note_failed_indexes(job);
        counts.active.order_by(|a, b| deletion_order(a, b, now, |_, _| std::cmp::Ordering::Equal));
        counts
    }

    /// Whether a pod counts as failed: one that is being deleted does, unless its end is waited for.
    ///
    /// Follows `isPodFailed`.
    pub(super) fn is_failed(&self, pod: &Object) -> bool {
        match phase(pod) {
            "Failed" => true,
            "Succeeded" => false,
            _ => !self.waits_for_end && pod.meta.is_terminating(),
        }
    }

    fn look_at(&mut self, job: &Object, pod: &Rc<Object>) {
        if is_active(pod) {
            self.active.push(Rc::clone(pod));
            let statuses = container_statuses(pod).iter();
            let statuses = statuses.chain(init_statuses(pod));
            self.restarts += statuses.map(container_status::restarts).sum::<i64>();
            return;
        }
        if !is_over(pod) {
            self.terminating.push(Rc::clone(pod));
        }
        let completions = job.i64_at(&["spec", "completions"]).unwrap_or(0);
        let index = indexes::of(pod);
        let is_outside = is_indexed(job) && index.is_none_or(|number| number >= completions);
        if !pod.meta.has_finalizer(TRACKING) || is_outside {
            return;
        }
        if self.is_failed(pod) {
            self.failed += i64::from(verdict(job, pod) != Verdict::Ignored);
            self.newly_failed.push(Rc::clone(pod));
        } else if phase(pod) == "Succeeded" {
            match index.filter(|_| is_indexed(job)) {
                Some(number) => self.done.push(number),
                None => self.succeeded += 1,
            }
            self.newly_succeeded.push(Rc::clone(pod));
        }
    }

    /// Whether enough pods have succeeded.
    pub(super) fn is_complete(&self, job: &Object) -> bool {
        let has_enough = match job.i64_at(&["spec", "completions"]) {
            Some(wanted) => self.succeeded >= wanted,
            // Without a number one success ends it, when the others have ended, too.
            None => self.succeeded > 0,
        };
        has_enough && self.active.is_empty() && self.created == 0
    }

    /// Whether the containers of a Job that restarts them failed too often.
    ///
    /// Follows `pastBackoffLimitOnFailure`.
    pub(super) fn has_restarted_too_often(&self, job: &Object, limit: i64) -> bool {
        if job.str_at(&["spec", "template", "spec", "restartPolicy"]) != "OnFailure" {
            return false;
        }
        if limit == 0 { self.restarts > 0 } else { self.restarts >= limit }
    }

    /// How many pods the Job wants at a time.
    pub(super) fn wanted_active(&self, job: &Object) -> i64 {
        let parallelism = job.i64_at(&["spec", "parallelism"]).unwrap_or(1);
        match job.i64_at(&["spec", "completions"]) {
            _ if flag(job, &["spec", "suspend"]) => 0,
            None if self.succeeded > 0 => self.active.len() as i64,
            None => parallelism,
            Some(completions) => (completions - self.succeeded).clamp(0, parallelism),
        }
    }

    /// How many are missing; where the end of pods is waited for, what is ending still takes its place.
    pub(super) fn missing(&self, job: &Object) -> i64 {
        let ending = if self.waits_for_end { self.terminating.len() as i64 } else { 0 };
        (self.wanted_active(job) - self.active.len() as i64 - ending).max(0)
    }

    /// The active pods that have to go: those of numbers that are done by another or do not count, and so many others.
    ///
    /// Follows `activePodsForRemoval`.
    pub(super) fn to_remove(&self, job: &Object) -> Vec<Rc<Object>> {
        let excess = (self.active.len() as i64 - self.wanted_active(job)).max(0) as usize;
        let completions = job.i64_at(&["spec", "completions"]).unwrap_or(0);
        let mut removed = Vec::new();
        let mut kept: Vec<Rc<Object>> = self.active.iter().rev().cloned().collect();
        if is_indexed(job) {
            let mut seen = SharedSet::new();
            // The most useful pod of a number keeps it.
            let mut is_spare =
                |pod: &Rc<Object>| !indexes::of(pod).is_some_and(|number| number < completions && seen.insert(number));
            (removed, kept) = kept.into_iter().partition(|pod| is_spare(pod));
        }
        let more = excess.saturating_sub(removed.len());
        removed.extend(kept.into_iter().rev().take(more));
        removed
    }

    /// The first numbers that are neither done nor given up nor being done; none for a Job without numbers.
    ///
    /// Follows `firstPendingIndexes`.
    pub(super) fn free_indexes(&self, job: &Object, count: i64) -> Vec<i64> {
        if !is_indexed(job) {
            return Vec::new();
        }
        let completions = job.i64_at(&["spec", "completions"]).unwrap_or(0);
        let mut taken = numbers_of(&self.active);
        if self.waits_for_end {
            taken.extend(numbers_of(&self.terminating));
            taken.order();
        }
        let lists = [&self.done, &self.failed_indexes, &taken];
        (0..completions).filter(|number| !is_among(&lists, *number)).take(count.max(0) as usize).collect()
    }

    /// Takes these pods for deleted.
    pub(super) fn note_deleted(&mut self, gone: &[Rc<Object>]) {
        let mut uids: Vec<_> = gone.iter().map(|pod| pod.meta.uid.clone()).collect();
        uids.order();
        let is_gone = |pod: &Rc<Object>| uids.binary_search(&pod.meta.uid).is_ok();
        let active = std::mem::take(&mut self.active).into_iter();
        let (going, left): (Vec<_>, Vec<_>) = active.partition(is_gone);
        self.active = left;
        self.terminating.extend(going);
    }

    /// Writes the numbers into a status. `failed` is what is counted of the failures.
    pub(super) fn write(&self, job: &Object, status: &mut Value, failed: i64) {
        let active = self.active.len() as i64 + self.created;
        for (field, number) in [("active", active), ("failed", failed), ("succeeded", self.succeeded)] {
            match number {
                0 => _ = status.remove_at(&[field]),
                number => status.set_at(&[field], number),
            }
        }
        status.set_at(&["ready"], self.active.iter().filter(|pod| is_ready(pod)).count() as i64);
        status.set_at(&["terminating"], self.terminating.len() as i64);
        status.set_at(&["uncountedTerminatedPods"], Value::map());
        if !self.done.is_empty() {
            status.set_at(&["completedIndexes"], indexes::write(&self.done));
        }
        if job.at(&["spec", "backoffLimitPerIndex"]).is_some() {
            status.set_at(&["failedIndexes"], indexes::write(&self.failed_indexes));
        }
    }
}

/// The numbers of pods, in order.
pub(super) fn numbers_of(pods: &[Rc<Object>]) -> Vec<i64> {
    let mut numbers: Vec<i64> = pods.iter().filter_map(|pod| indexes::of(pod)).collect();
    numbers.order();
    numbers
}

/// Whether one of the lists, which are in order, has the number.
pub(super) fn is_among(lists: &[&Vec<i64>], number: i64) -> bool {
    lists.iter().any(|list| list.binary_search(&number).is_ok())
}

/// Whether the pods of a Job have numbers.
pub(super) fn is_indexed(job: &Object) -> bool {
    job.str_at(&["spec", "completionMode"]) == "Indexed"
}

/// When a pod ended: its last container, or the moment from which on it was to be gone.
///
/// Follows `getFinishedTime` in pkg/controller/job/backoff_utils.go.
pub(super) fn ended_at(pod: &Object) -> Millis {
    let statuses = container_statuses(pod).iter();
    let ends = statuses.map(|it| Millis::parse_rfc3339(it.str_at(&["state", "terminated", "finishedAt"])));
    let last = ends.collect::<Option<Vec<Millis>>>().and_then(|ends| ends.into_iter().max());
    let grace = Millis::seconds(pod.meta.deletion_grace_period_seconds.unwrap_or(0));
    let deleted = pod.meta.deletion_timestamp.map(|at| at - grace);
    last.or(deleted).unwrap_or(pod.meta.created)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Kind;
    use crate::obj;

    fn pod(number: i64) -> Rc<Object> {
        let mut pod = Object::new(Kind::Pod, "default", format!("j-{number}"));
        pod.meta.uid = format!("uid-{number}").into();
        pod.meta.annotations.insert(indexes::LABEL, number.to_string().into());
        Rc::new(pod)
    }

    fn job(completions: i64, parallelism: i64) -> Object {
        let mut job = Object::new(Kind::Job, "default", "j");
        job.set_at(
            &["spec"],
            obj! { "completionMode" => "Indexed", "completions" => completions, "parallelism" => parallelism },
        );
        job
    }

    #[test]
    fn a_billion_numbers_cost_no_more_than_those_that_are_taken() {
        let job = job(1_000_000_000, 1_000_000_000);
        let counts = Counts {
            active: (0..1000).filter(|number| number % 2 == 0).map(pod).collect(),
            done: vec![1, 3],
            failed_indexes: vec![5],
            ..Counts::default()
        };
        assert_eq!(counts.free_indexes(&job, 3), [7, 9, 11]);
        assert!(counts.to_remove(&job).is_empty());
    }

    #[test]
    fn the_most_useful_pod_of_a_number_keeps_it() {
        let mut counts = Counts { active: vec![pod(0), pod(1), pod(1), pod(7)], ..Counts::default() };
        let removed: Vec<_> = counts.to_remove(&job(3, 3)).iter().map(|pod| indexes::of(pod)).collect();
        // The list begins with the least useful ones, and 7 is none of the Job's numbers.
        assert_eq!(removed, [Some(7), Some(1)]);
        counts.note_deleted(&[pod(1)]);
        assert_eq!((counts.active.len(), counts.terminating.len()), (2, 2));
    }
}
