//! What became of a Job's pods so far, and how many more it wants; writes nothing to the cluster.

use super::{TRACKING, indexes};
use crate::model::pod::{is_active, is_ready};
use crate::model::{Key, Object, Value};
use crate::ordering::Order;
use std::rc::Rc;

/// The pods of a Job by what became of them.
#[derive(Default)]
pub(super) struct Counts {
    /// Those that run or will, the least useful first.
    pub(super) active: Vec<Rc<Object>>,
    /// How many of them are ready.
    pub(super) ready: i64,
    /// How many are being made by this sync.
    pub(super) created: i64,
    /// Those that are being deleted and have not ended.
    pub(super) terminating: i64,
    /// Those that have succeeded, in all.
    pub(super) succeeded: i64,
    /// Those that have failed, in all.
    pub(super) failed: i64,
    /// Those of them that nobody had counted before.
    pub(super) newly_succeeded: i64,
    /// Those of them that nobody had counted before.
    pub(super) newly_failed: i64,
    /// Pods that are counted now and need not be held any longer.
    pub(super) to_release: Vec<Key>,
    /// The numbers that are done, of an indexed Job.
    done: Vec<i64>,
    restarts: i64,
}

impl Counts {
    /// Looks at the pods. Those that ended and are still held are counted here, once.
    pub(super) fn of(job: &Object, pods: &[Rc<Object>]) -> Counts {
        let stored = |field: &str| job.i64_at(&["status", field]).unwrap_or(0);
        let mut counts = Counts {
            succeeded: stored("succeeded"),
            failed: stored("failed"),
            done: indexes::read(job.str_at(&["status", "completedIndexes"])),
            ..Counts::default()
        };
        let waits_for_end = job.str_at(&["spec", "podReplacementPolicy"]) == "Failed";
        for pod in pods {
            counts.look_at(pod, is_indexed(job), waits_for_end);
        }
        counts.done.order();
        counts.done.dedup();
        if is_indexed(job) {
            counts.succeeded = counts.done.len() as i64;
        }
        counts.active.order_by(|a, b| {
            let rank = |pod: &Object| (is_ready(pod), std::cmp::Reverse(pod.meta.created));
            rank(a).cmp(&rank(b)).then_with(|| a.meta.name.cmp(&b.meta.name))
        });
        counts
    }

    fn look_at(&mut self, pod: &Rc<Object>, is_indexed: bool, waits_for_end: bool) {
        let phase = pod.str_at(&["status", "phase"]);
        let is_held = pod.meta.has_finalizer(TRACKING);
        if is_active(pod) {
            self.active.push(Rc::clone(pod));
            self.ready += i64::from(is_ready(pod));
            let statuses = pod.list_at(&["status", "containerStatuses"]).iter();
            self.restarts += statuses.map(|it| it.i64_at(&["restartCount"]).unwrap_or(0)).sum::<i64>();
            return;
        }
        let has_failed = phase == "Failed" || !waits_for_end && phase != "Succeeded" && pod.meta.is_terminating();
        self.terminating += i64::from(pod.meta.is_terminating() && !matches!(phase, "Succeeded" | "Failed"));
        if !is_held || !has_failed && phase != "Succeeded" {
            return;
        }
        self.to_release.push(pod.key());
        if has_failed {
            self.failed += 1;
            self.newly_failed += 1;
            return;
        }
        match indexes::of(pod).filter(|_| is_indexed) {
            Some(number) if self.done.contains(&number) => {}
            Some(number) => {
                self.done.push(number);
                self.newly_succeeded += 1;
            }
            None => {
                self.succeeded += 1;
                self.newly_succeeded += 1;
            }
        }
    }

    /// Whether enough pods have succeeded.
    pub(super) fn is_complete(&self, job: &Object) -> bool {
        match job.i64_at(&["spec", "completions"]) {
            Some(wanted) => self.succeeded >= wanted,
            // Without a number one success ends it, when the others have ended, too.
            None => self.succeeded > 0 && self.active.is_empty(),
        }
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
        let wanted = match job.i64_at(&["spec", "completions"]) {
            None if self.succeeded > 0 => self.active.len() as i64,
            None => parallelism,
            Some(completions) => (completions - self.succeeded).clamp(0, parallelism),
        };
        // With this policy what is ending still takes its place.
        let waits_for_end = job.str_at(&["spec", "podReplacementPolicy"]) == "Failed";
        if waits_for_end { (wanted - self.terminating).max(0) } else { wanted }
    }

    /// The first numbers that are neither done nor being done; none for a Job without numbers.
    pub(super) fn free_indexes(&self, job: &Object, count: i64) -> Vec<i64> {
        if !is_indexed(job) {
            return Vec::new();
        }
        let completions = job.i64_at(&["spec", "completions"]).unwrap_or(0);
        let running: Vec<i64> = self.active.iter().filter_map(|pod| indexes::of(pod)).collect();
        let is_free = |number: &i64| !self.done.contains(number) && !running.contains(number);
        (0..completions).filter(is_free).take(count.max(0) as usize).collect()
    }

    /// Writes the numbers into a status.
    pub(super) fn write(&self, status: &mut Value) {
        let active = self.active.len() as i64 + self.created;
        let fields = [("active", active), ("failed", self.failed), ("succeeded", self.succeeded)];
        for (field, number) in fields {
            match number {
                0 => _ = status.remove_at(&[field]),
                number => status.set_at(&[field], number),
            }
        }
        status.set_at(&["ready"], self.ready);
        status.set_at(&["terminating"], self.terminating);
        status.set_at(&["uncountedTerminatedPods"], Value::map());
        if !self.done.is_empty() {
            status.set_at(&["completedIndexes"], indexes::write(&self.done));
        }
    }
}

fn is_indexed(job: &Object) -> bool {
    job.str_at(&["spec", "completionMode"]) == "Indexed"
}
