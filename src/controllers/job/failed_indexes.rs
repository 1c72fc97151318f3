//! The numbers of an indexed Job that are given up (`backoffLimitPerIndex`, or by the failure policy), and those that get
//! another pod; counts nothing else.
//!
//! Follows pkg/controller/job/indexed_job_utils.go.

use super::counts::{Counts, ended_at, is_among, numbers_of};
use super::failure_policy::{Verdict, verdict};
use super::indexes;
use crate::model::Object;
use crate::ordering::Order;
use std::rc::Rc;

impl Counts {
    /// Gives up the numbers that failed too often, and remembers the pods whose numbers get another chance.
    ///
    /// Follows `calculateFailedIndexes` and `getPodsWithDelayedDeletionPerIndex`.
    pub(super) fn note_failed_indexes(&mut self, job: &Object) {
        let Some(limit) = job.i64_at(&["spec", "backoffLimitPerIndex"]) else { return };
        for pod in &self.newly_failed {
            let Some(number) = indexes::of(pod) else { continue };
            let is_given_up = match verdict(job, pod) {
                Verdict::FailsIndex => true,
                Verdict::Ignored => false,
                _ => indexes::failures(pod).0 >= limit,
            };
            if is_given_up {
                self.failed_indexes.push(number);
            }
        }
        self.failed_indexes.order();
        self.failed_indexes.dedup();
        let taken = numbers_of(&self.active);
        let lists = [&taken, &self.done, &self.failed_indexes];
        let failed = self.newly_failed.iter().filter_map(|pod| Some((indexes::of(pod)?, Rc::clone(pod))));
        let mut waiting: Vec<_> = failed.filter(|(number, _)| !is_among(&lists, *number)).collect();
        let rank = |pod: &Object| (indexes::failures(pod).0 + indexes::failures(pod).1, ended_at(pod));
        // Of those of a number the one counts that failed last; of equal ones the last.
        waiting.order_by_key(|(number, pod)| (*number, rank(pod)));
        for (number, pod) in waiting {
            match self.awaiting_successor.last_mut() {
                Some(last) if last.0 == number => last.1 = pod,
                _ => self.awaiting_successor.push((number, pod)),
            }
        }
    }

    /// The failed pod whose number a new one takes over.
    pub(super) fn predecessor(&self, number: i64) -> Option<&Rc<Object>> {
        let place = self.awaiting_successor.binary_search_by_key(&number, |(number, _)| *number).ok()?;
        self.awaiting_successor.get(place).map(|(_, pod)| pod)
    }

    /// The failed pods that stay uncounted for now.
    pub(super) fn is_withheld(&self, pod: &Object) -> bool {
        let waiting = indexes::of(pod).and_then(|number| self.predecessor(number));
        waiting.is_some_and(|it| it.meta.uid == pod.meta.uid)
    }
}
