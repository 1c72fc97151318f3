//! How long a Job waits before the next pod after failures: 10 s, then twice as long each time, at most 10 minutes.
//!
//! Follows pkg/controller/job/backoff_utils.go.

use super::counts::{Counts, ended_at};
use super::indexes;
use crate::model::{Key, Millis, Object};
use crate::sorted::SharedMap;
use std::rc::Rc;

/// The first delay after a failed pod; it doubles with each further one.
const FIRST: Millis = Millis::seconds(10);
/// The longest one.
const MOST: Millis = Millis::seconds(600);

/// How many pods of each Job failed since its last success, and when the last of them did.
#[derive(Clone, Debug, Default)]
pub(super) struct RetryDelays {
    failures: Rc<SharedMap<Key, (u32, Millis)>>,
}

impl RetryDelays {
    /// Takes up the pods that ended and nobody had counted.
    ///
    /// Follows `newBackoffRecord`.
    pub(super) fn note(&mut self, job: &Object, counts: &Counts) {
        let key = job.key();
        let last_success = counts.newly_succeeded.iter().map(|pod| ended_at(pod)).max();
        let ends = counts.newly_failed.iter().map(|pod| ended_at(pod));
        let since: Vec<Millis> = ends.filter(|end| last_success.is_none_or(|success| *end > success)).collect();
        if last_success.is_some() {
            self.forget(&key);
        }
        let Some(last) = since.iter().copied().max() else { return };
        let entry = Rc::make_mut(&mut self.failures).entry(key).or_insert((0, last));
        entry.0 = entry.0.saturating_add(since.len() as u32);
        entry.1 = entry.1.max(last);
    }

    /// A Job that is gone has no back-off.
    pub(super) fn forget(&mut self, job: &Key) {
        if self.failures.contains_key(job) {
            Rc::make_mut(&mut self.failures).remove(job);
        }
    }

    /// When the next pod of a Job may come.
    pub(super) fn due(&self, job: &Key) -> Option<Millis> {
        let (failures, last) = self.failures.get(job)?;
        Some(*last + delay(i64::from(*failures)))
    }
}

/// When the next pod of the number of `last`, which failed, may come.
///
/// Follows `getRemainingTimePerIndex`.
pub(super) fn due_after(last: &Object) -> Millis {
    let (counted, ignored) = indexes::failures(last);
    ended_at(last) + delay(counted + ignored + 1)
}

fn delay(failures: i64) -> Millis {
    Millis(FIRST.0.saturating_mul(1 << (failures - 1).clamp(0, 20))).min(MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_the_longest() {
        let seconds: Vec<i64> = (1..=9).map(|failures| delay(failures).0 / 1000).collect();
        assert_eq!(seconds, [10, 20, 40, 80, 160, 320, 600, 600, 600]);
    }
}
