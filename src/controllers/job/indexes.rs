//! The numbers of an indexed Job's pods, and how lists of them are written: `0-2,5`.
//!
//! Follows pkg/controller/job/indexed_job_utils.go.

use crate::model::{Object, Text};

/// The annotation and label with a pod's number.
pub(super) const LABEL: &str = "batch.kubernetes.io/job-completion-index";

/// A pod's number.
pub(super) fn of(pod: &Object) -> Option<i64> {
    pod.meta.annotation(LABEL).parse().ok().filter(|number| *number >= 0)
}

/// How often the pods of a number failed before this one, where the Job limits that for each number.
pub(super) const FAILURES: &str = "batch.kubernetes.io/job-index-failure-count";
/// How often they failed in a way that the policy ignores.
pub(super) const IGNORED_FAILURES: &str = "batch.kubernetes.io/job-index-ignored-failure-count";

/// How often the pods of a pod's number failed before it: counted ones and ignored ones.
pub(super) fn failures(pod: &Object) -> (i64, i64) {
    let number = |key: &str| pod.meta.annotation(key).parse::<i64>().unwrap_or(0).max(0);
    (number(FAILURES), number(IGNORED_FAILURES))
}

/// Notes on a pod how often the pods of its number failed before.
pub(super) fn note_failures(pod: &mut Object, (counted, ignored): (i64, i64)) {
    pod.meta.annotations.insert(FAILURES, Text::from(counted.to_string()));
    if ignored > 0 {
        pod.meta.annotations.insert(IGNORED_FAILURES, Text::from(ignored.to_string()));
    }
}

/// The numbers that a text names, in order.
pub(super) fn read(text: &str) -> Vec<i64> {
    let mut all = Vec::new();
    for part in text.split(',') {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        if let (Ok(from), Ok(to)) = (from.parse::<i64>(), to.parse::<i64>()) {
            all.extend(from..=to.min(from + 1_000_000));
        }
    }
    all
}

/// Numbers in order as the status writes them.
pub(super) fn write(numbers: &[i64]) -> String {
    let mut parts: Vec<(i64, i64)> = Vec::new();
    for number in numbers {
        match parts.last_mut() {
            Some((_, to)) if *to + 1 == *number => *to = *number,
            _ => parts.push((*number, *number)),
        }
    }
    let text = |(from, to): &(i64, i64)| match to - from {
        0 => from.to_string(),
        1 => format!("{from},{to}"),
        _ => format!("{from}-{to}"),
    };
    parts.iter().map(text).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_written_and_read() {
        for (numbers, text) in
            [(vec![], ""), (vec![0], "0"), (vec![0, 1], "0,1"), (vec![0, 1, 2, 5, 7, 8, 9], "0-2,5,7-9")]
        {
            assert_eq!(write(&numbers), text);
            assert_eq!(read(text), numbers);
        }
    }
}
