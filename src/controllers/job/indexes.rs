//! The numbers of an indexed Job's pods, and how lists of them are written: `0-2,5`.
//!
//! Follows pkg/controller/job/indexed_job_utils.go.

use crate::model::Object;

/// The annotation and label with a pod's number.
pub(super) const LABEL: &str = "batch.kubernetes.io/job-completion-index";

/// A pod's number.
pub(super) fn of(pod: &Object) -> Option<i64> {
    pod.meta.annotation(LABEL).parse().ok().filter(|number| *number >= 0)
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
