//! What `kubectl rollout status` tells on the way: how far a rollout was each time that it looked is chance.

use super::compare::{Difference, differences, is_said};

/// What an author printed of a command that waits and the cluster did not say. A step on the way counts as said where
/// another one with the same words was.
pub(super) fn told_differences(printed: &[String], said: &[String]) -> Vec<Difference> {
    let found = differences(printed, said).into_iter();
    found.filter(|it| !it.printed.and_then(|at| printed.get(at)).is_some_and(|line| is_told_step(line, said))).collect()
}

/// Whether all that is printed was said, steps on the way as in [`told_differences`].
pub(super) fn is_told(printed: &[String], said: &[String]) -> bool {
    let others: Vec<String> = printed.iter().filter(|line| !is_told_step(line, said)).cloned().collect();
    is_said(&others, said)
}

fn is_told_step(line: &str, said: &[String]) -> bool {
    let is_step = line.starts_with("Waiting for ") || line.starts_with("waiting for ");
    is_step && said.iter().any(|it| without_count(it) == without_count(line))
}

/// A line without its first number.
fn without_count(line: &str) -> (&str, &str) {
    let start = line.find(|c: char| c.is_ascii_digit()).unwrap_or(line.len());
    let (before, rest) = line.split_at(start);
    (before.trim_end(), rest.trim_start_matches(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        text.lines().map(str::to_string).collect()
    }

    #[test]
    fn how_often_a_rollout_was_looked_at_is_chance() {
        let step = |count: &str| format!("Waiting for {count} pods to be ready...\n");
        let end = "partitioned roll out complete: 3 new pods have been updated...\n";
        let said = texts(&format!("{}{}{end}", step("3"), step("1")));
        for (printed, count) in [
            (format!("{}{}{}{end}", step("3"), step("2"), step("1")), 0),
            (format!("{}{end}", step("2")), 0),
            (end.to_string(), 0),
            (end.replace('3', "2"), 1),
            (format!("Waiting for statefulset spec update to be observed...\n{end}"), 1),
            (format!("Waiting for 2 updated pods to be ready...\n{end}"), 1),
        ] {
            assert_eq!(told_differences(&texts(&printed), &said).len(), count, "{printed}");
            assert_eq!(is_told(&texts(&printed), &said), count == 0, "{printed}");
        }
    }
}
